"""Keeping the index true: replay the change queue, or build everything anew.

Each index remembers the ids that it has passed without seeing them (see queue.py), and looks for them again.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.products import Product
from catalog.search import queue
from catalog.search.documents import documents
from catalog.search.engines.database_engine import DatabaseEngine
from catalog.search.port import Engine, Gaps
from catalog.search.queue import LOOK_BACK, SearchChange, Span
from catalog.search.vocabulary import Vocabulary, split_anew

Progress = Callable[[int, int], None]
_AT_ONCE = 500
_OLDEST, _NEWEST = 200, 100  # changes in one commit: half a second
_MOST_GAPS = 100  # older ones were rolled back and will never be filled

_ENDS = select(func.min(SearchChange.id), func.max(SearchChange.id))
_WAITING = select(SearchChange.id, SearchChange.product_id).order_by(col(SearchChange.id)).limit(_AT_ONCE)


def must_be_built(session: Session, engine: Engine) -> bool:
    """Whether the queue does not lead an index to what is true, or not well.

    It is new, torn, of another version, worn out, was away for so long that changes were pruned unseen, or has taken
    in changes that are not in the queue: it belongs to another database, as after an older one was brought back. The
    session must see the moment of the call or a later one.
    """
    last = engine.last_change
    if last is None or engine.is_worn:
        return True
    oldest, newest = session.exec(_ENDS).one()
    return oldest is not None and newest is not None and (oldest > last + 1 or newest < last)


def waiting(session: Session, engine: Engine, *, queued_before: datetime) -> int:
    """How many changes from before a moment an index has not taken in."""
    unseen = queue.unseen(engine.last_change or 0, engine.gaps)
    return session.exec(
        select(func.count(col(SearchChange.id))).where(unseen, col(SearchChange.queued_at) < queued_before)
    ).one()


def replay(
    session: Session, engine: Engine, *, beside: Sequence[Engine] = (), vocabulary: Vocabulary | None = None
) -> int:
    """Take some hundred changes of the queue into the index and give how many products that touched.

    Where more are waiting, as after an import, the newest go first with the oldest: what somebody has just changed
    by hand does not wait for the rest, which is remembered as gaps. `beside`: further engines that take in the same
    if they stand at the same place. Where goods bring a word by which standing compounds can be split, the products
    that have these are indexed with them. An index that has never been built is built. Call it again while it gives
    more than 0. Raises as Engine.replace does.
    """
    vocabulary = vocabulary or Vocabulary()
    last, gaps = engine.last_change, engine.gaps
    if last is None:
        return rebuild(session, engine, vocabulary=vocabulary)
    oldest = _changes(session, last, gaps, col(SearchChange.id).asc(), _OLDEST)
    if not oldest:
        return 0
    newest = {} if len(oldest) < _OLDEST else _changes(session, last, gaps, col(SearchChange.id).desc(), _NEWEST)
    seen = oldest | newest
    concerned = sorted(set(seen.values()))
    made, gone = documents(session, concerned, vocabulary)
    others = sorted(split_anew(engine, vocabulary, made).difference(concerned))
    for start in range(0, len(others), _AT_ONCE):
        made += documents(session, others[start : start + _AT_ONCE], vocabulary)[0]
    up_to = max(last, *seen)
    left = _kept(queue.without([*gaps, (last + 1, up_to)], sorted(seen)), looked_at=max(oldest) if newest else up_to)
    for each in (engine, *(other for other in beside if (other.last_change, other.gaps) == (last, gaps))):
        each.replace(made, gone, up_to=up_to, gaps=left)
    return len(concerned) + len(others)


def _changes(session: Session, last: int, gaps: Gaps, order: Any, limit: int) -> dict[int, int]:
    """Changes that the index has not taken in: the product of each."""
    wanted = (
        select(SearchChange.id, SearchChange.product_id).where(queue.unseen(last, gaps)).order_by(order).limit(limit)
    )
    found = session.exec(wanted).all()
    return {change_id: product_id for change_id, product_id in found if change_id is not None}


def _kept(spans: Sequence[Span], *, looked_at: int) -> Gaps:
    """The spans to remember: of those where nothing was found the newest, all others, as one if they are many.

    A change that is looked at twice does no harm, one that is forgotten would.
    """
    empty = [each for each in spans if each[1] <= looked_at]
    waiting = [each for each in spans if each[1] > looked_at]
    if len(waiting) > _MOST_GAPS:
        waiting = [(waiting[0][0], waiting[-1][1])]
    return (*empty[-_MOST_GAPS:], *waiting)


def take_in(
    session: Session, engine: DatabaseEngine, product_ids: Iterable[int], vocabulary: Vocabulary | None = None
) -> None:
    """Write products into the index in the transaction that has changed them; one that must be built is left alone.

    Products with compounds that can be split from now on are left to whoever replays the queue. Where nothing else is
    waiting there, its end is taken in with them: on SQLite, where nobody else writes meanwhile. Elsewhere whoever
    replays the queue looks at these products once more.
    """
    inside = engine.within(session)
    last = inside.last_change
    if last is None:
        return
    concerned = set(product_ids)
    vocabulary = vocabulary or Vocabulary()
    made, gone = documents(session, sorted(concerned), vocabulary)
    others = split_anew(inside, vocabulary, made).difference(concerned)
    waiting = session.exec(_WAITING.where(col(SearchChange.id) > last)).all()
    is_alone = session.connection().dialect.name == "sqlite" and concerned.issuperset(each for _, each in waiting)
    newest = max((each for each, _ in waiting if each), default=last) if is_alone and len(waiting) < _AT_ONCE else last
    inside.replace(made, gone, up_to=newest, gaps=inside.gaps)
    _queue(session, sorted(others))


def _queue(session: Session, product_ids: Sequence[int]) -> None:
    """Let products be indexed anew, as of the moment of the last change."""
    last = session.exec(select(func.max(SearchChange.queued_at))).one()
    if product_ids and last is not None:
        session.add_all(SearchChange(product_id=each, queued_at=last) for each in product_ids)
        session.flush()


def rebuild(
    session: Session,
    engine: Engine,
    progress: Progress = lambda done, total: None,
    *,
    vocabulary: Vocabulary | None = None,
) -> int:
    """Build the index anew and give how many products were looked at; `progress` hears (done, total).

    The old one answers until the new one is finished; a build that is broken off changes nothing.
    """
    return rebuild_all(session, [engine], progress, vocabulary=vocabulary)


def rebuild_all(
    session: Session,
    engines: Sequence[Engine],
    progress: Progress = lambda done, total: None,
    *,
    vocabulary: Vocabulary | None = None,
) -> int:
    """Build several indexes anew in one go: to read and to analyse the goods takes the most time."""
    vocabulary = vocabulary or Vocabulary()
    newest = session.exec(select(func.max(SearchChange.id))).one() or 0
    oldest = max(1, newest - LOOK_BACK)
    ids = session.exec(select(SearchChange.id).where(col(SearchChange.id) >= oldest)).all()
    seen = sorted(each for each in ids if each is not None)
    every = [each for each in session.exec(select(Product.id).order_by(col(Product.id))).all() if each is not None]
    with ExitStack() as stack:
        fresh = [stack.enter_context(engine.anew()) for engine in engines]
        for start in range(0, len(every), _AT_ONCE):
            made, _ = documents(session, every[start : start + _AT_ONCE], vocabulary)
            for each in fresh:
                each.replace(made, [], up_to=0)
            progress(min(start + _AT_ONCE, len(every)), len(every))
        for each in fresh:
            gaps = queue.without([(oldest, newest)], seen)
            each.replace([], [], up_to=newest, gaps=_kept(gaps, looked_at=newest))
    return len(every)
