"""A shop that is not open shows shoppers that it opens soon, and its owner all of it; nobody orders."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import func, select
from werkzeug.security import generate_password_hash

from catalog import revisions
from checkout.orders import Order
from shop.accounts import Account
from shop.closed import PREVIEW_COOKIE
from shop.profile import Profile
from tests.make import NOW
from tests.shop.storefront.selling import FABRIC, another_visitor, fill_cart, open_shop, place_order, seen, tell

PASSWORD = "bakelu-tomire-safino"
BAR = "Ihr Laden ist noch nicht geöffnet"


@pytest.fixture
def closed_app(shop_app: Flask, write: Callable[[], Any]) -> Flask:
    """A furnished shop with an owner, not open."""
    open_shop(shop_app, is_open=False)
    with write() as session:
        hash_ = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
        session.add(Account(name="Anna", password_hash=hash_, session_key="anna", created_at=NOW))
    return shop_app


def owner_of(app: Flask) -> FlaskClient:
    """Somebody who has signed in and looked at the backoffice."""
    owner = another_visitor(app)
    assert owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": PASSWORD}).status_code == 303
    owner.get("/backoffice/")
    return owner


def set_open(write: Callable[[], Any], is_open: bool) -> None:
    with write() as session:
        session.get_one(Profile, 1).is_open = is_open
        revisions.bump(session)


@pytest.mark.parametrize(
    "path",
    ["/", "/kategorie/x", "/artikel/jersey-waldtiere", "/suche?q=jersey", "/warenkorb", "/kasse", "/sitemap.xml"],
)
def test_shoppers_read_that_it_opens_soon(closed_app: Flask, client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "86400"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Wir öffnen bald" in answer.text
    for path_, words in (("/impressum", "Impressum"), ("/datenschutz", "Datenschutz"), ("/widerruf", "Vertrag wid")):
        assert f'href="{path_}">{words}' in answer.text
    assert 'href="/warenkorb"' not in answer.text


@pytest.mark.parametrize(
    "path", ["/impressum", "/datenschutz", "/agb", "/widerrufsbelehrung", "/versand", "/widerruf", "/robots.txt"]
)
def test_what_the_law_wants_reachable_is(closed_app: Flask, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_orders_from_before_are_served_on(closed_app: Flask, client: FlaskClient, write: Callable[[], Any]) -> None:
    set_open(write, True)
    address = place_order(client)
    set_open(write, False)
    assert client.get(address).status_code == 200
    assert client.get("/").status_code == 503


def test_nothing_is_put_into_a_cart(closed_app: Flask, client: FlaskClient) -> None:
    added = client.post("/warenkorb", data={"variante": FABRIC, "laenge": "1,5", "stuecke": "1"})
    assert added.status_code == 503
    assert "Set-Cookie" not in added.headers


def test_an_order_that_was_begun_is_not_placed(
    closed_app: Flask, client: FlaskClient, write: Callable[[], Any]
) -> None:
    set_open(write, True)
    fill_cart(client)
    tell(client)
    form = seen(client)
    set_open(write, False)
    assert client.post("/kasse/bestellen", data=form).status_code == 503
    with write() as session:
        assert session.exec(select(func.count()).select_from(Order)).one() == 0


def test_the_owner_walks_to_the_confirmation_but_orders_nothing(closed_app: Flask, write: Callable[[], Any]) -> None:
    owner = owner_of(closed_app)
    fill_cart(owner)
    tell(owner)
    page = owner.get("/kasse/pruefen")
    assert BAR in page.text
    assert "zahlungspflichtig bestellen" in page.text
    refused = owner.post("/kasse/bestellen", data=seen(owner))
    assert refused.status_code == 409
    assert "noch nicht geöffnet" in refused.text
    with write() as session:
        assert session.exec(select(func.count()).select_from(Order)).one() == 0


def test_a_preview_is_kept_by_no_cache(closed_app: Flask, client: FlaskClient, write: Callable[[], Any]) -> None:
    owner = owner_of(closed_app)
    shown = owner.get("/")
    assert BAR in shown.text
    assert (shown.headers["Cache-Control"], shown.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "ETag" not in shown.headers
    assert client.get("/").status_code == 503
    set_open(write, True)
    page = client.get("/")
    assert page.status_code == 200
    assert BAR not in page.text
    again = owner.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    set_open(write, False)
    assert owner.get("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 200


def test_legal_pages_carry_the_bar_in_a_preview(closed_app: Flask) -> None:
    assert BAR in owner_of(closed_app).get("/impressum").text


@pytest.mark.parametrize("cookie", ["", "x.y.z", "eyJhY2NvdW50IjoxfQ.aaaa.bbbb"])
def test_a_made_up_cookie_opens_nothing(closed_app: Flask, client: FlaskClient, cookie: str) -> None:
    client.set_cookie(PREVIEW_COOKIE, cookie)
    assert client.get("/").status_code == 503


def test_the_preview_ends_with_the_password_and_with_signing_out(closed_app: Flask, write: Callable[[], Any]) -> None:
    owner = owner_of(closed_app)
    with write() as session:
        session.exec(select(Account)).one().session_key = "another"
    assert owner.get("/").status_code == 503
    owner = another_visitor(closed_app)
    owner.post("/backoffice/anmelden", data={"name": "Anna", "passwort": PASSWORD})
    owner.get("/backoffice/")
    assert owner.get("/").status_code == 200
    owner.post("/backoffice/abmelden")
    owner.get("/backoffice/anmelden")
    assert owner.get("/").status_code == 503


def test_no_cookie_is_set_while_the_shop_is_open(closed_app: Flask, write: Callable[[], Any]) -> None:
    owner = owner_of(closed_app)
    set_open(write, True)
    answer = owner.get("/backoffice/")
    assert f"{PREVIEW_COOKIE}=;" in answer.headers["Set-Cookie"]
    assert PREVIEW_COOKIE not in owner.get("/backoffice/").headers.get("Set-Cookie", "")


def test_a_demonstration_is_always_open(shop_app: Flask, client: FlaskClient) -> None:
    open_shop(shop_app, is_open=False, is_demo=True)
    assert client.get("/").status_code == 200
    assert place_order(client).startswith("/bestellung/")


def test_every_page_of_the_shop_is_closed_or_meant_to_stay(closed_app: Flask, client: FlaskClient) -> None:
    stay = {
        "/healthz", "/robots.txt", "/widerruf", "/impressum", "/datenschutz", "/agb", "/widerrufsbelehrung", "/versand",
        "/widerrufsformular.pdf", "/newsletter",
    }  # fmt: skip
    rules = [
        rule.rule
        for rule in closed_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.startswith("/backoffice")
    ]
    legal = {"/gewaehrleistung", "/barrierefreiheit"}
    answering = {path for path in rules if client.get(path).status_code != 503}
    assert answering <= stay | legal, answering - stay
    assert "/" in rules
