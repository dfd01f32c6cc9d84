import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import deliveries, fulfilment, outbox
from checkout.bank import deadlines
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.reserving import TransferTerms
from shop import jobs, letters
from shop.context import Shop
from shop.letter_facts import NothingToWrite
from shop.letters import Written
from tests.conftest import THEME
from tests.make import NOW
from tests.shop.storefront.selling import hidden, open_shop, place_order


def test_the_confirmation_carries_the_whole_contract(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = place_order(client)
    subject, body = written(shop_app, "order_received")
    assert re.fullmatch(r"Ihre Bestellung [A-Z0-9]{4}-[A-Z0-9]{4} bei Nähladen Probe", subject)
    for told in (
        "Jersey Waldtiere",
        "Farbe: Petrol",
        "2 Stücke à 1,50 m, 12,90 € je m = 38,70 €",
        "95 % Baumwolle, 5 % Elasthan",
        "Lieferzeit: 2–4 Werktage",
        "Versand (Paket): 5,49 €",
        "Gesamtbetrag: 44,19 €",
        "darin 19 % MwSt.: 7,06 €",
        "IBAN: DE89 3704 0044 0532 0130 00",
        "bis zum 30.11.2026",
        "Am Anger 1",
        address,
        "/widerruf?bestellung=",
        "WIDERRUFSBELEHRUNG",
        "binnen vierzehn Tagen ohne Angabe von Gründen",
        "Muster-Widerrufsformular",
        "(*) Unzutreffendes",
        "ALLGEMEINE GESCHÄFTSBEDINGUNGEN",
        "Wie der Vertrag zustande kommt",
        "GESETZLICHES GEWÄHRLEISTUNGSRECHT",
        "Petra Probe, Dorfstraße 1, 16835 Musterow",
    ):
        assert told in body, told
    assert not re.search(r"&\w+;|<\w|\*\*|\{\{|None", body)


def test_the_confirmation_of_a_pickup_says_where_and_when(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client, delivery="pickup", payment="on_pickup")
    body = written(shop_app, "order_received")[1]
    assert "ABHOLUNG IM LADEN" in body
    assert "Mo–Fr 9–18 Uhr" in body
    assert "IBAN" not in body


def test_a_small_business_writes_no_vat_into_letters(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, is_small_business=True)
    place_order(client)
    body = written(shop_app, "order_received")[1]
    assert not re.search("MwSt|Mehrwertsteuer", body)
    assert "Steuerbefreiung für Kleinunternehmer (§ 19 UStG)" in body


def test_the_owner_hears_of_the_order(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client, note="Bitte am Stück.", phone="0123 456")
    subject, body = written(shop_app, "order_for_owner")
    assert subject.startswith("Neue Bestellung ")
    for told in ("erika@kundin.example", "0123 456", "Bitte am Stück.", "/backoffice/bestellungen/"):
        assert told in body


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("payment_received", "Ihre Zahlung über 44,19 €"),
        ("shipped", "Sendungsnummer: 00340434"),
        ("order_cancelled", "Sie müssen nichts bezahlen"),
    ],
)
def test_each_step_has_its_letter(shop_app: Flask, client: FlaskClient, kind: str, told: str) -> None:
    open_shop(shop_app)
    place_order(client)
    let_happen(shop_app, kind)
    assert told in written(shop_app, kind)[1]


def test_a_cancellation_tells_the_owners_reason(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        fulfilment.cancel(session, order, reason="Der Ballen hat einen Webfehler.", now=NOW, author="test")
    assert "Grund: Der Ballen hat einen Webfehler.\n" in written(shop_app, "order_cancelled")[1]


def test_the_confirmation_does_not_ask_for_money_that_has_come(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    assert "Bitte überweisen Sie" in written(shop_app, "order_received")[1]
    let_happen(shop_app, "payment_received")
    body = written(shop_app, "order_received")[1]
    assert "Ihre Zahlung über 44,19 €" in body
    assert "Bitte überweisen Sie" not in body


def test_the_receipt_of_a_withdrawal_promises_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    withdraw(client)
    subject, body = written(shop_app, "withdrawal_received")
    assert subject == "Eingang Ihres Widerrufs bei Nähladen Probe"
    for told in (
        "Eingang: 22.11.2026, 11:00 Uhr (Zeitzone Europe/Berlin, UTC+01:00)",
        "Name: Erika Käufer",
        "E-Mail-Adresse: erika@kundin.example",
        "Bestellung: der Jersey",
        "Umfang: der ganze Vertrag",
    ):
        assert told in body
    assert not re.search("akzeptier|anerkenn|wirksam|erstatten|nehmen .* an", body)
    jobs.look_up_withdrawals(shop_app)
    assert "der Jersey" in written(shop_app, "withdrawal_for_owner")[1]


def test_a_name_cannot_add_lines_to_the_head(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, shop_name="Laden\nBcc: x@example.org")
    place_order(client)
    assert "\n" not in written(shop_app, "order_received")[0]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("order_received", "order:999"),
        ("shipped", "parcel:1"),
        ("x", "order:1"),
        ("withdrawal_received", "withdrawal:9"),
        ("shipped", "order:"),
    ],
)
def test_a_letter_about_nothing_is_refused(shop_app: Flask, kind: str, reason: str) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session, pytest.raises(NothingToWrite):
        letters.compose(session, kind, reason, url="https://laden.example", payments={}, themes=THEME)


