"""Addresses for carriers in the backoffice, and the numbers that come back."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from catalog.products import Variant
from checkout.deliveries import Shipment
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.rates import ShippingMethod
from shop.backoffice import labels
from shop.profile import Profile
from tests.checkout.ordering import make_order, pay
from tests.make import make_variant
from tests.shop.storefront.selling import words

Write = Callable[[], Any]


@pytest.fixture
def to_pack(owner: FlaskClient, write: Write) -> list[str]:
    """Two paid orders by DHL, of three buttons each, and one that nobody has paid; gives the paid ones' numbers."""
    with write() as session:
        shop = session.get_one(Profile, 1)
        shop.street, shop.postal_code, shop.city = "Marktgasse 8", "15999", "Lindow"
        session.add(ShippingMethod(name="DHL", carrier="dhl", packing_g=150))
        button = make_variant(session, weight_g=200)
        paid = [_paid(session, button, name="Erika Käufer"), _paid(session, button, street="Packstation 7")]
        make_order(session, button, pieces=1, quantity=1)
        return [order.number for order in paid]


def _paid(session: Session, button: Variant, **address: str) -> Order:
    order = make_order(session, button, pieces=3, quantity=1)
    for field, text in address.items():
        setattr(order, field, text)
    pay(session, order)
    return order


def test_the_page_shows_what_goes_out_and_what_looks_odd(owner: FlaskClient, to_pack: list[str]) -> None:
    text = words(owner.get("/backoffice/bestellungen/adressen").text)
    assert "Erika Käufer Am Anger | 1 01234 Lindow-Wiesental" in text
    assert f"{to_pack[0]} · DHL · 750 g" in text
    assert "Für die Packstation fehlt die Postnummer." in text
    assert text.count("· DHL ·") == 2
    page = owner.get("/backoffice/bestellungen/adressen").text
    assert 'value="dhl-online" checked' in page
    assert "Adressen für Paketmarken" in owner.get("/backoffice/bestellungen?zeigen=zu-packen").text


def test_the_ticked_orders_come_as_a_file(owner: FlaskClient, to_pack: list[str]) -> None:
    answer = owner.post("/backoffice/bestellungen/adressen/datei", data={"format": "dhl-vertrag", "bestellung": "1"})
    assert answer.status_code == 200
    assert "dhl-geschaeftskunden-" in answer.headers["Content-Disposition"]
    lines = answer.data.decode("iso-8859-1").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{to_pack[0]};")
    assert ";0,75;" in lines[1]
    assert "Marktgasse;8;15999;Lindow" in lines[1]


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        ({"format": "dhl-vertrag"}, "mindestens eine Bestellung"),
        ({"bestellung": "1"}, "unter „Datei für“"),
        ({"format": "dhl-vertrag", "bestellung": "3"}, "mindestens eine Bestellung"),
    ],
)
def test_without_a_choice_there_is_no_file(
    owner: FlaskClient, to_pack: list[str], data: dict[str, str], missing: str
) -> None:
    answer = owner.post("/backoffice/bestellungen/adressen/datei", data=data)
    assert answer.status_code == 422
    assert missing in answer.text


def test_the_contract_decides_which_file_is_suggested(owner: FlaskClient, to_pack: list[str], write: Write) -> None:
    with write() as session:
        session.get_one(ShippingMethod, "DHL").billing_number = "33333333330101"
    assert 'value="dhl-vertrag" checked' in owner.get("/backoffice/bestellungen/adressen?art=DHL").text


