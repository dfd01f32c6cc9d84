"""Pickup at the owner's desk: opening hours in her words, shelves, labels, calls."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from checkout import redeeming
from checkout.orders import OrderEvent, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.pickup import PickupTerms, SpecialDays
from shop.profile import Profile
from tests.checkout.ordering import make_cart, place, tell
from tests.checkout.test_pickup import make_pickup, set_up
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_fabric
from tests.shop.storefront.selling import words

Write = Callable[[], Any]
TERMS = {"zeiten": "Mo–Fr 9–13 und 14–18 Uhr", "land": "BB", "tage": "0", "minuten": "60", "faecher": "Fach 1–4",
         "erinnern": "5"}  # fmt: skip


def test_opening_hours_are_typed_as_on_the_door_and_shown_as_understood(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/laden/oeffnungszeiten", data=TERMS).status_code == 303
    text = words(owner.get("/backoffice/laden/oeffnungszeiten").text)
    assert "So haben wir es verstanden: Montag bis Freitag 9–13 und 14–18 Uhr" in text
    assert "Wer jetzt bestellt, liest: Abholbereit ab Montag, 23. November, 10 Uhr" in text
    assert "4 Fächer: Fach 1, Fach 2, Fach 3, Fach 4" in text
    assert "1. Weihnachtstag am 25.12.2026" in text or "Erster Weihnachtstag am 25.12.2026" in text
    with write() as session:
        terms = session.get_one(PickupTerms, 1)
        assert (terms.hours, terms.land, terms.remind_days) == (TERMS["zeiten"], "BB", 5)
        assert session.get_one(Profile, 1).opening_hours == TERMS["zeiten"]


def test_hours_that_cannot_be_read_are_kept_as_text_and_promise_nothing(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/laden/oeffnungszeiten", data=TERMS | {"zeiten": "nach Vereinbarung"})
    text = words(owner.get("/backoffice/laden/oeffnungszeiten").text)
    assert "„nach“ verstehen wir nicht" in text
    assert "Wer jetzt bestellt" not in text
    with write() as session:
        assert session.get_one(PickupTerms, 1).hours == ""
        assert session.get_one(Profile, 1).opening_hours == "nach Vereinbarung"


def test_closed_days_are_entered_and_struck(owner: FlaskClient, write: Write) -> None:
    owner.post("/backoffice/laden/oeffnungszeiten", data=TERMS)
    days = "/backoffice/laden/oeffnungszeiten/tage"
    entered = {"von": "2026-11-20", "bis": "2026-11-24", "grund": "Betriebsferien"}
    assert owner.post(days, data=entered).status_code == 303
    text = words(owner.get("/backoffice/laden/oeffnungszeiten").text)
    assert "20.11. bis 24.11.2026 geschlossen · Betriebsferien" in text
    assert "Abholbereit ab Mittwoch, 25. November, 10 Uhr" in text
    assert owner.post(f"{days}/1/entfernung").status_code == 303
    with write() as session:
        assert session.exec(select(SpecialDays)).all() == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"von": ""}, "Bitte tragen Sie den ersten Tag ein."),
        ({"von": "2026-12-24", "bis": "2026-12-23"}, "Der letzte Tag liegt vor dem ersten."),
        ({"von": "2026-12-24", "andere": "bis mittags"}, "verstehen wir nicht"),
    ],
)
def test_closed_days_that_do_not_fit_are_asked_again(owner: FlaskClient, typed: dict[str, str], told: str) -> None:
    owner.post("/backoffice/laden/oeffnungszeiten", data=TERMS)
    answer = owner.post("/backoffice/laden/oeffnungszeiten/tage", data=typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert TERMS["zeiten"] in answer.text


def test_from_shelf_to_hand_without_money(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        set_up(session)
        make_pickup(session)
    page = owner.get("/backoffice/bestellungen/1").text
    assert 'value="Fach 1"' in page
    assert owner.post("/backoffice/bestellungen/1/bereit", data={"fach": "Fach 1"}).status_code == 303
    label = owner.get("/backoffice/bestellungen/1/etikett").text
    for told in ("Erika Muster", "Fach 1", "1 Stück à 2,00\u00a0m Jersey Waldtiere", "25,80\u00a0€", "<svg"):
        assert told in label
    assert "Fach 1" in owner.get("/backoffice/bestellungen?zeigen=abzuholen").text
    assert owner.post("/backoffice/bestellungen/1/abholung", data={"bon": "4711"}).status_code == 303
    assert "Im Laden bezahlt, Bon-Nr. 4711." in owner.get("/backoffice/bestellungen/1").text
    with write() as session:
        assert session.exec(select(Payment)).all() == []
        assert "ready_for_pickup" in {letter.kind for letter in session.exec(select(Letter)).all()}


def test_the_form_of_money_is_closed_to_what_is_paid_at_the_counter(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_pickup(session)
    for door in ("", "abholung", ""):
        if door:
            owner.post(f"/backoffice/bestellungen/1/{door}")
        assert "Zahlung eintragen" not in owner.get("/backoffice/bestellungen/1").text
        refused = owner.post("/backoffice/bestellungen/1/zahlung", data={"betrag": "25,80", "bisher": "0"})
        assert refused.status_code == 409
        assert "gehört in die Ladenkasse" in refused.text
    with write() as session:
        assert session.exec(select(Payment)).all() == []


def test_who_left_a_number_only_is_rung_up(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_pickup(session, email="", phone="033999 123")
    owner.post("/backoffice/bestellungen/1/bereit", data={"fach": ""})
    page = owner.get("/backoffice/bestellungen/1").text
    assert 'href="tel:033999123"' in page
    assert "Bitte anrufen" in page
    owner.post("/backoffice/bestellungen/1/anruf")
    assert "Bitte anrufen" not in owner.get("/backoffice/bestellungen/1").text
    with write() as session:
        assert session.exec(select(OrderEvent.author).where(OrderEvent.kind == "called")).one() == "Anna"


def test_what_is_paid_already_is_marked_so_that_nobody_pays_twice(owner: FlaskClient, write: Write) -> None:
    from tests.checkout.ordering import pay

    with write() as session:
        pay(session, make_pickup(session, "transfer"))
    page = words(owner.get("/backoffice/bestellungen/1").text)
    assert "schon bezahlt Bitte nicht noch einmal kassieren." in page
    assert "Bon-Nr." not in page


def test_what_is_promised_soonest_stands_first(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        set_up(session)
        _named(session, "Ada", minutes=600)
        _named(session, "Berta", minutes=60)
        _named(session, "Clara", minutes=0)
    owner.post("/backoffice/bestellungen/3/bereit", data={"fach": "Fach 1"})
    page = owner.get("/backoffice/bestellungen?zeigen=abzuholen").text
    assert page.index("Berta") < page.index("Ada") < page.index("Clara")


def _named(session: Session, name: str, minutes: int) -> None:
    set_up(session, prepare_minutes=minutes)
    make_pickup(session, name=name)


def test_what_was_paid_at_the_till_stands_nowhere_as_open(
    owner: FlaskClient, client: FlaskClient, write: Write
) -> None:
    with write() as session:
        gift = make_gift(session, 1000)
        basket = make_cart(session, (make_fabric(session), 1, 200))
        redeeming.enter(session, basket, gift.code, NOW)
        details = tell(session, basket, delivery="pickup", payment="on_pickup")
        order = place(
            session, basket, details=details, shipping_cents=0, payment="on_pickup", first_state=State.CONFIRMED,
            reserved_until=None,
        )  # fmt: skip
        token = order.token
    assert "noch zu zahlen 15,80 €" in words(client.get(f"/bestellung/{token}").text)
    assert "kassieren Sie 15,80 €" in words(owner.get("/backoffice/bestellungen/1").text)
    assert owner.post("/backoffice/bestellungen/1/abholung", data={}).status_code == 303
    page = words(owner.get("/backoffice/bestellungen/1").text)
    assert "Im Laden bezahlt 15,80 €" in page
    assert "Offen" not in page
    page = words(client.get(f"/bestellung/{token}").text)
    assert "Abgeholt" in page
    assert not any(told in page for told in ("noch zu zahlen", "Noch offen"))
