"""Two clicks on the order button at the same instant, where requests do not queue for one writer: on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlmodel import select

from catalog import stock
from catalog.products import Variant
from shop.app import create_shop
from shop.db import Database
from shop.legal import CART_COOKIE
from shop.settings import read_settings
from tests.make import NOW
from tests.shop.storefront.selling import FABRIC, another_visitor, fill_cart, open_shop, seen, tell

pytestmark = pytest.mark.postgres
CLICKS, SHOPPERS, LENGTH_CM = 4, 10, 300


@pytest.fixture
def postgres_app(postgres_database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The whole shop on PostgreSQL."""
    app = create_shop(read_settings(tmp_path, {"DATABASE_URL": postgres_database.url}), clock=lambda: NOW)
    yield app
    app.extensions["dorfladen"].database.close()


def test_every_click_on_the_order_button_leads_to_the_order(postgres_app: Flask) -> None:
    open_shop(postgres_app)
    with postgres_app.extensions["dorfladen"].database.writing() as session:
        fabric = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        stock.receive(session, fabric, LENGTH_CM * SHOPPERS, now=NOW, author="test")
    for _ in range(SHOPPERS):
        led_to = click_all_at_once(postgres_app)
        assert len(led_to) == 1
        assert led_to.pop().startswith("/bestellung/")


def click_all_at_once(app: Flask) -> set[str]:
    """Let a shopper press the button several times at once; give where the answers lead."""
    shopper = another_visitor(app)
    fill_cart(shopper)
    tell(shopper)
    form, cart, ready = seen(shopper), shopper.get_cookie(CART_COOKIE), Barrier(CLICKS)
    assert cart is not None

    def click(_: int) -> str:
        again = another_visitor(app)
        again.set_cookie(CART_COOKIE, cart.value)
        ready.wait()
        return again.post("/kasse/bestellen", data=form).headers.get("Location", "")

    with ThreadPoolExecutor(CLICKS) as pool:
        return set(pool.map(click, range(CLICKS)))
