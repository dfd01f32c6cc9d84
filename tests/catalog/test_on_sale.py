"""Only prices that were asked of somebody, for the very same thing, are references for a reduction (§ 11 PAngV)."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import editing, price_history, prices, products
from catalog.price_history import Stretch
from catalog.products import Product, Variant
from catalog.units import Unit
from tests.make import NOW, make_product, make_variant

DAY = timedelta(days=1)


def reference(session: Session, variant: Variant) -> int | None:
    assert variant.id is not None
    return prices.current(session, [variant.id], NOW)[variant.id].reference_cents


def set_price(session: Session, variant: Variant, cents: int, days_ago: int) -> None:
    prices.set_regular(session, variant, cents, now=NOW - days_ago * DAY, author="test")


def reduce(session: Session, variant: Variant, cents: int, days_ago: int = 1) -> None:
    begins = NOW - days_ago * DAY
    prices.reduce(session, variant, cents, starts_at=begins, ends_at=None, now=begins, author="test")


def make_draft(session: Session, **facts: object) -> tuple[Product, Variant]:
    product = make_product(session, published=False)
    return product, make_variant(session, product, price_cents=2000, now=NOW - 90 * DAY, **facts)


def test_the_price_of_a_draft_was_asked_of_nobody(session: Session) -> None:
    product, variant = make_draft(session)
    reduce(session, variant, 1000, days_ago=5)
    products.publish(session, product, NOW - 4 * DAY)
    price = prices.current(session, [variant.id or 0], NOW)[variant.id or 0]
    assert (price.cents, price.reference_cents, price.is_reduced) == (1000, None, False)


def test_a_price_counts_from_the_day_of_publishing(session: Session) -> None:
    product, variant = make_draft(session)
    set_price(session, variant, 500, days_ago=20)
    set_price(session, variant, 2000, days_ago=15)
    products.publish(session, product, NOW - 10 * DAY)
    reduce(session, variant, 1000)
    assert reference(session, variant) == 2000


def test_a_price_set_while_off_sale_for_long_is_no_reference(session: Session) -> None:
    product, variant = make_draft(session)
    products.publish(session, product, NOW - 90 * DAY)
    products.unpublish(session, product, NOW - 60 * DAY)
    set_price(session, variant, 4000, days_ago=50)
    reduce(session, variant, 2500, days_ago=2)
    products.publish(session, product, NOW - DAY)
    assert reference(session, variant) is None


def test_a_day_off_sale_leaves_the_prices_before_it(session: Session) -> None:
    product, variant = make_draft(session)
    products.publish(session, product, NOW - 90 * DAY)
    products.unpublish(session, product, NOW - 3 * DAY)
    set_price(session, variant, 4000, days_ago=3)
    products.publish(session, product, NOW - 2 * DAY)
    reduce(session, variant, 1500)
    assert reference(session, variant) == 2000


def test_a_reduction_that_paused_off_sale_begins_anew(session: Session) -> None:
    product, variant = make_draft(session)
    products.publish(session, product, NOW - 90 * DAY)
    reduce(session, variant, 1000, days_ago=10)
    products.unpublish(session, product, NOW - 3 * DAY)
    products.publish(session, product, NOW - 2 * DAY)
    assert reference(session, variant) == 1000  # which it asked in the 30 days before: nothing may be announced


def test_another_pack_has_a_history_of_its_own(session: Session) -> None:
    variant = make_variant(session, price_cents=900, now=NOW - 60 * DAY, content=100, content_unit=Unit.WEIGHT)
    facts = editing.variant_facts_of(session, variant)
    smaller = replace(facts, content=50, price_cents=500)
    editing.change_variant(session, variant, smaller, seen=editing.fingerprint(facts), now=NOW - 2 * DAY, author="test")
    reduce(session, variant, 450)
    assert reference(session, variant) == 500


def test_a_content_that_was_only_missing_keeps_the_history(session: Session) -> None:
    variant = make_variant(session, price_cents=900, now=NOW - 60 * DAY)
    facts = editing.variant_facts_of(session, variant)
    told = replace(facts, content=50, content_unit=Unit.WEIGHT.value, price_cents=1100)
    editing.change_variant(session, variant, told, seen=editing.fingerprint(facts), now=NOW - 2 * DAY, author="test")
    reduce(session, variant, 800)
    assert reference(session, variant) == 900  # and not 1100: what it cost before counts


def test_another_unit_begins_anew_and_ends_price_steps(session: Session) -> None:
    variant = make_variant(session, price_cents=900, on_hand=0, now=NOW - 60 * DAY)
    prices.set_steps(session, variant, [prices.Step(10, 800)], now=NOW - 60 * DAY, author="test")
    product = session.get_one(Product, variant.product_id)
    facts = editing.facts_of(session, product)
    by_the_metre = replace(facts, unit=Unit.LENGTH, minimum=50, step=10)
    editing.change(session, product, by_the_metre, seen=editing.fingerprint(facts), now=NOW - 2 * DAY, author="test")
    reduce(session, variant, 700)
    assert reference(session, variant) == 900
    assert prices.steps_of(session, [variant.id or 0], NOW) == {}


def test_a_step_that_holds_from_the_minimum_on_is_no_step(session: Session) -> None:
    variant = make_variant(session, price_cents=900)
    prices.set_steps(session, variant, [prices.Step(5, 800), prices.Step(20, 700)], now=NOW, author="test")
    variant.minimum = 10
    session.flush()
    assert prices.steps_of(session, [variant.id or 0], NOW) == {variant.id: (prices.Step(20, 700),)}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=1, max_size=6, unique_by=lambda each: each[0]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=4),
    st.integers(1, 70),
)
def test_the_lowest_price_is_the_lowest_of_the_days_on_sale(
    changes: list[tuple[int, int]], times: list[tuple[int, int]], moment: int
) -> None:
    start = NOW - 100 * DAY
    asked = [(start + since * DAY, start + (since + length) * DAY) for since, length in times]
    timeline = price_history.on_sale([Stretch(start + at * DAY, cents, False) for at, cents in sorted(changes)], asked)
    found = price_history.lowest_before(timeline, start + moment * DAY)
    by_day = [
        max((each for each in changes if each[0] <= day), default=(0, None))[1]
        for day in range(max(0, moment - 30), moment)
        if any(since <= day < since + length for since, length in times)
    ]
    assert found == min((cents for cents in by_day if cents is not None), default=None)
