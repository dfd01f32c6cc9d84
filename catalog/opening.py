"""The first goods of new variants: on which rolls they lie from the start, and the first lines of their ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.movements import StockMovement, Why
from catalog.products import Variant
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
    return _on_rolls(_by_lot(lying)) if any(lot for _, lot, _ in lying) else Opening(total)


def lay(
    session: Session,
    opened: Iterable[tuple[Variant, Opening]],
    why: Why,
    *,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Lay the first goods of new variants, whose rows say so already, into the store. Flushes.

    Nobody else knows these rows yet, so that no condition has to be asked.
    """
    laid: list[tuple[Variant, int, Roll | None]] = []
    for variant, opening in opened:
        rolls = [_roll(variant, each, now) for each in opening.rolls]
        session.add_all(rolls)
        laid += [(variant, roll.on_hand, roll) for roll in rolls]
        if opening.on_hand and not rolls:
            laid.append((variant, opening.on_hand, None))
    session.flush()
    session.bulk_save_objects(
        [
            StockMovement(variant_id=variant.id or 0, roll_id=roll.id if roll else None, change=quantity, why=why,
                          moved_at=now, author=author, note=note)
            for variant, quantity, roll in laid
        ]
    )  # fmt: skip


def _on_rolls(lying: Sequence[Lying]) -> Opening:
    rolls = tuple(each for each in lying if each[0])
    quantities = [quantity for quantity, _, _ in rolls]
    return Opening(sum(quantities), max(quantities, default=0), rolls)


def _by_lot(lying: Iterable[Lying]) -> list[Lying]:
    lots: dict[str, tuple[int, str]] = {}
    for quantity, lot, place in lying:
        before, known_place = lots.get(lot, (0, ""))
        lots[lot] = (before + quantity, place or known_place)
    return [(quantity, lot, place) for lot, (quantity, place) in lots.items()]


def _roll(variant: Variant, lying: Lying, now: datetime) -> Roll:
    quantity, lot, place = lying
    return Roll(variant_id=variant.id or 0, on_hand=quantity, lot=lot, place=place, received_at=now)
