"""Which engine searches, what stands in for it, and what is found with its commit."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from catalog import products
from catalog.products import Product, Variant
from catalog.search.engines import fts5_engine
from catalog.search.engines.sheets import CannotSearchHere
from shop import backup, preparing, searching
from shop.app import create_shop
from shop.context import Shop
from shop.db import Database
from shop.settings import BadSetting, Settings, read_settings
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric, make_product
from tests.shop.index_upkeep import catch_up

POSTGRES = "postgresql+psycopg://shop@127.0.0.1/shop"


@pytest.fixture
def fts5_app(settings: Settings) -> Iterator[Flask]:
    """A shop that searches with FTS5, its empty index built."""
    app = create_shop(replace(settings, search_engine="fts5"), clock=lambda: NOW)
    catch_up(app)
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def either_app(settings: Settings, either_database: Database) -> Iterator[Flask]:
    """A shop that searches in its database, its empty index built."""
    name = "fts5" if either_database.is_sqlite else "postgresql"
    app = create_shop(replace(settings, search_engine=name, database_url=either_database.url), clock=lambda: NOW)
    catch_up(app)
    yield app
    app.extensions["dorfladen"].database.close()


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def found(app: Flask, words: str) -> list[str]:
    """The names that are found, the best first."""
    shop = shop_of(app)
    with shop.database.reading() as session:
        return [session.get_one(Product, each).name for each in shop.search.find(session, words, NOW).ids]


def who_answers(app: Flask) -> str:
    """The class of the engine that answers."""
    state: Any = shop_of(app).search.engine.state
    return str(state[0])


def add(app: Flask, *names: str) -> list[int]:
    with shop_of(app).database.writing() as session:
        return [make_product(session, name).id or 0 for name in names]


@pytest.mark.parametrize(
    ("setting", "database", "why"),
    [
        ("lucene", "", "kennt whoosh, fts5, postgresql, nicht „lucene“"),
        ("postgresql", "", "hier passt „fts5“"),
        ("fts5", POSTGRES, "hier passt „postgresql“"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused(tmp_path: Path, setting: str, database: str, why: str) -> None:
    with pytest.raises(BadSetting, match=why):
        read_settings(tmp_path, {"DORFLADEN_SEARCH_ENGINE": setting, "DATABASE_URL": database})


def test_an_sqlite_that_is_too_old_is_refused(empty_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fts5_engine, "_NEEDED", (99, 0))
    settings = read_settings(empty_shop, {"DORFLADEN_SEARCH_ENGINE": "fts5"})
    with pytest.raises(CannotSearchHere, match=r"braucht SQLite ab 99\.0"):
        preparing.open_database(settings)


def test_a_change_is_found_with_its_commit(either_app: Flask) -> None:
    (product_id,) = add(either_app, "Musselin")
    assert found(either_app, "musselin") == ["Musselin"]
    with shop_of(either_app).database.writing() as session:
        session.get_one(Product, product_id).name = "Popeline"
        products.touch(session, product_id, NOW)
    assert found(either_app, "musselin") == []
    assert found(either_app, "popeline") == ["Popeline"]


def test_what_is_rolled_back_was_never_found(either_app: Flask) -> None:
    with shop_of(either_app).database.write_session() as session:
        make_product(session, "Musselin")
        shop_of(either_app).database.before_commit(session)
        session.rollback()
    assert found(either_app, "musselin") == []


def test_on_sqlite_the_worker_has_nothing_left_to_do(fts5_app: Flask) -> None:
    add(fts5_app, "Musselin", "Popeline")
    before = shop_of(fts5_app).search.engine.state
    catch_up(fts5_app)
    assert shop_of(fts5_app).search.engine.state == before


def test_an_order_of_the_last_metres_is_seen_with_its_commit_and_costs_the_index_nothing(fts5_app: Flask) -> None:
    with shop_of(fts5_app).database.writing() as session:
        last = make_fabric(session, "Musselin", on_hand=150)
        make_fabric(session, "Musselin natur")
    before = shop_of(fts5_app).search.engine.state
    assert found(fts5_app, "musselin")[0] == "Musselin"
    with shop_of(fts5_app).database.writing() as session:
        make_order(session, session.get_one(Variant, last.id), quantity=150)
    assert found(fts5_app, "musselin")[-1] == "Musselin"
    assert shop_of(fts5_app).search.engine.state == before


def test_a_transaction_that_changes_very_much_leaves_it_to_the_worker(
    fts5_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_AT_ONCE", 2)
    add(fts5_app, "Musselin 1", "Musselin 2", "Musselin 3")
    assert found(fts5_app, "musselin") == []
    catch_up(fts5_app)
    assert len(found(fts5_app, "musselin")) == 3


def test_an_index_that_cannot_be_written_costs_no_sale(either_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with shop_of(either_app).database.writing() as session:
        session.connection().execute(text("DROP TABLE search_engine_1"))
    with caplog.at_level(logging.ERROR):
        add(either_app, "Musselin")
    assert "could not be written" in caplog.text
    with shop_of(either_app).database.reading() as session:
        assert session.get_one(Product, 1).name == "Musselin"


def test_a_backup_brings_the_index_of_fts5_along(fts5_app: Flask, tmp_path: Path) -> None:
    add(fts5_app, "Musselin")
    file = backup.make(shop_of(fts5_app).settings, shop_of(fts5_app).database, NOW, tmp_path)
    backup.restore(file, tmp_path / "anew")
    restored = create_shop(read_settings(tmp_path / "anew", {"DORFLADEN_SEARCH_ENGINE": "fts5"}), clock=lambda: NOW)
    assert found(restored, "musselin") == ["Musselin"]
    assert shop_of(restored).search.engine.last_change == shop_of(fts5_app).search.engine.last_change
    shop_of(restored).database.close()


def test_search_answers_all_the_time_when_the_folder_is_deleted_under_a_running_shop(shop_app: Flask) -> None:
    add(shop_app, "Musselin", "Popeline")
    catch_up(shop_app)
    assert found(shop_app, "popeline") == ["Popeline"]
    shutil.rmtree(shop_of(shop_app).settings.index)
    assert found(shop_app, "popeline") == ["Popeline"]
    assert found(shop_app, "musselin") == ["Musselin"]
    catch_up(shop_app)
    assert found(shop_app, "popeline") == ["Popeline"]
    assert who_answers(shop_app) == "WhooshEngine"


def test_the_database_stands_in_when_a_shop_is_opened_without_its_folder(shop_app: Flask) -> None:
    add(shop_app, "Musselin", "Popeline")
    catch_up(shop_app)
    settings = shop_of(shop_app).settings
    shutil.rmtree(settings.index)
    reopened = create_shop(settings, clock=lambda: NOW)
    assert who_answers(reopened) == "DatabaseEngine"
    assert found(reopened, "popelin") == ["Popeline"]
    catch_up(reopened)
    assert who_answers(reopened) == "WhooshEngine"
    assert found(reopened, "popelin") == ["Popeline"]
    shop_of(reopened).database.close()


def test_a_stand_in_that_this_sqlite_cannot_read_does_not_stand_in(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(shop_app, "Musselin")
    catch_up(shop_app)
    shutil.rmtree(shop_of(shop_app).settings.index)
    monkeypatch.setattr(fts5_engine, "_NEEDED", (99, 0))
    reopened = create_shop(shop_of(shop_app).settings, clock=lambda: NOW)
    assert who_answers(reopened) == "NamesEngine"
    assert found(reopened, "musselin") == ["Musselin"]
    shop_of(reopened).database.close()


@pytest.mark.parametrize("words", ["knöpfe", "Knoepfe", "perlmuttknopf", "knopf perl"])
def test_before_there_is_any_index_names_are_looked_into(shop_app: Flask, words: str) -> None:
    add(shop_app, "Große PERLMUTTKNÖPFE", "Musselin")
    assert who_answers(shop_app) == "NamesEngine"
    assert found(shop_app, words) == ["Große PERLMUTTKNÖPFE"]


@pytest.mark.parametrize("words", ["", "%", "_", "'", "zwirn"])
def test_names_are_not_found_by_what_they_lack(shop_app: Flask, words: str) -> None:
    add(shop_app, "Musselin")
    assert found(shop_app, words) == []


def test_names_are_read_once_however_much_is_asked_of_them(shop_app: Flask) -> None:
    add(shop_app, "Baumwollstoff", "Reißverschluss", "Stoff mit Rapport")
    read: list[str] = []
    engine = shop_of(shop_app).database.engine
    event.listen(engine, "before_cursor_execute", lambda *told: read.append(told[2]))
    assert found(shop_app, "Baumwolstof Reisverschlus Nehgarn Knopff rapporrt") != []
    assert found(shop_app, "fmit") == []
    assert len([each for each in read if each.startswith("SELECT product.id, product.name \nFROM product")]) == 1
    add(shop_app, "Rapportband")
    assert len(found(shop_app, "rapport")) == 2


def test_a_new_word_splits_standing_compounds_wherever_the_index_lies(either_app: Flask) -> None:
    add(either_app, "Zumbelband", "Wollzumbel")
    assert found(either_app, "Band Zumbelband") == ["Zumbelband"]
    add(either_app, "Zumbeln")
    catch_up(either_app)
    assert sorted(found(either_app, "Zumbel")) == ["Wollzumbel", "Zumbelband", "Zumbeln"]
    assert found(either_app, "Zumbel aus Wolle") == ["Wollzumbel"]
