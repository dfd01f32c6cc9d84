"""Two clicks, two tabs, the way back, strangers with a planted cookie: what the shopper sees, at the door."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import prices
from catalog.products import Variant
from checkout.orders import Order
from checkout.shipping import ShippingRate
from shop.legal import CART_COOKIE
from tests.make import NOW
from tests.shop.storefront.selling import (
    ADDRESS,
    BUTTON,
    FABRIC,
    another_visitor,
    fill_cart,
    hidden,
    open_shop,
    place_order,
    tell,
    words,
)

Write = Callable[[], Any]


def form_of(page: str) -> dict[str, str]:
    """What the button of a confirmation page sends."""
    return {name: hidden(page, name) for name in ("schluessel", "gesehen", "preise")}


def orders_of(write: Write) -> list[Order]:
    with write() as session:
        return list(session.exec(select(Order).order_by("id")).all())


def in_the_same_browser(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another tab: the same cookie."""
    tab = another_visitor(app)
    cookie = client.get_cookie(CART_COOKIE)
    assert cookie is not None
    tab.set_cookie(CART_COOKIE, cookie.value)
    return tab


@pytest.fixture
def ready(shop_app: Flask, client: FlaskClient) -> dict[str, str]:
    """A shopper before the order button, and what it would send."""
    open_shop(shop_app)
    fill_cart(client)
    tell(client)
    return form_of(client.get("/kasse/pruefen").text)


def test_the_way_back_after_the_order_leads_to_the_order(
    client: FlaskClient, ready: dict[str, str], write: Write
) -> None:
    placed = client.post("/kasse/bestellen", data=ready).headers["Location"]
    assert client.post("/kasse/bestellen", data=ready).headers["Location"] == placed, "the page from before, once more"
    for page in ("/kasse/pruefen", "/kasse"):
        assert client.get(page).headers["Location"] == placed, "not an empty cart"
    assert "Jersey Waldtiere" not in client.get("/warenkorb").text
    assert len(orders_of(write)) == 1


