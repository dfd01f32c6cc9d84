"""Prices: a ledger of regular prices, reductions with a computed reference, the current price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import products
from catalog.money import format_cents
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.times import moment
from catalog.units import QuantityRule, format_quantity

REFERENCE_PERIOD = timedelta(days=30)


class PriceChange(SQLModel, table=True):
    """A regular price of a variant from a moment on; appended, never changed."""

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    price_cents: int
    changed_at: datetime = moment()
    author: str
    reason: str = ""


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


class PriceStep(SQLModel, table=True):
    """A lower price from `from_quantity` smallest units of the variant on, until it ends; appended."""

    __table_args__ = (CheckConstraint("price_cents >= 0 AND from_quantity > 0"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    from_quantity: int
    price_cents: int
    starts_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    author: str


class NotAReduction(Refusal):
    """The new price is not below the regular one, or the period is empty."""


class StepsDoNotFit(Refusal):
    """The price steps do not sink with the quantity, or do not lie below the regular price."""


class NotARecommendation(Refusal):
    """The maker's recommended price has a date that is still to come."""


@dataclass(frozen=True)
class Step:
    """A lower price from a quantity on (smallest units, the whole cart's of that variant), in cents per price unit."""

    from_quantity: int
    cents: int


@dataclass(frozen=True)
class CurrentPrice:
    """What a variant costs now, in cents.

    `reference_cents` is the lowest price of the 30 days before the running reduction (§ 11 PAngV),
    None where no reduction runs. `percent_off` is derived from that reference (CJEU C-330/23).
    """

    cents: int
    reference_cents: int | None = None
    reduced_until: datetime | None = None

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
    products.touch(session, variant.product_id, now)


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
    products.touch(session, variant.product_id, now)
    return reduction


def end_reduction(session: Session, variant: Variant, *, at: datetime, now: datetime) -> None:
    """End whatever reduction of the variant would still run at a moment (not before now) or later. Flushes."""
    _end_reductions(session, variant, at=max(at, now), begun_by=None, now=now)


def current(session: Session, variant_ids: Iterable[int], now: datetime) -> dict[int, CurrentPrice]:
    """The current prices of some variants by id; four queries at most, however many variants and reductions."""
    wanted = list(variant_ids)
    regular = session.exec(select(Variant.id, Variant.price_cents).where(col(Variant.id).in_(wanted))).all()
    running = session.exec(
        select(Reduction).where(
            col(Reduction.variant_id).in_(wanted),
            Reduction.starts_at <= now,
            or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > now),
        )
    ).all()
    prices = {variant_id: CurrentPrice(cents) for variant_id, cents in regular if variant_id is not None}
    references = _references(session, running) if running else {}
    for each in running:
        cents = min(each.price_cents, prices[each.variant_id].cents)
        prices[each.variant_id] = CurrentPrice(cents, references[each.variant_id], each.ends_at)
    return prices


def for_quantity(price: CurrentPrice, steps: Iterable[Step], quantity: int) -> CurrentPrice:
    """What a variant costs where so much of it lies in the whole cart: the lowest of regular, reduced and step.

    A step is a price for a quantity and no announced reduction, so it has no reference.
    """
    lowest = min((step.cents for step in steps if step.from_quantity <= quantity), default=price.cents)
    return CurrentPrice(lowest) if lowest < price.cents else price


def steps_of(session: Session, variant_ids: Iterable[int], now: datetime) -> dict[int, tuple[Step, ...]]:
    """The price steps of some variants that hold now, by id, from the smallest quantity on; one query.

    Variants without steps are absent. A step may lie above a reduced price: `for_quantity` decides.
    """
    rows = session.exec(
        select(PriceStep.variant_id, PriceStep.from_quantity, PriceStep.price_cents)
        .where(col(PriceStep.variant_id).in_(list(variant_ids)), *_holding(now))
        .order_by(col(PriceStep.from_quantity), col(PriceStep.price_cents).desc())
    ).all()
    steps: dict[int, dict[int, int]] = {}
    for variant_id, from_quantity, cents in rows:
        steps.setdefault(variant_id, {})[from_quantity] = cents
    return {each: tuple(Step(*step) for step in found.items()) for each, found in steps.items()}


def set_steps(session: Session, variant: Variant, steps: Sequence[Step], *, now: datetime, author: str) -> None:
    """Give a variant exactly these price steps: what is new is appended, what is gone is ended.

    Raises StepsDoNotFit unless prices sink with the quantity and lie below the regular one. Flushes.
    """
    assert variant.id is not None
    wanted = sorted(steps, key=lambda step: step.from_quantity)
    product = session.get_one(Product, variant.product_id)
    _check_steps(wanted, variant.price_cents, product.rule_of(variant))
    standing = session.exec(select(PriceStep).where(PriceStep.variant_id == variant.id, *_holding(now))).all()
    kept = {Step(each.from_quantity, each.price_cents) for each in standing}
    if kept == set(wanted):
        return
    for each in standing:
        if Step(each.from_quantity, each.price_cents) not in wanted:
            each.ended_at = now
    session.add_all(
        PriceStep(variant_id=variant.id, from_quantity=step.from_quantity, price_cents=step.cents, starts_at=now,
                  author=author)
        for step in wanted if step not in kept
    )  # fmt: skip
    session.flush()
    products.touch(session, variant.product_id, now)


