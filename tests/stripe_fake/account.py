"""The fake's state and rules: what a Stripe account knows and what it refuses, ability by ability."""

from tests.stripe_fake.disputes import Disputes
from tests.stripe_fake.endpoints import Endpoints
from tests.stripe_fake.ledger import ApiError
from tests.stripe_fake.refunds import Refunds
from tests.stripe_fake.sessions import Sessions

__all__ = ["Account", "ApiError"]


class Account(Sessions, Refunds, Disputes, Endpoints):
    """One account with its test and its live mode. Every method is safe for many threads."""
