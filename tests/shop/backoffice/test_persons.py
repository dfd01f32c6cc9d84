"""Access and erasure at the owner's desk, and the locked archive that opens only for a reason."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import deliveries, erasing, fulfilment, inquiries, journal_check, returns
from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.returns import Declared
from shop import mail
from shop.context import Shop
from shop.personal.archive import ArchiveLook
from shop.profile import Profile
from tests.checkout.ordering import make_order, pay
from tests.make import NOW
from tests.shop.backoffice.conftest import Clock
from tests.shop.invoiced import make_sent, tell_seller

Write = Callable[[], Any]
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
ROOM, EMAIL = "/backoffice/datenschutz", "erika@kundin.example"


@pytest.fixture
def finished(write: Write) -> str:
    """An order that has ended; gives its token."""
    with write() as session:
        session.exec(select(Profile)).one().email = "laden@probe.example"
        order = make_order(session)
        fulfilment.cancel(session, order, reason="Ausverkauft", now=NOW, author="Anna")
        return str(order.token)


def test_what_is_known_is_shown_and_handed_out(owner: FlaskClient, finished: str) -> None:
    page = owner.post(f"{ROOM}/person", data={"wer": EMAIL}).text
    assert "Erika Muster" in page
    assert f"Schicken Sie die Dateien nur an die Adresse, die der Laden kennt: <b>{EMAIL}</b>" in page
    told = owner.post(f"{ROOM}/person/auskunft", data={"wer": EMAIL, "form": "json"})
    assert {part["table"] for part in json.loads(told.text)["parts"]} >= {"order", "orderline", "orderevent"}
    paper = owner.post(f"{ROOM}/person/auskunft", data={"wer": EMAIL, "form": "pdf"})
    assert paper.data.startswith(b"%PDF")
    assert "Auskunft erteilt am 22.11.2026" in owner.post(f"{ROOM}/person", data={"wer": EMAIL}).text


def test_nobody_is_said_plainly(owner: FlaskClient) -> None:
    assert "ist im Laden nichts bekannt" in owner.post(f"{ROOM}/person", data={"wer": "x@y.example"}).text
    assert owner.post(f"{ROOM}/person", data={"wer": ""}).status_code == 422
    assert owner.post(f"{ROOM}/person/loeschung", data={"wer": "x@y.example"}).status_code == 404


def test_f06_whoever_is_erased_leaves_every_list_and_page(
    owner: FlaskClient, client: FlaskClient, shop_app: Flask, finished: str, write: Write
) -> None:
    mail.deliver_due(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    assert list(shop.settings.mail.glob("*.eml"))
    assert "Erika Muster" in owner.get("/backoffice/bestellungen").text
    assert owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL}).status_code == 422, "only with the tick"
    done = owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"})
    assert "aus dem täglichen Laden verschwunden" in done.text
    lists = ("/bestellungen", "/bestellungen?q=erika", "/bestellungen?zeigen=fertig", "/post", "/widerrufe", "/bank")
    for page in (*lists, "/auf-rechnung", "/mehr", "/"):
        shown = owner.get(f"/backoffice{page}").text
        assert "Erika" not in shown, page
        assert EMAIL not in shown, page
    assert owner.get("/backoffice/bestellungen/1").headers["Location"] == f"{ROOM}/archiv"
    assert owner.post("/backoffice/bestellungen/1/klaerung").headers["Location"] == f"{ROOM}/archiv"
    assert client.get(f"/bestellung/{finished}").status_code == 404
    with write() as session:
        letter = session.exec(select(Letter)).first()
        assert owner.get(f"/backoffice/post/{letter.id}").status_code == 404
        assert session.exec(select(Order.name)).one() == "Erika Muster", "the order itself stays as it was"
    assert list(shop.settings.mail.glob("*.eml")) == []


def test_f06_the_archive_opens_for_a_reason_that_is_written_down(
    owner: FlaskClient, finished: str, write: Write
) -> None:
    owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"})
    listed = owner.get(f"{ROOM}/archiv").text
    assert "gesperrt am 22.11.2026, mindestens bis 31.12.2032" in listed
    assert "Erika" not in listed
    assert owner.post(f"{ROOM}/archiv/1", data={"grund": ""}).status_code == 422
    opened = owner.post(f"{ROOM}/archiv/1", data={"grund": "Betriebsprüfung"}).text
    assert "Erika Muster" in opened
    assert "Betriebsprüfung" in opened
    assert owner.post(f"{ROOM}/archiv/2", data={"grund": "Neugier"}).status_code == 404
    with write() as session:
        looked = session.exec(select(ArchiveLook)).one()
        assert (looked.author, looked.reason, looked.order_id) == ("Anna", "Betriebsprüfung", 1)


def test_an_open_order_says_why_not_yet(owner: FlaskClient, write: Write, clock: Clock) -> None:
    with write() as session:
        make_order(session)
    assert "ist noch nicht abgeschlossen" in owner.post(f"{ROOM}/person", data={"wer": EMAIL}).text
    refused = owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"})
    assert refused.status_code == 409
    assert "ist noch nicht abgeschlossen" in refused.text


def test_f06_an_invoice_in_the_archive_is_neither_listed_nor_found_nor_opened(
    owner: FlaskClient, write: Write, clock: Clock
) -> None:
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    assert "RE-2026-00001" in owner.get("/backoffice/rechnungen?q=erika").text
    refused = owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"})
    assert "kann sie noch widerrufen werden" in refused.text
    clock.advance(timedelta(days=60))
    owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": "bakelu-tomire-safino"})
    assert owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"}).status_code == 200
    for address in ("/backoffice/rechnungen", "/backoffice/rechnungen?q=erika"):
        assert "RE-2026-00001" not in owner.get(address).text
    assert owner.get("/backoffice/rechnungen/1.pdf").headers["Location"] == f"{ROOM}/archiv"
    assert "RE-2026-00001" in owner.post(f"{ROOM}/archiv/1", data={"grund": "Prüfung"}).text
    with write() as session:
        assert "Erika Muster" in session.exec(select(Invoice.document)).one(), "the invoice itself stays as it was"
        assert journal_check.verify(session, (), erasing.may_be_gone(clock.moment)) is None, "and so does the journal"


def test_f06_the_links_of_an_order_in_the_archive_tell_nothing(
    owner: FlaskClient, client: FlaskClient, write: Write, clock: Clock
) -> None:
    with write() as session:
        order = make_order(session)
        pay(session, order)
        (part,), token = deliveries.deliverable(session, order), order.token
        asked = inquiries.ask(session, order, part.line, happened="Zu kurz.", options=[], **BY)
        inquiries.take_back(session, asked, note="", **BY)
        fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
        question, tick = f"/rueckfrage/{asked.token}", "teil-" + "-".join(map(str, part.size))
    told = {"name": "A", "email": "a@b.example", "which_order": "x", "bestellung": token, tick: "1"}
    assert "Jersey Waldtiere" in client.post("/widerruf", data=told).text
    assert client.get(question).status_code == 200
    clock.advance(timedelta(days=60))
    _erase(owner)
    assert "Jersey Waldtiere" not in client.post("/widerruf", data=told).text
    assert client.get(question).status_code == 404


def test_f06_no_withdrawal_is_offered_an_order_of_the_archive(owner: FlaskClient, finished: str, write: Write) -> None:
    with write() as session:
        told = Declared("Erika Muster", "erika@neu.example", "der Stoff")
        withdrawal_id = returns.declare(session, told, key="k" * 20, now=NOW).id
    page = f"/backoffice/widerrufe/{withdrawal_id}"
    assert EMAIL in owner.get(page).text
    _erase(owner)
    assert EMAIL not in owner.get(page).text + owner.get(f"{page}?suche=muster").text


def _erase(owner: FlaskClient) -> None:
    owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": "bakelu-tomire-safino"})
    assert owner.post(f"{ROOM}/person/loeschung", data={"wer": EMAIL, "wirklich": "ja"}).status_code == 200
