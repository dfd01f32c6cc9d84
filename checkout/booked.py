"""A booking, and what is to be known of an order to book what happens to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from checkout import deliveries, invoicing
from checkout.documents import Kind
from checkout.invoices import Invoice
from checkout.orders import Order


@dataclass(frozen=True)
class Booking:
    """`cents` (above zero) on the debit side of `account`, or with `is_credit` on its credit side, against `contra`.

    Both are places of the books (book_terms.PLACES). `voucher` is the number that open items are matched by. `eu` is
    the country, or the buyer's VAT ID, of a sale within the EU, `eu_permille` the rate there. `delivered_on` is given
    where the tax belongs to another month than `day`.
    """

    day: date
    cents: int
    is_credit: bool
    account: str
    contra: str
    voucher: str
    text: str
    eu: str = ""
    eu_permille: int = 0
    delivered_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Matter:
    """An order as the books know it: `voucher` is what open items are matched by (its first invoice, or its number).

    `till_at` is when it was handed over and its rest paid at the till, None for all others.
    """

    voucher: str
    number: str
    till_at: datetime | None

    def contra_at(self, at: datetime) -> str:
        """Whom money belongs to that moves at a moment: the customers' account, or the till's."""
        return "till" if self.till_at and at > self.till_at else "debtors"


def matters(session: Session, order_ids: Sequence[int]) -> dict[int, Matter]:
    """What is to be known of some orders, by their ids."""
    orders = session.exec(select(Order).where(col(Order.id).in_(order_ids)).order_by(col(Order.id))).all()
    invoices = session.exec(
        select(Invoice.order_id, Invoice.number)
        .where(col(Invoice.order_id).in_(order_ids), Invoice.kind == Kind.INVOICE.value)
        .order_by(col(Invoice.id).desc())
    ).all()
    first = dict(invoices)
    return {
        order.id: Matter(first.get(order.id, order.number), order.number, _till_at(session, order))
        for order in orders
        if order.id is not None
    }


def _till_at(session: Session, order: Order) -> datetime | None:
    """When the first part of an order was handed over that was paid at the till: it is paid whole then."""
    if not order.paid_cents or not invoicing.was_paid_at_till(session, order):
        return None
    return min(each.shipped_at for each in deliveries.of(session, order) if each.is_pickup)
