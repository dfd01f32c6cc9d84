"""What has changed since somebody last looked: read from the change queue, and missed by nobody.

Ids that were not there to be seen (see queue.py) are looked for again for an hour; after that they were rolled back
and will never come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from catalog.revisions import Revision
from catalog.search import queue
from catalog.search.queue import LOOK_BACK, SearchChange

_MOST_GAPS = 100
_GAPS_STAY = timedelta(hours=1)

_NEWEST = select(
    select(func.max(SearchChange.id)).scalar_subquery(),
    select(Revision.number).where(Revision.name == "shop").scalar_subquery(),
)


@dataclass(frozen=True)
class Gap:
    """Ids of the queue, `first` to `last`, that were not there at a moment."""

    first: int
    last: int
    missed_at: datetime


@dataclass(frozen=True)
class Seen:
    """How far somebody has seen: the last id of the queue, the gaps below it, the number of the shop's frame."""

    last: int
    frame: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class News:
    """The products changed since, and what has been seen with them."""

    product_ids: frozenset[int]
    seen: Seen


def begin(session: Session, now: datetime) -> Seen:
    """What whoever reads all goods after this call has seen. Two queries."""
    newest, frame = _newest(session)
    ids = session.execute(select(SearchChange.id).where(col(SearchChange.id) > newest - LOOK_BACK)).scalars()
    seen = [each for each in ids if each is not None]
    first = min(seen, default=newest + 1)  # older ones were pruned
    return Seen(newest, frame, _without([Gap(first, newest, now)], seen))


def since(session: Session, seen: Seen, now: datetime) -> News | None:
    """What has changed; None where nothing has, which one indexed read tells (two where ids are missing).

    A session that sees less than was seen already finds nothing new.
    """
    newest, frame = _newest(session)
    if newest <= seen.last and frame <= seen.frame and not seen.gaps:
        return None
    gaps = tuple(each for each in seen.gaps if now - each.missed_at < _GAPS_STAY)
    rows = _changes(session, seen.last, gaps) if gaps or newest > seen.last else []
    if not rows and frame <= seen.frame:
        return None
    ids = [change_id for change_id, _ in rows]
    last = max([seen.last, *ids])
    asked = [*gaps, Gap(seen.last + 1, last, now)]
    return News(
        frozenset(product_id for _, product_id in rows), Seen(last, max(frame, seen.frame), _without(asked, ids))
    )


def is_behind(session: Session, seen: Seen) -> bool:
    """Whether a session that reads one moment sees less than was seen already."""
    newest, frame = _newest(session)
    return newest < seen.last or frame < seen.frame


def _newest(session: Session) -> tuple[int, int]:
    newest, frame = session.connection().execute(_NEWEST).one()
    return newest or 0, frame or 0


def _changes(session: Session, last: int, gaps: Sequence[Gap]) -> list[tuple[int, int]]:
    missed = queue.unseen(last, [(each.first, each.last) for each in gaps])
    rows = session.connection().execute(select(SearchChange.id, SearchChange.product_id).where(missed))
    return [(change_id, product_id) for change_id, product_id in rows]


def _without(gaps: Iterable[Gap], seen: Iterable[int]) -> tuple[Gap, ...]:
    """What is left of gaps when the ids that were seen are taken out; the youngest where there are many."""
    ids = sorted(seen)
    left = [Gap(*span, each.missed_at) for each in gaps for span in queue.without([(each.first, each.last)], ids)]
    return tuple(left[-_MOST_GAPS:])
