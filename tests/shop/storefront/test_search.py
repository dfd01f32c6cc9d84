"""The page of what was found: what it says of the words, of departments, of goods that are sold out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import categories, products
from catalog.search import index
from catalog.search.find import Answer
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_variant
from tests.shop.storefront.selling import words

Write = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def stocked(shop_app: Flask, client: FlaskClient, write: Write) -> FlaskClient:
    """A jersey in Stoffe › Jersey, and one that is sold out."""
    with write() as session:
        category = categories.at_path(session, ["Stoffe", "Jersey"])
        assert category.id is not None
        products.place_in(session, make_fabric(session).product_id, [category.id], NOW)
        make_variant(session, make_product(session, "Jersey Herbstlaub"), on_hand=0)
    shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)
    return client


def answering(app: Flask, monkeypatch: pytest.MonkeyPatch, **said: Any) -> list[bool]:
    """Let the search say something of each text; gives whether it was asked to correct nothing."""
    search = app.extensions["dorfladen"].search
    asked: list[bool] = []

    def find(session: Session, text: str, now: datetime, *, exactly: bool = False) -> Answer:
        asked.append(exactly)
        return Answer([1], [1.0], **said)

    monkeypatch.setattr(search, "find", find)
    return asked


def test_heading_and_title_say_what_was_searched_and_how_much_there_is(stocked: FlaskClient) -> None:
    page = stocked.get("/suche?q=jersey").text
    assert "<title>2 Artikel zu „jersey“ – " in page
    assert '<div role="status"><h1 class="found">2 Artikel zu „jersey“</h1></div>' in page
    assert 'content="noindex"' in page


def test_departments_of_that_name_stand_above_the_goods(stocked: FlaskClient) -> None:
    page = stocked.get("/suche?q=jersey").text
    assert "Stoffe › Jersey" in words(page).replace("\xa0", " ")
    assert page.index('aria-label="Passende Abteilungen"') < page.index("<article")
    assert "Passende Abteilungen" not in stocked.get("/suche?q=herbstlaub").text


def test_where_nothing_is_found_for_a_compound_what_comes_nearest_is_shown(stocked: FlaskClient) -> None:
    page = words(stocked.get("/suche?q=weihnachtsjersey").text)
    assert "Zu „weihnachtsjersey“ haben wir nichts gefunden" in page
    assert page.index("Das kommt dem am nächsten") < page.index("Jersey Waldtiere")
    assert "Das kommt dem am nächsten" not in words(stocked.get("/suche?q=quarktasche").text)


def test_what_is_sold_out_stands_last_below_its_heading(stocked: FlaskClient) -> None:
    page = stocked.get("/suche?q=jersey").text
    assert page.index("Jersey Waldtiere</a>") < page.index(">Zurzeit ausverkauft</h2>")
    assert page.index(">Zurzeit ausverkauft</h2>") < page.index("Jersey Herbstlaub</a>")
    assert "Zurzeit ausverkauft</h2>" not in stocked.get("/suche?q=waldtiere").text


def test_a_correction_is_said_and_can_be_taken_back(
    shop_app: Flask, stocked: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(shop_app, monkeypatch, meant="jersey")
    page = stocked.get("/suche?q=jersei+%26+co").text
    assert "Wir haben nach „jersey“ gesucht. Stattdessen wirklich nach „jersei & co“ suchen" in words(page)
    assert 'href="/suche?q=jersei%20%26%20co&amp;genau=1"' in page
    assert "1 Artikel zu „jersey“" in words(page)
    assert 'value="jersei &amp; co"' in page
    stocked.get("/suche?q=jersei+%26+co&genau=1")
    assert asked == [False, True]


def test_words_left_out_are_named(shop_app: Flask, stocked: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(shop_app, monkeypatch, left_out=("einhorn", "mond"))
    assert "wenn wir „einhorn“ und „mond“ weglassen" in words(stocked.get("/suche?q=jersey+einhorn+mond").text)


def test_what_may_be_meant_is_a_link(shop_app: Flask, stocked: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(shop_app, monkeypatch, suggestions=("knöpfe", "knopf & co"))
    page = stocked.get("/suche?q=knöfe").text
    assert "Meinten Sie „knöpfe“ oder „knopf & co“ ?" in words(page)
    assert 'href="/suche?q=knopf%20%26%20co"' in page


def test_what_lacks_a_word_stands_beside_few_finds(
    shop_app: Flask, stocked: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(shop_app, monkeypatch, beside=[2])
    page = stocked.get("/suche?q=jersey+waldtiere").text
    assert "1 Artikel zu" in page
    assert page.index("Jersey Waldtiere</a>") < page.index(">Das passt fast</h2>") < page.index("Jersey Herbstlaub</a>")
    assert "Das passt fast" not in stocked.get("/suche?q=jersey+waldtiere&lager=ja").text


def test_a_single_find_needs_no_sorting(stocked: FlaskClient) -> None:
    assert "Sortieren nach" in stocked.get("/suche?q=jersey").text
    assert "Sortieren nach" not in stocked.get("/suche?q=waldtiere").text


def test_whoever_finds_nothing_is_helped(stocked: FlaskClient, write: Write) -> None:
    with write() as session:
        session.add(Profile(shop_name="Probe", phone="033 100", email="laden@probe.example"))
    page = stocked.get("/suche?q=%3Cb%3Exyzzy").text
    assert "Zu „<b>xyzzy“ haben wir nichts gefunden" in words(page)
    assert "<b>xyzzy" not in page
    for address in ("tel:033100", "mailto:laden@probe.example", "/kategorie/stoffe"):
        assert f'href="{address}"' in page
    assert "<title>Nichts gefunden zu „&lt;b&gt;xyzzy“" in page


def test_an_empty_search_asks_for_words(stocked: FlaskClient) -> None:
    page = words(stocked.get("/suche?q=+").text)
    assert "Geben Sie oben ein, was Sie suchen" in page
    assert "Artikel zu" not in page
