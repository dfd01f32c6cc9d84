"""A search index in the database that is damaged, held up, or of another database: it heals, and costs no sale."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import delete

from catalog.search import index
from catalog.search.engines import database_engine
from catalog.search.find import Search
from catalog.search.queue import SearchChange
from shop import indexing, searching
from shop.app import create_shop
from shop.context import Shop
from shop.db import Database
from shop.settings import WHOOSH, Settings
from tests.make import NOW, make_product
from tests.shop.index_upkeep import catch_up

OWN = "its own"  # engine of the database
HELD_UP_S = 3.0
ON_SQLITE = pytest.mark.parametrize("either_database", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize(
    "either_database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture(params=[OWN])
def app(request: pytest.FixtureRequest, settings: Settings, either_database: Database) -> Iterator[Flask]:
    """A shop with an article, whose index in the database is the chosen one, or stands in for Whoosh."""
    own = "fts5" if either_database.is_sqlite else "postgresql"
    name = own if request.param == OWN else WHOOSH
    made = create_shop(replace(settings, search_engine=name, database_url=either_database.url), clock=lambda: NOW)
    catch_up(made)
    add(made, "Musselin")
    catch_up(made)
    yield made
    shop_of(made).database.close()


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def add(app: Flask, name: str) -> None:
    with shop_of(app).database.writing() as session:
        make_product(session, name)


def do(app: Flask, statement: str) -> None:
    with shop_of(app).database.writing() as session:
        session.connection().execute(text(statement))


def found(app: Flask, words: str) -> set[int]:
    """How many goods the indexes find: the one that answers, and the one in the database."""
    shop = shop_of(app)
    with shop.database.reading() as session:
        every = [shop.search, *(Search(each) for each in searching.kept(shop.search.engine))]
        return {len(each.inquiry(session, words).hits.ids) for each in every}


def heals(app: Flask) -> bool:
    """Whether the pages answer, a sale goes through, and in the end all goods are found again."""
    assert app.test_client().get("/suche?q=mus").status_code == 200
    assert app.test_client().get("/suche/vorschlaege?q=mus").status_code == 200
    found(app, "mus")
    add(app, "Popeline")
    catch_up(app)
    return found(app, "popel") == found(app, "mus") == {1}


@pytest.mark.parametrize(
    ("app", "table"),
    [(OWN, "sheets"), (OWN, "1"), (OWN, "1_terms"), (OWN, "1_tokens"), (WHOOSH, "1")],
    indirect=["app"],
)
def test_a_lost_table_is_made_anew(app: Flask, table: str) -> None:
    do(app, f"DROP TABLE IF EXISTS search_engine_{table}")
    assert heals(app)


@ON_SQLITE
@pytest.mark.parametrize(
    ("app", "damage"),
    [
        (OWN, "UPDATE search_engine_1_data SET block = zeroblob(20)"),
        (OWN, "DELETE FROM search_engine_1_data"),
        (WHOOSH, "DELETE FROM search_engine_1_data"),
    ],
    indirect=["app"],
)
def test_damaged_tables_are_made_anew(app: Flask, damage: str) -> None:
    do(app, damage)
    shop_of(app).database.engine.dispose()  # what is open knows of no damage
    assert heals(app)


def test_the_worker_builds_what_is_damaged(app: Flask) -> None:
    keeper = indexing.Keeper(shop_of(app))
    do(app, "DROP TABLE search_engine_1")
    assert found(app, "musselin") == {0}
    keeper.look()
    assert found(app, "musselin") == {1}


def test_an_index_that_is_ahead_of_the_queue_is_built_anew(app: Flask) -> None:
    """As after bringing back an older database beside a folder that has stayed."""
    for number in range(5):
        add(app, f"Zwirn {number}")
    catch_up(app)
    with shop_of(app).database.writing() as session:
        session.connection().execute(delete(SearchChange))
    is_sqlite = shop_of(app).database.is_sqlite
    do(app, "DELETE FROM sqlite_sequence" if is_sqlite else "ALTER SEQUENCE searchchange_id_seq RESTART")
    with shop_of(app).database.writing_at_once() as session:
        make_product(session, "Popeline")
    catch_up(app)
    assert found(app, "popeline") == {1}


@ON_POSTGRES
def test_who_reads_the_index_for_long_holds_up_no_sale_and_no_build(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pg_dump does."""
    monkeypatch.setattr(database_engine, "_TRIES", 1)
    database = shop_of(app).database
    with database.engine.connect() as dump, database.reading() as session:
        dump.execute(text("LOCK TABLE search_engine_1 IN ACCESS SHARE MODE"))
        building = threading.Thread(target=index.rebuild, args=(session, shop_of(app).search.engine))
        selling = threading.Thread(target=add, args=(app, "Popeline"))
        building.start()
        selling.start()
        selling.join(HELD_UP_S)
        is_held_up = selling.is_alive()
        building.join()
        dump.rollback()
    assert not is_held_up
    catch_up(app)
    assert found(app, "popeline") == {1}


@ON_POSTGRES
def test_a_locked_index_holds_up_no_sale(app: Flask) -> None:
    database = shop_of(app).database
    with database.engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE search_engine_1 IN ACCESS EXCLUSIVE MODE"))
        selling = threading.Thread(target=add, args=(app, "Popeline"))
        selling.start()
        selling.join(HELD_UP_S)
        is_held_up = selling.is_alive()
        somebody.rollback()
        selling.join()
    assert not is_held_up
    catch_up(app)
    assert found(app, "popeline") == {1}
