"""Notices beside the fault cases: declined cards, what is forgotten, and from when on notices are fetched."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from checkout import signals
from checkout.orders import Order, State
from checkout.payments import NoticeCursor, StripeEvent, inbox
from tests.checkout.payments.store import Store

pytestmark = pytest.mark.parametrize("either_database", ["sqlite"], indirect=True)


def test_a_declined_card_is_noted_once_and_announced(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.decline(session_id)
    heard: list[str] = []

    def hear(order: Order, session: Session, **_: object) -> None:
        heard.append(order.number)

    with signals.card_declined.connected_to(hear):
        store.deliver(times=3)
    assert heard == [placed.number]
    assert store.history(placed).count("card_declined") == 1
    assert store.state(placed) is State.AWAITING_PAYMENT
    store.stripe.account.pay(session_id)
    store.deliver()
    assert store.is_paid_once(placed)


def test_a_debit_that_failed_is_no_declined_card(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay_by_debit(session_id)
    store.deliver()
    store.stripe.account.debit_fails(session_id)
    intent = store.stripe.account.intents[store.stripe.account.sessions[session_id]["payment_intent"]]
    store.stripe.account.tell("payment_intent.payment_failed", intent, False)
    store.deliver()
    assert "card_declined" not in store.history(placed)


def test_old_notices_are_forgotten_and_undone_ones_are_not(store: Store) -> None:
    store.paid()
    now = store.clock.now
    with store.database.writing() as session:
        session.add(StripeEvent(id="evt_undone", type="x", received_at=now, body="{}"))
    with store.database.writing() as session:
        inbox.forget_old(session, now + inbox.KEPT_HERE)
        assert len(session.exec(select(StripeEvent)).all()) == 2
        inbox.forget_old(session, now + inbox.KEPT_HERE + timedelta(seconds=1))
        assert session.exec(select(StripeEvent.id)).all() == ["evt_undone"]


def test_notices_are_fetched_from_where_the_last_fetch_ended(store: Store) -> None:
    store.hour()
    began = store.clock.now
    store.stripe.fail("GET", "/v1/events", "dead")
    store.hour(days=2)
    store.hour(hours=1)
    with store.database.reading() as session:
        cursor = session.exec(select(NoticeCursor).order_by(col(NoticeCursor.method))).one()
    assert cursor.seen_until == store.clock.now == began + timedelta(days=2, hours=1)
