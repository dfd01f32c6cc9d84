"""What all goods on offer are, kept in memory: facts to filter by, orders, what is left, the words they are called by.

Each process keeps one. Whoever uses it asks the database first whether anything has changed (one indexed read);
then only the goods that have are read again. What the change queue does not tell is noticed by other facts:

- categories, makers, attributes: the shop's revision, which each change of them counts up; they are few, and read
  again with any news. Goods of categories that are called or placed otherwise are read again, too, for their
  words; when other attributes become filters, all goods are.
- reductions that start or end by the clock: the moment of the next one, as prices.next_change has it.
- what sells: the ledger of stock, looked at every ten minutes.

An overview never changes once it is handed out: the next one shares with it what has stayed. Its number grows with
any news, also where they change nothing that stands in it (a picture, a text): it is what pages are kept by.
"""

import gc
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from catalog import changes, offered, prices, shop_names
from catalog.changes import Seen
from catalog.overview import Overview
from catalog.shop_names import ShopNames
from catalog.standing import Sales

log = logging.getLogger("dorfladen.overview")

_AT_ONCE = 500  # products that are read again with one question
_ANEW_SHARE = 3  # when more than a third of the goods has changed, reading all is as fast

_Known = tuple[Overview, Seen]


class Overviews:
    """The newest overview, brought up to date when goods have changed. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def current(self, session: Session, now: datetime) -> Overview:
        """The overview of the goods as this session sees them, or as one that began later does.

        While another thread brings it up to date, it is as it was; the first one of a process is waited for.
        What a session sees that writes, and may still give it up, is told to nobody else.
        """
        known = self._known
        if known is not None and self._lock.locked():
            return known[0]
        with self._lock:
            known = refreshed(session, self._known, now)
            if not session.connection().get_execution_options().get("write"):
                self._known = known
            return known[0]

    def begin(self, reading: Callable[[], AbstractContextManager[Session]], clock: Callable[[], datetime]) -> None:
        """Make the first overview in a thread, so that the first shopper need not wait for it."""
        threading.Thread(target=self._make_first, args=(reading, clock), name="overview", daemon=True).start()

    def _make_first(
        self, reading: Callable[[], AbstractContextManager[Session]], clock: Callable[[], datetime]
    ) -> None:
        try:
            with reading() as session:
                self.current(session, clock()).prepare()
        except Exception:  # the edge of a thread: whoever asks first makes it then
            log.exception("the overview of all goods could not be made at the start")


def read(session: Session, now: datetime, before: Overview | None = None) -> _Known:
    """The overview of all goods, all read anew, and how far the change queue was seen with it."""
    with _no_collecting():
        seen = changes.begin(session, now)
        names = shop_names.read(session)
        return Overview.of(offered.read(session, names, now), names, Sales.counted(session, now), before), seen


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep Python from looking for garbage: among a million objects that stay that is a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def refreshed(session: Session, known: _Known | None, now: datetime) -> _Known:
    """An overview, with how far the change queue was seen with it, as the session sees the goods at `now`."""
    if known is None:
        return read(session, now)
    overview, seen = known
    news = changes.since(session, seen, now)
    if news is None and not _is_due(overview, now):
        return known
    if changes.is_behind(session, seen):
        return known  # what it reads may be older than what stands here
    concerned: set[int] = set()
    if news is not None:
        names = shop_names.read(session)
        if names.filters != overview.names.filters:
            return read(session, now, overview)
        overview, renamed = _named(overview, names)
        concerned |= news.product_ids | renamed
        overview = replace(overview, number=overview.number + 1)
        seen = news.seen
    if overview.changes_at is not None and overview.changes_at <= now:
        concerned |= offered.begun_or_ended(session, overview.changes_at, now)
        overview = replace(overview, changes_at=prices.next_change(session, now))
    if overview.shelves.is_worn or len(concerned) * _ANEW_SHARE > len(overview.shelves.articles) + _AT_ONCE:
        return read(session, now, overview)
    overview = _patched(session, overview, concerned, now)
    if overview.sales.is_due(now):
        overview = overview.with_sales(overview.sales.refreshed(session, now))
    return overview, seen


def _is_due(overview: Overview, now: datetime) -> bool:
    """Whether the clock alone asks for a look at the goods."""
    return (overview.changes_at is not None and overview.changes_at <= now) or overview.sales.is_due(now)


def _named(overview: Overview, names: ShopNames) -> tuple[Overview, set[int]]:
    """The overview with other names, and the products whose words are others by them."""
    if names == overview.names:
        return overview, set()
    articles = overview.in_categories(names.moved(overview.names))
    return overview.with_names(names), {each.product_id for each in overview.shelves.among(articles)}


def _patched(session: Session, overview: Overview, concerned: Collection[int], now: datetime) -> Overview:
    ids = sorted(concerned)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        articles = {each.product_id: each for each in offered.read(session, overview.names, now, some)}
        overview = overview.patched({each: articles.get(each) for each in some})
    return overview
