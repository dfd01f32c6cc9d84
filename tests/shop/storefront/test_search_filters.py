"""What a search finds, narrowed down and sorted: by address, without JavaScript, each number what a click shows."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import categories, products
from catalog.search import index
from catalog.units import Unit
from tests.make import NOW, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def ribbons(shop_app: Flask, client: FlaskClient, write: Write) -> FlaskClient:
    """Thirty ribbons in three departments: every second in petrol, every third by the metre, every fifth sold out."""
    with write() as session:
        places = [categories.at_path(session, path).id or 0 for path in (["Bänder"], ["Bänder", "Spitze"], ["Reste"])]
        for number in range(30):
            unit = Unit.PIECE if number % 3 else Unit.LENGTH
            ribbon = make_product(session, f"Band {number:02}", unit=unit)
            products.place_in(session, ribbon.id or 0, [places[number % 3]], NOW)
            colour = "Senf" if number % 2 else "Petrol"
            stock = 0 if number % 5 == 4 else 100
            make_variant(
                session, ribbon, options=[("Farbe", colour, "#0f6b6e")], price_cents=500 - number, on_hand=stock
            )
    shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)
    return client


def names(page: str) -> list[str]:
    return re.findall(r">(Band \d\d)</a>", page)


def total(page: str) -> int:
    found = re.search(r'<h1 class="found">(\d+) Artikel', page)
    assert found
    return int(found[1])


def choices(page: str) -> dict[tuple[str, str], int]:
    """What can be chosen, with the number beside it."""
    pattern = r'type="checkbox" name="([^"]+)" value="([^"]+)">(?:(?!</label>).)*?<small>(\d+)<'
    return {(name, value): int(number) for name, value, number in re.findall(pattern, page, re.DOTALL)}


@pytest.mark.parametrize("address", ["/suche?q=band", "/suche?q=band&o-farbe=petrol", "/suche?q=band&kategorie=baender",
                                     "/suche?q=band&lager=ja&bis-preis=4,90"])  # fmt: skip
def test_each_number_is_what_a_click_shows(ribbons: FlaskClient, address: str) -> None:
    offered = choices(ribbons.get(address).text)
    assert len(offered) >= 3
    for (name, value), number in offered.items():
        assert total(ribbons.get(f"{address}&{name}={value}").text) == number, (name, value)


def test_departments_are_a_tree_that_opens_below_what_is_chosen(ribbons: FlaskClient) -> None:
    whole = choices(ribbons.get("/suche?q=band").text)
    assert (whole["kategorie", "baender"], whole["kategorie", "reste"]) == (20, 10)
    assert ("kategorie", "spitze") not in whole
    assert choices(ribbons.get("/suche?q=band&kategorie=baender").text)["kategorie", "spitze"] == 10
    assert total(ribbons.get("/suche?q=band&kategorie=baender&kategorie=spitze").text) == 10


def test_what_is_searched_goes_along_with_filters_pages_and_order(ribbons: FlaskClient) -> None:
    page = unescape(ribbons.get("/suche?q=band&lager=ja&sortierung=preis-auf").text)
    assert names(page)[:3] == ["Band 28", "Band 27", "Band 26"]
    assert 'href="/suche?q=band&sortierung=preis-auf"' in page  # without the filter
    assert '<input type="hidden" name="q" value="band">' in page
    everything = unescape(ribbons.get("/suche?q=band&sortierung=preis-auf").text)
    assert 'href="?q=band&sortierung=preis-auf&seite=2"' in everything
    assert names(ribbons.get("/suche?q=band&sortierung=preis-auf&seite=2").text)[-1] == "Band 04"


@pytest.mark.parametrize("order", ["", "&sortierung=preis-auf", "&sortierung=name"])
def test_sold_out_goods_are_last_in_each_order_and_not_hidden(ribbons: FlaskClient, order: str) -> None:
    pages = [names(ribbons.get(f"/suche?q=band{order}&seite={number}").text) for number in (1, 2)]
    assert sorted(pages[0] + pages[1]) == [f"Band {number:02}" for number in range(30)]
    assert {int(name[-2:]) % 5 for name in pages[1]} == {4}
    assert "Zurzeit ausverkauft</h2>" in ribbons.get(f"/suche?q=band{order}&seite=2").text


def test_the_title_says_the_same_as_the_heading_when_filters_leave_nothing(ribbons: FlaskClient) -> None:
    page = ribbons.get("/suche?q=band&bis-preis=0,01").text
    assert "<title>0 Artikel zu „band“" in page
    assert total(page) == 0


def test_a_kept_page_of_results_follows_the_stock(ribbons: FlaskClient, write: Write) -> None:
    assert "Band 29" not in names(ribbons.get("/suche?q=band").text)
    assert choices(ribbons.get("/suche?q=band").text)["lager", "ja"] == 24
    with write() as session:
        make_variant(session, session.get_one(products.Product, 30))
    assert choices(ribbons.get("/suche?q=band").text)["lager", "ja"] == 25


def test_a_page_beyond_the_last_is_the_last(ribbons: FlaskClient) -> None:
    assert names(ribbons.get("/suche?q=band&seite=99").text) == names(ribbons.get("/suche?q=band&seite=2").text)
