"""`books …`: the journal looked at, files written, and what will be deleted told, from the command line."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from checkout import book_terms
from shop import backup, journal_heads
from shop.cli import main
from shop.db import Database
from shop.settings import Settings, read_settings
from tests.checkout.ordering import make_order, pay
from tests.make import NOW


def run(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["--data", str(folder), "books", *map(str, words)])


@pytest.fixture
def settings(empty_shop: Path) -> Settings:
    """Of a shop of one's own."""
    return read_settings(empty_shop, {})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Its database, with an order that was paid in November."""
    opened = Database(settings.database_url, clock=lambda: NOW)
    with opened.writing() as session:
        pay(session, make_order(session))
    yield opened
    opened.close()


def test_e13_the_command_finds_what_only_a_backup_can_know(
    settings: Settings, database: Database, empty_shop: Path
) -> None:
    backup.make(settings, database, NOW)
    [head] = journal_heads.of_backups(settings)
    fine = run(empty_shop, "verify", "--json")
    assert fine.exit_code == 0
    assert json.loads(fine.stdout) == {"entries": head.number, "hash": head.hash, "heads": 1, "fault": None}
    with database.engine.execution_options(write=True).begin() as connection:
        last = "(SELECT max(number) FROM journalentry)"
        connection.execute(text("DROP TRIGGER journalentry_is_kept"))
        connection.execute(text("DELETE FROM orderevent WHERE id = (SELECT max(id) FROM orderevent)"))
        connection.execute(text(f"DELETE FROM journalentry WHERE number = {last}"))
        connection.execute(
            text(
                f"UPDATE journalhead SET (number, hash) = (SELECT number, hash FROM journalentry WHERE number = {last})"
            )
        )
    found = run(empty_shop, "verify")
    assert found.exit_code == 1
    assert "Am 22.11.2026 gab es" in found.output


def test_files_are_written_where_they_are_wanted(database: Database, empty_shop: Path, tmp_path: Path) -> None:
    with database.writing() as session:
        session.add(book_terms.BookTerms(consultant=29098, client=55003, accounts={}))
    assert run(empty_shop, "tax", "--from", "2026-01-01", "--to", "2026-12-31", tmp_path / "z3.zip").exit_code == 0
    assert "zahlungen.csv" in zipfile.ZipFile(tmp_path / "z3.zip").namelist()
    assert "1 Buchungen" in run(empty_shop, "datev", "2026-11", tmp_path / "datev.csv").output
    assert (tmp_path / "datev.csv").read_bytes().startswith(b'"EXTF";700;21;"Buchungsstapel";13;')
    assert run(empty_shop, "month", "2026-11", tmp_path / "month.zip").exit_code == 0
    assert "zusammenfassung.txt" in zipfile.ZipFile(tmp_path / "month.zip").namelist()


def test_a_period_that_ends_before_it_begins_is_wrong_usage(empty_shop: Path, tmp_path: Path) -> None:
    assert run(empty_shop, "tax", "--from", "2026-02-01", "--to", "2026-01-01", tmp_path / "z3.zip").exit_code == 2
    assert not (tmp_path / "z3.zip").exists()


def test_what_will_be_deleted_is_told_and_stays(database: Database, empty_shop: Path) -> None:
    assert "0 Bestellungen mit Belegen" in run(empty_shop, "retention").output
    assert "1 Bestellungen mit Belegen" in run(empty_shop, "retention", "--on", "2035-01-01").output
    with database.reading() as session:
        assert session.connection().execute(text('SELECT count(*) FROM "order"')).scalar_one() == 1


def test_what_came_after_a_backup_that_was_played_back_is_not_missed(
    settings: Settings, database: Database, empty_shop: Path
) -> None:
    first = backup.make(settings, database, NOW)
    with database.writing() as session:
        pay(session, make_order(session))
    backup.make(settings, database, NOW + timedelta(days=1))
    journal_heads.note(settings, database, NOW + timedelta(days=1))
    database.close()
    restored = CliRunner().invoke(main, ["--data", str(empty_shop), "restore", str(first), "--force"])
    assert restored.exit_code == 0, restored.output
    assert run(empty_shop, "verify").exit_code == 0
    assert journal_heads.last_look(settings) is None
    assert [head.at for head in journal_heads.of_backups(settings)] == ["22.11.2026"]
