"""Bringing the database to today's tables, and the cheap look whether it is there already."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, inspect, text

from catalog.refusals import Refusal
from catalog.search.engines.database_engine import OWN_TABLES
from shop.db import Database
from shop.readiness import STEPS, newest_step, steps

FOLDER = STEPS.parent


class NewerDatabase(Refusal):
    """The database was made by a newer version of the shop."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"Die Datenbank stammt von einer neueren Version (Schritt {revision}). "
            "Bitte holen Sie die neue Version des Programms oder spielen Sie eine Sicherung zurück."
        )


class BrokenReference(Exception):
    """A migration step left rows that refer to nothing; nothing of it was kept."""


def is_current(database: Database) -> bool:
    """Whether all steps have been taken. Two small queries, no Alembic. Raises NewerDatabase."""
    revision = current(database)
    if revision and revision not in steps():
        raise NewerDatabase(revision)
    return revision == newest_step()


def current(database: Database) -> str:
    """The last step that the database has taken; "" for an empty one."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def upgrade(database: Database, to: str = "head") -> None:
    """Take all steps that are missing (up to a certain one), all or none. Two at once wait for each other."""
    from alembic import command

    with _transaction(database) as connection:
        command.upgrade(_config(connection), to)


def differences(database: Database) -> list[Any]:
    """What today's models have that the database has not, or the other way round (Alembic's own words)."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    import shop.tables  # noqa: F401

    with database.engine.connect() as connection:
        known = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        found: list[Any] = compare_metadata(known, SQLModel.metadata)
    return found


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether migrations look after what has this name: not after the tables of the search engines."""
    return kind != "table" or not (name or "").startswith(OWN_TABLES)


def write_step(database: Database, message: str) -> None:
    """Write the next step, from this database to today's models (for developers)."""
    from alembic import command

    number = f"{int(newest_step() or 0) + 1:04}"
    with _transaction(database) as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _transaction(database: Database) -> Iterator[Connection]:
    """One transaction, alone. SQLite's batch steps rebuild tables, so its references are checked at the end."""
    with database.engine.connect().execution_options(write=True) as connection:
        if not database.is_sqlite:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(42100)"))
                yield connection
            return
        _pragma(connection, "foreign_keys=OFF")  # only possible outside a transaction
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).first()
                if broken is not None:
                    raise BrokenReference(tuple(broken))
        finally:
            _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, setting: str) -> None:
    """Set a pragma on the bare connection, so that SQLAlchemy begins no transaction for it."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {setting}")
