from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange.cells import NotACell
from catalog.exchange.days import moment

NEW_YEAR = moment("31.12.2026")
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()


@pytest.mark.parametrize(
    "cell",
    [
        "31.12.26", "31. 12. 2026", "31.12.2026 00:00", "31.12.2026, 00:00 Uhr", "2026-12-31", "2026-12-31 00:00:00",
        "2026-12-31T00:00:00", "2026-12-30T23:00:00Z", "2026-12-31T00:00:00+01:00", "2026-12-30T23:00:00.000Z",
        "2026/12/31", "20261231", "31. Dezember 2026", "31 Dez. 2026", "31-Dec-2026", "Dec 31, 2026",
        "December 31 2026",
        "Dec 31st, 2026", "12/31/2026", "31/12/2026", "31-12-2026", "12/31/2026 00:00",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert moment(cell) == NEW_YEAR == datetime(2026, 12, 30, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("05/06/2026", "Tag und was Monat"),
        ("31.02.2026", "gibt es nicht"),
        ("2026-13-01", "gibt es nicht"),
        ("2026-12-31T25:00:00Z", "gibt es nicht"),
        ("31.12.1026", "zu fern"),
        ("46022", "kein Datum"),
        ("morgen", "kein Datum"),
        ("5. Brumaire 2026", "kein Datum"),
        ("31.12", "kein Datum"),
    ],
)
def test_what_is_no_certain_day_is_refused(cell: str, says: str) -> None:
    with pytest.raises(NotACell, match=says):
        moment(cell)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 30)))
def test_all_ways_to_write_a_day_mean_the_same(day: date) -> None:
    in_words = f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
    ways = [f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%Y-%m-%d}", in_words]
    assert len({moment(way) for way in ways}) == 1
    assert moment(ways[0], is_end=True) == moment(f"{day + timedelta(days=1):%d.%m.%Y}")
