"""What the journal costs an order that is placed: CPU with and without it, and orders per second of many at once.

In one process, through the checkout's own rules and a durable commit, each order of one line. Many at once is where
the lock on the journal's head could tell: on PostgreSQL it is held from the end of the transaction to its commit.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

from sqlmodel import SQLModel, col, func, select

import shop.tables  # noqa: F401
from catalog import kinds
from catalog.products import Variant
from checkout import journal, journal_check
from checkout.cart import Cart
from checkout.journal import JournalEntry
from shop.db import Database, sqlite_url
from tests import postgres
from tests.checkout.ordering import id_of, make_cart, place
from tests.make import make_variant

ORDERS = 80
ROUNDS = 2
AT_ONCE = 8
_ENOUGH = 1_000_000


def measure() -> dict[str, float]:
    """By database: CPU of an order with and without, orders per second of eight at once, a look at the chain."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= _measure("SQLite", lambda name: sqlite_url(Path(folder) / f"{name}.db"))
    if postgres.programs() is None:
        print(f"left out: {postgres.MISSING} is not on this machine", file=sys.stderr)
        return figures
    with postgres.serving(is_durable=True) as url:
        figures |= _measure("PostgreSQL", lambda name: url)
    return figures


def _measure(name: str, url: Callable[[str], str]) -> dict[str, float]:
    database = Database(url("shop"))
    with database.writing() as session:
        SQLModel.metadata.create_all(session.connection())
        kinds.ensure(session)
        wares = [id_of(make_variant(session, on_hand=_ENOUGH)) for _ in range(AT_ONCE)]
    figures = _alone(name, database, wares) | _together(name, database, wares)
    figures[f"{name}, looking at 1000 entries ms"] = _looked(database)
    database.close()
    return figures


@contextmanager
def _journal(is_kept: bool) -> Iterator[None]:
    """With the journal, or as if there were none."""
    if is_kept:
        yield
        return
    with patch.object(journal, "append", lambda session, now: 0):
        yield


def _alone(name: str, database: Database, wares: list[int]) -> dict[str, float]:
    """CPU of one order after the other, with and without in turn, so that other work on the machine tells little."""
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, cart_id in enumerate(_carts(database, wares, ORDERS)):
        with _journal(is_kept=bool(number % 2)):
            begin = time.process_time()
            _order(database, cart_id)
            took[bool(number % 2)].append(time.process_time() - begin)
    with_it, without = (median(took[is_kept]) * 1000 for is_kept in (True, False))
    return {
        f"{name}, CPU of an order without the journal ms": without,
        f"{name}, CPU of an order with the journal ms": with_it,
        f"{name}, CPU of the journal ms": with_it - without,
    }


def _together(name: str, database: Database, wares: list[int]) -> dict[str, float]:
    best = {True: 0.0, False: 0.0}
    for is_kept in (False, True) * ROUNDS:
        carts = _carts(database, wares, ORDERS)
        with _journal(is_kept), ThreadPoolExecutor(AT_ONCE) as pool:
            begin = time.perf_counter()
            list(pool.map(lambda cart_id: _order(database, cart_id), carts))
            best[is_kept] = max(best[is_kept], ORDERS / (time.perf_counter() - begin))
    return {
        f"{name}, {AT_ONCE} at once without the journal orders/s": best[False],
        f"{name}, {AT_ONCE} at once with the journal orders/s": best[True],
    }


def _order(database: Database, cart_id: int) -> None:
    with database.writing() as session:
        place(session, session.get_one(Cart, cart_id))


def _carts(database: Database, wares: list[int], number: int) -> list[int]:
    """Carts of things of which each thread has its own, so that stock is no lock between them."""
    made = []
    with database.writing() as session:
        for each in range(number):
            button = wares[each % AT_ONCE]
            wanted = [(session.get_one(Variant, button), 3, 1)]
            made.append(id_of(make_cart(session, *wanted)))
    return made


def _looked(database: Database) -> float:
    with database.reading() as session:
        entries = session.exec(select(func.count(col(JournalEntry.number)))).one()
        begin = time.perf_counter()
        assert journal_check.broken_chain(session) is None
        return (time.perf_counter() - begin) / entries * 1000 * 1000
