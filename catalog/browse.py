"""What shoppers see of goods in lists and on an article's page: read only, in a fixed number of queries.

Statements select columns and are built once (entities cost three times as much to read).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam, case, or_
from sqlmodel import Session, col, func, select

from catalog import attributes, fibres, images, prices
from catalog.images import Picture
from catalog.makers import Maker
from catalog.prices import CurrentPrice, Reduction
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.revisions import Revision
from catalog.units import PRICE_UNIT_NAME, BasePrice, QuantityRule, Unit, base_price

MOST_SWATCHES = 6  # on a card


class Order(StrEnum):
    """How a list of goods is sorted; the values stand in addresses."""

    NEWEST = "neu"
    CHEAPEST = "preis-auf"
    DEAREST = "preis-ab"
    NAME = "name"


@dataclass(frozen=True)
class Offer:
    """Everything that must stand at a price. All cents are gross.

    `unit_name` is "m" or "kg" where the price is per metre or kilogram, else "". `base` is the
    Grundpreis where it says more than the price. `reference_cents` is the lowest price of 30 days,
    None where nothing may be announced as reduced. `is_from`: other variants cost more.
    """

    cents: int
    unit_name: str
    base: BasePrice | None
    is_from: bool = False
    reference_cents: int | None = None
    percent_off: int = 0


@dataclass(frozen=True)
class Photo:
    """A picture with the widths in which it is served, in pixels, ascending."""

    hash: str
    alt: str
    width: int
    height: int
    variant_id: int | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The widths that exist."""
        return images.sizes_of(self.width)

    @property
    def medium(self) -> int:
        """The width for browsers that cannot choose by themselves."""
        return images.size_for(self.width, 640)

    @property
    def largest(self) -> int:
        """The largest width."""
        return self.sizes[-1]


@dataclass(frozen=True)
class Card:
    """A product in a list. `swatches` are the first colours of its `variant_count` variants."""

    product_id: int
    slug: str
    name: str
    offer: Offer
    photo: Photo | None
    swatches: tuple[str, ...]
    variant_count: int
    is_sold_out: bool


@dataclass(frozen=True)
class Listed:
    """One page of a list of goods, and how many there are in all."""

    ids: list[int]
    total: int


@dataclass(frozen=True)
class Choice:
    """A variant to choose. `label` is "Petrol, 12 mm" or ""; `available` in smallest units, None: not counted.

    `most` is what can be bought at once (in one piece), rounded down to the step; None: no limit.
    """

    variant_id: int
    sku: str
    gtin: str
    label: str
    swatch: str
    price_cents: int
    offer: Offer
    available: int | None
    most: int | None
    is_sold_out: bool


