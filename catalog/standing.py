"""How well goods stand with shoppers: what is new and what is bought often counts a little."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from catalog.movements import StockMovement, Why
from catalog.products import Variant

LOOKED_BACK = timedelta(days=90)
RESTS = timedelta(minutes=10)  # between two looks at what was sold
_COUNTED_ANEW_AFTER = timedelta(days=1)
_HALF_OF_SALES = 8  # so many sales give half of what sales can give

_SOLD = (
    select(Variant.product_id, func.count())
    .join(StockMovement, col(StockMovement.variant_id) == Variant.id)
    .where(
        col(StockMovement.id) > bindparam("after"),
        col(StockMovement.id) <= bindparam("last"),
        col(StockMovement.why).in_((Why.SOLD.value, Why.CUT.value)),
        StockMovement.moved_at > bindparam("since"),
    )
    .group_by(col(Variant.product_id))
)
_LAST = select(func.max(StockMovement.id))
_MOMENT = (
    select(StockMovement.id, StockMovement.moved_at)
    .where(col(StockMovement.id) >= bindparam("number"))
    .order_by(col(StockMovement.id))
    .limit(1)
)


@dataclass(frozen=True)
class Sales:
    """How often each product was taken for orders in the 90 days before `counted_at`, and since then."""

    by_product: Mapping[int, int]
    counted_at: datetime
    looked_at: datetime
    last: int

    @classmethod
    def counted(cls, session: Session, now: datetime) -> "Sales":
        """Count them. The ledger is appended, so the rows of 90 days are found by halving its ids."""
        last = session.execute(_LAST).scalar_one() or 0
        since = now - LOOKED_BACK
        found = _between(session, _first_after(session, since, last) - 1, last, since)
        return cls(found, now, now, last)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look again."""
        return now - self.looked_at >= RESTS

    def refreshed(self, session: Session, now: datetime) -> "Sales":
        """With what has been sold since; once a day all are counted anew."""
        if now - self.counted_at >= _COUNTED_ANEW_AFTER:
            return Sales.counted(session, now)
        last = session.execute(_LAST).scalar_one() or 0
        more = _between(session, self.last, last, now - LOOKED_BACK) if last > self.last else {}
        by_product = dict(Counter(self.by_product) + Counter(more)) if more else self.by_product
        return Sales(by_product, self.counted_at, now, max(last, self.last))

    def standing(self, product_id: int, published_at: datetime) -> float:
        """0 to 1: half for how new a product is (nothing after 90 days), half for how often it sold.

        How new it is is taken once a day, when all is counted anew.
        """
        newness = max(0.0, 1 - (self.counted_at - published_at) / LOOKED_BACK)
        sales = self.by_product.get(product_id, 0)
        return (min(newness, 1.0) + sales / (sales + _HALF_OF_SALES)) / 2


def _between(session: Session, after: int, last: int, since: datetime) -> dict[int, int]:
    rows = session.connection().execute(_SOLD, {"after": after, "last": last, "since": since})
    return {row[0]: row[1] for row in rows}


def _first_after(session: Session, since: datetime, last: int) -> int:
    """The first movement after a moment, by its id; one above `last` where there is none."""
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        row = session.connection().execute(_MOMENT, {"number": middle}).first()
        if row is None or row.moved_at > since:
            high = middle
        else:
            low = middle + 1
    return low
