"""Categories and makers: added, renamed, moved, and removed only when nothing stands in them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import categories, makers, products
from catalog.categories import Category
from catalog.makers import Maker
from catalog.search import index
from shop.context import Shop
from tests.make import NOW, make_product

Write = Callable[[], Any]


@pytest.fixture
def tree(write: Write) -> None:
    with write() as session:
        categories.at_path(session, ["Stoffe", "Jersey"])
        categories.at_path(session, ["Wolle"])


@pytest.mark.usefixtures("tree")
def test_categories_are_added_and_moved(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/kategorien", data={"name": "Samt", "unter": "1"}).status_code == 303
    owner.post("/backoffice/kategorien/3/platz", data={"richtung": "vor"})
    with write() as session:
        names = [(top.name, [each.name for each in below]) for top, below in categories.tree(session)]
        assert names == [("Wolle", []), ("Stoffe", ["Jersey", "Samt"])]


@pytest.mark.usefixtures("tree")
def test_a_renamed_category_keeps_its_address(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/kategorien/3", data={"name": "Garne", "text": "Für Socken"})
    with write() as session:
        renamed = session.get_one(Category, 3)
        assert (renamed.name, renamed.slug, renamed.description) == ("Garne", "wolle", "Für Socken")


@pytest.mark.usefixtures("tree")
def test_a_category_moves_and_its_old_address_leads_on(owner: FlaskClient) -> None:
    typed = {"name": "Garne", "text": "", "adresse": "Garne & Wolle"}
    assert owner.post("/backoffice/kategorien/3", data=typed).status_code == 303
    assert owner.get("/kategorie/wolle").headers["Location"] == "/kategorie/garne-wolle"


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(("address", "sentence"), [("stoffe", "Kategorie „Stoffe“"), ("", "Buchstaben und Ziffern")])
def test_a_category_needs_an_address_of_its_own(owner: FlaskClient, write: Write, address: str, sentence: str) -> None:
    answer = owner.post("/backoffice/kategorien/3", data={"name": "Garne", "text": "", "adresse": address})
    assert answer.status_code == 422
    assert sentence in answer.text
    with write() as session:
        unchanged = session.get_one(Category, 3)
        assert (unchanged.name, unchanged.slug) == ("Wolle", "wolle")


@pytest.mark.usefixtures("tree")
def test_a_category_that_had_another_address_can_go(owner: FlaskClient) -> None:
    owner.post("/backoffice/kategorien/3", data={"name": "Garne", "text": "", "adresse": "garne"})
    assert owner.post("/backoffice/kategorien/3/entfernung").status_code == 303
    assert owner.get("/kategorie/wolle").status_code == 404


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("typed", [{"name": ""}, {"name": "Stoffe"}])
def test_a_category_needs_a_name_of_its_own(owner: FlaskClient, typed: dict[str, str]) -> None:
    assert owner.post("/backoffice/kategorien", data=typed).status_code == 422


@pytest.mark.usefixtures("tree")
def test_only_an_empty_category_goes(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        product_id = make_product(session).id
        assert product_id is not None
        products.place_in(session, product_id, [2], NOW)
    for category_id in (1, 2, 3):
        owner.post(f"/backoffice/kategorien/{category_id}/entfernung")
    with write() as session:
        assert [each.name for each in session.exec(select(Category)).all()] == ["Stoffe", "Jersey"]


def test_a_maker_gets_its_address(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        makers.named(session, "Nordgarn")
        makers.named(session, "Südgarn")
    assert "Es fehlt: die Anschrift" in owner.get("/backoffice/hersteller").text
    typed = {
        "name": "Nordgarn GmbH",
        "strasse": "Spinnweg 1",
        "plz": "28195",
        "ort": "Bremen",
        "land": "DE",
        "kontakt": "a@b.example",
    }
    assert owner.post("/backoffice/hersteller/1", data=typed).status_code == 303
    assert owner.post("/backoffice/hersteller/1", data=typed | {"name": "Südgarn"}).status_code == 422
    assert owner.post("/backoffice/hersteller/1", data=typed | {"land": "??"}).status_code == 422
    with write() as session:
        assert session.get_one(Maker, 1).street == "Spinnweg 1"


def test_a_renamed_category_is_found_by_its_new_name(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    with write() as session:
        product = make_product(session, "Ballenware")
        below = categories.at_path(session, ["Stoffe", "Jersey"])
        assert product.id is not None
        assert below.id is not None
        assert below.parent_id is not None
        products.place_in(session, product.id, [below.id], NOW)
        address = f"/backoffice/kategorien/{below.parent_id}"
    owner.post(address, data={"name": "Meterware", "text": ""})
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.replay(session, shop.search.engine)
        assert len(shop.search.find(session, "meterware", NOW).ids) == 1