@dataclass(frozen=True)
class Page:
    """An article's page. `option_name` is "Farbe" or "Farbe und Größe", "" without options."""

    product_id: int
    slug: str
    name: str
    summary: str
    description: str
    unit: Unit
    rule: QuantityRule
    option_name: str
    choices: tuple[Choice, ...]
    photos: tuple[Photo, ...]
    fibres: str
    facts: tuple[tuple[str, str], ...]
    warnings: str
    maker: Maker | None
    delivery_days: tuple[int, int]
    category_id: int | None

    @property
    def has_one_price(self) -> bool:
        """Whether all variants cost the same."""
        return len({choice.offer for choice in self.choices}) <= 1

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing of it can be bought now."""
        return all(choice.is_sold_out for choice in self.choices)

    def chosen(self, sku: str | None) -> Choice:
        """The variant of a number, else the first that can be bought, else the first."""
        named = [choice for choice in self.choices if choice.sku == sku]
        buyable = [choice for choice in self.choices if not choice.is_sold_out]
        return (named or buyable or list(self.choices))[0]


_is_running = and_(
    Reduction.starts_at <= bindparam("now"),
    or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > bindparam("now")),
)
_reduced_cents = (
    select(func.min(Reduction.price_cents))
    .where(Reduction.variant_id == Variant.id, _is_running)
    .correlate(Variant)
    .scalar_subquery()
)
_lowest_cents = (
    select(func.min(case((_reduced_cents < Variant.price_cents, _reduced_cents), else_=Variant.price_cents)))
    .where(Variant.product_id == Product.id, col(Variant.is_active))
    .correlate(Product)
    .scalar_subquery()
)
_is_offered = and_(
    col(Product.published_at).is_not(None),
    select(Variant.id).where(Variant.product_id == Product.id, col(Variant.is_active)).correlate(Product).exists(),
)
_in_categories = col(Product.id).in_(
    select(ProductCategory.product_id).where(
        col(ProductCategory.category_id).in_(bindparam("categories", expanding=True))
    )
)
_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: (col(Product.published_at).desc(), col(Product.id).desc()),
    Order.CHEAPEST: (_lowest_cents, col(Product.name), col(Product.id)),
    Order.DEAREST: (_lowest_cents.desc(), col(Product.name), col(Product.id)),
    Order.NAME: (func.lower(Product.name), col(Product.id)),
}
_paged = select(Product.id).where(_is_offered).offset(bindparam("skip")).limit(bindparam("most"))
_LISTS = {order: _paged.where(_in_categories).order_by(*by) for order, by in _ORDERS.items()}
_COUNT = select(func.count()).select_from(Product).where(_is_offered, _in_categories)
_FEATURED = _paged.where(col(Product.is_featured)).order_by(*_ORDERS[Order.NEWEST])
_NEWEST = _paged.order_by(*_ORDERS[Order.NEWEST])
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_CARD_ROWS = (
    select(  # type: ignore[call-overload]
        Product.id, Product.slug, Product.name, Product.unit, Product.minimum, Product.step,
        Variant.id.label("variant_id"), Variant.counts_stock, Variant.on_hand, Variant.held,  # type: ignore[union-attr]
        Variant.content, Variant.content_unit,
    )
    .join(Variant, and_(col(Variant.product_id) == Product.id, col(Variant.is_active)))
    .where(col(Product.id).in_(_ids), col(Product.published_at).is_not(None))
    .order_by(col(Variant.position), col(Variant.id))
)  # fmt: skip
_SWATCHES = (
    select(Variant.product_id, VariantOption.swatch)
    .join(Variant, col(Variant.id) == VariantOption.variant_id)
    .where(col(Variant.product_id).in_(_ids), col(Variant.is_active), VariantOption.swatch != "")
    .order_by(col(Variant.position), col(Variant.id))
)
_PHOTOS = (
    select(  # type: ignore[call-overload]
        Picture.product_id, Picture.hash, Picture.alt, Picture.width, Picture.height, Picture.variant_id
    )
    .where(col(Picture.product_id).in_(_ids))
    .order_by(col(Picture.position), col(Picture.id))
)
_CHOICE_ROWS = (
    select(  # type: ignore[call-overload]
        Variant.id, Variant.sku, Variant.gtin, Variant.counts_stock, Variant.on_hand, Variant.held,
        Variant.content, Variant.content_unit,
    )
    .where(Variant.product_id == bindparam("product"), col(Variant.is_active))
    .order_by(col(Variant.position), col(Variant.id))
)  # fmt: skip
_OPTIONS = (
    select(VariantOption.variant_id, VariantOption.name, VariantOption.value, VariantOption.swatch)
    .join(Variant, col(Variant.id) == VariantOption.variant_id)
    .where(Variant.product_id == bindparam("product"))
    .order_by(col(VariantOption.position), col(VariantOption.id))
)
_MAIN_CATEGORY = (
    select(ProductCategory.category_id)
    .where(ProductCategory.product_id == bindparam("product"))
    .order_by(col(ProductCategory.position))
    .limit(1)
)
_RELATED = (
    select(Product.id)
    .join(ProductCategory, col(ProductCategory.product_id) == Product.id)
    .where(_is_offered, col(ProductCategory.category_id).in_(bindparam("categories", expanding=True)))
    .where(Product.id != bindparam("product"))
    .group_by(col(Product.id))
    .order_by(
        func.max(case((col(ProductCategory.category_id) == bindparam("main"), 1), else_=0)).desc(),
        col(Product.is_featured).desc(),
        col(Product.published_at).desc(),
        col(Product.id).desc(),
    )
    .limit(bindparam("most"))
)
_first_pictures = (
    select(ProductCategory.category_id, func.min(Picture.id).label("picture_id"))
    .join(Product, and_(col(Product.id) == ProductCategory.product_id, col(Product.published_at).is_not(None)))
    .join(Picture, col(Picture.product_id) == Product.id)
    .group_by(col(ProductCategory.category_id))
    .subquery()
)
_CATEGORY_PHOTOS = select(_first_pictures.c.category_id, Picture.hash, Picture.width, Picture.height).join(
    _first_pictures, _first_pictures.c.picture_id == Picture.id
)
_MOST_ON_A_PAGE = 5  # an article and the related ones
_stamped: list[BindParameter[int]] = [bindparam(f"id_{number}") for number in range(_MOST_ON_A_PAGE)]
_goods, _revisions = Product.__table__.c, Revision.__table__.c  # type: ignore[attr-defined]
_STAMPS = select(  # type: ignore[call-overload]
    _goods.id,
    _goods.version,
    _goods.slug,
    _goods.published_at.is_not(None),
    select(_revisions.number).where(_revisions.name == "shop").scalar_subquery(),
).where(or_(*(_goods.id == each for each in _stamped)))
_SITEMAP = select(Product.slug, Product.updated_at).where(_is_offered).order_by(col(Product.id))


def in_categories(
    session: Session, category_ids: Sequence[int], order: Order, now: datetime, *, offset: int = 0, limit: int = 24
) -> Listed:
    """The published products of some categories; sorted by their lowest price as it is at `now`."""
    bound = {"categories": list(category_ids), "now": now, "skip": offset, "most": limit}
    ids = session.execute(_LISTS[order], bound).scalars().all()
    return Listed(list(ids), session.execute(_COUNT, {"categories": list(category_ids)}).scalar_one())


def featured(session: Session, limit: int = 8) -> list[int]:
    """The ids of the goods that the owner puts into the window, the newest first."""
    return list(session.execute(_FEATURED, {"skip": 0, "most": limit}).scalars())


def newest(session: Session, limit: int = 8) -> list[int]:
    """The ids of the goods that came last."""
    return list(session.execute(_NEWEST, {"skip": 0, "most": limit}).scalars())


def related(session: Session, page: Page, department_ids: Sequence[int], limit: int = 4) -> list[int]:
    """The ids of other goods of the page's department, those of its own category first."""
    bound = {"categories": list(department_ids), "main": page.category_id, "product": page.product_id, "most": limit}
    return list(session.execute(_RELATED, bound).scalars())


