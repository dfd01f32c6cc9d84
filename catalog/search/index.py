"""Keeping the index true: replay the change queue, or build everything anew.

On PostgreSQL an id is given when a change is written, not when it is committed: a long import may
commit low ids after an order has committed a higher one. So each index remembers the ids that it has
passed without seeing them, and looks for them again; of those that were rolled back there are few.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from catalog.products import Product
from catalog.search.database_engine import DatabaseEngine
from catalog.search.documents import documents
from catalog.search.port import Engine, Gaps
from catalog.search.queue import SearchChange

Progress = Callable[[int, int], None]
_AT_ONCE = 500
_MOST_GAPS = 100  # older ones were rolled back and will never be filled
_LOOK_BACK = 50_000  # ids in which a new index looks for gaps: more than any one import writes


_WAITING = select(SearchChange.id, SearchChange.product_id).order_by(col(SearchChange.id)).limit(_AT_ONCE)


def replay(session: Session, engine: Engine) -> int:
    """Take up to 500 changes of the queue into the index and give how many products that touched.

    An index that has never been built is built. Call it again while it gives more than 0.
    """
    last = engine.last_change
    if last is None:
        return rebuild(session, engine)
    unseen = or_(col(SearchChange.id) > last, *(col(SearchChange.id).between(*gap) for gap in engine.gaps))
    changes = session.exec(_WAITING.where(unseen)).all()
    if not changes:
        return 0
    concerned = sorted({product_id for _, product_id in changes})
    made, gone = documents(session, concerned)
    seen = [change_id for change_id, _ in changes if change_id is not None]
    newest = max(last, seen[-1])
    engine.replace(made, gone, up_to=newest, gaps=_without([*engine.gaps, (last + 1, newest)], seen))
    return len(concerned)


def take_in(session: Session, engine: DatabaseEngine, product_ids: Iterable[int]) -> None:
    """Write products into the index in the transaction that has changed them; one that must be built is left alone.

    Where nothing else is waiting in the queue, its end is taken in with them: on SQLite, where nobody else writes
    meanwhile. Elsewhere whoever replays the queue looks at these products once more.
    """
    inside = engine.within(session)
    last = inside.last_change
    if last is None:
        return
    concerned = set(product_ids)
    made, gone = documents(session, sorted(concerned))
    waiting = session.exec(_WAITING.where(col(SearchChange.id) > last)).all()
    is_alone = session.connection().dialect.name == "sqlite" and concerned.issuperset(each for _, each in waiting)
    newest = max((each for each, _ in waiting if each), default=last) if is_alone and len(waiting) < _AT_ONCE else last
    inside.replace(made, gone, up_to=newest, gaps=inside.gaps)


def rebuild(session: Session, engine: Engine, progress: Progress = lambda done, total: None) -> int:
    """Build the index anew and give how many products were looked at; `progress` hears (done, total).

    The old one answers until the new one is finished; a build that is broken off changes nothing.
    """
    return rebuild_all(session, [engine], progress)


def rebuild_all(session: Session, engines: Sequence[Engine], progress: Progress = lambda done, total: None) -> int:
    """Build several indexes anew in one go: to read and to analyse the goods takes the most time."""
    newest = session.exec(select(func.max(SearchChange.id))).one() or 0
    oldest = max(1, newest - _LOOK_BACK)
    seen = session.exec(select(SearchChange.id).where(col(SearchChange.id) >= oldest)).all()
    every = [each for each in session.exec(select(Product.id).order_by(col(Product.id))).all() if each is not None]
    with ExitStack() as stack:
        fresh = [stack.enter_context(engine.anew()) for engine in engines]
        for start in range(0, len(every), _AT_ONCE):
            made, _ = documents(session, every[start : start + _AT_ONCE])
            for each in fresh:
                each.replace(made, [], up_to=0)
            progress(min(start + _AT_ONCE, len(every)), len(every))
        for each in fresh:
            each.replace([], [], up_to=newest, gaps=_without([(oldest, newest)], filter(None, seen)))
    return len(every)


def _without(spans: Iterable[tuple[int, int]], seen: Iterable[int]) -> Gaps:
    """What is left of ascending spans of ids when those that were seen are taken out."""
    left = []
    ids = sorted(seen)
    for first, last in spans:
        for taken in ids[bisect_left(ids, first) : bisect_right(ids, last)]:
            left.append((first, taken - 1))
            first = taken + 1
        left.append((first, last))
    return tuple([(first, last) for first, last in left if first <= last][-_MOST_GAPS:])
