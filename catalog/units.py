"""Quantities: whole numbers of the smallest unit (pieces, centimetres, grams), and what they cost."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from catalog.money import round_half_up
from catalog.refusals import Refusal


class Unit(StrEnum):
    """How a good is measured: by the piece, by length (cm, priced per m), by weight (g, per kg),
    by area (cm², per m²), by volume (ml, per l; only as the content of a bottle).
    """

    PIECE = "piece"
    LENGTH = "length"
    WEIGHT = "weight"
    AREA = "area"
    VOLUME = "volume"


SMALLEST_PER_PRICE_UNIT = {Unit.PIECE: 1, Unit.LENGTH: 100, Unit.WEIGHT: 1000, Unit.AREA: 10_000, Unit.VOLUME: 1000}
PRICE_UNIT_NAME = {Unit.PIECE: "Stück", Unit.LENGTH: "m", Unit.WEIGHT: "kg", Unit.AREA: "m²", Unit.VOLUME: "l"}

_WRITTEN = re.compile(r"(?P<whole>[0-9]{1,7})(?:[.,](?P<part>[0-9]{1,6}))?\s*(?P<name>[^\W\d]*)\.?")
_FACTORS: dict[Unit, dict[str, int]] = {
    Unit.PIECE: {"": 1, "stück": 1, "stueck": 1, "stk": 1, "st": 1},
    Unit.LENGTH: {"": 100, "m": 100, "meter": 100, "cm": 1, "zentimeter": 1},
    Unit.WEIGHT: {"": 1, "g": 1, "gramm": 1, "kg": 1000, "kilo": 1000, "kilogramm": 1000},
    Unit.AREA: {"": 10_000, "m²": 10_000, "m2": 10_000, "qm": 10_000, "cm²": 1, "cm2": 1, "dm²": 100, "dm2": 100},
    Unit.VOLUME: {"": 1, "ml": 1, "milliliter": 1, "l": 1000, "liter": 1000},
}
_EXAMPLE = {
    Unit.PIECE: "3", Unit.LENGTH: "1,50 m", Unit.WEIGHT: "250 g", Unit.AREA: "0,25 m²", Unit.VOLUME: "100 ml",
}  # fmt: skip


class NotAQuantity(Refusal):
    """The text is no quantity of this unit."""


class QuantityDoesNotFit(Refusal):
    """The quantity breaks minimum, step or maximum; `nearest` holds the possible ones beside it."""

    def __init__(self, sentence: str, nearest: tuple[int, ...]) -> None:
        super().__init__(sentence)
        self.nearest = nearest


@dataclass(frozen=True)
class QuantityRule:
    """What may be bought of a variant at once, in smallest units; `maximum` None means no limit."""

    unit: Unit
    minimum: int = 1
    step: int = 1
    maximum: int | None = None


@dataclass(frozen=True)
class BasePrice:
    """A Grundpreis: whole cents per a legal unit such as "1 kg" or "1 m" (§ 5 PAngV)."""

    cents: int
    per: str


def parse_quantity(text: str, unit: Unit) -> int:
    """Read a quantity as people type it and give smallest units; "1,5", "1.5 m", "150 cm" are 150.

    A bare number means metres, pieces or grams. What would need rounding is refused.
    Raises NotAQuantity.
    """
    match = _WRITTEN.fullmatch(text.strip().casefold())
    factor = _FACTORS[unit].get(match["name"]) if match else None
    if match is None or factor is None:
        raise NotAQuantity(f"„{text}“ können wir nicht lesen. Bitte so eingeben: {_EXAMPLE[unit]}")
    part = match["part"] or ""
    exact = Fraction(int(match["whole"] + part), 10 ** len(part)) * factor
    if exact.denominator != 1:
        raise NotAQuantity(f"„{text}“ ist feiner, als wir messen. Bitte so eingeben: {_EXAMPLE[unit]}")
    return exact.numerator


def format_quantity(quantity: int, unit: Unit) -> str:
    """Write smallest units for people: 150 → "1,50 m", 3 → "3 Stück", 250 → "250 g"."""
    if unit is Unit.PIECE:
        return f"{quantity}\u00a0Stück"
    if unit is Unit.WEIGHT:
        return f"{quantity}\u00a0g"
    metres, centimetres = divmod(quantity, 100)
    return f"{metres},{centimetres:02d}\u00a0m"


def check_quantity(quantity: int, rule: QuantityRule) -> None:
    """Refuse a quantity that breaks minimum, step or maximum; never round it.

    Raises QuantityDoesNotFit with the nearest possible quantities and a sentence naming them.
    """
    nearest = _nearest_possible(quantity, rule)
    if quantity in nearest:
        return
    possible = " oder ".join(format_quantity(each, rule.unit) for each in nearest)
    raise QuantityDoesNotFit(f"{_why_not(quantity, rule)} Möglich wäre {possible}.", nearest)


def line_cents(price_cents: int, quantity: int, unit: Unit, pieces: int = 1) -> int:
    """What a line costs: each piece (cut) is rounded half up by itself, then multiplied.

    `price_cents` is per piece, metre or kilogram; `quantity` is of one piece, in smallest units.
    """
    return round_half_up(price_cents * quantity, SMALLEST_PER_PRICE_UNIT[unit]) * pieces


def base_price(price_cents: int, unit: Unit, content: int | None, content_unit: Unit | None) -> BasePrice | None:
    """The Grundpreis of §§ 4, 5 PAngV, or None where the law asks for none.

    Goods by length or weight are their own base price. A packed good needs its `content` in
    smallest units (50 g, 300 cm). Below 10 g none is owed (§ 4 Abs. 3 Nr. 1); from 100 m on the
    customary unit is 100 m (§ 5 Abs. 1 S. 2), as for sewing thread.
    """
    if unit is not Unit.PIECE:
        return BasePrice(price_cents, f"1\u00a0{PRICE_UNIT_NAME[unit]}")
    if content is None or content_unit in (None, Unit.PIECE):
        return None
    if content_unit is Unit.WEIGHT:
        if content < 10:
            return None
        return BasePrice(round_half_up(price_cents * 1000, content), "1\u00a0kg")
    if content >= 10_000:
        return BasePrice(round_half_up(price_cents * 10_000, content), "100\u00a0m")
    return BasePrice(round_half_up(price_cents * 100, content), "1\u00a0m")


def _nearest_possible(quantity: int, rule: QuantityRule) -> tuple[int, ...]:
    least = -(-rule.minimum // rule.step) * rule.step
    below = max(quantity // rule.step * rule.step, least)
    above = max(-(-quantity // rule.step) * rule.step, least)
    if rule.maximum is not None:
        most = max(rule.maximum // rule.step * rule.step, least)
        below, above = min(below, most), min(above, most)
    return (below,) if below == above else (below, above)


def _why_not(quantity: int, rule: QuantityRule) -> str:
    if quantity < rule.minimum:
        return f"Wir verkaufen ab {format_quantity(rule.minimum, rule.unit)}."
    if rule.maximum is not None and quantity > rule.maximum:
        return f"Höchstens {format_quantity(rule.maximum, rule.unit)} sind möglich."
    step = format_quantity(rule.step, rule.unit)
    return f"{format_quantity(quantity, rule.unit)} passt nicht: Wir verkaufen in Schritten von {step}."
