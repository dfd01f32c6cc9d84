"""Orders per second of the real server and p95 of its confirm request, beside the bare transaction of an order.

The server is `serve` with two workers, spoken to over HTTP on this machine; the carts are filled before, so
that POST /kasse/bestellen alone is timed. The floor is what one order writes, row by row and durably, by
sqlite3 or psycopg alone. Both on SQLite and on PostgreSQL, each with 1, 4 and 16 buyers at once.
"""

import http.client
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

from sqlmodel import Session

from catalog.products import Variant
from checkout import cart, customers
from checkout.cart import Cart
from checkout.shipping import PICKUP
from shop import accounts, migrating
from shop.app import create_shop
from shop.context import Shop, utc_now
from shop.legal import CART_COOKIE
from tests import postgres
from tests.benchmarks.bare import Bare
from tests.benchmarks.pages import cpu_us
from tests.town import goods
from tests.town.forms import hidden_fields
from tests.town.house import House

BUYERS = (1, 4, 16)
ORDERS = 120  # for each number of buyers
WARM = 40  # orders before the clock starts: both workers have loaded everything
IN_PROCESS = 50  # orders whose CPU time is taken, without a server around
ENOUGH = 10_000_000


@dataclass(frozen=True)
class Basket:
    """A cart before the button: its cookie, and what the confirmation's form would send."""

    cookie: str
    form: str


def measure() -> dict[str, float]:
    """Orders per second and milliseconds by database and number of buyers, and how many floors that is."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= _measure("SQLite", Path(folder), "")
    if postgres.programs() is None:
        print(f"left out: {postgres.MISSING} is not on this machine", file=sys.stderr)
        return figures
    with tempfile.TemporaryDirectory() as folder, _postgres() as url:
        figures |= _measure("PostgreSQL", Path(folder), url)
    return figures


@contextmanager
def _postgres() -> Iterator[str]:
    with postgres.serving(is_durable=True) as url:
        yield url


def _measure(name: str, folder: Path, database_url: str) -> dict[str, float]:
    environment = {"DORFLADEN_PROXIES": "1"} | ({"DORFLADEN_DATABASE_URL": database_url} if database_url else {})
    house = House(folder / "shop", environment)
    wares = _open_shop(house)
    figures = {f"{name}, CPU of the request µs": _cpu_us(house, wares)}
    baskets = iter(fill_baskets(house, wares, WARM + len(BUYERS) * ORDERS))
    house.start("serve")
    try:
        house.wait_until_open()
        _press_all(house, [next(baskets) for _ in range(WARM)], buyers=4)
        for buyers in BUYERS:
            served = _press_all(house, [next(baskets) for _ in range(ORDERS)], buyers)
            figures |= _figures(f"{name}, {buyers} buyers", served, buyers)
    finally:
        house.close()
    return figures | _floor(name, house, figures)


def _floor(name: str, house: House, figures: dict[str, float]) -> dict[str, float]:
    """The same numbers for the bare transaction, and the shop's beside them."""
    floor: dict[str, float] = {}
    with closing(Bare(house.settings.database_url)) as bare:
        floor[f"{name}, CPU of the floor µs"] = cpu_us(bare.order, IN_PROCESS)
        for buyers in BUYERS:
            took = _at_once([bare.order] * ORDERS, buyers)
            floor |= _figures(f"{name}, {buyers} buyers, floor", took, buyers)
    ratios = {f"{name}, CPU ÷ floor": figures[f"{name}, CPU of the request µs"] / floor[f"{name}, CPU of the floor µs"]}
    for buyers in BUYERS:
        who = f"{name}, {buyers} buyers"
        ratios[f"{who}: orders/s, floor ÷ shop"] = floor[f"{who}, floor: orders/s"] / figures[f"{who}: orders/s"]
    return floor | ratios


def _open_shop(house: House) -> list[Variant]:
    """A shop with enough of everything."""
    app = create_shop(house.settings)
    shop: Shop = app.extensions["dorfladen"]
    migrating.upgrade(shop.database)
    with shop.database.writing() as session:
        goods.furnish(session, shop.settings, dict(shop.payments), utc_now())
        accounts.add(session, "Probe", accounts.make_password(), utc_now())
        wares = [*goods.fabrics(session, 10, on_hand=ENOUGH), *goods.buttons(session, 10, on_hand=ENOUGH)]
    shop.database.close()
    return wares


