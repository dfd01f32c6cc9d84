"""VAT is taken out of the gross amount, by the rate of the day."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.vat import VatClass, contained_cents, format_rate, rate_permille


@given(st.integers(0, 10**9), st.sampled_from([0, 50, 70, 81, 160, 190, 200]))
def test_tax_and_net_make_the_gross_amount(gross: int, permille: int) -> None:
    tax = contained_cents(gross, permille)
    assert abs(tax - Fraction(gross * permille, 1000 + permille)) <= Fraction(1, 2)


@pytest.mark.parametrize(("day", "standard", "reduced"), [
    (date(2020, 6, 30), 190, 70), (date(2020, 7, 1), 160, 50), (date(2020, 12, 31), 160, 50),
    (date(2021, 1, 1), 190, 70), (date(2026, 11, 22), 190, 70),
])  # fmt: skip
def test_e01_the_rate_is_that_of_the_day(day: date, standard: int, reduced: int) -> None:
    assert rate_permille(VatClass.STANDARD, day) == standard
    assert rate_permille(VatClass.REDUCED, day) == reduced


def test_a_day_before_all_rates_is_refused() -> None:
    with pytest.raises(ValueError, match="no standard rate"):
        rate_permille(VatClass.STANDARD, date(1950, 1, 1))


def test_rates_are_written_with_a_comma() -> None:
    assert (format_rate(190), format_rate(81)) == ("19\u00a0%", "8,1\u00a0%")
