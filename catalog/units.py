"""Quantities: whole numbers of the smallest unit (pieces, cm, g, cm², ml), and what they cost."""

import re
import unicodedata
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
_SMALLEST_NAME = {Unit.PIECE: "Stück", Unit.LENGTH: "cm", Unit.WEIGHT: "g", Unit.AREA: "cm²", Unit.VOLUME: "ml"}

# One term as people type it, blanks and signs already made plain: "1,5 m", ",5", "1 1/2 m", "2500 cm2", "3 Stk."
_TERM = re.compile(
    r"(?:(?P<number>[0-9]{1,7}(?:[.,][0-9]{1,6})?|[.,][0-9]{1,6})"
    r"|(?:(?P<whole>[0-9]{1,7}) )?(?P<over>[0-9]{1,3}) ?/ ?(?P<under>[1-9][0-9]{0,2}))"
    r" ?(?P<name>[^\W\d]+2?)?\.?"
)
_TIMES = re.compile(r" ?[x×*] ?")  # 50 x 50 cm
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")  # 1.500 is 1500 to a German and 1,5 to a phone
_NAMES: dict[Unit, dict[str, int | Fraction]] = {
    Unit.PIECE: {"": 1, "stück": 1, "stueck": 1, "stk": 1, "st": 1, "knäuel": 1},
    Unit.LENGTH: {
        "": 100, "m": 100, "meter": 100, "metern": 100, "mtr": 100, "lfm": 100, "lfdm": 100,
        "dm": 10, "cm": 1, "zentimeter": 1, "zentimetern": 1, "mm": Fraction(1, 10),
    },
    Unit.WEIGHT: {"": 1, "g": 1, "gr": 1, "gramm": 1, "kg": 1000, "kilo": 1000, "kilogramm": 1000},
    Unit.AREA: {"": 10_000, "m2": 10_000, "qm": 10_000, "quadratmeter": 10_000, "dm2": 100, "cm2": 1, "qcm": 1},
    Unit.VOLUME: {"": 1, "ml": 1, "milliliter": 1, "cl": 10, "dl": 100, "l": 1000, "liter": 1000},
}  # fmt: skip
_EXAMPLE = {Unit.PIECE: 3, Unit.LENGTH: 150, Unit.WEIGHT: 250, Unit.AREA: 2500, Unit.VOLUME: 100}
_IN_PRICE_UNITS_BY = {Unit.LENGTH: 50, Unit.WEIGHT: 1000, Unit.AREA: 2500, Unit.VOLUME: 1000}  # "0,5 m", but "25 cm"
_LONGEST_ECHO = 40  # characters of what was typed


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

    @property
    def least(self) -> int:
        """The smallest quantity that fits minimum and step."""
        return -(-self.minimum // self.step) * self.step

    @property
    def most(self) -> int | None:
        """The largest quantity that fits maximum and step; None without limit, below `least` where nothing fits."""
        return None if self.maximum is None else self.maximum // self.step * self.step


def parse_quantity(text: str, unit: Unit, rule: QuantityRule | None = None) -> int:
    """Read a quantity as people type it and give smallest units; "1,5", "1.5 m", "1½", "150 cm" are 150.

    A bare number means pieces, metres, grams, square metres or millilitres; "50 x 50 cm" is an area.
    What would need rounding or can be read in two ways is refused; the sentence then names what would
    be possible, by the rule if there is one (whether the quantity fits it, `check_quantity` says).
    Raises NotAQuantity.
    """
    exact = _read(text, unit)
    if exact.denominator != 1:
        finer = _possible(_nearest_possible(exact, rule or QuantityRule(unit)), unit)
        raise NotAQuantity(f"„{_echo(text)}“ ist feiner, als wir messen. {finer}".rstrip())
    return exact.numerator


def format_quantity(quantity: int, unit: Unit) -> str:
    """Write smallest units for people, nothing lost: 150 → "1,50 m", 7500 g → "7,5 kg", 2500 cm² → "0,25 m²"."""
    if unit is Unit.PIECE or (unit is Unit.WEIGHT and quantity < 1000):
        return f"{quantity}\u00a0{_SMALLEST_NAME[unit]}"
    if unit is Unit.WEIGHT:
        return f"{_decimal(quantity, unit, 0)}\u00a0kg"
    if unit is Unit.LENGTH:
        return f"{_decimal(quantity, unit, 2)}\u00a0m"
    if unit is Unit.VOLUME:
        return f"{quantity}\u00a0ml" if quantity < 1000 else f"{_decimal(quantity, unit, 0)}\u00a0l"
    return f"{_decimal(quantity, unit, 2)}\u00a0m²" if quantity % 100 == 0 else f"{quantity}\u00a0cm²"


def check_quantity(quantity: int, rule: QuantityRule) -> None:
    """Refuse a quantity that breaks minimum, step or maximum; never round it.

    Raises QuantityDoesNotFit with the nearest possible quantities and a sentence naming them.
    """
    nearest = _nearest_possible(Fraction(quantity), rule)
    if quantity not in nearest:
        sentence = f"{_why_not(quantity, rule)} {_possible(nearest, rule.unit)}".rstrip()
        raise QuantityDoesNotFit(sentence, nearest)


def line_cents(price_cents: int, quantity: int, unit: Unit, pieces: int = 1) -> int:
    """What a line costs: each piece (cut) is rounded half up by itself, then multiplied.

    `price_cents` is per piece, metre, kilogram, m² or litre; `quantity` is of one piece, in smallest units.
    """
    return round_half_up(price_cents * quantity, SMALLEST_PER_PRICE_UNIT[unit]) * pieces


def shown_cents(price_cents: int, unit: Unit, shown_per: int | None) -> int:
    """The price as it is shown: per `shown_per` smallest units (None: per piece, m, kg …)."""
    return price_cents if shown_per is None else line_cents(price_cents, shown_per, unit)


def shown_name(unit: Unit, shown_per: int | None) -> str:
    """What a price is shown per: "m", "0,5 m", "10 cm", "kg", "100 g", "Stück", "10 Stück"."""
    if shown_per is None or shown_per == SMALLEST_PER_PRICE_UNIT[unit]:
        return PRICE_UNIT_NAME[unit]
    return format_short(shown_per, unit)


def format_short(quantity: int, unit: Unit) -> str:
    """Write a round quantity as one says it, nothing lost: "5 m", "0,5 m", "10 cm", "1 kg", "100 g", "10 Stück"."""
    if unit is Unit.PIECE or (quantity < SMALLEST_PER_PRICE_UNIT[unit] and quantity % _IN_PRICE_UNITS_BY[unit]):
        return f"{quantity}\u00a0{_SMALLEST_NAME[unit]}"
    return f"{_decimal(quantity, unit, 0)}\u00a0{PRICE_UNIT_NAME[unit]}"


def _read(text: str, unit: Unit) -> Fraction:
    """The exact quantity in smallest units. Raises NotAQuantity."""
    plain = _plain(text)
    sides = _TIMES.split(plain)
    exact = _rectangle(*sides) if unit is Unit.AREA and len(sides) == 2 else _term(plain, unit)
    if exact is None:
        example = f"Bitte so eingeben: {format_quantity(_EXAMPLE[unit], unit)}"
        raise NotAQuantity(f"„{_echo(text)}“ können wir nicht lesen. {example}" if plain else example)
    if _GROUPED.match(plain):
        raise NotAQuantity(f"„{_echo(text)}“ kann zweierlei heißen. {_two_readings(plain, unit)}".rstrip())
    return exact


def _plain(text: str) -> str:
    """Small letters, single blanks, "½" as "1/2", "m²" as "m2"."""
    apart = re.sub("([½¼¾])", r" \1", text)
    return " ".join(unicodedata.normalize("NFKC", apart).replace("\u2044", "/").casefold().split())


def _term(plain: str, unit: Unit) -> Fraction | None:
    """ "1,5 m" or "1 1/2 m" in smallest units, however fine; None if it is nothing of the kind."""
    match = _TERM.fullmatch(plain)
    factor = _NAMES[unit].get(match["name"] or "") if match else None
    if match is None or factor is None:
        return None
    if match["number"]:
        return Fraction(match["number"].replace(",", ".")) * factor
    return (int(match["whole"] or 0) + Fraction(int(match["over"]), int(match["under"]))) * factor


def _rectangle(one: str, other: str) -> Fraction | None:
    """Two sides in cm², the first measured as the second unless it says otherwise; bare numbers are cm."""
    name = re.sub(r"[^a-z]", "", other) or "cm"
    sides = [_term(side if re.search("[a-z]", side) else f"{side} {name}", Unit.LENGTH) for side in (one, other)]
    return None if sides[0] is None or sides[1] is None else sides[0] * sides[1]


def _two_readings(plain: str, unit: Unit) -> str:
    readings = [_term(plain.replace(".", sign, 1), unit) for sign in (",", "")]
    whole = tuple(each.numerator for each in readings if each is not None and each.denominator == 1)
    return _possible(whole, unit)


def _decimal(quantity: int, unit: Unit, least: int) -> str:
    """Smallest units in price units, exact, with as many decimals as needed and at least some."""
    whole, part = divmod(quantity, SMALLEST_PER_PRICE_UNIT[unit])
    width = len(str(SMALLEST_PER_PRICE_UNIT[unit])) - 1
    decimals = f"{part:0{width}d}".rstrip("0").ljust(least, "0")
    return f"{whole},{decimals}" if decimals else str(whole)


def _nearest_possible(quantity: Fraction, rule: QuantityRule) -> tuple[int, ...]:
    """The possible quantities right below and above, one where it fits or lies outside, none where nothing fits."""
    least, most = rule.least, rule.most
    if most is not None and most < least:
        return ()
    below, above = quantity // rule.step * rule.step, -(-quantity // rule.step) * rule.step
    if most is not None:
        below, above = min(below, most), min(above, most)
    return tuple(dict.fromkeys((max(below, least), max(above, least))))


def _possible(nearest: tuple[int, ...], unit: Unit) -> str:
    if not nearest:
        return ""
    return f"Möglich wäre {' oder '.join(format_quantity(each, unit) for each in nearest)}."


def _why_not(quantity: int, rule: QuantityRule) -> str:
    if rule.most is not None and rule.most < rule.least:
        return "Davon lässt sich zurzeit keine Menge verkaufen. Bitte sagen Sie uns Bescheid."
    if quantity < rule.least:
        return f"Wir verkaufen ab {format_quantity(rule.least, rule.unit)}."
    if rule.most is not None and quantity > rule.most:
        return f"Höchstens {format_quantity(rule.most, rule.unit)} sind möglich."
    step = format_quantity(rule.step, rule.unit)
    return f"{format_quantity(quantity, rule.unit)} passt nicht: Wir verkaufen in Schritten von {step}."


def _echo(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_ECHO else f"{line[:_LONGEST_ECHO]}…"
