"""When something breaks: a calm page in the shop's clothes, nothing half done, nothing told to the log."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from catalog import revisions
from shop import accounts
from shop.context import session
from shop.profile import Profile
from tests.make import NOW

PASSWORD = "bakelu-tomire-safino"


@pytest.fixture
def breaking(shop_app: Flask, client: FlaskClient) -> FlaskClient:
    """A shop with a door behind which a transaction breaks half way."""

    def break_down(token: str) -> str:
        opened = session()
        opened.merge(Profile(id=1, shop_name="Halb gespeichert"))
        opened.flush()
        revisions.bump(opened, "shop")
        opened.execute(
            text("INSERT INTO variant (product_id, sku, price_cents) VALUES (99, :sku, 1)"), {"sku": "Erika Käufer"}
        )
        return token

    shop_app.add_url_rule("/bestellung/<token>/bricht", "break_down", break_down, methods=["POST"])
    shop_app.add_url_rule("/backoffice/bricht/<token>", "backoffice.break_down", break_down, methods=["POST"])
    with shop_app.extensions["dorfladen"].database.writing() as opened:
        opened.add(Profile(id=1, shop_name="Nähladen Probe"))
        accounts.add(opened, "Anna", PASSWORD, NOW)
    return client


def test_a_broken_transaction_still_ends_in_the_shops_clothes(breaking: FlaskClient) -> None:
    answer = breaking.post("/bestellung/geheim/bricht")
    assert answer.status_code == 500
    assert "Nähladen Probe" in answer.text
    assert "Da ist uns ein Faden gerissen" in answer.text


def test_what_was_half_done_is_seen_by_nobody(breaking: FlaskClient) -> None:
    breaking.post("/bestellung/geheim/bricht")
    assert "Halb gespeichert" not in breaking.get("/").text


def test_after_a_failure_others_may_write(breaking: FlaskClient, shop_app: Flask) -> None:
    breaking.post("/bestellung/geheim/bricht")
    with shop_app.extensions["dorfladen"].database.writing() as opened:
        revisions.bump(opened)


def test_the_log_names_neither_the_orders_address_nor_the_shopper(
    breaking: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        breaking.post("/bestellung/geheim/bricht")
    assert "POST /bestellung/<token>/bricht" in caplog.text
    assert IntegrityError.__name__ in caplog.text
    assert "geheim" not in caplog.text
    assert "Erika" not in caplog.text


def test_at_work_an_error_stays_in_the_backoffice(breaking: FlaskClient) -> None:
    breaking.post("/backoffice/anmelden", data={"name": "Anna", "passwort": PASSWORD})
    missing = breaking.get("/backoffice/artikel/4711")
    assert missing.status_code == 404
    assert "Zur Übersicht" in missing.text
    broken = breaking.post("/backoffice/bricht/geheim")
    assert broken.status_code == 500
    assert "Zur Übersicht" in broken.text


@pytest.mark.parametrize("address", ["/backoffice/artikel/9", "/backoffice/nirgends", "/artikel/x", "/media/x/1.jpg"])
def test_strangers_see_no_frame_of_the_backoffice(breaking: FlaskClient, address: str) -> None:
    assert "Zur Übersicht" not in breaking.get(address).text


def test_a_number_too_large_for_any_row_leads_nowhere(breaking: FlaskClient) -> None:
    breaking.post("/backoffice/anmelden", data={"name": "Anna", "passwort": PASSWORD})
    assert breaking.get(f"/backoffice/artikel/{2**31}").status_code == 404
    assert breaking.post("/backoffice/bilder/99999999999999999999/entfernung").status_code == 404
    assert breaking.get("/backoffice/post?seite=99999999999999999999").status_code == 200
