"""Numbers with their unit, the same however they are written: "2 cm" is "20mm", "1,5 cm" is "15mm"."""

import re
from decimal import Decimal

from catalog.search.folding import plain

NUMBER = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_UNITS = {
    "mm": ("mm", 1), "cm": ("mm", 10), "dm": ("mm", 100), "m": ("mm", 1000), "lfm": ("mm", 1000),
    "meter": ("mm", 1000), "metern": ("mm", 1000), "millimeter": ("mm", 1), "zentimeter": ("mm", 10),
    "centimeter": ("mm", 10), "g": ("g", 1), "gr": ("g", 1), "gramm": ("g", 1), "kg": ("g", 1000), "kilo": ("g", 1000),
    "kilogramm": ("g", 1000), "ml": ("ml", 1), "milliliter": ("ml", 1), "cl": ("ml", 10), "l": ("ml", 1000),
    "liter": ("ml", 1000), "zoll": ("zoll", 1), "inch": ("zoll", 1), '"': ("zoll", 1), "”": ("zoll", 1),
    "″": ("zoll", 1), "g/m²": ("gqm", 1), "g/m2": ("gqm", 1), "g/qm": ("gqm", 1), "gsm": ("gqm", 1), "oz": ("oz", 1),
    "%": ("prozent", 1), "prozent": ("prozent", 1), "°c": ("grad", 1), "°": ("grad", 1), "grad": ("grad", 1),
    "den": ("den", 1), "tex": ("tex", 1), "dtex": ("dtex", 1), "stk": ("stuck", 1), "st": ("stuck", 1),
    "stück": ("stuck", 1), "stueck": ("stuck", 1), "lagig": ("lagig", 1), "fädig": ("fadig", 1), "fach": ("fach", 1),
}  # fmt: skip
UNIT = f"(?:{'|'.join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))})"
_LEADING = re.compile(NUMBER)


def term_of(text: str) -> tuple[str, tuple[str, str]]:
    """The term of a number with its unit, in the smallest unit of its kind; and both as they stand alone."""
    leading = _LEADING.match(text)
    assert leading is not None
    unit = text[leading.end() :].strip(" -.\u00a0\u202f").lower()
    base, times = _UNITS[unit]
    return _written(_value(leading[0]) * times) + base, (number(leading[0]), plain(unit) if unit.isalpha() else base)


def number(text: str) -> str:
    """The term of a number: "1,50" is "1komma5", "1.000" is "1000"."""
    return _written(_value(text))


def _value(text: str) -> Decimal:
    """1.000 is a thousand in German, 1.5 is one and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text):
        return Decimal(text.replace(".", ""))
    return Decimal(text.replace(",", "."))


def _written(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", "komma")
