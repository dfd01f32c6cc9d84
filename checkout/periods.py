"""Spans of German days, as exports and the tax office know them."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both within it. Raises ValueError where it ends before it begins."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period does not end before it begins")

    @property
    def begins_at(self) -> datetime:
        """The moment (UTC) in which it begins in Germany."""
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment (UTC) that is not in it any more."""
        return _midnight(self.last + timedelta(days=1))

    def has(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.last


def month(year: int, number: int) -> Period:
    """A whole month."""
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def year(number: int) -> Period:
    """A whole calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_BERLIN).astimezone(UTC)
