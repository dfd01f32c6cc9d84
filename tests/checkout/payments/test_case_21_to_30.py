"""Fault cases 21 to 30: money that comes too late, goes back, or is called back; and webhooks that are not genuine."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from checkout import fulfilment, orders
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Disputed, State
from checkout.refunds import TooMuchToRefund
from tests.checkout.payments.ordering import Placed
from tests.checkout.payments.store import Store, all_at_once
from tests.checkout.vouchering import make_gift
from tests.stripe_fake.webhooks import SECRET, signed

REFUNDS = "/v1/refunds"


def paid_too_late(store: Store, sold_cm: int) -> Placed:
    """The order has ended here, some of its goods are gone, and a second later the money comes all the same."""
    placed = store.order()
    session_id = store.go_to_pay(placed)
    with store.database.writing() as session:
        fulfilment.expire(session, orders.lock(session, placed.id), now=store.clock.now)
    store.sell_in_store(placed, sold_cm)
    store.stripe.account.pay(session_id)
    store.deliver()
    return placed


def intent_of(store: Store, placed: Placed) -> str:
    """The payment intent that paid an order."""
    paid = (each for each in store.sessions_at_stripe() if each["client_reference_id"] == placed.number)
    return str(next(each["payment_intent"] for each in paid if each["payment_status"] == "paid"))


def test_case_21_paid_after_the_goods_were_freed_and_some_are_left(store: Store) -> None:
    placed = paid_too_late(store, sold_cm=100)
    assert (store.state(placed), store.payments(placed)) == (State.PAID, [placed.total_cents])
    assert store.stock(placed) == (400, 150)
    assert (store.find(placed).attention, store.refunds(placed)) == ("", [])
    assert store.letters(placed)[-1] == "payment_received"


def test_case_22_paid_after_the_goods_were_freed_and_none_are_left(store: Store) -> None:
    placed = paid_too_late(store, sold_cm=400)
    assert (store.state(placed), store.refunds(placed)) == (State.EXPIRED, [(placed.total_cents, "owed")])
    store.tick()
    store.deliver(times=2)
    store.tick(minutes=5)
    assert store.refunds(placed) == [(placed.total_cents, "done")]
    assert store.given_back_at_stripe() == [(placed.total_cents, "succeeded")]
    assert [call.key for call in store.stripe.calls_of("POST", REFUNDS)] == [f"late-{intent_of(store, placed)}"]
    assert "zu spät" in store.find(placed).attention
    assert (store.letters_of("refunded"), store.letters_of("surplus_for_owner")) == (1, 1)
    assert store.stock(placed) == (100, 0)
    assert store.find(placed).held_cents == 0


def test_case_22_paid_after_a_person_has_cancelled(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.cancel(placed)
    store.stripe.account.pay(session_id)  # before the job has ended the page
    store.deliver()
    store.tick()
    assert (store.state(placed), store.refunds(placed)) == (State.CANCELLED, [(placed.total_cents, "done")])
    assert store.stock(placed) == (500, 0)


def test_case_23_debit_succeeds_after_six_days(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay_by_debit(session_id)
    store.come_back(placed, session_id)
    assert store.state(placed) is State.PROCESSING
    store.tick(days=6)
    assert store.stock(placed) == (500, 150)  # goods wait as long as the bank does
    store.stripe.account.debit_succeeds(session_id)
    store.deliver()
    assert store.is_paid_once(placed)
    assert store.letters(placed)[-1] == "payment_received"


def test_case_24_debit_fails_after_six_days(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay_by_debit(session_id)
    store.deliver()
    store.clock.forward(days=6)
    store.stripe.account.debit_fails(session_id)
    store.deliver()
    assert (store.state(placed), store.stock(placed)) == (State.EXPIRED, (500, 0))
    assert store.payments(placed) == []
    assert "payment_failed" in store.history(placed)


def test_case_24_debit_is_disputed_weeks_later(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay_by_debit(session_id)
    store.stripe.account.debit_succeeds(session_id)
    store.deliver()
    store.ship(placed)
    store.clock.forward(days=40)
    opened = store.stripe.account.open_dispute(intent_of(store, placed), reason="debit_not_authorized")
    store.stripe.account.close_dispute(opened["id"], "lost")
    store.deliver(backwards=True)
    order = store.find(placed)
    assert (order.state, order.disputed_cents, order.open_cents) == (
        State.SHIPPED,
        placed.total_cents,
        placed.total_cents,
    )
    assert "verloren" in order.attention


def test_case_25_partial_refunds_at_once_that_exceed_the_rest(store: Store) -> None:
    placed = store.paid()
    outcomes = all_at_once(*[lambda: store.refund(placed, 1500)] * 4)
    assert sum(isinstance(each, TooMuchToRefund) for each in outcomes) == 3
    all_at_once(store.tick, store.tick, store.tick)  # three workers
    store.deliver()
    assert store.refunds(placed) == [(1500, "done")]
    assert store.given_back_at_stripe() == [(1500, "succeeded")]


def test_case_25_stripe_itself_refuses_more_than_is_left(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 1500)
    store.stripe.account.refund_by_hand(intent_of(store, placed), 2000)  # in the Dashboard, a moment before the job
    store.lose_webhooks()
    store.tick()
    assert sorted(store.refunds(placed)) == [(1500, "failed"), (2000, "done")]
    assert store.find(placed).refunded_cents == 2000
    assert "gescheitert" in store.find(placed).attention


@pytest.mark.parametrize("how", ["lost", "slow"])
def test_case_26_refund_times_out(store: Store, how: str) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.payment._timeout, store.payment._made = (1, 0.1), None
    store.stripe.fail("POST", REFUNDS, how)
    store.tick()
    store.payment._timeout, store.payment._made = (1, 10), None
    assert store.refunds(placed) == [(500, "owed")]
    store.tick(minutes=1)
    store.deliver()
    assert store.refunds(placed) == [(500, "done")]
    assert store.given_back_at_stripe() == [(500, "succeeded")]
    assert len({call.key for call in store.stripe.calls_of("POST", REFUNDS)}) == 1


def test_case_26_answer_lost_and_the_key_forgotten_by_stripe(store: Store) -> None:
    """Stripe keeps keys for a day: whoever repeats after a long week-end must look first."""
    placed = store.paid()
    store.refund(placed, 500)
    store.stripe.fail("POST", REFUNDS, "lost")
    store.tick()
    store.lose_webhooks()
    store.stripe.keys = type(store.stripe.keys)()
    store.tick(days=3)
    assert (store.refunds(placed), store.given_back_at_stripe()) == ([(500, "done")], [(500, "succeeded")])


def test_case_26_a_saved_500_needs_another_key(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.stripe.fail("POST", REFUNDS, "500")
    store.tick()
    assert (store.refunds(placed), store.given_back_at_stripe()) == ([(500, "owed")], [])
    store.tick(minutes=1)
    assert (store.refunds(placed), store.given_back_at_stripe()) == ([(500, "done")], [(500, "succeeded")])
    assert len({call.key for call in store.stripe.calls_of("POST", REFUNDS)}) == 2


def test_case_27_refund_pending_and_then_failed(store: Store) -> None:
    placed = store.paid()
    store.stripe.account.refunds_begin = "pending"
    store.refund(placed, 1500)
    store.tick()
    assert store.refunds(placed) == [(1500, "pending")]
    assert (store.find(placed).refunded_cents, store.find(placed).attention) == (1500, "")
    store.stripe.account.refund_fails(next(iter(store.stripe.account.refunds)), "lost_or_stolen_card")
    store.deliver(times=2, backwards=True)
    assert store.refunds(placed) == [(1500, "failed")]
    assert store.find(placed).refunded_cents == 0
    assert "die Karte ist gesperrt" in store.find(placed).attention
    assert store.letters_of("refunded") == 0
    store.stripe.account.refunds_begin = "succeeded"
    store.refund(placed, placed.total_cents)  # all of it can be given back again
    store.tick(minutes=1)
    assert store.refunds(placed)[-1] == (placed.total_cents, "done")


def test_case_27_refund_waits_for_money_on_the_account(store: Store) -> None:
    placed = store.paid()
    store.stripe.account.balance_is_empty = True
    store.refund(placed, 500)
    store.tick()
    assert store.refunds(placed) == [(500, "pending")]
    store.lose_webhooks()
    store.stripe.account.refund_succeeds(next(iter(store.stripe.account.refunds)))
    store.lose_webhooks()
    store.hour(hours=1)
    assert store.refunds(placed) == [(500, "done")]
    assert store.letters_of("refunded") == 1


def test_case_28_refunds_in_the_dashboard_partial_and_then_the_rest(store: Store) -> None:
    placed = store.paid()
    store.stripe.account.refund_by_hand(intent_of(store, placed), 500)
    assert store.deliver(times=2) == [200] * 4
    assert store.refunds(placed) == [(500, "done")]
    store.stripe.account.refund_by_hand(intent_of(store, placed))
    store.deliver(backwards=True)
    assert store.refunds(placed) == [(500, "done"), (placed.total_cents - 500, "done")]
    order = store.find(placed)
    assert (order.refunded_cents, order.held_cents) == (placed.total_cents, 0)
    assert "von Hand zurückgezahlt" in order.attention
    with pytest.raises(TooMuchToRefund):
        store.refund(placed, 1)


def test_case_28_a_refund_by_hand_takes_the_gift_voucher_back_that_was_bought(store: Store) -> None:
    placed = store.paid()
    with store.database.writing() as session:  # as if nothing but a voucher had been bought
        order = orders.lock(session, placed.id)
        order.gift_cents = order.total_cents
        make_gift(session, order.total_cents, order_id=order.id)
    store.stripe.account.refund_by_hand(intent_of(store, placed), 500)
    store.deliver()
    with store.database.reading() as session:
        (gift,) = session.exec(select(GiftVoucher)).all()
        assert gift.blocked_at is not None, "paid back and still to be spent"


def test_case_28_refunds_by_hand_and_by_the_shop_at_once(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 700)
    store.stripe.account.refund_by_hand(intent_of(store, placed), 500)
    waiting = list(store.stripe.webhooks.pending)
    all_at_once(
        store.tick, store.tick, *[lambda event=event: store.stripe.webhooks.deliver(event) for event in waiting]
    )
    store.deliver()
    assert sorted(store.refunds(placed)) == [(500, "done"), (700, "done")]
    assert sorted(store.given_back_at_stripe()) == [(500, "succeeded"), (700, "succeeded")]
    assert store.find(placed).refunded_cents == 1200


@pytest.mark.parametrize("end", ["won", "lost"])
def test_case_29_dispute(store: Store, end: str) -> None:
    placed = store.paid()
    opened = store.stripe.account.open_dispute(intent_of(store, placed))
    store.deliver(times=2, backwards=True)
    order = store.find(placed)
    assert (order.disputed_cents, order.held_cents) == (placed.total_cents, 0)
    assert "wird bestritten" in order.attention
    assert "„Das war ich nicht“" in order.attention
    with pytest.raises(Disputed):
        store.ship(placed)
    with pytest.raises(TooMuchToRefund):
        store.refund(placed, 100)
    store.stripe.account.close_dispute(opened["id"], end)
    store.deliver(times=2, backwards=True)
    order = store.find(placed)
    assert order.disputed_cents == (0 if end == "won" else placed.total_cents)
    if end == "won":
        store.ship(placed)
        assert "zu Ihren Gunsten" in order.attention
    else:
        assert "verloren" in order.attention


def test_case_29_dispute_about_what_was_refunded_already(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, placed.total_cents)
    store.tick()
    opened = store.stripe.account.open_dispute(intent_of(store, placed))
    store.deliver()
    assert "der beste Beleg" in store.find(placed).attention
    assert store.find(placed).held_cents == -placed.total_cents
    store.stripe.account.close_dispute(opened["id"], "won")
    store.deliver()
    assert (store.find(placed).held_cents, store.refunds(placed)) == (0, [(placed.total_cents, "done")])


def test_case_29_refund_that_was_owed_when_the_dispute_came(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    store.stripe.account.open_dispute(intent_of(store, placed))
    store.deliver()
    store.tick()
    assert (store.refunds(placed), store.given_back_at_stripe()) == ([(500, "failed")], [])
    assert "wird gerade bestritten" in store.find(placed).attention


def test_case_29_mere_inquiry_of_the_bank(store: Store) -> None:
    placed = store.paid()
    opened = store.stripe.account.open_dispute(intent_of(store, placed), is_inquiry=True)
    store.deliver()
    assert store.find(placed).disputed_cents == 0
    assert "Die Bank fragt" in store.find(placed).attention
    store.stripe.account.close_dispute(opened["id"], "warning_closed")
    store.deliver()
    store.ship(placed)
    assert store.state(placed) is State.SHIPPED


Spoil = Callable[[dict[str, Any]], tuple[bytes, str]]


def six_minutes_old(event: dict[str, Any]) -> tuple[bytes, str]:
    import time

    return signed(event, SECRET, at=time.time() - 360)


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        pytest.param(lambda event: signed(event, "whsec_wrong"), 400, id="wrong secret"),
        pytest.param(six_minutes_old, 400, id="six minutes old"),
        pytest.param(lambda event: (signed(event, SECRET)[0] + b" ", signed(event, SECRET)[1]), 400, id="altered"),
        pytest.param(lambda event: (signed(event, SECRET)[0], ""), 400, id="empty header"),
        pytest.param(lambda event: (b"\xff" + signed(event, SECRET)[0], signed(event, SECRET)[1]), 400, id="not UTF-8"),
        pytest.param(lambda event: (secrets.token_bytes(5_000_000), signed(event, SECRET)[1]), 413, id="5 MB"),
        pytest.param(lambda event: signed(event | {"object": "v2.core.event"}, SECRET), 400, id="thin event"),
        pytest.param(lambda event: signed({key: event[key] for key in event if key != "id"}, SECRET), 400, id="no id"),
    ],
)
def test_case_30_what_is_not_genuine(store: Store, spoil: Spoil, status: int) -> None:
    placed = store.order()
    event = store.stripe.account.pay(store.go_to_pay(placed))
    assert store.webhook(*spoil(event)) == status
    assert (store.state(placed), store.inbox()) == (State.AWAITING_PAYMENT, [])


def test_case_30_rollover_with_two_secrets(store: Store) -> None:
    old, new = store.order(quantity=50), store.order(quantity=50)
    store.set_secrets(f"whsec_new {SECRET}")
    for placed, secret in ((old, SECRET), (new, "whsec_new")):
        event = store.stripe.account.pay(store.go_to_pay(placed))
        assert store.webhook(*signed(event, secret)) == 200
        assert store.state(placed) is State.PAID
