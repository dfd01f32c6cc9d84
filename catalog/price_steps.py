"""Price steps (Staffelpreise): a lower price from a quantity on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CheckConstraint, bindparam, or_
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import bulk, products
from catalog.money import format_cents
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.times import moment
from catalog.units import QuantityRule, format_quantity


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


class StepsDoNotFit(Refusal):
    """The price steps do not sink with the quantity, or do not lie below the regular price."""


@dataclass(frozen=True)
class Step:
    """A lower price from a quantity on (smallest units, the whole cart's of that variant), in cents per price unit."""

    from_quantity: int
    cents: int


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_STEPS = (
    select(PriceStep.variant_id, PriceStep.from_quantity, PriceStep.price_cents)
    .join(Variant, col(Variant.id) == PriceStep.variant_id)
    .join(Product, col(Product.id) == Variant.product_id)
    .where(
        col(PriceStep.variant_id).in_(_ids),
        PriceStep.from_quantity > func.coalesce(Variant.minimum, Product.minimum),
        PriceStep.starts_at <= bindparam("now"),
        or_(col(PriceStep.ended_at).is_(None), col(PriceStep.ended_at) > bindparam("now")),
    )
    .order_by(col(PriceStep.from_quantity), col(PriceStep.price_cents).desc())
)


def steps_of(session: Session, variant_ids: Iterable[int], now: datetime) -> dict[int, tuple[Step, ...]]:
    """The price steps of some variants that hold now, by id, from the smallest quantity on; one query.

    Variants without steps are absent, and so are steps that what may be bought at least has overtaken:
    they would hold for every purchase. A step may lie above a reduced price: `for_quantity` decides.
    """
    steps: dict[int, dict[int, int]] = {}
    for variant_id, from_quantity, cents in session.execute(_STEPS, {"ids": list(variant_ids), "now": now}):
        steps.setdefault(variant_id, {})[from_quantity] = cents
    return {each: tuple(Step(*step) for step in found.items()) for each, found in steps.items()}


def set_steps(session: Session, variant: Variant, steps: Sequence[Step], *, now: datetime, author: str) -> None:
    """Give a variant exactly these price steps: what is new is appended, what is gone is ended.

    Raises StepsDoNotFit unless prices sink with the quantity and lie below the regular one. Flushes.
    """
    assert variant.id is not None
    wanted = sorted(steps, key=lambda step: step.from_quantity)
    product = session.get_one(Product, variant.product_id)
    check_steps(wanted, variant.price_cents, product.rule_of(variant))
    standing = session.exec(
        select(PriceStep).where(PriceStep.variant_id == variant.id, col(PriceStep.ended_at).is_(None))
    ).all()
    kept = {Step(each.from_quantity, each.price_cents) for each in standing}
    if kept == set(wanted):
        return
    for each in standing:
        if Step(each.from_quantity, each.price_cents) not in wanted:
            each.ended_at = now
    session.add_all(_row(variant.id, step, now, author) for step in wanted if step not in kept)
    session.flush()
    products.touch(session, variant.product_id, now, words=False)


def begin(
    session: Session,
    new: Iterable[tuple[int, int, QuantityRule, Sequence[Step]]],
    *,
    now: datetime,
    author: str,
) -> None:
    """Give new variants, before whose steps nothing stands, their steps: (variant, regular cents, rule, steps).

    Raises StepsDoNotFit as `set_steps` does.
    """
    rows = []
    for variant_id, price_cents, rule, steps in new:
        wanted = sorted(steps, key=lambda step: step.from_quantity)
        check_steps(wanted, price_cents, rule)
        rows += [(variant_id, each.from_quantity, each.cents) for each in wanted]
    bulk.insert(session, PriceStep, ("variant_id", "from_quantity", "price_cents"), rows, starts_at=now, author=author)


def check_steps(steps: Sequence[Step], price_cents: int, rule: QuantityRule) -> None:
    """Refuse steps, sorted by their quantity, that fit no such regular price (cents) or quantities.

    Raises StepsDoNotFit.
    """
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


def _row(variant_id: int, step: Step, now: datetime, author: str) -> PriceStep:
    return PriceStep(
        variant_id=variant_id, from_quantity=step.from_quantity, price_cents=step.cents, starts_at=now, author=author
    )
