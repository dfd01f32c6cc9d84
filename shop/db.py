"""The database: engine, sessions, and the settings that keep SQLite from losing money.

See SQLite's WAL and locking pages: a writer begins with BEGIN IMMEDIATE, waits its turn, and
reaches the disk before it says "committed". See shop/writers.py for their queue.
"""

import importlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlmodel import Session

from checkout import journal
from shop.writers import Writers, is_writing

_SHORT_WAIT_MS = 200
SAFE_SQLITE = (3, 51, 3)  # 3.7.0 to 3.51.2 can lose pages when two connections checkpoint at once


def sqlite_module() -> ModuleType:
    """The SQLite to use: Python's own where it is new enough, else the pysqlite3 package."""
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """One database, SQLite in the data folder or whatever DATABASE_URL names.

    `clock` says when the journal records what a transaction has written.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = _utc_now) -> None:
        self.url = url
        self._clock = clock
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _engine(url, self.is_sqlite)
        one_moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._at_commit: list[Callable[[Session], None]] = []
        self._reading = self.engine.execution_options(**one_moment)
        self._writing = self.engine.execution_options(write=True)

    def at_commit(self, do: Callable[[Session], None]) -> None:
        """Have something done at the end of each writing transaction, after what was named before."""
        self._at_commit.append(do)

    def before_commit(self, session: Session) -> None:
        """Do what is due at the end of a writing transaction, within it."""
        for do in self._at_commit:
            do(session)

    def read_session(self) -> Session:
        """A session that only reads; it sees one consistent moment."""
        return Session(self._reading, autoflush=False)

    def write_session(self) -> Session:
        """A session that writes: its transaction waits its turn before its first statement.

        A thread has one writing transaction at a time: a second one raises RuntimeError.
        """
        return _WritingSession(self._writing, self.before_commit, self._clock)

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

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """As `writing`, for what may be left undone: raises Busy, or on PostgreSQL an error, instead of waiting."""
        with Session(self._writing.execution_options(at_once=True), expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class _WritingSession(Session):
    """A session that has something done within its transaction before it commits; the journal comes last of all."""

    def __init__(self, engine: Engine, before_commit: Callable[[Session], None], clock: Callable[[], datetime]) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._before_commit = before_commit
        self._clock = clock

    def commit(self) -> None:
        self._before_commit(self)
        journal.append(self, self._clock())
        super().commit()


event.listen(_WritingSession, "after_flush", lambda session, context: journal.gather(session))


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def _engine(url: str, is_sqlite: bool) -> Engine:
    engine = _sqlite_engine(url) if is_sqlite else create_engine(url, pool_pre_ping=True, hide_parameters=True)
    writers = Writers(f"{make_url(url).database}.lock" if is_sqlite else None)
    event.listen(engine, "begin", lambda connection: _begin(connection, writers))
    event.listen(engine, "commit", lambda connection: _commit(connection, writers))
    event.listen(engine, "rollback", lambda connection: writers.leave(connection.info))
    # A transaction that is thrown away, not ended, reaches the pool without a word of rollback.
    event.listen(engine, "checkin", lambda connection, record: writers.leave(record.info))
    event.listen(engine, "close", lambda connection, record: writers.forget(record.info) if record else None)
    return engine


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_module(),
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error goes to the log; names and addresses of shoppers do not
    )
    event.listen(engine, "connect", _set_up_connection)
    return engine


def _set_up_connection(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # so that REPLACE does not slip past a trigger that forbids DELETE
        "synchronous=FULL",
        "cache_size=-8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, writers: Writers) -> None:
    options = connection.get_execution_options()
    is_writer = bool(options.get("write"))
    if is_writer:
        writers.join(connection.info, at_once="at_once" in options)
    if connection.dialect.name != "sqlite":
        if "at_once" in options:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_SHORT_WAIT_MS}ms'")
        return
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
    except BaseException:
        writers.leave(connection.info)
        raise


def _commit(connection: Connection, writers: Writers) -> None:
    """Commit before the next writer's turn: SQLAlchemy tells of a commit before it does it.

    After a commit that failed (the disk is full) SQLAlchemy believes that nothing is left to roll
    back: the connection would go back to the pool within its transaction, and keep all others out.
    """
    if not is_writing(connection.info):
        return
    try:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
    except BaseException:
        connection.connection.rollback()
        raise
    finally:
        writers.leave(connection.info)
