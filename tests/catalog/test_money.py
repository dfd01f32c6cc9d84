"""Whole cents, rounded half up, written and read as Germans do."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.money import NotAnAmount, format_cents, parse_cents, round_half_up


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_and_half_goes_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    rounded = round_half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
    assert round_half_up(-numerator, denominator) == -rounded


@given(st.integers(0, 10**9))
def test_what_is_written_is_read_back(cents: int) -> None:
    assert parse_cents(format_cents(cents)) == cents


@pytest.mark.parametrize(("text", "cents"), [
    ("12,90", 1290), ("12.90", 1290), ("1.234,50 €", 123450), ("5", 500), ("5,-", 500), ("0,5", 50), (",50", 50),
    ("1 234,50", 123450), ("1'234,50 EUR", 123450), ("1.234", 123400), ("12,9 €", 1290),
])  # fmt: skip
def test_amounts_as_people_type_them(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize("text", ["", "€", "zwölf", "1,234", "1.23,4", "-5", "1e3", "12,90,1", "12..9", "٣", "1.2345"])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotAnAmount) as refused:
        parse_cents(text)
    assert "12,90" in refused.value.sentence


def test_amounts_are_grouped_and_the_sign_does_not_break() -> None:
    assert format_cents(129000) == "1.290,00\u00a0€"
    assert format_cents(-5) == "−0,05\u00a0€"
