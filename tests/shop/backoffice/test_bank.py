"""The bank page: upload, what books itself, what a person decides, and what goes back."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from checkout import orders, refunds, reserving
from checkout.bank import bookings
from checkout.bank.bookings import BankBooking, Standing
from checkout.orders import Order, State
from checkout.refunds import Refund, RefundState
from shop.profile import Profile
from shop.settings import Settings
from tests.checkout.bank.files import IBAN, camt, csv_of, entry, zipped
from tests.checkout.ordering import make_order, pay
from tests.make import NOW, make_fabric

Write = Callable[[], Any]


@pytest.fixture
def number(owner: FlaskClient, write: Write) -> str:
    """The number of an order over 24,25 €, in a shop whose account is known."""
    with write() as session:
        session.exec(select(Profile)).one().iban = IBAN
        wait = reserving.wait("transfer", State.AWAITING_PAYMENT, reserving.TransferTerms(), now=NOW)
        return make_order(session, make_fabric(session, on_hand=900), reserved_until=wait.until,
                          pay_by=wait.pay_by).number  # fmt: skip


def upload(owner: FlaskClient, *contents: bytes) -> Any:
    files = [(BytesIO(content), f"auszug-{place}.xml") for place, content in enumerate(contents)]
    return owner.post("/backoffice/bank", data={"dateien": files}, content_type="multipart/form-data")


def page(owner: FlaskClient, address: str = "/backoffice/bank") -> str:
    return owner.get(address).text.replace("\u00a0", " ")


def state_of(write: Write, number: str) -> str:
    with write() as session:
        return str(session.exec(select(Order.state).where(Order.number == number)).one())


def the_booking(write: Write) -> BankBooking:
    with write() as session:
        row: BankBooking = session.exec(select(BankBooking)).one()
        return row


def test_uploads_book_what_is_exact(owner: FlaskClient, write: Write, number: str) -> None:
    assert upload(owner, camt(entry(text=number))).status_code == 303
    shown = page(owner)
    assert "1 Zahlung gebucht" in shown
    assert f"bezahlt Bestellung {number}" in shown
    assert state_of(write, number) == State.PAID
    upload(owner, camt(entry(text=number)), zipped(a_xml=camt(entry(text=number))))
    assert "2 waren schon da" in page(owner)
    with write() as session:
        assert session.exec(select(Order)).one().paid_cents == 2425


def test_an_order_says_in_words_how_its_money_came(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry(text=number)))
    with write() as session:
        order_id = session.exec(select(Order.id).where(Order.number == number)).one()
    shown = page(owner, f"/backoffice/bestellungen/{order_id}")
    assert "24,25 € (Überweisung)" in shown
    assert "bank-" not in shown


def test_files_that_are_no_statements_are_named(owner: FlaskClient, number: str) -> None:
    upload(owner, b"%PDF-1.7", camt())
    shown = page(owner)
    assert "auszug-0.xml: Das ist ein Kontoauszug als PDF." in shown
    assert "Eingelesen" in shown
    assert owner.post("/backoffice/bank", data={}).status_code == 422


def test_doubts_are_shown_with_the_likely_order_and_decided_once(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry("20.00", number)))
    assert "1 Zahlung aus dem Kontoauszug braucht Ihre Entscheidung" in page(owner, "/backoffice/")
    shown = page(owner)
    assert "Es fehlen 4,25 €" in shown
    assert f"Zuordnen zu {number}" in shown
    row = the_booking(write)
    with write() as session:
        order_id = orders.id_of(session.exec(select(Order)).one())
    for _ in range(2):
        answer = owner.post(f"/backoffice/bank/{row.id}/zuordnung", data={"bestellung": order_id})
        assert answer.status_code == 303
    with write() as session:
        assert session.exec(select(Order)).one().paid_cents == 2000
    assert "Keine Fragen offen" in page(owner)
    owner.post(f"/backoffice/bank/{row.id}/fremd")
    assert "Darüber ist schon entschieden" in page(owner)


def test_a_hasty_click_is_taken_back(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry("5.00", "Trinkgeld")))
    row = the_booking(write)
    owner.post(f"/backoffice/bank/{row.id}/fremd")
    assert "Zurücknehmen" in page(owner, f"/backoffice/bank/{row.id}")
    owner.post(f"/backoffice/bank/{row.id}/offen")
    assert the_booking(write).state == Standing.OPEN
    assert "Trinkgeld" in page(owner)


def test_the_order_is_searched(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry("5.00", "ohne Nummer", name="Jemand")))
    row = the_booking(write)
    assert f"Zuordnen zu {number}" not in page(owner, f"/backoffice/bank/{row.id}")
    assert f"Zuordnen zu {number}" in page(owner, f"/backoffice/bank/{row.id}?q=muster")
    assert "Keine Bestellung mit" in page(owner, f"/backoffice/bank/{row.id}?q=niemand")
    assert owner.get("/backoffice/bank/999").status_code == 404
    assert owner.post(f"/backoffice/bank/{row.id}/zuordnung", data={"bestellung": "999"}).status_code == 404


def test_another_account_is_asked_about(owner: FlaskClient, write: Write, number: str, settings: Settings) -> None:
    other = camt(entry(text=number), iban="DE02120300000000202051")
    asked = upload(owner, other).location
    assert "DE02 1203 0000 0000 2020 51" in page(owner, asked)
    assert state_of(write, number) == State.AWAITING_PAYMENT
    owner.post(f"{asked}/verworfen")
    assert owner.get(asked).status_code == 404
    assert list((settings.data / "bank").iterdir()) == []
    assert owner.post(upload(owner, other).location).status_code == 303
    assert state_of(write, number) == State.PAID
    assert upload(owner, camt(entry("1.00", "x"), iban="DE02120300000000202051")).location == "/backoffice/bank"


def test_a_table_without_an_account_is_asked_about_once(owner: FlaskClient, number: str) -> None:
    asked = upload(owner, csv_of("N26", {})).location
    assert "nicht, zu welchem Konto" in page(owner, asked)
    owner.post(asked)
    assert upload(owner, csv_of("N26", {"amount": "3,00"})).location == "/backoffice/bank"


def test_no_path_is_smuggled_in(owner: FlaskClient, number: str) -> None:
    for name in ("..", "%2e%2e%2fshop.db", "x" * 32, "0" * 32):
        assert owner.get(f"/backoffice/bank/datei/{name}").status_code == 404


def test_a_missing_statement_is_said_on_the_start_page(
    shop_app: Flask, owner: FlaskClient, number: str, clock: Any
) -> None:
    upload(owner, camt(until=date(2026, 11, 20)))
    clock.advance(timedelta(days=11))
    owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": "bakelu-tomire-safino"})
    assert "einen neuen Kontoauszug einlesen" in page(owner, "/backoffice/")
    assert "wird niemand erinnert" in page(owner)
    owner.post("/backoffice/bank/nachgesehen")
    assert "einen neuen Kontoauszug einlesen" not in page(owner, "/backoffice/")


def test_what_goes_back_stands_with_iban_and_code(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry("26.25", number)))
    with write() as session:
        order_id = orders.id_of(session.exec(select(Order)).one())
    owner.post(f"/backoffice/bank/{the_booking(write).id}/zuordnung", data={"bestellung": order_id})
    with write() as session:
        order = session.get_one(Order, order_id)
        (refund,) = refunds.owe_overpaid(session, order, reason="zu viel überwiesen", now=NOW, author="Anna")
    assert "zurückzuzahlen: bitte überweisen" in page(owner, "/backoffice/")
    shown = page(owner, "/backoffice/zurueckzuzahlen")
    for told in ("2,00 € an Erika Muster", "DE75 5121 0800 1245 1261 99", f"Rückzahlung {number}", "<svg"):
        assert told in shown, told
    for said in ("Die Kundin bekommt eine Nachricht", "Das war schon vermerkt"):
        owner.post(f"/backoffice/zurueckzuzahlen/erstattung/{refund.id}")
        assert said in page(owner, "/backoffice/zurueckzuzahlen")
    with write() as session:
        assert session.get_one(Refund, refund.id).state == RefundState.DONE


def test_an_unknown_iban_is_asked_for(owner: FlaskClient, write: Write, number: str) -> None:
    with write() as session:
        order = session.exec(select(Order)).one()
        pay(session, order)
        refunds.owe(session, order, 500, reason="kleiner Fehler", now=NOW, author="Anna")
    address = f"/backoffice/zurueckzuzahlen/konto/{order.id}"
    assert "Die IBAN kennen wir nicht" in page(owner, "/backoffice/zurueckzuzahlen")
    form = {f"inhaber-{order.id}": "E. Muster", f"iban-{order.id}": "DE75512108001245126190"}
    wrong = owner.post(address, data=form)
    assert wrong.status_code == 422
    assert "Zahlendreher" in wrong.text
    form[f"iban-{order.id}"] = "DE75 5121 0800 1245 1261 99"
    assert owner.post(address, data=form).status_code == 303
    shown = page(owner, "/backoffice/zurueckzuzahlen")
    assert "5,00 € an E. Muster" in shown
    assert "<svg" in shown


def test_money_without_an_order_goes_back_too(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry("7.00", "Miete")))
    row = the_booking(write)
    owner.post(f"/backoffice/bank/{row.id}/rueckzahlung")
    assert "7,00 € an Erika Muster" in page(owner, "/backoffice/zurueckzuzahlen")
    owner.post(f"/backoffice/zurueckzuzahlen/eingang/{row.id}")
    assert the_booking(write).state == Standing.RETURNED
    assert "Nichts zurückzuzahlen" in page(owner, "/backoffice/zurueckzuzahlen")


def test_money_that_was_taken_back_is_seen(owner: FlaskClient, write: Write, number: str) -> None:
    upload(owner, camt(entry(text=number, credit=False, code="RRTN")))
    row = the_booking(write)
    assert "gilt nicht mehr" in page(owner)
    owner.post(f"/backoffice/bank/{row.id}/gesehen")
    with write() as session:
        assert bookings.how_many_open(session) == 0


def test_a_refund_that_came_back_is_marked_so(owner: FlaskClient, write: Write, number: str) -> None:
    with write() as session:
        order = session.exec(select(Order)).one()
        pay(session, order)
        (refund,) = refunds.owe(session, order, 500, reason="kleiner Fehler", now=NOW, author="Anna")
        refunds.settled(session, refund, now=NOW, author="Anna")
    upload(owner, camt(entry("5.00", number, code="RRTN"), entry("6.00", number)))
    assert page(owner).count("ist zurückgekommen") == 1
    with write() as session:
        returned, other = session.exec(select(BankBooking).order_by(col(BankBooking.id))).all()
    assert owner.post(f"/backoffice/bank/{returned.id}/geplatzt").status_code == 303
    assert owner.post(f"/backoffice/bank/{other.id}/geplatzt").status_code == 404
    with write() as session:
        assert session.get_one(Refund, refund.id).state == RefundState.FAILED


def test_strangers_see_nothing_of_it(client: FlaskClient) -> None:
    for address in ("/backoffice/bank", "/backoffice/zurueckzuzahlen", "/backoffice/bank/1"):
        assert client.get(address).status_code == 303
