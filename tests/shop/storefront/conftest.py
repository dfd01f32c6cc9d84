"""A storefront whose clock can be set."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from shop.app import create_shop
from shop.settings import Settings
from tests.make import NOW


@pytest.fixture
def clock() -> list[datetime]:
    """The moment at which the shop stands; set its only element to move it."""
    return [NOW]


@pytest.fixture
def shop_app(settings: Settings, clock: list[datetime]) -> Iterator[Flask]:
    """The whole shop at the moment of `clock`."""
    app = create_shop(settings, clock=lambda: clock[0])
    app.testing = False
    yield app
    app.extensions["dorfladen"].database.close()
