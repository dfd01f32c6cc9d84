"""CPU time per request of the shop's pages beside a bare Flask page with one SQLite query."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from shop.db import sqlite_module
from tests.benchmarks.stocking import make_shop

PRODUCTS = 1000
ROUNDS = 7  # interleaved; the best round of each counts, so that a busy machine does not decide
REQUESTS = 140  # 7 × 140 first visits fit into the thousand products

Page = Callable[[], None]


def measure() -> dict[str, float]:
    """µs of CPU per request, and the ratio of each page to the floor of the same run."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_shop(Path(folder) / "shop", PRODUCTS)
        pages = _pages(app, _floor(Path(folder) / "floor.db"))
        best = dict.fromkeys(pages, float("inf"))
        for page in pages.values():
            page()
        for _ in range(ROUNDS):
            for name, page in pages.items():
                best[name] = min(best[name], cpu_us(page))
        app.extensions["dorfladen"].database.close()
    floor = best["floor"]
    figures = {f"{name} µs": value for name, value in best.items()}
    return figures | {f"{name} ÷ floor": value / floor for name, value in best.items() if name != "floor"}


def _pages(app: Flask, floor: Flask) -> dict[str, Page]:
    slugs = iter(range(10**9))

    def another_product() -> None:
        """A product page that nobody has visited yet: each time another of the thousand."""
        get(app, f"/artikel/artikel-{next(slugs) % PRODUCTS}")

    return {
        "floor": lambda: get(floor, "/"),
        "home": lambda: get(app, "/"),
        "category": lambda: get(app, "/kategorie/jersey"),
        "product": lambda: get(app, "/artikel/artikel-7"),
        "product, first visit": another_product,
        "search": lambda: get(app, "/suche?q=jersey+waldtiere"),
        "cart add": lambda: _add_to_cart(app),
    }


def _floor(file: Path) -> Flask:
    """The least that a page can cost here: Flask, one indexed row from SQLite, a page around it."""
    app = Flask("floor")
    database: sqlite3.Connection = sqlite_module().connect(file, check_same_thread=False, isolation_level=None)
    database.execute("CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT)")
    database.executemany(
        "INSERT INTO product VALUES (?, ?)", [(number, f"Stoff {number}") for number in range(PRODUCTS)]
    )

    @app.get("/")
    def page() -> str:
        (name,) = database.execute("SELECT name FROM product WHERE id = ?", (7,)).fetchone()
        return f"<!doctype html><title>{name}</title><h1>{name}</h1>"

    return app


def cpu_us(page: Page, requests: int = REQUESTS) -> float:
    """µs of CPU that a page takes, on average of so many requests."""
    began = time.process_time()
    for _ in range(requests):
        page()
    return (time.process_time() - began) / requests * 1e6


def get(app: Flask, address: str) -> None:
    """Ask for a page as the web server does."""
    _ask(
        app, EnvironBuilder(path=address.partition("?")[0], query_string=address.partition("?")[2]).get_environ(), "200"
    )


def _add_to_cart(app: Flask) -> None:
    builder = EnvironBuilder(
        path="/warenkorb", method="POST", data={"variante": "A7-0", "laenge": "1,5", "stuecke": "1"}
    )
    _ask(app, builder.get_environ() | {"HTTP_SEC_FETCH_SITE": "same-origin"}, "303")


def _ask(app: Flask, environ: dict[str, Any], expected: str) -> None:
    answered: list[str] = []
    body = app.wsgi_app(environ, lambda status, headers, exc_info=None: answered.append(status) or (lambda data: None))  # type: ignore[func-returns-value]
    b"".join(body)
    close = getattr(body, "close", None)
    if close is not None:
        close()
    assert answered[0].startswith(expected), answered
