"""The database: engine, sessions, and the settings that keep SQLite from losing money.

See SQLite's WAL and locking pages: a writer begins with BEGIN IMMEDIATE, waits its turn, and
reaches the disk before it says "committed". A short file lock makes the queue of writers fair and
keeps their checkpoints apart.
"""

import fcntl
import importlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlmodel import Session

SAFE_SQLITE = (3, 51, 3)  # 3.7.0 to 3.51.2 can lose pages when two connections checkpoint at once


def sqlite_module() -> ModuleType:
    """The SQLite to use: Python's own where it is new enough, else the pysqlite3 package."""
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


class Database:
    """One database, SQLite in the data folder or whatever DATABASE_URL names."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else create_engine(url, pool_pre_ping=True)
        one_moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(**one_moment)
        self._writing = self.engine.execution_options(write=True)

    def read_session(self) -> Session:
        """A session that only reads; it sees one consistent moment."""
        return Session(self._reading, autoflush=False)

    def write_session(self) -> Session:
        """A session that writes: its transaction waits its turn before its first statement."""
        return Session(self._writing, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read session for a `with` block."""
        with self.read_session() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write session for a `with` block; commits at its end, rolls back on an error."""
        with self.write_session() as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, module=sqlite_module(), connect_args={"check_same_thread": False})
    queue_file = f"{make_url(url).database}.lock"
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", lambda connection: _begin(connection, queue_file))
    event.listen(engine, "commit", _leave_queue)
    event.listen(engine, "rollback", _leave_queue)
    event.listen(engine, "close", lambda connection, record: _close_queue_file(record))
    return engine


def _set_up_connection(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "synchronous=FULL",
        "cache_size=-8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, queue_file: str) -> None:
    if not connection.get_execution_options().get("write"):
        connection.exec_driver_sql("BEGIN")
        return
    _join_queue(connection, queue_file)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _leave_queue(connection)
        raise


def _join_queue(connection: Connection, queue_file: str) -> None:
    """Wait for the writers' lock. Each connection has its own open file, so threads queue as well."""
    info = connection.info
    if "queue" not in info:
        info["queue"] = os.open(queue_file, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(info["queue"], fcntl.LOCK_EX)


def _leave_queue(connection: Connection) -> None:
    if "queue" in connection.info:
        fcntl.flock(connection.info["queue"], fcntl.LOCK_UN)


def _close_queue_file(record: Any) -> None:
    if record is not None and "queue" in record.info:
        os.close(record.info.pop("queue"))
