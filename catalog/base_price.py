"""The base price (Grundpreis) of §§ 4, 5 PAngV: derived from the price and the content, never typed."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from catalog.money import round_half_up
from catalog.units import PRICE_UNIT_NAME, SMALLEST_PER_PRICE_UNIT, Unit

# § 4 Abs. 3 Nr. 1 PAngV: below 10 g or 10 ml none is owed. There is no such exemption for short lengths.
_LEAST_CONTENT = {Unit.WEIGHT: 10, Unit.VOLUME: 10}
_CUSTOMARY_FROM_CM = 10_000  # § 5 Abs. 1 S. 2 PAngV: goods usually sold by 100 m and more, such as thread
_LONGER = ((10_000, "100\u00a0m"), (100_000, "1.000\u00a0m"))


@dataclass(frozen=True)
class BasePrice:
    """A Grundpreis: whole cents per a legal unit such as "1 kg" or "1 m" (§ 5 PAngV)."""

    cents: int
    per: str


@lru_cache(maxsize=4096)  # hundreds of shades of a yarn share one
def base_price(price_cents: int, unit: Unit, content: int | None, content_unit: Unit | None) -> BasePrice | None:
    """The Grundpreis of §§ 4, 5 PAngV, or None where the law asks for none.

    Goods by length, weight or area are their own base price. A packed good needs its `content` in
    smallest units (50 g, 300 cm, 2500 cm², 100 ml); below 10 g or 10 ml none is owed (§ 4 Abs. 3
    Nr. 1). From 100 m on the customary unit is 100 m (§ 5 Abs. 1 S. 2); a value below one cent is
    given per 100 m or 1.000 m, since 0,00 € says nothing. Rounded half up.
    """
    if unit is not Unit.PIECE:
        return BasePrice(price_cents, f"1\u00a0{PRICE_UNIT_NAME[unit]}")
    if not price_cents or not content or content_unit is None or content_unit is Unit.PIECE:
        return None
    if content < _LEAST_CONTENT.get(content_unit, 1):
        return None
    measures = _measures(content, content_unit)
    smallest, name = next((each for each in measures if price_cents * each[0] >= content), measures[-1])
    return BasePrice(round_half_up(price_cents * smallest, content), name)


def comparable(
    price_cents: int, unit: Unit, content: int | None, content_unit: Unit | None
) -> tuple[Unit, float] | None:
    """A Grundpreis to sort by: (unit, cents per price unit of it), the same unit for 1 m and 100 m.

    None where the law asks for none, as in `base_price`.
    """
    if unit is not Unit.PIECE:
        return unit, float(price_cents)
    if base_price(price_cents, unit, content, content_unit) is None or not content or content_unit is None:
        return None
    return content_unit, price_cents * SMALLEST_PER_PRICE_UNIT[content_unit] / content


def per_square_metre(price_cents: int, width_cm: Fraction) -> BasePrice:
    """What a metre of goods of a width costs per m², which some ask for because widths differ; rounded half up."""
    return BasePrice(round_half_up(price_cents * 100 * width_cm.denominator, width_cm.numerator), "1\u00a0m²")


def _measures(content: int, unit: Unit) -> tuple[tuple[int, str], ...]:
    """The units that may stand at this content, the first preferred, as (smallest units, name)."""
    usual = (SMALLEST_PER_PRICE_UNIT[unit], f"1\u00a0{PRICE_UNIT_NAME[unit]}")
    if unit is not Unit.LENGTH:
        return (usual,)
    return _LONGER if content >= _CUSTOMARY_FROM_CM else (usual, *_LONGER)
