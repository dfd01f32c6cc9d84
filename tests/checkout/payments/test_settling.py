"""How a payment begins and ends, beside the fault cases (test_case_*.py)."""

from collections.abc import Callable

import pytest

from checkout import fulfilment, orders, signals
from checkout.orders import Order, State
from checkout.payments import PaymentDown, settling
from checkout.payments.hosted import HostedPayment, Standing
from checkout.payments.settling import NothingToPay
from checkout.payments.stripe import StripePayment
from shop.db import Database
from tests.checkout.payments.ordering import (
    PAGES,
    Clock,
    Placed,
    attempts_of,
    order_of,
    payments_of,
    place_order,
    stock_of,
)
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import LIVE_KEY

CREATE = "/v1/checkout/sessions"


@pytest.fixture
def placed(database: Database) -> Placed:
    """1,50 m of five metres, for 19,35 € and 4,90 € shipping."""
    return place_order(database)


def start(database: Database, payment: HostedPayment, placed: Placed, clock: Clock) -> str:
    """Give the session that the shopper is sent to."""
    page = settling.start(database, payment, placed.id, now=clock.now, **PAGES)
    return page.rsplit("/", 1)[1]


def is_paid_once(database: Database, placed: Placed) -> bool:
    """Paid with the whole amount, the goods held once."""
    order = order_of(database, placed)
    return (
        order.state == State.PAID
        and order.paid_cents == placed.total_cents
        and order.attention == ""
        and payments_of(database, placed) == [placed.total_cents]
        and stock_of(database, placed) == (500, 150)
    )


# Beginning


