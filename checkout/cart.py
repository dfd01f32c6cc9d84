"""The cart: kept on the server, found by an anonymous cookie, a line of pieces × quantity."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, func, not_
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import rolls
from catalog.products import Product, Variant
from catalog.times import moment
from checkout import buyable
from checkout.buyable import NotForSale
from checkout.cutting import Pieces


class Cart(SQLModel, table=True):
    """One visitor's cart. `token` is the cookie's secret; `checkout_key` makes its order unique."""

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True, max_length=64)
    checkout_key: str = Field(unique=True, max_length=64)
    created_at: datetime = moment()
    updated_at: datetime = moment(index=True)


class CartLine(SQLModel, table=True):
    """`pieces` cuts (or pieces) of `quantity` smallest units each: 2 × 150 cm.

    Goods by the piece have `quantity` 1 and count in `pieces`. A sample (Stoffmuster) has both at 1.
    """

    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id", "quantity", "is_sample"),
        CheckConstraint("pieces > 0 AND quantity > 0", name="something_in_it"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id", index=True, ondelete="CASCADE")
    variant_id: int = Field(foreign_key="variant.id")
    pieces: int
    quantity: int
    is_sample: bool = False


class CartGift(SQLModel, table=True):
    """A gift voucher over `cents` that a visitor wants to buy; see gift_sales."""

    __table_args__ = (CheckConstraint("cents > 0", name="worth_something"),)

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id", index=True, ondelete="CASCADE")
    cents: int
    for_whom: str = ""


def open(session: Session, now: datetime) -> Cart:  # noqa: A001 - cart.open(…) reads as it should
    """Make a new, empty cart with fresh secrets. Flushes."""
    cart = Cart(token=_secret(), checkout_key=_secret(), created_at=now, updated_at=now)
    session.add(cart)
    session.flush()
    return cart


def find(session: Session, token: str) -> Cart | None:
    """The cart of a cookie; None if it is unknown or was forgotten."""
    return session.exec(select(Cart).where(Cart.token == token)).first()


def lock(session: Session, cart: Cart) -> None:
    """Bring the cart up to date and keep it to ourselves until the transaction ends (PostgreSQL)."""
    fresh = select(Cart).where(Cart.id == cart.id).with_for_update()
    session.exec(fresh.execution_options(populate_existing=True)).one()


def add(session: Session, cart: Cart, variant_id: int, *, pieces: int, quantity: int, now: datetime) -> CartLine:
    """Put `pieces` cuts of `quantity` smallest units into the cart; the same cut joins its line. Flushes.

    Goods by the piece have `quantity` 1. Raises NotForSale, QuantityDoesNotFit or TooMuch.
    """
    assert cart.id is not None
    lock(session, cart)
    line = _line_of(session, cart, variant_id, quantity)
    standing = line.pieces if line else 0
    _check(session, cart, variant_id, pieces=standing + pieces, quantity=quantity, apart_from=line, standing=standing)
    line = line or CartLine(cart_id=cart.id, variant_id=variant_id, pieces=0, quantity=quantity)
    line.pieces += pieces
    session.add(line)
    changed(session, cart, now)
    return line


def change(session: Session, cart: Cart, line_id: int, pieces: int, quantity: int, now: datetime) -> None:
    """Set a line's pieces and quantity; `pieces` 0 removes it; a line that is gone stays gone. Flushes.

    A sample stays one. A line that comes to the quantity of another joins it. Raises NotForSale,
    QuantityDoesNotFit or TooMuch.
    """
    lock(session, cart)
    line = _own_line(session, cart, line_id)
    if line is None or (line.pieces, line.quantity) == (pieces, quantity):
        return
    if pieces == 0:
        remove(session, cart, line_id, now)
        return
    if line.is_sample:
        return
    _check(session, cart, line.variant_id, pieces=pieces, quantity=quantity, apart_from=line)
    same = _line_of(session, cart, line.variant_id, quantity)
    if same is not None and same is not line:
        pieces += same.pieces
        session.delete(same)
        session.flush()
    line.pieces, line.quantity = pieces, quantity
    changed(session, cart, now)


def remove(session: Session, cart: Cart, line_id: int, now: datetime) -> None:
    """Take a line out of this cart; nothing happens if it is not in it. Flushes."""
    lock(session, cart)
    line = _own_line(session, cart, line_id)
    if line is not None:
        session.delete(line)
        changed(session, cart, now)


def renew(session: Session, cart: Cart) -> None:
    """Give a cart another secret for its cookie: whoever knew the former one sees it no more. Flushes."""
    cart.token = _secret()
    session.flush()


def page_key(cart: Cart, browser: str = "") -> str:
    """The key on a page from which a cart is ordered, of the cart as it is and the browser that shows it.

    `browser` is a secret that only the browser of whoever told her address has (see customers.load), so
    the key can be guessed by nobody who merely knows the cart. With "" it is the cart's own key.
    """
    return hashlib.sha256(f"{cart.checkout_key}:{browser}".encode()).hexdigest() if browser else cart.checkout_key


def empty(session: Session, cart: Cart, now: datetime) -> None:
    """Take all lines and gift vouchers out. Flushes."""
    session.exec(delete(CartLine).where(col(CartLine.cart_id) == cart.id))
    session.exec(delete(CartGift).where(col(CartGift.cart_id) == cart.id))
    changed(session, cart, now)


def changed(session: Session, cart: Cart, now: datetime, key: str | None = None) -> None:
    """Give a changed cart a new checkout key, random or `key`: a page of the old cart cannot order it. Flushes."""
    cart.updated_at = now
    cart.checkout_key = key or _secret()
    session.flush()


def cuts_of(session: Session, cart: Cart, variant_id: int) -> list[CartLine]:
    """The cart's lines of a variant in the order in which they came, samples aside."""
    lines = select(CartLine).where(CartLine.cart_id == cart.id, CartLine.variant_id == variant_id)
    return list(session.exec(lines.where(not_(col(CartLine.is_sample))).order_by(col(CartLine.id))).all())


