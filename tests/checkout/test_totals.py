"""Totals: what is summed adds up to the cent, in every order that can be thought of."""

from dataclasses import dataclass
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, line_cents
from catalog.vat import VatClass
from checkout.totals import VatShare, split, totals

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Line:
    line_cents: int
    vat_class: VatClass = VatClass.STANDARD
    discount_cents: int = 0


@st.composite
def a_line(draw: st.DrawFn) -> Line:
    cents = draw(st.integers(0, 10_000_00))
    return Line(cents, draw(st.sampled_from(VatClass)), draw(st.integers(0, cents) | st.just(0)))


lines = st.lists(a_line(), max_size=12)
shipping = st.integers(0, 50_00)


@given(lines, shipping)
def test_goods_and_shipping_add_up_to_the_total(items: list[Line], shipping_cents: int) -> None:
    sums = totals(items, shipping_cents, is_small_business=False, on=TODAY)
    assert sums.goods_cents == sum(item.line_cents for item in items)
    assert sums.discount_cents == sum(item.discount_cents for item in items)
    assert sums.goods_cents - sums.discount_cents + sums.shipping_cents == sums.total_cents


@given(lines.filter(bool), shipping)
def test_the_shares_of_all_rates_add_up_to_the_total(items: list[Line], shipping_cents: int) -> None:
    sums = totals(items, shipping_cents, is_small_business=False, on=TODAY)
    assert sum(share.gross_cents for share in sums.vat) == sums.total_cents
    assert len({share.permille for share in sums.vat}) == len(sums.vat)


@given(lines, shipping)
def test_the_tax_of_a_rate_is_its_gross_sum_rounded_once(items: list[Line], shipping_cents: int) -> None:
    for share in totals(items, shipping_cents, is_small_business=False, on=TODAY).vat:
        exact = share.gross_cents * share.permille
        assert abs(share.vat_cents * (1000 + share.permille) - exact) * 2 <= 1000 + share.permille


@given(lines, shipping)
def test_e03_a_small_business_shows_no_tax_and_asks_the_same_total(items: list[Line], shipping_cents: int) -> None:
    small = totals(items, shipping_cents, is_small_business=True, on=TODAY)
    assert small.vat == ()
    assert small.total_cents == totals(items, shipping_cents, is_small_business=False, on=TODAY).total_cents


@given(lines, shipping, st.randoms())
def test_the_order_of_lines_changes_nothing(items: list[Line], shipping_cents: int, random: Random) -> None:
    shuffled = random.sample(items, len(items))
    assert totals(shuffled, shipping_cents, is_small_business=False, on=TODAY) == totals(
        items, shipping_cents, is_small_business=False, on=TODAY
    )


@given(st.integers(0, 100_000), st.lists(st.integers(0, 100_000), min_size=1, max_size=5))
def test_e02_a_split_adds_up_and_each_part_is_within_a_cent(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    if sum(weights):
        assert all(abs(part * sum(weights) - amount * weight) < sum(weights)
                   for part, weight in zip(parts, weights, strict=True))  # fmt: skip


@given(st.integers(0, 100_000), st.sampled_from(Unit), st.integers(1, 100_000), st.integers(1, 30))
def test_a_line_is_its_cuts_one_by_one(price_cents: int, unit: Unit, quantity: int, pieces: int) -> None:
    one = line_cents(price_cents, quantity, unit)
    assert line_cents(price_cents, quantity, unit, pieces) == sum(one for _ in range(pieces))
    assert abs(one * SMALLEST_PER_PRICE_UNIT[unit] - price_cents * quantity) * 2 <= SMALLEST_PER_PRICE_UNIT[unit]


def test_e02_shipping_is_taxed_as_the_goods_it_brings() -> None:
    items = [Line(20_00), Line(10_00, VatClass.REDUCED)]
    sums = totals(items, 4_90, is_small_business=False, on=TODAY)
    assert sums.vat == (VatShare(190, 23_27, 3_72), VatShare(70, 11_63, 76))


@pytest.mark.parametrize(
    ("on", "permille"), [(date(2020, 6, 30), 190), (date(2020, 7, 1), 160), (date(2021, 1, 1), 190)]
)
def test_e01_the_rate_is_that_of_the_day(on: date, permille: int) -> None:
    assert totals([Line(100)], 0, is_small_business=False, on=on).vat[0].permille == permille


def test_a_discount_is_taken_off_before_the_tax() -> None:
    sums = totals([Line(119_00, discount_cents=19_00)], 0, is_small_business=False, on=TODAY)
    assert (sums.goods_cents, sums.total_cents) == (119_00, 100_00)
    assert sums.vat == (VatShare(190, 100_00, 15_97),)


def test_nothing_bought_costs_its_shipping() -> None:
    assert totals([], 4_90, is_small_business=False, on=TODAY).total_cents == 4_90
