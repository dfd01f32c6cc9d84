"""Telephone orders: the same prices, shipping and stock as the checkout, several at a time, none doubled."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog import prices
from catalog.price_steps import set_steps
from catalog.prices import Step
from catalog.products import Variant
from checkout.cart import Cart
from checkout.orders import Order, OrderEvent, OrderLine, State
from checkout.outbox import Letter
from checkout.phone_orders import PhoneOrder
from shop.accounts import Account
from shop.context import Shop
from tests.make import NOW
from tests.shop.backoffice.conftest import NAME, QUICK_HASH, sign_in
from tests.shop.storefront.selling import BUTTON, FABRIC, hidden, open_shop, words

ROOM = "/backoffice/telefonbestellung"
PARCEL = {"name": "Hilde Huber", "phone": "033999 123", "email": "", "street": "Am Anger 1", "postal_code": "01234",
          "city": "Lindow", "country": "DE", "delivery": "Paket", "payment": "transfer"}  # fmt: skip
PICKUP = {"name": "Hilde Huber", "phone": "033999 123", "email": "", "delivery": "pickup", "payment": "on_pickup"}


@pytest.fixture
def owner(shop_app: Flask, client: FlaskClient) -> FlaskClient:
    """Somebody who has signed in, in a shop that is open."""
    open_shop(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        session.add(Account(name=NAME, password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
    assert sign_in(client).status_code == 303
    return client


def begin(owner: FlaskClient) -> str:
    """Begin a telephone order; give the address of its room."""
    return str(owner.post(ROOM).headers["Location"])


def put(owner: FlaskClient, room: str, sku: str, **much: str) -> Any:
    """Choose goods by their number and say how much."""
    variante = hidden(owner.get(f"{room}?q={sku}").text, "variante")
    return owner.post(f"{room}/ware", data={"variante": variante} | much)


def tell(owner: FlaskClient, room: str, **facts: str) -> str:
    """Tell who buys; give the page that is read aloud."""
    told = owner.post(f"{room}/kundin", data=facts)
    assert told.headers.get("Location") == f"{room}/pruefen", told.text
    return owner.get(f"{room}/pruefen").text


def seen(page: str) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("schluessel", "gesehen")}


def test_a_telephone_order_costs_what_it_would_cost_in_the_shop(owner: FlaskClient, shop_app: Flask) -> None:
    room = begin(owner)
    assert put(owner, room, FABRIC, laenge="1,5", stuecke="2").status_code == 303
    page = tell(owner, room, **PARCEL)
    text = words(page)
    for told in ("2 Stücke à 1,50 m Jersey Waldtiere", "Paket 5,49 €", "Zusammen 44,19 €", "Hilde Huber, Am Anger 1",
                 "vierzehn Tage", "mit der Ware auf Papier"):  # fmt: skip
        assert told in text
    placed = owner.post(f"{room}/bestellung", data=seen(page))
    assert placed.headers["Location"] == "/backoffice/bestellungen/1"
    assert "telefonisch aufgenommen von Anna" in words(owner.get("/backoffice/bestellungen/1").text)
    with _reading(shop_app) as session:
        order = session.get_one(Order, 1)
        assert (order.total_cents, order.state, order.email) == (4419, State.AWAITING_PAYMENT, "")
        assert session.exec(select(Variant.held).where(Variant.sku == FABRIC)).one() == 300
        first = session.exec(select(OrderEvent)).first()
        assert first is not None
        assert (first.author, first.note) == ("Anna", "telefonisch aufgenommen")
        assert [letter.recipient for letter in session.exec(select(Letter)).all()] == ["owner"]
        assert session.exec(select(PhoneOrder)).all() == []
        assert session.exec(select(Cart)).all() == []


def test_price_steps_hold_at_the_telephone_as_well(owner: FlaskClient, shop_app: Flask) -> None:
    with _writing(shop_app) as session:
        variant = session.exec(select(Variant).where(Variant.sku == BUTTON)).one()
        set_steps(session, variant, [Step(5, 395)], now=NOW, author="test")
        session.commit()
    room = begin(owner)
    put(owner, room, BUTTON, menge="5")
    assert "Ware 19,75 €" in words(owner.get(room).text)


def test_several_calls_do_not_mix(owner: FlaskClient, shop_app: Flask) -> None:
    first, second = begin(owner), begin(owner)
    put(owner, first, FABRIC, laenge="2")
    put(owner, second, BUTTON, menge="3")
    tell(owner, first, **PICKUP | {"name": "Hilde Huber"})
    tell(owner, second, **PICKUP | {"name": "Berta Braun"})
    overview = words(owner.get(ROOM).text)
    assert "Hilde Huber 1 Artikel" in overview
    assert "Berta Braun 1 Artikel" in overview
    for room in (second, first):
        assert owner.post(f"{room}/bestellung", data=seen(owner.get(f"{room}/pruefen").text)).status_code == 303
    with _reading(shop_app) as session:
        sold = session.exec(select(Order.name, OrderLine.sku).join(OrderLine).order_by(Order.id)).all()  # type: ignore[arg-type]
    assert sold == [("Berta Braun", BUTTON), ("Hilde Huber", FABRIC)]


def test_the_button_pressed_twice_places_one_order(owner: FlaskClient, shop_app: Flask) -> None:
    room = begin(owner)
    put(owner, room, BUTTON, menge="1")
    form = seen(tell(owner, room, **PICKUP))
    answers = [owner.post(f"{room}/bestellung", data=form).headers["Location"] for _ in range(2)]
    assert answers == ["/backoffice/bestellungen/1"] * 2
    with _reading(shop_app) as session:
        assert len(session.exec(select(Order)).all()) == 1


def test_a_price_that_changed_since_it_was_read_aloud_is_shown_again(owner: FlaskClient, shop_app: Flask) -> None:
    room = begin(owner)
    put(owner, room, BUTTON, menge="1")
    form = seen(tell(owner, room, **PICKUP))
    with _writing(shop_app) as session:
        variant = session.exec(select(Variant).where(Variant.sku == BUTTON)).one()
        prices.set_regular(session, variant, 595, now=NOW, author="test")
        session.commit()
    answer = owner.post(f"{room}/bestellung", data=form)
    assert answer.status_code == 409
    assert "von 4,95 € auf 5,95 €" in words(answer.text)
    assert "Zusammen 5,95 €" in words(answer.text)


def test_more_than_there_is_is_refused_and_nothing_typed_is_lost(owner: FlaskClient) -> None:
    room = begin(owner)
    answer = put(owner, room, FABRIC, laenge="9", stuecke="1")
    assert answer.status_code == 422
    assert 'value="9"' in answer.text
    assert "5,00\u00a0m" in answer.text


def test_lines_are_changed_and_taken_out(owner: FlaskClient) -> None:
    room = begin(owner)
    put(owner, room, BUTTON, menge="2")
    assert owner.post(f"{room}/ware/1", data={"menge": "4"}).status_code == 303
    assert "Ware 19,80 €" in words(owner.get(room).text)
    assert owner.post(f"{room}/ware/1", data={"menge": "99"}).status_code == 422
    owner.post(f"{room}/ware/1", data={"entfernen": "1"})
    assert "Bisher" not in owner.get(room).text
    assert owner.get(f"{room}/pruefen").headers["Location"] == room


def test_what_is_missing_is_said_and_a_parcel_needs_an_address(owner: FlaskClient) -> None:
    room = begin(owner)
    put(owner, room, BUTTON, menge="1")
    answer = owner.post(f"{room}/kundin", data={"name": "Hilde", "delivery": "Paket"})
    assert answer.status_code == 422
    for told in ("Straße und Hausnummer", "E-Mail-Adresse oder eine Telefonnummer", "wie Sie bezahlen"):
        assert told in answer.text
    assert owner.get(f"{room}/pruefen").headers["Location"] == f"{room}/kundin"


def test_an_order_that_nobody_wants_is_thrown_away(owner: FlaskClient, shop_app: Flask) -> None:
    room = begin(owner)
    put(owner, room, BUTTON, menge="1")
    assert owner.post(f"{room}/verwerfen").status_code == 303
    assert owner.get(room).status_code == 404
    with _reading(shop_app) as session:
        assert session.exec(select(Cart)).all() == []


def test_strangers_take_no_orders(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert client.get(ROOM).status_code == 303
    assert client.post(ROOM).headers["Location"].startswith("/backoffice/anmelden")


def _reading(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.read_session()


def _writing(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.write_session()
