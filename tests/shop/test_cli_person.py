"""`person export` and `person erase`: the same as in the backoffice, for whoever sits at the server."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlmodel import select

from checkout import fulfilment
from shop.cli import main
from shop.db import Database, sqlite_url
from shop.personal import archive
from shop.personal.archive import LockedRow
from shop.personal.deeds import PersonDeed
from tests.checkout.ordering import make_order
from tests.make import NOW


def run(folder: Path, *words: object, **options: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(folder), "person", *map(str, words)], **options)  # type: ignore[arg-type]


def _order(folder: Path) -> str:
    """An order that has been cancelled, so that nothing is open any more."""
    database = Database(sqlite_url(folder / "shop.db"))
    with database.writing() as session:
        order = make_order(session)
        fulfilment.cancel(session, order, reason="Ausverkauft", now=NOW, author="Anna")
        number = order.number
    database.close()
    return number


def test_all_about_a_person_becomes_two_files(empty_shop: Path, tmp_path: Path) -> None:
    number = _order(empty_shop)
    told = run(empty_shop, "export", "erika@kundin.example", "--to", tmp_path / "out")
    assert told.exit_code == 0, told.output
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    (data,) = (tmp_path / "out").glob("*.json")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert number in data.read_text(encoding="utf-8")
    assert json.loads(data.read_text(encoding="utf-8"))["asked_for"] == "erika@kundin.example"
    assert data.stat().st_mode & 0o077 == 0, "nobody else may read it"


def test_a_person_is_erased_after_a_question(empty_shop: Path) -> None:
    number = _order(empty_shop)
    assert run(empty_shop, "erase", number, input="n\n").exit_code == 1
    told = run(empty_shop, "erase", number, "--yes")
    assert told.exit_code == 0, told.output
    assert "Gesperrt: " in told.output
    database = Database(sqlite_url(empty_shop / "shop.db"))
    with database.reading() as session:
        locked = session.exec(select(LockedRow).where(LockedRow.table_name == "order")).one()
        assert archive.is_locked(session, locked.row_id)
        assert session.exec(select(PersonDeed.kind)).all() == ["erasure"]
    database.close()


def test_nobody_is_said_plainly(empty_shop: Path) -> None:
    told = run(empty_shop, "export", "niemand@nirgends.example")
    assert told.exit_code == 1
    assert "nichts bekannt" in told.output
