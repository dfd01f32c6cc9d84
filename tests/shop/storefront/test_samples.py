"""Samples from the article's page to the price that comes off the fabric, as shoppers see them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from catalog.products import Product, Variant
from checkout import fulfilment
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.shipping import ShippingRate
from shop import letters
from shop.context import Shop
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.storefront.selling import (
    ADDRESS,
    BUTTON,
    FABRIC,
    another_visitor,
    fill_cart,
    open_shop,
    seen,
    tell,
    words,
)


@pytest.fixture(autouse=True)
def furnished(shop_app: Flask) -> None:
    """A shop that offers samples of its fabric, and sends them by letter."""
    open_shop(shop_app)
    with writing(shop_app) as session:
        fabric = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        session.get_one(Product, fabric.product_id).offers_sample = True
        session.add(ShippingRate(name="Musterbrief", country="DE", max_weight_g=50, price_cents=110, for_samples=True))


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        yield session


def order_sample(client: FlaskClient) -> str:
    """Order a sample by letter; give the address of the order's page."""
    assert client.post("/warenkorb/muster", data={"variante": FABRIC}).headers["Location"] == "/warenkorb"
    tell(client, delivery="Musterbrief")
    return client.post("/kasse/bestellen", data=seen(client)).headers["Location"]


def paid_number(app: Flask) -> str:
    """Let the last order be paid; give its number."""
    with writing(app) as session:
        order = session.exec(select(Order).order_by(col(Order.id).desc())).first()
        assert order is not None
        fulfilment.mark_paid(
            session, order, cents=order.total_cents, reference=order.number, method="transfer", now=NOW, author="test"
        )
        return order.number


def test_a_sample_lies_in_the_cart_once_and_goes_by_letter(client: FlaskClient) -> None:
    for _ in range(2):
        client.post("/warenkorb/muster", data={"variante": FABRIC})
    page = client.get("/warenkorb").text
    text = words(page)
    assert text.count("Stoffmuster: Jersey Waldtiere") >= 1
    assert "Warenwert 0,50 €" in text
    assert "Musterbrief nach Deutschland" in text
    assert "1,10 €" in text
    assert 'name="menge"' not in page
    assert "Entfernen" in page


def test_letters_for_samples_carry_nothing_else(client: FlaskClient) -> None:
    client.post("/warenkorb/muster", data={"variante": FABRIC})
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    assert "Musterbrief" not in client.get("/warenkorb").text
    assert client.post("/kasse", data=ADDRESS | {"delivery": "Musterbrief"}).status_code == 422


def test_samples_of_other_goods_are_refused_on_their_page(client: FlaskClient) -> None:
    refused = client.post("/warenkorb/muster", data={"variante": BUTTON})
    assert refused.status_code == 422
    assert "keine Stoffmuster" in words(refused.text)
    assert "Set-Cookie" not in refused.headers


def test_the_order_and_its_letter_tell_how_the_price_comes_back(shop_app: Flask, client: FlaskClient) -> None:
    text = words(client.get(order_sample(client)).text)
    assert "Ihre Stoffmuster" in text
    assert "bis zum 03.01.2027" in text
    letter = written(shop_app)
    assert "IHRE STOFFMUSTER" in letter
    assert re.search(r"bis zum 03\.01\.2027 .* diese Nummer: [A-Z0-9]{4}-[A-Z0-9]{4}\.", letter)


def test_the_fabric_costs_less_once_its_sample_was_bought(shop_app: Flask, client: FlaskClient) -> None:
    order_sample(client)
    number = paid_number(shop_app)
    fill_cart(client)
    assert "Nummer Ihrer Muster-Bestellung" in client.get("/kasse").text
    tell(client, sample_order=number)
    confirmation = words(client.get("/kasse/pruefen").text)
    assert "Stoffmuster angerechnet: −0,50 €" in confirmation
    assert "38,20 €" in confirmation
    assert "Stoffmuster angerechnet: −0,50 €" in words(client.get("/warenkorb").text)
    page = words(client.get(client.post("/kasse/bestellen", data=seen(client)).headers["Location"]).text)
    assert "Stoffmuster angerechnet: −0,50 €" in page
    assert "Gesamtbetrag 43,69 €" in page
    assert "Stoffmuster angerechnet: −0,50 €, bleiben 38,20 €" in written(shop_app).replace("\u00a0", " ")


@pytest.mark.parametrize("email", ["erika@kundin.example", "jemand@anders.example"])
def test_a_wrong_number_is_no_obstacle_and_tells_nothing(shop_app: Flask, client: FlaskClient, email: str) -> None:
    order_sample(another_visitor(shop_app))
    number = "K7QM-2XHV" if email == "erika@kundin.example" else paid_number(shop_app)
    fill_cart(client)
    tell(client, email=email, sample_order=number)
    text = words(client.get("/kasse/pruefen").text)
    assert "finden wir kein Muster der Stoffe in Ihrem Warenkorb" in text
    assert "Bestellen können Sie trotzdem" in text
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303


def test_nobody_is_asked_for_samples_who_buys_none_of_their_fabrics(client: FlaskClient) -> None:
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    assert "Muster-Bestellung" not in client.get("/kasse").text


def written(app: Flask) -> str:
    """The body of the newest confirmation."""
    shop: Shop = app.extensions["dorfladen"]
    with app.test_request_context(), shop.database.reading() as session:
        newest = select(Letter).where(Letter.kind == "order_received").order_by(col(Letter.id).desc())
        letter = session.exec(newest).first()
        assert letter is not None
        draft = letters.compose(
            session, letter.kind, letter.reason, url="http://x", payments=shop.payments, themes=THEME
        )
        return letters.write(app.jinja_env, draft).text
