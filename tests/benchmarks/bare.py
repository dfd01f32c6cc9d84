"""The floor of placing an order: the rows that the shop's last orders have written, once more by the driver alone.

One transaction, as durable as the shop's own (SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE, one writer at a
time by a lock; PostgreSQL: rows locked by the conditional UPDATE). No rule, no web, no object: nothing can be
faster that writes the same rows.
"""

import importlib
import threading
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

from sqlalchemy import make_url

from shop.db import sqlite_module

Row = dict[str, Any]
_UNIQUE = ("number", "token", "checkout_key", "message_id", "reason", "holder")
_COPIES = 10
_numbers = count(1)


@dataclass(frozen=True)
class _Copy:
    """All rows of one order."""

    order: Row
    lines: list[Row]
    events: list[Row]
    holds: list[Row]
    letters: list[Row]


class Bare:
    """Writes copies of the last orders of a database, which were of different goods."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._is_sqlite = database_url.startswith("sqlite")
        self._mark = "?" if self._is_sqlite else "%s"
        self._turn = threading.Lock() if self._is_sqlite else nullcontext()
        self._own = threading.local()
        self._opened: list[Any] = []
        self._copies = [
            self._copy(order) for order in self._rows(f'SELECT * FROM "order" ORDER BY id DESC LIMIT {_COPIES}')
        ]
        self._next = cycle(self._copies)
        self._choosing = threading.Lock()

    def order(self) -> None:
        """Write one order."""
        with self._choosing:
            copy = next(self._next)
        with self._turn, self._transaction(self._connection()) as cursor:
            for hold in copy.holds:
                self._hold(cursor, hold)
            order_id = self._insert(cursor, "order", copy.order)
            for table, rows in (("orderline", copy.lines), ("orderevent", copy.events)):
                for row in rows:
                    self._insert(cursor, table, row | {"order_id": order_id})
            for table, rows in (("stockhold", copy.holds), ("letter", copy.letters)):
                for row in rows:
                    self._insert(cursor, table, row)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._opened:
            connection.close()

    def _copy(self, order: Row) -> "_Copy":
        mark = self._mark
        copy = _Copy(
            order,
            lines=self._rows(f"SELECT * FROM orderline WHERE order_id = {mark} ORDER BY id", order["id"]),
            events=self._rows(f"SELECT * FROM orderevent WHERE order_id = {mark}", order["id"]),
            holds=self._rows(f"SELECT * FROM stockhold WHERE holder = {mark} ORDER BY variant_id", order["number"]),
            letters=self._rows(f"SELECT * FROM letter WHERE reason = {mark}", f"order:{order['id']}"),
        )
        assert copy.lines
        assert copy.holds
        assert copy.letters
        return copy

    def _hold(self, cursor: Any, hold: Row) -> None:
        """The conditional UPDATEs by which the last metre is sold once."""
        total = hold["pieces"] * hold["quantity"]
        for table, row_id in (("variant", hold["variant_id"]), ("roll", hold["roll_id"])):
            if row_id is not None:
                mark = self._mark
                cursor.execute(
                    f"UPDATE {table} SET held = held + {mark} WHERE id = {mark} AND on_hand - held >= {mark}",
                    (total, row_id, total),
                )
                assert cursor.rowcount == 1

    def _insert(self, cursor: Any, table: str, row: Row) -> int:
        fresh = {name: _fresh(name, value) for name, value in row.items() if name != "id"}
        names, marks = ", ".join(f'"{name}"' for name in fresh), ", ".join([self._mark] * len(fresh))
        cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id', list(fresh.values()))
        return int(cursor.fetchone()[0])

    @contextmanager
    def _transaction(self, connection: Any) -> Any:
        cursor = connection.cursor()
        if self._is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        yield cursor
        if self._is_sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()
        cursor.close()

    def _rows(self, query: str, *values: Any) -> list[Row]:
        connection = self._connection()
        cursor = connection.cursor()
        cursor.execute(query, values)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.rollback()
        return rows

    def _connection(self) -> Any:
        """This thread's own connection."""
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect_sqlite() if self._is_sqlite else self._connect_postgres()
            self._opened.append(self._own.connection)
        return self._own.connection

    def _connect_sqlite(self) -> Any:
        connect: Callable[..., Any] = sqlite_module().connect
        connection = connect(self._url.database, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _connect_postgres(self) -> Any:
        psycopg = importlib.import_module("psycopg")
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address)


def _fresh(name: str, value: Any) -> Any:
    """A value of a copied row: what must be unique is new, what was JSON becomes JSON again."""
    if name in _UNIQUE:
        return f"bare-{next(_numbers)}"
    if isinstance(value, list | dict):
        return importlib.import_module("psycopg.types.json").Json(value)
    return value
