"""`check` and /healthz say what is wrong, and only that."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from shop import checks
from shop.context import Shop


def findings_of(app: Flask) -> dict[str, checks.Finding]:
    return {finding.id: finding for finding in checks.run(app)}


def test_an_empty_shop_is_told_what_it_lacks(shop_app: Flask) -> None:
    found = findings_of(shop_app)
    lacking = {name for name, finding in found.items() if not finding.ok}
    assert {"account", "profile", "mail", "address", "backup"} <= lacking
    assert {"database", "sqlite", "letters", "pictures", "foreign"}.isdisjoint(lacking)
    assert all(finding.message for finding in found.values())


def test_rows_for_machines_have_the_promised_keys(shop_app: Flask) -> None:
    assert set(checks.run(shop_app)[0].as_row()) == {"id", "severity", "ok", "message"}


def test_a_check_that_breaks_is_itself_a_finding(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    broken = checks.Check("broken", checks.ERROR, "gut", lambda shop: 1 / 0)  # type: ignore[arg-type,return-value]
    finding = checks._find(shop, broken)
    assert finding.is_serious
    assert "nicht prüfen" in finding.message


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
