"""The rolls of a file beside those in the store: which of them are measured anew, and which have just come."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.opening import Lying as Lying


@dataclass(frozen=True)
class StandingRoll:
    """A roll in the store; `held` of its `on_hand` is promised to orders."""

    id: int
    on_hand: int
    held: int
    lot: str
    place: str

    @property
    def lying(self) -> Lying:
        """As a file tells of it."""
        return self.on_hand, self.lot, self.place


@dataclass(frozen=True)
class Laying:
    """What makes the store as the file says: rolls measured anew as (roll, quantity), and new ones."""

    measured: tuple[tuple[StandingRoll, int], ...]
    arrived: tuple[Lying, ...]

    @property
    def short(self) -> StandingRoll | None:
        """A roll that would have less than orders wait for; None if there is none."""
        return next((roll for roll, quantity in self.measured if quantity < roll.held), None)


def lay(standing: Sequence[StandingRoll], wanted: Sequence[Lying]) -> Laying:
    """Find each roll of the file in the store: the same one, else one of its lot and place, else it is new.

    What the file does not name is measured as gone.
    """
    left, open_wishes = list(standing), list(wanted)
    measured: list[tuple[StandingRoll, int]] = []
    for is_same in (_is_equal, _lies_there):
        for wish in list(open_wishes):
            found = next((roll for roll in left if is_same(roll, wish)), None)
            if found is not None:
                left.remove(found)
                open_wishes.remove(wish)
                measured.append((found, wish[0]))
    measured += [(roll, 0) for roll in left]
    return Laying(tuple((roll, new) for roll, new in measured if new != roll.on_hand), tuple(open_wishes))


def _is_equal(roll: StandingRoll, wish: Lying) -> bool:
    return roll.lying == wish


def _lies_there(roll: StandingRoll, wish: Lying) -> bool:
    return (roll.lot, roll.place) == wish[1:]