def cards(session: Session, product_ids: Sequence[int], now: datetime) -> list[Card]:
    """The cards of some products, in the order given; those that are not offered are left out."""
    bound = {"ids": list(product_ids)}
    variants: dict[int, list[Row[Any]]] = {}
    for row in session.execute(_CARD_ROWS, bound):
        variants.setdefault(row.id, []).append(row)
    current = prices.current(session, [row.variant_id for rows in variants.values() for row in rows], now)
    swatches: dict[int, dict[str, None]] = {}
    for product_id, swatch in session.execute(_SWATCHES, bound):
        swatches.setdefault(product_id, {})[swatch] = None
    photos = _first_photos(session, product_ids)
    return [
        _card(variants[each], current, tuple(swatches.get(each, {}))[:MOST_SWATCHES], photos.get(each))
        for each in product_ids
        if each in variants
    ]


def page(session: Session, slug: str, now: datetime) -> Page | None:
    """All that an article's page shows; None if there is none of this address, or it is not offered."""
    product = session.exec(select(Product).where(Product.slug == slug, _is_offered)).first()
    if product is None or product.id is None:
        return None
    bound = {"product": product.id}
    options = session.execute(_OPTIONS, bound).all()
    rule = product.quantity_rule
    return Page(
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        summary=product.summary,
        description=product.description,
        unit=rule.unit,
        rule=rule,
        option_name=" und ".join(dict.fromkeys(name for _, name, _, _ in options)),
        choices=_choices(session, product.id, rule, options, now),
        photos=tuple(Photo(*row[1:]) for row in session.execute(_PHOTOS, {"ids": [product.id]})),
        fibres=fibres.composition_of(session, [product.id]).get(product.id, ""),
        facts=tuple(attributes.of(session, [product.id]).get(product.id, ())),
        warnings=product.warnings,
        maker=session.get(Maker, product.maker_id) if product.maker_id else None,
        delivery_days=(product.delivery_days_min, product.delivery_days_max),
        category_id=session.execute(_MAIN_CATEGORY, bound).scalar(),
    )


def category_photos(session: Session) -> dict[int, Photo]:
    """A picture for each category that has goods with one; one query."""
    rows = session.execute(_CATEGORY_PHOTOS)
    return {category_id: Photo(picture_hash, "", width, height) for category_id, picture_hash, width, height in rows}


