"""Departments narrowed down: by address, without JavaScript, with sorting and paging."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import attributes, categories, products
from catalog.products import Kind
from tests.make import NOW, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def yarns(write: Write) -> None:
    """Thirty yarns: every second in petrol, every third for needles of 3–4 mm, the others of 5 mm."""
    with write() as session:
        attributes.ensure_types(session)
        category = categories.add(session, "Garne").id
        assert category is not None
        for number in range(30):
            yarn = make_product(session, f"Garn {number:02}", kind=Kind.YARN)
            assert yarn.id is not None
            products.place_in(session, yarn.id, [category], NOW)
            attributes.set_values(session, yarn.id, {"needle_size": "5" if number % 3 else "3–4"}, NOW)
            colour = "Senf" if number % 2 else "Petrol"
            make_variant(session, yarn, options=[("Farbe", colour, "#0f6b6e")], price_cents=500 + number)


def names(page: str) -> list[str]:
    return re.findall(r">(Garn \d\d)</a>", page)


@pytest.mark.usefixtures("yarns")
def test_a_department_is_narrowed_down_by_its_address(client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?o-farbe=petrol&m-needle_size=4&sortierung=name").text
    assert names(page) == [f"Garn {number:02}" for number in range(0, 30, 6)]
    assert "5 Artikel" in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.usefixtures("yarns")
def test_the_number_beside_a_value_is_what_its_click_shows(client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?o-farbe=petrol").text
    offered = re.findall(r'name="([^"]+)" value="([^"]+)">[^\n]*?<small>(\d+)<', page, re.DOTALL)
    assert {name for name, _, _ in offered} == {"o-farbe", "m-needle_size"}
    for name, value, count in offered:
        more = client.get(f"/kategorie/garne?o-farbe=petrol&{name}={value}").text
        assert f"{count} Artikel</p>" in more


@pytest.mark.usefixtures("yarns")
def test_paging_and_sorting_keep_the_filters(client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?m-needle_size=5&m-needle_size=4&sortierung=preis-ab").text
    (further,) = set(re.findall(r'href="(\?[^"]+)" rel="next"', page))
    second = client.get(f"/kategorie/garne{unescape(further)}").text
    assert len(names(page)) + len(names(second)) == 30
    assert names(second)[-1] == "Garn 00"
    assert 'value="preis-ab" selected' in second
    assert re.search(r'<select id="sortierung" name="sortierung" form="auswahl">', second)


@pytest.mark.usefixtures("yarns")
def test_what_was_chosen_is_taken_back_by_its_chip(client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?o-farbe=petrol&m-needle_size=4&sortierung=name").text
    chips = dict(re.findall(r'class="chip" href="([^"]+)"[^>]*>([^<]+) <', page))
    assert {unescape(address): label for address, label in chips.items()} == {
        "/kategorie/garne?m-needle_size=4&sortierung=name": "Farbe: Petrol",
        "/kategorie/garne?o-farbe=petrol&sortierung=name": "Nadelstärke: 4\u00a0mm",
    }


@pytest.mark.usefixtures("yarns")
def test_a_form_with_empty_fields_is_the_whole_department(shop_app: Flask, client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?von-preis=&bis-preis=&sortierung=neu").text
    assert "30 Artikel" in page
    assert "noindex" not in page


@pytest.mark.usefixtures("yarns")
def test_no_selection_fills_the_page_cache(shop_app: Flask, client: FlaskClient) -> None:
    client.get("/kategorie/garne")
    kept = len(shop_app.extensions["dorfladen.pages"].pages)
    for cents in range(20):
        assert client.get(f"/kategorie/garne?bis-preis={cents},50&o-farbe=x{cents}").status_code == 200
    assert len(shop_app.extensions["dorfladen.pages"].pages) == kept


@pytest.mark.usefixtures("yarns")
def test_where_nothing_fits_the_way_back_is_shown(client: FlaskClient) -> None:
    page = client.get("/kategorie/garne?o-farbe=petrol&von-preis=5,29").text
    assert "Dazu passt zurzeit nichts" in page
    assert 'href="/kategorie/garne"' in page


@pytest.mark.usefixtures("yarns")
@pytest.mark.parametrize("query", [
    "o-farbe=%00", "m-x=1&o-=", "von-preis=²&bis-preis=1e9", "von-preis=99999999999999999999", "lager=nein&o-farbe[]=a",
    "o-farbe=<script>", "bis-preis=-5", "von-preis=1.2.3", "von-preis=1.²", "bis-preis=1,٣",
])  # fmt: skip
def test_nonsense_in_a_filter_is_ignored(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/kategorie/garne?{query}")
    assert answer.status_code == 200
    assert "30 Artikel" in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.usefixtures("yarns")
def test_a_page_beyond_what_is_left_is_not_found(client: FlaskClient) -> None:
    assert client.get("/kategorie/garne?seite=2").status_code == 200
    assert client.get("/kategorie/garne?o-farbe=petrol&seite=2").status_code == 404


def test_goods_that_do_not_differ_have_no_filters(client: FlaskClient, write: Write) -> None:
    with write() as session:
        category = categories.add(session, "Knöpfe").id
        assert category is not None
        products.place_in(session, make_variant(session, make_product(session, "Knopf")).product_id, [category], NOW)
    page = client.get("/kategorie/knoepfe").text
    assert "Artikel filtern" not in page
    assert "1 Artikel" in page
