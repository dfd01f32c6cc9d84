"""Thickness as people type it, and what a single cut of goods by the metre becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.thickness import MOST_MM, NotAThickness, of_a_cut, parse_thickness


@pytest.mark.parametrize(
    ("typed", "thickness_mm"),
    [("8", 8), (" 8 mm ", 8), ("0,8 cm", 8), ("0.4", 1), ("1,2cm", 12), ("2 Zentimeter", 20), ("12,0 mm", 12)],
)
def test_a_thickness_is_read_in_millimetres_and_rounded_up(typed: str, thickness_mm: int) -> None:
    assert parse_thickness(typed) == thickness_mm


@pytest.mark.parametrize("typed", ["", "dick", "0", "-3", "1001", "3 m", "1,2345", "8 8"])
def test_what_is_no_thickness_is_refused(typed: str) -> None:
    with pytest.raises(NotAThickness):
        parse_thickness(typed)


@pytest.mark.parametrize(
    ("metre", "length_cm", "expected"),
    [((6, 1), 80, (6, 1)), ((6, 1), 100, (6, 1)), ((6, 1), 150, (12, 1)), ((2, 8), 80, (2, 10)), ((2, 8), 900, (4, 1))],
)
def test_a_cut_is_as_thick_as_the_layers_that_it_fills(
    metre: tuple[int, int], length_cm: int, expected: tuple[int, int]
) -> None:
    assert of_a_cut(*metre, length_cm) == expected


def test_of_goods_that_nobody_measured_a_cut_is_not_known_either() -> None:
    assert of_a_cut(None, 1, 300) == (None, 1)


@given(st.integers(1, 60), st.integers(1, 50), st.integers(1, 3000))
def test_a_remnant_never_takes_less_room_than_its_length(metre_mm: int, per_layer: int, length_cm: int) -> None:
    thickness_mm, beside = of_a_cut(metre_mm, per_layer, length_cm)
    if thickness_mm is None:
        assert metre_mm * length_cm > (MOST_MM - metre_mm) * 100 * per_layer
        return
    assert thickness_mm * 100 * per_layer >= metre_mm * length_cm * beside or beside > 1
    assert beside * length_cm <= 100 * per_layer or beside == 1
