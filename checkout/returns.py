"""Withdrawal declarations (§ 356a BGB): stored before anything else, never refused."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

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


def declare(
    session: Session,
    *,
    key: str,
    name: str,
    email: str,
    which_order: str,
    extent: str,
    now: datetime,
    order_token: str = "",
) -> Withdrawal:
    """Store a consumer's withdrawal and owe its receipt; never refused, the same `key` counts once. Flushes.

    An order is matched silently, by `order_token` (of the secret link) or by number and e-mail
    address: the declaration never tells whether an order exists. Owes "withdrawal_received" to the
    consumer and "withdrawal_for_owner" to the owner.
    """
    raise NotImplementedError
