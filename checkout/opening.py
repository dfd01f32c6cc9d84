"""When the store is open, read from the owner's own words, and the earliest moment at which goods can be fetched."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from catalog.refusals import Refusal

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = ("Januar Februar März April Mai Juni Juli August September Oktober November Dezember").split()
LANDS = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen",
    "HH": "Hamburg", "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz", "SL": "Saarland", "SN": "Sachsen",
    "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein", "TH": "Thüringen",
}  # fmt: skip
_A_DAY = 24 * 60
_QUARTER = timedelta(minutes=15)
_LOOK_AHEAD = 400  # days: a store that is not open within a year has closed

_TOKEN = re.compile(
    r"(?P<time>\d{1,2}(?:[:.]\d{2})?)|(?P<to>bis|-|–|—)|(?P<and>,|;|\n|und\b|u\.|sowie\b|/|&|\+)"
    r"|(?P<noise>uhr\b|h\b|von\b|jeweils\b|:|\.)|(?P<word>[^\W\d_]+\.?)|(?P<blank>[^\S\n]+)|(?P<sign>.)",
    re.IGNORECASE,
)
_SHORT = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
_CLOSED = frozenset({"geschlossen", "ruhetag", "zu"})


class NotUnderstood(Refusal):
    """Opening hours that cannot be read; the sentence quotes the place."""


@dataclass(frozen=True, order=True)
class Span:
    """Open from `opens` until `closes`, in minutes after midnight; at most 1440."""

    opens: int
    closes: int


Spans = tuple[Span, ...]
Week = tuple[Spans, ...]
"""What is open on each of the seven days, Monday first."""


@dataclass(frozen=True)
class Special:
    """Days on which other hours hold than usual, both ends counted: no `spans` is closed (Betriebsferien)."""

    first_day: date
    last_day: date
    spans: Spans = ()
    reason: str = ""


@dataclass(frozen=True)
class Calendar:
    """When a store is open: its week, its special days (the later entry wins), the Land's public holidays.

    `holiday` names a day's public holiday, "" if it is none. Special days come before holidays: who
    opens on one says so.
    """

    week: Week
    specials: Sequence[Special] = ()
    holiday: Callable[[date], str] = lambda day: ""

    def spans_on(self, day: date) -> Spans:
        """When the store is open on a day; empty if it is closed."""
        special = self._special(day)
        if special is not None:
            return special.spans
        return () if self.holiday(day) else self.week[day.weekday()]

    def why_closed(self, day: date) -> str:
        """What a closed day is: the reason of special days, a holiday's name, or "" for a usual day of rest."""
        special = self._special(day)
        return special.reason if special is not None else self.holiday(day)

    def _special(self, day: date) -> Special | None:
        return next((each for each in reversed(self.specials) if each.first_day <= day <= each.last_day), None)


@dataclass(frozen=True)
class Preparation:
    """How long the store needs until goods lie ready: whole open days after today, then open minutes."""

    days: int = 0
    minutes: int = 0


def ready_from(calendar: Calendar, now: datetime, preparation: Preparation) -> datetime | None:
    """The earliest moment at which something ordered `now` can be fetched, in UTC; None if it never opens.

    It lies in opening hours and never in the past; an order that comes later is never ready earlier.
    It is a full quarter of an hour, as one would say it on the telephone, or the moment of opening.
    """
    begin = _after_days(calendar, now.astimezone(UTC), preparation.days)
    if begin is None:
        return None
    left = timedelta(minutes=preparation.minutes)
    for opens, closes in _openings(calendar, begin):
        since = max(opens, begin)
        if since + left < closes:
            ready = since if since == opens and not left else _next_quarter(since + left)
            if ready < closes:
                return ready
            left = timedelta()
        else:
            left -= max(closes - since, timedelta())
    return None


def parse(text: str) -> Week:
    """Read "Montag bis Freitag 9–13 und 14–18 Uhr, Samstag 9–13 Uhr" into a week; days unnamed are closed.

    Raises NotUnderstood with the words that cannot be read, for hours that end before they begin or that
    overlap, and for a text that opens on no day at all.
    """
    return _Reader(text).week()


