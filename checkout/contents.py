"""What lies in a cart, with everything that pages, totals and the order need, as it is this moment."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import attributes, fibres, prices
from catalog.images import Picture
from catalog.money import format_cents
from catalog.prices import CurrentPrice
from catalog.products import Product, Variant, VariantOption
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, base_price, line_cents
from catalog.vat import VatClass
from checkout import buyable
from checkout.cart import Cart, CartLine


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


def of(session: Session, cart: Cart, now: datetime) -> list[CartItem]:
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


@dataclass(frozen=True)
class _Facts:
    """What is known about the goods of a cart, by the id of their variant or product."""

    prices: dict[int, CurrentPrice]
    options: dict[int, str]
    fibres: dict[int, str]
    essentials: dict[int, list[tuple[str, str]]]
    pictures: dict[int, Picture]


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
