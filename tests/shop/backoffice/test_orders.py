"""Orders: the work list, and the way from money to parcel with its history."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import orders
from checkout.orders import Order, OrderEvent, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.placing import TextVersions
from checkout.shipping import PICKUP
from shop.pages import PageVersion
from tests.checkout.ordering import make_cart, make_order, pay, place, tell
from tests.make import NOW, make_fabric, make_variant
from tests.shop.papers.reading import words_of

Write = Callable[[], Any]


@pytest.fixture
def order(write: Write) -> str:
    """The total of one order of fabric that waits for its transfer, as one types it."""
    with write() as session:
        return f"{make_order(session, pieces=2).total_cents / 100:.2f}".replace(".", ",")


def test_an_order_shows_what_to_cut(owner: FlaskClient, order: str, tmp_path: Path) -> None:
    page = owner.get("/backoffice/bestellungen/1").text
    assert "2\u00a0Stück à 1,50\u00a0m" in page
    assert "Erika Muster" in page
    for paper, amount in (("packliste.pdf", "2 Stück à 1,50 m"), ("lieferschein.pdf", "2 Stücke à 1,50 m")):
        assert amount in words_of(owner.get(f"/backoffice/bestellungen/1/{paper}").data, tmp_path)


def test_an_order_without_email_has_its_paper(owner: FlaskClient, write: Write, tmp_path: Path) -> None:
    with write() as session:
        shop = PageVersion(slug="agb", title="Unsere AGB", body="Es gilt **alles**.", created_at=NOW, author="test")
        session.add(shop)
        session.flush()
        versions = TextVersions(shop.id or 0, 0, 0)
        basket = make_cart(session, (make_fabric(session), 2, 150))
        told = tell(session, basket, email="", phone="033999 123", delivery=PICKUP, payment="on_pickup")
        place(session, basket, details=told, shipping_cents=0, versions=versions)
    page = owner.get("/backoffice/bestellungen/1").text
    assert "Bestätigungsblatt drucken" in page
    assert "mailto:" not in page
    sheet = words_of(owner.get("/backoffice/bestellungen/1/bestaetigung.pdf").data, tmp_path)
    for told_on_paper in ("Unsere AGB", "Es gilt alles.", "2 Stücke à 1,50 m", "38,70 €"):
        assert told_on_paper in sheet


def test_from_money_to_parcel_everything_stands_in_the_history(owner: FlaskClient, write: Write, order: str) -> None:
    paid = owner.post(
        "/backoffice/bestellungen/1/zahlung", data={"betrag": order, "bisher": "0", "verwendung": "22.11."}
    )
    assert paid.status_code == 303
    assert "bezahlt, zu schneiden" in owner.get("/backoffice/").text
    sent = owner.post("/backoffice/bestellungen/1/versand", data={"dienst": "DHL", "sendung": "0034"})
    assert sent.status_code == 303
    with write() as session:
        assert session.get_one(Order, 1).state == State.SHIPPED
        kinds = [each.kind for each in session.exec(select(OrderEvent)).all()]
        assert [kind for kind in kinds if kind in ("paid", "shipped")] == ["paid", "shipped"]
        assert {"payment_received", "shipped"} <= {each.kind for each in session.exec(select(Letter)).all()}
    page = owner.get("/backoffice/bestellungen/1").text
    assert "mit DHL, Nr. " in page
    assert ">0034</a>" in page
    assert "Ist verschickt" not in page


def test_the_same_payment_clicked_twice_is_one(owner: FlaskClient, write: Write, order: str) -> None:
    for _ in range(2):
        owner.post("/backoffice/bestellungen/1/zahlung", data={"betrag": order, "bisher": "0"})
    with write() as session:
        assert len(session.exec(select(Payment)).all()) == 1
        assert session.get_one(Order, 1).attention == ""


def test_too_little_money_is_settled_by_a_person(owner: FlaskClient, write: Write, order: str) -> None:
    owner.post("/backoffice/bestellungen/1/zahlung", data={"betrag": "5", "bisher": "0"})
    assert "Es fehlen noch" in owner.get("/backoffice/").text
    assert owner.post("/backoffice/bestellungen/1/klaerung", data={"entscheidung": ""}).status_code == 422
    owner.post("/backoffice/bestellungen/1/klaerung", data={"entscheidung": "Kundin angerufen"})
    with write() as session:
        assert session.get_one(Order, 1).attention == ""
    assert "Kundin angerufen" in owner.get("/backoffice/bestellungen/1").text


def test_what_may_not_happen_now_is_said_with_a_sentence(owner: FlaskClient, write: Write, order: str) -> None:
    refused = owner.post("/backoffice/bestellungen/1/versand", data={"dienst": "DHL"})
    assert refused.status_code == 409
    assert "Das geht nicht" in refused.text
    with write() as session:
        assert session.get_one(Order, 1).state == State.AWAITING_PAYMENT


def test_an_order_is_cancelled_with_a_reason_for_the_shopper(owner: FlaskClient, write: Write, order: str) -> None:
    assert owner.post("/backoffice/bestellungen/1/storno", data={"grund": ""}).status_code == 422
    assert owner.post("/backoffice/bestellungen/1/storno", data={"grund": "Ballen fehlerhaft"}).status_code == 303
    with write() as session:
        assert session.get_one(Order, 1).state == State.CANCELLED


def test_what_is_to_be_picked_up_is_handed_over(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_order(session, first_state=State.CONFIRMED, payment="on_pickup")
        session.get_one(Order, 1).delivery = PICKUP
    assert "wird abgeholt" in owner.get("/backoffice/").text
    assert owner.post("/backoffice/bestellungen/1/abholung").status_code == 303
    with write() as session:
        assert session.get_one(Order, 1).state == State.PICKED_UP


def test_orders_are_listed_by_work_and_found_by_name_and_number(owner: FlaskClient, write: Write, order: str) -> None:
    with write() as session:
        number = session.get_one(Order, 1).number
        orders.move(session, make_order(session), State.PAID, now=NOW, author="test")
    assert number in owner.get("/backoffice/bestellungen?zeigen=zu-bezahlen").text
    assert number not in owner.get("/backoffice/bestellungen?zeigen=zu-packen").text
    for words in ("erika", number):
        assert number in owner.get("/backoffice/bestellungen", query_string={"q": words}).text
    assert number not in owner.get("/backoffice/bestellungen?q=niemand").text


def test_a_part_goes_now_and_the_rest_later_each_with_its_letter(
    owner: FlaskClient, write: Write, tmp_path: Path
) -> None:
    with write() as session:
        pay(session, place(session, make_cart(session, (make_fabric(session), 2, 150), (make_variant(session), 3, 1))))
    page = owner.get("/backoffice/bestellungen/1").text
    fields = dict(re.findall(r'name="(teil-[0-9-]+)" value="([0-9]+)"', page))
    assert list(fields.values()) == ["2", "3"]
    fabric, buttons = fields
    sent = {"auswahl": "ja", "schluessel": "eins", "dienst": "DHL", "sendung": "0034", fabric: "1", buttons: "0"}
    for _ in range(2):  # a double click
        assert owner.post("/backoffice/bestellungen/1/versand", data=sent).status_code == 303
    page = owner.get("/backoffice/bestellungen/1").text
    assert "teilweise unterwegs" in page
    assert "1 schon unterwegs" in page
    to_pack = words_of(owner.get("/backoffice/bestellungen/1/packliste.pdf").data, tmp_path)
    assert "EIN Stück 1,50 m" in to_pack
    assert "3 Stück" in to_pack
    first = words_of(owner.get("/backoffice/bestellungen/1/lieferschein.pdf?sendung=1").data, tmp_path)
    gone, _, to_come = first.partition("in einem anderen Paket")
    assert "1 Stück à 1,50 m" in gone
    assert "3 Stück" not in gone
    assert "3 Stück" in to_come
    assert "0034" in gone
    too_many = sent | {"schluessel": "zwei", fabric: "2"}
    assert owner.post("/backoffice/bestellungen/1/versand", data=too_many).status_code == 409
    nothing = {"auswahl": "ja", "schluessel": "zwei", "dienst": "DHL"}
    assert "Bitte kreuzen Sie an" in owner.post("/backoffice/bestellungen/1/versand", data=nothing).text
    rest = {"auswahl": "ja", "schluessel": "drei", "dienst": "DHL", fabric: "1", buttons: "3"}
    assert owner.post("/backoffice/bestellungen/1/versand", data=rest).status_code == 303
    with write() as session:
        assert session.get_one(Order, 1).state == State.SHIPPED
        letters = session.exec(select(Letter.reason).where(Letter.kind == "shipped")).all()
        assert letters == ["shipment:1", "shipment:2"]
