"""A Stripe that is spoken to over HTTP, and the payment method that speaks to it."""

from collections.abc import Iterator

import pytest

from checkout.payments.stripe import StripePayment
from tests.checkout.payments.ordering import Clock
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY


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
