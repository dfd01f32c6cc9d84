"""What goes over the wire to Stripe, and how its answers and events are read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkout import orders
from checkout.orders import Order, OrderLine
from checkout.payments import PaymentAttempt, PaymentDown, stripe_words
from checkout.payments.hosted import (
    BadEvent,
    Given,
    HostedPayment,
    KeyRefused,
    KeySpent,
    Matter,
    NoSuchSession,
    RefundRefused,
    Ruling,
    SessionDone,
    Standing,
)
from checkout.payments.stripe import StripePayment
from shop.db import Database
from tests.checkout.payments.ordering import PAGES, Clock, place_order
from tests.conftest import needs
from tests.make import NOW
from tests.stripe_fake import FakeStripe, validation
from tests.stripe_fake.server import LIVE_KEY, RESTRICTED_KEY, TEST_KEY
from tests.stripe_fake.webhooks import SECRET, signed


def attempt(key: str = "A-1", cents: int = 2580) -> PaymentAttempt:
    facts: dict[str, Any] = {"amount_cents": cents, "created_at": NOW, "expires_at": NOW + timedelta(minutes=35)}
    return PaymentAttempt(idempotency_key=key, **facts)


def order(total_cents: int = 2580) -> Order:
    facts: dict[str, Any] = {"number": "AB2C-3DEF", "email": "erika@kundin.example", "shipping_cents": 0}
    return Order(total_cents=total_cents, **facts)


def line(cents: int = 2580, pieces: int = 2, quantity: int = 150, unit: str = "length") -> OrderLine:
    facts: dict[str, Any] = {"name": "Jersey", "options": "Farbe: Petrol", "unit": unit}
    return OrderLine(pieces=pieces, quantity=quantity, line_cents=cents, **facts)


def opened(payment: StripePayment, key: str = "A-1") -> str:
    return payment.open(order(), [line()], attempt(key), **PAGES)[0]


def test_the_schema_of_stripe_is_there_to_check_against() -> None:
    needs("Stripe's schema (../shared/stripe) with jsonschema", validation.is_possible())
    notes = validation.Notes()
    notes.event({"id": "evt_1", "object": "event", "type": "no.such.event"})
    assert notes.checked == 1
    assert notes.problems


def test_it_is_a_payment_on_a_hosted_page(payment: StripePayment) -> None:
    assert isinstance(payment, HostedPayment)
    assert not payment.is_live
    assert StripePayment(LIVE_KEY).is_live
    assert StripePayment("").missing()
    assert not payment.missing()


def test_a_shopper_without_email_pays_online_all_the_same(payment: StripePayment, stripe: FakeStripe) -> None:
    without = order()
    without.email = ""
    session_id, _ = payment.open(without, [line()], attempt(), **PAGES)
    assert stripe.account.sessions[session_id]["customer_email"] is None


def test_the_page_lists_the_cuts_and_the_shipping(
    payment: StripePayment, stripe: FakeStripe, database: Database
) -> None:
    placed = place_order(database, pieces=2)
    with database.reading() as session:
        placed_order = session.get_one(Order, placed.id)
        lines = orders.lines_of(session, placed_order)
    session_id, url = payment.open(placed_order, lines, attempt(cents=placed.total_cents), **PAGES)
    asked, made = stripe.account.asked[session_id], stripe.account.sessions[session_id]
    shown = [(each["price_data"]["product_data"], each["price_data"]["unit_amount"]) for each in asked["line_items"]]
    assert shown == [
        ({"name": "Jersey Waldtiere", "description": "2 × 1,50\u00a0m"}, "3870"),
        ({"name": "Versand"}, "490"),
    ]
    assert (made["amount_total"], made["currency"]) == (placed.total_cents, "eur")
    assert made["metadata"] == {"order": placed.number, "attempt": "A-1", "shop": "shop.example"}
    assert asked["payment_intent_data"]["metadata"] == made["metadata"]
    assert made["adaptive_pricing"] == {"enabled": False}
    assert (made["locale"], made["expires_at"]) == ("de", int((NOW + timedelta(minutes=35)).timestamp()))
    assert url == f"{stripe.url}/pay/{session_id}"


def test_pieces_are_counted_and_cuts_multiplied(payment: StripePayment, stripe: FakeStripe) -> None:
    lines = [line(1290, 1, 100), line(1290, 3, 1, "piece")]
    session_id, _ = payment.open(order(), lines, attempt(), **PAGES)
    items = stripe.account.asked[session_id]["line_items"]
    shown = [each["price_data"]["product_data"]["description"] for each in items]
    assert shown == ["1 × 1,00\u00a0m", "3\u00a0Stück"]


@pytest.mark.parametrize("lines", [[line(2000)], [line(26)] * 101])
def test_lines_that_cannot_be_listed_become_one_with_the_exact_total(
    payment: StripePayment, stripe: FakeStripe, lines: list[OrderLine]
) -> None:
    session_id, _ = payment.open(order(2626), lines, attempt(cents=2626), **PAGES)
    assert len(stripe.account.items[session_id]) == 1
    assert stripe.account.sessions[session_id]["amount_total"] == 2626


def test_the_same_attempt_opens_one_session(payment: StripePayment, stripe: FakeStripe) -> None:
    assert opened(payment) == opened(payment)
    assert len(stripe.account.sessions) == 1
    assert {call.key for call in stripe.calls} == {"A-1"}
    assert {call.version for call in stripe.calls} == {"2026-10-28.endive"}


def test_a_session_is_followed_from_open_to_paid(payment: StripePayment, stripe: FakeStripe) -> None:
    session_id = opened(payment)
    before = payment.fetch(session_id)
    assert (before.standing, before.reference) == (Standing.OPEN, "")
    stripe.account.pay(session_id)
    after = payment.fetch(session_id)
    assert after.standing is Standing.PAID
    assert after.reference.startswith("pi_")
    assert (after.amount_cents, after.currency, after.is_live) == (2580, "eur", False)
    assert (after.order_number, after.attempt_key) == ("AB2C-3DEF", "A-1")


def test_a_debit_is_on_its_way_and_then_fails(payment: StripePayment, stripe: FakeStripe) -> None:
    session_id = opened(payment)
    stripe.account.pay_by_debit(session_id)
    assert payment.fetch(session_id).standing is Standing.PROCESSING
    stripe.account.debit_fails(session_id)
    assert payment.fetch(session_id).standing is Standing.FAILED


def test_only_an_open_session_can_be_ended(payment: StripePayment) -> None:
    session_id = opened(payment)
    payment.expire(session_id)
    assert payment.fetch(session_id).standing is Standing.EXPIRED
    with pytest.raises(SessionDone):
        payment.expire(session_id)


def test_a_session_of_nobody_is_not_found(payment: StripePayment) -> None:
    with pytest.raises(NoSuchSession):
        payment.fetch("cs_test_nobody")
    with pytest.raises(NoSuchSession):
        payment.expire("cs_test_nobody")


def test_test_money_and_real_money_do_not_see_each_other(payment: StripePayment, stripe: FakeStripe) -> None:
    with pytest.raises(NoSuchSession):
        StripePayment(LIVE_KEY, stripe.url, max_network_retries=0).fetch(opened(payment))


def test_sessions_and_events_are_read_over_several_pages(payment: StripePayment, stripe: FakeStripe) -> None:
    sessions = [opened(payment, key=f"A-{number}") for number in range(103)]
    for session_id in sessions:
        stripe.account.pay(session_id)
    assert [said.id for said in payment.sessions_since(NOW)] == sessions[::-1]
    assert [event.session_id for event in payment.events_since(NOW)] == sessions
    assert payment.sessions_since(NOW + timedelta(seconds=1)) == []


@pytest.mark.parametrize("how", ["dead", "lost", "429"])
def test_a_stripe_that_gives_no_answer_is_down(payment: StripePayment, stripe: FakeStripe, how: str) -> None:
    stripe.fail("POST", "/v1/checkout/sessions", how)
    with pytest.raises(PaymentDown) as caught:
        opened(payment)
    assert not isinstance(caught.value, KeySpent)


def test_case_12_the_sdk_repeats_a_lost_call_with_the_same_key(stripe: FakeStripe) -> None:
    stripe.fail("POST", "/v1/checkout/sessions", "lost")
    opened(StripePayment(TEST_KEY, stripe.url, max_network_retries=2))
    assert len(stripe.account.sessions) == 1
    assert [call.key for call in stripe.calls] == ["A-1", "A-1"]


def test_case_13_a_500_spends_the_key(payment: StripePayment, stripe: FakeStripe) -> None:
    stripe.fail("POST", "/v1/checkout/sessions", "500")
    for _ in range(2):  # Stripe has kept the first answer
        with pytest.raises(KeySpent):
            opened(payment)


def test_case_14_other_parameters_spend_the_key(payment: StripePayment) -> None:
    opened(payment)
    with pytest.raises(KeySpent):
        payment.open(order(), [line(pieces=1)], attempt(), **PAGES)


def test_an_attempt_that_has_grown_too_old_spends_its_key(payment: StripePayment, clock: Clock) -> None:
    clock.forward(minutes=6)
    with pytest.raises(KeySpent):
        opened(payment)


@pytest.mark.parametrize("minutes", [-3, 3])
def test_clocks_may_differ_by_three_minutes(payment: StripePayment, clock: Clock, minutes: int) -> None:
    clock.forward(minutes=minutes)
    assert payment.fetch(opened(payment)).standing is Standing.OPEN


def test_a_revoked_key_is_an_alarm(payment: StripePayment, stripe: FakeStripe) -> None:
    stripe.accepted_keys.clear()
    with pytest.raises(PaymentDown, match="401"):
        opened(payment)


def paid_intent(payment: StripePayment, stripe: FakeStripe) -> str:
    """A payment of 25,80 €."""
    session_id = opened(payment)
    intent: str = stripe.account.pay(session_id)["data"]["object"]["payment_intent"]
    return intent


def test_a_refund_is_made_once_for_its_key_and_found_again(payment: StripePayment, stripe: FakeStripe) -> None:
    intent = paid_intent(payment, stripe)
    first, again = (payment.refund(intent, 500, key="rf-1") for _ in range(2))
    assert first == again
    assert (first.standing, first.cents, first.key, first.reference) == (Given.DONE, 500, "rf-1", intent)
    stripe.account.refund_by_hand(intent, 300)
    by_hand, ours = payment.refunds_of(intent)
    assert (by_hand.key, by_hand.cents, ours) == ("", 300, first)
    assert payment.refunds_since(NOW) == [by_hand, ours]
    assert payment.refunds_since(NOW + timedelta(seconds=1)) == []


def test_a_refund_says_why_it_waits_or_failed(payment: StripePayment, stripe: FakeStripe) -> None:
    intent = paid_intent(payment, stripe)
    stripe.account.balance_is_empty = True
    waits = payment.refund(intent, 500, key="rf-1")
    assert (waits.standing, waits.why) == (Given.PENDING, "das Guthaben bei Stripe reicht nicht")
    stripe.account.refund_fails(waits.id)
    (failed,) = payment.refunds_of(intent)
    assert (failed.standing, failed.why) == (Given.FAILED, "die Karte ist abgelaufen oder gekündigt")


def test_what_stripe_will_not_give_back_is_told_in_german(payment: StripePayment, stripe: FakeStripe) -> None:
    intent = paid_intent(payment, stripe)
    payment.refund(intent, 2580, key="rf-1")
    with pytest.raises(RefundRefused, match="schon ganz zurückgezahlt"):
        payment.refund(intent, 1, key="rf-2")
    with pytest.raises(RefundRefused, match="wurden die Schlüssel gewechselt"):
        payment.refund("pi_of_another_account", 1, key="rf-3")


@pytest.mark.parametrize(("how", "error"), [("500", KeySpent), ("lost", PaymentDown), ("429", PaymentDown)])
def test_a_refund_without_an_answer_is_not_refused(
    payment: StripePayment, stripe: FakeStripe, how: str, error: type[Exception]
) -> None:
    intent = paid_intent(payment, stripe)
    stripe.fail("POST", "/v1/refunds", how)
    with pytest.raises(error):
        payment.refund(intent, 500, key="rf-1")


def test_other_parameters_spend_a_refunds_key(payment: StripePayment, stripe: FakeStripe) -> None:
    intent = paid_intent(payment, stripe)
    payment.refund(intent, 500, key="rf-1")
    with pytest.raises(KeySpent):
        payment.refund(intent, 400, key="rf-1")


def test_disputes_are_read_with_their_reason_and_day(payment: StripePayment, stripe: FakeStripe) -> None:
    intent = paid_intent(payment, stripe)
    made = stripe.account.open_dispute(intent, 1000, "product_not_received")
    (said,) = payment.disputes_of(intent)
    assert (said.id, said.cents, said.standing, said.reason) == (made["id"], 1000, Ruling.OPEN, "„Die Ware kam nicht“")
    assert said.due_by == NOW + timedelta(days=7)
    stripe.account.close_dispute(made["id"], "won")
    (won,) = payment.disputes_since(NOW)
    assert won.standing is Ruling.WON
    assert payment.disputes_of("pi_none") == []


def test_a_key_without_the_right_or_with_none_is_refused_by_name(stripe: FakeStripe) -> None:
    stripe.forbidden.add("/v1/disputes")
    restricted = StripePayment(RESTRICTED_KEY, stripe.url, max_network_retries=0)
    assert restricted.refunds_since(NOW) == []
    for payment in (restricted, StripePayment("sk_test_revoked", stripe.url, max_network_retries=0)):
        with pytest.raises(KeyRefused):
            payment.disputes_since(NOW)
    assert StripePayment("rk_live_1").is_live
    assert not restricted.is_live


def test_a_key_that_is_set_while_the_shop_runs_counts_at_once(stripe: FakeStripe) -> None:
    keys = [TEST_KEY]
    payment = StripePayment(lambda: keys[0], stripe.url, max_network_retries=0)
    first = payment.client
    assert payment.client is first
    keys[0] = LIVE_KEY
    assert payment.is_live
    assert payment.refunds_since(NOW) == []
    assert payment.client is not first


@pytest.mark.parametrize(
    ("event_type", "subject", "told"),
    [
        ("refund.updated", {"object": "refund", "id": "re_1", "payment_intent": "pi_1"}, (Matter.REFUND, "pi_1", "")),
        ("charge.refunded", {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}, (Matter.REFUND, "pi_1", "")),
        ("charge.dispute.closed", {"object": "dispute", "id": "du_1", "payment_intent": {"id": "pi_1"}},
         (Matter.DISPUTE, "pi_1", "")),
        ("payment_intent.payment_failed", {"object": "payment_intent", "id": "pi_1", "metadata": {"attempt": "A-1"}},
         (Matter.DECLINE, "", "A-1")),
        ("payment_intent.payment_failed", {"object": "payment_intent", "metadata": {"attempt": 7}},
         (Matter.DECLINE, "", "")),
        ("refund.updated", {"object": "refund", "payment_intent": None}, (Matter.REFUND, "", "")),
        ("customer.created", {"object": "customer", "payment_intent": "pi_1"}, (Matter.OTHER, "", "")),
    ],
)  # fmt: skip
def test_an_event_says_what_to_look_at(event_type: str, subject: dict[str, Any], told: tuple[Matter, str, str]) -> None:
    event = stripe_words.event(json.dumps(an_event(type=event_type, data={"object": subject}, created=1_800_000_000)))
    assert (event.matter, event.reference, event.attempt_key) == told
    assert event.happened_at == datetime(2027, 1, 15, 8, tzinfo=UTC)


def an_event(**facts: Any) -> dict[str, Any]:
    subject = {"object": "checkout.session", "id": "cs_test_1"}
    event = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": False}
    return event | {"data": {"object": subject}} | facts


def test_case_30_a_signed_event_is_read(payment: StripePayment) -> None:
    body, signature = signed(an_event(), SECRET)
    event = payment.parse_event(body, signature, [SECRET])
    assert (event.id, event.type, event.session_id) == ("evt_1", "checkout.session.completed", "cs_test_1")
    assert json.loads(event.body) == an_event()
    assert payment.read_event(event.body) == event


def test_case_30_two_secrets_hold_during_a_rollover(payment: StripePayment) -> None:
    body, signature = signed(an_event(), "whsec_new")
    assert payment.parse_event(body, signature, ["whsec_old", "whsec_new"]).id == "evt_1"


BODY, SIGNATURE = signed(an_event(), SECRET)


@pytest.mark.parametrize(
    ("body", "signature", "secrets"),
    [
        pytest.param(BODY, SIGNATURE, ["whsec_other"], id="wrong secret"),
        pytest.param(BODY, SIGNATURE, [], id="no secret set"),
        pytest.param(BODY, SIGNATURE, [""], id="empty secret"),
        pytest.param(*signed(an_event(), SECRET, at=1_700_000_000), [SECRET], id="old"),
        pytest.param(BODY.replace(b"evt_1", b"evt_2"), SIGNATURE, [SECRET], id="altered"),
        pytest.param(BODY, "", [SECRET], id="no header"),
        pytest.param(BODY, "t=x,v1=y", [SECRET], id="nonsense header"),
        pytest.param(BODY, SIGNATURE + ",v1=é", [SECRET], id="header not ASCII"),
        pytest.param(b"\xff" + BODY, SIGNATURE, [SECRET], id="not UTF-8"),
        pytest.param(b"", SIGNATURE, [SECRET], id="empty body"),
    ],
)
def test_case_30_what_is_not_signed_by_stripe_is_refused(
    payment: StripePayment, body: bytes, signature: str, secrets: list[str]
) -> None:
    with pytest.raises(BadEvent, match="signature"):
        payment.parse_event(body, signature, secrets)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(an_event(object="v2.core.event"), id="thin"),
        pytest.param(an_event(id=""), id="without id"),
        pytest.param(an_event(id=7), id="id is a number"),
        pytest.param(an_event(type=None), id="without type"),
        pytest.param([an_event()], id="a list"),
        pytest.param("evt_1", id="a text"),
    ],
)
def test_case_30_a_signed_body_that_is_no_event_is_refused(payment: StripePayment, event: Any) -> None:
    with pytest.raises(BadEvent):
        payment.parse_event(*signed(event, SECRET), [SECRET])


@pytest.mark.parametrize("data", [None, "x", {"object": None}, {"object": {"object": "charge", "id": "ch_1"}}])
def test_an_event_about_something_else_names_no_session(payment: StripePayment, data: Any) -> None:
    assert payment.parse_event(*signed(an_event(data=data), SECRET), [SECRET]).session_id == ""
