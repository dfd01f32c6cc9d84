"""Holds: goods that an order has reserved, until they leave the store or become free. The last metre is sold once.

On hand is what lies in the store; held is the part of it that is promised. Both are changed only by
conditional UPDATEs whose row count decides, so two at once cannot both win: first the variants, which
keeps everybody else from their rolls, then the rolls, then the products, each in the order of their ids.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, not_, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import rolls
from catalog.movements import OutOfStock, StockMovement, Why, touch_products_of
from catalog.products import Product, Variant
from catalog.rolls import Roll
from catalog.times import moment
from catalog.units import Unit

TAKEN, RELEASED, RETURNED = "taken", "released", "returned"  # how a hold ended


class StockHold(SQLModel, table=True):
    """A reservation for `holder` (an order number): `pieces` of `quantity` smallest units each, on one roll
    where the goods lie on rolls; ended exactly once, by release or by taking.
    """

    __table_args__ = (CheckConstraint("quantity > 0", name="holds_something"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    roll_id: int | None = Field(default=None, foreign_key="roll.id", index=True)
    holder: str = Field(index=True, max_length=40)
    pieces: int = 1
    quantity: int
    created_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    outcome: str = ""  # "taken" or "released"; "returned" once what was taken came back

    @property
    def total(self) -> int:
        """All pieces together, in smallest units."""
        return self.pieces * self.quantity


@dataclass(frozen=True)
class Wanted:
    """Pieces of a variant that an order needs; `quantity` is of one piece, in smallest units."""

    variant_id: int
    quantity: int
    pieces: int = 1

    @property
    def total(self) -> int:
        """All pieces together, in smallest units."""
        return self.pieces * self.quantity


def hold(session: Session, holder: str, wanted: Iterable[Wanted], *, now: datetime) -> None:
    """Reserve goods for a holder, all or nothing (the caller rolls back). Flushes.

    Goods on rolls are reserved on those that `rolls.choose` picks. Raises OutOfStock, also where there
    is enough altogether, but not in pieces of this size.
    """
    wanted = sorted(wanted, key=lambda each: (each.variant_id, -each.quantity))
    session.flush()
    for variant_id, total in sorted(_totals(wanted).items()):
        _hold_total(session, variant_id, total)
    variant_ids = sorted({each.variant_id for each in wanted})
    on_rolls = _hold_on_rolls(session, holder, wanted, variant_ids, now)
    session.add_all(
        StockHold(variant_id=each.variant_id, holder=holder, pieces=each.pieces, quantity=each.quantity, created_at=now)
        for each in wanted
        if each.variant_id not in on_rolls
    )
    session.flush()
    touch_products_of(session, variant_ids, now)


def release(session: Session, holder: str, *, now: datetime, only: Iterable[Wanted] | None = None) -> None:
    """Give back what a holder still holds; again and again does nothing more. Flushes.

    Also the variants of what was taken already are ours from here on: `put_back` may follow.
    `only` names the pieces that become free, where others stay held.
    """
    _lock_goods_of(session, holder)
    every = _end(session, _open(holder), "", RELEASED, only, ended_at=now)
    _settle(session, every, leaves=False, now=now)


def take(
    session: Session,
    holder: str,
    *,
    now: datetime,
    author: str,
    cut_only: bool = False,
    only: Iterable[Wanted] | None = None,
) -> None:
    """Turn what a holder holds into goods gone from the store; again does nothing more. Flushes.

    `cut_only` takes only what lies on rolls of goods by length: it has been cut and waits for its parcel.
    `only` names the pieces that go, where others stay held; at most what is held of them is taken.
    """
    query = _open(holder)
    if cut_only:
        query = (
            query.join(Variant, col(Variant.id) == StockHold.variant_id)
            .join(Product, col(Product.id) == Variant.product_id)
            .where(col(StockHold.roll_id).is_not(None), Product.unit == Unit.LENGTH.value)
        )
    every = _end(session, query, "", TAKEN, only, ended_at=now)
    _settle(session, every, leaves=True, now=now)
    why = Why.CUT if cut_only else Why.SOLD
    _note(session, [(each.variant_id, each.roll_id, -each.total) for each in every], why, now, author, holder)


def put_back(
    session: Session, holder: str, *, now: datetime, author: str, note: str, only: Iterable[Wanted] | None = None
) -> None:
    """Lay what a holder has taken back into the store; again does nothing more. Flushes.

    `only` names the pieces that came back, where others stay away. Balls go back to their dye lot. What is sold
    by length was cut: each piece comes back as a short roll of its own, of the same lot, so that nobody is
    promised the two in one piece.
    """
    taken = (
        select(StockHold)
        .where(StockHold.holder == holder, StockHold.outcome == TAKEN)
        .order_by(col(StockHold.variant_id), col(StockHold.id))
    )
    back = _end(session, taken, TAKEN, RETURNED, only)
    for variant_id, total in sorted(_totals(back).items()):
        _change_totals(session, variant_id, on_hand=total)
    variant_ids = sorted({each.variant_id for each in back})
    units = _units_on_rolls(session, variant_ids)
    moved: list[tuple[int, int | None, int]] = []
    for each in back:
        moved += _laid_back(session, each, units.get(each.variant_id), now)
    rolls.note_longest(session, sorted(units))
    _note(session, moved, Why.RETURNED, now, author, note)
    touch_products_of(session, variant_ids, now)


def of(session: Session, holder: str) -> list[StockHold]:
    """What a holder still holds: what is yet to be cut and packed, variant by variant."""
    return list(session.exec(_open(holder)).all())


def pieces_of(session: Session, holder: str, outcome: str = "") -> Counter[tuple[int, int]]:
    """How many pieces a holder holds (or has TAKEN and not given back), by (variant, quantity of one)."""
    pieces = Counter[tuple[int, int]]()
    for each in session.exec(select(StockHold).where(StockHold.holder == holder, StockHold.outcome == outcome)).all():
        pieces[each.variant_id, each.quantity] += each.pieces
    return pieces


def lock_goods(session: Session, variant_ids: Iterable[int]) -> None:
    """Keep some variants to ourselves, in the order of their ids, before several things are done with them."""
    _lock_goods(session, sorted(set(variant_ids)))


def is_holding(session: Session, holder: str) -> bool:
    """Whether the holder has a reservation that has not ended."""
    return session.exec(_open(holder)).first() is not None


def _lock_goods_of(session: Session, holder: str) -> None:
    """FOR NO KEY UPDATE: an order that copies its lines refers to its variants before it holds them."""
    _lock_goods(session, select(StockHold.variant_id).where(StockHold.holder == holder))


def _lock_goods(session: Session, which: Any) -> None:
    session.exec(
        select(Variant.id).where(col(Variant.id).in_(which)).order_by(col(Variant.id)).with_for_update(key_share=True)
    ).all()


def _totals(every: Iterable[Wanted | StockHold]) -> dict[int, int]:
    totals = Counter[int]()
    for each in every:
        totals[each.variant_id] += each.total
    return dict(totals)


def _hold_total(session: Session, variant_id: int, total: int) -> None:
    free = or_(not_(col(Variant.counts_stock)), col(Variant.on_hand) - col(Variant.held) >= total)
    changed = session.exec(update(Variant).where(col(Variant.id) == variant_id, free).values(held=Variant.held + total))
    if changed.rowcount == 0:
        sku, on_hand, held, longest = session.exec(
            select(Variant.sku, Variant.on_hand, Variant.held, Variant.longest).where(Variant.id == variant_id)
        ).one()
        raise OutOfStock(variant_id, sku, on_hand - held if longest is None else longest)


def _hold_on_rolls(
    session: Session, holder: str, wanted: Sequence[Wanted], variant_ids: Sequence[int], now: datetime
) -> set[int]:
    """Reserve on rolls what lies on rolls; gives the variants whose goods do."""
    limits = _remnant_limits(session, variant_ids)
    if not limits:
        return set()
    held = []
    for variant_id, free in rolls.free_of(session, limits).items():
        pieces = [(each.quantity, each.pieces) for each in wanted if each.variant_id == variant_id]
        cuts = rolls.choose(free, pieces, remnant_below=limits[variant_id])
        if cuts is None:
            raise _not_in_such_pieces(session, variant_id, rolls.longest(free))
        held += [(cut, variant_id) for cut in cuts]
    for cut, variant_id in sorted(held, key=lambda each: each[0].roll_id):
        _change_roll(session, cut.roll_id, held=cut.pieces * cut.quantity, now=now)
        session.add(
            StockHold(
                variant_id=variant_id, roll_id=cut.roll_id, holder=holder, pieces=cut.pieces, quantity=cut.quantity,
                created_at=now,
            )
        )  # fmt: skip
    rolls.note_longest(session, sorted(limits))
    return set(limits)


def _remnant_limits(session: Session, variant_ids: Sequence[int]) -> dict[int, int]:
    """From which length on a rest can be sold, for those variants whose goods lie on rolls."""
    rows = session.exec(
        select(Variant, Product)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(col(Variant.id).in_(variant_ids), col(Variant.longest).is_not(None))
    ).all()
    return {variant.id or 0: rolls.remnant_limit(product, variant) for variant, product in rows}


def _not_in_such_pieces(session: Session, variant_id: int, longest: int) -> OutOfStock:
    sku = session.exec(select(Variant.sku).where(Variant.id == variant_id)).one()
    sentence = "Am Stück ist davon leider nicht mehr so viel da. Bitte nehmen Sie kürzere Stücke oder etwas weniger."
    return OutOfStock(variant_id, sku, longest, sentence)


def _open(holder: str) -> Any:
    return (
        select(StockHold)
        .where(StockHold.holder == holder, col(StockHold.ended_at).is_(None))
        .order_by(col(StockHold.variant_id), col(StockHold.id))
    )


def _end(
    session: Session,
    query: Any,
    before: str,
    outcome: str,
    only: Iterable[Wanted] | None = None,
    **values: Any,
) -> list[StockHold]:
    """Bring the holds of a query to an end one by one, or only so many pieces of each size.

    The row count says which of them this call has ended itself.
    """
    every: Sequence[StockHold] = session.exec(query).all()
    if only is not None:
        every = _parts(session, every, only)
    return [each for each in every if _ends(session, each, before, outcome=outcome, **values)]


def _parts(session: Session, every: Iterable[StockHold], only: Iterable[Wanted]) -> list[StockHold]:
    """Holds of just the pieces that are named, as far as there are so many; a larger hold becomes two."""
    missing = Counter[tuple[int, int]]()
    for wanted in only:
        missing[wanted.variant_id, wanted.quantity] += wanted.pieces
    parts = []
    for each in every:
        pieces = min(each.pieces, missing[each.variant_id, each.quantity])
        part = each if pieces == each.pieces else _split_off(session, each, pieces)
        if part is not None:
            missing[each.variant_id, each.quantity] -= pieces
            parts.append(part)
    return parts


def _split_off(session: Session, each: StockHold, pieces: int) -> StockHold | None:
    """Make some pieces of a hold a hold of their own; together they are what it was. None: it is another by now."""
    if not pieces or not _ends(session, each, each.outcome, pieces=each.pieces - pieces):
        return None
    part = StockHold(**each.model_dump(exclude={"id", "pieces"}), pieces=pieces)
    session.add(part)
    session.flush()
    return part


def _ends(session: Session, each: StockHold, before: str, **values: Any) -> bool:
    changed = session.exec(
        update(StockHold).where(col(StockHold.id) == each.id, col(StockHold.outcome) == before).values(**values)
    )
    return changed.rowcount == 1


def _settle(session: Session, every: Sequence[StockHold], *, leaves: bool, now: datetime) -> None:
    """Take ended holds out of the sums of their variants and rolls, with the goods themselves where they leave."""
    for variant_id, total in sorted(_totals(every).items()):
        _change_totals(session, variant_id, held=-total, on_hand=-total if leaves else 0)
    of_roll = Counter[int]()
    for each in every:
        if each.roll_id is not None:
            of_roll[each.roll_id] += each.total
    for roll_id, total in sorted(of_roll.items()):
        _change_roll(session, roll_id, held=-total, on_hand=-total if leaves else 0, now=now)
    rolls.note_longest(session, sorted({each.variant_id for each in every if each.roll_id is not None}))
    touch_products_of(session, {each.variant_id for each in every}, now)


def _change_totals(session: Session, variant_id: int, *, on_hand: int = 0, held: int = 0) -> None:
    session.exec(
        update(Variant)
        .where(col(Variant.id) == variant_id)
        .values(held=Variant.held + held, on_hand=Variant.on_hand + on_hand)
    )


def _change_roll(session: Session, roll_id: int, *, on_hand: int = 0, held: int = 0, now: datetime) -> None:
    """Change a roll whose variant is ours: that it gives what its variant gave is certain."""
    if not rolls.change(session, roll_id, on_hand=on_hand, held=held, now=now):
        raise RuntimeError(f"roll {roll_id} and its holds do not agree")


def _units_on_rolls(session: Session, variant_ids: Sequence[int]) -> dict[int, Unit]:
    """The units of those variants whose goods lie on rolls."""
    rows = session.exec(
        select(Variant.id, Product.unit)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(col(Variant.id).in_(variant_ids), col(Variant.longest).is_not(None))
    ).all()
    return {variant_id or 0: Unit(unit) for variant_id, unit in rows}


def _laid_back(
    session: Session, each: StockHold, unit: Unit | None, now: datetime
) -> list[tuple[int, int | None, int]]:
    """Lay what one hold had taken on its roll (or rolls of its own); gives the movements."""
    if unit is None:
        return [(each.variant_id, None, each.total)]
    former = session.get(Roll, each.roll_id) if each.roll_id else None
    if unit is not Unit.LENGTH:
        roll = former or rolls.of_lot(session, each.variant_id, "", now=now)
        assert roll.id is not None
        _change_roll(session, roll.id, on_hand=each.total, now=now)
        return [(each.variant_id, roll.id, each.total)]
    lot, place = (former.lot, former.place) if former else ("", "")
    laid = [
        rolls.lay(session, each.variant_id, on_hand=each.quantity, lot=lot, place=place, now=now)
        for _ in range(each.pieces)
    ]
    return [(each.variant_id, roll.id, each.quantity) for roll in laid]


def _note(
    session: Session, moved: Iterable[tuple[int, int | None, int]], why: Why, now: datetime, author: str, note: str
) -> None:
    session.add_all(
        StockMovement(
            variant_id=variant_id, roll_id=roll_id, change=change, why=why, moved_at=now, author=author, note=note
        )
        for variant_id, roll_id, change in moved
    )
    session.flush()
