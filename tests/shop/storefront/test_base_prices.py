"""Every kind of goods shows its base price on every page on which it has a price (§§ 4, 5 PAngV)."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from catalog.products import Product
from catalog.units import Unit
from shop.context import Shop
from tests.make import NOW, make_product, make_variant
from tests.shop.storefront.selling import open_shop, seen, tell

PIECE, LENGTH, WEIGHT, AREA, VOLUME = Unit.PIECE, Unit.LENGTH, Unit.WEIGHT, Unit.AREA, Unit.VOLUME
# goods, price, unit, content, shown per, amount in the cart, in lists and on the article, in cart and order
SHELF: list[tuple[str, int, Unit, Any, int | None, str, str, str]] = [
    ("fabric", 1290, LENGTH, None, None, "1", "12,90 € / m", "12,90 € / m"),
    ("fabric per half metre", 1291, LENGTH, None, 50, "1", "Grundpreis: 12,91 € / 1 m", "12,91 € / m"),
    ("ribbon per 10 cm", 95, LENGTH, None, 10, "1", "Grundpreis: 0,95 € / 1 m", "0,95 € / m"),
    ("ribbon card", 150, PIECE, (300, LENGTH), None, "1", "Grundpreis: 0,50 € / 1 m", ""),
    ("half a metre", 99, PIECE, (50, LENGTH), None, "1", "Grundpreis: 1,98 € / 1 m", ""),
    ("thread", 295, PIECE, (20_000, LENGTH), None, "1", "Grundpreis: 1,48 € / 100 m", ""),
    ("yarn", 495, PIECE, (50, WEIGHT), None, "1", "Grundpreis: 99,00 € / 1 kg", ""),
    ("stuffing", 2400, WEIGHT, None, None, "500 g", "24,00 € / kg", "24,00 € / kg"),
    ("stuffing per 100 g", 2405, WEIGHT, None, 100, "500 g", "Grundpreis: 24,05 € / 1 kg", "24,05 € / kg"),
    ("beads", 195, PIECE, (10, WEIGHT), None, "1", "Grundpreis: 195,00 € / 1 kg", ""),
    ("glue", 595, PIECE, (100, VOLUME), None, "1", "Grundpreis: 59,50 € / 1 l", ""),
    ("felt by area", 4900, AREA, None, None, "0,25 m²", "49,00 € / m²", "49,00 € / m²"),
    ("fat quarter", 495, PIECE, (2750, AREA), None, "1", "Grundpreis: 18,00 € / 1 m²", ""),
]
FREE = [("beads below 10 g", (9, WEIGHT)), ("button", None), ("ten needles", (10, PIECE))]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\xa0", " "))


def put_up(app: Flask, name: str, cents: int, unit: Unit, content: Any, shown_per: int | None) -> None:
    shop: Shop = app.extensions["dorfladen"]
    open_shop(app)
    with shop.database.writing() as session:
        _add(session, name, cents, unit, content, shown_per)


def _add(session: Session, name: str, cents: int, unit: Unit, content: Any, shown_per: int | None) -> None:
    product: Product = make_product(session, "Ware", unit=unit, summary=name)
    product.shown_per = shown_per
    amount, content_unit = content or (None, None)
    for shade in ("Rot", "Blau"):
        make_variant(
            session, product, sku=f"W-{shade}", price_cents=cents, on_hand=9000, weight_g=5, now=NOW,
            content=amount, content_unit=content_unit, options=[("Farbe", shade, "")],
        )  # fmt: skip


def walk(client: FlaskClient, unit: Unit, amount: str) -> dict[str, str]:
    """What a shopper reads of "Ware" from the list to the order, by page."""
    pages = {path: words(client.get(path).text) for path in ("/", "/artikel/ware", "/artikel/ware/farben")}
    typed = {"laenge": amount, "stuecke": "1"} if unit is LENGTH else {"menge": amount}
    assert client.post("/warenkorb", data={"variante": "W-Rot"} | typed).status_code == 303
    tell(client)
    pages |= {path: words(client.get(path).text) for path in ("/warenkorb", "/kasse/pruefen")}
    placed = client.post("/kasse/bestellen", data=seen(client))
    return pages | {"order": words(client.get(placed.headers["Location"]).text)}


@pytest.mark.parametrize(
    ("name", "cents", "unit", "content", "per", "amount", "on_sale", "bought"), SHELF, ids=[each[0] for each in SHELF]
)
def test_the_base_price_stands_on_every_page(
    shop_app: Flask,
    client: FlaskClient,
    name: str,
    cents: int,
    unit: Unit,
    content: Any,
    per: int | None,
    amount: str,
    on_sale: str,
    bought: str,
) -> None:
    put_up(shop_app, name, cents, unit, content, per)
    pages = walk(client, unit, amount)
    sold = ("/warenkorb", "/kasse/pruefen", "order")
    expected = {page: bought or on_sale if page in sold else on_sale for page in pages}
    assert {page: text for page, text in expected.items() if text not in pages[page]} == {}


@pytest.mark.parametrize(("name", "content"), FREE, ids=[each[0] for each in FREE])
def test_what_owes_no_base_price_shows_none(shop_app: Flask, client: FlaskClient, name: str, content: Any) -> None:
    put_up(shop_app, name, 195, PIECE, content, None)
    assert [page for page, text in walk(client, PIECE, "1").items() if "Grundpreis" in text] == []
