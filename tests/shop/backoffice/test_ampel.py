"""The owner sees red first, opens her shop only when nothing is red, and closes it again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from shop import checks
from shop.law import book
from shop.law.rules import ERROR, WARNING, Fault, Rule, Sight, by_construction
from shop.looks import ShopOpening
from shop.profile import Profile

RED = Rule("X1", "§ 1 XYZ", date(2020, 1, 1), ERROR, "Rote Pflicht.", "So.",
           lambda sight: [Fault("Das Telefon fehlt.", "/backoffice/laden#telefon")])  # fmt: skip
YELLOW = Rule("X2", "§ 2 XYZ", date(2020, 1, 1), WARNING, "Gelbe Pflicht.", "So.", lambda sight: [Fault("Hm.")])
GREEN = Rule("X3", "§ 3 XYZ", date(2020, 1, 1), ERROR, "Grüne Pflicht.", "So.", by_construction)
LATER = Rule("X4", "§ 4 XYZ", date(2030, 1, 1), ERROR, "Künftige Pflicht.", "So.", by_construction)


@pytest.fixture(autouse=True)
def few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule of each colour."""
    monkeypatch.setattr(book, "RULES", (GREEN, YELLOW, RED, LATER))
    monkeypatch.setattr(checks, "technical", lambda app: [])


@pytest.fixture
def closed(owner: FlaskClient, write: Callable[[], Any]) -> FlaskClient:
    """An owner whose shop is not open."""
    with write() as session:
        session.get_one(Profile, 1).is_open = False
    return owner


def is_open(write: Callable[[], Any]) -> bool:
    with write() as session:
        return bool(session.get_one(Profile, 1).is_open)


def test_red_stands_first_and_leads_to_the_field(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/ampel").text
    assert page.index("Rote Pflicht.") < page.index("Gelbe Pflicht.") < page.index("Grüne Pflicht.")
    assert "1 roter Punkt" in page
    assert 'href="/backoffice/laden#telefon"' in page
    assert "<b>X1</b> § 1 XYZ · seit 01.01.2020" in page
    assert "ab 01.01.2030" in page


def test_the_shop_stays_closed_while_something_is_red(closed: FlaskClient, write: Callable[[], Any]) -> None:
    refused = closed.post("/backoffice/ampel/oeffnen")
    assert refused.status_code == 409
    assert "Das Telefon fehlt." in refused.text
    assert "bleibt noch geschlossen" in refused.text
    assert not is_open(write)


def test_a_rule_may_ask_the_ways_to_pay(closed: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def asks(sight: Sight) -> list[Fault]:
        return [Fault("?") for each in sight.shop.payments.values() if not isinstance(each.missing(), str)]

    monkeypatch.setattr(book, "RULES", (replace(GREEN, look=asks),))
    assert closed.post("/backoffice/ampel/pruefen").status_code == 303
    assert closed.post("/backoffice/ampel/oeffnen").status_code == 303


def test_the_shop_is_opened_when_nothing_is_red_and_closed_again(
    closed: FlaskClient, client: FlaskClient, shop_app: Flask, write: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = shop_app.test_client()
    assert stranger.get("/").status_code == 503
    monkeypatch.setattr(book, "RULES", (GREEN, YELLOW))
    assert closed.post("/backoffice/ampel/oeffnen").status_code == 303
    assert is_open(write)
    assert stranger.get("/").status_code == 200
    assert "geöffnet von Anna" in closed.get("/backoffice/ampel").text
    assert closed.post("/backoffice/ampel/schliessen").status_code == 303
    assert stranger.get("/").status_code == 503
    with write() as session:
        told = [(each.is_open, each.author) for each in session.exec(select(ShopOpening)).all()]
    assert told == [(True, "Anna"), (False, "Anna")]


def test_a_look_is_kept_until_the_shop_changes_or_she_asks(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    owner.post("/backoffice/ampel/pruefen")
    assert "1 roter Punkt" in owner.get("/backoffice/ampel").text
    monkeypatch.setattr(book, "RULES", (GREEN,))
    assert "1 roter Punkt" in owner.get("/backoffice/ampel").text
    assert owner.post("/backoffice/ampel/pruefen").status_code == 303
    assert "Alles grün" in owner.get("/backoffice/ampel").text


def test_today_says_in_one_line_how_it_stands(owner: FlaskClient) -> None:
    assert "<b>Ampel:</b> prüfen" in owner.get("/backoffice/").text
    owner.post("/backoffice/ampel/pruefen")
    assert "Ampel: rot.</b> Ein Punkt muss in Ordnung kommen." in owner.get("/backoffice/").text


def test_today_says_that_the_shop_is_closed(closed: FlaskClient) -> None:
    assert "Ihr Laden ist noch nicht geöffnet" in closed.get("/backoffice/").text


def test_strangers_neither_look_nor_open(client: FlaskClient, with_account: None) -> None:
    assert client.get("/backoffice/ampel").status_code == 303
    assert client.post("/backoffice/ampel/oeffnen").headers["Location"].startswith("/backoffice/anmelden")


def test_the_handbook_tells_every_rule(owner: FlaskClient) -> None:
    page = owner.get("/backoffice/hilfe/gesetz").text
    assert "{regeln}" not in page


def test_the_handbooks_table_comes_from_the_rules(owner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    page = owner.get("/backoffice/hilfe/gesetz").text
    for rule in book.RULES:
        assert f"<td>{rule.id}</td>" in page
        assert f"{rule.since:%d.%m.%Y}" in page
