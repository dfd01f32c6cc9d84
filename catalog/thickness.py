"""How thick goods are when packed flat: as people type it, in whole millimetres, rounded up as an envelope would."""

import re
from fractions import Fraction

from catalog.refusals import Refusal

MOST_MM = 1000
MOST_PER_LAYER = 10_000
_WRITTEN = re.compile(r"(\d{1,4})(?:[.,](\d{1,3}))?\s*(mm|cm|millimeter|zentimeter)?\.?", re.IGNORECASE)


class NotAThickness(Refusal):
    """The text is no thickness."""


def parse_thickness(text: str) -> int:
    """Read a thickness and give whole millimetres, rounded up; a bare number means millimetres. Raises NotAThickness.

    "8", "8 mm" and "0,8 cm" are 8, "0,4 mm" is 1.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise NotAThickness(f"„{text.strip()[:40]}“ ist keine Dicke. Bitte in Millimetern eintragen, zum Beispiel 8.")
    whole, part, unit = match[1], match[2] or "", (match[3] or "mm").casefold()
    thousandths = int(whole + part.ljust(3, "0")) * (10 if unit in ("cm", "zentimeter") else 1)
    thickness_mm = -(-thousandths // 1000)
    if not 1 <= thickness_mm <= MOST_MM:
        raise NotAThickness(f"Die Dicke muss zwischen 1 und {MOST_MM} mm liegen. Leer heißt: nicht gemessen.")
    return thickness_mm


def of_a_cut(metre_mm: int | None, per_layer: int, length_cm: int) -> tuple[int | None, int]:
    """How thick a single piece of so many cm is, and how many lie side by side, by what is known of a metre.

    For remnants, which are cut from goods by the metre and sold by the piece: what fills several layers is that much
    thicker (None beyond MOST_MM: no letter takes it), what fills less than one lies beside others.
    See checkout/packing.py for the rule.
    """
    room = Fraction(length_cm, 100 * per_layer)
    if room <= 1:
        return metre_mm, min(int(1 / room), MOST_PER_LAYER)
    layers = -(-room.numerator // room.denominator)
    return None if metre_mm is None or metre_mm * layers > MOST_MM else metre_mm * layers, 1
