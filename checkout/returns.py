"""Withdrawal declarations (§ 356a BGB): stored before anything else, never refused."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class Withdrawal(SQLModel, table=True):
    """A consumer's declaration as received; `order_id` only where it could be matched."""

    id: int | None = Field(default=None, primary_key=True)
    declaration_key: str = Field(unique=True, max_length=64)
    received_at: datetime = moment()
    name: str
    email: str
    which_order: str  # as the consumer wrote it
    extent: str = ""  # what is withdrawn; empty means the whole contract
    order_id: int | None = Field(default=None, foreign_key="order.id", index=True)
