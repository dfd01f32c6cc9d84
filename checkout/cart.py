"""The cart: kept on the server, found by an anonymous cookie, a line of pieces × quantity."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import attributes, fibres, prices
from catalog.images import Picture
from catalog.money import format_cents
from catalog.prices import CurrentPrice
from catalog.products import Product, Variant, VariantOption
from catalog.times import moment
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, base_price, line_cents
from catalog.vat import VatClass
from checkout import buyable
from checkout.buyable import NotForSale, TooMuch

__all__ = ["Cart", "CartItem", "CartLine", "NotForSale", "TooMuch"]


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
    cart_id: int = Field(foreign_key="cart.id", index=True, ondelete="CASCADE")
    variant_id: int = Field(foreign_key="variant.id")
    pieces: int
    quantity: int


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
    _check(session, cart, variant_id, pieces=standing + pieces, quantity=quantity, apart_from=line)
    line = line or CartLine(cart_id=cart.id, variant_id=variant_id, pieces=0, quantity=quantity)
    line.pieces += pieces
    session.add(line)
    _changed(session, cart, now)
    return line


def change(session: Session, cart: Cart, line_id: int, pieces: int, quantity: int, now: datetime) -> None:
    """Set a line's pieces and quantity; `pieces` 0 removes it; a line that is gone stays gone. Flushes.

    A line that comes to the quantity of another joins it. Raises NotForSale, QuantityDoesNotFit or TooMuch.
    """
    lock(session, cart)
    line = _own_line(session, cart, line_id)
    if line is None or (line.pieces, line.quantity) == (pieces, quantity):
        return
    if pieces == 0:
        remove(session, cart, line_id, now)
        return
    _check(session, cart, line.variant_id, pieces=pieces, quantity=quantity, apart_from=line)
    same = _line_of(session, cart, line.variant_id, quantity)
    if same is not None and same is not line:
        pieces += same.pieces
        session.delete(same)
        session.flush()
    line.pieces, line.quantity = pieces, quantity
    _changed(session, cart, now)


def remove(session: Session, cart: Cart, line_id: int, now: datetime) -> None:
    """Take a line out of this cart; nothing happens if it is not in it. Flushes."""
    lock(session, cart)
    line = _own_line(session, cart, line_id)
    if line is not None:
        session.delete(line)
        _changed(session, cart, now)


def empty(session: Session, cart: Cart, now: datetime) -> None:
    """Take all lines out. Flushes."""
    session.exec(delete(CartLine).where(col(CartLine.cart_id) == cart.id))
    _changed(session, cart, now)


def items(session: Session, cart: Cart, now: datetime) -> list[CartItem]:
    """The cart's lines in the order in which they came, in a fixed small number of queries."""
    rows = session.exec(
        select(CartLine, Variant, Product)
        .join(Variant, col(Variant.id) == CartLine.variant_id)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(CartLine.cart_id == cart.id)
        .order_by(col(CartLine.id))
        .execution_options(populate_existing=True)
    ).all()
    facts = _facts_about(session, {variant.id or 0: product.id or 0 for _, variant, product in rows}, now)
    wanted = Counter[int]()
    for line, _, _ in rows:
        wanted[line.variant_id] += line.pieces * line.quantity
    return [_item(line, variant, product, facts, wanted[line.variant_id]) for line, variant, product in rows]


def count(session: Session, token: str) -> int:
    """How many cuts (or pieces) lie in the cart of a cookie; 0 for an unknown one. One query."""
    pieces = select(func.coalesce(func.sum(CartLine.pieces), 0)).join(Cart, col(Cart.id) == CartLine.cart_id)
    return int(session.exec(pieces.where(Cart.token == token)).one())


def forget_old(session: Session, before: datetime) -> int:
    """Delete carts that nobody has touched since, with their lines and details; give how many."""
    return session.exec(delete(Cart).where(col(Cart.updated_at) < before)).rowcount


@dataclass(frozen=True)
class _Facts:
    """What is known about the goods of a cart, by the id of their variant or product."""

    prices: dict[int, CurrentPrice]
    options: dict[int, str]
    fibres: dict[int, str]
    essentials: dict[int, list[tuple[str, str]]]
    pictures: dict[int, Picture]


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _changed(session: Session, cart: Cart, now: datetime) -> None:
    """A changed cart gets a new checkout key, so that a page showing the old one cannot order it."""
    cart.updated_at = now
    cart.checkout_key = _secret()
    session.flush()


def _own_line(session: Session, cart: Cart, line_id: int) -> CartLine | None:
    return session.exec(select(CartLine).where(CartLine.id == line_id, CartLine.cart_id == cart.id)).first()


