"""Stock of many variants at once; the rules are those of stock.py, and so are the ledgers that come of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import bulk, holds, products, rolls
from catalog.movements import OutOfStock, StockMovement, Why
from catalog.products import Product, Variant
from catalog.rolls import Roll
from catalog.units import Unit


@dataclass(frozen=True, slots=True)
class _Standing:
    """A variant whose row is ours; `longest` is None for goods that lie on no rolls."""

    id: int
    product_id: int
    sku: str
    on_hand: int
    held: int
    counts_stock: bool
    longest: int | None
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What changes of a variant's goods on one roll; without a roll it lies on none."""

    variant_id: int
    roll_id: int | None
    change: int


def lock(session: Session, variant_ids: Iterable[int]) -> None:
    """Keep variants to ourselves, in the order of their ids, until the transaction ends (PostgreSQL)."""
    if session.connection().dialect.name == "sqlite":
        return  # whoever writes is alone
    for part in bulk.some(sorted(set(variant_ids))):
        holds.lock_goods(session, part)


def count(
    session: Session,
    counted: Mapping[int, int],
    why: Why = Why.COUNTED,
    *,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Set what is on hand of variants, by their ids, to what was counted (smallest units), as stock.count does.

    Raises OutOfStock where held goods would be missing. Flushes.
    """
    session.flush()
    lock(session, counted)
    every = _look_at(session, counted)
    changes = {each: counted[each.id] - each.on_hand for each in every if counted[each.id] != each.on_hand}
    _move(session, changes, why, now=now, author=author, note=note)


def move(
    session: Session,
    changes: Mapping[int, int],
    why: Why,
    *,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Add to (or take from) what is on hand of variants, by their ids, as stock.move does.

    Raises OutOfStock where held goods would be missing. Flushes.
    """
    session.flush()
    lock(session, changes)
    every = {each: changes[each.id] for each in _look_at(session, changes)}
    _move(session, every, why, now=now, author=author, note=note)


def _look_at(session: Session, variant_ids: Collection[int]) -> list[_Standing]:
    found: list[_Standing] = []
    for part in bulk.some(sorted(variant_ids)):
        rows = (
            select(  # type: ignore[call-overload]
                Variant.id, Variant.product_id, Variant.sku, Variant.on_hand, Variant.held, Variant.counts_stock,
                Variant.longest, Product.unit,
            )
            .join(Product, col(Product.id) == Variant.product_id)
            .where(col(Variant.id).in_(part))
            .order_by(col(Variant.id))
        )  # fmt: skip
        found += [
            _Standing(
                each.id, each.product_id, each.sku, each.on_hand, each.held, each.counts_stock, each.longest,
                is_cut=each.unit == Unit.LENGTH,
            )
            for each in session.exec(rows)
        ]  # fmt: skip
    return found


def _move(
    session: Session, changes: Mapping[_Standing, int], why: Why, *, now: datetime, author: str, note: str
) -> None:
    for each, change in changes.items():
        if each.counts_stock and each.on_hand + change < each.held:
            raise OutOfStock(each.id, each.sku, each.on_hand - each.held)
    changed = bulk.update(
        session,
        Variant,
        ("on_hand",),
        ((each.on_hand + change, each.id) for each, change in changes.items()),
    )
    if changed != len(changes):
        raise RuntimeError(f"{len(changes)} variants are ours, {changed} were changed")
    parts = _parts(session, changes, now)
    moved = ((each.variant_id, each.roll_id, each.change) for each in parts)
    columns = ("variant_id", "roll_id", "change")
    bulk.insert(session, StockMovement, columns, moved, why=why.value, moved_at=now, author=author, note=note)
    for part in bulk.some([each.id for each in changes if each.longest is not None]):
        rolls.note_longest(session, part)
    products.touch_many(session, {each.product_id: now for each in changes}, words=False)


def _parts(session: Session, changes: Mapping[_Standing, int], now: datetime) -> list[_Part]:
    """Change the rolls as stock.move does, and say which of them changes by how much."""
    on_rolls = [each for each in changes if each.longest is not None]
    lying = _lying(session, [each.id for each in on_rolls])
    changed: list[_Part] = []
    new: list[_Standing] = []
    for each in on_rolls:
        change = changes[each]
        same_lot = None if each.is_cut else next((roll for roll in lying[each.id] if not roll.lot), None)
        if change < 0:
            changed += _taken_from_longest(each.id, lying[each.id], -change)
        elif same_lot is not None:
            changed.append(_Part(each.id, same_lot.roll_id, change))
        else:
            new.append(each)
    _change_rolls(session, changed, now)
    laid = _lay(session, [(each.id, changes[each]) for each in new], now)
    without = [_Part(each.id, None, change) for each, change in changes.items() if each.longest is None]
    return sorted([*without, *changed, *laid], key=lambda part: (part.variant_id, part.roll_id or 0))


def _lying(session: Session, variant_ids: Collection[int]) -> dict[int, tuple[rolls.Free, ...]]:
    found: dict[int, tuple[rolls.Free, ...]] = dict.fromkeys(variant_ids, ())
    for part in bulk.some(variant_ids):
        found |= rolls.free_of(session, part)
    return found


def _taken_from_longest(variant_id: int, lying: Iterable[rolls.Free], missing: int) -> list[_Part]:
    parts = []
    for roll in sorted(lying, key=lambda each: (-each.free, each.roll_id)):
        part = min(roll.free, missing)
        missing -= part
        if part:
            parts.append(_Part(variant_id, roll.roll_id, -part))
    return parts


def _change_rolls(session: Session, parts: Iterable[_Part], now: datetime) -> None:
    """Whoever has the variants has their rolls; the table guards that none is oversold."""
    by_id = {each.roll_id: each.change for each in parts if each.roll_id is not None}
    rows = []
    for part in bulk.some(sorted(by_id)):
        standing = session.exec(select(Roll.id, Roll.on_hand).where(col(Roll.id).in_(part)).order_by(col(Roll.id)))
        rows += [(left := on_hand + by_id[each or 0], None if left else now, each) for each, on_hand in standing]
    bulk.update(session, Roll, ("on_hand", "ended_at"), rows)


def _lay(session: Session, new: list[tuple[int, int]], now: datetime) -> list[_Part]:
    ids = bulk.reserve(session, Roll, len(new))
    rows = [(roll_id, variant_id, change) for roll_id, (variant_id, change) in zip(ids, new, strict=True)]
    bulk.insert(session, Roll, ("id", "variant_id", "on_hand"), rows, received_at=now)
    return [_Part(variant_id, roll_id, change) for roll_id, variant_id, change in rows]
