"""Invoices as files: written once, the same ever after, and missed when they are gone."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlmodel import select

from checkout.invoices import Invoice, InvoicePaper
from shop import backup, checks, invoice_files, invoice_terms, profile
from shop.context import Shop
from shop.db import Database
from shop.invoice_files import PaperDamaged
from shop.settings import Settings
from tests.at_once import in_threads
from tests.make import NOW
from tests.shop.invoiced import make_sent, tell_seller


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    """A shop with one order that has left."""
    database = Database(settings.database_url)
    invoice_terms.write_along(database, {})
    with database.writing() as session:
        tell_seller(session)
        make_sent(session)
    yield Shop(settings, database, {}, search=cast("Any", None), clock=lambda: NOW)
    database.close()


def file_of(shop: Shop, form: str = "pdf") -> Path:
    return shop.settings.papers / "2026" / f"RE-2026-00001.{form}"


def test_a_commit_alone_writes_the_invoice(shop: Shop) -> None:
    with shop.database.reading() as session:
        (invoice,) = session.exec(select(Invoice)).all()
        assert invoice.content.seller.name == "Anna Beispielhaft"
        assert invoice.number == "RE-2026-00001"


def test_a_file_is_written_once(shop: Shop) -> None:
    first = invoice_files.get(shop, 1, "pdf")
    with shop.database.writing() as session:
        profile.load(session).shop_name = "Ein anderer Name"
    assert invoice_files.get(shop, 1, "pdf") == first
    assert file_of(shop).read_bytes() == first.content
    assert first.content.startswith(b"%PDF-")
    assert file_of(shop).stat().st_mode & 0o077 == 0


def test_whoever_needs_it_at_once_gets_the_same_file(shop: Shop) -> None:
    got: list[bytes] = []
    in_threads(3, lambda _: got.append(invoice_files.get(shop, 1, "xml").content))
    assert len(got) == 3
    assert set(got) == {file_of(shop, "xml").read_bytes()}
    with shop.database.reading() as session:
        assert len(session.exec(select(InvoicePaper)).all()) == 1


def test_the_worker_writes_what_nobody_has_opened(shop: Shop) -> None:
    app = cast("Flask", SimpleNamespace(extensions={"dorfladen": shop}))
    invoice_files.write_missing(app)
    assert file_of(shop).is_file()
    assert b"RE-2026-00001" in file_of(shop, "xml").read_bytes()
    invoice_files.write_missing(app)
    assert checks.lost_papers(shop) == ""


def test_one_that_cannot_be_printed_does_not_hold_up_the_others(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(*_: Any, **__: Any) -> bytes:
        raise ValueError("torn")

    monkeypatch.setattr("shop.papers.invoice.write", torn)
    invoice_files.write_missing(cast("Flask", SimpleNamespace(extensions={"dorfladen": shop})))
    assert not file_of(shop).exists()
    assert file_of(shop, "xml").is_file()


def test_what_printing_that_was_killed_has_left_goes_away(shop: Shop) -> None:
    folder = shop.settings.papers / "2026"
    folder.mkdir(parents=True)
    old, new = folder / ".new-a.part", folder / ".new-b.part"
    for file, age in ((old, 90_000), (new, 60)):
        file.write_bytes(b"%PDF")
        os.utime(file, (NOW.timestamp() - age,) * 2)
    invoice_files.sweep(cast("Flask", SimpleNamespace(extensions={"dorfladen": shop})))
    assert (old.exists(), new.exists()) == (False, True)


def test_a_lost_file_is_noticed_and_printed_again_byte_for_byte(shop: Shop) -> None:
    before = invoice_files.get(shop, 1, "xml").content
    file_of(shop, "xml").unlink()
    assert "papers/2026/RE-2026-00001.xml" in checks.lost_papers(shop)
    assert invoice_files.get(shop, 1, "xml").content == before
    assert checks.lost_papers(shop) == ""


def test_an_altered_file_is_never_handed_out(shop: Shop) -> None:
    invoice_files.get(shop, 1, "pdf")
    file_of(shop).write_bytes(b"%PDF-1.7 forged")
    assert "verändert" in checks.lost_papers(shop)
    with shop.database.writing() as session:
        profile.load(session).shop_name = "Nun druckt es sich anders"
        profile.load(session).claim = "Ganz anders"
    with pytest.raises(PaperDamaged, match="Sicherung"):
        invoice_files.get(shop, 1, "pdf")


def test_a_backup_has_the_files_as_well(shop: Shop, tmp_path: Path) -> None:
    content = invoice_files.get(shop, 1, "xml").content
    file = backup.make(shop.settings, shop.database, NOW, tmp_path / "backups")
    backup.restore(file, tmp_path / "new")
    assert (tmp_path / "new" / "papers" / "2026" / "RE-2026-00001.xml").read_bytes() == content
