"""Who supplied what: told where goods are received, to be named when somebody was harmed by them.

Who sells a product and cannot say in time who made or imported it is liable like its maker (directive (EU) 2024/2853,
Art. 8; for products that are sold from 9 December 2026 on).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from catalog.movements import StockMovement, Why
from catalog.products import Variant
from catalog.rolls import Roll


@dataclass(frozen=True)
class Receipt:
    """Goods that came in: when, how much (smallest units), from whom and of which dye lot ("" for not said)."""

    received_at: datetime
    quantity: int
    supplier: str
    lot: str


def names(session: Session) -> Sequence[str]:
    """All suppliers that were ever named."""
    known = select(StockMovement.supplier).where(StockMovement.supplier != "").distinct()
    return session.exec(known.order_by(StockMovement.supplier)).all()


def receipts(session: Session, sku: str, until: datetime) -> list[Receipt]:
    """What was received of an article by its number up to a moment, the newest first."""
    rows = session.exec(
        select(StockMovement.moved_at, StockMovement.change, StockMovement.supplier, Roll.lot)
        .join(Variant, col(Variant.id) == StockMovement.variant_id)
        .outerjoin(Roll, col(Roll.id) == StockMovement.roll_id)
        .where(Variant.sku == sku, StockMovement.why == Why.RECEIVED.value, StockMovement.moved_at <= until)
        .order_by(col(StockMovement.moved_at).desc(), col(StockMovement.id).desc())
    ).all()
    return [Receipt(at, quantity, supplier, lot or "") for at, quantity, supplier, lot in rows]


def unnamed_since(session: Session, since: datetime) -> int:
    """How many receipts from a moment on name no supplier."""
    lacking = select(func.count()).select_from(StockMovement).where(
        StockMovement.why == Why.RECEIVED.value, StockMovement.supplier == "", StockMovement.moved_at >= since
    )  # fmt: skip
    return session.exec(lacking).one()
