"""The rows that an import has refused, for its page: before it is carried out, and after."""

import zipfile
from pathlib import Path

import pytest

from shop import import_files, import_refused, importing
from shop.import_refused import NothingRefused
from shop.importing import House, NoSuchRun
from shop.settings import Settings
from tests.make import NOW

GOODS = "Artikelnummer;Produktname;Preis\nA;Band;1,20\nB;Borte;zwei\n"


@pytest.fixture
def house(settings: Settings) -> House:
    from shop.db import Database

    return House(settings, Database(settings.database_url), clock=lambda: NOW)


def planned(house: House, content: bytes | Path, name: str = "Müller/Preise.txt") -> int:
    run_id = importing.receive(house, content, name=name, source="page", author="Anna")
    importing.plan(house, run_id)
    return run_id


def test_the_rows_come_with_their_reasons_before_and_after_the_import(house: House) -> None:
    run_id = planned(house, GOODS.encode())
    before = import_refused.of_run(house, run_id)
    importing.agree(house, run_id, author="Anna", skips_refused=True)
    importing.carry_out(house, run_id)
    assert import_refused.of_run(house, run_id) == before
    name, content = before
    assert name == "Preise-abgelehnt.txt"
    assert content.decode().startswith(
        'Artikelnummer;Produktname;Preis;Grund\nB;Borte;zwei;"Preis: „zwei“ ist keine Zahl.'
    )


def test_a_table_that_came_in_a_zip_file_comes_back_alone(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("waren.csv", GOODS)
    name, content = import_refused.of_run(house, planned(house, tmp_path / "x.zip", "Lieferung.zip"))
    assert (name, content.count(b"\n")) == ("Lieferung-abgelehnt.csv", 2)


def test_where_nothing_was_refused_or_the_file_is_gone_that_is_said(house: House) -> None:
    run_id = planned(house, GOODS.replace("zwei", "2,00").encode())
    with pytest.raises(NothingRefused):
        import_refused.of_run(house, run_id)
    import_files.forget(house.settings, run_id)
    with pytest.raises(NoSuchRun):
        import_refused.of_run(house, run_id)
