"""How prices are written for shoppers, in lists and on the article's page, and how lengths are read."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import attributes, prices, revisions
from catalog.prices import Step
from catalog.products import Product
from catalog.units import Unit
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], AbstractContextManager[Session]]
MONTH = timedelta(days=40)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\xa0", " "))


def look(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.text)


def test_half_a_metre_stands_beside_the_metre_everywhere(client: FlaskClient, write: Write) -> None:
    with write() as session:
        fabric = make_fabric(session, "Cord", now=NOW - MONTH)
        session.get_one(Product, fabric.product_id).shown_per = 50
        prices.reduce(session, fabric, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    for address in ("/", "/artikel/cord"):
        page = look(client, address)
        assert "4,95 € / 0,5 m" in page
        assert "Grundpreis: 9,90 € / 1 m" in page
        assert "Niedrigster Grundpreis der letzten 30 Tage vor der Preissenkung: 12,90 € / m" in page


def test_steps_stand_in_a_table_with_their_base_price(client: FlaskClient, write: Write) -> None:
    with write() as session:
        yarn = make_variant(session, make_product(session, "Wolle"), content=50, content_unit=Unit.WEIGHT)
        prices.set_steps(session, yarn, [Step(10, 450)], now=NOW, author="test")
    page = look(client, "/artikel/wolle")
    assert "ab 10 Stück 4,50 € 90,00 € / 1 kg" in page
    assert "derselben Ausführung im Warenkorb" in page
    listed = look(client, "/")
    assert "günstiger ab 10 Stück" in listed
    assert "4,50" not in listed, "a price in a list would owe its base price"


def test_a_recommended_price_is_named_with_its_day_and_never_struck_through(client: FlaskClient, write: Write) -> None:
    with write() as session:
        machine = make_variant(session, make_product(session, "Schere"), price_cents=1990)
        prices.set_rrp(session, machine, 2490, now=NOW)
    page = client.get("/artikel/schere").text
    assert "UVP des Herstellers: 24,90 € (Stand 22.11.2026)" in words(page)
    assert not re.search(r"<(s|del|strike)\b", page)


def test_the_square_metre_is_shown_where_the_owner_likes(client: FlaskClient, write: Write) -> None:
    with write() as session:
        attributes.ensure_types(session)
        fabric = make_fabric(session, "Cord")
        attributes.set_values(session, fabric.product_id, {"width": "150"}, NOW)
        session.add(Profile(id=1))
    assert "m²" not in look(client, "/artikel/cord")
    with write() as session:
        session.get_one(Profile, 1).shows_square_metre = True
        revisions.bump(session)
    for address in ("/", "/artikel/cord"):
        assert "umgerechnet 8,60 € / 1 m²" in look(client, address)


def test_a_length_finer_than_we_measure_names_what_can_be_cut(client: FlaskClient, write: Write) -> None:
    with write() as session:
        sku = make_fabric(session, "Cord").sku
    answer = client.post(
        "/warenkorb",
        data={"variante": sku, "laenge": "1,555", "stuecke": "1"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422
    assert "„1,555“ ist feiner, als wir messen. Möglich wäre 1,50 m oder 1,60 m." in words(answer.text)


def test_the_cart_names_the_step_that_holds_and_the_next(client: FlaskClient, write: Write) -> None:
    with write() as session:
        yarn = make_variant(
            session, make_product(session, "Wolle"), sku="W1", content=50, content_unit=Unit.WEIGHT, on_hand=90
        )
        prices.set_steps(session, yarn, [Step(10, 450), Step(20, 400), Step(50, 300)], now=NOW, author="test")
    client.post("/warenkorb", data={"variante": "W1", "menge": "12"}, headers={"Sec-Fetch-Site": "same-origin"})
    page = look(client, "/warenkorb")
    assert "12 Stück · 4,50 € / Stück Grundpreis: 90,00 € / 1 kg Staffelpreis ab 10 Stück" in page
    assert "Noch günstiger ab 20 Stück" in page
    assert "54,00 €" in page
    assert not re.search(r"(?<!5)4,00 €", page), "a price would owe its base price"
