"""Limits against machines at the checkout: card testing, goods held for nothing, guessed orders, letters to strangers.

Honest people need no account and solve no riddle; most never come near a limit. All of them count by
internet address, and an address is shared: a mobile network puts some 64 subscribers behind one (CGNAT),
a sewing course some 25 behind its Wi-Fi. So they are chosen for a shop of 200 orders a day (of which
one address sees 20 at the most) with room above, while somebody who tests stolen cards needs hundreds
of tries an hour for it to be worth his while:

- ORDERS: 30 an hour from one address; a course that orders together passes.
- ORDERS_TO_MAILBOX: 10 an hour with one e-mail address, whose owner may not know of it.
- UNPAID: 15 of a day's orders from one address may be waiting for their money at once; more would only
  hold goods that others want to buy.
- PAYMENTS_OF_ORDER: 10 an hour may begin for one order; PAYMENTS: 60 an hour from one address.
- DECLINES: after 20 declined cards within an hour an address makes a pause. One order takes 6 declined
  cards (checkout/payments/card_testing.py); then its page at the provider ends, and it can be transferred.
- UNKNOWN_ORDERS: 60 an hour, questions about orders too; tokens have 256 bits and cannot be guessed, but
  nobody shall try for free.
- NEWSLETTERS: 10 an hour may be asked for from one address; each mailbox is asked once a day
  (shop/newsletter/subscriptions.py).
- RECEIPTS: of a day's withdrawals the first 3 with one e-mail address, and the first 20 from one internet
  address, get their receipt at once, each further one an hour later than the one before. None is refused.
- RECEIPTS_OF_BUYER: with the secret link of an order the first 10 of a day go at once to its e-mail address,
  whatever strangers have declared; not all, for an order may have been placed with a stranger's address.

Whoever sits at the machine itself, or comes through a proxy that nobody has declared, is not told from others
and therefore not counted (see throttle.visitor; `check` warns of such a proxy).

Whoever is over a limit reads what to do instead: wait an hour, transfer, call.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort
from sqlmodel import Session, col, func, select

from catalog.refusals import Refusal
from checkout import inquiries, orders
from checkout.inquiries import Inquiry
from checkout.orders import Order, State
from checkout.payments import card_testing
from shop import profile, throttle
from shop.context import now, session, the_shop
from shop.personal import archive
from shop.throttle import Who

_HOUR, _DAY = timedelta(hours=1), throttle.KEPT_FOR


@dataclass(frozen=True)
class Limit:
    """How often something of a kind may be done within a while."""

    kind: str
    times: int
    within: timedelta

    def is_over(self, opened: Session, who: Who, at: datetime) -> bool:
        """Whether somebody has come to the limit. One query."""
        return throttle.is_over(opened, self.kind, who, limit=self.times, within=self.within, now=at)

    def admit(self, who: Who, about: str = "") -> bool:
        """Count a try in a transaction of its own, and say whether it may be made."""
        shop = the_shop()
        return throttle.admit(
            shop.database, self.kind, who, limit=self.times, within=self.within, now=now(), about=about
        )


ORDERS = Limit("order", 30, _HOUR)
ORDERS_TO_MAILBOX = Limit("order_mailbox", 10, _HOUR)
UNPAID = 15
PAYMENTS_OF_ORDER = Limit("payment_order", 10, _HOUR)
PAYMENTS = Limit("payment", 60, _HOUR)
DECLINES = Limit("decline", 20, _HOUR)
UNKNOWN_ORDERS = Limit("unknown_order", 60, _HOUR)
NEWSLETTERS = Limit("newsletter", 10, _HOUR)
RECEIPTS_TO_MAILBOX = Limit("receipt_mailbox", 3, _DAY)
RECEIPTS = Limit("receipt", 20, _DAY)
RECEIPTS_OF_BUYER = Limit("receipt_buyer", 10, _DAY)


TESTED, TOO_OFTEN = "karte-abgelehnt", "zu-oft"  # why an order cannot be paid online, as its page's address says it
_SENTENCES = {
    TESTED: "Für diese Bestellung wurden mehrere Karten abgelehnt. Bitte überweisen Sie den Betrag",
    TOO_OFTEN: (
        "Von Ihrem Internetanschluss kamen gerade ungewöhnlich viele Zahlungsversuche. Ihre Bestellung ist sicher: "
        "Bitte versuchen Sie es in einer Stunde noch einmal, überweisen Sie den Betrag"
    ),
}


class TooMany(Refusal):
    """Somebody, or somebody with the same internet address, has done something too often."""


def check_order(email: str) -> None:
    """Before an order is placed in this request's transaction. Raises TooMany."""
    opened, visitor = session(), throttle.visitor()
    if not visitor:
        return
    throttle.one_by_one(opened, f"order:{visitor}")
    is_over = ORDERS.is_over(opened, visitor, now()) or ORDERS_TO_MAILBOX.is_over(opened, _mailbox(email), now())
    if is_over or _unpaid(opened, visitor) >= UNPAID:
        raise TooMany(
            "Von Ihrem Internetanschluss oder mit Ihrer E-Mail-Adresse kamen gerade ungewöhnlich viele Bestellungen. "
            f"Bitte versuchen Sie es in einer Stunde noch einmal{_or_call()}. Ihr Warenkorb bleibt, wie er ist."
        )


