"""Movements: the ledger of what is on hand. Every change says who, when and why, and is never changed."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

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
    """One change of what is on hand, in smallest units; appended, never changed.

    `roll_id` is the roll that changed, None for goods that lie on none. Goods that are laid on a roll
    or lose it without moving have two rows that cancel each other out. `supplier` is told where goods were
    received: who cannot name his supplier is liable as if he had made them (directive (EU) 2024/2853).
    """

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    roll_id: int | None = Field(default=None, foreign_key="roll.id", index=True)
    change: int
    why: str
    moved_at: datetime = moment()
    author: str
    note: str = ""
    supplier: str = Field(default="", max_length=80)


class OutOfStock(Refusal):
    """Less is left than was asked for; `left` in smallest units, of goods on rolls in one piece."""

    def __init__(self, variant_id: int, sku: str, left: int, sentence: str = "") -> None:
        super().__init__(sentence or "Davon ist leider nicht mehr so viel da. Bitte nehmen Sie etwas weniger.")
        self.variant_id = variant_id
        self.sku = sku
        self.left = left


def touch_products_of(session: Session, variant_ids: Iterable[int], now: datetime) -> None:
    """Touch the products of some variants. They come after variants and rolls, in the order of their ids:
    one order of locks for everyone.
    """
    concerned = session.exec(select(Variant.product_id).where(col(Variant.id).in_(set(variant_ids)))).all()
    for product_id in sorted(set(concerned)):
        products.touch(session, product_id, now, words=False)
