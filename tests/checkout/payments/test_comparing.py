"""The nightly comparison: what is made up for, what stays red, and when it takes place."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from checkout.payments import Payment, comparing
from checkout.payments.comparing import Comparison
from checkout.payments.disputing import Dispute
from checkout.refunds import Refund
from tests.checkout.payments.store import Store

HOST = "127.0.0.1:8000"
pytestmark = pytest.mark.parametrize("either_database", ["sqlite"], indirect=True)


def compare(store: Store) -> Comparison:
    store.clock.forward(hours=1)
    return comparing.compare(store.database, store.payment, store.clock.now, shop=HOST)


def intent(store: Store) -> str:
    return next(iter(store.stripe.account.intents))


def test_books_that_agree_are_fine(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.tick()
    store.stripe.account.open_dispute(intent(store), 1000)
    store.deliver()
    report = compare(store)
    assert report.is_fine
    assert (report.sessions, report.refunds, report.disputes, report.made_up) == (1, 1, 1, [])


def test_what_no_notice_has_told_is_made_up_for_and_reported(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    store.lose_webhooks()
    report = compare(store)
    assert store.is_paid_once(placed)
    assert report.is_fine
    assert [placed.number in sentence for sentence in report.made_up] == [True]
    store.stripe.account.refund_by_hand(intent(store), 500)
    store.stripe.account.open_dispute(intent(store), 300)
    store.lose_webhooks()
    report = compare(store)
    assert (report.is_fine, len(report.made_up)) == (True, 2)
    assert (store.refunds(placed), store.find(placed).disputed_cents) == ([(500, "done")], 300)
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 3


def test_money_that_stripe_does_not_know_stays_red(store: Store) -> None:
    store.paid()
    with store.database.writing() as session:
        session.exec(update(Payment).values(reference="pi_invented"))
    (unbooked, unknown) = compare(store).differences
    assert "nicht verbucht" in unbooked
    assert "gibt es diese Zahlung nicht" in unknown


def test_another_amount_stays_red(store: Store) -> None:
    store.paid()
    with store.database.writing() as session:
        session.exec(update(Payment).values(cents=1))
    (sentence,) = compare(store).differences
    assert "verbucht aber 0,01" in sentence


def test_refunds_and_disputes_that_stand_otherwise_stay_red(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.tick()
    store.stripe.account.open_dispute(intent(store), 1000)
    store.deliver()
    with store.database.writing() as session:
        session.exec(update(Refund).values(cents=400))
        session.exec(update(Dispute).values(provider_ref="du_invented"))
    report = compare(store)
    assert ["4,00" in sentence for sentence in report.differences] == [True]
    assert ["wird bestritten" in sentence for sentence in report.made_up] == [True]


def test_a_refund_that_stripe_does_not_know_stays_red(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.tick()
    store.clock.forward(minutes=20)
    store.refund(placed, 300)
    store.tick()
    store.stripe.account.refunds.popitem()
    (sentence,) = compare(store).differences
    assert "dort nicht" in sentence


def test_a_stripe_that_does_not_answer_is_an_error_of_the_report(store: Store) -> None:
    store.stripe.accepted_keys.clear()
    report = compare(store)
    assert (report.is_fine, "401" in report.error) == (False, True)


def test_it_takes_place_once_a_day(store: Store) -> None:
    for _ in range(3):
        comparing.compare_daily(store.database, store.shop.payments, store.clock.now, shop=HOST)
    store.clock.forward(hours=24)
    comparing.compare_daily(store.database, store.shop.payments, store.clock.now, shop=HOST)
    reports = store.read(lambda session: session.exec(select(Comparison).order_by(col(Comparison.id))).all())
    assert [report.compared_at for report in reports] == [store.clock.now - timedelta(hours=24), store.clock.now]
    with store.database.writing() as session:
        comparing.forget_old(session, store.clock.now + comparing.KEPT)
        assert len(comparing.latest(session)) == 1
