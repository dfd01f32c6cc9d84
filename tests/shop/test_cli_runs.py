"""`import --list`, `--undo N` and `--resume N`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from catalog.products import Variant
from shop import importing
from shop.cli import main
from shop.db import Database
from shop.importing import House
from shop.settings import read_settings
from tests.shop.goods_files import GOODS, agree, house_of


def run(data: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "import", *map(str, words)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(GOODS, encoding="utf-8")
    return path


def house_in(data: Path) -> House:
    settings = read_settings(data, {})
    return house_of(settings, Database(settings.database_url))


def prices(data: Path) -> dict[str, int]:
    with house_in(data).database.reading() as session:
        return dict(session.exec(select(Variant.sku, Variant.price_cents)).all())


def test_the_list_says_what_came_and_what_became_of_it(empty_shop: Path, file: Path) -> None:
    assert "noch nichts importiert" in run(empty_shop, "--list").stderr
    run(empty_shop, file, "--yes")
    file.write_text(GOODS.replace("0,45", "0,50"), encoding="utf-8")
    run(empty_shop, file, "--yes")
    first, second = run(empty_shop, "--list").stdout.splitlines()
    assert first.startswith("2: ")
    assert "liste.csv" in first
    assert "1 geändert · übernommen" in first
    assert "3 neu · übernommen" in second
    told = json.loads(run(empty_shop, "--list", "--json").stdout)
    assert [(each["number"], each["state"], each["name"]) for each in told] == [
        (2, "done", "liste.csv"),
        (1, "done", "liste.csv"),
    ]


@pytest.mark.parametrize("words", [("--list",), ("--undo", 1), ("--resume", 1)])
def test_a_file_and_the_number_of_an_import_do_not_go_together(
    empty_shop: Path, file: Path, words: tuple[object, ...]
) -> None:
    run(empty_shop, file, "--yes")
    asked = run(empty_shop, file, *words, "--yes")
    assert asked.exit_code == 2
    assert "gehen ohne Datei" in asked.stderr
    assert len(prices(empty_shop)) == 3


def test_an_import_is_taken_back_by_its_number(empty_shop: Path, file: Path) -> None:
    run(empty_shop, file, "--yes")
    file.write_text(GOODS.replace("0,45", "0,50") + "LITZE-1;Litze;0,80;50\n", encoding="utf-8")
    run(empty_shop, file, "--yes")
    look = run(empty_shop, "--undo", 2, "--dry-run")
    assert "Import 2: 1 Artikel zurück auf den Stand davor, 1 neue gelöscht" in look.stdout
    assert prices(empty_shop)["KNOPF-1"] == 50
    refused = run(empty_shop, "--undo", 2)
    assert refused.exit_code == 1
    assert "--yes" in refused.stderr
    done = run(empty_shop, "--undo", 2, "--yes", "--json")
    assert json.loads(done.stdout) == json.loads(done.stdout) | {"number": 2, "back": 1, "deleted": 1, "left": []}
    assert prices(empty_shop) == {"KNOPF-1": 45, "KNOPF-2": 120, "BAND-1": 210}
    assert "zurückgenommen am" in run(empty_shop, "--list").stdout.splitlines()[0]
    again = run(empty_shop, "--undo", 2, "--yes")
    assert (again.exit_code, "schon zurückgenommen" in again.stderr) == (1, True)


def test_a_number_that_is_none_is_refused(empty_shop: Path) -> None:
    for option in ("--undo", "--resume"):
        result = run(empty_shop, option, 7, "--yes")
        assert result.exit_code == 1
        assert "mit der Nummer 7 gibt es nicht" in result.stderr


def test_what_was_agreed_to_is_carried_on(empty_shop: Path) -> None:
    run_id = agree(house_in(empty_shop))
    result = run(empty_shop, "--resume", run_id)
    assert result.exit_code == 0
    assert len(prices(empty_shop)) == 3


def test_a_file_or_a_number_must_be_named(empty_shop: Path) -> None:
    assert run(empty_shop).exit_code == 2


def test_an_import_that_waits_for_a_yes_is_not_carried_out(empty_shop: Path, file: Path) -> None:
    house = house_in(empty_shop)
    run_id = importing.receive(house, file, name="liste.csv", source="page", author="Anna")
    importing.plan(house, run_id)
    result = run(empty_shop, "--resume", run_id)
    assert result.exit_code == 1
    assert "wartet auf Ihr Ja" in result.stderr
