"""Quantities are whole, never rounded, and lines and base prices follow from them."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.units import (
    BasePrice,
    NotAQuantity,
    QuantityDoesNotFit,
    QuantityRule,
    Unit,
    base_price,
    check_quantity,
    format_quantity,
    line_cents,
    parse_quantity,
)

units = st.sampled_from(list(Unit))


@given(st.integers(1, 10**6), units)
def test_what_is_written_is_read_back(quantity: int, unit: Unit) -> None:
    assert parse_quantity(format_quantity(quantity, unit), unit) == quantity


@pytest.mark.parametrize("text", ["1,5", "1.5", "1,50", "1.5 m", "150 cm", "150cm", " 1,5 M ", "1,5 Meter", "1,500 m"])
def test_one_and_a_half_metres_can_be_typed_in_many_ways(text: str) -> None:
    assert parse_quantity(text, Unit.LENGTH) == 150


@pytest.mark.parametrize(("text", "unit"), [
    ("", Unit.LENGTH), ("eins", Unit.LENGTH), ("1,5 kg", Unit.LENGTH), ("1,555", Unit.LENGTH), ("0,5", Unit.PIECE),
    ("-1", Unit.PIECE), ("1e2", Unit.PIECE), ("1/2", Unit.LENGTH), ("99999999", Unit.PIECE), ("0,5 g", Unit.WEIGHT),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused(text: str, unit: Unit) -> None:
    with pytest.raises(NotAQuantity):
        parse_quantity(text, unit)


@given(st.integers(1, 500), st.integers(1, 100), st.integers(0, 1000), st.none() | st.integers(1, 2000), units)
def test_a_quantity_fits_or_is_refused_with_ones_that_fit(
    minimum: int, step: int, quantity: int, maximum: int | None, unit: Unit
) -> None:
    rule = QuantityRule(unit, minimum, step, maximum)
    least = -(-minimum // step) * step
    assume(maximum is None or maximum >= least)
    fits = quantity >= minimum and quantity % step == 0 and (maximum is None or quantity <= maximum)
    if fits:
        check_quantity(quantity, rule)
        return
    with pytest.raises(QuantityDoesNotFit) as refused:
        check_quantity(quantity, rule)
    for nearest in refused.value.nearest:
        check_quantity(nearest, rule)


@pytest.mark.parametrize(("quantity", "sentence"), [
    (30, "Wir verkaufen ab 0,50 m. Möglich wäre 0,50 m."),
    (155, "1,55 m passt nicht: Wir verkaufen in Schritten von 0,10 m. Möglich wäre 1,50 m oder 1,60 m."),
    (400, "Höchstens 3,40 m sind möglich. Möglich wäre 3,40 m."),
])  # fmt: skip
def test_the_sentence_says_why_and_what_is_possible(quantity: int, sentence: str) -> None:
    with pytest.raises(QuantityDoesNotFit) as refused:
        check_quantity(quantity, QuantityRule(Unit.LENGTH, minimum=50, step=10, maximum=340))
    assert refused.value.sentence.replace("\u00a0", " ") == sentence


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(1, 50), units)
def test_a_line_is_its_cuts_each_rounded_once(price_cents: int, quantity: int, pieces: int, unit: Unit) -> None:
    one = line_cents(price_cents, quantity, unit)
    per = {Unit.PIECE: 1, Unit.LENGTH: 100, Unit.WEIGHT: 1000}[unit]
    assert abs(one - Fraction(price_cents * quantity, per)) <= Fraction(1, 2)
    assert line_cents(price_cents, quantity, unit, pieces) == one * pieces


def test_half_a_cent_is_rounded_up() -> None:
    assert line_cents(1299, 50, Unit.LENGTH) == 650


@pytest.mark.parametrize(("price", "unit", "content", "content_unit", "expected"), [
    (1290, Unit.LENGTH, None, None, BasePrice(1290, "1\u00a0m")),
    (2400, Unit.WEIGHT, None, None, BasePrice(2400, "1\u00a0kg")),
    (495, Unit.PIECE, 50, Unit.WEIGHT, BasePrice(9900, "1\u00a0kg")),      # a ball of yarn
    (150, Unit.PIECE, 300, Unit.LENGTH, BasePrice(50, "1\u00a0m")),        # a card of ribbon
    (295, Unit.PIECE, 20_000, Unit.LENGTH, BasePrice(148, "100\u00a0m")),  # 200 m of thread
    (195, Unit.PIECE, 9, Unit.WEIGHT, None),                               # beads below 10 g
    (195, Unit.PIECE, 10, Unit.WEIGHT, BasePrice(19500, "1\u00a0kg")),
    (195, Unit.PIECE, None, None, None),                                   # a button
    (195, Unit.PIECE, 10, Unit.PIECE, None),                               # a card of ten buttons
])  # fmt: skip
def test_base_prices_of_a_haberdashery(
    price: int, unit: Unit, content: int | None, content_unit: Unit | None, expected: BasePrice | None
) -> None:
    assert base_price(price, unit, content, content_unit) == expected
