"""VAT: rates by country and date, and the tax contained in a gross amount (§ 12 UStG, § 3c UStG).

Rates are per mille (19 % = 190), so that 8,1 % fits and no float is needed.
"""

from dataclasses import dataclass
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

# The standard rates of the other countries of the EU as of 2026, per mille. Two public lists of that year agree
# on them; the Commission's own was not at hand. Owners enter a rate that has changed since (OwnRate).
_EU_STANDARD = {
    "AT": 200, "BE": 210, "BG": 200, "CY": 190, "CZ": 210, "DK": 250, "EE": 240, "ES": 210, "FI": 255, "FR": 200,
    "GR": 240, "HR": 250, "HU": 270, "IE": 230, "IT": 220, "LT": 210, "LU": 170, "LV": 210, "MT": 180, "NL": 210,
    "PL": 230, "PT": 230, "RO": 210, "SE": 250, "SI": 220, "SK": 230,
}  # fmt: skip
OTHER_EU = frozenset(_EU_STANDARD)  # all countries of the EU but Germany


@dataclass(frozen=True)
class OwnRate:
    """A rate that the owner has entered for a country: it holds from a day on."""

    country: str
    vat_class: VatClass
    since: date
    permille: int


@dataclass(frozen=True)
class Taxation:
    """Where a sale is taxed, and so by which rates.

    `category` is "K" or "G" (EN 16931) for an intra-EU supply or an export, in which no tax lies; "" else.
    """

    country: str = "DE"
    own_rates: tuple[OwnRate, ...] = ()
    category: str = ""

    def permille(self, vat_class: VatClass, on: date) -> int:
        """The rate of a class on a day. Raises ValueError for a country or a day that no table knows.

        What is reduced in Germany is taxed in full elsewhere until the owner has entered another rate: which
        goods another country favours, no table can tell.
        """
        if self.category:
            return 0
        own = [each for each in self.own_rates if (each.country, each.vat_class) == (self.country, vat_class)]
        known = [each for each in own if each.since <= on]
        if known:
            return max(known, key=lambda each: each.since).permille
        if self.country == "DE" or vat_class is VatClass.ZERO:
            return rate_permille(vat_class, on)
        if vat_class is VatClass.REDUCED:
            return self.permille(VatClass.STANDARD, on)
        if self.country not in _EU_STANDARD:
            raise ValueError(f"no rates known for {self.country}")
        return _EU_STANDARD[self.country]


GERMAN = Taxation()


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
