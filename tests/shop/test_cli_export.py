import contextlib
import csv
import io
import json
import os
import threading
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from shop import whole_files
from shop.cli import main

GOODS = (
    "Artikelnummer;Produktname;Einheit;Preis;Bestand;Kategorie;Bilder\n"
    "JER-1;Jersey Waldtiere;m;12,90;5,5;Stoffe > Jersey;a.png\n"
    "KN-1;Käferknopf;;1,50;30;Knöpfe;\n"
)


def run(data: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *map(str, words)])


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stocked")
    (folder / "waren.csv").write_text(GOODS, encoding="utf-8")
    Image.new("RGB", (40, 30), "red").save(folder / "a.png")
    assert run(folder / "data", "init", "--empty").exit_code == 0
    assert run(folder / "data", "import", folder / "waren.csv", "--yes").exit_code == 0
    return folder / "data"


@pytest.mark.parametrize("dialect", ["own", "excel-de", "woo", "shopify"])
def test_each_dialect_comes_back_as_unchanged(stocked: Path, tmp_path: Path, dialect: str) -> None:
    file = tmp_path / "out.csv"
    columns = "artikelnummer,preis,produktname,bestand" if dialect == "shopify" else ""
    assert run(stocked, "export", file, "--dialect", dialect, "--columns", columns).exit_code == 0
    said = run(stocked, "import", file, "--dry-run").stdout
    assert "0 neu, 0 geändert, 2 unverändert" in said


def test_a_dash_writes_to_the_output_and_speaks_beside_it(stocked: Path) -> None:
    result = run(stocked, "export", "-", "--dialect", "plain", "--category", "Stoffe")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["sku"], row["price"], row["stock"]) for row in rows] == [("JER-1", "12.90", "5.5")]
    assert "Geschrieben: 1 Artikel, 1 Variante" in result.stderr


def test_what_is_lost_is_said_and_told_as_json(stocked: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert "ein Stück ist dort ein Meter" in run(stocked, "export", file, "--dialect", "shopify").stdout
    report = json.loads(run(stocked, "export", file, "--dialect", "shopify", "--json").stdout)
    assert (report["products"], report["variants"], report["without_variant"], report["pictures"]) == (2, 2, 0, None)
    assert {"reason": "Meterware: ein Stück ist dort ein Meter, der Preis gilt je Meter.",
            "products": ["Jersey Waldtiere"]} in report["not_carried"]  # fmt: skip


def test_pictures_come_as_a_folder_or_in_one_zip(stocked: Path, tmp_path: Path) -> None:
    folder, archive = tmp_path / "bilder", tmp_path / "bilder.zip"
    for target in (folder, archive):
        assert "1 Bild in" in run(stocked, "export", tmp_path / "out.csv", "--pictures", target).stdout
    (name,) = [each.name for each in folder.iterdir()]
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == [name]
        assert opened.read(name) == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--dialect", "magento"], "Möglich sind: own, woo, shopify, plain"),
        (["--category", "Garne"], "Die Kategorie „Garne“ gibt es nicht. Es gibt: "),
        (["--columns", "prais"], "Meinten Sie „Preis“?"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_written(
    stocked: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    file = tmp_path / "out.csv"
    file.write_text("was da war", encoding="utf-8")
    result = run(stocked, "export", file, *words)
    assert (result.exit_code, sentence in result.stderr) == (1, True)
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
    assert file.read_text(encoding="utf-8") == "was da war"


@pytest.mark.parametrize("words", [["--drafts", "--only-published"], ["--since", "gestern"]])
def test_wishes_that_make_no_sense_are_wrong_usage(stocked: Path, tmp_path: Path, words: list[str]) -> None:
    assert run(stocked, "export", tmp_path / "out.csv", *words).exit_code == 2
    assert run(stocked, "export", "-", "--json").exit_code == 2


def test_a_link_and_a_pipe_stay_what_they_are(tmp_path: Path) -> None:
    file, link, pipe = tmp_path / "out.csv", tmp_path / "link.csv", tmp_path / "pipe"
    file.write_bytes(b"old")
    link.symlink_to(file)
    with whole_files.written(link) as out:
        out.write(b"new")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"new")
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_files.written(pipe) as out:
        out.write(b"through")
    reader.join(10)
    assert (read, pipe.is_fifo()) == ([b"through"], True)


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_bytes(b"old")
    with contextlib.suppress(InterruptedError), whole_files.written(file) as out:
        out.write(b"new, but")
        raise InterruptedError
    assert (file.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"old", ["out.csv"])
    with whole_files.written(file) as out:
        out.write(b"new")
    assert (file.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"new", ["out.csv"])
