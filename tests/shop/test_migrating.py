"""The steps lead to exactly today's tables, on both databases, and never halfway."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel

import shop.tables  # noqa: F401
from shop import migrating
from shop.accounts import Account
from shop.db import Database, sqlite_url
from shop.readiness import newest_step
from tests.make import NOW


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database without a single table."""
    if request.param == "sqlite":
        return Database(sqlite_url(tmp_path / "bare.db"))
    database: Database = request.getfixturevalue("postgres_database")
    with database.engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
    return database


def test_steps_lead_to_the_tables_of_the_models(bare_database: Database) -> None:
    migrating.upgrade(bare_database)
    assert migrating.differences(bare_database) == []
    bare_database.close()


def test_an_upgraded_database_is_current_and_usable(bare_database: Database) -> None:
    assert not migrating.is_current(bare_database)
    migrating.upgrade(bare_database)
    assert migrating.is_current(bare_database)
    with bare_database.writing() as session:
        session.add(Account(name="Ada", password_hash="x", session_key="y", created_at=NOW))
    bare_database.close()


def test_upgrading_again_changes_nothing(bare_database: Database) -> None:
    migrating.upgrade(bare_database)
    migrating.upgrade(bare_database)
    assert migrating.current(bare_database) == newest_step()
    bare_database.close()


def test_a_newer_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "newer.db"))
    migrating.upgrade(database)
    with database.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrating.NewerDatabase, match="neueren Version"):
        migrating.is_current(database)
    database.close()


def test_foreign_keys_are_guarded_again_after_an_upgrade(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "shop.db"))
    migrating.upgrade(database)
    with Session(database.engine) as session:
        assert session.connection().execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def test_all_table_modules_are_known_to_migrations() -> None:
    root = Path(__file__).parents[2]
    known = (root / "shop" / "tables.py").read_text(encoding="utf-8")
    for file in [*root.glob("catalog/**/*.py"), *root.glob("checkout/**/*.py"), *root.glob("shop/**/*.py")]:
        if "table=True)" in file.read_text(encoding="utf-8"):
            module = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            assert f"import {module}\n" in known + "\n" or f"import {module} " in known, module
