"""What discounts come to, line by line: the arithmetic of vouchers, without tables.

The rule, whatever the order in which codes were typed:

1. Percents come first, the highest first. Each is reckoned from the full price of the goods that it holds for,
   before any other discount, and rounded once, half up: "10 %" is worth the same beside another code as alone.
2. Amounts come next, the smallest first.
3. No code takes more off than it says, nor more than is left of the goods that it holds for: no line comes
   below zero.

A discount is spread over its lines in proportion to what is left of each, in whole cents that add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.money import round_half_up
from checkout.totals import split


@dataclass(frozen=True)
class Discount:
    """A code's worth: whole percents, or else cents; `lines` are the positions that it holds for.

    `rank` decides between two of the same worth.
    """

    percent: int
    cents: int
    lines: frozenset[int]
    rank: int = 0


def shares(discounts: Sequence[Discount], line_cents: Sequence[int]) -> list[list[int]]:
    """What each discount takes off each line, in cents, in the order in which the discounts are given."""
    left = list(line_cents)
    taken = [[0] * len(left) for _ in discounts]
    for number in sorted(range(len(discounts)), key=lambda each: _turn(discounts[each])):
        taken[number] = _take(discounts[number], line_cents, left)
    return taken


def _turn(discount: Discount) -> tuple[bool, int, int, int]:
    return (discount.percent == 0, -discount.percent, discount.cents, discount.rank)


def _take(discount: Discount, full: Sequence[int], left: list[int]) -> list[int]:
    """Take one discount off what is left, and say what it took off each line."""
    lines = sorted(line for line in discount.lines if 0 <= line < len(left))
    rooms = [left[line] for line in lines]
    worth = round_half_up(sum(full[line] for line in lines) * discount.percent, 100) + discount.cents
    taken = [0] * len(left)
    for line, cents in zip(lines, split(min(worth, sum(rooms)), rooms), strict=True):
        taken[line] = cents
        left[line] -= cents
    return taken
