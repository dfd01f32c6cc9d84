"""VAT: rates by date, and the tax contained in a gross amount (§ 12 UStG).

Rates are per mille (19 % = 190), so that 8,1 % fits and no float is needed.
"""

from datetime import date
from enum import StrEnum

from catalog.money import round_half_up


class VatClass(StrEnum):
    """How a good is taxed in Germany: § 12 Abs. 1 (standard), Abs. 2 UStG (reduced), or not."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"


_GERMAN_RATES: dict[VatClass, list[tuple[date, int]]] = {
    VatClass.STANDARD: [(date(2007, 1, 1), 190), (date(2020, 7, 1), 160), (date(2021, 1, 1), 190)],
    VatClass.REDUCED: [(date(1983, 7, 1), 70), (date(2020, 7, 1), 50), (date(2021, 1, 1), 70)],
    VatClass.ZERO: [(date(1968, 1, 1), 0)],
}


def rate_permille(vat_class: VatClass, on: date) -> int:
    """The German rate of a class on a day, per mille. Raises ValueError before the table begins."""
    known = [rate for since, rate in _GERMAN_RATES[vat_class] if since <= on]
    if not known:
        raise ValueError(f"no {vat_class} rate known for {on}")
    return known[-1]


def contained_cents(gross_cents: int, permille: int) -> int:
    """The tax contained in a gross amount, in cents, rounded once, half up."""
    return round_half_up(gross_cents * permille, 1000 + permille)


def format_rate(permille: int) -> str:
    """190 → "19 %", 81 → "8,1 %"."""
    whole, tenth = divmod(permille, 10)
    return f"{whole}{f',{tenth}' if tenth else ''}\u00a0%"
