"""Taking back what an import moved in the store: by movements of their own, whatever was sold since."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog import bulk, many_stocks, stock
from catalog.exchange.runs import ImportRun
from catalog.exchange.shelf import StandingVariant
from catalog.exchange.since import Since
from catalog.movements import StockMovement, Why
from catalog.products import Variant
from catalog.rolls import Roll
from catalog.stock import SHIFTS

_SOLD = (Why.SOLD, Why.CUT, Why.SOLD_IN_STORE)
_ABSOLUTE = (Why.COUNTED, Why.IMPORTED)  # says what lies there, whatever was before


@dataclass
class Taking:
    """What goes back of a variant's stock, in smallest units.

    `moves` are (roll or None, change); `sold` is what left the store since; `short` what cannot be taken because it
    is sold or held. `counted_since` says who has counted since: then `moves` is empty.
    """

    moves: list[tuple[int | None, int]] = field(default_factory=list)
    sold: int = 0
    short: int = 0
    counted_since: str = ""

    @property
    def is_of_rolls(self) -> bool:
        """Whether it matters on which roll something changes."""
        return any(roll_id is not None for roll_id, _ in self.moves)

    @property
    def change(self) -> int:
        """By how much the stock changes altogether."""
        return sum(change for _, change in self.moves)


def takings(
    session: Session, run: ImportRun, variants: Mapping[int, StandingVariant], since: Since
) -> dict[int, Taking]:
    """What goes back of each of some variants; those whose stock the import did not move are absent. One query."""
    own, later = _movements(session, run, variants)
    undone = _undone(session, {each.note for several in later.values() for each in several})
    found = {}
    for variant_id, moved in own.items():
        taking = found[variant_id] = Taking()
        last = max(each.id or 0 for each in moved)
        after = [each for each in later.get(variant_id, ()) if (each.id or 0) > last]
        taking.sold = -sum(each.change for each in after if each.why in _SOLD)
        counts = [each for each in after if _is_a_count(each, undone)]
        if counts:
            taking.counted_since = since.moved(counts[-1])
        else:
            _plan_moves(taking, variants[variant_id], moved)
    return found


def moved_by_others(session: Session, run: ImportRun, variant_ids: Collection[int]) -> set[int]:
    """Those of some variants of which the ledger knows more than what the import has booked: sold, received, counted.

    What other imports have booked that were taken back is as if it had not been.
    """
    notes: dict[int, set[str]] = {}
    own = (reason(run), undo_reason(run), *SHIFTS)
    for part in bulk.some(sorted(variant_ids)):
        others = (col(StockMovement.variant_id).in_(part), col(StockMovement.note).not_in(own))
        for variant_id, note in session.exec(select(StockMovement.variant_id, StockMovement.note).where(*others)):
            notes.setdefault(variant_id, set()).add(note)
    undone = _undone(session, {note for several in notes.values() for note in several})
    return {variant_id for variant_id, several in notes.items() if several - undone}


def take_back(session: Session, run: ImportRun, takings: Mapping[int, Taking], *, now: datetime, author: str) -> None:
    """Move what is planned. Flushes."""
    note = undo_reason(run)
    together = {key: each.change for key, each in takings.items() if not each.is_of_rolls}
    many_stocks.move(session, together, Why.IMPORTED, now=now, author=author, note=note)
    session.expire_all()  # written beside the objects of this session
    for variant_id, taking in sorted(takings.items()):
        if taking.is_of_rolls:
            _move_rolls(session, session.get_one(Variant, variant_id), taking, now, author, note)


def _move_rolls(session: Session, variant: Variant, taking: Taking, now: datetime, author: str, note: str) -> None:
    """Move roll by roll; what is added comes first, so that nothing held is ever missing."""
    for roll_id, change in sorted(taking.moves, key=lambda move: -move[1]):
        roll = session.get_one(Roll, roll_id) if roll_id is not None and variant.longest is not None else None
        stock.move(session, variant, change, Why.IMPORTED, now=now, author=author, note=note, roll=roll)


def reason(run: ImportRun) -> str:
    """What stands beside each price and each movement that an import has written."""
    return f"Import {run.id}"


def undo_reason(run: ImportRun) -> str:
    """What stands beside those by which it was taken back."""
    return f"{reason(run)} zurückgenommen"


def _movements(
    session: Session, run: ImportRun, variant_ids: Collection[int]
) -> tuple[dict[int, list[StockMovement]], dict[int, list[StockMovement]]]:
    """The movements of the import itself, and all since it was agreed to, by variant."""
    own: dict[int, list[StockMovement]] = {}
    later: dict[int, list[StockMovement]] = {}
    rows = session.exec(
        select(StockMovement)
        .where(
            col(StockMovement.variant_id).in_(variant_ids),
            or_(col(StockMovement.note) == reason(run), col(StockMovement.moved_at) >= run.agreed_at),
        )
        .order_by(col(StockMovement.id))
    ).all()
    for each in rows:
        (own if each.note == reason(run) else later).setdefault(each.variant_id, []).append(each)
    return own, later


def _undone(session: Session, notes: Iterable[str]) -> set[str]:
    """Of the notes of movements those of other imports that were taken back: nothing is left of what they counted."""
    imports = (note.removeprefix("Import ") for note in notes if note.startswith("Import "))
    numbers = [int(number) for number in imports if number.isdecimal()]
    rows = session.exec(
        select(ImportRun).where(col(ImportRun.id).in_(numbers), col(ImportRun.undone_at).is_not(None))
    ).all()
    return {said for run in rows for said in (reason(run), undo_reason(run))}


def _is_a_count(movement: StockMovement, undone: Collection[str]) -> bool:
    is_shift = movement.note in SHIFTS
    return movement.why in _ABSOLUTE and not is_shift and movement.note not in undone


def _plan_moves(taking: Taking, variant: StandingVariant, moved: Iterable[StockMovement]) -> None:
    by_roll = Counter[int | None]()
    for each in moved:
        by_roll[each.roll_id] += each.change
    free_of = {roll.id: roll.on_hand - roll.held for roll in variant.rolls}
    free = variant.on_hand - variant.held if variant.facts["stock"] is not None else None
    for roll_id, change in by_roll.items():
        most = free if roll_id is None or not variant.rolls else free_of.get(roll_id, 0)
        taken = change if most is None else min(change, max(most, 0))
        taking.short += change - taken
        if taken:
            taking.moves.append((roll_id, -taken))