def count(session: Session, token: str) -> int:
    """How many cuts, pieces and gift vouchers lie in the cart of a cookie; 0 for an unknown one. One query."""
    cart_id = select(Cart.id).where(Cart.token == token).scalar_subquery()
    pieces = select(func.coalesce(func.sum(CartLine.pieces), 0)).where(CartLine.cart_id == cart_id).scalar_subquery()
    gifts = select(func.count(col(CartGift.id))).where(CartGift.cart_id == cart_id).scalar_subquery()
    return int(session.exec(select(pieces + gifts)).one())


def forget_old(session: Session, before: datetime) -> int:
    """Delete carts that nobody has touched since, with their lines and details; give how many."""
    return session.exec(delete(Cart).where(col(Cart.updated_at) < before)).rowcount


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _own_line(session: Session, cart: Cart, line_id: int) -> CartLine | None:
    return session.exec(select(CartLine).where(CartLine.id == line_id, CartLine.cart_id == cart.id)).first()


def _line_of(session: Session, cart: Cart, variant_id: int, quantity: int) -> CartLine | None:
    return next((line for line in cuts_of(session, cart, variant_id) if line.quantity == quantity), None)


def _check(
    session: Session,
    cart: Cart,
    variant_id: int,
    *,
    pieces: int,
    quantity: int,
    apart_from: CartLine | None,
    standing: int = 0,
) -> None:
    lines = [line for line in cuts_of(session, cart, variant_id) if line is not apart_from]
    others = [(line.quantity, line.pieces) for line in lines]
    check(session, variant_id, pieces=pieces, quantity=quantity, others=others, standing=standing)


def check(
    session: Session, variant_id: int, *, pieces: int, quantity: int, others: Sequence[Pieces], standing: int = 0
) -> None:
    """Refuse what cannot be bought beside the `others` of a cart; see buyable.check."""
    found = session.exec(
        select(Variant, Product)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(Variant.id == variant_id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotForSale("Diesen Artikel gibt es nicht mehr.")
    variant, product = found
    free = rolls.free_of(session, [variant_id]).get(variant_id)
    buyable.check(product, variant, pieces=pieces, quantity=quantity, free=free, others=others, standing=standing)
