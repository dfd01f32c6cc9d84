"""What is delivered for a line instead of what was ordered: a shorter piece, other goods, nothing.

The order's line itself is never changed. The newest amendment of a line says all that is delivered for it, with what
had left the store before. What it is worth follows the line's own price.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import round_half_up
from catalog.times import moment
from catalog.units import Unit, line_cents
from checkout import orders
from checkout.orders import Order, OrderLine


@dataclass(frozen=True)
class Goods:
    """`pieces` × `quantity` smallest units of a variant, named as it was sold."""

    variant_id: int
    sku: str
    name: str
    options: str
    quantity: int
    pieces: int


class Amendment(SQLModel, table=True):
    """From here on this is delivered for a line, in all: `goods` lists Goods as objects, [] for nothing at all."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    order_line_id: int = Field(foreign_key="orderline.id", index=True)
    amended_at: datetime = moment()
    author: str
    reason: str
    goods: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def amend(
    session: Session, order: Order, line: OrderLine, goods: Iterable[Goods], *, reason: str, now: datetime, author: str
) -> Amendment:
    """Write down what is delivered for a line from now on. Goods held and money are the caller's. Flushes."""
    amendment = Amendment(
        order_id=orders.id_of(order),
        order_line_id=line.id or 0,
        amended_at=now,
        author=author,
        reason=reason,
        goods=[asdict(each) for each in _together(goods)],
    )
    session.add(amendment)
    session.flush()
    return amendment


def _together(goods: Iterable[Goods]) -> list[Goods]:
    """Pieces of one size as one entry: what has left the store is counted by size."""
    by_size: dict[tuple[int, int], Goods] = {}
    for each in goods:
        before = by_size.get((each.variant_id, each.quantity))
        by_size[each.variant_id, each.quantity] = (
            replace(before, pieces=before.pieces + each.pieces) if before else each
        )
    return list(by_size.values())


def of(session: Session, order: Order) -> list[Amendment]:
    """The order's amendments, oldest first."""
    found = select(Amendment).where(Amendment.order_id == order.id).order_by(col(Amendment.id))
    return list(session.exec(found).all())


def ordered(line: OrderLine) -> Goods:
    """What a line was sold as."""
    return Goods(line.variant_id, line.sku, line.name, line.options, line.quantity, line.pieces)


def worth_cents(line: OrderLine, goods: Iterable[tuple[int, int]]) -> int:
    """What pieces, as (quantity, pieces), are worth at the price of a line, all that was taken off it spread evenly.

    Never more than the line: whoever gets other goods pays no more for them.
    """
    whole_cents = line.line_cents + line.credit_cents
    if not whole_cents:
        return 0
    unit = Unit(line.unit)
    cents = sum(line_cents(line.price_cents, quantity, unit, pieces) for quantity, pieces in goods)
    return round_half_up((line.line_cents - line.discount_cents) * min(cents, whole_cents), whole_cents)


def less_cents(left_cents: int, before_cents: int, after_cents: int) -> int:
    """How much less is owed for a line of which `left_cents` are owed, when its worth goes from one to the other.

    What was taken off for other reasons shrinks in proportion; what was kept for them stays.
    """
    base = min(left_cents, before_cents)
    if not before_cents or after_cents >= before_cents:
        return 0
    return base - round_half_up(base * after_cents, before_cents)
