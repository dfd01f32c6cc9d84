"""Kauf auf Rechnung in the shop: number and e-mail address together, one sentence for all strangers."""

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import trusted
from checkout.orders import Order, State
from checkout.trusted import NOT_KNOWN
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import ADDRESS, another_visitor, fill_cart, open_shop, place_order, tell, words


def make_buyer(app: Flask, limit_cents: int = 20_000, email: str = ADDRESS["email"]) -> str:
    """Trust somebody; give her number."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        return trusted.add(
            session, name="Erika Käufer", email=email, limit_cents=limit_cents, days_to_pay=14, now=NOW, author="Anna"
        ).number


def test_nobody_is_asked_for_a_number_in_a_shop_that_trusts_nobody(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    page = client.get("/kasse").text
    assert "Kundennummer" not in page
    assert "Kauf auf Rechnung" not in page
    assert "Kauf auf Rechnung" not in client.get("/versand").text


def test_a_trusted_buyer_orders_now_and_pays_later(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app)
    page = client.get(place_order(client, payment="invoice", customer_number=number))
    text = words(page.text)
    for told in ("Bestellt, Zahlung auf Rechnung", "Bitte überweisen Sie 44,19 €", "innerhalb von 14 Tagen",
                 "DE89 3704 0044 0532 0130 00", "GiroCode"):  # fmt: skip
        assert told in text
    assert number not in text
    with _reading(shop_app) as session:
        order = session.exec(select(Order)).one()
        assert (order.state, order.payment, order.reserved_until) == (State.CONFIRMED, "invoice", None)


def test_the_number_opens_the_choice_and_the_link_types_it(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app)
    fill_cart(client)
    page = client.get(f"/kasse?kundin={number}").text
    assert f'value="{number}"' in page
    assert 'value="invoice"' not in page
    asked = client.post("/kasse", data=ADDRESS | {"payment": "", "customer_number": number})
    assert asked.status_code == 422
    assert 'value="invoice"' in asked.text


def test_a_stranger_with_her_address_learns_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app)
    answers = []
    for email, tried in ((ADDRESS["email"], "K7QM-2XHV"), ("eve@fremd.example", number), ("eve@fremd.example", "x")):
        visitor = another_visitor(shop_app)
        fill_cart(visitor)
        answer = visitor.post("/kasse", data=ADDRESS | {"email": email, "customer_number": tried, "payment": "invoice"})
        assert answer.status_code == 422
        assert 'value="invoice"' not in answer.text
        answers.append(NOT_KNOWN in answer.text)
        assert visitor.get("/kasse/pruefen").headers["Location"] == "/kasse"
    assert answers == [True] * 3


def test_guessing_ends_after_a_few_tries_even_for_the_right_number(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app)
    fill_cart(client)
    for _ in range(4):
        for tried in ("K7QM-2XHV", "M7QK-2XHV"):
            client.post("/kasse", data=ADDRESS | {"customer_number": tried})
    answer = client.post("/kasse", data=ADDRESS | {"customer_number": number, "payment": "invoice"})
    assert answer.status_code == 422
    assert "Das waren viele Versuche" in answer.text
    assert 'value="invoice"' not in client.get("/kasse").text


def test_the_same_wrong_number_sent_again_is_one_try(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app)
    fill_cart(client)
    for _ in range(20):
        client.post("/kasse", data=ADDRESS | {"customer_number": "K7QM-2XHV"})
    tell(client, customer_number=number, payment="invoice")


def test_more_than_the_limit_is_refused_with_what_is_left(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app, limit_cents=4_000)
    fill_cart(client)
    answer = client.post("/kasse", data=ADDRESS | {"customer_number": number, "payment": "invoice"})
    assert answer.status_code == 422
    assert "noch für 40,00 € bestellen" in words(answer.text)


def test_a_limit_that_is_used_up_in_another_tab_is_said_at_the_button(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    number = make_buyer(shop_app, limit_cents=5_000)
    other = another_visitor(shop_app)
    for visitor in (client, other):
        fill_cart(visitor)
        tell(visitor, customer_number=number, payment="invoice")
    from tests.shop.storefront.selling import seen

    late = seen(other)
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303
    answer = other.post("/kasse/bestellen", data=late)
    assert answer.status_code == 409
    assert "noch für 5,81 € bestellen" in words(answer.text)


def _reading(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.read_session()