def test_numbers_that_come_back_are_shown_first_and_then_sent(
    owner: FlaskClient, to_pack: list[str], write: Write
) -> None:
    listed = f"Sendungsnummer;Sendungsreferenz\n00340434123456789012;{to_pack[0]}\n123;{to_pack[1]}\n9;ANDERE\n"
    answer = owner.post(
        "/backoffice/bestellungen/adressen/nummern", data={"datei": (BytesIO(listed.encode()), "liste.csv")}
    )
    text = words(answer.text)
    assert "1 weitere Zeilen" in text
    assert 'value="00340434123456789012"' in answer.text
    assert '<option value="dhl" selected>' in answer.text
    with write() as session:
        assert session.exec(select(Shipment)).all() == []
    owner.post(
        "/backoffice/bestellungen/adressen/verschickt",
        data={"bestellung-1": "ja", "dienst-1": "dhl", "nummer-1": "00340434123456789012", "bestellung-2": "ja",
              "dienst-2": "dhl", "nummer-2": "123"},
    )  # fmt: skip
    with write() as session:
        parcels = [(each.carrier, each.tracking) for each in session.exec(select(Shipment)).all()]
        states = {order.number: order.state for order in session.exec(select(Order)).all()}
        letters = session.exec(select(Letter.kind).where(Letter.kind == "shipped")).all()
    assert parcels == [("DHL", "00340434123456789012"), ("DHL", "123")]
    assert [states[number] for number in to_pack] == [State.SHIPPED, State.SHIPPED]
    assert len(letters) == 2
    page = words(owner.get("/backoffice/bestellungen/adressen").text)
    assert "Nichts zu packen." in page
    assert "2 Bestellungen sind verschickt." in page
    assert "sieht nicht aus wie eine von DHL" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "Bitte wählen Sie die Liste aus"), (b"Name;Ort\n", "finden wir keine Spalten"),
     (b"Sendungsnummer;Referenz\n1;ANDERE\n", "steht eine Nummer in der Datei"), (b"x" * 101, "höchstens 2 MB")],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(
    owner: FlaskClient, to_pack: list[str], monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    monkeypatch.setattr(labels, "_LARGEST", 100)
    data = {"datei": (BytesIO(content), "liste.csv")}
    answer = owner.post("/backoffice/bestellungen/adressen/nummern", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_billing_number_is_checked(owner: FlaskClient, to_pack: list[str], write: Write) -> None:
    form = {"bisher": "DHL", "name": "DHL", "art": "parcel", "dienst": "dhl", "z1-land-DE": "ja", "z1-1-preis": "6,19"}
    assert owner.post("/backoffice/laden/versand/art", data=form | {"abrechnung": "123"}).status_code == 422
    assert (
        owner.post("/backoffice/laden/versand/art", data=form | {"abrechnung": "3333333333 01 01"}).status_code == 303
    )
    with write() as session:
        assert session.get_one(ShippingMethod, "DHL").billing_number == "33333333330101"


def test_packing_is_added_up_for_the_yearly_report(owner: FlaskClient, to_pack: list[str], write: Write) -> None:
    assert "LUCID" not in owner.get("/backoffice/laden/versand").text
    for number in (1, 2):
        owner.post(f"/backoffice/bestellungen/{number}/versand", data={"dienst": "dhl", "sendung": ""})
    with write() as session:
        session.get_one(Shipment, 1).shipped_at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # 2026 in Berlin
        session.add(Shipment(order_id=3, shipped_at=datetime(2025, 12, 31, 22, 30, tzinfo=UTC), author="test"))
        session.add(Shipment(order_id=3, shipped_at=datetime(2026, 5, 1, tzinfo=UTC), author="test", is_pickup=True))
    text = words(owner.get("/backoffice/laden/versand").text)
    assert "2026 Sendungen Papier, Pappe Kunststoff DHL 2 300 g –" in text
    assert "2025 Sendungen Papier, Pappe Kunststoff DHL 1 150 g –" in text


def test_the_order_suggests_its_carrier_and_says_what_looks_odd(
    owner: FlaskClient, to_pack: list[str], write: Write
) -> None:
    page = owner.get("/backoffice/bestellungen/1").text
    assert 'list="dienste" autocomplete="off" value="DHL"' in page
    answer = owner.post(
        "/backoffice/bestellungen/1/versand", data={"dienst": "hermes", "sendung": "12"}, follow_redirects=True
    )
    assert "Die Sendungsnummer „12“ sieht nicht aus wie eine von Hermes" in words(answer.text)
    with write() as session:
        assert session.exec(select(Shipment.carrier, Shipment.tracking)).one() == ("Hermes", "12")
