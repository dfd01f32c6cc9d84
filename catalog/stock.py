"""Stock: what lies in the store, counted, received, measured; every change is a movement.

Goods by length lie on rolls, yarn does once its dye lots are known: then every change is one of a roll,
and the variant keeps the sums. See catalog/holds.py for what is promised to orders.
"""

from datetime import datetime

from sqlalchemy import func, not_, or_, update
from sqlmodel import Session, col, select

from catalog import products, promises, rolls
from catalog.holds import StockHold
from catalog.movements import OutOfStock as OutOfStock
from catalog.movements import StockMovement as StockMovement
from catalog.movements import Why as Why
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.units import Unit

_LAID, _LIFTED = "auf einen Ballen gelegt", "vom Ballen genommen"
SHIFTS = (_LAID, _LIFTED)
"""The notes of movements that move nothing: goods were laid on a roll, or lost it."""


class StillHeld(Refusal):
    """More of a roll is promised than would be left of it: `held` smallest units, to `orders` (their numbers)."""

    def __init__(self, held: int, unit: Unit, orders: tuple[str, ...]) -> None:
        super().__init__(
            f"Von diesem Ballen: {promises.told(held, unit, orders)}. Bitte schneiden Sie das zuerst zu "
            "oder stornieren Sie die Bestellung; dann messen Sie noch einmal."
        )
        self.held = held
        self.orders = orders


class NothingReceived(Refusal):
    """What was received must be more than nothing."""


def move(
    session: Session,
    variant: Variant,
    change: int,
    why: Why,
    *,
    now: datetime,
    author: str,
    note: str = "",
    supplier: str = "",
    roll: Roll | None = None,
) -> None:
    """Add to (or take from) what is on hand, of a roll if one is named. Raises OutOfStock where held goods
    would be missing. Flushes.

    Of goods on rolls without a named one, more is a new roll (balls: the lot ""), and less is
    taken from the longest free ones first, so that nobody is promised too much.
    """
    assert variant.id is not None
    session.flush()
    enough = or_(not_(col(Variant.counts_stock)), col(Variant.on_hand) + change >= col(Variant.held))
    changed = session.exec(
        update(Variant).where(col(Variant.id) == variant.id, enough).values(on_hand=Variant.on_hand + change)
    )
    session.refresh(variant)
    if changed.rowcount == 0:
        raise OutOfStock(variant.id, variant.sku, variant.on_hand - variant.held)
    for roll_id, part in _parts(session, variant, change, roll, now):
        if roll_id is not None and not rolls.change(session, roll_id, on_hand=part, now=now):
            raise OutOfStock(variant.id, variant.sku, variant.longest or 0)
        session.add(
            StockMovement(
                variant_id=variant.id,
                roll_id=roll_id,
                change=part,
                why=why,
                moved_at=now,
                author=author,
                note=note,
                supplier=supplier,
            )
        )
    session.flush()
    rolls.note_longest(session, [variant.id])
    products.touch(session, variant.product_id, now, words=False)


