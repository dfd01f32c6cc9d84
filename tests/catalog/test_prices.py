"""The price ledger, reductions, and the lowest price of 30 days (§ 11 PAngV)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, select

from catalog import price_history, prices
from catalog.prices import NotARecommendation, NotAReduction, PriceChange
from catalog.products import Product, Variant
from catalog.units import Unit, line_cents
from shop.db import Database
from tests.make import NOW, make_fabric, make_variant

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


def test_the_thirty_days_are_counted_to_the_moment(session: Session) -> None:
    for late, reference in ((timedelta(0), 1000), (timedelta(minutes=1), 700)):
        variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
        reduce(session, variant, 700, NOW - 50 * DAY, NOW - 30 * DAY + late)
        reduce(session, variant, 600, NOW)
        assert price_of(session, variant, NOW).reference_cents == reference


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
    assert price_of(session, variant, NOW).cents == 600


def test_reductions_that_follow_each_other_keep_the_first_reference(session: Session) -> None:
    """§ 11 Abs. 2 PAngV: a step-wise reduction without interruption."""
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 900, NOW - 20 * DAY, NOW - 10 * DAY)
    reduce(session, variant, 800, NOW - 10 * DAY)
    reduce(session, variant, 600, NOW)
    assert [price_of(session, variant, NOW - ago * DAY).reference_cents for ago in (20, 10, 0)] == [1000, 1000, 1000]
    assert price_of(session, variant, NOW).percent_off == 40


def test_a_longer_run_of_the_same_reduction_keeps_its_reference(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 800, NOW - 20 * DAY, NOW)
    reduce(session, variant, 800, NOW)
    assert price_of(session, variant, NOW).reference_cents == 1000


def test_an_interrupted_reduction_begins_anew(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 900, NOW - 20 * DAY, NOW - timedelta(minutes=1))
    reduce(session, variant, 600, NOW)
    assert price_of(session, variant, NOW).reference_cents == 900


def test_a_reduction_that_rises_begins_anew(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 600, NOW - 20 * DAY)
    reduce(session, variant, 900, NOW)
    running = price_of(session, variant, NOW)
    assert running.reference_cents == 600
    assert not running.is_reduced, "900 after 600 is a rise"


def test_a_regular_price_below_the_reduction_ends_what_may_be_announced(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    reduce(session, variant, 800, NOW - 9 * DAY)
    prices.set_regular(session, variant, 800, now=NOW - 7 * DAY, author="test")
    assert price_of(session, variant, NOW - 6 * DAY) == prices.CurrentPrice(800)
    prices.set_regular(session, variant, 700, now=NOW - 5 * DAY, author="test")
    assert price_of(session, variant, NOW - DAY) == prices.CurrentPrice(700)
    prices.set_regular(session, variant, 1000, now=NOW, author="test")
    assert price_of(session, variant, NOW).reference_cents == 700


def test_what_a_reduction_would_refer_to_is_known_beforehand(session: Session) -> None:
    variant = make_variant(session, price_cents=1000, now=NOW - 90 * DAY)
    assert variant.id is not None
    assert prices.reference_of_a_reduction(session, variant.id, 700, NOW) == 1000
    reduce(session, variant, 800, NOW - DAY)
    assert prices.reference_of_a_reduction(session, variant.id, 700, NOW) == 1000, "a further step"
    assert prices.reference_of_a_reduction(session, variant.id, 900, NOW) == 800, "a rise"


def make_remnant(session: Session, source: Variant, length: int, cents: int, at: datetime) -> Variant:
    remnant = make_variant(session, price_cents=cents, now=at, content=length, content_unit=Unit.LENGTH)
    remnant.cut_from_id = source.id
    session.flush()
    return remnant


def test_a_remnant_refers_to_what_its_length_cost_from_the_roll(session: Session) -> None:
    fabric = make_fabric(session, price_cents=1290, now=NOW - 90 * DAY)
    remnant = make_remnant(session, fabric, 35, 452, NOW)
    reduce(session, remnant, 361, NOW)
    running = price_of(session, remnant, NOW)
    assert running.reference_cents == line_cents(1290, 35, Unit.LENGTH) == 452
    assert running.percent_off == 20


def test_a_remnant_of_reduced_goods_refers_to_their_reduced_price(session: Session) -> None:
    fabric = make_fabric(session, price_cents=1290, now=NOW - 90 * DAY)
    reduce(session, fabric, 1000, NOW - 5 * DAY)
    remnant = make_remnant(session, fabric, 40, 516, NOW)
    reduce(session, remnant, 300, NOW)
    assert price_of(session, remnant, NOW).reference_cents == 400, "it is another good: nothing is stepped"


def test_what_becomes_of_the_source_later_does_not_matter_to_the_remnant(session: Session) -> None:
    fabric = make_fabric(session, price_cents=1000, now=NOW - 90 * DAY)
    remnant = make_remnant(session, fabric, 40, 400, NOW - 20 * DAY)
    prices.set_regular(session, fabric, 100, now=NOW - 10 * DAY, author="test")
    reduce(session, remnant, 300, NOW)
    assert price_of(session, remnant, NOW).reference_cents == 400


def test_many_running_reductions_cost_no_more_queries_than_one(session: Session) -> None:
    variants = [make_variant(session, price_cents=1000 + number, now=NOW - 60 * DAY) for number in range(5)]
    ids = [each.id or 0 for each in variants]
    for each in variants:
        reduce(session, each, 500, NOW - DAY)
    remnant = make_remnant(session, variants[0], 100, 900, NOW - DAY)
    reduce(session, remnant, 500, NOW - DAY)
    ids.append(remnant.id or 0)
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    found = prices.current(session, ids, NOW)
    assert len(statements) <= 5
    assert [found[each].reference_cents for each in ids] == [1000, 1001, 1002, 1003, 1004, 1000]


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
    stretches = price_history.timeline(as_changes, as_sales)
    assert price_history.lowest_before(stretches, NOW) == min(asked, default=None)


def day_by_day(seen: list[tuple[int, bool] | None], today: int) -> int | None:
    """§ 11 PAngV with a wall calendar: `seen` is each day's price and whether it was a reduced one."""
    entry = seen[today]
    if entry is None or not entry[1]:
        return None
    first = today
    while first > 0:
        before, after = seen[first - 1], seen[first]
        if before is None or after is None or not before[1] or before[0] < after[0]:
            break
        first -= 1
    return min((each[0] for each in seen[max(first - 30, 0) : first] if each is not None), default=None)


