"""How long papers are kept: classes of retention, each from the end of the calendar year in which a paper arose.

The times are least times (§ 147 Abs. 3 and 4 AO, § 257 Abs. 4 and 5 HGB, § 14b Abs. 1 UStG, as of 1 January 2025),
and the time of data protection is the same one: when it is over, nothing but a hold keeps them (Art. 17 DSGVO).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import german_day, moment

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


class RetentionHold(SQLModel, table=True):
    """While it stands nothing is deleted: an audit runs, or a tax year is still open (§ 147 Abs. 3 S. 5 AO).

    `ended_at` is when a person has ended it, None while it stands.
    """

    id: int | None = Field(default=None, primary_key=True)
    since: datetime = moment()
    reason: str
    author: str
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str = ""


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


def hold(session: Session, reason: str, *, now: datetime, author: str) -> RetentionHold:
    """Delete nothing from now on. Flushes."""
    held = RetentionHold(since=now, reason=reason, author=author)
    session.add(held)
    session.flush()
    return held


def release(session: Session, hold_id: int, *, now: datetime, author: str) -> None:
    """End a hold; again does nothing. Flushes."""
    held = session.get(RetentionHold, hold_id)
    if held is not None and held.ended_at is None:
        held.ended_at, held.ended_by = now, author
        session.flush()


def standing_holds(session: Session) -> list[RetentionHold]:
    """The holds that stand, oldest first."""
    rows = select(RetentionHold).where(col(RetentionHold.ended_at).is_(None))
    return list(session.exec(rows.order_by(col(RetentionHold.id))).all())
