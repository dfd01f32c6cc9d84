"""What has happened to the stock of a variant: the movements with what was there after each."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from catalog.movements import StockMovement, Why
from catalog.products import Variant

PAGE = 30


@dataclass(frozen=True)
class Entry:
    """A movement, and what was on hand after it, in smallest units."""

    movement: StockMovement
    after: int


@dataclass(frozen=True)
class Ledger:
    """A page of entries, newest first, and how many movements there are in all."""

    entries: list[Entry]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def ledger(session: Session, variant: Variant, page: int) -> Ledger:
    """A page of a variant's movements."""
    of_variant = StockMovement.variant_id == variant.id
    total = session.exec(select(func.count()).select_from(StockMovement).where(of_variant)).one()
    page = max(1, min(page, -(-total // PAGE)))
    newest_first = select(StockMovement).where(of_variant).order_by(col(StockMovement.id).desc())
    movements = session.exec(newest_first.offset((page - 1) * PAGE).limit(PAGE)).all()
    if not movements:
        return Ledger([], 0, 1)
    newer = select(func.coalesce(func.sum(StockMovement.change), 0)).where(of_variant)
    after = variant.on_hand - session.exec(newer.where(col(StockMovement.id) > movements[0].id)).one()
    entries = []
    for each in movements:
        entries.append(Entry(each, after))
        after -= each.change
    return Ledger(_without_shifts(entries), total, page)


def newest_id(session: Session, variant_id: int) -> int:
    """The number of a variant's newest movement, for `is_repeated`; 0 before the first."""
    newest = select(func.max(StockMovement.id)).where(StockMovement.variant_id == variant_id)
    return session.exec(newest).one() or 0


def is_repeated(session: Session, variant_id: int, seen: int, why: Why, change: int, author: str) -> bool:
    """Whether somebody has pressed the same button twice: just this was booked since she saw the page."""
    twin = select(StockMovement.id).where(
        StockMovement.variant_id == variant_id,
        col(StockMovement.id) > seen,
        StockMovement.why == why,
        StockMovement.change == change,
        StockMovement.author == author,
    )
    return session.exec(twin).first() is not None


def _without_shifts(entries: list[Entry]) -> list[Entry]:
    """Goods that were only laid on a roll, or taken off it, have two rows that cancel each other out."""
    shown: list[Entry] = []
    for entry in entries:
        last = shown[-1].movement if shown else None
        if last and _cancel_out(last, entry.movement):
            shown.pop()
        else:
            shown.append(entry)
    return shown


def _cancel_out(one: StockMovement, other: StockMovement) -> bool:
    return (
        one.change == -other.change
        and one.moved_at == other.moved_at
        and one.why == other.why
        and (one.roll_id is None) != (other.roll_id is None)
    )
