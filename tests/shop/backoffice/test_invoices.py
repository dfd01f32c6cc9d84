"""Invoices at the owner's desk and in the buyer's hands."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import col, select

from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.outbox import Letter
from shop import letters, mail, themes
from shop.context import Shop
from tests.checkout.ordering import make_order, pay
from tests.make import NOW
from tests.shop.invoiced import SENT, make_sent, tell_seller

PAGE = "/backoffice/rechnungen"
ORDER = "/backoffice/bestellungen/1"


@pytest.fixture
def seller(owner: FlaskClient, write: Callable[[], Any]) -> FlaskClient:
    """An owner who may write invoices."""
    with write() as session:
        tell_seller(session)
    return owner


def every(write: Callable[[], Any]) -> list[Invoice]:
    with write() as session:
        return list(session.exec(select(Invoice).order_by(col(Invoice.id))).all())


def letters_of(write: Callable[[], Any]) -> list[str]:
    with write() as session:
        return [letter.reason for letter in session.exec(select(Letter).where(Letter.kind == "invoice")).all()]


def test_shipping_at_the_desk_writes_the_invoice(seller: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        pay(session, make_order(session))
    seller.post(f"{ORDER}/versand", data={"dienst": "DHL", "sendung": ""})
    (invoice,) = every(write)
    page = seller.get(ORDER).text
    assert "RE-2026-00001" in page
    assert f'href="{PAGE}/{invoice.id}.pdf"' in page
    assert letters_of(write) == []  # it goes with the letter about the parcel


def test_e08_an_order_without_invoice_is_shown_and_gets_one(seller: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        tell_seller(session, tax_number="", vat_id="")
    with write() as session:
        make_sent(session)
    assert "Steuernummer" in seller.get(PAGE).text
    with write() as session:
        tell_seller(session)
    assert "1 Bestellung ist ohne Rechnung hinausgegangen" in seller.get(PAGE).text
    assert "Rechnung ausstellen" in seller.get(ORDER).text
    seller.post(f"{PAGE}/ausstellen", data={"bestellung": "1"})
    seller.post(f"{PAGE}/ausstellen")
    assert [each.number for each in every(write)] == ["RE-2026-00001"]
    assert "ohne Rechnung" not in seller.get(PAGE).text


def test_e08_all_missing_ones_are_written_at_once(seller: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        tell_seller(session, tax_number="", vat_id="")
    with write() as session:
        for _ in range(3):
            make_sent(session)
    with write() as session:
        tell_seller(session)
    seller.post(f"{PAGE}/ausstellen")
    assert [each.number[-1] for each in every(write)] == ["1", "2", "3"]


def test_the_list_finds_by_number_name_month_and_kind(seller: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        order = make_sent(session)
    seller.post(f"{ORDER}/nachlass", data={"betrag": "5,00", "grund": "Webfehler", "schluessel": "k", "ja": "ja"})
    found = {
        "": 2, "?q=re-2026-00001": 2, "?q=KO-2026": 1, "?q=muster": 2, "?q=M%C3%BCller": 0, f"?q={order.number}": 2,
        "?monat=2026-11": 2, "?monat=2026-10": 0, "?art=correction": 1, "?art=cancellation": 0,
    }  # fmt: skip
    for query, count in found.items():
        assert seller.get(f"{PAGE}{query}").text.count('<li class="row row--paper">') == count, query
    page = seller.get(PAGE).text
    assert "−5,00\u00a0€" in page


def test_e11_wrong_data_are_put_right_at_the_desk(seller: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        make_sent(session)
    with write() as session:
        session.exec(update(Letter).values(sent_at=NOW))  # the parcel's letter has brought the first one
    address = f"{PAGE}/1/berichtigen"
    assert 'value="Erika Muster"' in seller.get(address).text
    typed = {"firma": "Nähstube GmbH", "name": "Erika Muster", "strasse": "Am Anger 1", "plz": "01234",
             "ort": "Lindow-Wiesental", "land": "DE", "ustid": ""}  # fmt: skip
    assert seller.post(address, data=typed | {"grund": ""}).status_code == 422
    assert seller.post(address, data=typed | {"grund": "Firma fehlte"}).status_code == 303
    assert [each.number for each in every(write)] == ["RE-2026-00001", "ST-2026-00001", "RE-2026-00002"]
    assert every(write)[2].content.buyer.company == "Nähstube GmbH"
    assert seller.get(address).status_code == 404
    assert letters_of(write) == ["invoice:2", "invoice:3"]


def test_the_buyer_downloads_hers_and_nobody_elses(
    client: FlaskClient, seller: FlaskClient, write: Callable[[], Any]
) -> None:
    with write() as session:
        hers, other = make_sent(session), make_sent(session)
        tokens = hers.token, other.token
    assert f"/bestellung/{tokens[0]}/RE-2026-00001.pdf" in client.get(f"/bestellung/{tokens[0]}").text
    answer = client.get(f"/bestellung/{tokens[0]}/RE-2026-00001.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(f"/bestellung/{tokens[0]}/RE-2026-00002.pdf").status_code == 404
    assert client.get(f"/bestellung/{tokens[1]}/RE-2026-00001.pdf").status_code == 404


def test_strangers_get_no_invoice(client: FlaskClient, write: Callable[[], Any]) -> None:
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    assert client.get(f"{PAGE}/1.pdf").status_code == 303
    assert client.get("/bestellung/falsch/RE-2026-00001.pdf").status_code == 404


def composed(shop: Shop, kind: str, reason: str) -> letters.Draft:
    with shop.database.reading() as session:
        folders = themes.chain(shop.settings.themes, shop.settings.theme)
        return letters.compose(
            session, kind, reason, url="http://x", payments=shop.payments, themes=folders,
            print_invoice=lambda invoice_id: mail.invoice_file(shop, invoice_id),
        )  # fmt: skip


def test_the_letter_about_the_last_parcel_brings_the_invoice(shop_app: Flask, write: Callable[[], Any]) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    draft = composed(shop, "shipped", "shipment:1")
    assert [each.file_name for each in draft.attachments] == ["RE-2026-00001.pdf"]
    assert "Ihre Rechnung liegt als PDF bei" in letters.write(shop_app.jinja_env, draft).text


def test_e11_a_correction_has_a_letter_of_its_own(shop_app: Flask, write: Callable[[], Any]) -> None:
    from tests.checkout.test_invoicing import give

    shop: Shop = shop_app.extensions["dorfladen"]
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    with write() as session:
        give(session, session.get_one(Order, 1), 300, "k")
    draft = composed(shop, "invoice", "invoice:2")
    written = letters.write(shop_app.jinja_env, draft)
    assert written.subject.startswith("Rechnungskorrektur KO-2026-00001")
    assert "Grund: Kulanz" in written.text
    assert draft.attachments[0].content.startswith(b"%PDF-")


def test_what_is_fetched_has_its_invoice_by_letter(write: Callable[[], Any], shop_app: Flask) -> None:
    from checkout import fulfilment

    with write() as session:
        tell_seller(session)
    with write() as session:
        order = make_order(session)
        pay(session, order)
        fulfilment.pick_up(session, order, now=SENT["now"], author="Anna")
    assert letters_of(write) == ["invoice:1"]


def test_letters_of_an_order_without_address_are_not_owed(write: Callable[[], Any], shop_app: Flask) -> None:
    with write() as session:
        tell_seller(session)
    with write() as session:
        order = make_order(session)
        order.email = ""
        pay(session, order)
        from checkout import fulfilment

        fulfilment.ship(session, order, **SENT)
    assert letters_of(write) == []
    assert len(every(write)) == 1
