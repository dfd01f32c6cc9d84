"""The whole shop with a Stripe beside it, and an order that waits to be paid."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.app import create_shop
from shop.db import Database
from shop.settings import Settings
from tests.checkout.payments.ordering import Clock, Placed, place_order
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.webhooks import SECRET


@pytest.fixture
def clock() -> Clock:
    """The one clock of the test."""
    return Clock()


@pytest.fixture
def stripe(clock: Clock) -> Iterator[FakeStripe]:
    """A fresh Stripe account, held to Stripe's schema."""
    with FakeStripe(clock=clock.timestamp) as fake:
        yield fake
    assert fake.notes.problems == []


@pytest.fixture
def shop_app(settings: Settings, stripe: FakeStripe, clock: Clock) -> Iterator[Flask]:
    """The whole shop, open for online payments; Stripe's webhooks come in by its door."""
    secrets = f"whsec_old {SECRET}"
    keys = replace(settings, stripe_secret_key=TEST_KEY, stripe_api=stripe.url, stripe_webhook_secrets=secrets)
    app = create_shop(keys, clock=clock)
    stripe.webhooks.send = lambda body, signature: deliver(app, body, signature)
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def database(shop_app: Flask) -> Database:
    """The shop's own database."""
    found: Database = shop_app.extensions["dorfladen"].database
    return found


@pytest.fixture
def client(shop_app: Flask) -> FlaskClient:
    """A visitor whose browser says that forms come from our own pages."""
    visitor = shop_app.test_client()
    visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return visitor


@pytest.fixture
def placed(database: Database, clock: Clock) -> Placed:
    """1,50 m of five metres, for 19,35 € and 4,90 € shipping."""
    return place_order(database, clock.now)


def deliver(app: Flask, body: bytes, signature: str) -> int:
    """Deliver a webhook as Stripe does: no cookies, no origin; give the status."""
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    return app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code
