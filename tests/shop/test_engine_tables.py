"""The tables of search engines are none of the migrations' business."""

from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.port import Document
from shop import migrating
from shop.db import Database


def test_migrations_do_not_see_the_tables_of_an_engine(either_database: Database) -> None:
    engine = (fts5_engine if either_database.is_sqlite else postgres_engine)(either_database)
    engine.replace([Document(1, {"knopf": 1})], [], up_to=1)
    assert migrating.differences(either_database) == []


def test_an_engine_that_is_forgotten_leaves_nothing(either_database: Database) -> None:
    engine = (fts5_engine if either_database.is_sqlite else postgres_engine)(either_database)
    engine.replace([Document(1, {"knopf": 1})], [], up_to=1)
    engine.forget()
    engine.forget()
    assert engine.last_change is None
