"""The price ledger, reductions, and the lowest price of 30 days (§ 11 PAngV)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, select

from catalog import prices
from catalog.prices import NotAReduction, PriceChange, lowest_price
from catalog.products import Variant
from tests.make import NOW, make_variant

DAY = timedelta(days=1)


def reduce(session: Session, variant: Variant, cents: int, start: datetime, end: datetime | None = None) -> None:
    prices.reduce(session, variant, cents, starts_at=start, ends_at=end, now=start, author="test")


def price_of(session: Session, variant: Variant, at: datetime) -> prices.CurrentPrice:
    assert variant.id is not None
    return prices.current(session, [variant.id], at)[variant.id]


def test_each_regular_price_is_appended_once(session: Session) -> None:
    variant = make_variant(session, price_cents=500)
    for cents in (500, 600, 600, 500):
        prices.set_regular(session, variant, cents, now=NOW, author="test")
    rows = session.exec(select(PriceChange.price_cents).where(PriceChange.variant_id == variant.id)).all()
    assert rows == [500, 600, 500]
    assert variant.price_cents == rows[-1]


def test_a_reduction_holds_from_its_start_until_its_end(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 60 * DAY)
    reduce(session, variant, 800, NOW, NOW + 7 * DAY)
    assert price_of(session, variant, NOW - DAY) == prices.CurrentPrice(1000)
    running = price_of(session, variant, NOW)
    assert (running.cents, running.reference_cents, running.percent_off) == (800, 1000, 20)
    assert price_of(session, variant, NOW + 7 * DAY) == prices.CurrentPrice(1000)


def test_the_reference_is_the_lowest_price_of_the_thirty_days_before(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 700, NOW - 40 * DAY, NOW - 20 * DAY)
    reduce(session, variant, 800, NOW)
    running = price_of(session, variant, NOW)
    assert running.reference_cents == 700
    assert not running.is_reduced, "800 is no reduction after 700: it must not be announced as one"


def test_raising_the_price_just_before_a_reduction_does_not_raise_the_reference(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    prices.set_regular(session, variant, 2000, now=NOW - 2 * DAY, author="test")
    reduce(session, variant, 900, NOW)
    assert price_of(session, variant, NOW).reference_cents == 1000


def test_a_reduction_cannot_begin_in_the_past_nor_lie_above_the_price(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    made = prices.reduce(session, variant, 900, starts_at=NOW - 5 * DAY, ends_at=None, now=NOW, author="test")
    assert made.starts_at == NOW
    with pytest.raises(NotAReduction):
        reduce(session, variant, 1000, NOW)
    with pytest.raises(NotAReduction):
        reduce(session, variant, 900, NOW, NOW - DAY)


def test_a_new_reduction_ends_the_running_one_without_rewriting_it(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 900, NOW - 2 * DAY)
    reduce(session, variant, 600, NOW)
    assert price_of(session, variant, NOW - DAY).cents == 900
    assert price_of(session, variant, NOW).reference_cents == 900


def test_many_running_reductions_cost_no_more_queries_than_one(session: Session) -> None:
    variants = [make_variant(session, price_cents=1000 + number, now=NOW - 60 * DAY) for number in range(5)]
    ids = [each.id or 0 for each in variants]
    for each in variants:
        reduce(session, each, 500, NOW - DAY)
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    found = prices.current(session, ids, NOW)
    assert len(statements) <= 4
    assert [found[each].reference_cents for each in ids] == [1000, 1001, 1002, 1003, 1004]


def test_a_reduction_planned_for_later_outlives_a_short_one_before_it(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    prices.reduce(session, variant, 800, starts_at=NOW + 9 * DAY, ends_at=NOW + 30 * DAY, now=NOW, author="test")
    prices.reduce(session, variant, 700, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY, now=NOW, author="test")
    assert [price_of(session, variant, NOW + day * DAY).cents for day in (0, 1, 3, 9, 30)] == [
        1000, 700, 1000, 800, 1000
    ]  # fmt: skip
    prices.reduce(session, variant, 600, starts_at=NOW + 8 * DAY, ends_at=NOW + 10 * DAY, now=NOW, author="test")
    assert [price_of(session, variant, NOW + day * DAY).cents for day in (8, 9, 10)] == [600, 600, 1000]


def test_the_next_change_says_how_long_a_page_holds(session: Session) -> None:
    variant = make_variant(session, price_cents=1000)
    assert variant.id is not None
    assert prices.next_change(session, NOW) is None
    prices.reduce(session, variant, 900, starts_at=NOW + DAY, ends_at=NOW + 3 * DAY, now=NOW, author="test")
    assert prices.next_change(session, NOW) == NOW + DAY
    assert prices.next_change(session, NOW + DAY) == NOW + 3 * DAY


days = st.integers(-90, 0)
history = st.lists(st.tuples(days, st.integers(1, 5000)), min_size=1, max_size=8).map(sorted)
sales = st.lists(st.tuples(days, st.none() | days, st.integers(1, 5000)), max_size=4)


@given(history, sales)
def test_the_lowest_price_equals_looking_at_every_hour(
    changes: list[tuple[int, int]], reductions: list[tuple[int, int | None, int]]
) -> None:
    """The rule against the slowest way to say it: ask for the price of each hour of the 30 days."""
    as_changes = [(NOW + day * DAY, cents) for day, cents in changes]
    as_sales = [(NOW + a * DAY, None if b is None else NOW + b * DAY, cents) for a, b, cents in reductions]

    def price_at(moment: datetime) -> int | None:
        regular = [cents for since, cents in as_changes if since <= moment]
        running = [cents for a, b, cents in as_sales if a <= moment and (b is None or moment < b)]
        return min([regular[-1], *running]) if regular else None

    hourly = [price_at(NOW - timedelta(hours=hour)) for hour in range(1, 30 * 24 + 1)]
    asked = [price for price in hourly if price is not None]
    assert lowest_price(as_changes, as_sales, NOW) == min(asked, default=None)
