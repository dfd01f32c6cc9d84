"""Stolen cards are tested on orders: the page ends, the address pauses, and honest people transfer."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout.orders import State
from checkout.outbox import Letter
from checkout.payments import card_testing
from shop import guards, jobs
from shop.db import Database
from shop.profile import Profile
from tests.checkout.payments.ordering import Clock, Placed, order_of, place_order
from tests.stripe_fake import FakeStripe

ADDRESS = "203.0.113.9"


@pytest.fixture
def shopper(client: FlaskClient, database: Database) -> FlaskClient:
    """A visitor from outside, in a shop that takes transfers and has a telephone."""
    client.environ_base["REMOTE_ADDR"] = ADDRESS
    with database.writing() as session:
        owner = session.get(Profile, 1) or Profile()
        owner.iban, owner.account_holder, owner.phone = "DE89370400440532013000", "Petra Probe", "033 100"
        session.merge(owner)
    return client


def go_to_pay(client: FlaskClient, placed: Placed) -> str:
    location: str = client.post(f"/bestellung/{placed.token}/zahlung").location
    return location


def decline(client: FlaskClient, stripe: FakeStripe, placed: Placed, times: int) -> str:
    session_id = go_to_pay(client, placed).rsplit("/", 1)[1]
    for _ in range(times):
        stripe.account.decline(session_id)
    stripe.webhooks.deliver_all()
    return session_id


def test_after_many_declined_cards_the_page_ends_and_the_order_lives(
    shop_app: Flask, shopper: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = decline(shopper, stripe, placed, card_testing.LIMIT)
    jobs.end_expired_holds(shop_app)
    assert stripe.account.sessions[session_id]["status"] == "expired"
    assert order_of(database, placed).state == State.AWAITING_PAYMENT
    assert go_to_pay(shopper, placed) == f"/bestellung/{placed.token}?zahlung=karte-abgelehnt"
    page = shopper.get(f"/bestellung/{placed.token}?zahlung=karte-abgelehnt").text
    assert "Für diese Bestellung wurden mehrere Karten abgelehnt" in page
    assert "033 100" in page
    assert "Erneut bezahlen" not in page
    assert "Lieber überweisen" in page


def test_a_few_declined_cards_change_nothing(
    shop_app: Flask, shopper: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = decline(shopper, stripe, placed, card_testing.LIMIT - 1)
    jobs.end_expired_holds(shop_app)
    assert go_to_pay(shopper, placed).endswith(session_id)
    stripe.account.pay(session_id)
    stripe.webhooks.deliver_all()
    assert order_of(database, placed).state == State.PAID


def test_whoever_pays_with_the_last_card_before_the_page_ends_has_paid(
    shop_app: Flask, shopper: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = decline(shopper, stripe, placed, card_testing.LIMIT)
    stripe.account.pay(session_id)
    jobs.end_expired_holds(shop_app)
    assert order_of(database, placed).state == State.PAID


def test_the_order_is_transferred_instead(
    shopper: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed, clock: Clock
) -> None:
    session_id = decline(shopper, stripe, placed, 1)
    assert shopper.post(f"/bestellung/{placed.token}/ueberweisung").status_code == 303
    assert stripe.account.sessions[session_id]["status"] == "expired", "it cannot be paid twice"
    page = shopper.get(f"/bestellung/{placed.token}").text
    assert "DE89 3704 0044 0532 0130 00" in page
    order = order_of(database, placed)
    assert (order.payment, order.state) == ("transfer", State.AWAITING_PAYMENT)
    assert order.reserved_until is not None
    assert order.reserved_until > clock.now + timedelta(days=5)
    with database.reading() as session:
        assert session.exec(select(Letter).where(Letter.kind == "transfer_instead")).one().recipient == order.email
    assert shopper.post(f"/bestellung/{placed.token}/ueberweisung").status_code == 303, "twice is once"


def test_an_order_that_is_just_being_paid_is_not_transferred(
    shopper: FlaskClient, stripe: FakeStripe, database: Database, placed: Placed
) -> None:
    session_id = go_to_pay(shopper, placed).rsplit("/", 1)[1]
    stripe.account.pay(session_id)
    shopper.post(f"/bestellung/{placed.token}/ueberweisung")
    order = order_of(database, placed)
    assert (order.payment, order.state) == ("stripe", State.PAID)


def test_an_address_with_many_declined_cards_makes_a_pause(
    shopper: FlaskClient,
    stripe: FakeStripe,
    database: Database,
    placed: Placed,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guards, "DECLINES", guards.Limit("decline", 4, timedelta(hours=1)))
    decline(shopper, stripe, placed, 2)
    decline(shopper, stripe, place_order(database, clock.now), 2)
    third = place_order(database, clock.now)
    assert go_to_pay(shopper, third).endswith("?zahlung=zu-oft")
    assert (
        "Bitte versuchen Sie es in einer Stunde noch einmal"
        in shopper.get(f"/bestellung/{third.token}?zahlung=zu-oft").text
    )
    shopper.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert go_to_pay(shopper, third).rsplit("/", 1)[1] in stripe.account.sessions


def test_payments_begun_for_one_order_and_from_one_address_are_limited(
    shopper: FlaskClient, database: Database, placed: Placed, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "PAYMENTS_OF_ORDER", guards.Limit("payment_order", 2, timedelta(hours=1)))
    monkeypatch.setattr(guards, "PAYMENTS", guards.Limit("payment", 3, timedelta(hours=1)))
    begun = [go_to_pay(shopper, placed).endswith("zu-oft") for _ in range(3)]
    assert begun == [False, False, True]
    other = place_order(database, clock.now)
    assert [go_to_pay(shopper, other).endswith("zu-oft") for _ in range(2)] == [False, True]


def test_sentences_are_ours_alone(shopper: FlaskClient, placed: Placed) -> None:
    assert "<script" not in shopper.get(f"/bestellung/{placed.token}?zahlung=%3Cscript%3E1").text.partition("<main")[2]


def test_figures_leave_room_for_a_shared_address() -> None:
    assert guards.ORDERS.times >= 25
    assert guards.PAYMENTS.times >= guards.ORDERS.times * 2
    assert guards.DECLINES.times > card_testing.LIMIT * 2