def count(
    session: Session,
    variant: Variant,
    on_hand: int,
    why: Why = Why.COUNTED,
    *,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Set what is on hand altogether to what was counted; appends the difference, nothing if there is none.

    The row is ours from the look at it on (PostgreSQL), so that nothing can be sold in between.
    """
    _lock(session, variant)
    if on_hand != variant.on_hand:
        move(session, variant, on_hand - variant.on_hand, why, now=now, author=author, note=note)


def receive(
    session: Session,
    variant: Variant,
    quantity: int,
    *,
    lot: str = "",
    place: str = "",
    why: Why = Why.RECEIVED,
    now: datetime,
    author: str,
    note: str = "",
    supplier: str = "",
) -> Roll | None:
    """Book goods that came in from a supplier; gives the roll on which they lie, None for goods without rolls. Flushes.

    Goods by length come on a roll of their own. Balls join their dye lot; the first lot that is named for
    a variant makes its other balls the lot "". Raises NothingReceived.
    """
    if quantity <= 0:
        raise NothingReceived("Bitte geben Sie ein, wie viel gekommen ist: mehr als nichts.")
    _lock(session, variant)
    roll = _roll_for(session, variant, lot, place, now=now, author=author)
    move(session, variant, quantity, why, now=now, author=author, note=note, supplier=supplier, roll=roll)
    return roll


def measure(
    session: Session,
    roll: Roll,
    on_hand: int,
    *,
    why: Why = Why.COUNTED,
    now: datetime,
    author: str,
    note: str = "",
) -> None:
    """Set what lies on one roll; appends the difference, nothing if there is none. 0 ends the roll. Flushes.

    Raises StillHeld where orders have more of it than that.
    """
    variant = session.get_one(Variant, roll.variant_id)
    _lock(session, variant)
    session.refresh(roll)
    if on_hand < roll.held:
        assert variant.id is not None
        unit = Unit(session.get_one(Product, variant.product_id).unit)
        raise StillHeld(roll.held, unit, promises.made_to(session, variant.id, roll.id))
    if on_hand != roll.on_hand:
        move(session, variant, on_hand - roll.on_hand, why, now=now, author=author, note=note, roll=roll)
        session.refresh(roll)


def begin_counting(session: Session, variant: Variant, *, now: datetime, author: str) -> None:
    """From now on what is on hand limits what is sold. Raises OutOfStock where more is held by now. Flushes.

    Goods by length lie on one roll then, until the owner says otherwise.
    """
    assert variant.id is not None
    _lock(session, variant)
    if variant.counts_stock:
        return
    if variant.on_hand < variant.held:
        raise OutOfStock(variant.id, variant.sku, variant.on_hand - variant.held)
    variant.counts_stock = True
    if session.get_one(Product, variant.product_id).unit == Unit.LENGTH:
        _lay_all_on_one_roll(session, variant, now=now, author=author)
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def stop_counting(session: Session, variant: Variant, *, now: datetime, author: str) -> None:
    """From now on nothing limits what is sold; rolls and lots are forgotten, the total stays. Flushes."""
    assert variant.id is not None
    _lock(session, variant)
    if not variant.counts_stock:
        return
    for roll in rolls.of(session, [variant.id]).get(variant.id, []):
        _note_shift(session, variant, roll, -roll.on_hand, now=now, author=author)
        roll.on_hand, roll.held, roll.ended_at = 0, 0, now
    _bind_holds(session, variant, None)
    variant.counts_stock, variant.longest = False, None
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def on_one_roll(session: Session, variant: Variant, *, now: datetime, author: str) -> Roll:
    """The roll on which all counted goods of a variant lie, more than nothing; laid there if they lay on none."""
    assert variant.id is not None
    _lock(session, variant)
    if variant.longest is None:
        _lay_all_on_one_roll(session, variant, now=now, author=author)
    return rolls.of(session, [variant.id])[variant.id][0]


def fit_unit(session: Session, product: Product) -> None:
    """Let the variants of a product whose unit has changed lie on rolls or not, as the unit wants. They have
    no stock: see editing. Flushes.
    """
    session.flush()
    longest = 0 if product.unit == Unit.LENGTH else None
    session.exec(
        update(Variant).where(col(Variant.product_id) == product.id, col(Variant.counts_stock)).values(longest=longest)
    )


def history(session: Session, variant_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """What was on hand at a moment and after every change since then, oldest first, in smallest units."""
    of_variant = StockMovement.variant_id == variant_id
    on_hand = session.exec(
        select(func.coalesce(func.sum(StockMovement.change), 0)).where(of_variant, StockMovement.moved_at < since)
    ).one()
    changes = session.exec(
        select(StockMovement.moved_at, func.sum(StockMovement.change))
        .where(of_variant, StockMovement.moved_at >= since)
        .group_by(col(StockMovement.moved_at))
        .order_by(col(StockMovement.moved_at))
    ).all()
    told = [(since, int(on_hand))]
    for moved_at, change in changes:
        told.append((moved_at, told[-1][1] + int(change)))
    return told


def _lock(session: Session, variant: Variant) -> None:
    session.flush()
    session.refresh(variant, with_for_update={"key_share": True})


def _parts(
    session: Session, variant: Variant, change: int, roll: Roll | None, now: datetime
) -> list[tuple[int | None, int]]:
    """Which rolls change by how much; the only part of goods without rolls has none."""
    assert variant.id is not None
    if variant.longest is None:
        return [(None, change)]
    if roll is not None:
        return [(roll.id, change)]
    if change > 0:
        return [(_roll_for_more(session, variant, now).id, change)]
    return _taken_from_longest(session, variant.id, -change)


def _roll_for_more(session: Session, variant: Variant, now: datetime) -> Roll:
    assert variant.id is not None
    if session.get_one(Product, variant.product_id).unit == Unit.LENGTH:
        return rolls.lay(session, variant.id, now=now)
    return rolls.of_lot(session, variant.id, "", now=now)


def _taken_from_longest(session: Session, variant_id: int, missing: int) -> list[tuple[int | None, int]]:
    parts: list[tuple[int | None, int]] = []
    for each in sorted(rolls.free_of(session, [variant_id])[variant_id], key=lambda each: (-each.free, each.roll_id)):
        part = min(each.free, missing)
        missing -= part
        if part:
            parts.append((each.roll_id, -part))
    return sorted(parts, key=lambda part: part[0] or 0)


def _roll_for(session: Session, variant: Variant, lot: str, place: str, *, now: datetime, author: str) -> Roll | None:
    """The roll on which goods that came in are laid; None for goods without rolls."""
    assert variant.id is not None
    is_cut = session.get_one(Product, variant.product_id).unit == Unit.LENGTH
    if not variant.counts_stock or (variant.longest is None and not is_cut and not lot):
        return None
    if variant.longest is None:
        _lay_all_on_one_roll(session, variant, now=now, author=author)
    if is_cut:
        return rolls.lay(session, variant.id, lot=lot, place=place, now=now)
    roll = rolls.of_lot(session, variant.id, lot, now=now)
    roll.place = place or roll.place
    return roll


def _lay_all_on_one_roll(session: Session, variant: Variant, *, now: datetime, author: str) -> None:
    """Lay what is there, with everything that is held of it, on one roll; nothing moves, no sum changes."""
    assert variant.id is not None
    variant.longest = variant.on_hand - variant.held
    if variant.on_hand:
        roll = rolls.lay(session, variant.id, on_hand=variant.on_hand, held=variant.held, now=now)
        _note_shift(session, variant, roll, roll.on_hand, now=now, author=author)
        _bind_holds(session, variant, roll.id)
    session.flush()


def _note_shift(session: Session, variant: Variant, roll: Roll, change: int, *, now: datetime, author: str) -> None:
    """Write down that goods came on a roll (or lost it) without moving: twice, so that both sums stay true."""
    assert variant.id is not None
    note = _LAID if change > 0 else _LIFTED
    for roll_id, part in ((None, -change), (roll.id, change)):
        session.add(
            StockMovement(
                variant_id=variant.id, roll_id=roll_id, change=part, why=Why.COUNTED, moved_at=now, author=author,
                note=note,
            )
        )  # fmt: skip


def _bind_holds(session: Session, variant: Variant, roll_id: int | None) -> None:
    session.exec(
        update(StockHold)
        .where(col(StockHold.variant_id) == variant.id, col(StockHold.ended_at).is_(None))
        .values(roll_id=roll_id)
    )