def test_the_attempt_is_committed_before_stripe_is_asked(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    (attempt,) = attempts_of(database, placed)
    assert (attempt.state, attempt.session_id, attempt.amount_cents) == ("open", None, placed.total_cents)


def test_pay_again_gives_the_same_open_page(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    first = start(database, payment, placed, clock)
    clock.forward(minutes=20)
    assert start(database, payment, placed, clock) == first
    assert len(stripe.account.sessions) == 1


def test_pay_again_after_the_page_has_ended_gives_a_new_one(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    first = start(database, payment, placed, clock)
    clock.forward(minutes=40)
    second = start(database, payment, placed, clock)
    assert second != first
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["expired", "open"]
    assert stock_of(database, placed) == (500, 150)


def test_pay_again_on_a_paid_page_settles_and_asks_for_nothing(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.account.pay(start(database, payment, placed, clock))
    with pytest.raises(NothingToPay):
        start(database, payment, placed, clock)
    assert is_paid_once(database, placed)


def test_money_on_its_way_is_not_asked_about_each_minute(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay_by_debit(session_id)
    settling.settle(database, payment, session_id, clock.now)
    asked = len(stripe.calls)
    settling.reconcile(database, {"stripe": payment}, clock.forward(days=6), with_debits=False)
    assert len(stripe.calls) == asked
    stripe.account.debit_succeeds(session_id)
    settling.reconcile(database, {"stripe": payment}, clock.now)
    assert order_of(database, placed).state == State.PAID


def make_cheaper(database: Database, placed: Placed, cents: int) -> None:
    with database.writing() as session:
        orders.lock(session, placed.id).reduced_cents += cents


def test_pay_again_for_an_order_that_has_become_cheaper_opens_a_page_for_the_rest(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    first = start(database, payment, placed, clock)
    make_cheaper(database, placed, 500)
    second = start(database, payment, placed, clock)
    assert stripe.account.sessions[first]["status"] == "expired"
    assert stripe.account.sessions[second]["amount_total"] == placed.total_cents - 500
    stripe.account.pay(second)
    settling.settle(database, payment, second, clock.now)
    assert (order_of(database, placed).state, order_of(database, placed).open_cents) == (State.PAID, 0)


def test_an_attempt_that_opened_nothing_for_another_amount_is_replaced(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    make_cheaper(database, placed, 500)
    session_id = start(database, payment, placed, clock)
    assert stripe.account.sessions[session_id]["amount_total"] == placed.total_cents - 500
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed", "open"]


def test_an_order_that_costs_nothing_is_not_paid_at_stripe(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    with database.writing() as session:
        session.get_one(Order, placed.id).total_cents = 0
    with pytest.raises(NothingToPay):
        start(database, payment, placed, clock)


def test_an_attempt_too_old_for_its_fixed_end_is_replaced(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    clock.forward(minutes=10)
    start(database, payment, placed, clock)
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed", "open"]


# Settling


def test_a_fresh_payment_is_left_to_its_webhook(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    start(database, payment, placed, clock)
    asked = len(stripe.calls)
    settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=1))
    assert len(stripe.calls) == asked


def test_an_attempt_that_opened_nothing_is_given_up(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=3))
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed"]


# Ending


def test_the_goods_come_back_when_nobody_pays(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(minutes=36))
    assert order_of(database, placed).state == State.AWAITING_PAYMENT  # there is time for another try
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(hours=2))
    assert order_of(database, placed).state == State.EXPIRED
    assert stock_of(database, placed) == (500, 0)
    assert payment.fetch(session_id).standing is Standing.EXPIRED


def test_an_order_that_never_came_to_stripe_ends_too(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(minutes=119))
    assert order_of(database, placed).state == State.AWAITING_PAYMENT
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(minutes=2))
    assert order_of(database, placed).state == State.EXPIRED


def test_no_goods_are_freed_while_stripe_cannot_be_asked(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    start(database, payment, placed, clock)
    stripe.fail("POST", CREATE + r"/\w+/expire", "dead", times=1)
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(hours=3))
    assert stock_of(database, placed) == (500, 150)
    settling.end_expired_holds(database, {"stripe": payment}, clock.now)
    assert stock_of(database, placed) == (500, 0)


def test_nobody_can_go_on_to_pay_a_cancelled_order(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    with database.writing() as session:
        fulfilment.cancel(session, orders.lock(session, placed.id), reason="Wunsch", now=clock.now, author="test")
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(minutes=1))
    assert payment.fetch(session_id).standing is Standing.EXPIRED
    assert order_of(database, placed).state == State.CANCELLED


def test_pay_again_after_the_keys_were_changed_opens_a_page_that_is_known(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    """The order was placed with the test key, then the shop went live: its session is unknown there."""
    start(database, payment, placed, clock)
    live = StripePayment(LIVE_KEY, stripe.url, max_network_retries=0)
    session_id = start(database, live, placed, clock)
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed", "open"]
    stripe.account.pay(session_id)
    settling.settle(database, live, session_id, clock.now)
    assert is_paid_once(database, placed)


def test_a_session_that_the_account_does_not_know_does_not_hold_goods_for_ever(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    del stripe.account.sessions[start(database, payment, placed, clock)]
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(hours=3))
    assert order_of(database, placed).state == State.EXPIRED


def stumble_over(placed: Placed) -> Callable[..., None]:
    """An extension that cannot bear one of the orders."""

    def on_moved(order: Order, **_: object) -> None:
        if order.id == placed.id:
            raise RuntimeError("not this one")

    return on_moved


def test_one_order_that_cannot_be_settled_does_not_keep_the_others(
    database: Database,
    payment: StripePayment,
    stripe: FakeStripe,
    placed: Placed,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = start(database, payment, placed, clock)
    other = place_order(database)
    stripe.account.pay(broken)
    stripe.account.pay(start(database, payment, other, clock))
    with signals.order_moved.connected_to(stumble_over(placed)):
        settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=3))
    assert is_paid_once(database, other)
    assert "could not be settled" in caplog.text
    assert order_of(database, placed).state == State.AWAITING_PAYMENT


def test_a_method_without_a_page_or_a_key_is_not_asked(database: Database, placed: Placed, clock: Clock) -> None:
    settling.reconcile(database, {"stripe": StripePayment("")}, clock.forward(minutes=3))
    settling.end_expired_holds(database, {"stripe": StripePayment("")}, clock.forward(hours=3))
    assert order_of(database, placed).state == State.EXPIRED


def test_what_happened_stands_in_the_orders_history(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay_by_debit(session_id)
    settling.settle(database, payment, session_id, clock.now)
    stripe.account.debit_fails(session_id)
    settling.settle(database, payment, session_id, clock.now)
    with database.reading() as session:
        kinds = [event.kind for event in orders.events_of(session, session.get_one(Order, placed.id))]
    assert kinds == ["awaiting_payment", "processing", "payment_failed", "expired"]
