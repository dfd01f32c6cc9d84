"""Money that came by a provider too late or a second time: it goes back by itself, the way it came.

Its refund has a fixed key, so the same money goes back once, however often it is looked at. What came by
bank transfer is never sent back by itself: it calls for the owner (fulfilment.mark_paid).
"""

from datetime import datetime

from sqlmodel import Session, select

from catalog.money import format_cents
from checkout import orders, outbox, refunds
from checkout.orders import ENDED, Order, State
from checkout.payments import Payment
from checkout.refunds import Refund

LATE, TWICE = "late", "dup"
_REASONS = {
    LATE: "Ihre Zahlung kam erst an, als die Bestellung schon aufgehoben und die Ware nicht mehr da war.",
    TWICE: "Diese Bestellung war schon bezahlt, Ihre Zahlung kam ein zweites Mal an.",
}
_AFTER_CANCELLATION = "Ihre Zahlung kam erst an, als die Bestellung schon storniert war."


def give_back(session: Session, order: Order, reference: str, *, now: datetime, author: str) -> list[Refund]:
    """Owe back what the payment `reference` brought beyond what is owed; tell the owner, too. Flushes.

    The shopper is told why by the letter "refunded", once the provider has done it.
    """
    order = orders.lock(session, orders.id_of(order))
    payment = session.exec(select(Payment).where(Payment.reference == reference)).one()
    cents = min(order.overpaid_cents, payment.cents)
    if not cents:
        return []
    why = LATE if order.state in ENDED else TWICE
    reason = _AFTER_CANCELLATION if order.state == State.CANCELLED else _REASONS[why]
    made = refunds.owe(
        session, order, cents, reason=reason, now=now, author=author, payment=payment, key=f"{why}-{reference}"
    )
    sentence = (
        f"{format_cents(cents)} kamen {_how(order, why)} und gehen von selbst zurück. Sie brauchen nichts zu tun."
    )
    orders.call_attention(session, order, sentence, now=now, author=author)
    for refund in made:
        outbox.queue(session, "surplus_for_owner", f"refund:{refund.id}", outbox.OWNER, now)
    return made


def _how(order: Order, why: str) -> str:
    if order.state == State.CANCELLED:
        return "nach der Stornierung"
    return "zu spät (die Ware ist nicht mehr da)" if why == LATE else "ein zweites Mal"
