"""Prices: a ledger of regular prices, reductions with a computed reference, the current price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CheckConstraint, Row, bindparam, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import price_history, products
from catalog.price_history import OnSaleTime, RegularPrice, Sale, Stretch
from catalog.price_steps import PriceStep as PriceStep
from catalog.price_steps import Step as Step
from catalog.price_steps import StepsDoNotFit as StepsDoNotFit
from catalog.price_steps import set_steps as set_steps
from catalog.price_steps import steps_of as steps_of
from catalog.products import OnSale, Variant
from catalog.refusals import Refusal
from catalog.times import moment
from catalog.units import Unit


class PriceChange(SQLModel, table=True):
    """A regular price of a variant from a moment on; appended, never changed."""

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    price_cents: int
    changed_at: datetime = moment()
    author: str
    reason: str = ""
    begins_anew: bool = False  # from here on it is the price of something else: of another pack, or by another unit


class Reduction(SQLModel, table=True):
    """A lower price for a time, announced as such. `ends_at` None runs until it is ended."""

    __table_args__ = (CheckConstraint("price_cents >= 0"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    price_cents: int
    starts_at: datetime = moment()
    ends_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    author: str


class NotAReduction(Refusal):
    """The new price is not below the regular one, or the period is empty."""


class NotARecommendation(Refusal):
    """The maker's recommended price has a date that is still to come."""


