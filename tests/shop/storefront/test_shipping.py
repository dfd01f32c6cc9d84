"""Shipping as shoppers meet it: letters for what is flat, a surcharge that is shown before the order, and why not."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog.products import Variant
from checkout.deliveries import Shipment
from checkout.orders import Order, State
from checkout.shipping import ShippingMethod, ShippingRate, ShippingSurcharge
from shop import profile
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import ADDRESS, BUTTON, fill_cart, open_shop, place_order, seen, tell, words


@pytest.fixture(autouse=True)
def post_office(shop_app: Flask) -> None:
    """Letters up to 5 cm for 2,90 €; the islands cost 3 € more by parcel, and nothing goes to Helgoland."""
    open_shop(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        session.add_all([
            ShippingMethod(name="Großbrief", kind="letter", packing_g=15, packing_mm=2, note="Ohne Sendungsnummer."),
            ShippingRate(name="Großbrief", country="DE", max_weight_g=500, max_thickness_mm=20, price_cents=180),
            ShippingSurcharge(label="Inselzuschlag", country="DE", codes="25980–25999", cents=300),
            ShippingSurcharge(label="Helgoland", country="DE", codes="27498", cents=None),
        ])  # fmt: skip
        button = session.exec(select(Variant).where(Variant.sku == BUTTON)).one()
        button.thickness_mm, button.per_layer = 4, 40


def fill_with_buttons(client: FlaskClient, number: int) -> None:
    assert client.post("/warenkorb", data={"variante": BUTTON, "menge": str(number)}).status_code == 303


def test_buttons_go_by_letter(client: FlaskClient) -> None:
    fill_with_buttons(client, 8)
    text = words(client.get("/warenkorb").text)
    assert "Großbrief nach Deutschland ab 1,80 €" in text
    assert "Gesamtbetrag ab " in text
    assert "Warum nicht" not in text
    checkout = words(client.get("/kasse").text)
    assert "Großbrief Ohne Sendungsnummer. 1,80 €" in checkout
    assert "Paket ab 5,49 €" in checkout


def test_fabric_goes_by_parcel_and_the_cart_says_why(client: FlaskClient) -> None:
    fill_cart(client)
    text = words(client.get("/warenkorb").text)
    assert "Warum nicht als Großbrief?" in text
    assert "Großbrief: zu schwer, höchstens 500 g mit Verpackung." in text
    fill_with_buttons(client, 1)
    assert "Warum nicht als Großbrief?" in words(client.get("/kasse").text)


def test_the_postal_code_is_asked_in_the_cart_and_makes_the_price_exact(client: FlaskClient) -> None:
    fill_cart(client)
    text = words(client.get("/warenkorb").text)
    assert "Paket nach Deutschland ab 5,49 €" in text
    assert "Gesamtbetrag ab 44,19 €" in text
    assert "Dorthin schicken wir nicht alles: Helgoland (27498)" in text
    assert client.post("/warenkorb/ziel", data={"country": "DE", "postal_code": "25985"}).status_code == 303
    text = words(client.get("/warenkorb").text)
    assert "Paket, mit Inselzuschlag (3,00 €) nach Deutschland 8,49 €" in text
    assert "Gesamtbetrag 47,19 €" in text
    assert 'value="25985"' in client.get("/kasse").text


def test_a_postal_code_that_is_none_is_refused_with_a_sentence(client: FlaskClient) -> None:
    fill_cart(client)
    answer = client.post("/warenkorb/ziel", data={"country": "DE", "postal_code": "259"})
    assert answer.status_code == 422
    assert "Die Postleitzahl hat 5 Ziffern." in words(answer.text)
    assert 'value="259"' in answer.text
    assert client.post("/warenkorb/ziel", data={"country": "XX", "postal_code": "25985"}).status_code == 422
    assert client.post("/warenkorb/ziel", data={"country": "AT", "postal_code": "1010"}).status_code == 303
    assert "Paket nach Österreich 12,49 €" in words(client.get("/warenkorb").text)


def test_where_nothing_is_sent_the_address_can_still_be_changed(shop_app: Flask, client: FlaskClient) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        profile.load(session).offers_pickup = True
    fill_cart(client)
    page = client.post("/kasse", data=ADDRESS | {"delivery": "Paket", "postal_code": "27498"})
    assert page.status_code == 422
    assert "checkout--nowhere" in page.text  # scripts and styles hide no address of it
    assert not re.search(r'value="pickup"[^>]* checked', page.text)  # it is not chosen for her
    page = client.post("/kasse", data=ADDRESS | {"delivery": "Paket", "postal_code": "10115"})
    assert page.headers["Location"] == "/kasse/pruefen"


def test_a_visitor_without_a_cart_is_led_to_the_empty_one(client: FlaskClient) -> None:
    assert client.post("/warenkorb/ziel", data={"postal_code": "25985"}).status_code == 303


def test_the_surcharge_stands_above_the_order_button_and_is_what_is_paid(shop_app: Flask, client: FlaskClient) -> None:
    fill_cart(client)
    tell(client, postal_code="25985")
    text = words(client.get("/kasse/pruefen").text)
    assert "Für die Postleitzahl 25985 ist im Versand ein Zuschlag von 3,00 € enthalten (Inselzuschlag)." in text
    assert "Paket, mit Inselzuschlag (3,00 €) 8,49 €" in text
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        order = session.exec(select(Order)).one()
    assert (order.shipping_cents, order.delivery, order.total_cents) == (849, "Paket", 4719)


def test_a_surcharge_that_came_meanwhile_is_shown_before_anything_is_ordered(
    shop_app: Flask, client: FlaskClient
) -> None:
    fill_cart(client)
    tell(client, postal_code="10115")
    form = seen(client)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        session.add(ShippingSurcharge(label="Großstadt", country="DE", codes="10115", cents=100))
    answer = client.post("/kasse/bestellen", data=form)
    assert answer.status_code == 409
    assert "von 44,19 € auf 45,19 €" in words(answer.text)


def test_where_nothing_is_sent_the_checkout_says_so_and_what_to_do(client: FlaskClient) -> None:
    fill_cart(client)
    answer = client.post("/kasse", data=ADDRESS | {"postal_code": "27498"})
    assert answer.status_code == 422
    text = words(answer.text)
    assert "Paket: nicht an die Postleitzahl 27498 (Helgoland)." in text
    assert "Bitte teilen Sie ihn auf oder rufen Sie uns an." in text
    assert "Oder holen Sie ihn bei uns im Laden ab." in words(client.get("/warenkorb").text)


def test_a_letter_chosen_for_buttons_is_refused_with_its_reason_when_fabric_joins_them(client: FlaskClient) -> None:
    fill_with_buttons(client, 8)
    assert client.post("/kasse", data=ADDRESS | {"delivery": "Großbrief"}).status_code == 303
    fill_cart(client)
    assert "Paket nach Deutschland 5,49 €" in words(client.get("/warenkorb").text)  # what fits instead
    answer = client.post("/kasse", data=ADDRESS | {"delivery": "Großbrief"})
    assert answer.status_code == 422
    assert re.search(r"Großbrief: zu schwer, .* Bitte wählen Sie anders\.", words(answer.text))


@pytest.mark.parametrize(("carrier", "is_linked"), [("DHL", True), ("Spedition Huber", False)])
def test_the_order_links_to_its_parcel(shop_app: Flask, client: FlaskClient, carrier: str, is_linked: bool) -> None:
    address = place_order(client)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        order.state = State.SHIPPED.value
        session.add(
            Shipment(
                order_id=order.id or 0, shipped_at=NOW, author="test", carrier=carrier,
                tracking="00340434123456789012",
            )
        )  # fmt: skip
    page = client.get(address).text
    assert "00340434123456789012" in page
    assert ("piececode=00340434123456789012" in page) is is_linked
