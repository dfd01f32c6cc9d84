"""A backup that is older than the last invoices gives none of their numbers a second time."""

from pathlib import Path

from checkout import journal_check, series
from checkout.erasing import may_be_gone
from shop import given_numbers
from shop.db import Database
from shop.law.invoicing import _gaps
from shop.settings import read_settings
from tests.make import NOW
from tests.shop.test_cli import run


def test_e10_numbers_given_after_the_backup_are_left_out(empty_shop: Path, tmp_path: Path) -> None:
    assert run("--data", empty_shop, "backup", "--to", tmp_path).exit_code == 0
    url = read_settings(empty_shop, {}).database_url
    database = Database(url)
    with database.writing() as session:
        for prefix in ("RE", "RE", "RE", "KO"):
            series.take(session, prefix, 2026)
    database.close()
    [file] = tmp_path.glob("*.zip")
    said = run("--data", empty_shop, "restore", "--force", file).output
    assert "RE-2026-00001 bis RE-2026-00003." in said
    assert "nicht in der Sicherung: KO-2026-00001." in said
    database = Database(url)
    with database.writing() as session:
        assert series.take(session, "RE", 2026) == "RE-2026-00004"
        assert list(_gaps(session, NOW.date())) == [("RE", 2026, 1)]  # the one that was just taken for nothing
        assert journal_check.verify(session, [], may_be_gone(NOW)) is None
    assert given_numbers.skip(database, {("RE", 2026): 4, ("ST", 2026): 0}) == []
    database.close()


def test_files_tell_the_numbers_of_a_database_that_is_lost(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_bytes(b"broken" * 1000)
    (tmp_path / "papers" / "2026").mkdir(parents=True)
    for name in ("RE-2026-00007.pdf", "RE-2026-00007.xml", "RE-2026-00006.pdf", "TEST-ST-2026-00002.xml", "x.pdf"):
        (tmp_path / "papers" / "2026" / name).touch()
    assert given_numbers.read(tmp_path) == {("RE", 2026): 7, ("TEST-ST", 2026): 2}
    assert given_numbers.read(tmp_path / "nowhere") == {}
