"""The ground that tests stand on: real databases, the real app."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from sqlmodel import Session, SQLModel
from werkzeug.routing import Rule

import shop.tables  # noqa: F401  (all tables are known)
from catalog import kinds
from shop import themes
from shop.db import Database, sqlite_url
from shop.settings import Settings, read_settings
from tests import postgres
from tests.make import NOW

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
THEME = themes.chain(Path(__file__).parents[1] / "themes", "schnuckidu")


def needs(part: str, is_there: bool) -> None:
    """Skip loudly where a stranger's machine lacks a part; fail where everything is required."""
    if is_there:
        return
    if os.environ.get("DORFLADEN_TEST_REQUIRE") == "all":
        pytest.fail(f"{part} fehlt, wird hier aber verlangt", pytrace=False)
    pytest.skip(f"{part} is not on this machine")


@pytest.fixture(scope="session")
def empty_database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and kinds of goods, made once and copied for whoever needs its own."""
    file = tmp_path_factory.mktemp("template") / "shop.db"
    database = Database(sqlite_url(file))
    with database.writing() as session:
        SQLModel.metadata.create_all(session.connection())
        kinds.ensure(session)
    database.close()
    return file


@pytest.fixture(scope="session")
def shared_database(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all tests that roll back."""
    file = tmp_path_factory.mktemp("shared") / "shop.db"
    shutil.copy(empty_database_file, file)
    database = Database(sqlite_url(file))
    yield database
    database.close()


@pytest.fixture
def session(shared_database: Database) -> Iterator[Session]:
    """A writing session; what a test does is rolled back at its end (so it must not commit)."""
    with shared_database.write_session() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def database(empty_database_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database file of its own, for tests that commit or use several connections."""
    shutil.copy(empty_database_file, tmp_path / "shop.db")
    opened = Database(sqlite_url(tmp_path / "shop.db"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of its own in a temporary folder."""
    needs(postgres.MISSING, postgres.programs() is not None)
    with postgres.serving() as url:
        yield url


@pytest.fixture(scope="session")
def empty_postgres_shop(postgres_url: str) -> Callable[[], str]:
    """Makes an empty shop on PostgreSQL in place of the last one, and gives its address.

    It is copied from one with all tables, which takes half as long as to lay them out.
    """
    template = Database(_beside(postgres_url, "empty_shop"))
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE empty_shop"))
    with template.writing() as session:
        SQLModel.metadata.create_all(session.connection())
        kinds.ensure(session)
    template.close()

    def anew() -> str:
        with server.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS shop WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE shop TEMPLATE empty_shop"))
        return _beside(postgres_url, "shop")

    return anew


def _beside(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_database(empty_postgres_shop: Callable[[], str]) -> Iterator[Database]:
    """An empty shop on PostgreSQL."""
    database = Database(empty_postgres_shop())
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_database(request: pytest.FixtureRequest) -> Database:
    """The same test on SQLite and on PostgreSQL."""
    name = "database" if request.param == "sqlite" else "postgres_database"
    database: Database = request.getfixturevalue(name)
    return database


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """Builders of addresses, compiled once for all shops: four fifths of what it takes to make one.

    Werkzeug compiles two functions for each of some 280 rules. They take the rule as an argument, and depend on
    nothing else than what the key is made of.
    """
    compiled: dict[tuple[str, ...], Callable[..., tuple[str, str]]] = {}
    compile_one = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, repr(rule._trace), repr(rule.defaults), str(append_unknown))
        if key not in compiled:
            compiled[key] = compile_one(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """Statements compiled once for all databases of a kind, which each shop would otherwise do anew for its own.

    SQLAlchemy keeps them per engine, by statement and dialect; the engines here differ in nothing but their file.
    """
    kept: LRUCache[Any, Any] = LRUCache(3000)

    def make(url: str, **options: Any) -> Engine:
        engine = create_engine(url, **options)
        engine._compiled_cache = kept
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shop.db.create_engine", make)
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where templates are compiled once for all shops: half of what a test of a page would take."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="session")
def lay_out(empty_database_file: Path, compiled_templates: Path) -> Callable[[Path], Settings]:
    """Makes a folder an empty shop's, and gives its settings."""

    def lay(folder: Path) -> Settings:
        folder.mkdir(exist_ok=True)
        (folder / "cache").symlink_to(compiled_templates)
        shutil.copy(empty_database_file, folder / "shop.db")
        return read_settings(folder, {})

    return lay


@pytest.fixture
def settings(tmp_path: Path, lay_out: Callable[[Path], Settings]) -> Settings:
    """Settings of an empty shop in a folder of its own."""
    return lay_out(tmp_path / "data")


@pytest.fixture
def shop_app(settings: Settings) -> Iterator[Flask]:
    """The whole shop, standing at a fixed moment."""
    from shop.app import create_shop

    app = create_shop(settings, clock=lambda: NOW)
    app.testing = False
    yield app
    app.extensions["dorfladen"].database.close()


@pytest.fixture
def client(shop_app: Flask) -> FlaskClient:
    """A visitor whose browser says that forms come from our own pages."""
    visitor = shop_app.test_client()
    visitor.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return visitor


@pytest.fixture
def write(shop_app: Flask) -> Callable[[], object]:
    """A writing block on the app's database: `with write() as session: …`."""
    database: Database = shop_app.extensions["dorfladen"].database
    return database.writing
