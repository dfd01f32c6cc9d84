"""Kauf auf Rechnung at the owner's desk: whom she trusts, what is open, what is overdue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import fulfilment
from checkout.bank import paying_back
from checkout.outbox import Letter
from checkout.trusted import TrustedBuyer
from shop.context import Shop
from tests.checkout.test_trusted import make_buyer, on_invoice
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.backoffice.conftest import Clock
from tests.shop.storefront.selling import words

Write = Callable[[], Any]
HILDE = {"name": "Hilde Huber", "email": "hilde@kundin.example", "rahmen": "150", "tage": "14", "brief": "ja"}


def test_a_buyer_gets_a_number_and_a_letter(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/auf-rechnung", data=HILDE).status_code == 303
    with write() as session:
        buyer = session.exec(select(TrustedBuyer)).one()
        assert (buyer.limit_cents, buyer.days_to_pay, buyer.is_active, buyer.author) == (15_000, 14, True, "Anna")
        letter = session.exec(select(Letter)).one()
        assert (letter.kind, letter.recipient) == ("customer_number", HILDE["email"])
    assert buyer.number in owner.get("/backoffice/auf-rechnung").text


def test_what_does_not_fit_is_asked_again(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/auf-rechnung", data={"name": "", "email": "hilde@", "rahmen": "", "tage": "x"})
    assert answer.status_code == 422
    for told in ("Bitte nennen Sie ihren Namen", "keine E-Mail-Adresse", "Bis zu welchem Betrag", "Zahl von 0 bis 90"):
        assert told in answer.text


def test_trust_ends_with_a_tick(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_buyer(session)
    assert owner.post("/backoffice/auf-rechnung/1", data=HILDE).status_code == 303
    with write() as session:
        assert not session.get_one(TrustedBuyer, 1).is_active
    assert "zurzeit nicht auf Rechnung" in owner.get("/backoffice/auf-rechnung").text


def test_invoice_orders_are_packed_at_once_and_listed_until_paid(
    owner: FlaskClient, write: Write, clock: Clock
) -> None:
    with write() as session:
        on_invoice(session, make_buyer(session))
    assert "Erika Muster" in owner.get("/backoffice/bestellungen?zeigen=zu-packen").text
    assert owner.post("/backoffice/bestellungen/1/versand", data={"dienst": "DHL", "sendung": ""}).status_code == 303
    assert "fällig am 07.12.2026" in owner.get("/backoffice/bestellungen?zeigen=auf-rechnung").text
    clock.advance(timedelta(days=16))
    owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": "bakelu-tomire-safino"})
    assert "überfällig seit 07.12.2026, 30,70" in words(owner.get("/backoffice/bestellungen?zeigen=auf-rechnung").text)
    owner.post("/backoffice/bestellungen/1/zahlung", data={"betrag": "30,70", "bisher": "0"})
    assert "Erika Muster" not in owner.get("/backoffice/bestellungen?zeigen=auf-rechnung").text


def test_money_that_she_has_noted_herself_goes_back_by_transfer(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        on_invoice(session, make_buyer(session))
    owner.post("/backoffice/bestellungen/1/zahlung", data={"betrag": "30,70", "bisher": "0"})
    owner.post("/backoffice/bestellungen/1/storno", data={"grund": "Nicht mehr da"})
    with write() as session:
        (transfer,) = paying_back.to_make(session)
        assert (transfer.cents, transfer.reason) == (3070, "Bestellung storniert")


def test_letters_tell_where_to_pay_and_until_when(shop_app: Flask, write: Write) -> None:
    from shop import letters
    from shop.profile import Profile

    with write() as session:
        session.add(Profile(shop_name="Schnuckidu", owner_name="Petra", iban="DE89370400440532013000"))
        order = on_invoice(session, make_buyer(session))
        fulfilment.ship(session, order, carrier="DHL", tracking="", now=NOW, author="Anna")
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        for kind, about in (("order_received", "order:1"), ("shipped", "shipment:1"), ("invoice_reminder", "order:1")):
            draft = letters.compose(session, kind, about, url="http://x", payments=shop.payments, themes=THEME)
            said = letters.write(shop_app.jinja_env, draft)
            for body in (said.text, said.html):
                assert "07.12.2026" in body
                assert "DE89 3704 0044 0532 0130 00" in body


def test_a_trusted_buyer_orders_by_invoice_at_the_telephone(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        number = make_buyer(session).number
        session.get_one(TrustedBuyer, 1)
    room = owner.post("/backoffice/telefonbestellung").headers["Location"]
    page = owner.get(f"{room}/kundin").text
    assert f'value="{number}"' in page
    told = owner.post(f"{room}/kundin", data={"customer_number": number, "delivery": "pickup", "payment": "x"})
    assert 'value="Hilde Huber"' in told.text
    assert 'value="hilde@kundin.example"' in told.text
