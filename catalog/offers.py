"""What an offer is: the price with all that must stand beside it, its picture, whether it can be bought."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam
from sqlmodel import col, select

from catalog import images
from catalog.images import Picture
from catalog.prices import CurrentPrice
from catalog.products import Product, Variant
from catalog.units import PRICE_UNIT_NAME, BasePrice, QuantityRule, Unit, base_price


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


# Bound by `ids`: the pictures of some products, in the owner's order.
_ids: BindParameter[Any] = bindparam("ids", expanding=True)

PHOTOS = (
    select(  # type: ignore[call-overload]
        Picture.product_id, Picture.hash, Picture.alt, Picture.width, Picture.height, Picture.variant_id
    )
    .where(col(Picture.product_id).in_(_ids))
    .order_by(col(Picture.position), col(Picture.id))
)
is_offered = and_(
    col(Product.published_at).is_not(None),
    select(Variant.id).where(Variant.product_id == Product.id, col(Variant.is_active)).correlate(Product).exists(),
)


def offer_of(row: Row[Any], price: CurrentPrice, unit: Unit, *, is_from: bool = False) -> Offer:
    """The offer of a variant's row (content, content_unit) at a price."""
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


def available_of(row: Row[Any]) -> int | None:
    """What can still be sold; goods whose stock is not counted have no limit."""
    return row.on_hand - row.held if row.counts_stock else None


def is_sold_out(available: int | None, rule: QuantityRule) -> bool:
    """Whether less is left than one may buy; `available` in smallest units, None: not counted."""
    least = -(-rule.minimum // rule.step) * rule.step
    return available is not None and available < least
