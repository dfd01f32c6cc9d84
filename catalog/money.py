"""Whole cents: parse, format, round. There is no float anywhere near money."""

import re
from functools import lru_cache

from catalog.refusals import Refusal

_AMOUNT = re.compile(r"(?P<euros>\d{1,3}(?:[.'\u00a0\u202f ]\d{3})+|\d+)?(?:,(?P<cents>\d{1,2}|-))?", re.ASCII)


class NotAnAmount(Refusal):
    """The text is no amount of money."""


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers and round a half away from zero (kaufmännisches Runden).

    `denominator` is positive; a negative amount mirrors the positive one.
    """
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def parse_cents(text: str) -> int:
    """Read what a German types as an amount ("12,90", "1.234,50 €", "5", "5,-") and give cents.

    A dot followed by one or two final digits ("12.90") is read as the decimal sign, since no
    German would mean anything else by it. Raises NotAnAmount.
    """
    cleaned = text.strip().removesuffix("€").removesuffix("EUR").strip()
    if re.fullmatch(r"[0-9]+\.[0-9]{1,2}", cleaned):
        cleaned = cleaned.replace(".", ",")
    match = _AMOUNT.fullmatch(cleaned)
    if not cleaned or match is None:
        raise NotAnAmount(f"„{text}“ ist kein Betrag. Bitte so eingeben: 12,90")
    euros = re.sub(r"\D", "", match["euros"] or "0")
    cents = (match["cents"] or "0").replace("-", "0").ljust(2, "0")
    return int(euros) * 100 + int(cents)


@lru_cache(maxsize=4096)
def format_cents(cents: int) -> str:
    """Write cents as Germans do: 129000 → "1.290,00 €", with a no-break space before the sign."""
    euros, rest = divmod(abs(cents), 100)
    grouped = f"{euros:,}".replace(",", ".")
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}\u00a0€"