def test_reminder_and_end_of_a_transfer(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    shop: Shop = shop_app.extensions["dorfladen"]
    terms = TransferTerms()
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        assert deadlines.remind(session, order.id or 0, terms, now=NOW + timedelta(days=11))
    subject, body = written(shop_app, "payment_reminder")
    assert subject == f"Ihre Überweisung zur Bestellung {order.number}"
    for told in ("noch nicht angekommen", "44,19 €", order.number, "bis zum 08.12.2026", "DE89 3704 0044 0532 0130 00"):
        assert told in body, told
    (picture,) = read(shop_app, "payment_reminder").pictures
    assert picture.content.startswith(b"\x89PNG")
    with shop.database.writing() as session:
        assert deadlines.end(session, order.id or 0, terms, now=NOW + timedelta(days=30))
    assert "Bitte überweisen Sie nicht mehr" in written(shop_app, "order_expired")[1]
    assert read(shop_app, "order_received").pictures == ()  # nothing to pay any more


def test_a_parcel_with_a_part_says_what_is_in_it_and_what_is_to_come(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    let_happen(shop_app, "payment_received")
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        one = fulfilment.Going(deliveries.deliverable(session, order)[0].size, 1)
        fulfilment.ship(session, order, carrier="DHL", tracking="", now=NOW, author="test", going=[one])
        fulfilment.ship(session, order, carrier="Deutsche Post", tracking="", now=NOW, author="test")
        order.reduced_cents = 100
    with shop.database.reading() as session:
        drafts = [
            letters.compose(
                session, "shipped", f"shipment:{number}", url="https://laden.example", payments={}, themes=THEME
            )
            for number in (1, 2)
        ]
        first, second = (letters.write(shop_app.jinja_env, draft) for draft in drafts)
    assert first.subject.startswith("Ein Teil Ihrer Bestellung")
    for told in (first.text.replace("\u00a0", " "), first.html.replace("\u00a0", " ")):
        assert "Es kommt noch" in told
        assert told.count("1 Stück à 1,50 m Jersey Waldtiere") == 2
    assert second.subject.startswith("Ihre Bestellung")
    assert "In diesem Paket" in second.text
    assert "mit der Deutschen Post" in second.text
    assert "<p>- " not in second.html
    for told in (second.text, second.html):  # the tax is that of the former total
        assert told.index("Gesamtbetrag") < told.index("darin 19") < told.index("Neuer Gesamtbetrag")
    assert "Es kommt noch" not in second.text


def written(app: Flask, kind: str) -> tuple[str, str]:
    """Subject and words of the one letter of a kind, no-break spaces made plain."""
    letter = read(app, kind)
    return letter.subject, letter.text.replace("\u00a0", " ")


def read(app: Flask, kind: str) -> Written:
    """The one letter of a kind as it would go out."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        letter = session.exec(select(Letter).where(Letter.kind == kind)).one()
        draft = letters.compose(
            session, kind, letter.reason, url=shop.settings.url, payments=shop.payments, themes=THEME
        )
        return letters.write(app.jinja_env, draft)


def let_happen(app: Flask, kind: str) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        order = session.exec(select(Order)).one()
        if kind == "order_cancelled":
            fulfilment.cancel(session, order, reason="", now=NOW, author="test")
            return
        fulfilment.mark_paid(session, order, cents=4419, reference="bank-1", method="transfer", now=NOW, author="test")
        if kind == "shipped":
            fulfilment.ship(session, order, carrier="DHL", tracking="00340434", now=NOW, author="test")
        assert outbox.letters_about(session, f"order:{order.id}")


def withdraw(client: FlaskClient) -> None:
    typed = {"name": "Erika Käufer", "email": "erika@kundin.example", "which_order": "der Jersey"}
    review = client.post("/widerruf", data=typed).text
    client.post("/widerruf/bestaetigen", data=typed | {"schluessel": hidden(review, "schluessel")})
