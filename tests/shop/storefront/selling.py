"""An open shop with goods, and visitors who buy in it through its pages."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import fibres
from checkout.shipping import ShippingRate
from shop import legal
from shop.context import Shop
from shop.profile import Profile
from tests.make import NOW, make_fabric, make_product, make_variant

FABRIC, BUTTON = "JER-PETROL", "KNOPF-20"
FACTS: dict[str, Any] = {
    "shop_name": "Nähladen Probe", "owner_name": "Petra Probe", "street": "Dorfstraße 1", "postal_code": "16835",
    "city": "Musterow", "email": "laden@probe.example", "phone": "033 100", "return_costs_by": "customer",
    "account_holder": "Petra Probe", "iban": "DE89370400440532013000", "delivery_countries": "DE AT",
    "opening_hours": "Mo–Fr 9–18 Uhr",
}  # fmt: skip
ADDRESS = {
    "name": "Erika Käufer", "email": "erika@kundin.example", "street": "Am Anger 1", "postal_code": "01234",
    "city": "Lindow", "country": "DE", "delivery": "Paket", "payment": "transfer",
}  # fmt: skip


def open_shop(app: Flask, **facts: Any) -> None:
    """Furnish the shop: its facts, two shipping rates, fabric at 12,90 €/m and a button at 4,95 €."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        owner = Profile(**(FACTS | facts))
        session.add(owner)
        session.add(ShippingRate(name="Paket", country="DE", max_weight_g=31_500, price_cents=549))
        session.add(ShippingRate(name="Paket", country="AT", max_weight_g=31_500, price_cents=1249))
        legal.refresh(session, owner, shop.settings, shop.payments, now=NOW, author="test")
        _stock_up(session)


def _stock_up(session: Session) -> None:
    jersey = make_fabric(session, sku=FABRIC, weight_g=250, options=[("Farbe", "Petrol", "#0f6b6e")])
    fibres.set_composition(session, jersey.product_id, [("Baumwolle", 95), ("Elasthan", 5)], NOW)
    make_variant(session, make_product(session, "Holzknopf 20 mm"), sku=BUTTON, weight_g=3)


def another_visitor(app: Flask) -> FlaskClient:
    """Somebody else, with her own browser."""
    visitor = app.test_client()
    visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return visitor


def fill_cart(client: FlaskClient) -> None:
    """Two cuts of 1,50 m of the fabric."""
    added = client.post("/warenkorb", data={"variante": FABRIC, "laenge": "1,5", "stuecke": "2"})
    assert added.status_code == 303


def tell(client: FlaskClient, **facts: str) -> None:
    """Tell the checkout who buys, how it shall come and how it is paid."""
    told = client.post("/kasse", data=ADDRESS | facts)
    assert told.headers.get("Location") == "/kasse/pruefen", told.text


def seen(client: FlaskClient) -> dict[str, str]:
    """What the confirmation page's form would send."""
    page = client.get("/kasse/pruefen").text
    return {name: hidden(page, name) for name in ("schluessel", "gesehen")}


def place_order(client: FlaskClient, **facts: str) -> str:
    """Buy the two cuts; give the address of the order's page."""
    fill_cart(client)
    tell(client, **facts)
    placed = client.post("/kasse/bestellen", data=seen(client))
    assert placed.status_code == 303, placed.text
    return placed.headers["Location"]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return unescape(found[1])


def words(page: str) -> str:
    """A page's text without markup, blanks made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
