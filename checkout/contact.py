"""Correcting how a shopper is reached: her address was misspelt, and her letters did not arrive."""

from datetime import datetime

from sqlmodel import Session, select

from catalog.refusals import Refusal
from checkout import customers, gift_sales, orders, outbox
from checkout.orders import Order
from checkout.refunds import Refund

CORRECTED = "email_corrected"  # the kind of its OrderEvent


class NotAnAddress(Refusal):
    """What was typed is no e-mail address."""


def correct_email(session: Session, order: Order, email: str, *, now: datetime, author: str) -> int:
    """Write another e-mail address on an order and owe its letters to that one; give how many. Flushes.

    The former address stays in the order's history. Letters that went (or may have gone) to the former
    address are owed anew, others go to the new address instead. Raises NotAnAddress.
    """
    assert order.id is not None
    email = email.strip()
    if not customers.is_email(email):
        raise NotAnAddress(f"„{email}“ ist keine E-Mail-Adresse.")
    order = orders.lock(session, order.id)
    former = order.email
    if former == email:
        return 0
    order.email = email
    orders.remark(session, order, CORRECTED, f"{former or 'keine'} → {email}", now=now, author=author)
    refunds = session.exec(select(Refund.id).where(Refund.order_id == order.id)).all()
    gifts = [each.id for each in gift_sales.issued_with(session, order)]
    reasons = [f"order:{order.id}", *(f"refund:{each}" for each in refunds), *(f"gift:{each}" for each in gifts)]
    if not former:
        return int(outbox.queue(session, "order_received", reasons[0], email, now))
    return sum(outbox.readdress(session, reason, former, email, now) for reason in reasons)
