"""Keeping the index true: replay the change queue, or build everything anew."""

from collections.abc import Callable

from sqlmodel import Session, col, func, select

from catalog.products import Product
from catalog.search.documents import documents
from catalog.search.port import Engine
from catalog.search.queue import SearchChange

_AT_ONCE = 500


def replay(session: Session, engine: Engine) -> int:
    """Take up to 500 changes of the queue into the index and give how many products that touched.

    An index that has never been built is built. Call it again while it gives more than 0.
    """
    last = engine.last_change
    if last is None:
        return rebuild(session, engine)
    changes = session.exec(
        select(SearchChange.id, SearchChange.product_id)
        .where(col(SearchChange.id) > last)
        .order_by(col(SearchChange.id))
        .limit(_AT_ONCE)
    ).all()
    if not changes:
        return 0
    concerned = sorted({product_id for _, product_id in changes})
    made, gone = documents(session, concerned)
    engine.replace(made, gone, up_to=changes[-1][0] or last)
    return len(concerned)


def rebuild(session: Session, engine: Engine, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Build the index anew and give how many products were looked at; `progress` hears (done, total).

    Until it is finished its last change is the beginning of the queue, so a broken-off build is mended by replay.
    """
    newest = session.exec(select(func.max(SearchChange.id))).one() or 0
    every = [each for each in session.exec(select(Product.id).order_by(col(Product.id))).all() if each is not None]
    engine.clear()
    for start in range(0, len(every), _AT_ONCE):
        made, _ = documents(session, every[start : start + _AT_ONCE])
        engine.replace(made, [], up_to=0)
        progress(min(start + _AT_ONCE, len(every)), len(every))
    engine.replace([], [], up_to=newest)
    return len(every)
