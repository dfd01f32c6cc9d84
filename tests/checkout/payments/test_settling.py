"""From an order to its money through every fault that is known; the numbers are those of the fault list."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import col, select

from catalog import stock
from catalog.products import Variant
from checkout import fulfilment, orders, signals
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.payments import PaymentDown, StripeEvent, attempts, settling
from checkout.payments.hosted import Event, HostedPayment, Standing
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
from tests.make import NOW
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import LIVE_KEY, TEST_KEY

CREATE = "/v1/checkout/sessions"


@pytest.fixture
def placed(database: Database) -> Placed:
    """1,50 m of five metres, for 19,35 € and 4,90 € shipping."""
    return place_order(database)


def start(database: Database, payment: HostedPayment, placed: Placed, clock: Clock) -> str:
    """Give the session that the shopper is sent to."""
    page = settling.start(database, payment, placed.id, now=clock.now, **PAGES)
    return page.rsplit("/", 1)[1]


def told(stripe: FakeStripe, payment: StripePayment, number: int = -1) -> Event:
    """An event as the shop reads it."""
    since = stripe.account.events[number]["id"]
    return next(event for event in payment.events_since(NOW - timedelta(days=1)) if event.id == since)


def all_at_once(work: Callable[[], object], times: int = 8) -> None:
    """Let threads do the same at the same instant; each must succeed."""
    ready = Barrier(times)

    def one() -> None:
        ready.wait()
        work()

    with ThreadPoolExecutor(times) as pool:
        for each in [pool.submit(one) for _ in range(times)]:
            each.result()


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


def letters_to_shopper(database: Database, placed: Placed) -> list[str]:
    """What the shopper is owed to be told, in its order."""
    with database.reading() as session:
        about = select(Letter.kind).where(Letter.reason == f"order:{placed.id}", Letter.kind != "order_for_owner")
        return list(session.exec(about.order_by(col(Letter.id))).all())


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


def test_an_order_that_costs_nothing_is_not_paid_at_stripe(
    database: Database, payment: StripePayment, placed: Placed, clock: Clock
) -> None:
    with database.writing() as session:
        session.get_one(Order, placed.id).total_cents = 0
    with pytest.raises(NothingToPay):
        start(database, payment, placed, clock)


def test_case_12_a_lost_answer_is_asked_for_again_with_the_same_key(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "lost")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    clock.forward(minutes=10)
    assert start(database, payment, placed, clock) in stripe.account.sessions
    assert len(stripe.account.sessions) == 1
    assert len({call.key for call in stripe.calls_of("POST", CREATE)}) == 1


def test_case_13_a_saved_500_leads_to_a_new_attempt_at_once(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "500")
    session_id = start(database, payment, placed, clock)
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed", "open"]
    assert list(stripe.account.sessions) == [session_id]


def test_case_14_other_parameters_find_the_session_that_the_key_has_opened(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "lost")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    elsewhere = {"return_url": "https://new.example/", "cancel_url": "https://new.example/"}
    settling.start(database, payment, placed.id, now=clock.now, **elsewhere)
    assert [attempt.session_id for attempt in attempts_of(database, placed)] == list(stripe.account.sessions)


def test_an_attempt_too_old_for_its_fixed_end_is_replaced(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    clock.forward(minutes=10)
    start(database, payment, placed, clock)
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed", "open"]


def test_case_15_two_tabs_get_one_session(database: Database, stripe: FakeStripe, placed: Placed, clock: Clock) -> None:
    payment = StripePayment(TEST_KEY, stripe.url)  # a key in use is asked for again
    all_at_once(lambda: start(database, payment, placed, clock), 4)
    assert len(stripe.account.sessions) == 1
    assert len(attempts_of(database, placed)) == 1


# Settling


def test_case_1_a_shopper_who_never_comes_back_has_paid(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.account.pay(start(database, payment, placed, clock))
    settling.receive(database, payment, told(stripe, payment), clock.now)
    assert is_paid_once(database, placed)
    assert letters_to_shopper(database, placed) == ["order_received"]


@pytest.mark.parametrize("webhook_first", [False, True])
def test_cases_2_and_3_return_page_and_webhook_in_either_order(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock, webhook_first: bool
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay(session_id)
    event = told(stripe, payment)
    if webhook_first:
        settling.receive(database, payment, event, clock.now)
    assert settling.settle(database, payment, session_id, clock.now, order_id=placed.id) is Standing.PAID
    settling.receive(database, payment, event, clock.now)
    assert is_paid_once(database, placed)


def test_case_4_eight_at_the_same_instant_book_once(
    either_database: Database, payment: StripePayment, stripe: FakeStripe, clock: Clock
) -> None:
    placed = place_order(either_database)
    session_id = start(either_database, payment, placed, clock)
    stripe.account.pay(session_id)
    all_at_once(lambda: settling.settle(either_database, payment, session_id, clock.now))
    assert is_paid_once(either_database, placed)


def test_case_5_an_event_delivered_three_times_at_once_books_once(
    either_database: Database, payment: StripePayment, stripe: FakeStripe, clock: Clock
) -> None:
    placed = place_order(either_database)
    stripe.account.pay(start(either_database, payment, placed, clock))
    event = told(stripe, payment)
    all_at_once(lambda: settling.receive(either_database, payment, event, clock.now), 3)
    assert is_paid_once(either_database, placed)
    with either_database.reading() as session:
        assert [row.done_at for row in session.exec(select(StripeEvent)).all()] == [clock.now]


def test_cases_6_and_23_a_debit_succeeds_after_days_and_is_told_out_of_order(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay_by_debit(session_id)
    settling.settle(database, payment, session_id, clock.now)
    assert order_of(database, placed).state == State.PROCESSING
    clock.forward(days=6)
    settling.end_expired_holds(database, {"stripe": payment}, clock.now)
    assert stock_of(database, placed) == (500, 150)  # goods wait as long as the bank does
    stripe.account.debit_succeeds(session_id)
    settling.receive(database, payment, told(stripe, payment, -1), clock.now)
    settling.receive(database, payment, told(stripe, payment, -2), clock.now)
    assert is_paid_once(database, placed)
    assert letters_to_shopper(database, placed) == ["order_received", "payment_received"]


def test_case_24_a_debit_that_fails_gives_the_goods_back(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay_by_debit(session_id)
    settling.settle(database, payment, session_id, clock.now)
    clock.forward(days=6)
    stripe.account.debit_fails(session_id)
    settling.receive(database, payment, told(stripe, payment), clock.now)
    assert order_of(database, placed).state == State.EXPIRED
    assert stock_of(database, placed) == (500, 0)
    assert payments_of(database, placed) == []


def test_case_7_an_old_attempts_end_does_not_touch_a_paid_order(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    old = start(database, payment, placed, clock)
    payment.expire(old)
    expired = told(stripe, payment)
    new = start(database, payment, placed, clock)
    stripe.account.pay(new)
    settling.receive(database, payment, told(stripe, payment), clock.now)
    settling.receive(database, payment, expired, clock.now)
    assert is_paid_once(database, placed)


@pytest.mark.parametrize("job", [settling.reconcile, settling.catch_up])
def test_case_8_a_webhook_that_never_arrives_is_made_up_for(
    database: Database,
    payment: StripePayment,
    stripe: FakeStripe,
    placed: Placed,
    clock: Clock,
    job: Callable[..., None],
) -> None:
    stripe.account.pay(start(database, payment, placed, clock))
    job(database, {"stripe": payment}, clock.forward(minutes=3))
    assert is_paid_once(database, placed)


def test_a_fresh_payment_is_left_to_its_webhook(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    start(database, payment, placed, clock)
    asked = len(stripe.calls)
    settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=1))
    assert len(stripe.calls) == asked


def test_case_10_an_event_whose_work_was_cut_short_is_worked_off_later(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.account.pay(start(database, payment, placed, clock))
    event = told(stripe, payment)
    stripe.fail("GET", CREATE + r"/\w+", "dead")
    with pytest.raises(PaymentDown):
        settling.receive(database, payment, event, clock.now)
    assert order_of(database, placed).state == State.AWAITING_PAYMENT
    settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=3))
    assert is_paid_once(database, placed)
    with database.reading() as session:
        assert session.get_one(StripeEvent, event.id).done_at == clock.now


@pytest.mark.parametrize("by_webhook", [False, True])
def test_case_11_a_session_whose_id_was_never_saved_is_found(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock, by_webhook: bool
) -> None:
    stripe.fail("POST", CREATE, "lost")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    (session_id,) = stripe.account.sessions
    stripe.account.pay(session_id)
    if by_webhook:
        settling.receive(database, payment, told(stripe, payment), clock.now)
    else:
        settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=3))
    assert is_paid_once(database, placed)
    assert [attempt.session_id for attempt in attempts_of(database, placed)] == [session_id]


def test_an_attempt_that_opened_nothing_is_given_up(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.fail("POST", CREATE, "dead")
    with pytest.raises(PaymentDown):
        start(database, payment, placed, clock)
    settling.reconcile(database, {"stripe": payment}, clock.forward(minutes=3))
    assert [attempt.state for attempt in attempts_of(database, placed)] == ["failed"]


def test_case_17_another_amount_is_booked_and_waits_for_the_owner(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.sessions[session_id]["amount_total"] = 100
    stripe.account.pay(session_id)
    settling.settle(database, payment, session_id, clock.now)
    order = order_of(database, placed)
    assert (order.state, order.paid_cents, order.attention != "") == (State.AWAITING_PAYMENT, 100, True)
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(hours=3))
    assert "verfallen" in order_of(database, placed).attention.casefold()
    assert payments_of(database, placed) == [100]


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"currency": "usd"}, "USD"),
        ({"amount_total": 0}, "ohne Geld"),
        ({"livemode": True}, "falschen Modus"),
    ],
)
def test_case_18_wrong_currency_mode_or_nothing_is_not_booked(
    database: Database,
    payment: StripePayment,
    stripe: FakeStripe,
    placed: Placed,
    clock: Clock,
    differs: dict[str, object],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_id = start(database, payment, placed, clock)
    stripe.account.pay(session_id)
    stripe.account.sessions[session_id].update(differs)
    if "livemode" in differs:  # the account keeps its modes apart: only a key that says the wrong mode gets there
        stripe.accepted_keys.add("sk_live_fake")
        payment = StripePayment("sk_live_fake", stripe.url, max_network_retries=0)
        monkeypatch.setattr(StripePayment, "is_live", False)
    settling.settle(database, payment, session_id, clock.now)
    order = order_of(database, placed)
    assert (order.state, order.paid_cents) == (State.AWAITING_PAYMENT, 0)
    assert words in order.attention


def test_case_18_a_foreign_session_is_left_alone(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    other = place_order(database)
    session_id = start(database, payment, other, clock)
    stripe.account.pay(session_id)
    assert settling.settle(database, payment, session_id, clock.now, order_id=placed.id) is None
    assert settling.settle(database, payment, "cs_test_nobody", clock.now) is None
    assert order_of(database, placed).state == order_of(database, other).state == State.AWAITING_PAYMENT


def test_a_second_shop_on_the_same_account_is_none_of_our_business(
    database: Database, payment: StripePayment, stripe: FakeStripe, clock: Clock
) -> None:
    asked = {"mode": "payment", "success_url": "https://other.example", "line_items": [
        {"quantity": "1", "price_data": {"currency": "eur", "unit_amount": "900", "product_data": {"name": "Kuchen"}}},
    ]}  # fmt: skip
    stripe.account.pay(stripe.account.create_session(asked, is_live=False)["id"])
    settling.catch_up(database, {"stripe": payment}, clock.now)
    with database.reading() as session:
        assert [row.done_at for row in session.exec(select(StripeEvent)).all()] == [clock.now]
        assert session.exec(select(Order)).all() == []


def test_case_19_two_paid_attempts_are_both_booked_and_one_is_for_the_owner(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    first = start(database, payment, placed, clock)
    with database.writing() as session:
        attempts.forget(session, first)
    second = start(database, payment, placed, clock)
    for session_id in (second, first):
        stripe.account.pay(session_id)
        settling.settle(database, payment, session_id, clock.now)
    order = order_of(database, placed)
    assert payments_of(database, placed) == [placed.total_cents, placed.total_cents]
    assert (order.state, order.attention != "") == (State.PAID, True)
    assert stock_of(database, placed) == (500, 150)


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


def test_case_20_a_shopper_who_is_just_paying_keeps_the_goods(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    stripe.account.pay(start(database, payment, placed, clock))
    settling.end_expired_holds(database, {"stripe": payment}, clock.forward(hours=3))
    assert is_paid_once(database, placed)


def paid_too_late(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock, sold: int
) -> Order:
    """The order has expired here, `sold` centimetres are gone since, and then the money comes all the same."""
    session_id = start(database, payment, placed, clock)
    with database.writing() as session:
        attempts.forget(session, session_id)
    settling.end_expired_holds(database, {"stripe": payment}, clock.now + timedelta(hours=3))
    with database.writing() as session:
        variant = session.get_one(Variant, placed.variant_id)
        stock.move(session, variant, -sold, stock.Why.SOLD_IN_STORE, now=clock.now, author="test")
    stripe.account.pay(session_id)
    settling.settle(database, payment, session_id, clock.now)
    return order_of(database, placed)


def test_case_21_money_after_the_goods_were_freed_holds_them_again(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    order = paid_too_late(database, payment, stripe, placed, clock, sold=100)
    assert (order.state, order.paid_cents) == (State.PAID, placed.total_cents)
    assert stock_of(database, placed) == (400, 150)
    assert letters_to_shopper(database, placed) == ["order_received", "payment_received"]


def test_case_22_money_for_goods_that_are_gone_is_booked_and_for_the_owner(
    database: Database, payment: StripePayment, stripe: FakeStripe, placed: Placed, clock: Clock
) -> None:
    order = paid_too_late(database, payment, stripe, placed, clock, sold=400)
    assert (order.state, order.paid_cents) == (State.EXPIRED, placed.total_cents)
    assert order.attention
    assert stock_of(database, placed) == (100, 0)


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
