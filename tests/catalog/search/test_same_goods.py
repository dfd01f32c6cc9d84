"""All engines find the same goods for whatever is asked exactly; they need not rank alike.

Usually some of the judged collection's queries are asked; `DORFLADEN_TEST_SEARCH=long` asks all of them.
"""

import os
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from catalog.search import index
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.port import Engine
from shop.db import Database, sqlite_url
from tests.make import NOW
from tests.ranking import catalogue, collection, shelves

ARTICLES = 300
SOME = 50  # queries of the collection
RANDOM = 20  # queries of words that stand in the goods


@pytest.fixture(scope="module")
def goods(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A shop of a few hundred generated articles."""
    file = tmp_path_factory.mktemp("goods") / "shop.db"
    file.write_bytes(empty_database_file.read_bytes())
    database = Database(sqlite_url(file))
    with database.writing() as session:
        shelves.lay(session, catalogue.articles(ARTICLES), NOW)
    with database.reading() as session:
        yield session
    database.close()


@pytest.fixture(scope="module")
def in_whoosh(goods: Session, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[int]]:
    """What Whoosh finds for each query: that which the others are compared with."""
    return _found(goods, WhooshEngine(tmp_path_factory.mktemp("whoosh") / "index"))


@pytest.fixture
def fts5(tmp_path: Path) -> Iterator[Engine]:
    """FTS5 in a database of its own."""
    database = Database(sqlite_url(tmp_path / "index.db"))
    with database.writing() as session:
        SQLModel.metadata.tables["searchchange"].create(session.connection())
    yield fts5_engine(database)
    database.close()


def test_fts5_finds_what_whoosh_finds(goods: Session, in_whoosh: Mapping[str, set[int]], fts5: Engine) -> None:
    assert sum(map(bool, in_whoosh.values())) > len(in_whoosh) / 3
    assert _found(goods, fts5) == in_whoosh


@pytest.mark.postgres
def test_postgresql_finds_what_whoosh_finds(
    goods: Session, in_whoosh: Mapping[str, set[int]], postgres_for_engines: Database
) -> None:
    engine = postgres_engine(postgres_for_engines)
    assert _found(goods, engine) == in_whoosh


def _found(session: Session, engine: Engine) -> dict[str, set[int]]:
    index.rebuild(session, engine)
    search = Search(engine)
    return {words: set(search.find(session, words, NOW, exactly=True).ids) for words in _asked()}


def _asked() -> list[str]:
    chance = random.Random(20261127)
    collected = [each.words for each in collection.queries()]
    if os.environ.get("DORFLADEN_TEST_SEARCH") != "long":
        collected = chance.sample(collected, SOME)
    names = [re.findall(r"\w+", each.name) for each in catalogue.articles(ARTICLES)]
    made = [
        " ".join(chance.sample(name, min(len(name), chance.choice((1, 1, 2))))) for name in chance.sample(names, RANDOM)
    ]
    return collected + made
