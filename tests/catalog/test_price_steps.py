"""Price steps: from a quantity on it costs less, and one rule says what is charged."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, select

from catalog import prices
from catalog.prices import CurrentPrice, PriceStep, Step, StepsDoNotFit
from catalog.products import Product, Variant
from shop.db import Database
from tests.make import NOW, make_fabric, make_variant

DAY = timedelta(days=1)
TEN, FIFTY = Step(10, 450), Step(50, 400)


def set_steps(session: Session, variant: Variant, *steps: Step, days: int = 0) -> None:
    prices.set_steps(session, variant, steps, now=NOW + days * DAY, author="test")


def steps_of(session: Session, variant: Variant, days: int = 0) -> tuple[Step, ...]:
    assert variant.id is not None
    return prices.steps_of(session, [variant.id], NOW + days * DAY).get(variant.id, ())


def test_steps_are_appended_and_ended_never_edited(session: Session) -> None:
    variant = make_variant(session, price_cents=495)
    set_steps(session, variant, FIFTY, TEN)
    set_steps(session, variant, TEN, Step(50, 390), days=3)
    rows = session.exec(select(PriceStep).where(PriceStep.variant_id == variant.id)).all()
    assert [(each.from_quantity, each.price_cents, each.ended_at) for each in rows] == [
        (10, 450, None), (50, 400, NOW + 3 * DAY), (50, 390, None),
    ]  # fmt: skip
    assert steps_of(session, variant) == (TEN, FIFTY)
    assert steps_of(session, variant, days=3) == (TEN, Step(50, 390))
    set_steps(session, variant, days=4)
    assert steps_of(session, variant, days=4) == ()


def test_the_same_steps_once_more_change_nothing(session: Session) -> None:
    variant = make_variant(session, price_cents=495)
    version = session.get_one(Product, variant.product_id).version
    set_steps(session, variant, TEN)
    set_steps(session, variant, TEN, days=1)
    session.expire_all()
    assert session.get_one(Product, variant.product_id).version == version + 1
    assert len(session.exec(select(PriceStep).where(PriceStep.variant_id == variant.id)).all()) == 1


@pytest.mark.parametrize(("steps", "sentence"), [
    ([Step(10, 495)], "Ab 10 Stück muss der Preis unter 4,95 € liegen."),
    ([Step(10, 450), Step(20, 450)], "Ab 20 Stück muss der Preis unter 4,50 € liegen."),
    ([Step(20, 450), Step(10, 400)], "Ab 20 Stück muss der Preis unter 4,00 € liegen."),
    ([Step(10, 450), Step(10, 440)], "Für „ab 10 Stück“ gibt es zwei Preise. Bitte nur einen eintragen."),
    ([Step(1, 450)], "Eine Staffel ab 1 Stück gilt immer: Verkauft wird ab 1 Stück. Bitte mehr eintragen."),
])  # fmt: skip
def test_steps_that_make_no_sense_are_refused(session: Session, steps: list[Step], sentence: str) -> None:
    variant = make_variant(session, price_cents=495)
    with pytest.raises(StepsDoNotFit) as refused:
        set_steps(session, variant, *steps)
    assert refused.value.sentence.replace("\u00a0", " ") == sentence
    assert steps_of(session, variant) == ()


def test_a_step_of_fabric_begins_above_its_shortest_cut(session: Session) -> None:
    fabric = make_fabric(session)
    with pytest.raises(StepsDoNotFit):
        set_steps(session, fabric, Step(50, 1190))
    set_steps(session, fabric, Step(500, 1190))
    assert steps_of(session, fabric) == (Step(500, 1190),)


def test_steps_of_many_variants_cost_one_query(session: Session) -> None:
    variants = [make_variant(session, price_cents=495) for _ in range(3)]
    for each in variants:
        set_steps(session, each, TEN)
    statements: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    assert len(prices.steps_of(session, [each.id or 0 for each in variants], NOW)) == 3
    assert len(statements) == 1


@pytest.mark.parametrize(("price", "quantity", "charged"), [
    (CurrentPrice(495), 9, CurrentPrice(495)),
    (CurrentPrice(495), 10, CurrentPrice(450)),
    (CurrentPrice(495), 70, CurrentPrice(400)),
    (CurrentPrice(420, 495), 10, CurrentPrice(420, 495)),  # the reduction is lower than the step, and stays one
    (CurrentPrice(420, 495), 50, CurrentPrice(400)),       # the step is lower: a price for many, no reduction
])  # fmt: skip
def test_the_lowest_of_regular_reduced_and_step_is_charged(
    price: CurrentPrice, quantity: int, charged: CurrentPrice
) -> None:
    assert prices.for_quantity(price, [TEN, FIFTY], quantity) == charged


@given(
    st.integers(1, 99),
    st.none() | st.integers(1, 99),
    st.lists(st.builds(Step, st.integers(2, 20), st.integers(1, 99)), max_size=4),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_more_of_it_never_costs_more_apiece(
    regular: int, reduced: int | None, steps: list[Step], some: int, more: int
) -> None:
    price = CurrentPrice(regular) if reduced is None or reduced >= regular else CurrentPrice(reduced, regular)
    charged = prices.for_quantity(price, steps, some)
    candidates = [price.cents, *(step.cents for step in steps if step.from_quantity <= some)]
    assert charged.cents == min(candidates)
    assert charged.is_reduced == (charged.cents == price.cents and price.is_reduced)
    assert prices.for_quantity(price, steps, some + more).cents <= charged.cents


def test_a_step_above_a_lowered_price_is_no_longer_worth_anything(session: Session) -> None:
    variant = make_variant(session, price_cents=495)
    set_steps(session, variant, TEN)
    prices.set_regular(session, variant, 300, now=NOW, author="test")
    assert prices.for_quantity(CurrentPrice(300), steps_of(session, variant), 10) == CurrentPrice(300)


def test_prices_and_steps_are_read_alike_on_every_database(either_database: Database) -> None:
    with either_database.writing() as session:
        variant = make_variant(session, price_cents=495, now=NOW - 40 * DAY)
        prices.reduce(session, variant, 470, starts_at=NOW - 9 * DAY, ends_at=NOW, now=NOW - 9 * DAY, author="test")
        prices.reduce(session, variant, 460, starts_at=NOW, ends_at=NOW + DAY, now=NOW, author="test")
        set_steps(session, variant, TEN)
        assert variant.id is not None
        assert prices.current(session, [variant.id], NOW) == {variant.id: CurrentPrice(460, 495)}
        assert steps_of(session, variant) == (TEN,)
        assert prices.next_change(session, NOW) == NOW + DAY
