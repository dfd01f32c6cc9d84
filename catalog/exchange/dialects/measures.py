"""What a pack holds, as shop systems tell it for the base price: a number in one column, its unit in another."""

from decimal import Decimal

from catalog.exchange.cells import NotACell
from catalog.exchange.dialects import raw
from catalog.units import Unit

_UNITS: dict[str, tuple[Unit, Decimal]] = {
    "mg": (Unit.WEIGHT, Decimal("0.001")),
    "g": (Unit.WEIGHT, Decimal(1)),
    "kg": (Unit.WEIGHT, Decimal(1000)),
    "mm": (Unit.LENGTH, Decimal("0.1")),
    "cm": (Unit.LENGTH, Decimal(1)),
    "m": (Unit.LENGTH, Decimal(100)),
    "cm2": (Unit.AREA, Decimal(1)),
    "m2": (Unit.AREA, Decimal(10_000)),
    "ml": (Unit.VOLUME, Decimal(1)),
    "cl": (Unit.VOLUME, Decimal(10)),
    "l": (Unit.VOLUME, Decimal(1000)),
    "m3": (Unit.VOLUME, Decimal(1_000_000)),
    "stueck": (Unit.PIECE, Decimal(1)),
    "item": (Unit.PIECE, Decimal(1)),
}
_OTHER_NAMES = {
    "gramm": "g", "gram": "g", "grams": "g", "kilogramm": "kg", "kilo": "kg", "kilogram": "kg", "kilograms": "kg",
    "meter": "m", "metre": "m", "metres": "m", "meters": "m", "zentimeter": "cm", "centimeter": "cm", "lfm": "m",
    "qm": "m2", "m²": "m2", "cm²": "cm2", "sqm": "m2", "m³": "m3", "liter": "l", "litre": "l", "milliliter": "ml",
    "stk": "stueck", "st": "stueck", "stück": "stueck", "piece": "stueck", "pieces": "stueck",
}  # fmt: skip


def content(amount: str, unit: str) -> tuple[int, Unit]:
    """The content of a pack in smallest units: ("0.5", "kg") → (500, WEIGHT).

    Raises NotACell for a unit that cannot have a base price here, and for what is finer than we measure.
    """
    name = unit.strip().casefold().rstrip(".")
    found = _UNITS.get(_OTHER_NAMES.get(name, name))
    if found is None:
        raise NotACell(f"Die Einheit „{unit}“ kennen wir für den Grundpreis nicht. Bitte g, kg, m, m², ml oder l.")
    measured, factor = found
    exact = raw.number(amount) * factor
    if exact != int(exact) or exact <= 0:
        raise NotACell(f"„{amount} {unit}“ ist als Inhalt nicht möglich. Bitte in ganzen g, cm, cm² oder ml angeben.")
    return int(exact), measured
