"""What `check` says about Stripe: each finding once wrong, and quiet where all is well."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from checkout.payments import StripeEvent
from checkout.payments.comparing import Comparison
from shop import checks, stripe_checks
from shop.app import create_shop
from shop.context import Shop
from shop.settings import Settings
from tests.checkout.payments.ordering import Clock
from tests.checkout.payments.store import Store
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import LIVE_KEY, TEST_KEY
from tests.stripe_fake.webhooks import SECRET

URL = "https://naehladen.example"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stripe(clock: Clock) -> Iterator[FakeStripe]:
    with FakeStripe(clock=clock.timestamp) as fake:
        yield fake
    assert fake.notes.problems == []


@pytest.fixture
def shop_app(settings: Settings, stripe: FakeStripe, clock: Clock) -> Iterator[Flask]:
    keys: dict[str, Any] = {"stripe_secret_key": LIVE_KEY, "stripe_webhook_secrets": SECRET, "stripe_api": stripe.url}
    app = create_shop(replace(settings, url=URL, **keys), clock=clock)
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def store(shop_app: Flask, stripe: FakeStripe, clock: Clock) -> Store:
    return Store(shop_app, stripe, clock)


def told(store: Store, **settings: Any) -> dict[str, str]:
    """What each check of Stripe has to complain about."""
    shop: Shop = replace(store.shop, settings=replace(store.shop.settings, **settings))
    mine = [each for each in checks.all_checks() if each.id.startswith("stripe")]
    return {each.id: sentence for each in mine if (sentence := each.problem(shop))}


def test_a_shop_that_takes_real_money_in_peace_has_no_complaints(store: Store) -> None:
    store.paid()
    assert told(store) == {}


def test_a_shop_without_a_key_is_told_that_alone(settings: Settings, clock: Clock) -> None:
    app = create_shop(replace(settings, url=URL), clock=clock)
    mine = [each for each in checks.all_checks() if each.id.startswith("stripe")]
    assert [each.id for each in mine if each.problem(app.extensions["dorfladen"])] == ["stripe"]
    app.extensions["dorfladen"].database.close()


def test_keys_belong_to_the_right_shop(store: Store) -> None:
    assert "echtes Geld" in told(store, url="http://localhost:8000")["stripe-mode"]
    assert "kein Geld" in told(store, stripe_secret_key=TEST_KEY)["stripe-mode"]
    assert list(told(store, stripe_secret_key=TEST_KEY, url="http://localhost:8000")) == []


def test_what_test_money_has_paid_is_an_error_of_a_shop_that_went_live(store: Store) -> None:
    settings = replace(store.shop.settings, stripe_secret_key=TEST_KEY)
    test_app = create_shop(settings, clock=store.clock)
    before = Store(test_app, store.stripe, store.clock)
    before.paid()
    assert "1 Bestellung." in told(store)["stripe-test-money"]
    before.database.close()


def test_a_webhook_that_does_not_deliver_is_told(store: Store) -> None:
    assert "keine Nachrichten" in told(store, stripe_webhook_secrets="")["stripe-webhook"]
    store.stripe.account.pay(store.go_to_pay(store.order(quantity=50)))
    store.lose_webhooks()
    store.hour(minutes=30)
    assert "musste nachfragen" in told(store)["stripe-webhook"]
    store.clock.forward(minutes=1)
    store.paid(quantity=50)
    assert told(store) == {}


def test_notices_and_refunds_that_hang_are_told(store: Store) -> None:
    placed = store.paid()
    store.refund(placed, 500)
    with store.database.writing() as session:
        session.add(StripeEvent(id="evt_1", type="x", received_at=store.clock.now, body="{}"))
    assert told(store) == {}
    store.clock.forward(hours=25)
    assert set(told(store)) == {"stripe-notices", "stripe-refunds"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"differences": ["Bezahlt sind 5,00 €, aber nicht verbucht."]}, "nicht überein: Bezahlt sind"),
        ({"error": "AuthenticationError 401"}, "Gilt der Schlüssel noch?"),
        ({"compared_at": timedelta(days=3)}, "über zwei Tage alt"),
    ],
)
def test_a_comparison_that_is_not_fine_is_told(store: Store, facts: dict[str, Any], words: str) -> None:
    at = store.clock.now - facts.pop("compared_at", timedelta(0))
    with store.database.writing() as session:
        session.add(Comparison(method="stripe", compared_at=at, since=at, **facts))
    assert words in told(store)["stripe-comparison"]


def test_a_comparison_that_never_took_place_is_told_after_some_nights(store: Store) -> None:
    store.paid()
    assert stripe_checks.comparison(store.shop) == ""
    store.clock.forward(days=3)
    assert "noch nie" in told(store)["stripe-comparison"]
