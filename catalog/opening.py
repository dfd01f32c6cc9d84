"""The first goods of new variants: on which rolls they lie from the start, and the first lines of their ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog import bulk
from catalog.movements import StockMovement, Why
from catalog.rolls import Roll
from catalog.units import Unit

Lying = tuple[int, str, str]
"""What lies on a roll: quantity in smallest units, lot, place."""


@dataclass(frozen=True)
class Opening:
    """What a new variant begins with, in smallest units; without rolls, `longest` is None as the variant's is."""

    on_hand: int
    longest: int | None = None
    rolls: tuple[Lying, ...] = ()


def of(unit: Unit, on_hand: int, lying: Sequence[Lying], *, counts_stock: bool) -> Opening:
    """How the first goods of a variant lie: `lying` on several rolls, or else altogether `on_hand`.

    Goods by length always lie on rolls. Others do once a lot is named: what lies under the same lot is one
    roll. Goods whose stock is not counted have none.
    """
    total = sum(quantity for quantity, _, _ in lying) if lying else on_hand
    if not counts_stock:
        return Opening(total)
    if unit is Unit.LENGTH:
        return _on_rolls(lying or [(total, "", "")])
    return _on_rolls(by_lot(lying)) if any(lot for _, lot, _ in lying) else Opening(total)


def lay(
    session: Session,
    opened: Iterable[tuple[int, Opening]],
    why: Why,
    *,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Lay the first goods of new variants (their ids), whose rows say so already, into the store; few statements.

    Nobody else knows these rows yet, so that no condition has to be asked.
    """
    every = list(opened)
    lying = [(variant_id, *each) for variant_id, opening in every for each in opening.rolls]
    rolls = [(roll_id, *each) for roll_id, each in zip(bulk.reserve(session, Roll, len(lying)), lying, strict=True)]
    bulk.insert(session, Roll, ("id", "variant_id", "on_hand", "lot", "place"), rolls, received_at=now)
    moved: list[tuple[int, int | None, int]] = [
        (variant_id, roll_id, on_hand) for roll_id, variant_id, on_hand, _, _ in rolls
    ]
    moved += [(variant_id, None, each.on_hand) for variant_id, each in every if each.on_hand and not each.rolls]
    bulk.insert(
        session, StockMovement, ("variant_id", "roll_id", "change"), sorted(moved, key=lambda each: each[0]),
        why=why.value, moved_at=now, author=author, note=note,
    )  # fmt: skip


def _on_rolls(lying: Sequence[Lying]) -> Opening:
    rolls = tuple(each for each in lying if each[0])
    quantities = [quantity for quantity, _, _ in rolls]
    return Opening(sum(quantities), max(quantities, default=0), rolls)


def by_lot(lying: Iterable[Lying]) -> list[Lying]:
    """How pieces lie: what comes under the same lot is one roll."""
    lots: dict[str, tuple[int, str]] = {}
    for quantity, lot, place in lying:
        before, known_place = lots.get(lot, (0, ""))
        lots[lot] = (before + quantity, place or known_place)
    return [(quantity, lot, place) for lot, (quantity, place) in lots.items()]