calendar_days = st.integers(0, 80)
calendar_prices = st.integers(1, 12)  # few prices, so that equal ones occur


@given(
    st.lists(st.tuples(calendar_days, calendar_prices), min_size=1, max_size=6),
    st.lists(st.tuples(calendar_days, st.none() | calendar_days, calendar_prices), max_size=6),
)
def test_every_reference_equals_the_one_of_a_wall_calendar(
    changes: list[tuple[int, int]], reductions: list[tuple[int, int | None, int]]
) -> None:
    def price_on(day: int) -> tuple[int, bool] | None:
        regular = [cents for since, cents in sorted(changes, key=lambda change: change[0]) if since <= day]
        sales = [cents for first, last, cents in reductions if first <= day and (last is None or day < last)]
        return (min([regular[-1], *sales]), min(sales, default=99) < regular[-1]) if regular else None

    stretches = price_history.timeline(
        [(NOW + since * DAY, cents) for since, cents in changes],
        [(NOW + first * DAY, None if last is None else NOW + last * DAY, cents) for first, last, cents in reductions],
    )
    seen = [price_on(day) for day in range(90)]
    for today in range(90):
        assert price_history.reference(stretches, NOW + today * DAY) == day_by_day(seen, today)


actions = st.one_of(
    st.tuples(st.just("regular"), st.integers(5, 12), st.just(0), st.just(0)),
    st.tuples(st.just("reduce"), st.integers(1, 11), st.integers(0, 5), st.none() | st.integers(1, 40)),
    st.tuples(st.just("end"), st.just(0), st.integers(0, 3), st.just(0)),
)


@settings(max_examples=20, deadline=None)
@given(history=st.lists(st.tuples(st.integers(0, 9), actions), min_size=3, max_size=9))
def test_what_was_asked_each_day_is_what_the_ledger_says_later(
    shared_database: Database, history: list[tuple[int, tuple[str, int, int, int | None]]]
) -> None:
    """An owner changes prices for weeks; a shopper notes what she sees each day and checks the reference."""
    with shared_database.write_session() as session:
        variant = make_variant(session, price_cents=10, now=NOW)
        seen: list[tuple[int, bool] | None] = []
        for wait, action in [*history, (5, None)]:
            for _ in range(wait):
                running = price_of(session, variant, NOW + len(seen) * DAY)
                seen.append((running.cents, running.cents < variant.price_cents))
                assert running.reference_cents == day_by_day(seen, len(seen) - 1)
            if action is not None:
                change_prices(session, variant, NOW + len(seen) * DAY, action)
        session.rollback()


def change_prices(
    session: Session, variant: Variant, today: datetime, action: tuple[str, int, int, int | None]
) -> None:
    what, cents, starts, lasts = action
    if what == "regular":
        prices.set_regular(session, variant, cents, now=today, author="test")
    elif what == "end":
        prices.end_reduction(session, variant, at=today + starts * DAY, now=today)
    elif cents < variant.price_cents:
        begin = today + starts * DAY
        end = None if lasts is None else begin + lasts * DAY
        prices.reduce(session, variant, cents, starts_at=begin, ends_at=end, now=today, author="test")


def test_a_recommended_price_has_its_day(session: Session) -> None:
    variant = make_variant(session, price_cents=1000)
    version = session.get_one(Product, variant.product_id).version
    prices.set_rrp(session, variant, 1200, now=NOW, since=NOW - 3 * DAY)
    assert (variant.rrp_cents, variant.rrp_since) == (1200, NOW - 3 * DAY)
    prices.set_rrp(session, variant, 1200, now=NOW)
    assert variant.rrp_since == NOW - 3 * DAY, "nothing changed"
    with pytest.raises(NotARecommendation):
        prices.set_rrp(session, variant, 1300, now=NOW, since=NOW + DAY)
    prices.set_rrp(session, variant, None, now=NOW)
    session.expire_all()
    assert session.get_one(Variant, variant.id).rrp_since is None
    assert session.get_one(Variant, variant.id).rrp_cents is None
    assert session.get_one(Product, variant.product_id).version == version + 2
