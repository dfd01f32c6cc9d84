"""What changes is found within two seconds in a shop that is open, in all of its processes.

The best of two tries is measured, for the machine may be busy with something else; each must come in the end.
With DORFLADEN_TEST_KILLS=long also in a shop of two processes for the web and one for the work.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlmodel import Session, select

from catalog import editing, products
from catalog.products import Product, Variant
from catalog.search.engines.whoosh_engine import WhooshEngine
from shop import indexing
from shop.accounts import Account
from shop.app import create_shop
from shop.backoffice import product_form
from shop.context import Shop
from shop.db import Database
from shop.settings import read_settings
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric, make_ready
from tests.shop.backoffice.conftest import NAME, QUICK_HASH, sign_in

ROOT = Path(__file__).parents[2]
WITHIN_S = 2.0
AT_LAST_S = 40.0
TRIES = 2
ONE_PROCESS: tuple[str, ...] = ("",)
SEVERAL = ("serve", "work")
IS_LONG = os.environ.get("DORFLADEN_TEST_KILLS") == "long"
IN_A_ROW = 6  # answers that agree: with two processes one of them is missed once in 32 times
CARD = re.compile(
    r'<article class="goods-card( goods-card--sold-out)?">.*?goods-card__name"><a [^>]*>([^<]*)</a>', re.S
)


@dataclass
class OpenShop:
    """A shop whose processes are not ours."""

    port: int
    data: Path
    database: Database

    def page(self, path: str) -> str:
        """What a visitor sees; "" while there is no answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{quote(path, safe='/?=')}", timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            return ""

    def seconds_until(self, is_so: Callable[[], bool]) -> float:
        """How long it takes until it is so in all processes."""
        began, agreed = time.monotonic(), 0
        first = began
        while agreed < IN_A_ROW:
            if is_so():
                first = time.monotonic() if not agreed else first
                agreed += 1
            else:
                agreed = 0
                assert time.monotonic() < began + AT_LAST_S
                time.sleep(0.02)
        return first - began

    def shown(self, words: str) -> list[str]:
        """The names that have all words, in their order, with a dagger behind what is sold out."""
        found, *_beside = self.page(f"/suche?q={words}").split("Das passt fast")
        return [f"{name}†" if is_gone else name for is_gone, name in CARD.findall(found)]


@pytest.fixture(params=[ONE_PROCESS, SEVERAL] if IS_LONG else [ONE_PROCESS])
def shop(empty_shop: Path, request: pytest.FixtureRequest) -> Iterator[OpenShop]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = Database(read_settings(empty_shop, {}).database_url)
    with database.writing() as session:
        session.add(Account(name=NAME, password_hash=QUICK_HASH, session_key="anna", created_at=NOW))
    command = [sys.executable, "-P", "-m", "shop.cli", "--data", str(empty_shop), "--port", str(port)]
    processes = [
        subprocess.Popen(
            [*command, *filter(None, [each])], env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
        )
        for each in request.param
    ]
    opened = OpenShop(port, empty_shop, database)
    try:
        opened.seconds_until(lambda: opened.page("/") != "")
        yield opened
    finally:
        for each in processes:
            each.send_signal(signal.SIGTERM)
        for each in processes:
            each.wait(60)
        database.close()


def test_what_changes_is_found_within_two_seconds(shop: OpenShop) -> None:
    owner = _owner(shop)
    took = {
        "a new article": [_new_article(shop, f"Musselin{number}") for number in range(TRIES)],
        "renamed in the backoffice": [_rename(shop, owner, f"Flanell{number}") for number in range(TRIES)],
        "the last metre is sold": [_sell_out(shop, f"Cord{number}") for number in range(TRIES)],
        "while an import runs": [_new_article_after_many(shop, f"Samt{number}") for number in range(TRIES)],
    }
    print(took)
    assert {what: min(times) for what, times in took.items() if min(times) > WITHIN_S} == {}


