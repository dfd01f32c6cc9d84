"""A request's session: looking never writes, and writing waits until the whole form is here."""

import sqlite3
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from catalog import categories
from shop import accounts
from shop.security import RowNumber
from shop.settings import Settings
from tests.make import NOW
from tests.shop.storefront.selling import open_shop, place_order

NAME, PASSWORD = "Anna", "bakelu-tomire-safino"


class SlowBody(BytesIO):
    """A form that comes over a slow line: while it is read, somebody else wants to write."""

    def __init__(self, content: bytes, meanwhile: Callable[[], None]) -> None:
        super().__init__(content)
        self._meanwhile = meanwhile

    def readinto(self, buffer: Any, /) -> int:
        self._meanwhile()
        return super().readinto(buffer)


def test_looking_at_any_page_changes_nothing(shop_app: Flask, client: FlaskClient, settings: Settings) -> None:
    token = _furnish(shop_app, client)
    watcher = sqlite3.connect(settings.data / "shop.db")
    before = _version(watcher)
    pages = [rule for rule in shop_app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    assert len(pages) > 40
    for rule in pages:
        answer = client.get(_address(shop_app, rule, token), follow_redirects=False)
        assert answer.status_code < 500, rule
        assert _version(watcher) == before, rule
    watcher.close()


def test_a_slow_sender_does_not_keep_others_from_writing(shop_app: Flask, client: FlaskClient, write: Any) -> None:
    open_shop(shop_app)
    client.post("/warenkorb", data={"variante": "KNOPF-20", "menge": "1"})

    def somebody_else_writes() -> None:
        with write() as session:  # the same thread: it would fail at once, another one would wait for ever
            categories.add(session, "Kurzwaren")

    form = b"menge=2"
    assert "Holzknopf" in client.get("/warenkorb").text
    answer = client.post(
        "/warenkorb/1",
        input_stream=SlowBody(form, somebody_else_writes),
        content_length=len(form),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 303
    with write() as session:
        assert len(categories.tree(session)) == 1
    assert 'value="2"' in client.get("/warenkorb").text


def _furnish(app: Flask, client: FlaskClient) -> str:
    """A shop in which there is one of everything; gives the token of an order."""
    open_shop(app)
    with app.extensions["dorfladen"].database.writing() as session:
        accounts.add(session, NAME, PASSWORD, NOW)
        categories.add(session, "Stoffe")
    token = place_order(client).rpartition("/")[2]
    client.post("/warenkorb", data={"variante": "KNOPF-20", "menge": "1"})
    assert client.post("/backoffice/anmelden", data={"name": NAME, "passwort": PASSWORD}).status_code == 303
    return token


def _address(app: Flask, rule: Rule, token: str) -> str:
    known = {"token": token, "slug": "jersey-waldtiere", "name": "artikel"}
    kinds = {RowNumber: 1, AnyConverter: "agb"}
    values = {name: kinds.get(type(converter), known.get(name, "x")) for name, converter in rule._converters.items()}
    with app.test_request_context():
        built = rule.build(values)
    assert built is not None
    return built[1]


def _version(watcher: sqlite3.Connection) -> int:
    """Changes whenever another connection has committed something."""
    version: int = watcher.execute("PRAGMA data_version").fetchone()[0]
    return version
