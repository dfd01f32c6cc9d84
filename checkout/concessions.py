"""Less to pay after the order was placed, with all that follows: money back, and an order that is paid after all."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from checkout import allowances, fulfilment, gift_sales, orders, refunds
from checkout.orders import ENDED, NotAllowedNow, Order
from checkout.refunds import Refund


def concede(
    session: Session,
    order: Order,
    lines: Mapping[int, int],
    *,
    shipping_cents: int = 0,
    reason: str,
    now: datetime,
    author: str,
    key: str,
) -> list[Refund]:
    """Take cents off lines (by id) and shipping, and owe back what is overpaid then. Flushes.

    The same `key` again does nothing more. Raises NotAllowedNow for an order that has ended, TooMuchTakenOff.
    """
    order = orders.lock(session, orders.id_of(order))
    if order.state in ENDED:
        raise orders.not_allowed(order)
    if not allowances.is_granted(session, key):
        allowances.grant(
            session, order, lines, shipping_cents=shipping_cents, reason=reason, now=now, author=author, key=key
        )
    fulfilment.settle_if_paid(session, order, now=now, author=author)
    return refunds.owe_overpaid(session, order, reason=reason, now=now, author=author, key=key)


def give_back(session: Session, order: Order, *, reason: str, now: datetime, author: str, key: str) -> list[Refund]:
    """Owe all that is overpaid back; what called for attention because of that is settled. Flushes.

    Raises NotAllowedNow where nothing is to be given back (any more).
    """
    order = orders.lock(session, orders.id_of(order))
    if standing := refunds.of_key(session, key):
        return standing
    if not order.overpaid_cents:
        raise NotAllowedNow("Es ist nichts (mehr) zurückzuzahlen.")
    owed = refunds.owe_overpaid(session, order, reason=reason, now=now, author=author, key=key)
    _settle(session, order, now=now, author=author)
    return owed


def take_gifts_back(session: Session, order: Order, *, reason: str, now: datetime, author: str) -> list[Refund]:
    """Take the gift vouchers that were bought with an order back: block them, owe back what is left on them. Flushes.

    What was used of them stays owed and calls for attention. Again does nothing more. Raises NotAllowedNow where
    none can be taken back (any more).
    """
    order = orders.lock(session, orders.id_of(order))
    key = f"gifts-{order.id}"
    if allowances.is_granted(session, key):
        return refunds.of_key(session, key)
    cents = gift_sales.left_cents(session, order)
    if order.state in ENDED or not cents:
        raise NotAllowedNow("Hier ist kein Gutschein (mehr) zurückzunehmen.")
    gift_sales.take_back(session, order, now=now, author=author)
    allowances.take_gifts_off(session, order, cents, reason=reason, now=now, author=author, key=key)
    return refunds.owe_overpaid(session, order, reason=reason, now=now, author=author, key=key)


def _settle(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Sentences that asked for just this need nobody any more."""

    def asked(sentence: str) -> bool:
        return "zurückzahlen" in sentence or "Rückzahlung" in sentence

    orders.drop_attention(session, order, asked, now=now, author=author, note="wird zurückgezahlt")
