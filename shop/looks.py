"""The last look at everything that `check` looks at, kept for the owner's page; and the shop's door.

A look takes a few seconds, so its result is kept with its time. Once a day the worker looks by itself: the day of a
new law may have come, or a text may have been changed. An open shop stays open then, but its owner gets a letter
(alarms.py).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask import Flask
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import revisions
from catalog.times import moment
from shop import alarms, checks, profile
from shop.alarms import Broken
from shop.checks import Finding
from shop.context import Shop
from shop.formats import BERLIN
from shop.law import book
from shop.law.rules import ERROR, INFO, Rule
from shop.profile import Profile

_FROM_HOUR = 5  # in Berlin: after backup and comparison


class LawLook(SQLModel, table=True):
    """The last look (the one row, id 1): when, at which revision of the shop, and what it found, as JSON."""

    id: int = Field(default=1, primary_key=True)
    looked_at: datetime = moment()
    revision: int
    points: str


class ShopOpening(SQLModel, table=True):
    """The owner has opened the shop to shoppers, or closed it; appended."""

    id: int | None = Field(default=None, primary_key=True)
    is_open: bool
    happened_at: datetime = moment()
    author: str


@dataclass(frozen=True)
class Point:
    """One thing that was looked at: a rule of law by its id, or a technical check.

    `faults` are pairs of a sentence and the page that mends it ("" for none); none where all is well.
    """

    id: str
    severity: str
    is_law: bool
    message: str
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def is_red(self) -> bool:
        """Whether the shop must not be opened while it stands."""
        return bool(self.faults) and self.severity == ERROR

    @property
    def is_yellow(self) -> bool:
        """Whether it should be mended."""
        return bool(self.faults) and self.severity not in (ERROR, INFO)

    @property
    def rule(self) -> Rule | None:
        """The rule of law; None for a technical check, or where the program does not know it any more."""
        return next((each for each in book.RULES if each.id == self.id), None) if self.is_law else None


@dataclass(frozen=True)
class Look:
    """What a look found, and when; `is_stale`: the shop or the day are others by now."""

    looked_at: datetime
    points: tuple[Point, ...]
    is_stale: bool = False

    @property
    def red(self) -> list[Point]:
        """What must be mended."""
        return [each for each in self.points if each.is_red]

    @property
    def yellow(self) -> list[Point]:
        """What should be mended."""
        return [each for each in self.points if each.is_yellow]

    @property
    def to_know(self) -> list[Point]:
        """What is only to be known."""
        return [each for each in self.points if each.faults and each.severity == INFO]

    @property
    def green(self) -> list[Point]:
        """What is well."""
        return [each for each in self.points if not each.faults]

    @property
    def light(self) -> str:
        """ "red", "yellow" or "green"."""
        return "red" if self.red else "yellow" if self.yellow else "green"


def look(app: Flask) -> Look:
    """Look at everything now. Takes seconds; no transaction may be open in this thread."""
    shop: Shop = app.extensions["dorfladen"]
    return Look(shop.clock(), tuple(_points(app)))


def renew(app: Flask) -> Look:
    """Look at everything now, and keep what was found."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        revision = revisions.current(session)
    found = look(app)
    with shop.database.writing() as session:
        points = json.dumps([asdict(each) for each in found.points], ensure_ascii=False)
        session.merge(LawLook(id=1, looked_at=found.looked_at, revision=revision, points=points))
    return found


def last(session: Session, now: datetime) -> Look | None:
    """The last look; None before the first."""
    kept = session.get(LawLook, 1)
    if kept is None:
        return None
    points = [Point(**each | {"faults": tuple(map(tuple, each["faults"]))}) for each in json.loads(kept.points)]
    is_stale = kept.revision != revisions.current(session) or _day(kept.looked_at) != _day(now)
    return Look(kept.looked_at, tuple(points), is_stale)


def set_open(session: Session, is_open: bool, *, now: datetime, author: str) -> None:
    """Open the shop to shoppers, or close it; the row says who and when. Flushes."""
    owner = session.get(Profile, 1) or Profile(id=1)
    owner.is_open = is_open
    session.add_all([owner, ShopOpening(is_open=is_open, happened_at=now, author=author)])
    session.flush()
    revisions.bump(session)


def last_opening(session: Session) -> ShopOpening | None:
    """When it was opened or closed last; None where nobody ever has."""
    return session.exec(select(ShopOpening).order_by(col(ShopOpening.id).desc()).limit(1)).first()


def look_daily(app: Flask) -> None:
    """Once a day, look at a shop that sells, and write to its owner of what is newly red. For the worker."""
    shop: Shop = app.extensions["dorfladen"]
    now = shop.clock()
    with shop.database.reading() as session:
        owner, kept = profile.load(session), session.get(LawLook, 1)
    is_done = kept is not None and _day(kept.looked_at) == _day(now)
    if is_done or owner.is_demo or not owner.is_open or now.astimezone(BERLIN).hour < _FROM_HOUR:
        return
    found = renew(app)
    broken = [
        Broken(each.id, each.rule.source, " ".join(words for words, _ in each.faults))
        for each in found.red
        if each.rule
    ]
    with shop.database.writing() as session:
        alarms.note(session, broken, now)


def _points(app: Flask) -> Iterator[Point]:
    """The law first, then what is technical; what profile or shipping lack is told once, by the rules that ask."""
    lawful = [_lawful(outcome) for outcome in book.look(app)]
    yield from lawful
    red = {each.id for each in lawful if each.is_red}
    told = {"open", *(["profile"] if red else []), *(["shipping"] if "A08" in red else [])}
    for finding in checks.technical(app):
        if finding.id not in told:
            yield Point(finding.id, finding.severity, False, finding.message, tuple(_technical_faults(finding)))


def _lawful(outcome: book.Outcome) -> Point:
    rule = outcome.rule
    return Point(rule.id, rule.severity, True, rule.kept, tuple((each.message, each.path) for each in outcome.faults))


def _technical_faults(finding: Finding) -> Iterator[tuple[str, str]]:
    """What a technical check finds; the profile lacks several things at once, a sentence for each."""
    if not finding.ok:
        sentences = re.split(r"(?<=\.) (?=[A-ZÄÖÜ])", finding.message) if finding.id == "profile" else [finding.message]
        yield from ((each, _PATHS.get(finding.id, "")) for each in sentences)


# Where the backoffice mends what a technical check finds.
_PATHS = {
    "profile": "/backoffice/laden",
    "letters": "/backoffice/post",
    "letters-late": "/backoffice/post",
    "payment": "/backoffice/laden#iban",
    "shipping": "/backoffice/laden/versand",
    "stripe": "/backoffice/online-zahlung",
    "stripe-mode": "/backoffice/online-zahlung",
    "stripe-webhook": "/backoffice/online-zahlung",
    "orders": "/backoffice/bestellungen",
}


def _day(at: datetime) -> date:
    return at.astimezone(BERLIN).date()
