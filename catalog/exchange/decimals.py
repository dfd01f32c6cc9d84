"""Numbers as other programs write them: the decimal sign is found out from the whole column."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn

from catalog.exchange import damage
from catalog.exchange.damage import NotACell

_BLANK = "['’ \u00a0\u2009\u202f]"  # between thousands
_NUMBER = re.compile(rf"[-+]?(?:\d{{1,3}}(?:{_BLANK}\d{{3}})+|[\d.,]*\d)(?:[.,](?:\d+|-))?|-,\d\d|[-+]?[.,]\d+")
_UNIT = re.compile(
    r"^(?:€|¤|EUR|Euro)\s*|\s*(?:€|¤|EUR|Euro|[cd]?m[²2]|qm|m|cm|g|kg|ml|l|stück|stk|st)\.?$", re.IGNORECASE
)
_PER = re.compile(
    r"\s*(?:/|\b(?:je|pro|per)\b)\s*(lfm|lfdm|m|meter|kg|stück|stk|st|fl|flasche|knäuel|rolle|paar)\.?$", re.IGNORECASE
)
_FOREIGN = re.compile(r"[$£¥]|\b(?:CHF|SFr|USD|GBP|DKK|SEK|NOK|PLN|CZK)\b", re.IGNORECASE)
_DASHES = str.maketrans("\u2212\u2013\u2014", "---")
_TRAILING_MINUS = re.compile(r"(\d[\d.,]*)\s?-")
_ROUGH = re.compile(r"(?:ca|circa|etwa|ab|rund|von)\b\.?\s*\d|[~≈]\s*\d", re.IGNORECASE)


class Sign(StrEnum):
    """What a column says about its decimal sign."""

    COMMA = ","
    POINT = "."
    NONE = ""  # whole numbers only
    UNSURE = "?"  # 1.234 may be a thousand or a little more than one
    MIXED = "!"  # commas here, points there


class FineCents(int):
    """Cents, rounded half up, of an amount that is finer; `exact` is all of it, to be multiplied before rounding."""

    exact: Decimal

    def __new__(cls, exact: Decimal) -> "FineCents":
        """Round an amount in cents."""
        made = super().__new__(cls, exact.quantize(Decimal(1), ROUND_HALF_UP))
        made.exact = exact
        return made


def sign_of(values: Iterable[str]) -> Sign:
    """Decide a column's decimal sign from all its values; units and currency signs do not matter."""
    evidence = {_evidence(bare(value)) for value in set(values)} - {Sign.NONE}
    if {Sign.COMMA, Sign.POINT} <= evidence:
        return Sign.MIXED
    for sign in (Sign.COMMA, Sign.POINT, Sign.UNSURE):
        if sign in evidence:
            return sign
    return Sign.NONE


def sold_by(value: str) -> str:
    """The word of what a price is for: "14,90 €/m" → "m"; "" if it says nothing."""
    match = _PER.search(value.strip())
    return match[1] if match else ""


def bare(value: str) -> str:
    """A number without unit and currency: "4,95 €/m" → "4,95"; "3,00-" → "-3,00", "5,–" → "5,-"."""
    alone = _PER.sub("", value.strip())
    number = _UNIT.sub("", _UNIT.sub("", alone, count=1).strip(), count=1).strip().translate(_DASHES)
    number = re.sub(r"(?<=[.,])--$", "-", number)
    if minus := _TRAILING_MINUS.fullmatch(number):
        return number if minus[1][-1] in ".," else f"-{minus[1]}"
    return number


@lru_cache(maxsize=16_384)  # prices and stocks of a list repeat a lot
@lru_cache(4096)
def plain(value: str, sign: Sign) -> str:
    """Rewrite a number (with or without unit) to digits with at most one decimal comma, unit kept.

    Under COMMA "1.234,5 m" becomes "1234,5 m"; under POINT "1,234.5 m". A plus sign stays: who writes one speaks of
    what is added. Raises NotACell.
    """
    number = bare(value)
    if not _NUMBER.fullmatch(number):
        _refuse(value)
    unit = _UNIT.search(value.strip())
    kept = unit[0] if unit and unit.start() else ""
    plus = "+" if number.startswith("+") else ""
    return f"{plus}{_digits(number, value, sign)}{kept}"


