"""The change queue: a row per changed product, written in the transaction of the change itself.

On PostgreSQL an id is given when a change is written, not when it is committed: a long import may commit low ids
after an order has committed a higher one. So whoever reads the queue remembers the ids that were not there to be
seen, as gaps, and looks for them again; of those that were rolled back there are few.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, literal, or_
from sqlmodel import Field, SQLModel, col

from catalog.times import moment

LOOK_BACK = 50_000  # ids in which a beginner looks for gaps: more than any one import writes

Span = tuple[int, int]
"""The first and the last of some ids."""


class SearchChange(SQLModel, table=True):
    """A product to be indexed anew. Rows stay until pruned: each host replays them for itself."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(index=True)
    queued_at: datetime = moment(index=True)


def unseen(last: int, gaps: Iterable[Span]) -> ColumnElement[bool]:
    """The changes that are news to whoever has seen all up to `last`, but for some gaps."""
    number = col(SearchChange.id)
    return or_(number > literal(last, BigInteger), *(number.between(*gap) for gap in gaps))


def without(spans: Iterable[Span], seen: Sequence[int]) -> list[Span]:
    """What is left of spans of ids when those that were seen (ascending) are taken out."""
    left = []
    for first, last in spans:
        for taken in seen[bisect_left(seen, first) : bisect_right(seen, last)]:
            left.append((first, taken - 1))
            first = taken + 1
        left.append((first, last))
    return [(first, last) for first, last in left if first <= last]
