"""A form as it was typed: reads its fields one by one and keeps a sentence for each that does not fit.

Nothing typed is ever lost: templates show `raw(name)` again, with `errors[name]` beside it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from catalog.money import format_cents, parse_cents
from catalog.refusals import Refusal
from catalog.units import Unit, parse_quantity
from shop.formats import BERLIN

Choice = TypeVar("Choice", bound=StrEnum)
Read = TypeVar("Read")


_YEARS = range(2000, 2100)
_LONGEST_NUMBER = 9  # digits
_LONGEST_AMOUNT = 20  # characters
_MOST_CENTS = 100_000_000


class TooMuch(Refusal):
    """An amount that no article and no parcel costs."""


class Typed:
    """The texts of a form and what is wrong with them, by field name."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts: Mapping[str, str] = {} if texts is None else texts
        self.errors: dict[str, str] = {}

    @property
    def is_valid(self) -> bool:
        """Whether every field read so far was understood."""
        return not self.errors

    def raw(self, name: str) -> str:
        """The text as typed, without blanks around it; "" where nothing was.

        No keyboard types NUL, and PostgreSQL refuses a text that holds one.
        """
        return self.texts.get(name, "").replace("\0", "").strip()

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.raw(name))

    def text(self, name: str, *, required: str = "", longest: int = 200) -> str:
        """A text; `required` is the sentence for an empty one."""
        text = self.raw(name).replace("\r\n", "\n")
        if not text and required:
            self.errors[name] = required
        if len(text) > longest:
            self.errors[name] = f"Das ist zu lang: höchstens {longest} Zeichen, hier sind es {len(text)}."
        return text

    def choice(self, name: str, choices: type[Choice], otherwise: Choice) -> Choice:
        """One of the values of an enumeration."""
        try:
            return choices(self.raw(name))
        except ValueError:
            if self.raw(name):
                self.errors[name] = "Bitte wählen Sie etwas aus der Liste."
            return otherwise

    def one_of(self, name: str, known: Collection[str], otherwise: str) -> str:
        """One of some values that are not known before, such as the shop's own kinds of goods."""
        text = self.raw(name)
        if text and text not in known:
            self.errors[name] = "Bitte wählen Sie etwas aus der Liste."
        return text if text in known else otherwise

    def cents(self, name: str, *, required: str = "") -> int | None:
        """An amount in cents, at most a million euros; None for an empty field."""
        return self.by_rule(name, _cents, required)

    def quantity(self, name: str, unit: Unit, *, required: str = "") -> int | None:
        """A quantity in smallest units; None for an empty field."""
        return self.by_rule(name, lambda text: parse_quantity(text, unit), required)

    def number(self, name: str, least: int, most: int, *, required: str = "") -> int | None:
        """A whole number within limits; None for an empty field."""
        text = self.raw(name)
        if not text:
            if required:
                self.errors[name] = required
            return None
        number = whole_number(text)
        if number is None or not least <= number <= most:
            self.errors[name] = f"Bitte eine ganze Zahl von {least} bis {most} eintragen."
            return None
        return number

    def day(self, name: str) -> date | None:
        """A day as browsers send it (2026-11-22) or as people write it (22.11.2026)."""
        text = self.raw(name)
        for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                day = datetime.strptime(text, pattern).replace(tzinfo=BERLIN).date()
            except ValueError:
                continue
            if day.year in _YEARS:
                return day
        if text:
            self.errors[name] = "Bitte ein Datum so eintragen: 31.12.2026"
        return None

    def by_rule(self, name: str, rule: Callable[[str], Read], required: str = "") -> Read | None:
        """What a rule makes of the text; its refusal becomes the field's sentence."""
        text = self.raw(name)
        if not text:
            if required:
                self.errors[name] = required
            return None
        try:
            return rule(text)
        except Refusal as refusal:
            self.errors[name] = refusal.sentence
            return None


def whole_number(text: str) -> int | None:
    """A whole number of at most nine digits, as numbers of rows are; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def begin_of(day: date) -> datetime:
    """The first moment of a day in Berlin."""
    return datetime(day.year, day.month, day.day, tzinfo=BERLIN)


def end_of(day: date) -> datetime:
    """The first moment after a day in Berlin."""
    return begin_of(day + timedelta(days=1))


def amount(cents: int | None) -> str:
    """Cents as one types them into a field: 1290 → "12,90"."""
    return "" if cents is None else format_cents(cents).removesuffix("\u00a0€")


def ticked(is_on: bool) -> str:
    """A box as a form would send it."""
    return "ja" if is_on else ""


def _cents(text: str) -> int:
    cents = parse_cents(text) if len(text) <= _LONGEST_AMOUNT else _MOST_CENTS + 1
    if cents > _MOST_CENTS:
        raise TooMuch("Bitte höchstens 1.000.000,00 € eintragen.")
    return cents