def note_order(order: Order) -> None:
    """Count an order, in the transaction that places it."""
    throttle.note(session(), ORDERS.kind, throttle.visitor(), now(), about=str(order.id))
    if order.email and throttle.visitor():
        throttle.note(session(), ORDERS_TO_MAILBOX.kind, _mailbox(order.email), now())


def why_not_pay(order_id: int) -> str:
    """Count the beginning of a payment online; "" if it may begin, else TESTED or TOO_OFTEN.

    In transactions of its own, so this request's must have ended.
    """
    visitor, shop = throttle.visitor(), the_shop()
    with shop.database.reading() as opened:
        if card_testing.is_over(opened, order_id):
            return TESTED
        if DECLINES.is_over(opened, visitor, now()):
            return TOO_OFTEN
    this_order = throttle.hashed(f"order:{order_id}", shop.settings.secret_key)
    is_admitted = PAYMENTS_OF_ORDER.admit(this_order) and PAYMENTS.admit(visitor, str(order_id))
    return "" if is_admitted else TOO_OFTEN


def sentence(why_not: str) -> str:
    """What the page of an order says where it cannot be paid online now; "" for anything else."""
    if why_not not in _SENTENCES:
        return ""
    return f"{_SENTENCES[why_not]}{_or_call()}."


def note_decline(order: Order, *, session: Session, now: datetime) -> None:
    """A card was declined: count it for who has begun to pay this order last (signal card_declined)."""
    payer = throttle.who_did(session, PAYMENTS.kind, str(order.id))
    throttle.note(session, DECLINES.kind, payer, now, about=str(order.id))


def order_of(token: str) -> Order:
    """The order of a secret link. 404 for an unknown one, alike for all; 429 for who has tried too many."""
    opened, visitor = session(), throttle.visitor()
    if UNKNOWN_ORDERS.is_over(opened, visitor, now()):
        abort(429)
    return find_order(token) or abort(404)


def find_order(token: str) -> Order | None:
    """The order of a secret link; None for an unknown one, which is counted, or for who has tried too many."""
    opened, visitor = session(), throttle.visitor()
    if not token or UNKNOWN_ORDERS.is_over(opened, visitor, now()):
        return None
    order = orders.find_by_token(opened, token)
    if order is not None and archive.is_locked(opened, orders.id_of(order)):
        return None
    if order is None:
        opened.rollback()  # what is counted has a transaction of its own
        UNKNOWN_ORDERS.admit(visitor)
    return order


def known_order(token: str) -> Order | None:
    """The order of a secret link that a form carries; None for an unknown one, and for one in the archive."""
    order = orders.find_by_token(session(), token) if token else None
    is_in_sight = order is not None and not archive.is_locked(session(), orders.id_of(order))
    return order if is_in_sight else None


def question_of(token: str) -> Inquiry | None:
    """The question of a secret link; None for an unknown one, which is counted; 429 for who has tried too many."""
    opened, visitor = session(), throttle.visitor()
    if UNKNOWN_ORDERS.is_over(opened, visitor, now()):
        abort(429)
    inquiry = inquiries.find_by_token(opened, token)
    if inquiry is not None and archive.is_locked(opened, inquiry.order_id):
        return None
    if inquiry is None:
        opened.rollback()  # what is counted has a transaction of its own
        UNKNOWN_ORDERS.admit(visitor)
    return inquiry


def receipt_due(email: str, token: str) -> datetime:
    """When the receipt of a withdrawal goes out that is declared in this transaction: now, mostly.

    Anybody can have a receipt sent to any address (the law asks for no proof), so strangers must not be
    able to fill a mailbox with them; they slow no receipt of who has the secret link of her own order.
    """
    opened, mailbox = session(), _mailbox(email)
    order = orders.find_by_token(opened, token) if token else None
    is_hers = order is not None and order.email.casefold() == email.casefold()
    strangers = ((RECEIPTS_TO_MAILBOX, mailbox), (RECEIPTS, throttle.visitor()))
    over = 0
    for limit, who in ((RECEIPTS_OF_BUYER, mailbox),) if is_hers else strangers:
        if who:
            before = throttle.seen(opened, limit.kind, who, within=limit.within, now=now()).times
            over = max(over, before + 1 - limit.times)
            throttle.note(opened, limit.kind, who, now())
    return now() + over * _HOUR


def _unpaid(opened: Session, visitor: Who) -> int:
    """How many of a visitor's orders of the last day are still waiting for their money."""
    placed = throttle.abouts(opened, ORDERS.kind, visitor, within=_DAY, now=now())
    if len(placed) < UNPAID:
        return 0
    waiting = select(func.count(col(Order.id))).where(
        col(Order.id).in_([int(each) for each in placed]), Order.state == State.AWAITING_PAYMENT
    )
    return opened.exec(waiting).one()


def _mailbox(email: str) -> Who:
    return throttle.hashed(f"mail:{email.strip().casefold()}", the_shop().settings.secret_key)


def _or_call() -> str:
    phone = profile.load(session()).phone
    return f" oder rufen Sie uns an: {phone}" if phone else " oder schreiben Sie uns"