def set_rrp(
    session: Session, variant: Variant, cents: int | None, *, now: datetime, since: datetime | None = None
) -> None:
    """Set the maker's recommended price (UVP, gross cents per price unit) as of a day, now by default; None removes it.

    Nothing happens if it stands so. Raises NotARecommendation for a day to come. Flushes.
    """
    if cents == variant.rrp_cents and since in (None, variant.rrp_since):
        return
    if since is not None and since > now:
        raise NotARecommendation("Die Preisempfehlung gilt noch nicht. Bitte ein Datum bis heute eintragen.")
    variant.rrp_cents = cents
    variant.rrp_since = None if cents is None else since or now
    session.flush()
    products.touch(session, variant.product_id, now)


def next_change(session: Session, now: datetime) -> datetime | None:
    """When the next reduction starts or ends, so that a page knows how long it holds; None: not in sight."""
    starts = session.exec(select(func.min(Reduction.starts_at)).where(Reduction.starts_at > now)).one()
    ends = session.exec(select(func.min(Reduction.ends_at)).where(col(Reduction.ends_at) > now)).one()
    return min((moment for moment in (starts, ends) if moment is not None), default=None)


def lowest_price(
    changes: Sequence[tuple[datetime, int]],
    reductions: Sequence[tuple[datetime, datetime | None, int]],
    before: datetime,
) -> int | None:
    """The lowest price that was asked in the 30 days before a moment (§ 11 Abs. 1 PAngV), in cents.

    `changes` are (since, regular cents), `reductions` (from, until, cents). A good on sale for less
    than 30 days counts from its first day; None if it was never on sale before that moment.
    """
    since = before - REFERENCE_PERIOD
    lowest: int | None = None
    for moment_at in _moments(changes, reductions, since, before):
        price = _price_at(changes, reductions, moment_at)
        if price is not None and (lowest is None or price < lowest):
            lowest = price
    return lowest


def _holding(now: datetime) -> tuple[Any, ...]:
    """What a price step must be to hold at a moment."""
    return PriceStep.starts_at <= now, or_(col(PriceStep.ended_at).is_(None), col(PriceStep.ended_at) > now)


def _check_steps(steps: Sequence[Step], price_cents: int, rule: QuantityRule) -> None:
    """Raises StepsDoNotFit. `steps` are sorted by their quantity."""
    least = format_quantity(rule.least, rule.unit)
    cheapest = price_cents
    for before, step in zip([None, *steps], steps, strict=False):
        amount = format_quantity(step.from_quantity, rule.unit)
        if step.from_quantity <= rule.least:
            raise StepsDoNotFit(f"Eine Staffel ab {amount} gilt immer: Verkauft wird ab {least}. Bitte mehr eintragen.")
        if before is not None and step.from_quantity == before.from_quantity:
            raise StepsDoNotFit(f"Für „ab {amount}“ gibt es zwei Preise. Bitte nur einen eintragen.")
        if step.cents >= cheapest:
            raise StepsDoNotFit(f"Ab {amount} muss der Preis unter {format_cents(cheapest)} liegen.")
        cheapest = step.cents


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
        products.touch(session, variant.product_id, now)


def _references(session: Session, running: Sequence[Reduction]) -> dict[int, int | None]:
    """The lowest price of the 30 days before each running reduction, by its variant's id."""
    variant_ids = [each.variant_id for each in running]
    changes: dict[int, list[tuple[datetime, int]]] = {variant_id: [] for variant_id in variant_ids}
    for variant_id, changed_at, cents in session.exec(
        select(PriceChange.variant_id, PriceChange.changed_at, PriceChange.price_cents)
        .where(col(PriceChange.variant_id).in_(variant_ids))
        .order_by(col(PriceChange.id))
    ).all():
        changes[variant_id].append((changed_at, cents))
    reductions: dict[int, list[Reduction]] = {variant_id: [] for variant_id in variant_ids}
    for each in session.exec(select(Reduction).where(col(Reduction.variant_id).in_(variant_ids))).all():
        reductions[each.variant_id].append(each)
    return {
        now_on.variant_id: lowest_price(
            changes[now_on.variant_id],
            [(each.starts_at, each.ends_at, each.price_cents) for each in reductions[now_on.variant_id]
             if each.id != now_on.id],
            now_on.starts_at,
        )
        for now_on in running
    }  # fmt: skip


def _moments(
    changes: Sequence[tuple[datetime, int]],
    reductions: Sequence[tuple[datetime, datetime | None, int]],
    since: datetime,
    before: datetime,
) -> list[datetime]:
    """The moments at which the price can have changed within [since, before)."""
    edges = [since, *(at for at, _ in changes)]
    for starts_at, ends_at, _ in reductions:
        edges += [starts_at] if ends_at is None else [starts_at, ends_at]
    return [edge for edge in edges if since <= edge < before]


def _price_at(
    changes: Sequence[tuple[datetime, int]],
    reductions: Sequence[tuple[datetime, datetime | None, int]],
    at: datetime,
) -> int | None:
    regular = [cents for since, cents in changes if since <= at]
    if not regular:
        return None
    running = [cents for starts, ends, cents in reductions if starts <= at and (ends is None or at < ends)]
    return min([regular[-1], *running])
