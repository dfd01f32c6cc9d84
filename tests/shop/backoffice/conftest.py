"""The owner at her desk: somebody who has signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from shop.accounts import Account
from shop.profile import Profile
from tests.make import NOW

NAME, PASSWORD = "Anna", "bakelu-tomire-safino"
QUICK_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")  # a real one costs a fifth of a second a test


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> None:
        self.moment += span


@pytest.fixture
def clock(shop_app: Flask) -> Clock:
    """The shop's clock, in the test's hand."""
    ticking = Clock()
    object.__setattr__(shop_app.extensions["dorfladen"], "clock", ticking)
    return ticking


@pytest.fixture
def with_account(write: Callable[[], Any]) -> None:
    """The shop has an owner with an account and a profile."""
    with write() as session:
        session.add(Account(name=NAME, password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
        session.add(Profile(shop_name="Schnuckidu"))


@pytest.fixture
def owner(client: FlaskClient, with_account: None) -> FlaskClient:
    """Somebody who has signed in."""
    assert sign_in(client).status_code == 303
    return client


def sign_in(visitor: FlaskClient, name: str = NAME, password: str = PASSWORD, **more: str) -> Any:
    return visitor.post("/backoffice/anmelden", data={"name": name, "passwort": password} | more)
