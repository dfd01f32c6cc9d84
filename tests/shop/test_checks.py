"""`check` and /healthz say what is wrong, and only that."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.port import Engine
from catalog.search.queue import SearchChange
from shop import checks, searching
from shop.context import Shop
from shop.law.rules import ERROR
from tests.make import NOW, make_fabric
from tests.shop.index_upkeep import catch_up


def findings_of(app: Flask) -> dict[str, checks.Finding]:
    return {finding.id: finding for finding in checks.run(app)}


def test_an_empty_shop_is_told_what_it_lacks(shop_app: Flask) -> None:
    found = findings_of(shop_app)
    lacking = {name for name, finding in found.items() if not finding.ok}
    assert {"account", "profile", "mail", "address", "backup"} <= lacking
    assert {"database", "sqlite", "letters", "pictures", "F02"}.isdisjoint(lacking)
    assert all(finding.message for finding in found.values())


def test_rows_for_machines_have_the_promised_keys(shop_app: Flask) -> None:
    assert set(checks.run(shop_app)[0].as_row()) == {"id", "severity", "ok", "message"}


def test_a_check_that_breaks_is_itself_a_finding(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    broken = checks.Check("broken", ERROR, "gut", lambda shop: 1 / 0)  # type: ignore[arg-type,return-value]
    finding = checks._find(shop, broken)
    assert finding.is_serious
    assert "nicht prüfen" in finding.message


def test_the_search_says_what_it_lacks(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    assert "baut ihn von selbst auf" in findings_of(shop_app)["search"].message
    catch_up(shop_app)
    assert findings_of(shop_app)["search"].ok
    with shop.database.writing() as session:
        make_fabric(session, "Cord")
        session.add(SearchChange(product_id=1, queued_at=NOW - timedelta(seconds=30)))
    assert findings_of(shop_app)["search"].ok  # what is new may wait a little
    with shop.database.writing() as session:
        session.add(SearchChange(product_id=1, queued_at=NOW - timedelta(minutes=5)))
    assert findings_of(shop_app)["search"].message == (
        "Die Suche kennt 1 Änderung noch nicht. Läuft die Hintergrundarbeit?"
    )
    catch_up(shop_app)
    assert findings_of(shop_app)["search"].ok


@pytest.mark.parametrize(
    ("is_lost", "meanwhile"), [(False, "gilt der bisherige"), (True, "sucht der Laden in der Date")]
)
def test_the_search_says_that_it_is_being_built(shop_app: Flask, is_lost: bool, meanwhile: str) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    catch_up(shop_app)
    if is_lost:
        shutil.rmtree(shop.settings.index)
    with WhooshEngine(shop.settings.index).anew():
        finding = checks.late_index(_opened_again(shop))
    assert "wird gerade neu aufgebaut" in finding
    assert meanwhile in finding


def test_the_search_in_the_database_is_looked_at_alike(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    engine = searching.in_database(shop.database)
    there = _with_engine(shop, engine)
    assert "baut ihn von selbst auf" in checks.late_index(there)
    catch_up(shop_app)
    assert checks.late_index(there) == ""


def _opened_again(shop: Shop) -> Shop:
    return _with_engine(shop, searching.engine(shop.settings, shop.database))


def _with_engine(shop: Shop, engine: Engine) -> Shop:
    return replace(shop, search=Search(engine))


def test_healthy_shop_answers_200(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json() == {"ok": True, "database": True, "folder": True}


def test_a_shop_without_database_answers_503(shop_app: Flask, client: FlaskClient) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    shop.database.close()
    (Path(shop.settings.data) / "shop.db").write_bytes(b"this is no database" * 100)
    for leftover in ("shop.db-wal", "shop.db-shm"):
        (shop.settings.data / leftover).unlink(missing_ok=True)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] is False
