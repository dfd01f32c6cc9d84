"""The shop's taxation by date, and the purchase that ends the exemption of a small business."""

from dataclasses import replace
from datetime import UTC, date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import small_business
from checkout.orders import Order
from shop import jobs, profile, tax_mode
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import BUTTON, open_shop, seen, tell, words

NEW_YEAR = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


def _fill(client: FlaskClient) -> str:
    """A button in the cart and everything told; gives what the last page before the order says."""
    assert client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"}).status_code == 303
    tell(client)
    return words(client.get("/kasse/pruefen").text)


def _buy(client: FlaskClient) -> None:
    _fill(client)
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303


def test_e03_the_crossing_order_is_taxed_at_the_same_price_and_ends_the_exemption(
    shop_app: Flask, client: FlaskClient
) -> None:
    open_shop(shop_app, is_small_business=True)
    _buy(client)
    with shop_of(shop_app).database.writing() as session:
        small_business.set_other_turnover(session, 2026, small_business.NOW_CENTS - 20_00)
    page = _fill(client)
    assert "19 % MwSt." in page.replace("\u00a0", " ")
    assert "steuerfrei nach § 19" not in page.partition("zahlungspflichtig bestellen")[0].rpartition("Warenwert")[2]
    assert client.post("/kasse/bestellen", data=seen(client)).status_code == 303
    with shop_of(shop_app).database.reading() as session:
        first, second = session.exec(select(Order).order_by(Order.placed_at, Order.id)).all()  # type: ignore[arg-type]
        assert (first.is_small_business, first.vat) == (True, [])
        assert not second.is_small_business
        assert second.total_cents == first.total_cents
        assert sum(share["gross_cents"] for share in second.vat) == second.total_cents
        assert "100.000" in second.attention
        assert not profile.load(session).is_small_business
        assert small_business.history(session)[0].is_small_business is False
    assert "steuerfrei nach § 19" not in words(client.get("/").text)


def test_e03_a_planned_change_reaches_the_profile_on_its_day(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, is_small_business=True)
    shop = shop_of(shop_app)
    _buy(client)
    with shop.database.writing() as session:
        small_business.plan(session, date(2027, 1, 1), is_small_business=False, now=NOW, author="Ada")
    jobs.keep_tax_mode(shop_app)
    with shop.database.reading() as session:
        assert profile.load(session).is_small_business
    shop_app.extensions["dorfladen"] = replace(shop, clock=lambda: NEW_YEAR)
    jobs.keep_tax_mode(shop_app)
    with shop.database.reading() as session:
        owner = profile.load(session)
        assert not owner.is_small_business
        assert tax_mode.is_settled(session, owner, NEW_YEAR)
        assert "noch nicht geliefert" in session.exec(select(Order)).one().attention


def test_e03_a_change_in_the_profile_is_written_down(shop_app: Flask) -> None:
    open_shop(shop_app, is_small_business=True)
    jobs.keep_tax_mode(shop_app)
    jobs.keep_tax_mode(shop_app)
    with shop_of(shop_app).database.reading() as session:
        [change] = small_business.history(session)
    assert (change.since, change.is_small_business) == (date(2026, 11, 22), True)
