"""At the door of the search: what is counted and what is not, where a search leads, and that it breaks nothing."""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from catalog.search import index, misses, shortcuts
from catalog.search.misses import SearchMiss
from checkout import numbers, voucher_codes
from shop.context import Shop
from tests.make import NOW
from tests.shop.storefront.selling import open_shop

Write = Callable[[], Any]
PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 21) AppleWebKit/537.36 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def opened(shop_app: Flask) -> None:
    open_shop(shop_app)
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.reading() as session:
        index.rebuild(session, shop.search.engine)


def ask(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    """Ask for a page and wait until all of it has come."""
    return client.get(path, headers=headers, buffered=True)


def counted(write: Write) -> dict[str, int]:
    with write() as session:
        return {miss.words: miss.times for miss in session.exec(select(SearchMiss)).all()}


def lead(write: Write, words: str, path: str) -> None:
    with write() as session:
        shortcuts.put(session, None, words, path, now=NOW, author="Anna")


def test_each_search_that_finds_nothing_is_counted_by_words_and_day_alone(client: FlaskClient, write: Write) -> None:
    for _ in range(2):
        assert ask(client, "/suche?q=zipper", {"User-Agent": PHONE, "Cookie": "warenkorb=geheim"}).status_code == 200
    with write() as session:
        row = session.exec(select(SearchMiss)).one().model_dump()
    day = NOW.date()
    expected = {"id": 1, "key": "zipper", "words": "zipper", "times": 2, "first_on": day, "last_on": day}
    assert row == expected | {"is_settled": False}


OTHER_SEARCHES = ["?q=jersey", "?q=", "", "?q=zipper&seite=2", "?q=zipper&alle=1", "?q=zipper&farbe=rot",
                  "/vorschlaege?q=zipper", "?q=erika@kundin.example"]  # fmt: skip


def test_other_searches_are_not_counted(client: FlaskClient, write: Write) -> None:
    for asked in OTHER_SEARCHES:
        assert ask(client, f"/suche{asked}").status_code == 200
    assert counted(write) == {}


MACHINES: list[dict[str, str]] = [
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    {"User-Agent": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)"},
    {"User-Agent": "curl/8.5.0"}, {"User-Agent": "python-requests/2.32"}, {"User-Agent": ""},
    {"Sec-Purpose": "prefetch;prerender"}, {"If-None-Match": '"abc-0"'},
]  # fmt: skip


def test_machines_and_pages_shown_again_are_not_counted(client: FlaskClient, write: Write) -> None:
    for headers in MACHINES:
        ask(client, "/suche?q=zipper", headers)
    assert counted(write) == {}


def test_the_number_of_an_order_and_the_code_of_a_voucher_are_not_kept(client: FlaskClient, write: Write) -> None:
    for _ in range(4):
        ask(client, f"/suche?q={numbers.new()}")
        ask(client, f"/suche?q={voucher_codes.new().lower().replace('-', '+')}")
    assert counted(write) == {}


def test_who_asks_does_not_wait_for_who_writes(client: FlaskClient, write: Write, shop_app: Flask) -> None:
    lock = Path(f"{shop_app.extensions['dorfladen'].settings.data}/shop.db.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert ask(client, "/suche?q=zipper").status_code == 200
        fcntl.flock(held, fcntl.LOCK_UN)
    assert counted(write) == {}
    ask(client, "/suche?q=zipper")
    assert counted(write) == {"zipper": 1}


def test_a_database_that_takes_nothing_breaks_no_answer(
    client: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*told: object) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(misses, "note", full)
    assert ask(client, "/suche?q=zipper").status_code == 200
    assert counted(write) == {}


def test_a_search_leads_where_the_owner_wants(client: FlaskClient, write: Write) -> None:
    lead(write, "Geschenk", "/gutschein")
    led = ask(client, "/suche?q=geschenk")
    assert (led.status_code, led.headers["Location"]) == (302, "/gutschein?gesucht=geschenk")
    assert "no-cache" in led.headers["Cache-Control"]
    assert counted(write) == {}


def test_where_a_search_led_to_is_said_to_whom_it_led_alone(client: FlaskClient, write: Write) -> None:
    for words, path in (("JERSEY", "/artikel/jersey-waldtiere"), ("Geschenk", "/gutschein")):
        lead(write, words, path)
        led = client.get(f"/suche?q={words}", follow_redirects=True)
        assert f"Ihre Suche nach „{words}“ führt hierher" in led.text
        assert f'href="/suche?q={words}&amp;alle=1"' in led.text
        other = client.get(path, headers={"If-None-Match": led.headers.get("ETag", "")})
        assert other.status_code == 200
        assert "hierher" not in other.text
    assert "Jersey Waldtiere" in client.get("/suche?q=jersey&alle=1").text


def test_no_link_makes_the_shop_say_what_was_not_searched(client: FlaskClient, write: Write) -> None:
    lead(write, "jersey", "/gutschein")
    for address in ("/gutschein?gesucht=teuer", "/versand?gesucht=jersey", "/artikel/jersey-waldtiere?gesucht=jersey"):
        assert "hierher" not in client.get(address).text


def test_a_target_that_is_gone_is_not_used(client: FlaskClient, write: Write) -> None:
    lead(write, "jersey", "/artikel/gibt-es-nicht-mehr")
    assert "Jersey Waldtiere" in ask(client, "/suche?q=jersey").text