@dataclass(frozen=True)
class CurrentPrice:
    """What a variant costs now, in cents.

    `reference_cents` is the lowest price of the 30 days before the running reduction (§ 11 PAngV),
    None where no reduction runs. `percent_off` is derived from that reference (CJEU C-330/23).
    """

    cents: int
    reference_cents: int | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether a reduction may be announced: it must lie below its reference."""
        return self.reference_cents is not None and self.cents < self.reference_cents

    @property
    def percent_off(self) -> int:
        """Whole per cent below the reference, rounded down so that nothing too good is promised."""
        if self.reference_cents is None or not self.is_reduced:
            return 0
        return (self.reference_cents - self.cents) * 100 // self.reference_cents


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_REGULAR = select(  # type: ignore[call-overload]
    Variant.id, Variant.price_cents, Variant.cut_from_id, Variant.content, Variant.content_unit
).where(col(Variant.id).in_(_ids))
_RUNNING = (
    select(Reduction.variant_id, Reduction.price_cents)
    .where(
        col(Reduction.variant_id).in_(_ids),
        Reduction.starts_at <= bindparam("now"),
        or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > bindparam("now")),
    )
    .order_by(col(Reduction.price_cents), col(Reduction.id))
)
_CHANGES = (
    select(PriceChange.variant_id, PriceChange.changed_at, PriceChange.price_cents, PriceChange.begins_anew)
    .where(col(PriceChange.variant_id).in_(_ids))
    .order_by(col(PriceChange.id))
)
_SALES = select(Reduction.variant_id, Reduction.starts_at, Reduction.ends_at, Reduction.price_cents).where(
    col(Reduction.variant_id).in_(_ids)
)
_TIMES = (
    select(Variant.id, OnSale.since, OnSale.until)
    .join(Variant, col(Variant.product_id) == OnSale.product_id)
    .where(col(Variant.id).in_(_ids))
)


def set_regular(
    session: Session, variant: Variant, price_cents: int, *, now: datetime, author: str, reason: str = ""
) -> None:
    """Set a variant's regular price (gross cents per price unit) and append it to its history.

    Nothing happens if it already is the price and the history has begun. Flushes.
    """
    assert variant.id is not None
    has_history = session.exec(select(PriceChange.id).where(PriceChange.variant_id == variant.id)).first()
    if variant.price_cents == price_cents and has_history:
        return
    variant.price_cents = price_cents
    session.add(
        PriceChange(variant_id=variant.id, price_cents=price_cents, changed_at=now, author=author, reason=reason)
    )
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def begin_anew(session: Session, variant: Variant, *, now: datetime, author: str, reason: str) -> None:
    """Say that the price is one of something else from now on: of a pack with another content, by another unit.

    What it cost before is no reference for a reduction (§ 11 PAngV). Flushes.
    """
    assert variant.id is not None
    session.add(
        PriceChange(
            variant_id=variant.id,
            price_cents=variant.price_cents,
            changed_at=now,
            author=author,
            reason=reason,
            begins_anew=True,
        )
    )
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def reduce(
    session: Session,
    variant: Variant,
    price_cents: int,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
    author: str,
) -> Reduction:
    """Reduce a variant for a time; a reduction that would overlap is ended where this one starts.

    A start in the past is moved to now: history is never rewritten. Raises NotAReduction. Flushes.
    """
    starts_at = max(starts_at, now)
    if price_cents >= variant.price_cents:
        raise NotAReduction("Der reduzierte Preis muss unter dem normalen Preis liegen.")
    if ends_at is not None and ends_at <= starts_at:
        raise NotAReduction("Die Reduzierung muss nach ihrem Beginn enden.")
    _end_reductions(session, variant, at=starts_at, begun_by=ends_at, now=now)
    assert variant.id is not None
    reduction = Reduction(
        variant_id=variant.id,
        price_cents=price_cents,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=now,
        author=author,
    )
    session.add(reduction)
    session.flush()
    products.touch(session, variant.product_id, now, words=False)
    return reduction


def end_reduction(session: Session, variant: Variant, *, at: datetime, now: datetime) -> None:
    """End whatever reduction of the variant would still run at a moment (not before now) or later. Flushes."""
    _end_reductions(session, variant, at=max(at, now), begun_by=None, now=now)


def current(session: Session, variant_ids: Iterable[int], now: datetime) -> dict[int, CurrentPrice]:
    """The current prices of some variants by id; five queries at most, however many variants and reductions."""
    wanted = list(variant_ids)
    regular = session.execute(_REGULAR, {"ids": wanted}).all()
    running: dict[int, int] = {}
    for variant_id, cents in session.execute(_RUNNING, {"ids": wanted, "now": now}):
        running.setdefault(variant_id, cents)
    reduced = [row for row in regular if row.id in running and running[row.id] < row.price_cents]
    timelines = _timelines(session, reduced) if reduced else {}
    prices = {row.id: CurrentPrice(row.price_cents) for row in regular}
    for row in reduced:
        prices[row.id] = CurrentPrice(running[row.id], price_history.reference(timelines[row.id], now))
    return prices


def reference_of_a_reduction(session: Session, variant_id: int, cents: int, at: datetime) -> int | None:
    """What a reduction to `cents` that begins at a moment will have to name as its reference (§ 11 PAngV).

    None where the good was never on sale before.
    """
    rows = session.execute(_REGULAR, {"ids": [variant_id]}).all()
    before = price_history.until(_timelines(session, rows)[variant_id], at)
    return price_history.reference([*before, Stretch(at, cents, is_reduced=True)], at)


def for_quantity(price: CurrentPrice, steps: Iterable[Step], quantity: int) -> CurrentPrice:
    """What a variant costs where so much of it lies in the whole cart: the lowest of regular, reduced and step.

    A step is a price for a quantity and no announced reduction, so it has no reference.
    """
    lowest = min((step.cents for step in steps if step.from_quantity <= quantity), default=price.cents)
    return CurrentPrice(lowest) if lowest < price.cents else price


def set_rrp(
    session: Session, variant: Variant, cents: int | None, *, now: datetime, since: datetime | None = None
) -> None:
    """Set the maker's recommended price (UVP, gross cents per price unit) as of a day, now by default; None removes it.

    Nothing happens if it stands so. Raises NotARecommendation for a day to come. Flushes.
    """
    if cents == variant.rrp_cents and (cents is None or since in (None, variant.rrp_since)):
        return
    if since is not None and since > now:
        raise NotARecommendation("Die Preisempfehlung gilt noch nicht. Bitte ein Datum bis heute eintragen.")
    variant.rrp_cents = cents
    variant.rrp_since = None if cents is None else since or now
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def next_change(session: Session, now: datetime) -> datetime | None:
    """When the next reduction starts or ends, so that a page knows how long it holds; None: not in sight."""
    starts = session.exec(select(func.min(Reduction.starts_at)).where(Reduction.starts_at > now)).one()
    ends = session.exec(select(func.min(Reduction.ends_at)).where(col(Reduction.ends_at) > now)).one()
    return min((moment for moment in (starts, ends) if moment is not None), default=None)


def _end_reductions(
    session: Session, variant: Variant, *, at: datetime, begun_by: datetime | None, now: datetime
) -> None:
    """End the reductions that would run after a moment, of those that begin before another (None: of all)."""
    running = select(Reduction).where(
        Reduction.variant_id == variant.id, or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > at)
    )
    if begun_by is not None:
        running = running.where(Reduction.starts_at < begun_by)
    ended = session.exec(running).all()
    for reduction in ended:
        reduction.ends_at = max(at, reduction.starts_at)
    session.flush()
    if ended:
        products.touch(session, variant.product_id, now, words=False)


def _timelines(session: Session, rows: Sequence[Row[Any]]) -> dict[int, list[Stretch]]:
    """What some variants cost and when, by id; a remnant's begins with that of its source. Three queries."""
    bound = {"ids": [*(row.id for row in rows), *(row.cut_from_id for row in rows if row.cut_from_id)]}
    changes: dict[int, list[RegularPrice]] = {each: [] for each in bound["ids"]}
    for variant_id, changed_at, cents, begins_anew in session.execute(_CHANGES, bound):
        if begins_anew:
            changes[variant_id].clear()
        changes[variant_id].append((changed_at, cents))
    sales: dict[int, list[Sale]] = {each: [] for each in bound["ids"]}
    for variant_id, starts_at, ends_at, cents in session.execute(_SALES, bound):
        sales[variant_id].append((starts_at, ends_at, cents))
    times: dict[int, list[OnSaleTime]] = {each: [] for each in bound["ids"]}
    for variant_id, since, until in session.execute(_TIMES, bound):
        times[variant_id].append((since, until))
    own = {
        each: price_history.on_sale(price_history.timeline(changes[each], sales[each]), times[each]) for each in changes
    }
    return {row.id: _with_its_source(row, own) for row in rows}


def _with_its_source(row: Row[Any], own: Mapping[int, list[Stretch]]) -> list[Stretch]:
    if row.cut_from_id is None or not row.content or not row.content_unit:
        return own[row.id]
    return price_history.cut_off(own[row.cut_from_id], row.content, Unit(row.content_unit), own[row.id])
