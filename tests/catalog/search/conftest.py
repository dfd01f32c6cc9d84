"""What the tests of the search share."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel

from catalog.search.port import Engine
from shop.db import Database
from tests.catalog.search.stands import EVERY_ENGINE, MAKERS, Stand


@pytest.fixture(scope="session")
def postgres_for_engines(postgres_url: str) -> Iterator[Database]:
    """A PostgreSQL database with the change queue and nothing else, for engines to lay out their own tables in."""
    elsewhere = make_url(postgres_url).set(database="engines").render_as_string(hide_password=False)
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE engines"))
    server.dispose()
    database = Database(elsewhere)
    with database.writing() as session:
        SQLModel.metadata.tables["searchchange"].create(session.connection())
    yield database
    database.close()


@pytest.fixture(params=EVERY_ENGINE)
def stand(request: pytest.FixtureRequest) -> Stand:
    """The contract must hold on every engine: an empty index of one."""
    return MAKERS[request.param](request)


@pytest.fixture
def engine(stand: Stand) -> Engine:
    """The empty index of a stand."""
    return stand.engine
