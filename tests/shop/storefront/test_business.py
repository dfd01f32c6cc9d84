"""Buying for a business, and across borders, through the shop's pages."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlmodel import select

from checkout import wordings
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.shipping import ShippingRate
from shop import letters
from shop.accounts import Account
from shop.context import Shop
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.backoffice.conftest import QUICK_HASH, sign_in
from tests.shop.storefront.selling import ADDRESS, fill_cart, open_shop, place_order, tell, words

OURS, THEIRS = "DE136695976", "ATU12345675"
VIENNA = {"company": "Näherei Wien", "country": "AT", "postal_code": "1010", "city": "Wien"}
Write = Callable[[], Any]


@pytest.fixture
def shop(shop_app: Flask) -> Flask:
    """A shop with a VAT number that sends to Austria and Switzerland."""
    open_shop(shop_app, vat_id=OURS, delivery_countries="DE AT CH")
    with shop_app.extensions["dorfladen"].database.writing() as session:
        session.add(ShippingRate(name="Paket", country="CH", max_weight_g=31_500, price_cents=1990))
    return shop_app


def order_of(app: Flask) -> Order:
    database = app.extensions["dorfladen"].database
    with database.reading() as session:
        order: Order = session.exec(select(Order)).one()
        return order


def test_d17_the_box_is_empty_and_a_tick_can_be_taken_back(shop: Flask, client: FlaskClient) -> None:
    fill_cart(client)
    page = client.get("/kasse").text
    box = re.search(r'<input type="checkbox" name="business"[^>]*>', page)
    assert box
    assert "checked" not in box[0]
    tell(client, business="ja", company="Näherei", buyer_reference="Nr. 17")
    assert "Sie kaufen für einen Betrieb, Ihre Referenz: Nr. 17" in words(client.get("/kasse/pruefen").text)
    tell(client, business="", company="Näherei")
    assert "Sie kaufen für einen Betrieb" not in words(client.get("/kasse/pruefen").text)
    assert "Widerrufsrecht von vierzehn Tagen" in words(client.get("/kasse/pruefen").text)


def test_d17_wrong_numbers_are_told_at_the_checkout(shop: Flask, client: FlaskClient) -> None:
    fill_cart(client)
    told = ADDRESS | VIENNA | {"business": "ja", "buyer_vat_id": "ATU12345674", "buyer_reference": "04011000-1-11"}
    answer = client.post("/kasse", data=told)
    assert answer.status_code == 422
    for field in ("buyer_vat_id", "buyer_reference"):
        assert f'href="#{field}"' in answer.text


def test_d17_a_business_in_austria_buys_untaxed_at_the_same_price(shop: Flask, client: FlaskClient) -> None:
    fill_cart(client)
    tell(client, **VIENNA)
    before = words(client.get("/kasse/pruefen").text)
    assert "darin 19 % MwSt." in before
    tell(client, **VIENNA, business="ja", buyer_vat_id="atu 123 456 75")
    page = words(client.get("/kasse/pruefen").text)
    assert wordings.INTRA_EU_INVOICE_NOTE in page
    assert "MwSt. 8" not in page
    total = re.search(r"Gesamtbetrag (\S+ €)", before)
    assert total
    assert f"Gesamtbetrag {total[1]}" in page
    place_again(client)
    order = order_of(shop)
    assert (order.vat_category, order.buyer_vat_id, order.business_declared_at) == ("K", THEIRS, NOW)
    assert [share["vat_cents"] for share in order.vat] == [0]


def test_e17_what_goes_to_switzerland_is_untaxed_for_everybody(shop: Flask, client: FlaskClient) -> None:
    place_order(client, country="CH", postal_code="8001", city="Zürich")
    order = order_of(shop)
    assert (order.vat_category, order.is_for_business, order.total_cents) == ("G", False, 3870 + 1990)
    page = words(client.get(f"/bestellung/{order.token}").text)
    assert " ".join(wordings.EXPORT_INVOICE_NOTE.split()) in page
    assert "darin" not in page


def test_d17_letters_to_a_business_have_no_instruction_and_pages_keep_the_function(
    shop: Flask, client: FlaskClient
) -> None:
    address = place_order(client, business="ja", company="Näherei")
    parts: Shop = shop.extensions["dorfladen"]
    with parts.database.reading() as session:
        reason = session.exec(select(Letter.reason).where(Letter.kind == "order_received")).one()
        draft = letters.compose(
            session, "order_received", reason, url=parts.settings.url, payments=parts.payments, themes=THEME
        )
    written = letters.write(shop.jinja_env, draft)
    for text in (written.text, unescape(written.html)):
        assert wordings.INSTRUCTION_RIGHT[0] not in " ".join(text.split())
        assert "/widerruf?bestellung=" not in text
        assert "Allgemeine Geschäftsbedingungen".casefold() in text.casefold()
    paper = " ".join(page.extract_text() for page in PdfReader(BytesIO(draft.attachments[0].content)).pages)
    assert "ohne Angabe von Gründen" not in " ".join(paper.split())
    page = client.get(address).text
    assert "Vertrag widerrufen</a>" in page
    assert "für einen Betrieb gekauft" in words(page)


def test_d17_the_owner_confirms_the_number_before_it_leaves(shop: Flask, client: FlaskClient, write: Write) -> None:
    place_order(client, **VIENNA, business="ja", buyer_vat_id=THEIRS)
    with write() as session:
        session.add(Account(name="Anna", password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
        order = session.exec(select(Order)).one()
        order.state = "paid"
    sign_in(client)
    page = f"/backoffice/bestellungen/{order.id}"
    shown = words(client.get(page).text)
    for told in ("Für einen Betrieb", THEIRS, "vor dem Versand bestätigen", "22.11.2026, 11:00 Uhr"):
        assert told in shown, told
    assert client.post(f"{page}/versand", data={"dienst": "DHL"}).status_code == 409
    client.post(f"{page}/steuer/vat_id", data={"nachweis": ""})
    assert "Bitte nennen Sie den Tag" in client.get(page).text
    client.post(f"{page}/steuer/vat_id", data={"nachweis": "2026-11-22", "beleg": "Ordner Steuer"})
    assert "22.11.2026: Ordner Steuer" in words(client.get(page).text)
    assert client.post(f"{page}/versand", data={"dienst": "DHL"}).status_code == 303
    assert client.post(f"{page}/steuer/anderes").status_code == 404


def place_again(client: FlaskClient) -> None:
    """Order what the cart has, as it was just told."""
    page = client.get("/kasse/pruefen").text
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index("/kasse/bestellen") :]))
    assert client.post("/kasse/bestellen", data=form).status_code == 303
