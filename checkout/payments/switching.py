"""Paying otherwise: an order whose payment page does not open is transferred instead."""

from datetime import datetime

from sqlmodel import Session

from checkout import orders, outbox
from checkout.orders import SHOPPER, Order, State
from checkout.payments.settling import NothingToPay
from checkout.reserving import Wait

TRANSFER = "transfer"


def to_transfer(session: Session, order: Order, wait: Wait, *, now: datetime) -> None:
    """Let an unpaid order wait for a transfer, as long as `wait` says; owes "transfer_instead". Flushes.

    A page that is still open must have been ended before; if it is paid all the same, what comes second
    goes back by itself. Raises NothingToPay.
    """
    order = orders.lock(session, orders.id_of(order))
    if order.state != State.AWAITING_PAYMENT or order.payment == TRANSFER or not order.open_cents:
        raise NothingToPay("Diese Bestellung wartet nicht auf eine Zahlung.")
    order.payment, order.pay_by, order.reserved_until = TRANSFER, wait.pay_by, wait.until
    session.add(order)
    orders.remark(session, order, "payment_changed", "Überweisung statt Online-Zahlung", now=now, author=SHOPPER)
    if order.email:
        outbox.queue(session, "transfer_instead", f"order:{order.id}", order.email, now)
