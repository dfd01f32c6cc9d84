"""What an offer is: the price with all that must stand beside it, its picture, whether it can be bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import BindParameter, Row, and_, bindparam
from sqlmodel import Session, col, select

from catalog import images
from catalog.attributes import AttributeType, AttributeValue
from catalog.base_price import BasePrice, base_price, per_square_metre
from catalog.images import Picture
from catalog.prices import CurrentPrice, Step
from catalog.products import Product, Variant
from catalog.units import (
    PRICE_UNIT_NAME,
    SMALLEST_PER_PRICE_UNIT,
    QuantityRule,
    Unit,
    format_short,
    shown_cents,
    shown_name,
)


@dataclass(frozen=True)
class StepOffer:
    """A price step as it is shown: from "10 Stück" or "5 m" on so many cents per `unit_name` of its offer."""

    amount: str
    cents: int
    base: BasePrice | None


@dataclass(frozen=True)
class Offer:
    """Everything that must stand at a price. All cents are gross.

    `cents` is the price as it is shown: per `unit_name` ("m", "0,5 m", "100 g"), or of a piece where
    that is "". `base` is the Grundpreis where it says more than the price, `square_metre` the price
    per m² of wide goods, for shops that show it. `reference_cents` is the lowest price of 30 days per
    `price_unit` ("m", "kg", "m²", "" for pieces), None where nothing may be announced as reduced.
    `rrp_cents` is the maker's recommended price as `cents` is, None where it does not lie above them.
    `is_from`: other variants cost more.
    """

    cents: int
    unit_name: str
    price_unit: str
    base: BasePrice | None
    square_metre: BasePrice | None = None
    is_from: bool = False
    reference_cents: int | None = None
    percent_off: int = 0
    steps: tuple[StepOffer, ...] = ()
    rrp_cents: int | None = None
    rrp_since: datetime | None = None


@dataclass(frozen=True)
class Photo:
    """A picture with the widths in which it is served, in pixels, ascending.

    `focus_x`, `focus_y`: what stays in view where it is cropped, in per cent. `colour` is seen while it loads.
    """

    hash: str
    alt: str
    width: int
    height: int
    variant_id: int | None = None
    focus_x: int = 50
    focus_y: int = 50
    colour: str = ""

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


_ids: BindParameter[Any] = bindparam("ids", expanding=True)

_WIDTHS = (
    select(AttributeValue.product_id, AttributeValue.number, AttributeType.decimals)
    .join(AttributeType, and_(col(AttributeType.id) == AttributeValue.type_id, col(AttributeType.key) == "width"))
    .where(col(AttributeValue.product_id).in_(_ids))
)
# Bound by `ids`: the pictures of some products, in the owner's order.
PHOTOS = (
    select(  # type: ignore[call-overload]
        Picture.product_id,
        Picture.hash,
        Picture.alt,
        Picture.width,
        Picture.height,
        Picture.variant_id,
        Picture.focus_x,
        Picture.focus_y,
        Picture.colour,
    )
    .where(col(Picture.product_id).in_(_ids))
    .order_by(col(Picture.position), col(Picture.id))
)
is_offered = and_(
    col(Product.published_at).is_not(None),
    select(Variant.id).where(Variant.product_id == Product.id, col(Variant.is_active)).correlate(Product).exists(),
)


def offer_of(
    row: Row[Any],
    price: CurrentPrice,
    unit: Unit,
    *,
    steps: Sequence[Step] = (),
    width_cm: Fraction | None = None,
    is_from: bool = False,
) -> Offer:
    """The offer of a variant's row (content, content_unit, shown_per, rrp_cents, rrp_since) at a price.

    `width_cm` is that of goods by the length (see `widths`). Steps above the price are left out.
    """
    per = _shown_per(row, unit, min([price.cents, *(step.cents for step in steps)]))
    recommended = None if row.rrp_cents is None or row.rrp_cents <= price.cents else row.rrp_cents
    return Offer(
        cents=shown_cents(price.cents, unit, per),
        unit_name="" if unit is Unit.PIECE else shown_name(unit, per),
        price_unit="" if unit is Unit.PIECE else PRICE_UNIT_NAME[unit],
        base=_base(row, price.cents, unit, per),
        square_metre=per_square_metre(price.cents, width_cm) if width_cm and unit is Unit.LENGTH else None,
        is_from=is_from,
        reference_cents=price.reference_cents if price.is_reduced else None,
        percent_off=price.percent_off,
        steps=tuple(
            StepOffer(
                format_short(step.from_quantity, unit),
                shown_cents(step.cents, unit, per),
                _base(row, step.cents, unit, per),
            )
            for step in steps
            if step.cents < price.cents
        ),
        rrp_cents=None if recommended is None else shown_cents(recommended, unit, per),
        rrp_since=None if recommended is None else row.rrp_since,
    )


def widths(session: Session, product_ids: Sequence[int]) -> dict[int, Fraction]:
    """How wide the goods are, in cm, by product; those whose width is not known are absent. One query."""
    rows = session.execute(_WIDTHS, {"ids": list(product_ids)})
    return {product_id: Fraction(number, 10**decimals) for product_id, number, decimals in rows if number}


def _shown_per(row: Row[Any], unit: Unit, cents: int) -> int | None:
    """What the price is shown per; pieces are pieces, and so little that it would be 0,00 € is not shown alone."""
    return None if unit is Unit.PIECE or not shown_cents(cents, unit, row.shown_per) else row.shown_per


def _base(row: Row[Any], price_cents: int, unit: Unit, shown_per: int | None) -> BasePrice | None:
    """The Grundpreis where it is not the shown price itself (§ 4 Abs. 1 S. 2 PAngV)."""
    base = base_price(price_cents, unit, row.content, Unit(row.content_unit) if row.content_unit else None)
    if base is None or (base.cents == price_cents and unit is Unit.PIECE):
        return None
    is_shown = unit is not Unit.PIECE and shown_per in (None, SMALLEST_PER_PRICE_UNIT[unit])
    return None if is_shown else base


def available_of(row: Row[Any]) -> int | None:
    """What can still be sold; goods whose stock is not counted have no limit."""
    return row.on_hand - row.held if row.counts_stock else None


def at_once_of(row: Row[Any], unit: Unit) -> int | None:
    """What can be had at once of a variant's row; see `at_once`."""
    return at_once(row.counts_stock, row.on_hand, row.held, row.longest, unit)


def at_once(counts_stock: bool, on_hand: int, held: int, longest: int | None, unit: Unit) -> int | None:
    """What can be had at once: of goods by length one piece comes from one roll, so `longest` counts.

    In smallest units; None where stock is not counted.
    """
    if not counts_stock:
        return None
    return on_hand - held if longest is None or unit is not Unit.LENGTH else longest


def is_sold_out(available: int | None, rule: QuantityRule) -> bool:
    """Whether less is left than one may buy; `available` in smallest units, None: not counted."""
    least = -(-rule.minimum // rule.step) * rule.step
    return available is not None and available < least