def fill_baskets(house: House, wares: Sequence[Variant], number: int) -> list[Basket]:
    """Carts with two cuts of a fabric and three buttons, everything told, to be fetched and paid by transfer."""
    app = create_shop(house.settings)
    shop: Shop = app.extensions["dorfladen"]
    half = len(wares) // 2
    with shop.database.writing() as session:
        carts = [_fill(session, wares[which % half], wares[half + which % half], which) for which in range(number)]
        tokens = [each.token for each in carts]
    visitor = app.test_client(use_cookies=False)
    pages = [visitor.get("/kasse/pruefen", headers=_headers(token)).text for token in tokens]
    shop.database.close()
    return [
        Basket(token, urlencode(hidden_fields(page, "schluessel"))) for token, page in zip(tokens, pages, strict=True)
    ]


def _fill(session: Session, fabric: Variant, button: Variant, number: int) -> Cart:
    """A cart of a shopper of its own: one mailbox may order only so often in an hour (shop/guards.py)."""
    assert fabric.id is not None
    assert button.id is not None
    now = utc_now()
    basket = cart.open(session, now)
    cart.add(session, basket, fabric.id, pieces=2, quantity=150, now=now)
    cart.add(session, basket, button.id, pieces=3, quantity=1, now=now)
    details = customers.load(session, basket)
    details.name, details.email = "Erika Muster", f"erika-{number}@kundin.example"
    details.delivery, details.payment = PICKUP, "transfer"
    customers.save(session, details)
    return basket


def _cpu_us(house: House, wares: Sequence[Variant]) -> float:
    """µs of CPU of one confirm request, in this very process, without a server and the network."""
    app = create_shop(house.settings)
    visitor = app.test_client(use_cookies=False)
    baskets = iter(fill_baskets(house, wares, IN_PROCESS + 1))

    def order() -> None:
        basket = next(baskets)
        answer = visitor.post("/kasse/bestellen", data=basket.form, headers=_headers(basket.cookie))
        assert answer.headers.get("Location", "").startswith("/bestellung/"), answer.text

    order()
    took = cpu_us(order, IN_PROCESS)
    app.extensions["dorfladen"].database.close()
    return took


def _headers(cookie: str) -> dict[str, str]:
    """What a browser sends; each buyer comes from an address of her own, as the proxy tells."""
    number = next(_buyers)
    return {
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{CART_COOKIE}={cookie}",
        "X-Forwarded-For": f"10.{number // 62_500}.{number // 250 % 250}.{number % 250}",
    }


_buyers = count(1)


def _press_all(house: House, baskets: Sequence[Basket], buyers: int) -> list[float]:
    return _at_once([lambda basket=basket: press(house.port, basket) for basket in baskets], buyers)  # type: ignore[misc]


def press(port: int, basket: Basket) -> None:
    """Press the order button, over a connection of one's own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/kasse/bestellen", basket.form, _headers(basket.cookie))
        with connection.getresponse() as answer:
            answer.read()
            assert answer.getheader("Location", "").startswith("/bestellung/"), answer.status


def _at_once(work: Sequence[Callable[[], None]], buyers: int) -> list[float]:
    """Do everything, `buyers` at a time; the seconds of the whole, then of each, shortest first."""
    waiting = iter(work)
    start = Barrier(buyers + 1)

    def buy(_: int) -> list[float]:
        start.wait()
        took = []
        for each in waiting:  # one iterator for all: next() of a list's iterator is atomic
            began = time.perf_counter()
            each()
            took.append(time.perf_counter() - began)
        return took

    with ThreadPoolExecutor(buyers) as pool:
        running = [pool.submit(buy, which) for which in range(buyers)]
        start.wait()
        began = time.perf_counter()
        every = [each for one in running for each in one.result()]
        whole = time.perf_counter() - began
    return [whole, *sorted(every)]


def _figures(who: str, took: Sequence[float], buyers: int) -> dict[str, float]:
    whole, *each = took
    return {
        f"{who}: orders/s": len(each) / whole,
        f"{who}: p50 ms": each[len(each) // 2] * 1000,
        f"{who}: p95 ms": each[len(each) * 95 // 100] * 1000,
    }
