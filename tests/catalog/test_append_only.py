"""The database refuses to change what is never changed, and to delete it early."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, text
from sqlalchemy.exc import IntegrityError

from catalog import append_only
from catalog.times import german_day
from shop.db import Database

_FOR_GOOD = date(2999, 12, 31)


@pytest.fixture
def guarded(either_database: Database) -> Database:
    """A database with a guarded table "deed" that holds one row, kept for good."""
    metadata = MetaData()
    columns = (
        Column("id", Integer, primary_key=True),
        Column("word", String, unique=True),
        Column("keep_until", Date),
    )
    table = Table("deed", metadata, *columns)
    append_only.guard(table)
    with either_database.writing() as session:
        metadata.create_all(session.connection())
        session.execute(table.insert().values(id=1, word="given", keep_until=_FOR_GOOD))
    return either_database


def run(database: Database, statement: str, **values: object) -> None:
    with database.writing() as session:
        session.execute(text(statement), values)


@pytest.mark.parametrize(
    "statement", ["UPDATE deed SET word = 'broken'", "UPDATE deed SET keep_until = '2001-01-01'", "DELETE FROM deed"]
)
def test_what_must_be_kept_is_neither_changed_nor_deleted(guarded: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"):
        run(guarded, statement)
    with guarded.reading() as session:
        assert session.execute(text("SELECT word FROM deed")).scalar_one() == "given"


def test_no_other_word_for_deleting_helps(guarded: Database) -> None:
    other = "INSERT OR REPLACE INTO deed (word, keep_until) VALUES ('given', '2999-12-31')"
    with pytest.raises(IntegrityError, match="never changed"):
        run(guarded, other if guarded.is_sqlite else "TRUNCATE deed")


def test_what_is_over_may_go_but_still_never_changes(guarded: Database) -> None:
    run(guarded, "INSERT INTO deed VALUES (2, 'old', :over)", over=date(2001, 12, 31).isoformat())
    with pytest.raises(IntegrityError):
        run(guarded, "UPDATE deed SET word = 'new' WHERE id = 2")
    run(guarded, "DELETE FROM deed WHERE id = 2")


def test_its_last_day_is_still_kept(guarded: Database) -> None:
    run(guarded, "INSERT INTO deed VALUES (3, 'last', :day)", day=german_day(datetime.now(UTC)).isoformat())
    with pytest.raises(IntegrityError):
        run(guarded, "DELETE FROM deed WHERE id = 3")
