"""A shopper tells where her money may go back to, as long as nobody knows."""

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import refunds
from checkout.bank import paying_back
from checkout.orders import Order
from shop.context import Shop
from tests.checkout.ordering import pay
from tests.make import NOW
from tests.shop.storefront.selling import open_shop, place_order

GOOD, WRONG = "DE75 5121 0800 1245 1261 99", "DE75 5121 0800 1245 1261 90"


def owe(app: Flask) -> None:
    """Let the one order be paid, written down by hand, and owe five euros of it back."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        pay(session, order)
        refunds.owe(session, order, 500, reason="kleiner Fehler", now=NOW, author="Anna")


def told(app: Flask) -> tuple[str, str]:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        (transfer,) = paying_back.to_make(session)
        return transfer.holder, transfer.iban


def test_she_is_asked_and_tells_it_once(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    page = place_order(client)
    address = f"{page}/konto"
    assert "/konto" not in client.get(page).text
    assert client.get(address).status_code == 303
    owe(shop_app)
    assert "/konto" in client.get(page).text
    assert "Wohin dürfen wir das Geld überweisen?" in client.get(address).text
    wrong = client.post(address, data={"inhaber": "E. Käufer", "iban": WRONG})
    assert wrong.status_code == 422
    assert "Zahlendreher" in wrong.text
    assert WRONG in wrong.text
    assert client.post(address, data={"inhaber": "", "iban": GOOD}).status_code == 422
    assert client.post(address, data={"inhaber": "E. Käufer", "iban": GOOD}).status_code == 303
    assert told(shop_app) == ("E. Käufer", GOOD.replace(" ", ""))
    assert "/konto" not in client.get(page).text
    client.post(address, data={"inhaber": "Jemand", "iban": "DE02 1203 0000 0000 2020 51"})
    assert told(shop_app) == ("E. Käufer", GOOD.replace(" ", ""))


def test_strangers_find_no_form(client: FlaskClient) -> None:
    assert client.get("/bestellung/nichts/konto").status_code == 404
    assert client.post("/bestellung/nichts/konto", data={"inhaber": "X", "iban": GOOD}).status_code == 404
