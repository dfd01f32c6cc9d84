"""`bank FILE…`: the same statements as on the page, for a clock on the server."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlmodel import select

from checkout.orders import Order, State
from shop.cli import main
from shop.db import Database, sqlite_url
from shop.profile import Profile
from tests.checkout.bank.files import IBAN, camt, csv_of, entry
from tests.checkout.ordering import make_order


def run(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["--data", str(folder), "bank", *map(str, words)])


def test_statements_are_taken_in_and_told_to_machines(empty_shop: Path, tmp_path: Path) -> None:
    database = Database(sqlite_url(empty_shop / "shop.db"))
    with database.writing() as session:
        session.exec(select(Profile)).one().iban = IBAN
        number = make_order(session).number
    (tmp_path / "a.xml").write_bytes(camt(entry(text=number), entry("1.00", "?")))
    first = run(empty_shop, tmp_path / "a.xml", "--json")
    assert first.exit_code == 0
    told = {"file": "a.xml", "paid": 1, "questions": 1, "refunds": 0, "known": 0, "refused": []}
    assert json.loads(first.stdout) == [told]
    again = run(empty_shop, tmp_path / "a.xml")
    assert "0 gebucht, 0 Fragen" in again.stdout
    assert "2 schon bekannt" in again.stdout
    with database.reading() as session:
        assert session.exec(select(Order)).one().state == State.PAID
    database.close()


def test_what_is_not_the_shop_s_is_refused_with_reasons(empty_shop: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_of("N26", {}))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    foreign, wrong = run(empty_shop, tmp_path / "a.csv"), run(empty_shop, tmp_path / "b.pdf")
    assert (foreign.exit_code, wrong.exit_code) == (1, 1)
    assert "--any-account" in foreign.stderr
    assert "PDF" in wrong.stderr
    assert run(empty_shop, tmp_path / "a.csv", "--any-account").exit_code == 0
    assert run(empty_shop).exit_code == 2
