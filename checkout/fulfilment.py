"""What happens to an order after it was placed: paid, shipped, picked up, cancelled, expired."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from catalog.times import moment
from checkout.orders import Order


class Shipment(SQLModel, table=True):
    """The parcel of an order as handed to its carrier; `tracking` is the carrier's number, "" if none."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    shipped_at: datetime = moment()
    author: str
    carrier: str = ""
    tracking: str = ""


def mark_paid(
    session: Session, order: Order, *, cents: int, reference: str, method: str, now: datetime, author: str
) -> None:
    """Book money that came in; the same `reference` again does nothing. Flushes.

    Where the sum suffices the order moves to PAID, its goods are taken and "payment_received" is
    owed; a shortfall, an excess or a second payment calls for attention. Money for an expired or
    cancelled order goes the way of `pay_late`. Never refuses: the money is there.
    """
    raise NotImplementedError


def pay_late(session: Session, order: Order, *, now: datetime, author: str) -> bool:
    """Take the goods of an expired or cancelled order that has been paid after all; say whether it worked.

    If they are gone, the order stays as it is and calls for attention. Flushes.
    """
    raise NotImplementedError


def ship(session: Session, order: Order, *, carrier: str, tracking: str, now: datetime, author: str) -> None:
    """Hand a paid order to its carrier; owes "shipped". Flushes. Raises NotAllowedNow."""
    raise NotImplementedError


def pick_up(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Hand an order over in the store. Flushes. Raises NotAllowedNow.

    An order to be paid at pickup is paid in the store's till (§ 146a AO): here it is only noted
    that it was, no money is booked, and its goods are taken now.
    """
    raise NotImplementedError


def cancel(session: Session, order: Order, *, reason: str, now: datetime, author: str) -> None:
    """Cancel an order that has not left the store; owes "order_cancelled". Flushes. Raises NotAllowedNow.

    Held goods become free, taken goods go back; money already paid calls for attention.
    """
    raise NotImplementedError


def expire(session: Session, order: Order, *, now: datetime, author: str = "Frist") -> None:
    """End an unpaid order whose time is up, or whose payment failed for good; its goods become free.

    Flushes. Raises NotAllowedNow.
    """
    raise NotImplementedError


def overdue(session: Session, now: datetime) -> list[Order]:
    """Unpaid orders whose time is up and that no provider is busy with (those end when it says so)."""
    raise NotImplementedError


def shipments_of(session: Session, order: Order) -> list[Shipment]:
    """The order's parcels, oldest first."""
    raise NotImplementedError
