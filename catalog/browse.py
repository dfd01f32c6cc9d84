"""What shoppers see of goods in lists: read only, in a fixed number of queries.

Statements select columns and are built once (entities cost three times as much to read).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import BindParameter, Row, and_, bindparam, or_
from sqlmodel import Session, col, func, select

from catalog import prices
from catalog.images import Picture
from catalog.offers import PHOTOS, Offer, Photo, at_once_of, is_offered, is_sold_out, offer_of, widths
from catalog.prices import Reduction
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.units import QuantityRule, Unit

MOST_SWATCHES = 6  # on a card


@dataclass(frozen=True)
class Card:
    """A product in a list. `swatches` are the first colours of its `variant_count` variants.

    `sku` is the variant that it shows and leads to, "" where it is none in particular.
    """

    product_id: int
    slug: str
    name: str
    offer: Offer
    photo: Photo | None
    swatches: tuple[str, ...]
    variant_count: int
    is_sold_out: bool
    sku: str = ""

    @property
    def address(self) -> str:
        """Where its page is, within the shop."""
        return f"/artikel/{self.slug}" + (f"?v={quote(self.sku, safe='')}" if self.sku else "")


_is_running = and_(
    Reduction.starts_at <= bindparam("now"),
    or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > bindparam("now")),
)
_newest_first = (
    select(Product.id)
    .where(is_offered)
    .order_by(col(Product.published_at).desc(), col(Product.id).desc())
    .limit(bindparam("most"))
)
_FEATURED = _newest_first.where(col(Product.is_featured))
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_CARD_ROWS = (
    select(  # type: ignore[call-overload, misc]
        Product.id, Product.slug, Product.name, Product.unit,
        func.coalesce(Variant.minimum, Product.minimum).label("minimum"),
        func.coalesce(Variant.step, Product.step).label("step"),
        Variant.id.label("variant_id"), Variant.counts_stock, Variant.on_hand, Variant.held,  # type: ignore[union-attr]
        Variant.longest, Variant.price_cents,
        select(Reduction.id).where(Reduction.variant_id == Variant.id, _is_running).correlate(Variant).exists()
        .label("is_reduced"),
        Variant.content, Variant.content_unit, Variant.rrp_cents, Variant.rrp_since, Product.shown_per,
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
_first_pictures = (
    select(ProductCategory.category_id, func.min(Picture.id).label("picture_id"))
    .join(Product, and_(col(Product.id) == ProductCategory.product_id, col(Product.published_at).is_not(None)))
    .join(Picture, col(Picture.product_id) == Product.id)
    .group_by(col(ProductCategory.category_id))
    .subquery()
)
_CATEGORY_PHOTOS = select(  # type: ignore[call-overload]
    _first_pictures.c.category_id, Picture.hash, Picture.width, Picture.height, Picture.focus_x, Picture.focus_y,
    Picture.colour,
).join(_first_pictures, _first_pictures.c.picture_id == Picture.id)  # fmt: skip
_SITEMAP = select(Product.slug, Product.updated_at).where(is_offered).order_by(col(Product.id))


def featured(session: Session, limit: int = 8) -> list[int]:
    """The ids of the goods that the owner puts into the window, the newest first."""
    return list(session.execute(_FEATURED, {"most": limit}).scalars())


def newest(session: Session, limit: int = 8) -> list[int]:
    """The ids of the goods that came last."""
    return list(session.execute(_newest_first, {"most": limit}).scalars())


def cards(session: Session, product_ids: Sequence[int], now: datetime) -> list[Card]:
    """The cards of some products, in the order given; those that are not offered are left out."""
    bound = {"ids": list(product_ids)}
    variants: dict[int, list[Row[Any]]] = {}
    for row in session.execute(_CARD_ROWS, bound | {"now": now}):
        variants.setdefault(row.id, []).append(row)
    swatches: dict[int, dict[str, None]] = {}
    for product_id, swatch in session.execute(_SWATCHES, bound):
        swatches.setdefault(product_id, {})[swatch] = None
    photos = _first_photos(session, product_ids)
    offers = _offers(session, {each: _differing(rows) for each, rows in variants.items()}, now)
    return [
        _card(variants[each], offers[each], tuple(swatches.get(each, {}))[:MOST_SWATCHES], photos.get(each))
        for each in product_ids
        if each in variants
    ]


def category_photos(session: Session) -> dict[int, Photo]:
    """A picture for each category that has goods with one; one query."""
    rows = session.execute(_CATEGORY_PHOTOS)
    return {
        row.category_id: Photo(
            row.hash, "", row.width, row.height, focus_x=row.focus_x, focus_y=row.focus_y, colour=row.colour
        )
        for row in rows
    }


def addresses(session: Session) -> list[tuple[str, datetime]]:
    """The slug of every product on offer, and when it was changed."""
    return [(slug, updated_at) for slug, updated_at in session.execute(_SITEMAP)]


def _first_photos(session: Session, product_ids: Sequence[int]) -> dict[int, Photo]:
    first: dict[int, Photo] = {}
    for row in session.execute(PHOTOS, {"ids": list(product_ids)}):
        first.setdefault(row.product_id, Photo(*row[1:]))
    return first


def _differing(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Each reduced variant, and the first of those that share a regular price: the current prices of the
    others are the same, and of four hundred shades they need not be asked.
    """
    regular = set[int]()
    differing = []
    for row in rows:
        if row.is_reduced or row.price_cents not in regular:
            differing.append(row)
        if not row.is_reduced:
            regular.add(row.price_cents)
    return differing


def _offers(session: Session, variants: Mapping[int, Sequence[Row[Any]]], now: datetime) -> dict[int, Offer]:
    """The offer of the cheapest of each product's variants that differ in price."""
    current = prices.current(session, [row.variant_id for rows in variants.values() for row in rows], now)
    cheapest = {each: min(rows, key=lambda row: current[row.variant_id].cents) for each, rows in variants.items()}
    steps = prices.steps_of(session, [row.variant_id for row in cheapest.values()], now)
    width_of = widths(session, [each for each, row in cheapest.items() if row.unit == Unit.LENGTH])
    return {
        each: offer_of(
            row,
            current[row.variant_id],
            Unit(row.unit),
            steps=steps.get(row.variant_id, ()),
            width_cm=width_of.get(each),
            is_from=len({current[other.variant_id].cents for other in variants[each]}) > 1,
        )
        for each, row in cheapest.items()
    }


def _card(rows: Sequence[Row[Any]], offer: Offer, swatches: tuple[str, ...], photo: Photo | None) -> Card:
    first = rows[0]
    return Card(
        product_id=first.id,
        slug=first.slug,
        name=first.name,
        offer=offer,
        photo=photo,
        swatches=swatches,
        variant_count=len(rows),
        is_sold_out=all(_is_sold_out(row) for row in rows),
    )


def _is_sold_out(row: Row[Any]) -> bool:
    rule = QuantityRule(Unit(row.unit), row.minimum, row.step)
    return is_sold_out(at_once_of(row, rule.unit), rule)
