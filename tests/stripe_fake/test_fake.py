"""The fake keeps Stripe's written rules, and every answer and event agrees with Stripe's schema."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe as sdk
from stripe import InvalidRequestError, RequestsClient, StripeClient, StripeError

from tests.stripe_fake import FakeStripe
from tests.stripe_fake.ledger import EVENTS_LIVE
from tests.stripe_fake.server import LIVE_KEY, RESTRICTED_KEY, TEST_KEY

START = 1_800_000_000
ASKED: dict[str, Any] = {
    "mode": "payment",
    "success_url": "https://shop.example/zurueck",
    "line_items": [
        {"quantity": "1", "price_data": {"currency": "eur", "unit_amount": "2000", "product_data": {"name": "Jersey"}}}
    ],
}


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> Iterator[FakeStripe]:
    with FakeStripe(clock=clock) as made:
        yield made
    assert made.notes.problems == []


def client_of(fake: FakeStripe, key: str = TEST_KEY) -> Any:
    """The real SDK, whose types do not matter here."""
    client = StripeClient(
        key, base_addresses={"api": fake.url}, max_network_retries=0, http_client=RequestsClient(timeout=5)
    )
    return client.v1


def paid(fake: FakeStripe) -> str:
    """A payment of 20,00 €; give its payment intent."""
    session = fake.account.create_session(ASKED, is_live=False)
    intent: str = fake.account.pay(session["id"])["data"]["object"]["payment_intent"]
    return intent


def told(fake: FakeStripe) -> list[str]:
    return [event["type"] for event in fake.account.events]


def test_refunds_are_partial_listed_and_never_more_than_is_left(fake: FakeStripe) -> None:
    intent, refunds = paid(fake), client_of(fake).refunds
    first = refunds.create({"payment_intent": intent, "amount": 500, "metadata": {"refund": "rf-1"}})
    second = refunds.create({"payment_intent": intent, "amount": 1500})
    assert (first.status, second.status) == ("succeeded", "succeeded")
    assert [each.id for each in refunds.list({"payment_intent": intent}).data] == [second.id, first.id]
    assert refunds.retrieve(first.id).metadata.to_dict() == {"refund": "rf-1"}
    with pytest.raises(InvalidRequestError) as caught:
        refunds.create({"payment_intent": intent, "amount": 1})
    assert caught.value.code == "charge_already_refunded"
    charge = client_of(fake).charges.retrieve(first.charge)
    assert (charge.amount_refunded, charge.refunded) == (2000, True)


def test_more_than_is_left_is_refused(fake: FakeStripe) -> None:
    intent, refunds = paid(fake), client_of(fake).refunds
    with pytest.raises(InvalidRequestError, match="greater than"):
        refunds.create({"payment_intent": intent, "amount": 2001})


def test_a_pending_refund_arrives_or_fails_and_then_may_be_made_again(fake: FakeStripe) -> None:
    intent, refunds = paid(fake), client_of(fake).refunds
    fake.account.refunds_begin = "pending"
    arrives, fails = (refunds.create({"payment_intent": intent, "amount": 1000}) for _ in range(2))
    assert (arrives.status, arrives.pending_reason) == ("pending", "processing")
    fake.account.refund_succeeds(arrives.id)
    fake.account.refund_fails(fails.id, "lost_or_stolen_card")
    assert refunds.retrieve(arrives.id).status == "succeeded"
    assert refunds.retrieve(fails.id).failure_reason == "lost_or_stolen_card"
    assert client_of(fake).charges.retrieve(fails.charge).amount_refunded == 1000
    assert told(fake)[-3:] == ["refund.updated", "refund.updated", "refund.failed"]


def test_an_empty_balance_lets_refunds_wait(fake: FakeStripe) -> None:
    fake.account.balance_is_empty = True
    refund = client_of(fake).refunds.create({"payment_intent": paid(fake)})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")


def test_the_same_key_refunds_once(fake: FakeStripe) -> None:
    intent, refunds = paid(fake), client_of(fake).refunds
    made = [refunds.create({"payment_intent": intent, "amount": 500}, {"idempotency_key": "rf-1"}) for _ in range(3)]
    assert len({each.id for each in made}) == len(fake.account.refunds) == 1


def test_a_dispute_takes_the_money_and_gives_it_back_when_won(fake: FakeStripe) -> None:
    intent = paid(fake)
    fake.account.refund_by_hand(intent, 500)
    opened = fake.account.open_dispute(intent)
    with pytest.raises(InvalidRequestError) as caught:
        client_of(fake).refunds.create({"payment_intent": intent, "amount": 100})
    assert caught.value.code == "charge_disputed"
    fake.account.close_dispute(opened["id"], "won")
    (listed,) = client_of(fake).disputes.list({"payment_intent": intent}).data
    assert (listed.id, listed.status, listed.amount) == (opened["id"], "won", 2000)
    assert client_of(fake).disputes.retrieve(opened["id"]).status == "won"
    assert told(fake)[-4:] == [f"charge.dispute.{each}" for each in
                               ("created", "funds_withdrawn", "closed", "funds_reinstated")]  # fmt: skip


def test_a_mere_inquiry_leaves_the_money(fake: FakeStripe) -> None:
    opened = fake.account.open_dispute(paid(fake), is_inquiry=True)
    fake.account.close_dispute(opened["id"], "warning_closed")
    assert told(fake)[-2:] == ["charge.dispute.created", "charge.dispute.closed"]


def test_a_declined_card_leaves_the_page_open(fake: FakeStripe) -> None:
    session = fake.account.create_session(ASKED, is_live=False)
    for _ in range(2):
        fake.account.decline(session["id"])
    shown = client_of(fake).checkout.sessions.retrieve(session["id"], {"expand": ["payment_intent"]})
    assert (shown.status, shown.payment_intent.last_payment_error.decline_code) == ("open", "generic_decline")
    fake.account.pay(session["id"])
    assert len(fake.account.intents) == 1
    assert told(fake) == [*["charge.failed", "payment_intent.payment_failed"] * 2, "checkout.session.completed"]


def test_an_endpoint_tells_its_secret_once_and_gets_what_it_wants(fake: FakeStripe) -> None:
    endpoints = client_of(fake).webhook_endpoints
    asked = {
        "url": "https://shop.example/webhooks/stripe",
        "enabled_events": ["checkout.session.completed"],
        "api_version": "2026-10-28.endive",
    }
    made = endpoints.create(asked)
    (listed,) = endpoints.list().data
    assert made.secret.startswith("whsec_")
    assert "secret" not in listed
    assert (listed.api_version, listed.enabled_events) == ("2026-10-28.endive", ["checkout.session.completed"])
    intent = paid(fake)
    fake.account.refund_by_hand(intent)  # nobody wants to hear of it
    seen: list[str] = []

    def send(body: bytes, signature: str) -> int:
        seen.append(signature)
        return 200

    fake.webhooks.send = send
    assert fake.webhooks.deliver_all() == [200]
    endpoints.update(made.id, {"enabled_events": ["*"], "disabled": True})
    assert fake.account.endpoints[made.id]["status"] == "disabled"
    assert endpoints.delete(made.id).deleted
    assert fake.account.endpoints == {}
    assert len(seen) == 1


def test_an_address_on_this_machine_cannot_be_registered(fake: FakeStripe) -> None:
    with pytest.raises(InvalidRequestError, match="publicly accessible"):
        client_of(fake).webhook_endpoints.create(
            {"url": "http://localhost:8000/webhooks/stripe", "enabled_events": ["charge.refunded"]}
        )


def test_the_account_tells_whose_it_is(fake: FakeStripe) -> None:
    account = client_of(fake).accounts.retrieve_current()
    assert (account.id, account.settings.dashboard.display_name) == ("acct_fake", "Nähladen Probe")


def test_a_revoked_key_and_a_restricted_one_are_told_apart(fake: FakeStripe) -> None:
    fake.forbidden.add("/v1/disputes")
    restricted = client_of(fake, RESTRICTED_KEY)
    assert restricted.refunds.list().data == []
    with pytest.raises(sdk.PermissionError):
        restricted.disputes.list()
    fake.accepted_keys.discard(TEST_KEY)
    with pytest.raises(sdk.AuthenticationError):
        client_of(fake).refunds.list()


def test_events_are_paged_in_both_directions_and_kept_for_thirty_days(fake: FakeStripe, clock: Clock) -> None:
    for number in range(250):
        fake.account.make_up("customer.created", {"id": f"cus_{number}", "object": "customer"})
    ids = [event["id"] for event in fake.account.events]
    events = client_of(fake).events
    assert [each.id for each in events.list({"limit": 100}).auto_paging_iter()] == ids[::-1]
    later = events.list({"limit": 100, "ending_before": ids[0]})
    assert [each.id for each in later.auto_paging_iter()] == ids[1:]
    clock.now += EVENTS_LIVE + 1
    assert events.list().data == []


def test_the_two_modes_do_not_see_each_other(fake: FakeStripe) -> None:
    intent = paid(fake)
    fake.account.refund_by_hand(intent, 100)
    fake.account.open_dispute(intent)
    live = client_of(fake, LIVE_KEY)
    assert [live.refunds.list().data, live.disputes.list().data, live.events.list().data] == [[], [], []]


@pytest.mark.parametrize(("how", "status"), [("401", 401), ("429", 429), ("503", 503)])
def test_it_fails_on_demand(fake: FakeStripe, how: str, status: int) -> None:
    fake.fail("GET", "/v1/refunds", how)
    with pytest.raises(StripeError) as caught:
        client_of(fake).refunds.list()
    assert caught.value.http_status == status
    assert client_of(fake).refunds.list().data == []