def parse_spans(text: str) -> Spans:
    """Read the hours of one day: "9–13 und 14–18 Uhr"; "" or "geschlossen" is closed. Raises NotUnderstood."""
    if text.strip().casefold().rstrip(".") in {"", *_CLOSED}:
        return ()
    return _Reader(f"Montag {text}").week()[0]


@lru_cache(maxsize=16)
def understood(text: str) -> Week | None:
    """The week of a text; None for a text that cannot be read."""
    try:
        return parse(text)
    except NotUnderstood:
        return None


def describe(week: Week) -> str:
    """A week in plain words, days of the same hours together: "Montag bis Freitag 9–18 Uhr, Samstag 9–13 Uhr"."""
    runs = [list(run) for _, run in groupby(range(7), key=lambda day: week[day])]
    return ", ".join(f"{_run(run)} {describe_spans(week[run[0]])}" for run in runs if week[run[0]])


def describe_spans(spans: Spans) -> str:
    """The hours of a day: "9–13 und 14–18 Uhr", or "geschlossen"."""
    if not spans:
        return "geschlossen"
    return " und ".join(f"{_clock(each.opens)}–{_clock(each.closes)}" for each in spans) + " Uhr"


def say(moment: datetime) -> str:
    """A moment as one says it: "Donnerstag, 3. Dezember, 9 Uhr", in Berlin."""
    local = moment.astimezone(BERLIN)
    day = f"{DAYS[local.weekday()]}, {local.day}. {MONTHS[local.month - 1]}"
    return f"{day}, {_clock(local.hour * 60 + local.minute)} Uhr"


def next_holidays(calendar: Calendar, since: date, number: int) -> list[tuple[date, str]]:
    """The next public holidays on which the store is closed though its week is open; at most so many of a year."""
    days = (since + timedelta(days=each) for each in range(366))
    found = [(day, calendar.holiday(day)) for day in days if calendar.week[day.weekday()]]
    return [(day, name) for day, name in found if name and not calendar.spans_on(day)][:number]


def holidays_of(land: str) -> Callable[[date], str]:
    """What names the public holidays of a German Land by its two letters ("BB"); "" knows those of all Germany."""
    known = _holidays(land if land in LANDS else "")
    return lambda day: str(known.get(day) or "")


@lru_cache(maxsize=20)
def _holidays(land: str) -> Any:
    import holidays  # takes its time to load, and only pickup needs it

    return holidays.country_holidays("DE", subdiv=land or None, language="de")


def _after_days(calendar: Calendar, now: datetime, days: int) -> datetime | None:
    """`now`, or the beginning of the so-and-so-many-eth open day after today."""
    if not days:
        return now
    today = now.astimezone(BERLIN).date()
    ahead = (today + timedelta(days=each) for each in range(1, _LOOK_AHEAD))
    is_open = [day for day in ahead if calendar.spans_on(day)]
    return _at(is_open[days - 1], 0) if len(is_open) >= days else None


