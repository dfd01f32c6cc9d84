"""From which roll a piece is cut: the choice alone, over numbers, without a database.

One plan is better than another if it cuts the pieces of one line from fewer dye lots, then if it leaves
fewer rolls with a rest too short to sell, then if it fits better: the sum of the squared rests is larger
where small rolls are used up and long ones stay long. For a single piece that is the shortest roll
on which it fits.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, product

# What one fault of a plan weighs: more than all faults of the next kind together.
_ROLL_SPOILED = 1 << 60
_LOT_USED = 1 << 80
_LOT_IN_LINE = 1 << 100

_MOST_JOINS = 150_000  # so many steps of exact search take a third of a second; real carts need a few hundred
_MOST_PLANS = 200  # how many half plans the search for any plan keeps

_Served = tuple[int, ...]  # how many pieces of each size


@dataclass(frozen=True)
class Free:
    """What a roll still gives: `free` smallest units of dye lot `lot` ("" if unknown)."""

    roll_id: int
    lot: str
    free: int


@dataclass(frozen=True)
class Cut:
    """`pieces` pieces of `quantity` smallest units each, all from one roll."""

    roll_id: int
    quantity: int
    pieces: int


@dataclass(frozen=True)
class _Plan:
    cost: int = 0
    together: int = 0  # the larger, the more pieces are of one lot; decides between plans of equal cost
    cuts: tuple[tuple[int, _Served], ...] = ()  # roll id and what it gives


def choose(free: Iterable[Free], wanted: Iterable[tuple[int, int]], *, remnant_below: int = 0) -> list[Cut] | None:
    """Say which roll gives which piece; None where the rolls cannot give them all.

    `wanted` are (quantity of one piece, pieces). A piece never spans two rolls. A rest above 0 and below
    `remnant_below` is avoided where other rolls do. The choice is the best there is; for orders far
    beyond a shop's daily ones it is a good one, and None still means that no way was found to cut them.
    """
    amounts = Counter[int]()
    for quantity, pieces in wanted:
        amounts[quantity] += pieces
    sizes = tuple(sorted(amounts, reverse=True))
    counts = tuple(amounts[size] for size in sizes)
    useful = [each for each in free if sizes and each.free >= sizes[-1]]
    rolls = sorted(useful, key=lambda each: (each.lot, each.roll_id))
    plan = _plan(rolls, sizes, counts, remnant_below)
    return None if plan is None else _cuts(plan, sizes, counts)


def longest(free: Iterable[Free]) -> int:
    """The longest piece to be had, in smallest units; 0 where nothing is left."""
    return max((each.free for each in free), default=0)


def lots_for(free: Iterable[Free], pieces: int) -> list[tuple[str, int]]:
    """From which dye lots so many balls would come, as (lot, balls), most first; [] if there are not so many."""
    free = list(free)
    lot_of = {each.roll_id: each.lot for each in free}
    balls = Counter[str]()
    for cut in choose(free, [(1, pieces)]) or []:
        balls[lot_of[cut.roll_id]] += cut.pieces
    return balls.most_common()


def _plan(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served, remnant_below: int) -> _Plan | None:
    if _joins(rolls, sizes, counts) <= _MOST_JOINS:
        return _best_plan(rolls, sizes, counts, remnant_below)
    return _good_plan(rolls, sizes, counts, remnant_below) or _any_plan(rolls, sizes, counts)


def _joins(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served) -> int:
    """How many pairs of half plans the exact search would look at."""
    states = _times(count + 1 for count in counts)
    of_rolls = (_times(most + 1 for most in _most(roll, sizes, counts)) for roll in rolls)
    return sum(states * min(states, each) for each in of_rolls) + states * states * len({each.lot for each in rolls})


def _best_plan(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served, remnant_below: int) -> _Plan | None:
    """Look at every way: what the rolls of a lot can give together, then what the lots can."""
    nothing = {(0,) * len(sizes): _Plan()}
    plans = nothing
    for _, of_lot in groupby(rolls, key=lambda each: each.lot):
        within = nothing
        for roll in of_lot:
            within = _joined(within, _ways_to_cut(roll, sizes, counts, remnant_below), counts)
        plans = _joined(plans, {served: _with_lot(plan, served) for served, plan in within.items()}, counts)
    return plans.get(counts)


def _joined(some: dict[_Served, _Plan], others: dict[_Served, _Plan], counts: _Served) -> dict[_Served, _Plan]:
    """The best plan for everything that two sets of rolls can give together."""
    best: dict[_Served, _Plan] = {}
    for (served, plan), (more, other) in product(some.items(), others.items()):
        both = tuple(one + another for one, another in zip(served, more, strict=True))
        if any(given > count for given, count in zip(both, counts, strict=True)):
            continue
        standing = best.get(both)
        cost, together = plan.cost + other.cost, plan.together + other.together
        if standing is None or (cost, -together) < (standing.cost, -standing.together):
            best[both] = _Plan(cost, together, plan.cuts + other.cuts)
    return best


def _ways_to_cut(roll: Free, sizes: Sequence[int], counts: _Served, remnant_below: int) -> dict[_Served, _Plan]:
    """Every number of pieces of each size that fits on one roll."""
    ways = {(0,) * len(sizes): _Plan()}
    for served in product(*(range(most + 1) for most in _most(roll, sizes, counts))):
        used = sum(size * pieces for size, pieces in zip(sizes, served, strict=True))
        if 0 < used <= roll.free:
            ways[served] = _Plan(_cost(roll, used, remnant_below), cuts=((roll.roll_id, served),))
    return ways


def _cost(roll: Free, used: int, remnant_below: int) -> int:
    rest = roll.free - used
    spoiled = _ROLL_SPOILED if 0 < rest < remnant_below else 0
    return spoiled + roll.free**2 - rest**2


def _with_lot(plan: _Plan, served: _Served) -> _Plan:
    lines = sum(1 for pieces in served if pieces)
    if not lines:
        return plan
    return _Plan(plan.cost + lines * _LOT_IN_LINE + _LOT_USED, sum(served) ** 2, plan.cuts)


def _good_plan(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served, remnant_below: int) -> _Plan | None:
    """Cut the longest pieces first where they fit best: from one lot if one can, else from as few as need be."""
    lots = [list(of_lot) for _, of_lot in groupby(rolls, key=lambda each: each.lot)]
    alone = [plan for lot in lots if (plan := _fitted(lot, sizes, counts, remnant_below))]
    if alone:
        return min(alone, key=lambda plan: plan.cost)
    lots.sort(key=lambda lot: sum(each.free for each in lot), reverse=True)
    together: list[Free] = []
    for lot in lots:
        together += lot
        if plan := _fitted(together, sizes, counts, remnant_below):
            return plan
    return None


def _fitted(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served, remnant_below: int) -> _Plan | None:
    left = {each.roll_id: each for each in rolls}
    given = Counter[tuple[int, int]]()
    for which, (size, count) in enumerate(zip(sizes, counts, strict=True)):
        for _ in range(count):
            fitting = [each for each in left.values() if each.free >= size]
            if not fitting:
                return None
            best = min(fitting, key=lambda each: (_cost(each, size, remnant_below), each.roll_id))
            left[best.roll_id] = Free(best.roll_id, best.lot, best.free - size)
            given[best.roll_id, which] += 1
    cuts = tuple((each.roll_id, tuple(given[each.roll_id, which] for which in range(len(sizes)))) for each in rolls)
    return _Plan(sum(_cost(each, each.free - left[each.roll_id].free, remnant_below) for each in rolls), cuts=cuts)


def _any_plan(rolls: Sequence[Free], sizes: Sequence[int], counts: _Served) -> _Plan | None:
    """Any way to cut everything: of half plans, those that leave no more to be cut than another are kept."""
    plans = {(0,) * len(sizes): _Plan()}
    for roll in rolls:
        reached: dict[_Served, _Plan] = {}
        for (served, plan), more in product(plans.items(), _full_ways(roll.free, sizes, counts)):
            both = tuple(min(one + another, count) for one, another, count in zip(served, more, counts, strict=True))
            reached.setdefault(both, _Plan(cuts=(*plan.cuts, (roll.roll_id, more))))
        if counts in reached:
            return reached[counts]
        plans = _not_beaten(reached, sizes)
    return None


def _full_ways(free: int, sizes: Sequence[int], counts: Sequence[int]) -> list[_Served]:
    """The ways to cut a roll after which no further piece that is wanted fits on it."""
    if not sizes:
        return [()]
    ways = []
    most = min(counts[0], free // sizes[0])
    for pieces in range(most, -1, -1):
        ways += [(pieces, *rest) for rest in _full_ways(free - pieces * sizes[0], sizes[1:], counts[1:])]
        if len(sizes) == 1:
            break
    return ways


def _not_beaten(plans: dict[_Served, _Plan], sizes: Sequence[int]) -> dict[_Served, _Plan]:
    by_length = sorted(plans, key=lambda served: -sum(a * b for a, b in zip(served, sizes, strict=True)))
    kept: list[_Served] = []
    for served in by_length:
        if len(kept) == _MOST_PLANS:
            break
        if not any(all(a >= b for a, b in zip(better, served, strict=True)) for better in kept):
            kept.append(served)
    return {served: plans[served] for served in kept}


def _most(roll: Free, sizes: Sequence[int], counts: _Served) -> list[int]:
    return [min(count, roll.free // size) for size, count in zip(sizes, counts, strict=True)]


def _times(numbers: Iterable[int]) -> int:
    result = 1
    for number in numbers:
        result *= number
    return result


def _cuts(plan: _Plan, sizes: Sequence[int], counts: _Served) -> list[Cut]:
    """The cuts of a plan, longest pieces first; what it cuts beyond the wish stays on the roll."""
    cuts = []
    for which, size in enumerate(sizes):
        missing = counts[which]
        for roll_id, served in plan.cuts:
            pieces = min(served[which], missing)
            missing -= pieces
            if pieces:
                cuts.append(Cut(roll_id, size, pieces))
    return cuts