def stamps(session: Session, product_ids: Sequence[int]) -> frozenset[tuple[Any, ...]]:
    """What up to five products and the shop's frame are now: a page made of them holds while this does.

    One read without the ORM, for it is all that a kept page costs.
    """
    padded = [*product_ids, *[0] * _MOST_ON_A_PAGE][:_MOST_ON_A_PAGE]
    bound = {each.key: number for each, number in zip(_stamped, padded, strict=True)}
    return frozenset(map(tuple, session.connection().execute(_STAMPS, bound)))


def holds_until(session: Session, product_ids: Sequence[int], now: datetime) -> datetime | None:
    """When the clock alone will change a price of these products; None: not in sight."""
    variant_ids = session.exec(select(Variant.id).where(col(Variant.product_id).in_(product_ids))).all()
    return prices.next_change(session, [each for each in variant_ids if each is not None], now)


def slug_of(session: Session, sku: str) -> str | None:
    """The address of the product of a variant's number."""
    return session.exec(
        select(Product.slug).join(Variant, col(Variant.product_id) == Product.id).where(Variant.sku == sku)
    ).first()


def addresses(session: Session) -> list[tuple[str, datetime]]:
    """The slug of every product on offer, and when it was changed."""
    return [(slug, updated_at) for slug, updated_at in session.execute(_SITEMAP)]


def _first_photos(session: Session, product_ids: Sequence[int]) -> dict[int, Photo]:
    first: dict[int, Photo] = {}
    for row in session.execute(_PHOTOS, {"ids": list(product_ids)}):
        first.setdefault(row.product_id, Photo(*row[1:]))
    return first


def _card(
    rows: Sequence[Row[Any]], current: Mapping[int, CurrentPrice], swatches: tuple[str, ...], photo: Photo | None
) -> Card:
    first = rows[0]
    rule = QuantityRule(Unit(first.unit), first.minimum, first.step)
    cheapest = min(rows, key=lambda row: current[row.variant_id].cents)
    several = len({current[row.variant_id].cents for row in rows}) > 1
    return Card(
        product_id=first.id,
        slug=first.slug,
        name=first.name,
        offer=_offer(cheapest, current[cheapest.variant_id], rule.unit, is_from=several),
        photo=photo,
        swatches=swatches,
        variant_count=len(rows),
        is_sold_out=all(_is_sold_out(_available(row), rule) for row in rows),
    )


def _choices(
    session: Session, product_id: int, rule: QuantityRule, options: Sequence[Row[Any]], now: datetime
) -> tuple[Choice, ...]:
    rows = session.execute(_CHOICE_ROWS, {"product": product_id}).all()
    current = prices.current(session, [row.id for row in rows], now)
    labels: dict[int, list[str]] = {}
    swatches: dict[int, str] = {}
    for option in options:
        labels.setdefault(option.variant_id, []).append(option.value)
        swatches[option.variant_id] = swatches.get(option.variant_id) or option.swatch
    return tuple(
        _choice(row, current[row.id], rule, ", ".join(labels.get(row.id, ())), swatches.get(row.id, "")) for row in rows
    )


def _choice(row: Row[Any], price: CurrentPrice, rule: QuantityRule, label: str, swatch: str) -> Choice:
    available = _available(row)
    return Choice(
        variant_id=row.id,
        sku=row.sku,
        gtin=row.gtin,
        label=label,
        swatch=swatch,
        price_cents=price.cents,
        offer=_offer(row, price, rule.unit),
        available=available,
        most=None if available is None else available // rule.step * rule.step,
        is_sold_out=_is_sold_out(available, rule),
    )


def _offer(row: Row[Any], price: CurrentPrice, unit: Unit, *, is_from: bool = False) -> Offer:
    content_unit = Unit(row.content_unit) if row.content_unit else None
    base = base_price(price.cents, unit, row.content, content_unit) if unit is Unit.PIECE else None
    return Offer(
        cents=price.cents,
        unit_name="" if unit is Unit.PIECE else PRICE_UNIT_NAME[unit],
        base=base if base is None or base.cents != price.cents else None,  # § 4 Abs. 1 S. 2 PAngV: identical
        is_from=is_from,
        reference_cents=price.reference_cents if price.is_reduced else None,
        percent_off=price.percent_off,
    )


def _available(row: Row[Any]) -> int | None:
    """What can still be sold; goods whose stock is not counted have no limit."""
    return row.on_hand - row.held if row.counts_stock else None


def _is_sold_out(available: int | None, rule: QuantityRule) -> bool:
    least = -(-rule.minimum // rule.step) * rule.step
    return available is not None and available < least
