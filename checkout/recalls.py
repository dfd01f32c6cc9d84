"""Recalls of unsafe goods: who bought an article, by its number, dye lot and days (Art. 35–37 VO (EU) 2023/988)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.holds import StockHold
from catalog.rolls import Roll
from checkout.orders import ENDED, Order, OrderLine


@dataclass(frozen=True)
class Buyer:
    """Somebody who bought it: the order, and how much of it in smallest units; `lots` are those it came from."""

    order: Order
    name: str  # of the article, as it was sold
    quantity: int
    unit: str
    lots: tuple[str, ...]


def buyers(session: Session, sku: str, *, lot: str = "", since: datetime, until: datetime) -> list[Buyer]:
    """Who ordered an article from a moment until before another, the oldest first; ended orders got nothing.

    With a dye lot only those whose pieces came from it, and those of whom it is not known. An order whose goods
    came back is named too: she had it in her hands.
    """
    rows = session.exec(
        select(Order, OrderLine)
        .join(OrderLine, col(OrderLine.order_id) == Order.id)
        .where(OrderLine.sku == sku, Order.placed_at >= since, Order.placed_at < until)
        .where(col(Order.state).not_in(ENDED))
        .order_by(col(Order.placed_at), col(OrderLine.id))
    ).all()
    lots = _lots(session, [(order.number, line.variant_id) for order, line in rows])
    found = [
        Buyer(order, line.name, line.pieces * line.quantity, line.unit, lots.get((order.number, line.variant_id), ()))
        for order, line in rows
    ]
    return [each for each in found if not lot or not any(each.lots) or lot in each.lots]


def _lots(session: Session, sold: list[tuple[str, int]]) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """The dye lots that each order's pieces of a variant came from."""
    rows = session.exec(
        select(StockHold.holder, StockHold.variant_id, Roll.lot)
        .join(Roll, col(Roll.id) == StockHold.roll_id)
        .where(col(StockHold.holder).in_({number for number, _ in sold}), StockHold.outcome != "released")
        .order_by(Roll.lot)
    ).all()
    lots: dict[tuple[str, int], tuple[str, ...]] = {}
    for holder, variant_id, lot in rows:
        if lot not in lots.get((holder, variant_id), ()):
            lots[(holder, variant_id)] = (*lots.get((holder, variant_id), ()), lot)
    return lots
