"""When the store is open, in the owner's words, and when goods can be fetched."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import opening
from checkout.opening import Calendar, NotUnderstood, Preparation, Span, Special, Week

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = opening.parse("Montag bis Freitag 9–13 und 14–18 Uhr, Samstag 9–13 Uhr")


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    """A moment of 2026 in Berlin."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Montag bis Freitag 9–13 und 14–18 Uhr, Samstag 9–13 Uhr",
         "Montag bis Freitag 9–13 und 14–18 Uhr, Samstag 9–13 Uhr"),
        ("Mo-Fr 9.00-18.00 Uhr\nSa 9:30 bis 13 Uhr", "Montag bis Freitag 9–18 Uhr, Samstag 9:30–13 Uhr"),
        ("Mo, Di und Do: 9 - 12 h, Fr.: 14–18", "Montag und Dienstag 9–12 Uhr, Donnerstag 9–12 Uhr, Freitag 14–18 Uhr"),
        ("täglich von 10 bis 24 Uhr", "Montag bis Sonntag 10–24 Uhr"),
        ("Di–Sa 10–18 Uhr; Mittwoch geschlossen", "Dienstag 10–18 Uhr, Donnerstag bis Samstag 10–18 Uhr"),
        ("Mo–Fr 9–13 Uhr, Do 15–19 Uhr",
         "Montag bis Mittwoch 9–13 Uhr, Donnerstag 9–13 und 15–19 Uhr, Freitag 9–13 Uhr"),
        ("Fr bis Mo 10–12", "Montag 10–12 Uhr, Freitag bis Sonntag 10–12 Uhr"),
        ("montags bis freitags 9–18 Uhr, Sonnabend 9–13 Uhr", "Montag bis Freitag 9–18 Uhr, Samstag 9–13 Uhr"),
        ("Mo–Fr 9–18 Uhr, sonntags Ruhetag.", "Montag bis Freitag 9–18 Uhr"),
    ],
)  # fmt: skip
def test_german_opening_hours_are_understood(text: str, said: str) -> None:
    assert opening.describe(opening.parse(text)) == said


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nach Vereinbarung", "„nach“ verstehen wir nicht"),
        ("Mo–Fr ab 9 Uhr", "„ab“ verstehen wir nicht"),
        ("Mo–Fr 9 Uhr", "„bis“"),
        ("Mo–Fr 18–9 Uhr", "Von 18 bis 9 Uhr"),
        ("Mo–Fr 9–25 Uhr", "Von 9 bis 25 Uhr"),
        ("Mo 9–13 Uhr, Mo 12–18 Uhr", "Am Montag überschneiden sich"),
        ("9–18 Uhr", "einen Wochentag"),
        ("Mo–Fr", "eine Uhrzeit"),
        ("Mo 9:75–12", "„9:75“ ist keine Uhrzeit"),
        ("Sonntag geschlossen", "wann geöffnet ist"),
        ("", "wann geöffnet ist"),
    ],
)
def test_what_is_not_understood_is_named(text: str, named: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        opening.parse(text)
    assert named in refused.value.sentence
    assert opening.understood(text) is None


@pytest.mark.parametrize(
    ("now", "ready"),
    [
        (at(2, 10), "Mittwoch, 2. Dezember, 12 Uhr"),
        (at(2, 10, 7), "Mittwoch, 2. Dezember, 12:15 Uhr"),
        (at(2, 12), "Mittwoch, 2. Dezember, 15 Uhr"),  # one hour before the break, one after it
        (at(2, 17, 30), "Donnerstag, 3. Dezember, 10:30 Uhr"),
        (at(5, 12), "Montag, 7. Dezember, 10 Uhr"),  # Saturday: one hour is left, Monday has the other
        (at(24, 20), "Montag, 28. Dezember, 11 Uhr"),  # two days of Christmas, and a Sunday
    ],
)
def test_two_open_hours_are_counted_through_breaks_nights_and_holidays(now: datetime, ready: str) -> None:
    calendar = Calendar(USUAL, holiday=opening.holidays_of("BB"))
    found = opening.ready_from(calendar, now, Preparation(minutes=120))
    assert found is not None
    assert opening.say(found) == ready


def test_whole_open_days_begin_when_the_store_opens() -> None:
    calendar = Calendar(USUAL, [Special(date(2026, 12, 3), date(2026, 12, 5), reason="Betriebsferien")])
    ready = opening.ready_from(calendar, at(2, 10), Preparation(days=1))
    assert ready is not None
    assert opening.say(ready) == "Montag, 7. Dezember, 9 Uhr"
    assert calendar.why_closed(date(2026, 12, 4)) == "Betriebsferien"


def test_a_special_day_may_be_open_though_it_is_a_holiday() -> None:
    spans = opening.parse_spans("10–12 Uhr")
    calendar = Calendar(USUAL, [Special(date(2026, 10, 31), date(2026, 10, 31), spans)], opening.holidays_of("BB"))
    assert calendar.spans_on(date(2026, 10, 31)) == (Span(600, 720),)
    assert Calendar(USUAL, holiday=opening.holidays_of("BB")).why_closed(date(2026, 10, 31)) == "Reformationstag"
    assert Calendar(USUAL, holiday=opening.holidays_of("BE")).spans_on(date(2026, 10, 31))


def test_a_store_that_never_opens_promises_nothing() -> None:
    forever = Special(date(2020, 1, 1), date(2099, 1, 1))
    assert opening.ready_from(Calendar(USUAL, [forever]), at(2, 10), Preparation()) is None


def test_the_closing_minute_is_too_late() -> None:
    assert opening.ready_from(Calendar(USUAL), at(2, 18), Preparation()) == at(3, 9).astimezone(UTC)
    assert opening.ready_from(Calendar(USUAL), at(2, 17, 59), Preparation()) == at(3, 9).astimezone(UTC)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.datetimes(datetime(2026, 3, 1), datetime(2027, 4, 15), timezones=st.just(UTC))  # noqa: DTZ001
preparations = st.builds(Preparation, days=st.integers(0, 5), minutes=st.integers(0, 600))


@st.composite
def hours(draw: st.DrawFn) -> tuple[Span, ...]:
    """Up to three spans of a day that do not touch."""
    edges = sorted(draw(st.lists(st.integers(0, 1440), unique=True, max_size=6)))
    return tuple(Span(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Seven days, of which at least one is open."""
    drawn = tuple(draw(hours()) for _ in range(6))
    return (*drawn, (Span(600, 720),))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A week with holidays of a year and a few special days."""
    specials = [
        Special(first, first + timedelta(days=long), draw(hours()))
        for first, long in draw(st.lists(st.tuples(days, st.integers(0, 20)), max_size=4))
    ]
    return Calendar(draw(weeks()), specials, opening.holidays_of(draw(st.sampled_from(["", "BB", "BY"]))))


@given(weeks())
def test_how_hours_are_described_is_understood_again(week: Week) -> None:
    assert opening.parse(opening.describe(week)) == week


@given(calendars(), moments, preparations)
def test_goods_are_ready_in_opening_hours_and_never_in_the_past(
    calendar: Calendar, now: datetime, preparation: Preparation
) -> None:
    ready = opening.ready_from(calendar, now, preparation)
    if ready is None:
        return
    assert ready >= now
    day = ready.astimezone(BERLIN).date()
    assert any(opens <= ready < closes for opens, closes in _moments_of(calendar, day)), (
        f"{opening.say(ready)} is not in {calendar.spans_on(day)}"
    )


@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(days=9)), preparations)
def test_a_later_order_is_never_ready_earlier(
    calendar: Calendar, now: datetime, later: timedelta, preparation: Preparation
) -> None:
    first, second = (opening.ready_from(calendar, each, preparation) for each in (now, now + later))
    assert first is None or second is None or first <= second


def _moments_of(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    return [
        (
            (midnight + timedelta(minutes=span.opens)).astimezone(UTC),
            (midnight + timedelta(minutes=span.closes)).astimezone(UTC),
        )
        for span in calendar.spans_on(day)
    ]
