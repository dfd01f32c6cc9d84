import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import holds
from catalog.products import Product
from checkout import fulfilment, inquiries, orders
from checkout.amendments import Goods
from checkout.orders import Order
from shop.context import Shop
from tests.checkout.ordering import make_cart, pay, place
from tests.make import NOW, make_fabric, make_variant
from tests.shop.storefront.selling import FABRIC, another_visitor, open_shop, place_order, seen, tell, words


def test_the_order_of_a_foreign_token_is_not_found(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = place_order(client)
    assert client.get(address[:-1]).status_code == 404
    assert client.get("/bestellung/1").status_code == 404


def test_the_link_alone_opens_the_order_and_tells_nobody(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    page = another_visitor(shop_app).get(place_order(client))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "no-store" in page.headers["Cache-Control"]
    assert len(page.request.path.removeprefix("/bestellung/")) >= 32


def test_the_order_repeats_what_was_bought(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    text = words(client.get(place_order(client)).text)
    for told in ("Jersey Waldtiere", "Farbe: Petrol", "2 Stücke à 1,50 m", "95 % Baumwolle", "Paket 5,49 €",
                 "darin 19 % MwSt. 7,06 €", "Gesamtbetrag 44,19 €", "Bestellung eingegangen"):  # fmt: skip
        assert told in text


def test_the_order_leads_to_its_prefilled_withdrawal(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    token = place_order(client).removeprefix("/bestellung/")
    assert f'href="/widerruf?bestellung={token}">Vertrag widerrufen</a>' in client.get(f"/bestellung/{token}").text
    form = client.get(f"/widerruf?bestellung={token}").text
    assert 'value="Erika Käufer"' in form
    assert f">{_order(shop_app).number}</textarea>" in form


@pytest.mark.parametrize(
    ("what", "told"),
    [("paid", "Ihre Zahlung ist da"), ("shipped", "00340434"), ("cancelled", "storniert"), ("expired", "aufgehoben")],
)
def test_the_order_says_where_it_stands(shop_app: Flask, client: FlaskClient, what: str, told: str) -> None:
    open_shop(shop_app)
    address = place_order(client)
    _let_happen(shop_app, what)
    text = words(client.get(address).text)
    assert told in text
    assert "Bitte überweisen" not in text


def test_money_that_came_too_late_is_not_denied(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = place_order(client)
    _let_happen(shop_app, "expired")
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        variant_id = orders.lines_of(session, order)[0].variant_id
        holds.hold(session, "somebody-else", [holds.Wanted(variant_id, 400)], now=NOW)
    _let_happen(shop_app, "paid")
    text = words(client.get(address).text)
    assert "kein Geld eingegangen" not in text
    assert text.count("Nicht bezahlt") == 1  # as it was that day
    assert "Ihre Zahlung ist nicht rechtzeitig" in text


def test_nobody_is_thanked_for_money_where_nothing_was_to_be_paid(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, sample_cents=0)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        session.exec(select(Product).where(Product.name == "Jersey Waldtiere")).one().offers_sample = True
    client.post("/warenkorb/muster", data={"variante": FABRIC})
    tell(client, delivery="pickup")
    placed = client.post("/kasse/bestellen", data=seen(client))
    text = words(client.get(placed.headers["Location"]).text)
    assert "Ihre Zahlung ist da" not in text
    assert "Bezahlt" not in text
    assert "Sie brauchen nichts zu bezahlen" in text


def _order(app: Flask) -> Order:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        return session.exec(select(Order)).one()


def _let_happen(app: Flask, what: str) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        if what == "cancelled":
            fulfilment.cancel(session, order, reason="", now=NOW, author="test")
        elif what == "expired":
            fulfilment.expire(session, order, now=NOW)
        else:
            fulfilment.mark_paid(
                session, order, cents=order.total_cents, reference="bank-1", method="transfer", now=NOW, author="test"
            )
        if what == "shipped":
            fulfilment.ship(session, order, carrier="DHL", tracking="00340434", now=NOW, author="test")


def test_her_page_says_what_is_on_its_way_what_changed_and_what_goes_back(client: FlaskClient, shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        button = make_variant(session)
        order = place(session, make_cart(session, (make_fabric(session), 1, 150), (button, 3, 1)))
        pay(session, order)
        token = order.token
        line, buttons = orders.lines_of(session, order)
        going = [fulfilment.Going((buttons.id or 0, buttons.variant_id, 1), 3)]
        fulfilment.ship(session, order, carrier="DHL", tracking="00340434", going=going, now=NOW, author="test")
        shorter = [Goods(line.variant_id, line.sku, line.name, "", 120, 1)]
        asked = inquiries.ask(session, order, line, happened="Reicht nicht.", options=[shorter], now=NOW, author="test")
        question = f"/rueckfrage/{asked.token}"
    page = client.get(f"/bestellung/{token}").text
    assert question in page
    for told in ("Ein Teil ist unterwegs", "Sendungsnummer", "Das kommt noch", "1 Stück à 1,50 m"):
        assert told in words(page)
    client.post(question, data={"wahl": "0", "weniger": "387"})
    page = words(client.get(f"/bestellung/{token}").text)
    for told in ("Statt 1 Stück à 1,50 m Jersey Waldtiere: 1 Stück à 1,20 m", "3,87 € weniger zu bezahlen",
                 "3,87 € gehen an Sie zurück", "Nachträglich abgezogen: −3,87 €"):  # fmt: skip
        assert told in page
    assert "Jetzt antworten" not in page
