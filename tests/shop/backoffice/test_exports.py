"""Giving out articles: a file to fetch, what it would lack elsewhere, and the switch for every night."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog import categories, products
from shop import scheduled_export
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]
PAGE = "/backoffice/ausgeben"


@pytest.fixture
def goods(write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session, sku="JER", on_hand=1240)
        placed = categories.at_path(session, ["Stoffe", "Jersey"]).id or 0
        products.place_in(session, fabric.product_id, [placed], NOW)
        make_variant(session, make_product(session, "Knopf", published=False), sku="KN")


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_all_articles_come_as_a_file_for_excel(owner: FlaskClient, goods: None) -> None:
    answer = owner.get(f"{PAGE}/datei?format=own")
    assert [row["Artikelnummer"] for row in rows(answer)] == ["JER", "KN"]
    assert answer.headers["Content-Disposition"] == "attachment; filename=artikel-2026-11-22.csv"
    assert answer.headers["Content-Type"].startswith("text/csv")


def test_a_part_with_a_few_columns_is_given_too(owner: FlaskClient, goods: None) -> None:
    answer = owner.get(f"{PAGE}/datei", query_string={"format": "own", "kategorie": "Stoffe", "spalten": "bestand"})
    assert rows(answer) == [{"Artikelnummer": "JER", "Preis": "12,90", "Bestand": "12,40 m"}]
    assert rows(owner.get(f"{PAGE}/datei?welche=entwuerfe&spalten=preise")) == [
        {"Artikelnummer": "KN", "Preis": "4,95"}
    ]


def test_before_fetching_she_reads_what_the_other_system_has_no_place_for(owner: FlaskClient, goods: None) -> None:
    page = owner.get(f"{PAGE}?format=shopify").text
    assert "<b>2</b> Artikel mit <b>2</b> Varianten" in page
    assert "ein Stück ist dort ein Meter" in page
    assert "Jersey Waldtiere" in page


def test_a_choice_that_nothing_fits_says_so(owner: FlaskClient, goods: None) -> None:
    assert "Kein Artikel passt" in owner.get(f"{PAGE}?format=own&knapp=ja").text


def test_a_category_that_is_gone_is_said_beside_its_field(owner: FlaskClient, goods: None) -> None:
    answer = owner.get(f"{PAGE}/datei?format=own&kategorie=Weg")
    assert (answer.status_code, "aus der Liste" in answer.text) == (422, True)


def test_strangers_get_no_file(client: FlaskClient, goods: None) -> None:
    for address in (PAGE, f"{PAGE}/datei", f"{PAGE}/regelmaessig/2026-11-22"):
        assert client.get(address).status_code == 303


def test_the_switch_is_kept_and_the_files_can_be_fetched(
    owner: FlaskClient, goods: None, shop_app: Flask, write: Write
) -> None:
    answer = owner.post(f"{PAGE}/regelmaessig", data={"rhythmus": "day", "art": "plain"})
    assert answer.status_code == 303
    with write() as session:
        shop = session.get(Profile, 1)
        assert (shop.export_every, shop.export_dialect, shop.shop_name) == ("day", "plain", "Schnuckidu")
    scheduled_export.write_due(shop_app)
    day = next(iter(scheduled_export.files(shop_app.extensions["dorfladen"].settings))).stem.removeprefix("artikel-")
    assert f"{PAGE}/regelmaessig/{day}" in owner.get(PAGE).text
    with owner.get(f"{PAGE}/regelmaessig/{day}") as file:
        assert file.data.startswith(b"sku,product,name")


@pytest.mark.parametrize("day", ["2020-01-01", "..%2F..%2Fshop.db", "heute"])
def test_no_other_file_can_be_fetched(owner: FlaskClient, day: str) -> None:
    assert owner.get(f"{PAGE}/regelmaessig/{day}").status_code == 404


def test_a_form_that_was_tampered_with_is_refused(owner: FlaskClient) -> None:
    assert owner.post(f"{PAGE}/regelmaessig", data={"rhythmus": "stündlich"}).status_code == 422
    assert owner.get(f"{PAGE}/datei?format=exe").status_code == 422
