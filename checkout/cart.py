"""The cart: kept on the server, found by an anonymous cookie, a line of pieces × quantity."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel

from catalog.prices import CurrentPrice
from catalog.refusals import Refusal
from catalog.times import moment
from catalog.units import Unit
from catalog.vat import VatClass


class Cart(SQLModel, table=True):
    """One visitor's cart. `token` is the cookie's secret; `checkout_key` makes its order unique."""

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True, max_length=64)
    checkout_key: str = Field(unique=True, max_length=64)
    created_at: datetime = moment()
    updated_at: datetime = moment(index=True)


class CartLine(SQLModel, table=True):
    """`pieces` cuts (or pieces) of `quantity` smallest units each: 2 × 150 cm.

    Goods by the piece have `quantity` 1 and count in `pieces`.
    """

    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id", "quantity"),
        CheckConstraint("pieces > 0 AND quantity > 0", name="something_in_it"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id", index=True)
    variant_id: int = Field(foreign_key="variant.id")
    pieces: int
    quantity: int


class NotForSale(Refusal):
    """The article is not (or no longer) offered."""


class TooMuch(Refusal):
    """More than is left, all lines of the cart together; `left` is what can still be added, in smallest units."""

    def __init__(self, sentence: str, left: int) -> None:
        super().__init__(sentence)
        self.left = left


@dataclass(frozen=True)
class CartItem:
    """A line of the cart with everything that pages, totals and the order need, as it is now.

    `quantity` is of one piece (cut), in smallest units; `line_cents` is of all pieces, `weight_g` too.
    `options` is "Farbe: Petrol", `base_price` is "99,00 € / 1 kg" or "", `essentials` are
    (label, value) pairs, `problem` is a German sentence if the line can no longer be bought, else "".
    `picture_hash` is "" where there is no picture.
    """

    line_id: int
    variant_id: int
    product_id: int
    slug: str
    name: str
    options: str
    sku: str
    unit: Unit
    pieces: int
    quantity: int
    price: CurrentPrice
    line_cents: int
    base_price: str
    vat_class: VatClass
    fibres: str
    essentials: tuple[tuple[str, str], ...]
    delivery_time: str
    picture_hash: str
    picture_alt: str
    picture_width: int
    picture_height: int
    weight_g: int
    problem: str

    @property
    def total_quantity(self) -> int:
        """All pieces together, in smallest units."""
        return self.pieces * self.quantity


def open(session: Session, now: datetime) -> Cart:  # noqa: A001 - carts.open(…) reads as it should
    """Make a new, empty cart with fresh secrets. Flushes."""
    raise NotImplementedError


def find(session: Session, token: str) -> Cart | None:
    """The cart of a cookie; None if it is unknown or was forgotten."""
    raise NotImplementedError


def add(session: Session, cart: Cart, variant_id: int, *, pieces: int, quantity: int, now: datetime) -> CartLine:
    """Put `pieces` cuts of `quantity` smallest units into the cart; the same cut joins its line. Flushes.

    Goods by the piece have `quantity` 1. Raises NotForSale, QuantityDoesNotFit or TooMuch.
    """
    raise NotImplementedError


def change(session: Session, cart: Cart, line_id: int, pieces: int, quantity: int, now: datetime) -> None:
    """Set a line's pieces and quantity; `pieces` 0 removes it; a line that is gone stays gone. Flushes.

    Raises NotForSale, QuantityDoesNotFit or TooMuch.
    """
    raise NotImplementedError


def remove(session: Session, cart: Cart, line_id: int, now: datetime) -> None:
    """Take a line out of this cart; nothing happens if it is not in it. Flushes."""
    raise NotImplementedError


def items(session: Session, cart: Cart, now: datetime) -> list[CartItem]:
    """The cart's lines in the order in which they came, in a fixed small number of queries."""
    raise NotImplementedError


def count(session: Session, token: str) -> int:
    """How many cuts (or pieces) lie in the cart of a cookie; 0 for an unknown one. One query."""
    raise NotImplementedError


def forget_old(session: Session, before: datetime) -> int:
    """Delete carts that nobody has touched since, with their lines and details; give how many."""
    raise NotImplementedError