def test_a_large_index_is_built_in_a_process_of_its_own(
    empty_shop: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(indexing, "_FEW", 0)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    settings = read_settings(empty_shop, {})
    shop: Shop = create_shop(settings).extensions["dorfladen"]
    with shop.database.writing() as session:
        make_fabric(session, "Musselin")
    shutil.rmtree(settings.index)
    keeper, engine = indexing.Keeper(shop), WhooshEngine(settings.index)
    until = time.monotonic() + AT_LAST_S
    while (engine.last_change is None or keeper.is_building()) and time.monotonic() < until:
        keeper.look()
        time.sleep(0.05)
    assert engine.beginning_with("muss") == ["musselin"]
    assert capfd.readouterr().err == ""
    shop.database.close()


def test_looking_in_vain_costs_one_query(shop_app: Flask) -> None:
    shop: Shop = shop_app.extensions["dorfladen"]
    with shop.database.writing() as session:
        make_fabric(session, "Musselin")
    keeper = indexing.Keeper(shop)
    for _ in range(3):
        keeper.look()
    asked: list[str] = []
    event.listen(shop.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert keeper.look() == 0
    assert len([each for each in asked if each != "BEGIN"]) == 1
    with shop.database.writing() as session:
        make_fabric(session, "Flanell")
    assert keeper.look() == 1
    shutil.rmtree(shop.settings.index)
    keeper.look()
    assert not keeper.look()
    assert WhooshEngine(shop.settings.index).beginning_with("flan") == ["flanell"]


def _new_article(shop: OpenShop, name: str) -> float:
    with shop.database.writing() as session:
        make_fabric(session, f"{name} Waldtiere")
    return shop.seconds_until(lambda: shop.shown(name) == [f"{name} Waldtiere"])


def _rename(shop: OpenShop, owner: FlaskClient, name: str) -> float:
    with shop.database.writing() as session:
        fabric = make_fabric(session, f"Walk statt {name}")
        product = make_ready(session, session.get_one(Product, fabric.product_id))
        facts = editing.facts_of(session, product)
    shop.seconds_until(lambda: shop.shown(name) == [f"Walk statt {name}"])
    form = {**product_form.typed_of(facts).texts, "gesehen": editing.fingerprint(facts), "name": f"{name} Füchse"}
    assert owner.post(f"/backoffice/artikel/{fabric.product_id}", data=form).status_code == 303
    return shop.seconds_until(lambda: shop.shown(f"Füchse {name}") == [f"{name} Füchse"])


def _sell_out(shop: OpenShop, name: str) -> float:
    with shop.database.writing() as session:
        best = make_fabric(session, f"{name} {name}")
        make_fabric(session, f"Hose aus {name}")
    shop.seconds_until(lambda: shop.shown(name) == [f"{name} {name}", f"Hose aus {name}"])
    with shop.database.writing() as session:
        make_order(session, session.get_one(Variant, best.id), quantity=500)
    return shop.seconds_until(lambda: shop.shown(name) == [f"Hose aus {name}", f"{name} {name}†"])


def _new_article_after_many(shop: OpenShop, name: str) -> float:
    with shop.database.writing() as session:
        ids = _many(session)
        for _ in range(10):
            products.touch_many(session, dict.fromkeys(ids, NOW))
    assert len(ids) * 10 > 2_000  # changes that wait
    return _new_article(shop, name)


def _many(session: Session) -> list[int]:
    """The ids of at least 250 articles."""
    for number in range(250 - len(session.exec(select(Product.id)).all())):
        session.add(
            Product(name=f"Knopf {number}", slug=f"knopf-{number}", published_at=NOW, created_at=NOW, updated_at=NOW)
        )
    session.flush()
    return [each for each in session.exec(select(Product.id)).all() if each]


def _owner(shop: OpenShop) -> FlaskClient:
    """Somebody who has signed in at a process of ours on the same data."""
    client = create_shop(read_settings(shop.data, {})).test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    assert sign_in(client).status_code == 303
    return client
