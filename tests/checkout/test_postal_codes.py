"""Ranges of postal codes as owners write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import postal_codes
from checkout.postal_codes import NotPostalCodes


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("25980-25999; 18565", "18565, 25980–25999"),
        ("27498,\n27498", "27498"),
        ("25980 bis 25999", "25980–25999"),
        ("1791, 9160–9166 ", "1791, 9160–9166"),
    ],
)
def test_a_list_is_written_tidily(typed: str, written: str) -> None:
    assert postal_codes.parse(typed) == written
    assert postal_codes.parse(written) == written


@pytest.mark.parametrize(
    ("codes", "postal_code", "is_held"),
    [
        ("25980–25999", "25980", True),
        ("25980–25999", "25999", True),
        ("25980–25999", "26000", False),
        ("25980–25999", "2598", False),
        ("18565, 27498", "27498", True),
        ("259", "25946", True),
        ("1791–1797", "1796 AZ", True),
        ("00950", "00-950", True),
        ("18565", "", False),
    ],
)
def test_a_list_holds_its_codes_and_no_others(codes: str, postal_code: str, is_held: bool) -> None:
    assert postal_codes.holds(codes, postal_code) is is_held


@pytest.mark.parametrize("typed", ["", " , ", "Sylt!", "25999-25980", "259-25999", "1-2-3", "25980-"])
def test_what_is_no_list_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(NotPostalCodes) as refused:
        postal_codes.parse(typed)
    assert refused.value.sentence.endswith(".")


@given(st.lists(st.tuples(st.integers(0, 99_999), st.integers(0, 400)), min_size=1, max_size=5), st.integers(0, 99_999))
def test_it_holds_what_lies_between_the_ends(ranges: list[tuple[int, int]], code: int) -> None:
    ends = [(first, min(first + more, 99_999)) for first, more in ranges]
    codes = postal_codes.parse(", ".join(f"{first:05d}-{last:05d}" for first, last in ends))
    assert postal_codes.holds(codes, f"{code:05d}") is any(first <= code <= last for first, last in ends)
