"""A small stateful Stripe for tests, spoken to over real HTTP by the real SDK and by real browsers.

It follows Stripe's written rules (idempotency, expiry, when a payment intent appears, signed
webhooks) and fails on demand. Start it by hand with `python -m tests.stripe_fake --port 12111`.
"""

from tests.stripe_fake.account import Account, ApiError
from tests.stripe_fake.server import FakeStripe

__all__ = ["Account", "ApiError", "FakeStripe"]
