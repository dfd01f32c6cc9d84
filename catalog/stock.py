"""Stock: appended movements, and holds that end. The last metre is sold once.

On hand is what lies in the store; held is the part of it that an order has reserved. Both are
changed only by conditional UPDATEs whose row count decides, so two at once cannot both win.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, not_, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import products
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.times import moment


class Why(StrEnum):
    """Why stock moved."""

    RECEIVED = "received"
    COUNTED = "counted"
    DAMAGED = "damaged"
    SOLD = "sold"
    CUT = "cut"
    SOLD_IN_STORE = "sold_in_store"
    RETURNED = "returned"
    REMNANT = "remnant"
    IMPORTED = "imported"


class StockMovement(SQLModel, table=True):
    """One change of what is on hand, in smallest units; appended, never changed."""

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    roll_id: int | None = Field(default=None, foreign_key="roll.id", index=True)
    change: int
    why: str
    moved_at: datetime = moment()
    author: str
    note: str = ""


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
    outcome: str = ""  # "taken" or "released"


class OutOfStock(Refusal):
    """Less is left than was asked for; `left` in smallest units."""

    def __init__(self, variant_id: int, sku: str, left: int) -> None:
        super().__init__("Davon ist leider nicht mehr so viel da. Bitte nehmen Sie etwas weniger.")
        self.variant_id = variant_id
        self.sku = sku
        self.left = left


@dataclass(frozen=True)
class Wanted:
    """How much of a variant an order needs, in smallest units."""

    variant_id: int
    quantity: int


def move(
    session: Session, variant: Variant, change: int, why: Why, *, now: datetime, author: str, note: str = ""
) -> None:
    """Add to (or take from) what is on hand. Raises OutOfStock where held goods would be missing. Flushes."""
    assert variant.id is not None
    session.flush()
    enough = or_(not_(col(Variant.counts_stock)), col(Variant.on_hand) + change >= col(Variant.held))
    changed = session.exec(
        update(Variant).where(col(Variant.id) == variant.id, enough).values(on_hand=Variant.on_hand + change)
    )
    session.refresh(variant, ["on_hand", "held"])
    if changed.rowcount == 0:
        raise OutOfStock(variant.id, variant.sku, variant.on_hand - variant.held)
    session.add(StockMovement(variant_id=variant.id, change=change, why=why, moved_at=now, author=author, note=note))
    session.flush()
    products.touch(session, variant.product_id, now)


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
    """Set what is on hand to what was counted; appends the difference, nothing if there is none.

    The row is ours from the look at it on (PostgreSQL), so that nothing can be sold in between.
    """
    session.refresh(variant, ["on_hand", "held"], with_for_update=True)
    if on_hand != variant.on_hand:
        move(session, variant, on_hand - variant.on_hand, why, now=now, author=author, note=note)


def hold(session: Session, holder: str, wanted: Iterable[Wanted], *, now: datetime) -> None:
    """Reserve goods for a holder, all or nothing (the caller rolls back). Raises OutOfStock. Flushes.

    Rows are locked in the order of their ids, variants before products (here as in all that follows),
    so two holders never wait for each other in a ring.
    """
    wanted = sorted(wanted, key=lambda each: each.variant_id)
    for want in wanted:
        free = or_(not_(col(Variant.counts_stock)), col(Variant.on_hand) - col(Variant.held) >= want.quantity)
        changed = session.exec(
            update(Variant).where(col(Variant.id) == want.variant_id, free).values(held=Variant.held + want.quantity)
        )
        if changed.rowcount == 0:
            raise _out_of_stock(session, want.variant_id)
        session.add(StockHold(variant_id=want.variant_id, holder=holder, quantity=want.quantity, created_at=now))
    session.flush()
    _touch_all(session, [want.variant_id for want in wanted], now)


def release(session: Session, holder: str, *, now: datetime) -> None:
    """Give back what a holder still holds; again and again does nothing more. Flushes."""
    every = _end_holds(session, holder, "released", now)
    for ended in every:
        session.exec(
            update(Variant).where(col(Variant.id) == ended.variant_id).values(held=Variant.held - ended.quantity)
        )
    _touch_all(session, [ended.variant_id for ended in every], now)


def take(session: Session, holder: str, *, now: datetime, author: str) -> None:
    """Turn what a holder holds into goods gone from the store; again does nothing more. Flushes."""
    every = _end_holds(session, holder, "taken", now)
    for ended in every:
        session.exec(
            update(Variant)
            .where(col(Variant.id) == ended.variant_id)
            .values(held=Variant.held - ended.quantity, on_hand=Variant.on_hand - ended.quantity)
        )
        session.add(
            StockMovement(
                variant_id=ended.variant_id,
                change=-ended.quantity,
                why=Why.SOLD,
                moved_at=now,
                author=author,
                note=holder,
            )
        )
    session.flush()
    _touch_all(session, [ended.variant_id for ended in every], now)


def put_back(session: Session, wanted: Iterable[Wanted], *, now: datetime, author: str, note: str) -> None:
    """Lay goods that were taken back into the store, with a note for their movements. Flushes."""
    with products.touched_once(session):
        for want in sorted(wanted, key=lambda each: each.variant_id):
            variant = session.get_one(Variant, want.variant_id)
            move(session, variant, want.quantity, Why.RETURNED, now=now, author=author, note=note)


def begin_counting(session: Session, variant: Variant, *, now: datetime) -> None:
    """From now on what is on hand limits what is sold. Raises OutOfStock where more is held by now. Flushes."""
    assert variant.id is not None
    session.flush()
    covered = col(Variant.on_hand) >= col(Variant.held)
    changed = session.exec(update(Variant).where(col(Variant.id) == variant.id, covered).values(counts_stock=True))
    session.refresh(variant, ["counts_stock", "on_hand", "held"])
    if changed.rowcount == 0:
        raise OutOfStock(variant.id, variant.sku, variant.on_hand - variant.held)
    products.touch(session, variant.product_id, now)


def is_holding(session: Session, holder: str) -> bool:
    """Whether the holder has a reservation that has not ended."""
    return session.exec(_open_holds(holder)).first() is not None


def _open_holds(holder: str):  # type: ignore[no-untyped-def]
    return (
        select(StockHold)
        .where(StockHold.holder == holder, col(StockHold.ended_at).is_(None))
        .order_by(col(StockHold.variant_id))
    )


def _end_holds(session: Session, holder: str, outcome: str, now: datetime) -> list[StockHold]:
    """End the open holds one by one; the row count says which of them this call has ended itself."""
    ended = []
    for each in session.exec(_open_holds(holder)).all():
        changed = session.exec(
            update(StockHold)
            .where(col(StockHold.id) == each.id, col(StockHold.ended_at).is_(None))
            .values(ended_at=now, outcome=outcome)
        )
        if changed.rowcount == 1:
            ended.append(each)
    return ended


def _out_of_stock(session: Session, variant_id: int) -> OutOfStock:
    sku, on_hand, held = session.exec(
        select(Variant.sku, Variant.on_hand, Variant.held).where(Variant.id == variant_id)
    ).one()
    return OutOfStock(variant_id, sku, on_hand - held)


def _touch_all(session: Session, variant_ids: Sequence[int], now: datetime) -> None:
    """Products come after variants, and in the order of their ids: one order of locks for everyone."""
    concerned = session.exec(select(Variant.product_id).where(col(Variant.id).in_(variant_ids))).all()
    for product_id in sorted(set(concerned)):
        products.touch(session, product_id, now)
