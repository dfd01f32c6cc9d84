"""The Grundpreis of every row of a haberdashery's shelf (§§ 4, 5 PAngV)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.base_price import BasePrice, base_price, per_square_metre
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit

M, KG, L, M2 = "1\u00a0m", "1\u00a0kg", "1\u00a0l", "1\u00a0m²"
M100, M1000 = "100\u00a0m", "1.000\u00a0m"
PIECE, LENGTH, WEIGHT, AREA, VOLUME = Unit.PIECE, Unit.LENGTH, Unit.WEIGHT, Unit.AREA, Unit.VOLUME


@pytest.mark.parametrize(("goods", "price", "unit", "content", "content_unit", "expected"), [
    ("fabric, interfacing, ribbon, elastic, lace, bias tape from the roll", 1290, LENGTH, None, None, (1290, M)),
    ("cord, string, twine: a hank of 25 m", 495, PIECE, 2500, LENGTH, (20, M)),
    ("packaged ribbon: a card of 3 m", 150, PIECE, 300, LENGTH, (50, M)),
    ("packaged ribbon: half a metre, there is no exemption for short lengths", 99, PIECE, 50, LENGTH, (198, M)),
    ("sewing thread, ribbon spools: 99 m", 295, PIECE, 9_900, LENGTH, (3, M)),
    ("sewing thread, ribbon spools: 100 m, from here on the customary unit", 295, PIECE, 10_000, LENGTH, (295, M100)),
    ("sewing thread, ribbon spools: 200 m", 295, PIECE, 20_000, LENGTH, (148, M100)),
    ("sewing thread, ribbon spools: a cone of 5.000 m", 990, PIECE, 500_000, LENGTH, (20, M100)),
    ("thread so cheap that 100 m are below a cent", 40, PIECE, 500_000, LENGTH, (8, M1000)),
    ("ribbon so cheap that a metre is below a cent", 45, PIECE, 5_000, LENGTH, (90, M100)),
    ("ribbon at a cent a metre: that can be compared", 50, PIECE, 5_000, LENGTH, (1, M)),
    ("yarn, knitting wool: a ball of 50 g, per kg since 2022", 495, PIECE, 50, WEIGHT, (9900, KG)),
    ("yarn, knitting wool: a ball of 100 g, per kg since 2022", 895, PIECE, 100, WEIGHT, (8950, KG)),
    ("stuffing by weight, loose", 2400, WEIGHT, None, None, (2400, KG)),
    ("stuffing: a bag of 500 g", 695, PIECE, 500, WEIGHT, (1390, KG)),
    ("beads by weight from 10 g on", 195, PIECE, 10, WEIGHT, (19500, KG)),
    ("beads, sequins below 10 g", 195, PIECE, 9, WEIGHT, None),
    ("glue from 10 ml on", 349, PIECE, 10, VOLUME, (34900, L)),
    ("glue: a bottle of 100 ml", 595, PIECE, 100, VOLUME, (5950, L)),
    ("glue below 10 ml", 349, PIECE, 9, VOLUME, None),
    ("mixed sets", 1995, PIECE, None, None, None),
    ("buttons, zips, needles per piece", 95, PIECE, None, None, None),
    ("needles: a card of ten", 195, PIECE, 10, PIECE, None),
    ("leather, felt by area, loose", 4900, AREA, None, None, (4900, M2)),
    ("fat quarters: 50 x 55 cm", 495, PIECE, 2750, AREA, (1800, M2)),
    ("felt sheets: 20 x 30 cm", 149, PIECE, 600, AREA, (2483, M2)),
    ("what costs nothing", 0, PIECE, 300, LENGTH, None),
])  # fmt: skip
def test_each_row_of_the_table(
    goods: str, price: int, unit: Unit, content: int | None, content_unit: Unit | None, expected: tuple[int, str] | None
) -> None:
    assert base_price(price, unit, content, content_unit) == (BasePrice(*expected) if expected else None), goods


@pytest.mark.parametrize(("goods", "price", "width_cm", "per_m2"), [
    ("wide goods, additionally: jersey of 150 cm", 1290, Fraction(150), 860),
    ("wide goods, additionally: cotton of 110 cm", 1290, Fraction(110), 1173),
    ("wide goods, additionally: ribbon of 2,5 cm", 190, Fraction(5, 2), 7600),
])  # fmt: skip
def test_wide_goods_have_a_price_per_square_metre_as_well(
    goods: str, price: int, width_cm: Fraction, per_m2: int
) -> None:
    assert per_square_metre(price, width_cm) == BasePrice(per_m2, M2), goods


_MEASURES = {
    M: (LENGTH, 100), M100: (LENGTH, 10_000), M1000: (LENGTH, 100_000), KG: (WEIGHT, 1000), L: (VOLUME, 1000),
    M2: (AREA, 10_000),
}  # fmt: skip


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from([LENGTH, WEIGHT, AREA, VOLUME]))
def test_a_base_price_is_exact_to_half_a_cent_and_in_a_legal_unit(price: int, content: int, unit: Unit) -> None:
    base = base_price(price, PIECE, content, unit)
    if base is None:
        assert unit in (WEIGHT, VOLUME)
        assert content < 10
        return
    measured, smallest = _MEASURES[base.per]
    exact = Fraction(price * smallest, content)
    assert measured is unit
    assert abs(base.cents - exact) <= Fraction(1, 2)
    assert base.cents - exact != -Fraction(1, 2), "a half is rounded up"
    assert unit is not LENGTH or base.per == M1000 or exact >= 1, "below a cent nobody can compare"
    assert (base.per == M) <= (content < 10_000)


@given(st.integers(1, 10**6), st.sampled_from([LENGTH, WEIGHT, AREA]))
def test_goods_by_measure_are_their_own_base_price(price: int, unit: Unit) -> None:
    base = base_price(price, unit, None, None)
    assert base is not None
    assert base.cents == price
    assert _MEASURES[base.per] == (unit, SMALLEST_PER_PRICE_UNIT[unit])


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_a_square_metre_is_exact_to_half_a_cent(price: int, number: int, decimals: int) -> None:
    width_cm = Fraction(number, 10**decimals)
    assert abs(per_square_metre(price, width_cm).cents - price * 100 / width_cm) <= Fraction(1, 2)
