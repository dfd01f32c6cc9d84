"""The arithmetic of vouchers: never below zero, never more off than said, cents that add up."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.money import round_half_up
from checkout.discounts import Discount, shares

LINES = st.lists(st.integers(0, 30_000), min_size=1, max_size=8)
WORTHS = st.one_of(
    st.tuples(st.integers(1, 100), st.just(0)),
    st.tuples(st.just(0), st.integers(1, 20_000)),
)


@st.composite
def carts(draw: st.DrawFn) -> tuple[list[Discount], list[int]]:
    lines = draw(LINES)
    chosen = st.frozensets(st.integers(0, len(lines) - 1))
    worths = draw(st.lists(st.tuples(WORTHS, chosen), max_size=5))
    return [Discount(*worth, lines, rank) for rank, (worth, lines) in enumerate(worths)], lines


def test_ten_percent_are_ten_percent() -> None:
    assert shares([Discount(10, 0, frozenset({0, 1}))], [1990, 495]) == [[199, 50]]


def test_five_euros_are_spread_in_proportion() -> None:
    assert shares([Discount(0, 500, frozenset({0, 1, 2}))], [1000, 1000, 1000]) == [[167, 167, 166]]


def test_a_percent_is_reckoned_from_the_full_price() -> None:
    ten, five = Discount(10, 0, frozenset({0})), Discount(0, 500, frozenset({0}))
    assert shares([five, ten], [2000]) == [[500], [200]]


def test_a_line_that_a_code_does_not_hold_for_stays_as_it_is() -> None:
    assert shares([Discount(50, 0, frozenset({1}))], [2000, 1000]) == [[0, 500]]


def test_a_voucher_worth_more_than_the_goods_takes_what_is_there() -> None:
    assert shares([Discount(0, 5000, frozenset({0, 1}))], [300, 200]) == [[300, 200]]


@given(carts())
def test_no_line_comes_below_zero(cart: tuple[list[Discount], list[int]]) -> None:
    discounts, lines = cart
    taken = shares(discounts, lines)
    assert all(sum(each[line] for each in taken) <= cents for line, cents in enumerate(lines))
    assert all(cents >= 0 for each in taken for cents in each)


@given(carts())
def test_no_code_takes_more_off_than_it_says(cart: tuple[list[Discount], list[int]]) -> None:
    discounts, lines = cart
    for discount, taken in zip(discounts, shares(discounts, lines), strict=True):
        said = round_half_up(sum(lines[line] for line in discount.lines) * discount.percent, 100) + discount.cents
        assert sum(taken) <= said
        assert all(line in discount.lines for line, cents in enumerate(taken) if cents)


@given(carts())
def test_a_code_takes_all_that_it_says_while_there_is_room(cart: tuple[list[Discount], list[int]]) -> None:
    discounts, lines = cart
    for discount in discounts:
        room = sum(lines[line] for line in discount.lines)
        said = round_half_up(room * discount.percent, 100) + discount.cents
        assert sum(shares([discount], lines)[0]) == min(said, room)


@given(carts(), st.randoms())
def test_the_order_of_typing_changes_nothing(cart: tuple[list[Discount], list[int]], chance: object) -> None:
    discounts, lines = cart
    other = list(discounts)
    chance.shuffle(other)  # type: ignore[attr-defined]
    taken = dict(zip((each.rank for each in discounts), shares(discounts, lines), strict=True))
    assert dict(zip((each.rank for each in other), shares(other, lines), strict=True)) == taken


@given(carts(), WORTHS)
def test_another_code_never_makes_it_dearer(cart: tuple[list[Discount], list[int]], worth: tuple[int, int]) -> None:
    discounts, lines = cart
    more = [*discounts, Discount(*worth, frozenset(range(len(lines))), 99)]
    assert sum(map(sum, shares(more, lines))) >= sum(map(sum, shares(discounts, lines)))