def test_the_pages_of_the_checkout_are_not_kept_for_the_way_back(client: FlaskClient, ready: dict[str, str]) -> None:
    for address in ("/warenkorb", "/kasse", "/kasse/pruefen"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_a_cart_changed_in_another_tab_is_shown_before_it_is_ordered(
    client: FlaskClient, ready: dict[str, str], write: Write
) -> None:
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    answer = client.post("/kasse/bestellen", data=ready)
    assert answer.status_code == 409
    assert "Ihr Warenkorb hat sich inzwischen geändert" in answer.text
    assert "Neu seit Ihrem letzten Blick" in answer.text
    assert not orders_of(write)
    assert client.post("/kasse/bestellen", data=form_of(answer.text)).status_code == 303


def test_what_is_put_into_the_cart_while_the_first_order_is_paid_is_another_order(
    shop_app: Flask, client: FlaskClient, ready: dict[str, str], write: Write
) -> None:
    tab = in_the_same_browser(shop_app, client)
    first = client.post("/kasse/bestellen", data=ready).headers["Location"]
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    assert tab.post("/kasse/bestellen", data=ready).headers["Location"] == first, "the stale page of the first order"
    again = form_of(client.get("/kasse/pruefen").text)
    assert client.post("/kasse/bestellen", data=again).headers["Location"] != first
    assert len(orders_of(write)) == 2


def test_an_address_told_in_another_tab_is_shown_before_it_is_used(client: FlaskClient, ready: dict[str, str]) -> None:
    tell(client, name="Berta Anders")
    answer = client.post("/kasse/bestellen", data=ready)
    assert answer.status_code == 409
    assert "Berta Anders" in answer.text


def raise_price(write: Write, cents: int) -> None:
    with write() as session:
        variant = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        prices.set_regular(session, variant, cents, now=NOW, author="test")


def test_a_new_price_stands_beside_the_former_one_at_its_line(
    client: FlaskClient, ready: dict[str, str], write: Write
) -> None:
    raise_price(write, 1390)
    answer = client.post("/kasse/bestellen", data=ready)
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Der Gesamtpreis hat sich inzwischen geändert: von 44,19 € auf 47,19 €." in told
    assert "Neuer Preis: 41,70 € , bisher 38,70 €" in told
    assert not orders_of(write)
    assert client.post("/kasse/bestellen", data=form_of(answer.text)).status_code == 303


def test_prices_that_change_against_each_other_are_shown_as_well(
    client: FlaskClient, ready: dict[str, str], write: Write
) -> None:
    raise_price(write, 1390)
    with write() as session:
        session.exec(select(ShippingRate).where(ShippingRate.country == "DE")).one().price_cents -= 300
    answer = client.post("/kasse/bestellen", data=ready)
    assert answer.status_code == 409
    told = words(answer.text)
    assert "Einzelne Preise haben sich inzwischen geändert" in told
    assert "Versand: Neuer Preis: 2,49 € , bisher 5,49 €" in told
    assert "Gesamtbetrag 44,19 € zahlungspflichtig bestellen" in told  # nothing stands between them


@pytest.mark.parametrize(
    "preise", ["", "x", "1:2:3", "1:²", "1:-5", ",".join(["1:1"] * 9999), "versand:99999999999999"]
)
def test_a_tampered_list_of_prices_orders_nothing(
    client: FlaskClient, ready: dict[str, str], write: Write, preise: str
) -> None:
    assert client.post("/kasse/bestellen", data=ready | {"preise": preise}).status_code == 409
    assert not orders_of(write)


def planted(client: FlaskClient, shop_app: Flask) -> FlaskClient:
    """A stranger whose cart's cookie the shopper's browser has."""
    stranger = another_visitor(shop_app)
    fill_cart(stranger)
    cookie = stranger.get_cookie(CART_COOKIE)
    assert cookie is not None
    client.set_cookie(CART_COOKIE, cookie.value)
    return stranger


def test_a_stranger_who_planted_a_cookie_sees_no_address(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    stranger = planted(client, shop_app)
    tell(client)
    for address in ("/kasse", "/kasse/pruefen", "/warenkorb"):
        page = stranger.get(address, follow_redirects=True).text
        assert "Erika" not in page
        assert "Am Anger" not in page
    assert "Am Anger 1" in client.get("/kasse/pruefen").text


def test_a_stranger_with_a_secret_of_his_own_is_shut_out_when_she_tells_hers(
    shop_app: Flask, client: FlaskClient
) -> None:
    open_shop(shop_app)
    stranger = another_visitor(shop_app)
    fill_cart(stranger)
    tell(stranger, name="Fritz Fremd")
    cookie = stranger.get_cookie(CART_COOKIE)
    assert cookie is not None
    client.set_cookie(CART_COOKIE, cookie.value)
    tell(client)
    assert "Am Anger" not in stranger.get("/kasse").text
    assert "Erika" not in stranger.get("/kasse/pruefen", follow_redirects=True).text


def test_a_stranger_who_knows_the_cart_finds_no_order(shop_app: Flask, client: FlaskClient, write: Write) -> None:
    """The cart's own key can be seen, and set, on the page that asks for one piece or two."""
    open_shop(shop_app)
    stranger = planted(client, shop_app)
    question = stranger.post("/warenkorb", data={"variante": FABRIC, "laenge": "1", "stuecke": "1"}).headers["Location"]
    known = hidden(stranger.get(question).text, "schluessel")
    tell(client)
    place = client.post("/kasse/bestellen", data=form_of(client.get("/kasse/pruefen").text))
    assert place.headers["Location"].startswith("/bestellung/")
    answer = stranger.post("/kasse/bestellen", data={"schluessel": known})
    assert answer.headers["Location"] == "/warenkorb"
    assert len(orders_of(write)) == 1


def test_the_cart_gets_another_cookie_when_it_is_ordered(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    stranger = planted(client, shop_app)
    tell(client)
    client.post("/kasse/bestellen", data=form_of(client.get("/kasse/pruefen").text))
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    assert "Holzknopf" in client.get("/warenkorb").text
    assert "Holzknopf" not in stranger.get("/warenkorb").text


def test_the_next_order_need_not_be_told_again(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    client.post("/warenkorb", data={"variante": BUTTON, "menge": "1"})
    assert "Am Anger 1" in client.get("/kasse/pruefen").text


def test_a_stranger_is_not_led_to_the_order(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    place_order(client)
    cookie = client.get_cookie(CART_COOKIE)
    assert cookie is not None
    stranger = another_visitor(shop_app)
    stranger.set_cookie(CART_COOKIE, cookie.value.partition(".")[0])
    assert stranger.get("/kasse/pruefen").headers["Location"] == "/warenkorb"


def test_an_order_is_not_shown_to_caches_robots_or_other_pages(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app)
    address = place_order(client)
    token = address.removeprefix("/bestellung/")
    for secret in (address, f"/widerruf?bestellung={token}"):
        answer = client.get(secret)
        assert ADDRESS["name"] in answer.text or secret == address
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert token not in client.get("/").text
    assert (
        another_visitor(shop_app)
        .get("/backoffice/bestellungen/1")
        .headers["Location"]
        .startswith("/backoffice/anmelden")
    )
