import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import holds
from catalog.products import Variant
from catalog.units import Unit
from checkout.cart import Cart, CartLine
from shop.context import Shop
from tests.make import NOW, make_product, make_variant
from tests.shop.storefront.selling import BUTTON, FABRIC, another_visitor, fill_cart, open_shop, words


def test_a_cookie_is_set_only_when_something_is_put_in(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    for path in ("/", "/warenkorb", "/kasse", "/widerruf", "/impressum"):
        assert "Set-Cookie" not in client.get(path).headers
    answer = client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=2592000" in cookie
    assert "Secure" not in cookie  # this shop is reached by plain http


def test_the_cart_counts_cuts(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    text = words(client.get("/warenkorb").text)
    assert "2 Stücke à 1,50 m · 12,90 € / m" in text
    assert "38,70 €" in text


def test_goods_by_weight_are_no_cuts(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        wool = make_product(session, "Füllwolle", unit=Unit.WEIGHT, minimum=50, step=50)
        make_variant(session, wool, sku="WOLLE", price_cents=2400, on_hand=5000)
    for said in ("250 g · 24,00 € / kg", "2 × 250 g · 24,00 € / kg"):
        client.post("/warenkorb", data={"variante": "WOLLE", "menge": "250"})
        text = words(client.get("/warenkorb").text)
        assert said in text
        assert "Stücke" not in text


def test_the_cart_says_what_the_law_wants_before_the_checkout(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    text = words(client.get("/warenkorb").text)
    before = text[: text.index("Zur Kasse")]
    for told in ("Wir liefern nach: Deutschland, Österreich", "Überweisung", "Abholung", "5,49 €", "inkl. MwSt.",
                 "95 % Baumwolle, 5 % Elasthan", "Lieferzeit: 2–4 Werktage"):  # fmt: skip
        assert told in before


def test_a_length_that_does_not_fit_comes_back_with_the_sentence(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    answer = client.post("/warenkorb", data={"variante": FABRIC, "laenge": "1,55 m", "stuecke": "3"})
    assert answer.status_code == 422
    assert "Möglich wäre 1,50 m oder 1,60 m" in words(answer.text)
    assert '<div tabindex="-1" autofocus><p class="notice' in answer.text  # below the picture: brought into view
    assert 'value="1,55 m"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_more_than_there_is_comes_back_with_the_sentence(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    answer = client.post("/warenkorb", data={"variante": FABRIC, "laenge": "4", "stuecke": "2"})
    assert answer.status_code == 422
    assert "5,00 m" in words(answer.text)


def test_an_unknown_article_is_not_found(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    assert client.post("/warenkorb", data={"variante": "NICHTS", "menge": "1"}).status_code == 404


def test_a_line_is_changed_and_removed(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    line = _only_line(shop_app)
    client.post(f"/warenkorb/{line}", data={"stuecke": "1", "laenge": "80 cm"})
    assert "1 Stück à 0,80 m" in words(client.get("/warenkorb").text)
    client.post(f"/warenkorb/{line}", data={"stuecke": "1", "laenge": "80 cm", "entfernen": "1"})
    assert "Hier liegt noch nichts" in client.get("/warenkorb").text


def test_a_wrong_change_keeps_what_was_typed(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    answer = client.post(f"/warenkorb/{_only_line(shop_app)}", data={"stuecke": "2", "laenge": "dreißig"})
    assert answer.status_code == 422
    assert 'value="dreißig"' in answer.text
    assert "können wir nicht lesen" in answer.text
    assert "2 Stücke à 1,50 m" in words(client.get("/warenkorb").text)


@pytest.mark.parametrize(
    ("goods", "emptied"),
    [
        ({"variante": BUTTON, "menge": "5"}, "menge"),
        ({"variante": FABRIC, "laenge": "1,5", "stuecke": "2"}, "stuecke"),
    ],
)
def test_an_emptied_field_is_asked_about_and_changes_nothing(
    shop_app: Flask, client: FlaskClient, goods: dict[str, str], emptied: str
) -> None:
    open_shop(shop_app)
    client.post("/warenkorb", data=goods)
    before = client.get("/warenkorb").text
    line = _line_of(shop_app, goods["variante"])
    answer = client.post(f"/warenkorb/{line}", data=goods | {emptied: ""})
    assert answer.status_code == 422
    assert "Bitte so eingeben" in words(answer.text)
    assert words(client.get("/warenkorb").text) == words(before)


def test_nobody_changes_the_cart_of_another_visitor(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    stranger = another_visitor(shop_app)
    stranger.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    stranger.post(f"/warenkorb/{_line_of(shop_app, FABRIC)}", data={"entfernen": "1"})
    assert "2 Stücke à 1,50 m" in words(client.get("/warenkorb").text)


def test_sold_out_goods_stop_the_way_to_the_checkout(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    fill_cart(client)
    _sell_elsewhere(shop_app, 400)
    page = client.get("/warenkorb").text
    assert "Zur Kasse" not in page
    assert "nicht mehr zu haben" in page
    assert client.get("/kasse").headers["Location"] == "/warenkorb"


def test_a_shop_without_its_legal_facts_sells_nothing(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, return_costs_by="")
    fill_cart(client)
    page = client.get("/warenkorb").text
    assert "noch nicht geöffnet" in page
    assert "Zur Kasse" not in page
    assert client.get("/kasse").headers["Location"] == "/warenkorb"


def _only_line(app: Flask) -> int:
    return _line_of(app, FABRIC)


def _line_of(app: Flask, sku: str) -> int:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        found = session.exec(select(CartLine.id).join(Cart).join(Variant).where(Variant.sku == sku)).one()
    assert found is not None
    return found


def _sell_elsewhere(app: Flask, quantity: int) -> None:
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.writing() as session:
        variant = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        assert variant.id is not None
        holds.hold(session, "somebody-else", [holds.Wanted(variant.id, quantity)], now=NOW)
