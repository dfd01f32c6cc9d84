"""A Stripe that is spoken to over HTTP, and the payment method that speaks to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from checkout.payments.stripe import StripePayment
from shop.app import create_shop
from shop.db import Database
from shop.settings import Settings
from tests.checkout.payments.ordering import Clock
from tests.checkout.payments.store import Store
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.webhooks import SECRET


@pytest.fixture
def clock() -> Clock:
    """The one clock of the test."""
    return Clock()


@pytest.fixture
def stripe(clock: Clock) -> Iterator[FakeStripe]:
    """A fresh Stripe account. Whatever went over the wire must agree with Stripe's schema."""
    with FakeStripe(clock=clock.timestamp) as fake:
        yield fake
    assert fake.notes.problems == []


@pytest.fixture
def payment(stripe: FakeStripe) -> StripePayment:
    """Our way to pay, without the SDK's own retries (they wait half a second)."""
    return StripePayment(TEST_KEY, stripe.url, max_network_retries=0)


@pytest.fixture
def store(either_database: Database, settings: Settings, stripe: FakeStripe, clock: Clock) -> Iterator[Store]:
    """The whole shop, on SQLite and on PostgreSQL, open for online payments."""
    keys = replace(
        settings,
        database_url=either_database.url,
        stripe_secret_key=TEST_KEY,
        stripe_api=stripe.url,
        stripe_webhook_secrets=SECRET,
    )
    app = create_shop(keys, clock=clock)
    made = Store(app, stripe, clock)
    made.payment._retries = 0  # the SDK's own retries wait for half a second
    yield made
    made.database.close()
