"""Rolls (Ballen) and dye lots (Partien): where stock lies, and from which of them a piece is cut."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, case, func, literal, null, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import products
from catalog.cutting import Cut as Cut
from catalog.cutting import Free as Free
from catalog.cutting import choose as choose
from catalog.cutting import longest as longest
from catalog.cutting import lots_for as lots_for
from catalog.products import Product, Variant
from catalog.times import UtcDateTime, moment


class Roll(SQLModel, table=True):
    """A roll of cut goods, or the balls of one dye lot; quantities in smallest units of its variant.

    Its `id` is the number that the owner writes on it. `lot` is the maker's dye lot, "" if unknown;
    `place` is where it lies in the store. For each variant with rolls the sums of `on_hand` and `held`
    over its open rolls are the variant's own. `ended_at`: nothing is left of it. `is_kept`: the owner does
    not want it proposed as a remnant (any more).
    """

    __table_args__ = (CheckConstraint("held >= 0 AND on_hand >= held", name="roll_never_oversold"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    lot: str = Field(default="", max_length=40)
    place: str = Field(default="", max_length=40)
    on_hand: int
    held: int = 0
    received_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    is_kept: bool = False

    @property
    def free(self) -> int:
        """What can still be sold of it, in smallest units."""
        return self.on_hand - self.held


def free_of(session: Session, variant_ids: Iterable[int]) -> dict[int, tuple[Free, ...]]:
    """What the open rolls of some variants still give, oldest first. One query.

    Variants whose goods lie on no rolls are absent; one whose rolls are all used up has an empty tuple.
    """
    rows = session.exec(
        select(Variant.id, Roll.id, Roll.lot, Roll.on_hand, Roll.held)  # type: ignore[call-overload]
        .outerjoin(Roll, (col(Roll.variant_id) == Variant.id) & col(Roll.ended_at).is_(None))
        .where(col(Variant.id).in_(list(variant_ids)), col(Variant.longest).is_not(None))
        .order_by(col(Roll.id))
    ).all()
    found: dict[int, tuple[Free, ...]] = {}
    for variant_id, roll_id, lot, on_hand, held in rows:
        of_roll = () if roll_id is None else (Free(roll_id, lot, on_hand - held),)
        found[variant_id] = found.get(variant_id, ()) + of_roll
    return found


def of(session: Session, variant_ids: Iterable[int]) -> dict[int, list[Roll]]:
    """The open rolls of some variants by their ids, oldest first; variants without one are absent. One query."""
    found: dict[int, list[Roll]] = {}
    for roll in session.exec(
        select(Roll)
        .where(col(Roll.variant_id).in_(list(variant_ids)), col(Roll.ended_at).is_(None))
        .order_by(col(Roll.id))
        .execution_options(populate_existing=True)
    ).all():
        found.setdefault(roll.variant_id, []).append(roll)
    return found


def describe(session: Session, roll: Roll, *, lot: str | None = None, place: str | None = None, now: datetime) -> None:
    """Write down a roll's dye lot or its place in the store; what is None stays. Flushes."""
    roll.lot = roll.lot if lot is None else lot
    roll.place = roll.place if place is None else place
    session.add(roll)
    session.flush()
    products.touch(session, session.get_one(Variant, roll.variant_id).product_id, now, words=False)


def remnant_limit(product: Product, variant: Variant | None = None) -> int:
    """From which length on, in smallest units, what is left of a roll can still be sold from it."""
    minimum = variant.minimum if variant and variant.minimum else product.minimum
    return max(minimum, product.remnant_below)


def lay(
    session: Session, variant_id: int, *, now: datetime, on_hand: int = 0, held: int = 0, lot: str = "", place: str = ""
) -> Roll:
    """Lay a new roll into the store; the variant's own sums are the caller's. Flushes."""
    roll = Roll(variant_id=variant_id, lot=lot, place=place, on_hand=on_hand, held=held, received_at=now)
    session.add(roll)
    session.flush()
    return roll


def of_lot(session: Session, variant_id: int, lot: str, *, now: datetime) -> Roll:
    """The open roll of a variant with this dye lot, a new and empty one if there is none. Flushes."""
    standing = select(Roll).where(Roll.variant_id == variant_id, Roll.lot == lot, col(Roll.ended_at).is_(None))
    return session.exec(standing.order_by(col(Roll.id))).first() or lay(session, variant_id, lot=lot, now=now)


def change(session: Session, roll_id: int, *, on_hand: int = 0, held: int = 0, now: datetime) -> bool:
    """Add to what lies on a roll and to what is held of it; False, and nothing done, where goods would be missing.

    A roll of which nothing is left ends; one that gets something again is open again. The caller has
    locked the variant by changing it first, and changes several rolls in the order of their ids.
    """
    left, promised = col(Roll.on_hand) + on_hand, col(Roll.held) + held
    changed = session.exec(
        update(Roll)
        .where(col(Roll.id) == roll_id, promised >= 0, left >= promised)
        .values(on_hand=left, held=promised, ended_at=case((left == 0, literal(now, UtcDateTime())), else_=null()))
        .execution_options(synchronize_session=False)
    )
    _forget(session, Roll, [roll_id])
    return changed.rowcount == 1


def note_longest(session: Session, variant_ids: Sequence[int]) -> None:
    """Bring `Variant.longest` of variants with rolls up to date after a change of their rolls."""
    if not variant_ids:
        return
    most = (
        select(func.coalesce(func.max(col(Roll.on_hand) - col(Roll.held)), 0))
        .where(col(Roll.variant_id) == Variant.id, col(Roll.ended_at).is_(None))
        .scalar_subquery()
    )
    session.exec(
        update(Variant)
        .where(col(Variant.id).in_(variant_ids), col(Variant.longest).is_not(None))
        .values(longest=most)
        .execution_options(synchronize_session=False)
    )
    _forget(session, Variant, variant_ids)


def _forget(session: Session, table: type[SQLModel], ids: Iterable[int]) -> None:
    """Let rows that this session knows be read anew: an UPDATE has changed them beside it."""
    for each in ids:
        known = session.identity_map.get(session.identity_key(table, each))
        if known is not None:
            session.expire(known)
