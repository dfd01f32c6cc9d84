"""Vouchers at the cart and the checkout: typed, shown, removed, asked again, and not to be guessed."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import gift_vouchers, redeeming
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.vouchers import Voucher
from shop import letters
from shop.context import Shop
from shop.storefront import codes
from tests.checkout.vouchering import make_gift, make_voucher
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.storefront.selling import ADDRESS, fill_cart, open_shop, tell, words


def with_voucher(app: Flask, code: str = "SOMMER10", **facts: Any) -> None:
    with _writing(app) as session:
        make_voucher(session, code, **facts)
        session.commit()


def with_gift(app: Flask, cents: int) -> str:
    with _writing(app) as session:
        code = make_gift(session, cents).code
        session.commit()
        return code


def enter(client: FlaskClient, code: str) -> str:
    return words(client.post("/warenkorb/gutschein", data={"gutschein": code}, follow_redirects=True).text)


def test_a_code_shows_what_it_takes_off(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app)
    fill_cart(client)
    text = enter(client, "sommer 10")
    assert "10 %: 3,87 € weniger" in text
    assert "Gutschein SOMMER10 −3,87 €" in text
    assert "Gesamtbetrag 40,32 €" in text


def test_one_that_does_not_hold_yet_says_what_is_missing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app, least_cents=5000)
    fill_cart(client)
    assert "Er gilt ab 50,00 € Warenwert: Es fehlen noch 11,30 €." in enter(client, "SOMMER10")


@pytest.mark.parametrize("code", ["GIBTSNICHT", "GESPERRT", "VERBRAUCHT"])
def test_unknown_blocked_and_used_up_look_alike(shop_app: Flask, client: FlaskClient, code: str) -> None:
    open_shop(shop_app)
    with_voucher(shop_app, "GESPERRT", blocked_at=NOW)
    with_voucher(shop_app, "VERBRAUCHT", most_uses=1, uses=1)
    fill_cart(client)
    answer = client.post("/warenkorb/gutschein", data={"gutschein": code})
    assert answer.status_code == 422
    assert redeeming.UNKNOWN in words(answer.text)
    assert f'value="{code}"' in answer.text


def test_a_code_can_be_taken_out(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app)
    fill_cart(client)
    enter(client, "SOMMER10")
    [path] = re.findall(r"/warenkorb/gutschein/\d+", client.get("/warenkorb").text)
    client.post(path)
    assert "SOMMER10" not in client.get("/warenkorb").text


def test_a_code_waits_in_an_empty_cart(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    text = enter(client, with_gift(shop_app, 1000))
    assert "10,00 € sind darauf; bezahlt wird damit, was Sie noch in den Warenkorb legen." in text
    fill_cart(client)
    assert "davon mit Geschenkgutschein" in words(client.get("/warenkorb").text)


def test_a_code_is_typed_at_the_checkout_and_nothing_typed_is_lost(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app)
    fill_cart(client)
    page = client.post("/kasse", data=ADDRESS | {"gutschein": "VERTIPPT"})
    assert page.status_code == 422
    assert 'value="Am Anger 1"' in page.text
    assert redeeming.UNKNOWN in words(page.text)
    stays = client.post("/kasse", data=ADDRESS | {"gutschein": "SOMMER10", "gutschein-dazu": "1"})
    assert stays.headers["Location"].endswith("/kasse#gutscheine")
    assert "3,87 € weniger" in words(client.get("/kasse").text)
    [code_id] = re.findall(r'name="gutschein-weg" value="(\d+)"', client.get("/kasse").text)
    client.post("/kasse", data=ADDRESS | {"gutschein-weg": code_id})
    assert "SOMMER10" not in client.get("/kasse").text


def test_the_confirmation_shows_both_in_their_places(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app)
    fill_cart(client)
    enter(client, "SOMMER10")
    enter(client, with_gift(shop_app, 2000))
    tell(client)
    page = client.get("/kasse/pruefen").text
    text = words(page)
    assert re.search(r"Warenwert 38,70 € Gutschein SOMMER10 −3,87 € Paket\S* 5,49 € .* Gesamtbetrag 40,32 €", text)
    assert re.search(
        r"Gesamtbetrag 40,32 € davon mit Geschenkgutschein \w{4} bezahlt −20,00 € noch zu zahlen 20,32 €", text
    )
    below_the_total = page[page.rindex("Gesamtbetrag") : page.index("</main>")]
    assert "<a " not in below_the_total


def test_the_order_and_its_letter_ask_for_the_rest_alone(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    enter(client, with_gift(shop_app, 2000))
    tell(client)
    text = words(client.get(confirm(client)).text)
    assert "Bitte überweisen Sie 24,19 €" in text
    assert "noch zu zahlen 24,19 €" in text
    letter = written(shop_app, "order_received")
    assert "Betrag: 24,19 €" in letter
    assert "davon mit Geschenkgutschein" in letter


def test_a_gift_voucher_pays_it_all_and_nothing_is_to_be_chosen(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    enter(client, with_gift(shop_app, 10_000))
    answer = client.post("/kasse", data=ADDRESS | {"payment": ""})
    assert answer.headers["Location"].endswith("/kasse/pruefen")
    assert "noch zu zahlen 0,00 €" in words(client.get("/kasse/pruefen").text)
    text = words(client.get(confirm(client)).text)
    assert "davon mit Geschenkgutschein" in text
    assert "noch zu zahlen" not in text
    with _reading(shop_app) as session:
        order = session.exec(select(Order)).one()
        gift = session.exec(select(GiftVoucher)).one()
    assert (order.state, order.payment, order.open_cents) == (State.PAID, "voucher", 0)
    assert gift.balance_cents == 10_000 - 4419
    assert "ZAHLUNG: Geschenkgutschein" in written(shop_app, "order_received")


def test_a_voucher_blocked_meanwhile_is_shown_and_asked_again(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    with_voucher(shop_app)
    fill_cart(client)
    enter(client, "SOMMER10")
    tell(client)
    form = fields(client.get("/kasse/pruefen").text)
    with _writing(shop_app) as session:
        session.exec(select(Voucher)).one().blocked_at = NOW
        session.commit()
    answer = client.post("/kasse/bestellen", data=form)
    assert answer.status_code == 409
    assert "von 40,32 € auf 44,19 €" in words(answer.text)
    assert "Dieser Gutschein gilt nicht mehr." in words(answer.text)


def test_a_balance_used_elsewhere_is_shown_and_asked_again(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    enter(client, with_gift(shop_app, 2000))
    tell(client)
    form = fields(client.get("/kasse/pruefen").text)
    with _writing(shop_app) as session:
        gift = session.exec(select(GiftVoucher)).one()
        gift_vouchers.redeem(session, gift.id or 0, 500, order_id=None, now=NOW, author="test")
        session.commit()
    answer = client.post("/kasse/bestellen", data=form)
    assert answer.status_code == 409
    assert "noch zu zahlen 29,19 €" in words(answer.text)


def test_guessing_ends_soon(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    fill_cart(client)
    with_voucher(shop_app)
    said = [enter(client, f"RATEN{number}") for number in range(21)]
    assert redeeming.UNKNOWN in said[19]
    assert codes.TOO_OFT in said[20]
    assert codes.TOO_OFT in enter(client, "SOMMER10")
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert "weniger" in enter(client, "SOMMER10")


def test_guessing_from_everywhere_ends_too(
    shop_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(shop_app)
    monkeypatch.setattr(codes, "_WRONG_OF_ALL", 3)
    for number in range(3):
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        assert redeeming.UNKNOWN in enter(client, f"RATEN{number}")
    assert codes.TOO_OFT in enter(client, "RATEN")


def test_nothing_typed_is_no_try(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    assert codes.NOTHING_TYPED in enter(client, "  ")


def fields(page: str) -> dict[str, str]:
    form = page[page.index("/kasse/bestellen") : page.index("zahlungspflichtig bestellen</button>")]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def confirm(client: FlaskClient) -> str:
    return client.post("/kasse/bestellen", data=fields(client.get("/kasse/pruefen").text)).headers["Location"]


def written(app: Flask, kind: str) -> str:
    shop: Shop = app.extensions["dorfladen"]
    with app.test_request_context(), _reading(app) as session:
        letter = session.exec(select(Letter).where(Letter.kind == kind)).one()
        draft = letters.compose(
            session, kind, letter.reason, url="http://laden.example", payments=shop.payments, themes=THEME
        )
        return words(letters.write(app.jinja_env, draft).text)


def _reading(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.read_session()


def _writing(app: Flask) -> Session:
    shop: Shop = app.extensions["dorfladen"]
    return shop.database.write_session()
