"""Which roll gives which piece: always a way if there is one, never a piece on two rolls, the least waste."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from catalog import cutting
from catalog.cutting import Cut, Free, choose, longest, lots_for

rolls_of_a_fabric = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["", "A", "B"])), max_size=4).map(
    lambda every: [Free(number, lot, free) for number, (free, lot) in enumerate(every, start=1)]
)
pieces_wanted = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 2)), min_size=1, max_size=3)


def frees(*lengths: int) -> list[Free]:
    """Rolls 1, 2, … of an unknown lot."""
    return [Free(number, "", length) for number, length in enumerate(lengths, start=1)]


def used(cuts: Sequence[Cut]) -> Counter[int]:
    """How much each roll gives."""
    total = Counter[int]()
    for cut in cuts:
        total[cut.roll_id] += cut.quantity * cut.pieces
    return total


def all_ways(free: Sequence[Free], wanted: Sequence[tuple[int, int]]) -> Iterator[list[Cut]]:
    """Every way to lay single pieces on rolls, by brute force."""
    pieces = [quantity for quantity, count in wanted for _ in range(count)]
    for where in product(free, repeat=len(pieces)):
        cuts = [Cut(roll.roll_id, quantity, 1) for roll, quantity in zip(where, pieces, strict=True)]
        total = used(cuts)
        if all(total[roll.roll_id] <= roll.free for roll in free):
            yield cuts


def faults(free: Sequence[Free], cuts: Sequence[Cut], remnant_below: int) -> tuple[int, int, int, int]:
    """What is not good about a way: lots within a line, lots, rolls with a rest too short, how badly it fits."""
    lot_of = {roll.roll_id: roll.lot for roll in free}
    total = used(cuts)
    rests = [roll.free - total[roll.roll_id] for roll in free]
    touched = [roll.free - total[roll.roll_id] for roll in free if total[roll.roll_id]]
    return (
        len({(cut.quantity, lot_of[cut.roll_id]) for cut in cuts}),
        len({lot_of[cut.roll_id] for cut in cuts}),
        sum(1 for rest in touched if 0 < rest < remnant_below),
        -sum(rest**2 for rest in rests),
    )


@given(rolls_of_a_fabric, pieces_wanted, st.integers(0, 6))
@hypothesis_settings(deadline=None, max_examples=300)
def test_the_choice_is_the_best_of_all_ways(free: list[Free], wanted: list[tuple[int, int]], below: int) -> None:
    ways = [faults(free, cuts, below) for cuts in all_ways(free, wanted)]
    chosen = choose(free, wanted, remnant_below=below)
    if chosen is None:
        assert not ways
    else:
        assert faults(free, chosen, below) == min(ways)


@given(rolls_of_a_fabric, pieces_wanted)
@hypothesis_settings(deadline=None, max_examples=300)
def test_every_piece_comes_whole_from_one_roll_that_has_it(free: list[Free], wanted: list[tuple[int, int]]) -> None:
    chosen = choose(free, wanted)
    if chosen is None:
        return
    given_pieces = Counter[int]()
    for cut in chosen:
        given_pieces[cut.quantity] += cut.pieces
    asked = Counter[int]()
    for quantity, pieces in wanted:
        asked[quantity] += pieces
    assert given_pieces == asked
    total = used(chosen)
    assert all(total[roll.roll_id] <= roll.free for roll in free)
    assert set(total) <= {roll.roll_id for roll in free}


@given(rolls_of_a_fabric, pieces_wanted)
@hypothesis_settings(deadline=None, max_examples=300)
def test_what_is_too_much_for_the_exact_search_is_found_nevertheless(
    free: list[Free], wanted: list[tuple[int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cutting, "_MOST_JOINS", -1)
        chosen = choose(free, wanted)
    assert (chosen is None) == (next(all_ways(free, wanted), None) is None)
    if chosen is not None:
        total = used(chosen)
        assert all(total[roll.roll_id] <= roll.free for roll in free)
        assert sum(total.values()) == sum(quantity * pieces for quantity, pieces in wanted)


@pytest.mark.parametrize(
    ("rolls", "wanted", "below", "expected"),
    [
        ((500, 160, 300), [(150, 1)], 0, {2: 150}),  # the shortest that suffices
        ((500, 160, 300), [(150, 1)], 50, {3: 150}),  # 10 cm would be left of the shortest
        ((500, 150, 300), [(150, 1)], 50, {2: 150}),  # nothing is left of it
        ((160,), [(150, 1)], 50, {1: 150}),  # no other roll does
        ((300, 200), [(100, 3)], 0, {1: 100, 2: 200}),  # the long one stays as long as it can
        ((250, 250), [(200, 1), (100, 1), (50, 2)], 0, {1: 250, 2: 150}),
        ((600,), [(200, 3)], 0, {1: 600}),
    ],
)
def test_a_haberdasher_would_cut_it_the_same_way(
    rolls: tuple[int, ...], wanted: list[tuple[int, int]], below: int, expected: dict[int, int]
) -> None:
    chosen = choose(frees(*rolls), wanted, remnant_below=below)
    assert chosen is not None
    total = used(chosen)
    assert sorted(total.values()) == sorted(expected.values())
    if len(set(rolls)) == len(rolls):
        assert total == expected


def test_enough_altogether_is_not_enough_in_one_piece() -> None:
    assert choose(frees(100, 100), [(150, 1)]) is None
    assert choose(frees(250, 250), [(200, 1), (200, 1), (100, 1)]) is None


def test_two_pieces_of_one_line_come_from_one_dye_lot_even_if_another_would_fit_better() -> None:
    free = [Free(1, "A", 150), Free(2, "B", 150), Free(3, "B", 400)]
    chosen = choose(free, [(150, 2)])
    assert chosen is not None
    assert {cut.roll_id for cut in chosen} == {2, 3}


def test_balls_come_from_the_lot_that_has_them_all() -> None:
    free = [Free(1, "4711", 6), Free(2, "4712", 9), Free(3, "4713", 30)]
    assert lots_for(free, 8) == [("4712", 8)]
    assert lots_for(free, 35) == [("4713", 30), ("4711", 5)]
    assert lots_for(free, 46) == []
    assert (longest(free), longest([])) == (30, 0)


def test_two_shelves_of_one_lot_are_one_lot() -> None:
    assert lots_for([Free(1, "A", 4), Free(2, "A", 4), Free(3, "B", 5)], 7) == [("A", 7)]


@pytest.mark.parametrize(
    ("rolls", "wanted"),
    [
        ([(9_000, f"{number % 7}") for number in range(60)], [(1, 9_999)]),
        ([(50 + 37 * number, f"{number % 5}") for number in range(40)], [(150, 40), (90, 40), (70, 40), (110, 40)]),
        ([(1_000, "") for _ in range(30)], [(333, 90)]),
        ([(1_000, "") for _ in range(30)], [(333, 91)]),
        ([(200 + number, "") for number in range(30)], [(size, 5) for size in range(60, 130, 10)]),
    ],
)
def test_even_a_huge_order_is_answered_at_once(rolls: list[tuple[int, str]], wanted: list[tuple[int, int]]) -> None:
    free = [Free(number, lot, length) for number, (length, lot) in enumerate(rolls, start=1)]
    begun = time.process_time()
    choose(free, wanted, remnant_below=50)
    assert time.process_time() - begun < 2
