"""Pictures of an import on their whole way: from the web or a ZIP file onto the article, once."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from catalog.exchange.archives import BadArchive
from catalog.exchange.reading import NotATable
from catalog.exchange.runs import FetchedPicture, ImportRun
from catalog.exchange.wishes import NO_WISHES
from catalog.images import Picture
from catalog.products import Product
from shop import import_files, importing, picture_sources
from shop.fetching import Fetcher
from shop.importing import House
from shop.settings import Settings
from tests.catalog.exchange.test_pictures import png
from tests.make import NOW
from tests.shop.web import Web, sent, serving

HEADER = "Artikelnummer;Produktname;Preis;Bilder\n"
BY_ADDRESS = (
    f"{HEADER}A;Knopf;1,00;http://shop.example/rot.png | http://shop.example/kopie.png\n"
    "B;Band;1,00;http://shop.example/blau.png\nC;Borte;1,00;http://127.0.0.1/geheim.png\n"
)


@pytest.fixture
def house(settings: Settings) -> House:
    from shop.db import Database

    return House(settings, Database(settings.database_url), clock=lambda: NOW)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with serving() as opened:
        opened.pages = {"/rot.png": sent(png()), "/kopie.png": sent(png()), "/blau.png": sent(png("blue"))}
        monkeypatch.setattr(
            picture_sources, "Fetcher", lambda url: Fetcher(url, resolve=opened.resolve, dial=opened.dial)
        )
        yield opened


def bring_in(house: House, content: bytes | Path) -> ImportRun:
    run_id = importing.receive(house, content, name="waren", source="page", author="Anna")
    importing.plan(house, run_id)
    importing.agree(house, run_id, author="Anna")
    importing.carry_out(house, run_id)
    with house.database.reading() as session:
        return importing.get(session, run_id)


def hanging(house: House) -> list[tuple[str, str]]:
    with house.database.reading() as session:
        rows = select(Product.name, Picture.hash).join(Picture).order_by(Product.name)
        return list(session.exec(rows).all())


def zipped(path: Path, **files: Any) -> Path:
    with zipfile.ZipFile(path / "waren.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path / "waren.zip"


def test_pictures_by_address_come_once(house: House, web: Web) -> None:
    run = bring_in(house, BY_ADDRESS.encode())
    assert [name for name, _ in hanging(house)] == ["Band", "Knopf"]
    assert run.result["pictures"] == [
        "Das Bild „http://127.0.0.1/geheim.png“ war nicht zu laden: „127.0.0.1“ liegt nicht im öffentlichen Internet."
    ]
    again = bring_in(house, BY_ADDRESS.encode())
    assert (again.plan["changes_nothing"], again.result["pictures"]) == (True, run.result["pictures"])
    with house.database.reading() as session:
        assert session.exec(select(Product.name).order_by(Product.name)).all() == ["Band", "Borte", "Knopf"]
        assert len(session.exec(select(FetchedPicture)).all()) == 3
    assert sorted(web.asked) == ["shop.example/blau.png", "shop.example/kopie.png", "shop.example/rot.png"]


def test_the_second_import_changes_nothing_and_fetches_nothing(house: House, web: Web) -> None:
    file = "\n".join(BY_ADDRESS.splitlines()[:3]).encode()
    bring_in(house, file)
    web.asked.clear()
    run = bring_in(house, file)
    assert run.plan["changes_nothing"]
    assert (run.plan["new_pictures"], web.asked) == (0, [])


def test_a_dry_run_fetches_nothing(house: House, web: Web) -> None:
    plan = importing.look(house, BY_ADDRESS.encode(), NO_WISHES)
    assert plan.new_pictures == 4
    assert "4 Bilder werden beim Übernehmen aus dem Internet geladen." in plan.notes
    assert web.asked == []


@pytest.mark.parametrize("is_path", [True, False])
def test_a_zip_file_with_table_and_pictures_comes_as_one(house: House, tmp_path: Path, is_path: bool) -> None:
    path = zipped(tmp_path, **{"w.csv": f"{HEADER}A;Knopf;1,00;ROT.png\n", "bilder/rot.png": png()})
    assert importing.look(house, path, NO_WISHES).new_pictures == 1
    run = bring_in(house, path if is_path else path.read_bytes())
    assert [name for name, _ in hanging(house)] == ["Knopf"]
    kept = import_files.kept_file(house.settings, run.kept_as)
    assert kept is not None
    assert kept.read_bytes().startswith(b"Artikelnummer")
    assert not list(kept.parent.glob("*.zip"))


def test_the_zip_file_waits_until_the_owner_has_decided(house: House, tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"w.csv": f"{HEADER}A;Knopf;1,00;rot.png\n", "rot.png": png()})
    run_id = importing.receive(house, path, name="waren.zip", source="page", author="Anna")
    path.unlink()
    assert importing.plan(house, run_id).questions == []
    assert (import_files.folder(house.settings) / f"{run_id}.zip").is_file()
    importing.dismiss(house, run_id)
    assert not list(import_files.folder(house.settings).glob("*.zip"))


@pytest.mark.parametrize(
    ("files", "error"), [({"a.png": b""}, NotATable), ({"../a.csv": HEADER}, BadArchive)], ids=["no table", "leads out"]
)
def test_a_zip_file_that_cannot_be_taken_leaves_nothing_behind(
    house: House, tmp_path: Path, files: dict[str, bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        importing.receive(house, zipped(tmp_path, **files), name="x", source="page", author="Anna")
    assert list(import_files.folder(house.settings).iterdir()) == []
    with house.database.reading() as session:
        assert importing.latest(session) == []
