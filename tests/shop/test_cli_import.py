import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from catalog.exchange.articles import Remark, UnknownColumn
from catalog.exchange.plan import Added, Change, Counts, Plan
from shop import plan_tables
from shop.cli import main

LIST = "Referenz;Was;EK netto;Palette\nK-1;Knopf;1,00;rot\nK-2;Garn;3,20;blau\n"
MAPPED = ("--map", "Referenz=Artikelnummer", "--map", "Was=Produktname")


@pytest.fixture
def stood_up(empty_shop: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_shop, tmp_path / "data"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "liste.csv"


def run(data: Path, file: Path, *words: object, content: str | None = None) -> Result:
    if content is not None:
        file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(main, ["--data", str(data), "import", str(file), *map(str, words)])


def goods(number: int, price: str = "10,00", stock: str = "10") -> str:
    rows = "".join(f"K-{n};Knopf {n};{price};{stock}\n" for n in range(number))
    return f"Artikelnummer;Produktname;Preis;Bestand\n{rows}"


def test_a_foreign_list_comes_in_by_what_is_said_of_it_and_then_by_memory(stood_up: Path, file: Path) -> None:
    told = (*MAPPED, "--aufschlag", "120", "--runden", "5", "--rest", "merkmale", "--remember", "Liste Müller")
    first = run(stood_up, file, *told, "--yes", content=LIST)
    assert first.exit_code == 0
    assert "Gemerkt: Dateien mit diesen Spalten werden künftig gelesen wie „Liste Müller“." in first.stdout
    assert "Zurücknehmen: import --undo 1" in first.stdout
    again = run(stood_up, file, "--yes", content=LIST.replace("3,20", "3,30"))
    assert "Gelesen wie „Liste Müller“ zuletzt am " in again.stdout
    assert "K-2, Preis: 8,40\u00a0€ → 8,65\u00a0€" in again.stdout
    assert again.exit_code == 0
    assert run(stood_up, file, "--as", "", "--yes").exit_code == 1


def test_unknown_columns_come_with_what_to_say_of_them(stood_up: Path, file: Path) -> None:
    content = "Name;Preis;Art.Nr. Müller;Vermerk\nKnopf;1,00;4711;alt\n"
    said = run(stood_up, file, "--dry-run", content=content).stdout
    assert "Spalte „Vermerk“ kennen wir nicht und lassen sie weg; darin etwa: alt" in said
    assert '--map "Art.Nr. Müller=Artikelnummer"; alle als Merkmale: --rest merkmale' in said


def test_more_new_articles_than_are_told_are_counted(stood_up: Path, file: Path) -> None:
    said = run(stood_up, file, "--dry-run", content=goods(1200)).stdout
    assert "… und 1180 weitere neue Artikel" in said


def test_a_dry_run_remembers_nothing(stood_up: Path, file: Path) -> None:
    run(stood_up, file, *MAPPED, "--faktor", "2", "--remember", "Liste Müller", "--dry-run", content=LIST)
    missed = run(stood_up, file, "--as", "Liste Müller", "--dry-run")
    assert (missed.exit_code, "Es ist noch nichts gemerkt" in missed.stderr) == (1, True)


def test_purchase_prices_wait_for_a_surcharge_or_a_yes(stood_up: Path, file: Path) -> None:
    stopped = run(stood_up, file, *MAPPED, "--yes", content=LIST)
    assert (stopped.exit_code, "--aufschlag 120" in stopped.stderr) == (1, True)
    assert run(stood_up, file, *MAPPED, "--yes", "--agree", "purchase").exit_code == 0


def test_falling_prices_wait_for_a_yes(stood_up: Path, file: Path) -> None:
    run(stood_up, file, "--yes", content=goods(30))
    stopped = run(stood_up, file, "--yes", content=goods(30, "4,00"))
    assert (stopped.exit_code, "--agree falling-prices" in stopped.stderr) == (1, True)
    assert "30 Preise würden sinken, einer um 60 %" in stopped.stdout
    assert run(stood_up, file, "--dry-run").exit_code == 1
    agreed = run(stood_up, file, "--yes", "--agree", "falling-prices", "--agree", "anything")
    assert (agreed.exit_code, "--agree anything: Danach wurde nicht gefragt." in agreed.stderr) == (0, True)


def test_what_is_dropped_is_named_as_put_aside(stood_up: Path, file: Path) -> None:
    run(stood_up, file, "--yes", content=goods(30))
    run(stood_up, file, "--yes", content=goods(30, "4,00"))
    listed = CliRunner().invoke(main, ["--data", str(stood_up), "import", "--list"]).stdout
    assert ("2: " in listed, "verworfen" in listed.splitlines()[0]) == (True, True)


def test_only_some_columns_and_only_some_articles(stood_up: Path, file: Path) -> None:
    run(stood_up, file, "--yes", content=goods(2))
    changed = goods(3, "9,00", "7")
    report = json.loads(run(stood_up, file, "--dry-run", "--json", "--columns", "bestand", content=changed).stdout)
    assert {each["column"] for each in report["changes"]} == {"Bestand"}
    assert (report["variants"]["new"], report["changes_in_all"]) == (0, 2)
    assert "Artikel: 1 neu, 0 geändert" in run(stood_up, file, "--dry-run", "--only-new").stdout
    assert "Artikel: 0 neu" in run(stood_up, file, "--dry-run", "--only-update").stdout


def test_stock_comes_on_top_and_what_is_missing_is_sold_out(stood_up: Path, file: Path) -> None:
    run(stood_up, file, "--yes", content=goods(2))
    assert "K-0, Bestand: 10\u00a0Stück → 20\u00a0Stück" in run(stood_up, file, "--dry-run", "--bestand", "dazu").stdout
    sold_out = run(stood_up, file, "--dry-run", "--missing", "zero", content=goods(1)).stdout
    assert "K-1, Bestand: 10\u00a0Stück → 0\u00a0Stück" in sold_out


def test_the_json_says_what_stops_and_what_is_new(stood_up: Path, file: Path) -> None:
    report = json.loads(run(stood_up, file, *MAPPED, "--dry-run", "--json", content=LIST).stdout)
    assert [(each["question"], each["column"]) for each in report["must_answer"]] == [("purchase", "EK netto")]
    assert [(each["article"], each["skus"]) for each in report["new"]] == [("Knopf", ["K-1"]), ("Garn", ["K-2"])]
    assert report["unknown_columns"] == [{"name": "Palette", "samples": ["rot", "blau"]}]
    assert (report["memory"], report["prices"]["falling"], report["questions"][0].keys()) == (
        None, 0, {"row", "column", "reason"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--map", "Preis"), "„=“"),
        (("--map", "=Preis"), "„=“"),
        (("--faktor", "2", "--aufschlag", "10"), "nicht beides"),
        (("--faktor", "zwei"), "keine Zahl"),
        (("--faktor", "NaN"), "hier nicht möglich"),
        (("--faktor", "0"), "kosteten alle Artikel nichts"),
        (("--aufschlag", "-5"), "nicht möglich"),
        (("--only-new", "--only-update"), "nicht zusammen"),
        (("--columns", "preiss"), "Meinten Sie „Preis“?"),
        (("--columns", "preis", "--only-new"), "Name und Preis"),
        (("--missing", "draft", "--bestand", "dazu"), "Eine Lieferung"),
        (("--missing", "zero", "--only-new"), "bleibt Vorhandenes"),
        (("--bestand", "weg"), "dazu"),
        (("--runden", "0"), "1"),
    ],
)
def test_what_cannot_be_wished_ends_with_a_sentence(
    stood_up: Path, file: Path, words: tuple[str, ...], says: str
) -> None:
    refused = run(stood_up, file, *words, "--dry-run", content=LIST)
    assert (refused.exit_code, says in " ".join(refused.stderr.split())) == (2, True)


def test_a_column_that_is_not_there_is_refused_with_those_that_are(stood_up: Path, file: Path) -> None:
    refused = run(stood_up, file, "--map", "Refrenz=Artikelnummer", "--map", "Was=Produktname", content=LIST)
    assert (refused.exit_code, "Meinten Sie „Referenz“?" in refused.stderr) == (1, True)


def test_a_foreign_file_is_shown_how_to_be_mapped(stood_up: Path, file: Path) -> None:
    refused = run(stood_up, file, "--dry-run", content="Referenz;Was;Euro\nA-1;Knopf;1,20\n")
    assert (refused.exit_code, "Sie hat: Referenz, Was, Euro." in refused.stderr) == (1, True)
    assert '--map "Referenz=Artikelnummer" --map "Was=Produktname"' in refused.stderr


def test_the_usual_is_said_against_a_memory(stood_up: Path, file: Path) -> None:
    run(stood_up, file, "--yes", "--faktor", "2", "--remember", "Doppelt", content=goods(1))
    assert "0 geändert, 1 unverändert" in run(stood_up, file, "--dry-run").stdout
    assert "K-0, Preis: 20,00\u00a0€ → 10,00\u00a0€" in run(stood_up, file, "--dry-run", "--faktor", "1").stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_plan_fits_a_terminal_and_ends_with_what_matters(width: int) -> None:
    plan = Plan(
        "woocommerce", "utf-8", ",", ".", ["20 Bilder werden geladen."], Counts(1200, 2, 3), Counts(1300, 20, 30),
        added=[Added(1, "Ein sehr langer Name " * 6, ("A-1", "A-2"), True, 495, 795)],
        changes=[Change(n, "Jersey", f"J-{n}", "Preis", "1,00 €", "2,00 €") for n in range(40)],
        refused=[Remark(n, "Preis", "Der Preis fehlt.") for n in range(1, 90, 2)],
        questions=[
            Remark(3, "SKU", "Die Artikelnummer fehlt. Wir vergeben „a“."),
            Remark(4, "SKU", "Die Artikelnummer fehlt. Wir vergeben „b“."),
            Remark(0, "Preis", "Ist das so gemeint?", stops=True, question="falling-prices"),
        ],
        unknown_columns=[UnknownColumn("Farbton", ("rot", "blau"))],
    )  # fmt: skip
    plan.tally.changes = 40
    written = StringIO()
    plan_tables.show(plan, "waren.csv", Console(file=written, width=width))
    lines = written.getvalue().splitlines()
    said = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= width
    assert "waren.csv – gelesen als WooCommerce-Export (UTF-8, Trennzeichen Komma, Dezimalpunkt)" in said
    assert "J-0 Preis 1,00 € → 2,00 €" in said
    assert "… und 26 weitere" in said
    assert "Zeilen 1, 3, 5, 7, 9, 11 … (45 Zeilen), Preis: Der Preis fehlt." in said
    assert "Zeilen 3–4, SKU: Die Artikelnummer fehlt. Wir vergeben „a“. In den übrigen Zeilen ähnlich." in said
    assert "Ist das so gemeint? → --agree falling-prices" in said
    assert [line.split() for line in lines[-3:-1]] == [
        ["Artikel", "1.200", "2", "3"],
        ["Varianten", "1.300", "20", "30"],
    ]
