import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from shop.cli import main

GOODS = "Artikelnummer;Produktname;Preis;Bestand\nJER-1;Jersey Waldtiere;12,90;5\nKN-1;Käferknopf;1,50;30\n"
COMPLETE = (
    "Artikelnummer;Produktname;Preis;Bestand;Hersteller;Hersteller Straße;Hersteller PLZ;Hersteller Ort;"
    "Hersteller Kontakt;Bilder\n"
    "JER-1;Jersey Waldtiere;12,90;5;Weberei Moos;Weg 1;15999;Lindow;post@moos.example;a.png\n"
    "KN-1;Käferknopf;1,50;30;Weberei Moos;;;;;a.png\n"
)
COUNTS = {"new": 2, "changed": 0, "unchanged": 0}


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty shop") / "data"
    assert CliRunner().invoke(main, ["init", "--empty", "--data", str(folder)]).exit_code == 0
    return folder


@pytest.fixture
def stood_up(empty_shop: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_shop, tmp_path / "data"))


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    file = tmp_path / "waren.csv"
    file.write_text(GOODS, encoding="utf-8")
    return file


def run(data: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *map(str, words)])


def test_a_dry_run_says_as_json_what_would_change_and_changes_nothing(stood_up: Path, goods: Path) -> None:
    for _ in range(2):
        result = run(stood_up, "import", goods, "--dry-run", "--json")
        assert result.exit_code == 0
        report = json.loads(result.stdout)
        assert report == report | {
            "format": "dorfladen",
            "encoding": "utf-8",
            "delimiter": ";",
            "decimal": ",",
            "products": COUNTS,
            "variants": COUNTS,
            "refused": [],
            "questions": [],
        }


def test_without_yes_nobody_at_a_keyboard_only_gets_the_plan(stood_up: Path, goods: Path) -> None:
    result = run(stood_up, "import", goods)
    assert (result.exit_code, "Artikel: 2 neu, 0 geändert, 0 unverändert" in result.stdout) == (1, True)
    assert "--yes" in result.stderr
    assert "2 neu" in run(stood_up, "import", goods, "--dry-run").stdout


def test_what_was_imported_is_found_and_comes_in_once(stood_up: Path, goods: Path) -> None:
    goods.write_text(COMPLETE, encoding="utf-8")
    Image.new("RGB", (40, 30), "red").save(goods.parent / "a.png")
    assert run(stood_up, "import", goods, "--yes").exit_code == 0
    again = run(stood_up, "import", goods, "--yes")
    assert (again.exit_code, "nichts zu ändern" in again.stdout) == (0, True)
    hits = json.loads(run(stood_up, "search", "jersey", "--json").stdout)
    assert [(hit["sku"], hit["slug"], hit["name"]) for hit in hits] == [
        ("JER-1", "jersey-waldtiere", "Jersey Waldtiere")
    ]
    assert hits[0].keys() == {"sku", "slug", "name", "score"}
    assert "2 Artikel" in run(stood_up, "reindex").stdout


def test_reindex_moves_a_shop_to_the_engine_of_its_setting_and_back(stood_up: Path, goods: Path) -> None:
    goods.write_text(COMPLETE, encoding="utf-8")
    Image.new("RGB", (40, 30), "red").save(goods.parent / "a.png")
    run(stood_up, "import", goods, "--yes")
    (stood_up / "settings.toml").write_text('search_engine = "fts5"\n', encoding="utf-8")
    assert "2 Artikel" in run(stood_up, "reindex").stdout
    assert not (stood_up / "index").exists()
    assert "Jersey" in run(stood_up, "search", "jersey").stdout
    assert "2 Artikel" in run(stood_up, "reindex", "--engine", "whoosh").stdout
    (stood_up / "settings.toml").unlink()
    assert (stood_up / "index").is_dir()
    assert "Jersey" in run(stood_up, "search", "jersey").stdout


def test_an_index_that_does_not_fit_the_database_is_not_built(stood_up: Path) -> None:
    refused = run(stood_up, "reindex", "--engine", "postgresql")
    assert (refused.exit_code, "hier passt „fts5“" in refused.stderr) == (1, True)


def test_what_lacks_something_stays_a_draft_and_is_named(stood_up: Path, goods: Path) -> None:
    imported = run(stood_up, "import", goods, "--yes")
    assert "2 Artikel sind Entwurf" in imported.stdout
    assert "Käferknopf: Bild, Hersteller" in imported.stdout
    assert run(stood_up, "search", "jersey").stdout == ""


def test_a_refused_row_stops_everything_unless_it_may_be_skipped(stood_up: Path, goods: Path) -> None:
    goods.write_text(GOODS + "X;Band;billig;\n", encoding="utf-8")
    refused = run(stood_up, "import", goods, "--yes")
    assert (refused.exit_code, "Zeile 3, Preis" in refused.stdout) == (1, True)
    assert "--skip-refused" in refused.stderr
    assert run(stood_up, "import", goods, "--dry-run").exit_code == 1
    assert run(stood_up, "import", goods, "--yes", "--skip-refused").exit_code == 0
    assert "0 neu, 0 geändert, 2 unverändert" in run(stood_up, "import", goods, "--dry-run").stdout


