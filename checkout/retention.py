"""How long papers are kept: classes of retention, each from the end of the calendar year in which a paper arose.

The times are least times (§ 147 Abs. 3 and 4 AO, § 257 Abs. 4 and 5 HGB, § 14b Abs. 1 UStG, as of 1 January 2025),
and the time of data protection is the same one: when it is over, nothing but a hold keeps them (Art. 17 DSGVO).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from catalog.times import german_day

_BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Class:
    """A class of papers: `key` names it in tables and commands, `years` run from the end of the year, by a `law`."""

    key: str
    name: str
    years: int
    law: str


BOOKS = Class("books", "Bücher und Aufzeichnungen", 10, "§ 147 Abs. 1 Nr. 1 und 4a, Abs. 3 AO; § 257 HGB")
VOUCHERS = Class("vouchers", "Buchungsbelege und Rechnungen", 8, "§ 147 Abs. 1 Nr. 4, Abs. 3 AO; § 14b UStG")
LETTERS = Class("letters", "Handelsbriefe", 6, "§ 147 Abs. 1 Nr. 2 und 3, Abs. 3 AO; § 257 HGB")
CLAIMS = Class("claims", "Nachweise von Einwilligungen und Ansprüchen", 3, "§§ 195, 199 BGB; Art. 7 Abs. 1 DSGVO")
CLASSES = (BOOKS, VOUCHERS, LETTERS, CLAIMS)


def keep_until(day: date, kept: Class) -> date:
    """The last day on which a paper of a (German) day must be kept: 31 December, so many years after its own."""
    return date(day.year + kept.years, 12, 31)


def is_over(day: date, kept: Class, today: date) -> bool:
    """Whether a paper of a day need not be kept any more today; `keep_until` itself is still kept."""
    return keep_until(day, kept) < today


def first_kept_day(kept: Class, today: date) -> date:
    """The first day whose papers must be kept today: what is from before it is over."""
    return date(today.year - kept.years, 1, 1)


def first_kept_moment(kept: Class, now: datetime) -> datetime:
    """The moment (UTC) in which that day begins in Germany: what is stamped before it is over at `now`."""
    day = first_kept_day(kept, german_day(now))
    return datetime(day.year, day.month, day.day, tzinfo=_BERLIN).astimezone(UTC)
