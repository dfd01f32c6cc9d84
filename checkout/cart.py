"""The cart: kept on the server, found by an anonymous cookie, a line of pieces × quantity."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from catalog.times import moment


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
