"""The door for Stripe's events: what it lets in, and when it says that it is done."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlmodel import select

from checkout.orders import State
from checkout.payments import StripeEvent, settling
from checkout.payments.hosted import HostedPayment
from shop.context import Shop
from shop.db import Database
from shop.settings import Settings
from tests.checkout.payments.ordering import PAGES, Clock, Placed, order_of, payments_of, stock_of
from tests.shop.payments.conftest import deliver
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.webhooks import SECRET, signed


@pytest.fixture
def session_id(shop_app: Flask, placed: Placed, clock: Clock) -> str:
    """The session on which the order is to be paid."""
    shop: Shop = shop_app.extensions["dorfladen"]
    payment = shop.payments["stripe"]
    assert isinstance(payment, HostedPayment)
    page = settling.start(shop.database, payment, placed.id, now=clock.now, **PAGES)
    return page.rsplit("/", 1)[1]


def done_events(database: Database) -> int:
    with database.reading() as session:
        return sum(event.done_at is not None for event in session.exec(select(StripeEvent)).all())


def test_case_1_a_signed_event_pays_the_order(
    stripe: FakeStripe, database: Database, placed: Placed, session_id: str
) -> None:
    stripe.account.pay(session_id)
    assert stripe.webhooks.deliver_all(times=3) == [200, 200, 200]
    assert order_of(database, placed).state == State.PAID
    assert stock_of(database, placed) == (500, 150)
    assert done_events(database) == 1


def test_case_9_an_hour_of_failures_and_then_a_storm(
    stripe: FakeStripe, database: Database, placed: Placed, session_id: str
) -> None:
    stripe.account.pay(session_id)
    keys = set(stripe.accepted_keys)
    stripe.accepted_keys.clear()
    assert all(status >= 500 for status in stripe.webhooks.deliver_all(times=2))
    assert done_events(database) == 0
    stripe.accepted_keys |= keys
    assert stripe.webhooks.deliver_all(times=5) == [200] * 5
    assert payments_of(database, placed) == [placed.total_cents]


def test_events_in_the_wrong_order_end_well(
    stripe: FakeStripe, database: Database, placed: Placed, session_id: str
) -> None:
    stripe.account.pay_by_debit(session_id)
    stripe.account.debit_succeeds(session_id)
    assert stripe.webhooks.deliver_all(stripe.webhooks.pending[::-1]) == [200, 200]
    assert payments_of(database, placed) == [placed.total_cents]


def test_events_about_other_things_are_taken_and_left(stripe: FakeStripe, database: Database, session_id: str) -> None:
    intent = stripe.account.pay(session_id)["data"]["object"]["payment_intent"]
    stripe.webhooks.drop_all()
    stripe.account.create_refund({"payment_intent": intent, "amount": "100"}, is_live=False)
    assert stripe.webhooks.deliver_all() == [200, 200]
    assert done_events(database) == 2


def test_an_event_of_the_other_mode_moves_nothing(
    shop_app: Flask, stripe: FakeStripe, database: Database, placed: Placed, session_id: str
) -> None:
    event = stripe.account.pay(session_id) | {"livemode": True}
    assert deliver(shop_app, *signed(event, SECRET)) == 200
    assert order_of(database, placed).state == State.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        pytest.param(lambda body, signature: (body + b" ", signature), 400, id="altered"),
        pytest.param(lambda body, signature: (body, ""), 400, id="no signature"),
        pytest.param(lambda body, signature: (b"\xff", signature), 400, id="not UTF-8"),
        pytest.param(lambda body, signature: signed({"object": "event"}, SECRET), 400, id="no id"),
        pytest.param(lambda body, signature: signed({"object": "v2.core.event", "id": "e"}, SECRET), 400, id="thin"),
        pytest.param(lambda body, signature: (b"x" * 5_000_000, signature), 413, id="5 MB"),
    ],
)
def test_case_30_what_is_not_genuine_is_refused(
    shop_app: Flask,
    stripe: FakeStripe,
    database: Database,
    placed: Placed,
    session_id: str,
    spoil: Callable[[bytes, str], tuple[bytes, str]],
    status: int,
) -> None:
    body, signature = signed(stripe.account.pay(session_id), SECRET)
    assert deliver(shop_app, *spoil(body, signature)) == status
    assert order_of(database, placed).state == State.AWAITING_PAYMENT


def test_a_shop_without_stripe_has_no_such_door(settings: Settings) -> None:
    from shop.app import create_shop

    app = create_shop(settings)
    assert deliver(app, *signed({"object": "event"}, SECRET)) == 404
    app.extensions["dorfladen"].database.close()


def test_our_own_failure_asks_stripe_to_come_again(
    stripe: FakeStripe, database: Database, placed: Placed, session_id: str
) -> None:
    stripe.account.pay(session_id)
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE payment RENAME TO away")
    assert stripe.webhooks.deliver_all() == [500]
    assert done_events(database) == 0
    with database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO payment")
    assert stripe.webhooks.deliver_all() == [200]
    assert payments_of(database, placed) == [placed.total_cents]