def _refuse(value: str) -> NoReturn:
    """Say what is wrong with a number. Raises NotACell."""
    damage.refuse_error(value)
    damage.refuse_power(bare(value), "die Zahl")
    damage.refuse_date(value, "die Zahl")
    if value.startswith("="):
        raise NotACell(
            f"„{value}“ ist eine Formel. Bitte fügen Sie in der Tabelle ihr Ergebnis ein („Werte einfügen“)."
        )
    if _FOREIGN.search(value):
        raise NotACell(f"„{value}“ ist nicht in Euro. Bitte rechnen Sie den Preis um, etwa: 4,95")
    if _ROUGH.match(value):
        raise NotACell(f"„{value}“ ist ungefähr. Bitte tragen Sie die genaue Zahl ein, etwa 4,95")
    raise NotACell(f"„{value}“ ist keine Zahl. Bitte so eintragen: 4,95")


def read_decimal(value: str, sign: Sign) -> Decimal:
    """Read a number such as "1.234,50 €", "-,50" or "5,-". Raises NotACell."""
    return Decimal(plain(bare(value), sign).replace(",", "."))


def read_cents(value: str, sign: Sign) -> int:
    """Read an amount and give whole cents; what is finer than a cent or negative is refused."""
    cents = read_amount(value, sign)
    if isinstance(cents, FineCents):
        raise NotACell(too_fine(value))
    return cents


@lru_cache(4096)
def read_amount(value: str, sign: Sign) -> int:
    """Read an amount as `read_cents`, but give FineCents of what is finer than a cent: net prices often are."""
    cents = read_decimal(value, sign) * 100
    if cents < 0:
        raise NotACell(f"„{value}“ ist negativ. Ein Preis ist mindestens 0,00 €.")
    if cents > 100_000_000:
        raise NotACell(f"„{value}“ ist mehr als eine Million Euro. Stimmt das Dezimalzeichen?")
    return int(cents) if cents == int(cents) else FineCents(cents)


def too_fine(value: str) -> str:
    """The sentence that refuses an amount which is finer than a cent."""
    return f"„{value}“ ist feiner als ein Cent. Bitte tragen Sie den Preis mit zwei Nachkommastellen ein."


def _evidence(number: str) -> Sign:
    signs = [letter for letter in number if letter in ".,"]
    if not signs:
        return Sign.NONE
    last, tail = signs[-1], re.split(r"[.,]", number)[-1]
    if len(set(signs)) == 2:
        return Sign(last)
    if len(signs) > 1:  # 1.234.567: the sign that repeats groups thousands
        return Sign.COMMA if last == "." else Sign.POINT
    head = re.split(r"[.,]", number)[0].lstrip("-")
    could_be_thousand = re.fullmatch(r"\d{3}", tail) and re.fullmatch(r"[1-9]\d{0,2}", head)
    return Sign.UNSURE if could_be_thousand else Sign(last)


def _digits(number: str, value: str, sign: Sign) -> str:
    minus = "-" if number.startswith("-") and not number.startswith("-,") else ""
    number = re.sub(_BLANK, "", number.lstrip("+-").rstrip("-")).rstrip(".,")
    decimal, thousands = (",", ".") if sign in (Sign.COMMA, Sign.NONE) else (".", ",")
    whole, found, part = number.partition(decimal)
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+"
    if not re.fullmatch(rf"\d*|{grouped}", whole) or not re.fullmatch(r"\d*", part):
        raise NotACell(f"„{value}“ passt nicht zu den anderen Zahlen der Spalte, deren Dezimalzeichen „{decimal}“ ist.")
    whole = whole.replace(thousands, "") or "0"
    return f"{minus}{whole},{part}" if found and part else f"{minus}{whole}"
