"""Fault cases 1 to 10: the money comes, but the news of it comes late, twice, in the wrong order, or never."""

import pytest

from checkout.orders import State
from checkout.payments import StripeEvent
from tests.checkout.payments.store import CREATE, Store, all_at_once


def test_case_01_browser_closed_after_paying(store: Store) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    assert store.deliver() == [200]  # nobody ever comes back
    assert store.is_paid_once(placed)
    assert "payment_received" not in store.letters(placed)


def test_case_02_return_page_before_webhook(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay(session_id)
    store.come_back(placed, session_id)
    assert store.is_paid_once(placed)
    assert store.deliver() == [200]
    assert store.is_paid_once(placed)


def test_case_03_webhook_before_return_page(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay(session_id)
    assert store.deliver() == [200]
    assert store.come_back(placed, session_id) == f"/bestellung/{placed.token}"
    assert store.is_paid_once(placed)


def test_case_04_both_at_the_same_instant(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    event = store.stripe.account.pay(session_id)

    def come_back() -> object:
        return store.come_back(placed, session_id)

    def webhook() -> object:
        return store.stripe.webhooks.deliver(event)

    outcomes = all_at_once(come_back, webhook, come_back, webhook)
    assert outcomes == [f"/bestellung/{placed.token}", 200] * 2
    assert store.is_paid_once(placed)


def test_case_05_same_event_three_times_in_parallel(store: Store) -> None:
    placed = store.order()
    event = store.stripe.account.pay(store.go_to_pay(placed))
    assert all_at_once(*[lambda: store.stripe.webhooks.deliver(event)] * 3) == [200] * 3
    assert store.is_paid_once(placed)
    assert [row.done_at for row in store.inbox()] == [store.clock.now]


def test_case_06_success_of_a_debit_told_before_its_completion(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay_by_debit(session_id)
    store.clock.forward(days=6)
    store.stripe.account.debit_succeeds(session_id)
    assert store.deliver(backwards=True) == [200, 200]
    assert store.is_paid_once(placed)


def test_case_07_end_of_an_old_attempt_told_after_a_newer_one_was_paid(store: Store) -> None:
    placed = store.order()
    old = store.go_to_pay(placed)
    store.payment.expire(old)
    expired = store.stripe.webhooks.pending.pop()
    new = store.go_to_pay(placed)
    assert new != old
    store.stripe.account.pay(new)
    assert store.deliver() == [200]
    assert store.stripe.webhooks.deliver(expired) == 200
    assert store.is_paid_once(placed)


@pytest.mark.parametrize("job", ["each minute", "each hour"])
def test_case_08_webhook_never_arrives(store: Store, job: str, caplog: pytest.LogCaptureFixture) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    store.lose_webhooks()
    (store.tick if job == "each minute" else store.hour)(minutes=3)
    assert store.is_paid_once(placed)
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert alarms
    assert all("arrived" in alarm for alarm in alarms)


def test_case_09_endpoint_fails_for_an_hour_and_then_comes_a_storm(store: Store) -> None:
    many = [store.order(quantity=50) for _ in range(3)]
    for placed in many:
        store.stripe.account.pay(store.go_to_pay(placed))
    store.stripe.fail("GET", CREATE + r"/\w+", "503", times=6)
    assert all(status >= 500 for status in store.deliver(times=2))
    assert [row.done_at for row in store.inbox()] == [None] * 3
    store.clock.forward(hours=1)
    assert store.deliver(times=5, backwards=True) == [200] * 15
    for placed in many:
        assert (store.state(placed), store.payments(placed)) == (State.PAID, [placed.total_cents])
        assert store.find(placed).attention == ""


@pytest.mark.parametrize("how", ["Stripe sends it again", "the shop finishes it by itself"])
def test_case_10_killed_between_taking_the_event_in_and_booking(
    store: Store, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    with monkeypatch.context() as dying:
        dying.setattr("checkout.payments.settling.settle", die)
        with pytest.raises(Killed):
            store.deliver()
    assert [row.done_at for row in store.inbox()] == [None]
    assert store.state(placed) is State.AWAITING_PAYMENT
    if how == "Stripe sends it again":
        assert store.deliver() == [200]
    else:
        store.lose_webhooks()
        store.tick(minutes=3)
    assert store.is_paid_once(placed)
    assert None not in [row.done_at for row in store.inbox()]


class Killed(BaseException):
    """What no `except Exception` catches: the process is gone."""


def die(*_: object, **__: object) -> None:
    raise Killed


def test_the_cases_leave_one_row_for_each_event(store: Store) -> None:
    """What the inbox holds is what Stripe has told, word by word."""
    placed = store.paid()
    (row,) = store.inbox()
    assert isinstance(row, StripeEvent)
    assert store.payment.read_event(row.body).id == row.id == store.stripe.account.events[0]["id"]
    assert store.is_paid_once(placed)
