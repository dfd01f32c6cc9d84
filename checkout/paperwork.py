"""Which orders a transaction has touched so that they may want an invoice, or a correction of it.

Every path on which goods leave the store, or less is owed, comes through orders.move and allowances.grant: these note
the order here, and before the transaction commits invoicing.settle writes what is due. So no path can forget it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

_KEY = "orders that may want papers"


@dataclass(frozen=True)
class Touch:
    """When an order was touched, and by whom; `is_delivered` says that the last of it has left the store."""

    now: datetime
    author: str
    is_delivered: bool


def note(session: Session, order_id: int, *, is_delivered: bool = False, now: datetime, author: str) -> None:
    """Remember that an order may want a document; what a savepoint takes back may be noted all the same."""
    noted = session.info.setdefault(_KEY, {})
    before = noted.get(order_id)
    noted[order_id] = Touch(now, author, is_delivered or (before is not None and before.is_delivered))


def take(session: Session) -> dict[int, Touch]:
    """The orders that were noted since the last time, by id in ascending order, which is that of their locks."""
    return dict(sorted(session.info.pop(_KEY, {}).items()))