def _openings(calendar: Calendar, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the store opens and closes from a moment on, in UTC, so that summer time costs no minute."""
    today = since.astimezone(BERLIN).date()
    for day in (today + timedelta(days=each) for each in range(_LOOK_AHEAD)):
        for span in calendar.spans_on(day):
            opens, closes = _at(day, span.opens), _at(day, span.closes)
            if closes > since:
                yield opens, closes


def _at(day: date, minutes: int) -> datetime:
    midnight = datetime.combine(day + timedelta(days=minutes // _A_DAY), time(), tzinfo=BERLIN)
    return (midnight + timedelta(minutes=minutes % _A_DAY)).astimezone(UTC)


def _next_quarter(moment: datetime) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole + -(-(moment - whole) // _QUARTER) * _QUARTER


def _run(days: list[int]) -> str:
    first, last = DAYS[days[0]], DAYS[days[-1]]
    return {1: first, 2: f"{first} und {last}"}.get(len(days), f"{first} bis {last}")


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes % 60 else str(minutes // 60)


@dataclass(frozen=True)
class _Token:
    kind: str  # "day", "time", "to", "and" or "closed"
    value: int
    text: str


class _Reader:
    """Reads opening hours from left to right: days, then their hours, and again."""

    def __init__(self, text: str) -> None:
        self._left = list(_tokens(text))

    def week(self) -> Week:
        """All that is said, by day."""
        hours: list[list[Span]] = [[] for _ in DAYS]
        while self._left:
            self._skip_and()
            days = self._days()
            spans = self._spans()
            for day in days:
                hours[day] = [*hours[day], *spans] if spans else []
            self._skip_and()
        week = tuple(tuple(sorted(each)) for each in hours)
        if not any(week):
            raise NotUnderstood("Bitte schreiben Sie, wann geöffnet ist, zum Beispiel: Mo–Fr 9–18 Uhr, Sa 9–13 Uhr")
        for name, spans_of_day in zip(DAYS, week, strict=True):
            if any(one.closes > other.opens for one, other in pairwise(spans_of_day)):
                raise NotUnderstood(f"Am {name} überschneiden sich die Zeiten: {describe_spans(spans_of_day)}.")
        return week

    def _days(self) -> list[int]:
        days = self._some_days()
        while self._is_next("and") and self._is_next("day", 1):
            self._take("and")
            days += self._some_days()
        return days

    def _some_days(self) -> list[int]:
        first = self._take("day", "einen Wochentag").value
        if first < 0:  # täglich
            return list(range(7))
        if not self._is_next("to"):
            return [first]
        self._take("to")
        last = self._take("day", "einen Wochentag").value
        return [(first + each) % 7 for each in range((last - first) % 7 + 1)]

    def _spans(self) -> list[Span]:
        if self._is_next("closed"):
            self._take("closed")
            return []
        spans = [self._span()]
        while self._is_next("and") and self._is_next("time", 1):
            self._take("and")
            spans.append(self._span())
        return spans

    def _span(self) -> Span:
        opens = self._take("time", "eine Uhrzeit")
        self._take("to", "„bis“ und eine zweite Uhrzeit")
        closes = self._take("time", "eine zweite Uhrzeit")
        if not opens.value < closes.value <= _A_DAY:
            raise NotUnderstood(f"Von {opens.text} bis {closes.text} Uhr kann nicht stimmen.")
        return Span(opens.value, closes.value)

    def _skip_and(self) -> None:
        while self._is_next("and"):
            self._left.pop(0)

    def _is_next(self, kind: str, ahead: int = 0) -> bool:
        return len(self._left) > ahead and self._left[ahead].kind == kind

    def _take(self, kind: str, wanted: str = "") -> _Token:
        if not self._is_next(kind):
            where = f"vor „{self._left[0].text.strip() or ','}“" if self._left else "am Ende"
            raise NotUnderstood(f"Hier fehlt {where} {wanted}. Zum Beispiel so: Mo–Fr 9–13 und 14–18 Uhr, Sa 9–13 Uhr")
        return self._left.pop(0)


def _tokens(text: str) -> Iterator[_Token]:
    """What stands in a text; several separators in a row are one. Raises NotUnderstood for strange words."""
    before = ""
    for match in _TOKEN.finditer(text.strip()):
        kind, found = str(match.lastgroup), match[0]
        if kind in ("noise", "blank"):
            continue
        token = _token(kind, found)
        if not (token.kind == "and" and before == "and"):
            yield token
        before = token.kind


def _token(kind: str, found: str) -> _Token:
    if kind == "time":
        hours, _, minutes = found.replace(".", ":").partition(":")
        if int(minutes or 0) > 59:
            raise NotUnderstood(f"„{found}“ ist keine Uhrzeit.")
        return _Token(kind, int(hours) * 60 + int(minutes or 0), found)
    if kind in ("to", "and"):
        return _Token(kind, 0, found)
    word = found.casefold().rstrip(".")
    if word in _CLOSED:
        return _Token("closed", 0, found)
    if word == "täglich":
        return _Token("day", -1, found)
    day = _day_of(word)
    if day is None:
        raise NotUnderstood(
            f"„{found}“ verstehen wir nicht. Bitte nur Tage und Uhrzeiten, zum Beispiel: Mo–Fr 9–18 Uhr, Sa 9–13 Uhr"
        )
    return _Token("day", day, found)


def _day_of(word: str) -> int | None:
    """Which day a word is: "Mo", "Montag", "montags", "Sonnabend"; None for any other word."""
    names = {day.casefold(): number for number, day in enumerate(DAYS)} | _SHORT | {"sonnabend": 5}
    return names.get(word, names.get(word.removesuffix("s")))
