"""`kill -9`, a full disk and too many writers: the search index opens, holds what the database holds, and no more."""

import logging
import os
import random
import resource
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from catalog import products
from catalog.products import Product
from catalog.search import index
from catalog.search.documents import documents
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.port import Document
from catalog.search.vocabulary import Vocabulary
from shop import indexing
from shop.app import create_shop
from shop.db import Database
from shop.settings import Settings
from tests.catalog.search.stands import begin_child, end_of, goods, ids
from tests.make import NOW, make_product, make_variant

KILLS = 50 if os.environ.get("DORFLADEN_TEST_KILLS") == "long" else 5
ARTICLES = 40
NAMES = "Jersey Musselin Cord Samt Leinen Flanell Popeline Sweat Tüll Canvas Walk Frottee".split()


@dataclass
class Stall:
    """A small shop: its goods and its index."""

    settings: Settings
    database: Database
    chance: random.Random

    def change(self) -> None:
        """Somebody changes something."""
        with self.database.writing() as session:
            ids = session.exec(select(Product.id)).all()
            if not ids or self.chance.random() < 0.1:
                make_variant(session, make_product(session, self._name()))
                return
            product = session.get_one(Product, self.chance.choice(ids))
            if self.chance.random() < 0.2:
                is_shown = product.published_at is not None
                (products.unpublish if is_shown else products.publish)(session, product, NOW)
                return
            product.name = self._name()
            session.flush()
            products.touch(session, product.id or 0, NOW)

    def _name(self) -> str:
        return " ".join(self.chance.choices(NAMES, k=3))

    def engine(self) -> WhooshEngine:
        """The index as another process opens it."""
        return WhooshEngine(self.settings.index)

    def should_hold(self) -> dict[int, dict[str, int]]:
        """What the index should hold of each product."""
        with self.database.reading() as session:
            every = [each for each in session.exec(select(Product.id).order_by(col(Product.id))).all() if each]
            return {each.product_id: dict(each.terms) for each in documents(session, every, Vocabulary())[0]}


@pytest.fixture
def stall(settings: Settings) -> Iterator[Stall]:
    database = Database(settings.database_url)
    stall = Stall(settings, database, random.Random(os.environ.get("DORFLADEN_TEST_SEED")))
    for _ in range(ARTICLES):
        stall.change()
    with database.reading() as session:
        index.rebuild(session, stall.engine())
    yield stall
    database.close()


def test_killed_at_any_moment_the_index_opens_and_loses_nothing(stall: Stall) -> None:
    for number in range(KILLS):
        work = keep_building if number % 2 else keep_replaying
        child = begin_child(dying(stall, work, after_s=stall.chance.uniform(0.001, 0.12)))
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            stall.change()
        engine = stall.engine()
        assert engine.last_change is not None
        assert held(engine)
        with stall.database.reading() as session:
            while index.replay(session, engine):
                pass
        assert held(engine) == stall.should_hold()
        assert held(stall.engine()) == stall.should_hold()
    with stall.database.reading() as session:
        index.rebuild(session, stall.engine())
    assert len(list(stall.settings.index.iterdir())) == 2  # nothing is left of those that died
    assert held(stall.engine()) == stall.should_hold()


def test_a_full_disk_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.replace(goods("knopf", "horn"), [], up_to=1)
    many = [Document(number, {f"wort{number}-{each}": 1 for each in range(40)}) for number in range(10, 60)]
    for limit in (0, 100, 300, 1_000, 3_000, 10_000):
        for work in (change_all, build):
            child = begin_child(on_a_disk_of(limit, partial(work, WhooshEngine(tmp_path / "index"), many)))
            assert end_of(child) == 3
            for each in (engine, WhooshEngine(tmp_path / "index")):
                assert each.last_change == 1
                assert ids(each, "knopf") == {1}
                assert ids(each, "horn") == {2}
    change_all(engine, many)
    assert ids(WhooshEngine(tmp_path / "index"), "wort10-3") == {10}
    build(engine, many)
    assert len(list((tmp_path / "index").iterdir())) == 2


def test_two_workers_and_a_reindex_at_once_tear_nothing(stall: Stall) -> None:
    children = [begin_child(lambda: working(stall.settings, 1.5)) for _ in range(2)]
    children.append(begin_child(lambda: reindexing(stall.settings)))
    while children:
        stall.change()
        for each in list(children):
            child, status = os.waitpid(each, os.WNOHANG)
            if child:
                assert status == 0
                children.remove(each)
    engine = stall.engine()
    with stall.database.reading() as session:
        while index.replay(session, engine):
            pass
    assert held(engine) == stall.should_hold()


def test_a_deleted_folder_is_built_anew_while_the_old_index_answers(stall: Stall) -> None:
    app = create_shop(stall.settings)
    web = stall.engine()
    before = held(web)
    assert before
    shutil.rmtree(stall.settings.index)
    assert held(web) == before
    assert web.last_change is None
    assert web.is_ready
    assert not stall.engine().is_ready
    stall.change()
    stop = threading.Event()
    worker = threading.Thread(target=indexing.run_forever, args=(app, stop))
    worker.start()
    while web.last_change is None or held(web) != stall.should_hold():
        stop.wait(0.02)
    stop.set()
    worker.join()


def held(engine: WhooshEngine) -> dict[int, dict[str, int]]:
    """What an index holds of each product, read posting by posting."""
    opened = engine._current()
    assert opened is not None
    found: dict[int, dict[str, int]] = {}
    for segment, gone in opened.parts:
        for term in segment.beginning_with(""):
            for document, count in zip(*segment.postings(term), strict=True):
                if document not in gone:
                    assert term not in found.setdefault(segment.products[document], {})
                    found[segment.products[document]][term] = count
    return found


def keep_replaying(session: Session, engine: WhooshEngine) -> None:
    index.replay(session, engine)


def keep_building(session: Session, engine: WhooshEngine) -> None:
    index.rebuild(session, engine)
    index.replay(session, engine)


def dying(stall: Stall, work: Callable[[Session, WhooshEngine], None], *, after_s: float) -> Callable[[], None]:
    """Work until so many seconds of work are done, however busy the machine is, and end as kill -9 ends."""

    def until_dead() -> None:
        database, engine = Database(stall.settings.database_url), stall.engine()
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, after_s)
        while True:
            with database.reading() as session:
                work(session, engine)

    return until_dead


def on_a_disk_of(limit: int, work: Callable[[], object]) -> Callable[[], None]:
    """Work where no file may grow beyond so many bytes; ends with 3 where that was told by an OSError."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            work()
        except OSError:
            os._exit(3)

    return limited


def change_all(engine: WhooshEngine, made: list[Document]) -> None:
    engine.replace(made, [1], up_to=2)


def build(engine: WhooshEngine, made: list[Document]) -> None:
    with engine.anew() as fresh:
        fresh.replace(made, [], up_to=2)


def working(settings: Settings, seconds: float) -> None:
    """Be a worker for some seconds; ends with 7 at the first error that a worker would have to log."""
    logging.getLogger("dorfladen.jobs").addFilter(lambda record: record.levelno < logging.ERROR or os._exit(7))
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    indexing.run_forever(create_shop(settings), stop)


def reindexing(settings: Settings) -> None:
    for _ in range(3):
        with Database(settings.database_url).reading() as session:
            index.rebuild(session, WhooshEngine(settings.index))
