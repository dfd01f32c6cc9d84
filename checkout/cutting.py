"""Whether pieces can be cut from the rolls that there are, and the sentence that says what could be instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog import rolls
from catalog.rolls import Free
from catalog.units import QuantityRule, Unit, format_quantity

Pieces = tuple[int, int]  # (length of one in smallest units, how many)


@dataclass(frozen=True)
class Shortage:
    """Why pieces cannot be had; `left` is what could be, in smallest units."""

    sentence: str
    left: int


def shortage(
    free: Sequence[Free], rule: QuantityRule, remnant_below: int, wanted: Pieces, others: Sequence[Pieces] = ()
) -> Shortage | None:
    """Why some pieces cannot be cut, beside `others` of the same goods in the cart; None if they can.

    `free` are the rolls of the variant, `rule` says what one piece of it may be, `remnant_below` from what
    rest on a roll is a remnant. All in smallest units. The sentence names the nearest possibility.
    """
    table = _Table(free, rule, remnant_below)
    if table.gives([*others, wanted]):
        return None
    longest = table.longest_beside([])
    if not longest:
        return Shortage("Davon ist leider nichts mehr da.", 0)
    beside = table.longest_beside(others) if others else longest
    if not beside:
        lie = "liegt" if sum(number for _, number in others) == 1 else "liegen"
        return Shortage(f"Mehr haben wir davon nicht: {written(others)} {lie} schon in Ihrem Warenkorb.", 0)
    too_long = wanted[0] > beside
    return _too_long(table, wanted, others, beside) if too_long else _too_many(table, wanted, others)


def written(pieces: Sequence[Pieces], several: str = "Stücke") -> str:
    """Cuts for people: "2 Stücke à 1,50 m und 1 Stück à 0,80 m"; after "neben" `several` are "Stücken"."""
    return " und ".join(
        f"{number}\u00a0{'Stück' if number == 1 else several} à\u00a0{format_quantity(length, Unit.LENGTH)}"
        for length, number in pieces
    )


@dataclass(frozen=True)
class _Table:
    """The cutting table: the rolls at hand, and what one piece may be."""

    free: Sequence[Free]
    rule: QuantityRule
    remnant_below: int

    def gives(self, pieces: Sequence[Pieces]) -> bool:
        chosen = rolls.choose(self.free, list(pieces), remnant_below=self.remnant_below)
        return chosen is not None

    def longest_beside(self, others: Sequence[Pieces]) -> int:
        """The longest piece that may be bought and can still be cut beside others; 0 if none."""
        step = self.rule.step
        least = -(-self.rule.minimum // step)
        most = min(rolls.longest(self.free), self.rule.maximum or rolls.longest(self.free)) // step
        if most < least or not self.gives([*others, (least * step, 1)]):
            return 0
        while least < most:  # what gives a long piece gives a shorter one, too
            middle = (least + most + 1) // 2
            least, most = (middle, most) if self.gives([*others, (middle * step, 1)]) else (least, middle - 1)
        return least * step


def _too_long(table: _Table, wanted: Pieces, others: Sequence[Pieces], longest: int) -> Shortage:
    most = format_quantity(longest, Unit.LENGTH)
    if others:
        sentence = f"Neben {written(others, 'Stücken')} in Ihrem Warenkorb haben wir davon höchstens {most} am Stück"
    else:
        sentence = f"Davon haben wir höchstens {most} am Stück"
    halves = _halves(table, wanted, others)
    return Shortage(f"{sentence}; {halves} gingen." if halves else f"{sentence}.", longest)


def _halves(table: _Table, wanted: Pieces, others: Sequence[Pieces]) -> str:
    """The two halves of one piece that is too long, a step more or less, if they can be cut."""
    length, number = wanted
    if number != 1:
        return ""
    step = table.rule.step
    for half in (-(-length // (2 * step)) * step, length // (2 * step) * step):
        if half >= table.rule.minimum and half < length and table.gives([*others, (half, 2)]):
            return f"zwei Stücke à {format_quantity(half, Unit.LENGTH)}"
    return ""


def _too_many(table: _Table, wanted: Pieces, others: Sequence[Pieces]) -> Shortage:
    """One piece of this length can be cut, but not all of them."""
    length, number = wanted
    least, most = 1, min(number - 1, sum(roll.free for roll in table.free) // length)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if table.gives([*others, (length, middle)]) else (least, middle - 1)
    beside = f"Neben {written(others, 'Stücken')} in Ihrem Warenkorb" if others else "Davon"
    return Shortage(f"{beside} können wir nur noch {written([(length, least)])} schneiden.", least * length)
