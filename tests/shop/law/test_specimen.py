"""The specimen shows what a shopper of the checked shop is shown, in its theme, and touches nothing of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlmodel import func, select

from catalog.products import Product
from checkout import wordings
from checkout.orders import Order
from shop.context import Shop
from shop.law import specimen
from shop.profile import Profile
from tests.shop.law.looking import sight_of

PAGES = {
    "home", "department", "search", "search-miss", "product-STOFF-1", "product-GARN-1", "product-KNOPF-1",
    "product-NAME-1", "not-found",
    "impressum", "datenschutz", "agb", "widerrufsbelehrung", "versand", "cart-empty", "cart", "checkout",
    "checkout-problems", "confirm", "order", "withdrawal", "withdrawal-confirm", "withdrawal-received",
}  # fmt: skip


def seen_by(app: Flask) -> specimen.Specimen:
    with sight_of(app) as sight:
        return specimen.of(sight)


def test_every_page_is_walked_even_in_a_shop_that_tells_nothing_yet(shop_app: Flask) -> None:
    seen = seen_by(shop_app)
    assert set(seen.pages) >= PAGES
    assert {page.name: page.status for page in seen.pages.values() if page.status >= 400} == {
        "not-found": 404, "checkout-problems": 422,
    }  # fmt: skip
    assert "phone" in seen.stand_ins
    assert seen.total_cents == 1485 + 495 + 80 + 2490 + 990 + specimen.PARCEL_CENTS  # 1,5 m at 9,90 €, reduced


def test_letters_are_written_as_they_would_go_out(shop_app: Flask) -> None:
    seen = seen_by(shop_app)
    assert {"order_received", "order_for_owner", "payment_received", "shipped", "withdrawal_received"} <= set(
        seen.letters
    )
    assert wordings.INSTRUCTION_RIGHT[0] in " ".join(seen.letter("order_received").text.split())


def test_the_checked_shop_is_not_touched(shop_app: Flask) -> None:
    seen_by(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        assert session.exec(select(func.count()).select_from(Order)).one() == 0
        assert session.exec(select(func.count()).select_from(Product)).one() == 0


def test_it_wears_the_profile_and_is_walked_anew_when_that_changes(shop_app: Flask, write: Callable[[], Any]) -> None:
    assert seen_by(shop_app) is seen_by(shop_app)
    with write() as session:
        session.add(Profile(shop_name="Nadel und Faden", phone="0391 5555", offers_pickup=False))
    seen = seen_by(shop_app)
    assert "Nadel und Faden" in seen.page("home").text
    assert "phone" not in seen.stand_ins


def test_a_shop_that_delivers_only_abroad_is_walked_to_its_end(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        session.add(Profile(delivery_countries="CH", offers_pickup=True))
    assert "order" in seen_by(shop_app).pages


def test_a_page_that_never_came_is_told_by_its_name(shop_app: Flask) -> None:
    seen = replace(seen_by(shop_app), pages={})
    with pytest.raises(specimen.NoSuchPage, match="confirm"):
        seen.page("confirm")
