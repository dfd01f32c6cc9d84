"""Keeping the search true in a thread of its own: what changed is found within two seconds, whatever else goes on.

The worker looks twice a second, with one query. An index that must be built is built in a process of its own; until
then the old one, or what stands in for it, answers.
"""

import logging
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlmodel import Session, func, select

from catalog.products import Product
from catalog.search import index
from catalog.search.port import Engine, IndexGone
from catalog.search.queue import SearchChange
from shop import children, searching
from shop.context import Shop
from shop.db import Database

log = logging.getLogger("dorfladen.jobs")

LOOK_EVERY_S = 0.5
_LOOK_AT_ALL_EVERY_S = 10.0
_BREATH_S = 0.02  # between two commits of many, for the others in this process
_AFTER_A_FAILURE_S = 60.0
_FEW = 300  # articles whose index is built here and now

_NEWEST = select(func.max(SearchChange.id))


@contextmanager
def beside(app: Flask) -> Iterator[None]:
    """Keep the search true in a thread for a `with` block."""
    stop = threading.Event()
    thread = threading.Thread(target=run_forever, args=(app, stop), name="search", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Look again and again until `stop` is set. What fails is logged and tried again."""
    shop: Shop = app.extensions["dorfladen"]
    keeper: Keeper | None = None
    while not stop.is_set():
        try:
            keeper = keeper or Keeper(shop)
            pause_s = _BREATH_S if keeper.look() else LOOK_EVERY_S
        except IndexGone:
            pause_s = LOOK_EVERY_S  # somebody has deleted the folder: with the next look it is built
        except TimeoutError as error:
            log.warning("the search index could not be written: %s", error)
            pause_s = LOOK_EVERY_S
        except Exception:  # the edge of a job: it must come again
            log.exception("the search index could not be kept up")
            pause_s = 10 * LOOK_EVERY_S
        stop.wait(pause_s)


def wanting_of(database: Database, engines: Iterable[Engine]) -> list[Engine]:
    """Those that must be built; each is looked at in a moment of its own."""
    wanting = []
    for each in engines:
        with database.reading() as session:
            if index.must_be_built(session, each):
                wanting.append(each)
    return wanting


class Keeper:
    """What one worker remembers between two looks: the process that builds an index, if there is one."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._engines = searching.kept(shop.search.engine)
        self._builder: subprocess.Popen[bytes] | None = None
        self._rests_until = 0.0
        self._quiet: tuple[int | None, int | None] | None = None  # how it stood when there was nothing to do
        self._quiet_until = 0.0

    def look(self) -> int:
        """Take in some of what changed, and see to it that indexes are built; gives how many products were touched.

        While nothing happens that costs one query; every ten seconds all is looked at, whatever may have happened.
        """
        stands = self._stands()
        if stands == self._quiet and time.monotonic() < self._quiet_until:
            return 0
        wanting = wanting_of(self._shop.database, self._engines)
        if wanting and not self.is_building():
            with self._shop.database.reading() as session:
                self._begin(session, wanting)
        touched = _replay(self._shop, [each for each in self._engines if each.last_change is not None])
        is_quiet = not touched and not wanting and not any(each.gaps for each in self._engines)
        self._quiet, self._quiet_until = stands if is_quiet else None, time.monotonic() + _LOOK_AT_ALL_EVERY_S
        return touched

    def _stands(self) -> tuple[int | None, int | None]:
        """The newest change of the queue, and the one that the first index has taken in."""
        with self._shop.database.reading() as session:
            newest: int | None = session.connection().execute(_NEWEST).scalar_one()
        return newest, self._engines[0].last_change

    def is_building(self) -> bool:
        """Whether an index is being built, or was not to be built a short while ago."""
        if self._builder is not None and self._builder.poll() is not None:
            if self._builder.returncode:
                log.error("the search index could not be built (%s)", self._builder.returncode)
                self._rests_until = time.monotonic() + _AFTER_A_FAILURE_S
            self._builder = None
        return self._builder is not None or time.monotonic() < self._rests_until

    def _begin(self, session: Session, wanting: list[Engine]) -> None:
        if session.exec(select(func.count()).select_from(Product)).one() <= _FEW:
            index.rebuild_all(session, wanting, vocabulary=self._shop.search.vocabulary)
        else:
            log.warning("the search index is built anew")
            self._builder = children.start(self._shop.settings, "reindex", "--needed")


def _replay(shop: Shop, engines: list[Engine]) -> int:
    """Take in some of the queue: where the first engine is up to date, the next one."""
    for number, engine in enumerate(engines):
        with shop.database.reading() as session:
            touched = index.replay(session, engine, beside=engines[number + 1 :], vocabulary=shop.search.vocabulary)
        if touched:
            return touched
    return 0
