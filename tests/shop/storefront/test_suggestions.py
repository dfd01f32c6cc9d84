"""What is offered while someone types."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import categories, products
from catalog.search import index
from catalog.units import Unit
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]
SCRIPT = Path(__file__).parents[3] / "themes" / "default" / "static" / "js" / "suggestions.js"
YOUNG = re.compile(
    r"\?\.(?!\d)|\?\?|replaceChildren|\.at\(|\.flat\(|fromEntries|replaceAll|matchAll|\bawait\b|async [f(]|#[a-z]+ ="
)
NOTHING: dict[str, list[Any]] = {"words": [], "categories": [], "articles": []}


@pytest.fixture
def stocked(shop_app: Flask, client: FlaskClient, write: Write) -> FlaskClient:
    with write() as session:
        jersey = make_fabric(session)
        category = categories.at_path(session, ["Stoffe", "Jersey"])
        assert category.id is not None
        products.place_in(session, jersey.product_id, [category.id], NOW)
        buttons = make_product(session, "Knöpfe im Glas")
        make_variant(session, buttons, price_cents=450, on_hand=0, content=50, content_unit=Unit.WEIGHT)
        make_variant(session, buttons, price_cents=490, on_hand=0, content=50, content_unit=Unit.WEIGHT)
    shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)
    return client


def suggested(client: FlaskClient, text: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = client.get("/suche/vorschlaege", query_string={"q": text}).get_json()
    return found


def test_words_departments_and_articles_are_offered(stocked: FlaskClient) -> None:
    found = suggested(stocked, "jer")
    assert found["words"] == ["Jersey"]
    assert found["categories"] == [{"name": "Jersey", "path": "Stoffe", "address": "/kategorie/jersey"}]
    assert [(each["name"], each["address"]) for each in found["articles"]] == [
        ("Jersey Waldtiere", "/artikel/jersey-waldtiere")
    ]
    assert found["articles"][0]["price"] == "12,90\xa0€ / m"


def test_a_price_has_its_base_price_beside_it(stocked: FlaskClient) -> None:
    (article,) = suggested(stocked, "glas")["articles"]
    assert article["price"] == "ab 4,50\xa0€"
    assert article["base"] == "Grundpreis: 90,00\xa0€ / 1\xa0kg"
    assert article["is_sold_out"]
    assert article["picture"] == ""


@pytest.mark.parametrize("typed", ["knö", "KNOE", "kno", "Knopf", "  knö  "])
def test_umlauts_and_case_are_forgiven(stocked: FlaskClient, typed: str) -> None:
    assert "Knöpfe" in suggested(stocked, typed)["words"]


@pytest.mark.parametrize(("typed", "word"), [("knöffe", "Knöpfe"), ("jersi", "Jersey"), ("waltier", "Waldtiere")])
def test_a_mistyped_beginning_goes_on_all_the_same(stocked: FlaskClient, typed: str, word: str) -> None:
    found = suggested(stocked, typed)
    assert found["words"] == [word]
    assert len(found["articles"]) == 1
    assert bool(found["categories"]) == (word == "Jersey")


def test_a_letter_of_another_word_changes_nothing(stocked: FlaskClient) -> None:
    assert suggested(stocked, "jersey w") == suggested(stocked, "jersey") != NOTHING


def test_goods_whose_names_only_end_in_the_word_are_shown_first(stocked: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Holzknopf"))
        make_variant(session, make_product(session, "Knopflochgarn"))
    shop = stocked.application.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)
    for typed in ("kn", "knopf"):
        names = [each["name"] for each in suggested(stocked, typed)["articles"]]
        assert set(names) == {"Holzknopf", "Knopflochgarn", "Knöpfe im Glas"}, typed
        assert names.index("Holzknopf") < names.index("Knopflochgarn"), typed


def test_a_word_is_offered_in_one_form(stocked: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Waldtier"))
        make_variant(session, make_product(session, "Waldtiere klein"))
    assert suggested(stocked, "wald")["words"] == ["Waldtiere"]


def test_words_before_the_last_stay_as_they_are_typed(stocked: FlaskClient) -> None:
    assert suggested(stocked, "BUNTE  kno")["words"] == ["BUNTE Knöpfe"]


@pytest.mark.parametrize("typed", ["", "j", " j ", "<b>", "xyzzy", "%", "0" * 500])
def test_nothing_is_offered_for_a_letter_or_nonsense(stocked: FlaskClient, typed: str) -> None:
    assert suggested(stocked, typed) == NOTHING


def test_browsers_keep_an_answer_for_a_minute(stocked: FlaskClient) -> None:
    answer = stocked.get("/suche/vorschlaege?q=jer")
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert stocked.get("/suche/vorschlaege").get_json() == NOTHING


def test_a_mistyped_word_offers_what_is_meant(stocked: FlaskClient) -> None:
    found = suggested(stocked, "jersei")
    assert found["words"] == ["Jersey"]
    assert [each["name"] for each in found["articles"]] == ["Jersey Waldtiere"]


def test_goods_that_lack_a_word_are_not_offered(stocked: FlaskClient) -> None:
    assert suggested(stocked, "jersey xyzzy") == NOTHING


def test_the_script_assumes_no_young_browser() -> None:
    found = YOUNG.search(SCRIPT.read_text(encoding="utf-8"))
    assert found is None, f"telephones without updates do not know {found}"
