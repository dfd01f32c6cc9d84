"""The index follows the queue: nothing is missed, whatever the order in which changes are committed."""

from pathlib import Path

import pytest
from sqlmodel import Session

from catalog import products
from catalog.products import Product
from catalog.search import index
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.language import Language
from catalog.search.queue import SearchChange
from shop.db import Database
from tests.make import NOW, make_fabric, make_product


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


def rename(session: Session, product_id: int, name: str) -> None:
    product = session.get(Product, product_id)
    assert product is not None
    product.name = name
    session.flush()
    products.touch(session, product_id, NOW)


def another_host(database: Database) -> Session:
    """A session as another host has it: one thread may not write twice through ours."""
    return Session(database.engine)


def hits(engine: WhooshEngine, text: str) -> int:
    return len(engine.search([word.alternatives for word in Language().asked(text)]).ids)


@pytest.mark.postgres
def test_a_change_committed_after_a_later_one_is_not_missed(postgres_database: Database, engine: WhooshEngine) -> None:
    with postgres_database.writing() as session:
        first, second = (make_product(session, name).id or 0 for name in ("Popeline", "Leinen"))
    with postgres_database.reading() as session:
        index.replay(session, engine)
    with another_host(postgres_database) as slow:
        rename(slow, first, "Musselin")
        with postgres_database.writing() as quick:
            rename(quick, second, "Canvas")
        with postgres_database.reading() as session:
            assert index.replay(session, engine) == 1
        assert (hits(engine, "canvas"), hits(engine, "musselin")) == (1, 0)
        slow.commit()
    with postgres_database.reading() as session:
        assert index.replay(session, engine) == 1
        assert index.replay(session, engine) == 0
    assert (hits(engine, "musselin"), hits(engine, "popeline"), engine.gaps) == (1, 0, ())


@pytest.mark.postgres
def test_an_index_built_while_somebody_writes_misses_nothing(postgres_database: Database, engine: WhooshEngine) -> None:
    with postgres_database.writing() as session:
        first, second = (make_product(session, name).id or 0 for name in ("Popeline", "Leinen"))
    with another_host(postgres_database) as slow:
        rename(slow, first, "Musselin")
        with postgres_database.writing() as quick:
            rename(quick, second, "Canvas")
        with postgres_database.reading() as session:
            index.rebuild(session, engine)
        slow.commit()
    with postgres_database.reading() as session:
        index.replay(session, engine)
    assert hits(engine, "musselin") == 1


def test_ids_that_never_come_are_forgotten_in_the_end(session: Session, engine: WhooshEngine) -> None:
    make_fabric(session, "Samt")
    index.rebuild(session, engine)
    last = engine.last_change or 0
    for number in range(1, 151):
        session.add(SearchChange(id=last + 2 * number, product_id=1, queued_at=NOW))
    session.flush()
    index.replay(session, engine)
    assert len(engine.gaps) == 100
    assert engine.gaps[-1] == (last + 299, last + 299)


def test_an_order_of_many_changes_is_taken_in_pieces(
    session: Session, engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_OLDEST", 2)
    monkeypatch.setattr(index, "_NEWEST", 1)
    engine.replace([], [], up_to=0)
    for number in range(5):
        make_fabric(session, f"Cord {number}")
    while index.replay(session, engine):
        pass
    assert hits(engine, "cord") == 5


def test_what_is_changed_by_hand_does_not_wait_for_an_import(session: Session, engine: WhooshEngine) -> None:
    index.rebuild(session, engine)
    last = engine.last_change or 0
    make_fabric(session, "Flanell")
    for number in range(1_000):
        session.add(SearchChange(product_id=10_000 + number, queued_at=NOW))
    session.flush()
    make_fabric(session, "Cord")
    index.replay(session, engine)
    assert hits(engine, "cord") == 1
    assert engine.gaps
    while index.replay(session, engine):
        pass
    assert hits(engine, "flanell") == 1
    assert engine.gaps == ()
    assert (engine.last_change or 0) > last + 1_000


def test_nothing_is_missed_while_more_comes_in_than_goes_out(
    session: Session, engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_OLDEST", 3)
    monkeypatch.setattr(index, "_NEWEST", 1)
    monkeypatch.setattr(index, "_MOST_GAPS", 4)
    index.rebuild(session, engine)
    names = [f"stoff{number}" for number in range(40)]
    for number, name in enumerate(names):
        for _ in range(5):
            session.add(SearchChange(product_id=10_000 + number, queued_at=NOW))
        session.flush()
        make_fabric(session, name)
        index.replay(session, engine)
        assert hits(engine, name) == 1
    while index.replay(session, engine):
        pass
    assert [name for name in names if not hits(engine, name)] == []
    assert engine.gaps == ()


def test_two_indexes_at_the_same_place_take_in_the_same(
    session: Session, engine: WhooshEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = WhooshEngine(tmp_path / "other")
    index.rebuild_all(session, [engine, other])
    make_fabric(session, "Cord")
    assert index.replay(session, engine, beside=[other]) == 1
    assert hits(other, "cord") == 1
    assert index.replay(session, other) == 0
