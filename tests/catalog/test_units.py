"""Quantities are whole, never rounded, and lines and base prices follow from them."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.units import (
    SMALLEST_PER_PRICE_UNIT,
    NotAQuantity,
    QuantityDoesNotFit,
    QuantityRule,
    Unit,
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
    ("-1", Unit.PIECE), ("1e2", Unit.PIECE), ("1/3", Unit.LENGTH), ("99999999", Unit.PIECE), ("0,5 g", Unit.WEIGHT),
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
    per = SMALLEST_PER_PRICE_UNIT[unit]
    assert abs(one - Fraction(price_cents * quantity, per)) <= Fraction(1, 2)
    assert line_cents(price_cents, quantity, unit, pieces) == one * pieces


def test_half_a_cent_is_rounded_up() -> None:
    assert line_cents(1299, 50, Unit.LENGTH) == 650
