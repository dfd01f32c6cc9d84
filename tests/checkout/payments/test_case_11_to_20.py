"""Fault cases 11 to 20: opening the page goes wrong, or what is paid is not what was ordered, or is paid twice."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import prices
from catalog.products import Variant
from checkout import fulfilment, orders
from checkout.orders import Order, State
from checkout.payments import attempts
from checkout.payments.stripe import StripePayment
from shop.legal import CART_COOKIE
from tests.checkout.payments.ordering import Placed
from tests.checkout.payments.store import CREATE, Store, all_at_once
from tests.shop.storefront import selling
from tests.stripe_fake.server import LIVE_KEY

DISTURBED = "?zahlung=gestoert"


@pytest.mark.parametrize("how", ["webhook", "return page", "job"])
def test_case_11_killed_before_the_session_id_was_saved(store: Store, how: str) -> None:
    placed = store.order()
    store.stripe.fail("POST", CREATE, "lost")
    assert store.go_to_pay(placed).endswith(DISTURBED)
    assert [attempt.session_id for attempt in store.attempts(placed)] == [None]
    (session_id,) = store.stripe.account.sessions
    store.stripe.account.pay(session_id)  # the shopper's browser had got the address all the same
    if how == "webhook":
        assert store.deliver() == [200]
    elif how == "return page":
        store.come_back(placed, session_id)
    else:
        store.lose_webhooks()
        store.tick(minutes=3)
    assert store.is_paid_once(placed)
    assert [attempt.session_id for attempt in store.attempts(placed)] == [session_id]


def test_case_12_create_times_out_after_the_work_was_done(store: Store) -> None:
    placed = store.order()
    store.payment._timeout, store.payment._made = (1, 0.1), None
    store.stripe.fail("POST", CREATE, "slow")
    assert store.go_to_pay(placed).endswith(DISTURBED)
    store.payment._timeout, store.payment._made = (1, 10), None
    session_id = store.go_to_pay(placed)
    assert list(store.stripe.account.sessions) == [session_id]
    assert len({call.key for call in store.stripe.calls_of("POST", CREATE)}) == 1


def test_case_13_create_500_is_saved_under_the_key(store: Store) -> None:
    placed = store.order()
    store.stripe.fail("POST", CREATE, "500")
    session_id = store.go_to_pay(placed)
    assert list(store.stripe.account.sessions) == [session_id]
    assert [attempt.state for attempt in store.attempts(placed)] == ["failed", "open"]
    first, second = (call.key for call in store.stripe.calls_of("POST", CREATE))
    assert first != second


def test_case_14_same_key_with_other_parameters(store: Store) -> None:
    placed = store.order()
    store.stripe.fail("POST", CREATE, "lost")
    store.go_to_pay(placed)
    moved = replace(store.shop, settings=replace(store.shop.settings, url="https://neue-adresse.example"))
    store.app.extensions["dorfladen"] = moved
    session_id = store.go_to_pay(placed)  # Stripe refuses the key; what it had opened is found
    assert list(store.stripe.account.sessions) == [session_id]
    assert [attempt.session_id for attempt in store.attempts(placed)] == [session_id]
    store.stripe.account.pay(session_id)
    assert store.deliver() == [200]
    assert store.is_paid_once(placed)


def test_case_15_double_click_and_two_tabs_on_the_order_button(store: Store) -> None:
    selling.open_shop(store.app)
    store.payment._retries = 2  # a key that is in use this moment is asked for again
    shopper = store.visitor()
    selling.fill_cart(shopper)
    selling.tell(shopper, payment="stripe")
    form, tabs = selling.seen(shopper), [store.visitor() for _ in range(3)]
    for tab in tabs:
        enter_with_cart_of(shopper, tab)
    pages = all_at_once(*[lambda tab=tab: tab.post("/kasse/bestellen", data=form).location for tab in tabs])
    assert len(set(pages)) == 1
    assert str(pages[0]).startswith(f"{store.stripe.url}/pay/")
    assert len(store.stripe.account.sessions) == len(store.read(lambda s: s.exec(select(Order.id)).all())) == 1


def enter_with_cart_of(shopper: FlaskClient, tab: FlaskClient) -> None:
    cart = shopper.get_cookie(CART_COOKIE)
    assert cart is not None
    tab.set_cookie(CART_COOKIE, cart.value)


def test_case_16_cart_changed_in_tab_b_while_tab_a_pays(store: Store) -> None:
    selling.open_shop(store.app)
    shopper = store.visitor()
    selling.fill_cart(shopper)
    selling.tell(shopper, payment="stripe")
    tab_a = selling.seen(shopper)
    shopper.post("/warenkorb", data={"variante": selling.BUTTON, "stuecke": "1"})  # tab B, before the button
    assert shopper.post("/kasse/bestellen", data=tab_a).status_code == 409
    assert store.sessions_at_stripe() == []
    page = shopper.post("/kasse/bestellen", data=selling.seen(shopper)).location
    shopper.post("/warenkorb", data={"variante": selling.BUTTON, "stuecke": "1"})  # tab B, after the button
    store.stripe.account.pay(page.rsplit("/", 1)[1])
    assert store.deliver() == [200]
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert order.total_cents == order.paid_cents == 2 * 1935 + 495 + 549
    assert (order.state, order.attention) == (State.PAID, "")


def test_case_17_price_changed_between_order_and_payment(store: Store) -> None:
    selling.open_shop(store.app)
    shopper = store.visitor()
    selling.fill_cart(shopper)
    selling.tell(shopper, payment="stripe")
    before = selling.seen(shopper)
    make_dearer(store, 1390)
    told = shopper.post("/kasse/bestellen", data=before)
    assert told.status_code == 409
    assert "geändert" in told.text
    page = shopper.post("/kasse/bestellen", data=selling.seen(shopper)).location
    make_dearer(store, 1490)
    store.stripe.account.pay(page.rsplit("/", 1)[1])
    assert store.deliver() == [200]
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert (order.paid_cents, order.state) == (2 * 2085 + 549, State.PAID)


def make_dearer(store: Store, cents: int) -> None:
    with store.database.writing() as session:
        fabric = session.exec(select(Variant).where(Variant.sku == selling.FABRIC)).one()
        prices.set_regular(session, fabric, cents, now=store.clock.now, author="Petra")


def test_case_17_another_amount_at_stripe_is_booked_and_waits_for_the_owner(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.sessions[session_id]["amount_total"] = 100
    store.stripe.account.pay(session_id)
    store.deliver()
    order = store.find(placed)
    assert (order.state, order.paid_cents) == (State.AWAITING_PAYMENT, 100)
    assert "Es fehlen noch 23,25" in order.attention
    store.tick(hours=3)
    assert "erfallen" in store.find(placed).attention
    assert (store.payments(placed), store.refunds(placed)) == ([100], [])


@pytest.mark.parametrize(
    ("differs", "words"),
    [({"currency": "usd"}, "USD"), ({"amount_total": 0}, "ohne Geld"), ({"livemode": True}, "falschen Modus")],
)
def test_case_18_wrong_currency_or_mode_or_nothing(
    store: Store, differs: dict[str, object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    store.stripe.account.pay(session_id)
    store.stripe.account.sessions[session_id].update(differs)
    if "livemode" in differs:  # the account keeps its modes apart: only a key that says the wrong mode gets there
        monkeypatch.setattr(store.payment, "_ask_key", lambda: LIVE_KEY)
        monkeypatch.setattr(StripePayment, "is_live", False)
    store.come_back(placed, session_id)
    order = store.find(placed)
    assert (order.state, order.paid_cents) == (State.AWAITING_PAYMENT, 0)
    assert words in order.attention


def test_case_18_foreign_session_in_the_return_address(store: Store) -> None:
    placed, other = store.order(), store.order()
    session_id = store.go_to_pay(other)
    store.stripe.account.pay(session_id)
    for claimed in (session_id, "cs_test_invented", "../../v1/events", "", "x" * 300):
        store.come_back(placed, claimed)
    assert store.state(placed) is store.state(other) is State.AWAITING_PAYMENT
    store.deliver()
    assert (store.state(placed), store.state(other)) == (State.AWAITING_PAYMENT, State.PAID)


def test_case_19_two_attempts_both_paid(store: Store) -> None:
    placed = store.order()
    first = store.go_to_pay(placed)
    with store.database.writing() as session:
        attempts.forget(session, first)  # as after a change of keys and back
    for session_id in (store.go_to_pay(placed), first):
        store.stripe.account.pay(session_id)
        store.deliver()
    order = store.find(placed)
    assert (order.state, store.payments(placed)) == (State.PAID, [placed.total_cents] * 2)
    assert "ein zweites Mal" in order.attention
    assert store.refunds(placed) == [(placed.total_cents, "owed")]
    store.tick()
    store.deliver(times=2)
    store.tick(minutes=5)
    assert store.refunds(placed) == [(placed.total_cents, "done")]
    assert store.given_back_at_stripe() == [(placed.total_cents, "succeeded")]
    second = store.stripe.account.sessions[first]["payment_intent"]
    assert [call.key for call in store.stripe.calls_of("POST", "/v1/refunds")] == [f"dup-{second}"]
    assert (store.letters_of("refunded"), store.letters_of("surplus_for_owner")) == (1, 1)
    assert (store.find(placed).open_cents, store.find(placed).overpaid_cents, store.stock(placed)) == (0, 0, (500, 150))


def pay_by_transfer(store: Store, placed: Placed) -> None:
    with store.database.writing() as session:
        fulfilment.mark_paid(
            session, orders.lock(session, placed.id), cents=placed.total_cents, reference="bank 1", method="transfer",
            now=store.clock.now, author="Petra",
        )  # fmt: skip


def test_case_19_paid_by_transfer_and_then_online(store: Store) -> None:
    placed = store.order()
    session_id = store.go_to_pay(placed)
    pay_by_transfer(store, placed)
    store.stripe.account.pay(session_id)
    store.deliver()
    store.tick()
    assert store.given_back_at_stripe() == [(placed.total_cents, "succeeded")]


def test_case_19_paid_online_and_then_by_transfer_is_a_task(store: Store) -> None:
    placed = store.paid()
    pay_by_transfer(store, placed)
    store.tick(minutes=5)
    assert store.given_back_at_stripe() == store.refunds(placed) == []
    assert "zu viel bezahlt: bitte zurückzahlen" in store.find(placed).attention


def test_case_20_expire_refused_because_she_is_paying(store: Store) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    store.lose_webhooks()
    store.tick(hours=3)
    assert store.is_paid_once(placed)
    assert len(store.stripe.calls_of("POST", CREATE + r"/\w+/expire")) == 1


def test_case_20_no_goods_are_freed_while_stripe_cannot_be_asked(store: Store) -> None:
    placed = store.order()
    store.go_to_pay(placed)
    for method in ("POST", "GET"):
        store.stripe.fail(method, CREATE + r"/\w+(/expire)?", "dead", times=99)
    store.tick(hours=3)
    assert store.stock(placed) == (500, 150)
    store.stripe.recover()
    store.tick()
    assert (store.stock(placed), store.state(placed)) == ((500, 0), State.EXPIRED)
