"""How long papers are kept, at the turn of years in Berlin."""

from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.times import german_day
from checkout import retention
from checkout.retention import BOOKS, CLAIMS, CLASSES, LETTERS, VOUCHERS


@pytest.mark.parametrize(("kept", "years"), [(BOOKS, 10), (VOUCHERS, 8), (LETTERS, 6), (CLAIMS, 3)])
def test_e14_years_run_from_the_end_of_the_calendar_year(kept: retention.Class, years: int) -> None:
    assert retention.keep_until(date(2026, 1, 1), kept) == date(2026 + years, 12, 31)
    assert retention.keep_until(date(2026, 12, 31), kept) == date(2026 + years, 12, 31)


@pytest.mark.parametrize("kept", CLASSES)
def test_e14_the_last_day_is_still_kept(kept: retention.Class) -> None:
    last = retention.keep_until(date(2024, 2, 29), kept)
    assert not retention.is_over(date(2024, 2, 29), kept, last)
    assert retention.is_over(date(2024, 2, 29), kept, last + timedelta(days=1))


@pytest.mark.parametrize("kept", CLASSES)
def test_first_kept_day_says_the_same(kept: retention.Class) -> None:
    for today in (date(2036, 12, 31), date(2037, 1, 1), date(2036, 2, 29)):
        first = retention.first_kept_day(kept, today)
        assert not retention.is_over(first, kept, today)
        assert retention.is_over(first - timedelta(days=1), kept, today)


def test_e14_years_end_in_berlin_not_in_greenwich() -> None:
    """At 23:30 UTC of 31 December it is 0:30 of the new year in Berlin."""
    still_old, new = datetime(2034, 12, 31, 22, 59, tzinfo=UTC), datetime(2034, 12, 31, 23, 30, tzinfo=UTC)
    assert retention.first_kept_moment(VOUCHERS, still_old) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert retention.first_kept_moment(VOUCHERS, new) == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_e14_a_paper_of_new_years_night_belongs_to_the_year_that_berlin_shows() -> None:
    stamped = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 1 January 2027 in Berlin
    assert retention.keep_until(german_day(stamped), VOUCHERS) == date(2035, 12, 31)
    assert stamped >= retention.first_kept_moment(VOUCHERS, datetime(2035, 12, 31, 22, tzinfo=UTC))
    assert stamped < retention.first_kept_moment(VOUCHERS, datetime(2035, 12, 31, 23, 30, tzinfo=UTC))
