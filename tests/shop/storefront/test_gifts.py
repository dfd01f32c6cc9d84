"""Gift vouchers bought online: chosen, in the cart beside goods, paid, sent with their paper."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import fulfilment
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order, State
from shop import mail
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import ADDRESS, another_visitor, fill_cart, hidden, open_shop, tell, words

SOLD = {"sells_gifts": True}
CONTACT = {"name": "Erika Käufer", "email": "erika@kundin.example", "payment": "transfer"}


def choose(client: FlaskClient, amount: str = "25,00 €", for_whom: str = "Änne", **more: str) -> str:
    form = {"betrag": amount, "fuer": for_whom} | more
    return words(client.post("/warenkorb/geschenk", data=form, follow_redirects=True).text)


def order_it(client: FlaskClient) -> str:
    page = client.get("/kasse/pruefen").text
    form = {name: hidden(page, name) for name in ("schluessel", "gesehen")}
    return client.post("/kasse/bestellen", data=form).headers["Location"]


def paid(app: Flask) -> tuple[Order, GiftVoucher]:
    with _writing(app) as session:
        order = session.exec(select(Order)).one()
        fulfilment.mark_paid(
            session, order, cents=order.total_cents, reference="bank", method="transfer", now=NOW, author="test"
        )
        session.commit()
        return session.exec(select(Order)).one(), session.exec(select(GiftVoucher)).one()


def test_one_is_chosen_and_lies_in_the_cart(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    assert 'href="/gutschein"' in client.get("/").text
    text = choose(client)
    assert "Geschenkgutschein für Änne" in text
    assert "Gesamtbetrag 25,00 €" in text


def test_another_amount_is_typed(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    assert "Gesamtbetrag 33,50 €" in choose(client, "anderer", anderer="33,50")


@pytest.mark.parametrize("amount", ["", "5", "1000", "viel", "-20"])
def test_an_amount_that_is_not_sold_is_refused(shop_app: Flask, client: FlaskClient, amount: str) -> None:
    open_shop(shop_app, **SOLD)
    answer = client.post("/warenkorb/geschenk", data={"betrag": "anderer", "anderer": amount})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ("Bitte wählen Sie einen Betrag." in answer.text) == (amount == "")


def test_a_shop_that_sells_none_says_so(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert "bekommen Sie bei uns im Laden" in words(client.get("/gutschein").text)
    assert "nur im Laden" in choose(client)
    assert 'href="/gutschein"' not in client.get("/").text


def test_vouchers_alone_need_no_address_and_no_parcel(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    cart = choose(client)
    assert "Im Gutschein ist keine MwSt. enthalten" in cart
    assert "Wir liefern nach" not in cart
    checkout = client.get("/kasse").text
    assert "Lieferadresse" not in checkout
    assert "genügt auch eine Telefonnummer" not in checkout
    told = client.post("/kasse", data=CONTACT | {"delivery": "Per E-Mail"})
    assert told.headers.get("Location") == "/kasse/pruefen", told.text
    text = words(client.get("/kasse/pruefen").text)
    assert "Per E-Mail" in text
    assert "Gesamtbetrag 25,00 €" in text
    address = order_it(client)
    order, gift = paid(shop_app)
    assert (order.state, order.delivery, order.vat) == (State.SHIPPED, "Per E-Mail", [])
    page = client.get(address).text
    assert "per E-Mail unterwegs" in page
    [paper] = re.findall(r'href="(/bestellung/[^"]+/gutschein/[^"]+\.pdf)"', page)
    assert client.get(paper).data.startswith(b"%PDF-")
    assert gift.for_whom == "Änne"


def test_beside_goods_tax_is_taken_out_of_the_goods_alone(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    fill_cart(client)
    choose(client)
    tell(client)
    text = words(client.get("/kasse/pruefen").text)
    assert "Geschenkgutscheine 25,00 € darin 19 % MwSt. 7,06 € Gesamtbetrag 69,19 €" in text
    order_it(client)
    assert paid(shop_app)[0].state == State.PAID


def test_whoever_pays_at_pickup_cannot_have_one_before(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    fill_cart(client)
    choose(client)
    answer = client.post("/kasse", data=ADDRESS | {"delivery": "pickup", "payment": "on_pickup"})
    assert answer.status_code == 422
    assert "nur gegen sofortige Bezahlung" in words(answer.text)


def test_its_letter_brings_the_paper(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    choose(client)
    client.post("/kasse", data=CONTACT | {"delivery": "Per E-Mail"})
    order_it(client)
    _, gift = paid(shop_app)
    mail.deliver_due(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    [file] = shop.settings.mail.glob("*gift_voucher.eml")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(letter, EmailMessage)
    [paper] = list(letter.iter_attachments())
    assert paper.get_filename() == f"Gutschein-{gift.code}.pdf"
    assert paper.get_content().startswith(b"%PDF-")
    body = letter.get_body(("plain",))
    assert body is not None
    assert f"Code: {gift.code}" in body.get_content()


def test_nobody_prints_the_voucher_of_another_order(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    choose(client)
    client.post("/kasse", data=CONTACT | {"delivery": "Per E-Mail"})
    order_it(client)
    _, gift = paid(shop_app)
    stranger = another_visitor(shop_app)
    fill_cart(stranger)
    tell(stranger)
    address = order_it(stranger)
    assert stranger.get(f"{address}/gutschein/{gift.id}.pdf").status_code == 404


def test_one_is_taken_out_of_the_own_cart_alone(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    choose(client)
    [path] = re.findall(r'"(/warenkorb/geschenk/\d+)"', client.get("/warenkorb").text)
    stranger = another_visitor(shop_app)
    fill_cart(stranger)
    stranger.post(path)
    assert "Geschenkgutschein" in client.get("/warenkorb").text
    client.post(path)
    assert "Hier liegt noch nichts" in client.get("/warenkorb").text


def test_what_is_no_longer_sold_cannot_be_ordered(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, **SOLD)
    choose(client, "100,00 €")
    with _writing(shop_app) as session:
        from shop import profile

        profile.load(session).gift_most_cents = 5000
        session.commit()
    assert "bis 50,00 €" in words(client.get("/warenkorb").text)
    assert client.get("/kasse").status_code == 303


def _writing(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.write_session()