def _line_of(session: Session, cart: Cart, variant_id: int, quantity: int) -> CartLine | None:
    same = select(CartLine).where(CartLine.variant_id == variant_id, CartLine.quantity == quantity)
    return session.exec(same.where(CartLine.cart_id == cart.id)).first()


def _check(
    session: Session, cart: Cart, variant_id: int, *, pieces: int, quantity: int, apart_from: CartLine | None
) -> None:
    found = session.exec(
        select(Variant, Product)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(Variant.id == variant_id)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotForSale("Diesen Artikel gibt es nicht mehr.")
    variant, product = found
    lines = session.exec(select(CartLine).where(CartLine.cart_id == cart.id, CartLine.variant_id == variant_id)).all()
    elsewhere = sum(line.pieces * line.quantity for line in lines if line is not apart_from)
    buyable.check(product, variant, pieces=pieces, quantity=quantity, elsewhere=elsewhere)


def _facts_about(session: Session, product_of: dict[int, int], now: datetime) -> _Facts:
    product_ids = set(product_of.values())
    return _Facts(
        prices=prices.current(session, product_of, now),
        options=_options(session, product_of),
        fibres=fibres.composition_of(session, product_ids),
        essentials=attributes.of(session, product_ids),
        pictures=_pictures(session, product_of),
    )


def _options(session: Session, variant_ids: Iterable[int]) -> dict[int, str]:
    rows = session.exec(
        select(VariantOption)
        .where(col(VariantOption.variant_id).in_(list(variant_ids)))
        .order_by(col(VariantOption.position))
    ).all()
    texts: dict[int, list[str]] = {}
    for option in rows:
        texts.setdefault(option.variant_id, []).append(f"{option.name}: {option.value}")
    return {variant_id: ", ".join(each) for variant_id, each in texts.items()}


def _pictures(session: Session, product_of: dict[int, int]) -> dict[int, Picture]:
    """Each variant's picture: its own first one, else the product's first common one, else its first."""
    every = session.exec(
        select(Picture)
        .where(col(Picture.product_id).in_(set(product_of.values())))
        .order_by(col(Picture.position), col(Picture.id))
    ).all()
    best = {variant_id: _best_picture(every, variant_id, product_id) for variant_id, product_id in product_of.items()}
    return {variant_id: picture for variant_id, picture in best.items() if picture is not None}


def _best_picture(every: Sequence[Picture], variant_id: int, product_id: int) -> Picture | None:
    of_product = [picture for picture in every if picture.product_id == product_id]
    rank = {variant_id: 0, None: 1}
    return min(of_product, key=lambda picture: rank.get(picture.variant_id, 2), default=None)


def _item(line: CartLine, variant: Variant, product: Product, facts: _Facts, wanted: int) -> CartItem:
    assert line.id is not None
    assert product.id is not None
    unit = Unit(product.unit)
    price = facts.prices[line.variant_id]
    picture = facts.pictures.get(line.variant_id)
    amount = line.pieces * line.quantity
    return CartItem(
        line_id=line.id,
        variant_id=line.variant_id,
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        options=facts.options.get(line.variant_id, ""),
        sku=variant.sku,
        unit=unit,
        pieces=line.pieces,
        quantity=line.quantity,
        price=price,
        line_cents=line_cents(price.cents, line.quantity, unit, line.pieces),
        base_price=_base_price(price, unit, variant),
        vat_class=VatClass(product.vat_class),
        fibres=facts.fibres.get(product.id, ""),
        essentials=tuple(facts.essentials.get(product.id, ())),
        delivery_time=_delivery_time(product),
        picture_hash=picture.hash if picture else "",
        picture_alt=picture.alt if picture else "",
        picture_width=picture.width if picture else 0,
        picture_height=picture.height if picture else 0,
        weight_g=-(-variant.weight_g * amount // SMALLEST_PER_PRICE_UNIT[unit]),
        problem=buyable.problem(
            product, variant, pieces=line.pieces, quantity=line.quantity, elsewhere=wanted - amount
        ),
    )


def _base_price(price: CurrentPrice, unit: Unit, variant: Variant) -> str:
    content_unit = Unit(variant.content_unit) if variant.content_unit else None
    base = base_price(price.cents, unit, variant.content, content_unit)
    return f"{format_cents(base.cents)} / {base.per}" if base else ""


def _delivery_time(product: Product) -> str:
    """Working days, as § 312j Abs. 2 BGB wants them above the order button."""
    least, most = product.delivery_days_min, product.delivery_days_max
    days = f"{most}" if least == most else f"{least}–{most}"
    return f"{days} Werktag{'' if days == '1' else 'e'}"
