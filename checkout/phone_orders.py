"""Orders that the owner takes at the telephone: a cart of its own for each, parked while another one rings."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.times import moment
from checkout import cart as carts
from checkout.cart import Cart, CartLine
from checkout.customers import CheckoutDetails


class PhoneOrder(SQLModel, table=True):
    """An order being taken at the telephone; it goes away with its cart, when it is placed or given up."""

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id", unique=True, ondelete="CASCADE")
    opened_at: datetime = moment()
    author: str


@dataclass(frozen=True)
class Parked:
    """An order being taken, as the list tells it: whose it is ("" before she has said) and how many lines it has."""

    id: int
    name: str
    lines: int
    opened_at: datetime
    author: str


def open(session: Session, *, now: datetime, author: str) -> PhoneOrder:  # noqa: A001 - phone_orders.open(…)
    """Begin to take an order, with an empty cart that no visitor has the cookie of. Flushes."""
    cart = carts.open(session, now)
    assert cart.id is not None
    taken = PhoneOrder(cart_id=cart.id, opened_at=now, author=author)
    session.add(taken)
    session.flush()
    return taken


def parked(session: Session) -> list[Parked]:
    """All orders that are being taken, newest first."""
    lines = select(CartLine.cart_id, func.count().label("number")).group_by(col(CartLine.cart_id)).subquery()
    rows = session.exec(
        select(PhoneOrder, CheckoutDetails.name, lines.c.number)
        .join(CheckoutDetails, col(CheckoutDetails.cart_id) == PhoneOrder.cart_id, isouter=True)
        .join(lines, lines.c.cart_id == PhoneOrder.cart_id, isouter=True)
        .order_by(col(PhoneOrder.id).desc())
    ).all()
    return [
        Parked(id=taken.id or 0, name=name or "", lines=number or 0, opened_at=taken.opened_at, author=taken.author)
        for taken, name, number in rows
    ]


def cart_of(session: Session, taken: PhoneOrder) -> Cart:
    """The cart of an order that is being taken."""
    return session.get_one(Cart, taken.cart_id)


def close(session: Session, taken: PhoneOrder) -> None:
    """Let an order that was placed or given up go, with its cart and all that was told. Flushes."""
    session.delete(cart_of(session, taken))
    session.flush()
    session.expunge(taken)