def test_an_open_decimal_sign_must_be_named(stood_up: Path, goods: Path) -> None:
    goods.write_text("Artikelnummer;Produktname;Preis\nA;Nähmaschine;1.234\n", encoding="utf-8")
    assert "--decimal" in run(stood_up, "import", goods, "--yes", "--skip-refused").stderr
    assert run(stood_up, "import", goods, "--yes", "--decimal", ",").exit_code == 0


def test_an_unreadable_file_ends_with_a_sentence(stood_up: Path, goods: Path) -> None:
    goods.write_bytes(b"PK\x03\x04xl/")
    result = run(stood_up, "import", goods, "--dry-run")
    assert (result.exit_code, result.stderr.partition(".")[0]) == (1, "Das ist eine Excel-Datei")


def test_an_export_imports_as_unchanged(stood_up: Path, goods: Path, tmp_path: Path) -> None:
    run(stood_up, "import", goods, "--yes")
    assert run(stood_up, "export", tmp_path / "out.csv").exit_code == 0
    assert "0 neu, 0 geändert, 2 unverändert" in run(stood_up, "import", tmp_path / "out.csv", "--dry-run").stdout


def test_a_place_that_cannot_be_written_ends_with_a_sentence(stood_up: Path, tmp_path: Path) -> None:
    result = run(stood_up, "export", tmp_path / "fehlt" / "out.csv")
    assert (result.exit_code, "nichts schreiben" in result.stderr) == (1, True)


def test_a_folder_of_pictures_finds_its_goods(stood_up: Path, goods: Path, tmp_path: Path) -> None:
    run(stood_up, "import", goods, "--yes")
    folder = tmp_path / "fotos"
    folder.mkdir()
    Image.new("RGB", (40, 30), "red").save(folder / "KN-1.png")
    Image.new("RGB", (40, 30), "red").save(folder / "unbekannt.png")
    result = run(stood_up, "images", folder)
    assert (result.exit_code, "1 Bild neu, 0 schon da." in result.stdout) == (0, True)
    assert "unbekannt.png: passt zu keinem Artikel" in result.stdout
    assert "0 Bilder neu, 1 schon da." in run(stood_up, "images", folder).stdout


def test_refused_rows_come_back_mended_and_come_in(stood_up: Path, goods: Path, tmp_path: Path) -> None:
    goods.write_text(GOODS.replace("12,90", "zwölf"), encoding="cp1252")
    assert "--refused DATEI" in run(stood_up, "import", goods, "--yes", "--skip-refused").output
    back = tmp_path / "zurück.csv"
    result = run(stood_up, "import", goods, "--yes", "--skip-refused", "--refused", back)
    assert f"stehen mit ihrem Grund in: {back}" in result.output
    lines = back.read_text(encoding="cp1252").splitlines()
    assert lines[0] == "Artikelnummer;Produktname;Preis;Bestand;Grund"
    assert lines[1].startswith('JER-1;Jersey Waldtiere;zwölf;5;"Preis: „zwölf“ ist keine Zahl.')
    assert len(lines) == 2
    back.write_text("\n".join(lines).replace(";zwölf;", ";12,90;"), encoding="cp1252")
    assert run(stood_up, "import", back, "--yes").exit_code == 0
    goods.write_text(GOODS)
    assert "Es gibt nichts zu ändern" in run(stood_up, "import", goods, "--yes").output


def test_where_refused_rows_cannot_be_written_nothing_is_imported(stood_up: Path, goods: Path, tmp_path: Path) -> None:
    goods.write_text(GOODS.replace("12,90", "zwölf"))
    result = run(stood_up, "import", goods, "--yes", "--skip-refused", "--refused", tmp_path / "fehlt" / "a.csv")
    assert result.exit_code == 1
    assert "Hierhin lässt sich nichts schreiben" in result.output
    assert "2 neu" not in run(stood_up, "search", "Käferknopf").output


@pytest.mark.parametrize("way", ["beside", "named", "as one"])
def test_pictures_come_from_a_zip_file(stood_up: Path, goods: Path, tmp_path: Path, way: str) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "a.png")
    with zipfile.ZipFile(tmp_path / ("bilder.zip" if way == "beside" else "x.zip"), "w") as archive:
        archive.write(tmp_path / "a.png", "Lieferung/A.PNG")
        if way == "as one":
            archive.writestr("Lieferung/waren.csv", COMPLETE)
    (tmp_path / "a.png").unlink()
    goods.write_text(COMPLETE, encoding="utf-8")
    given: dict[str, list[object]] = {
        "beside": [goods],
        "named": [goods, "--pictures", tmp_path / "x.zip"],
        "as one": [tmp_path / "x.zip"],
    }
    result = run(stood_up, "import", "--yes", *given[way])
    assert (result.exit_code, "Entwurf" in result.output) == (0, False)


def test_pictures_that_do_not_come_are_named(stood_up: Path, goods: Path) -> None:
    goods.write_text("Artikelnummer;Produktname;Preis;Bilder\nA;Band;1,00;http://127.0.0.1/geheim.png\n", "utf-8")
    result = run(stood_up, "import", goods, "--yes")
    assert result.exit_code == 0
    assert "„127.0.0.1“ liegt nicht im öffentlichen Internet." in result.output
