"""Reading a table in on the phone: look, answer, read in, take back; with and without script, and by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from catalog.products import Variant
from tests.journeys.conftest import LiveShop
from tests.journeys.test_keyboard import go_to, look, press
from tests.journeys.test_owner import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]
AMBIGUOUS = "Artikelnummer;Produktname;Preis;Bestand\nSCH-1;Goldschere;1.250;3\nSCH-2;Silberschere;2.500;4\n"
FOREIGN = "Kürzel;Was;Wie teuer\nLI-1;Zackenlitze;0,80\nLI-2;Wellenlitze;0,90\n"
MANY = "Artikelnummer;Produktname;Preis\n" + "".join(f"KN-{n};Knopf {n};0,45\n" for n in range(600))


@pytest.mark.parametrize("java_script", [False, True], ids=["plain", "script"])
def test_a_table_is_looked_at_answered_read_in_and_taken_back(
    live_shop: LiveShop, visit: Visit, tmp_path: Path, java_script: bool
) -> None:
    page = visit(java_script=java_script)
    sign_in(page)
    upload(page, tmp_path, AMBIGUOUS)
    heading(page, "Das würde sich ändern")
    bars_nobody(page, java_script)
    expect(page.get_by_role("button", name="So einlesen")).to_have_count(0)
    page.get_by_label("Zahlen sind geschrieben").select_option(label="mit Punkt: 12.90")
    page.get_by_role("button", name="Noch einmal ansehen").click()
    expect(page.get_by_text("1,25 €")).to_be_visible()
    page.get_by_role("button", name="So einlesen").click()
    heading(page, "Eingelesen")
    bars_nobody(page, java_script)
    assert prices(live_shop, "SCH-") == {"SCH-1": 125, "SCH-2": 250}
    page.get_by_role("link", name="Zurücknehmen …").click()
    heading(page, "Import zurücknehmen")
    bars_nobody(page, java_script)
    page.get_by_role("button", name="Jetzt zurücknehmen").click()
    heading(page, "Zurückgenommen")
    bars_nobody(page, java_script)
    assert prices(live_shop, "SCH-") == {}


@pytest.mark.parametrize("java_script", [False, True], ids=["plain", "script"])
def test_a_large_table_is_read_in_by_itself_while_the_page_tells_how_far(
    live_shop: LiveShop, visit: Visit, tmp_path: Path, java_script: bool
) -> None:
    page = visit(java_script=java_script)
    sign_in(page)
    upload(page, tmp_path, MANY)
    page.get_by_role("button", name="So einlesen").click()
    heading(page, "Wird eingelesen")
    bars_nobody(page, java_script)
    expect(page.get_by_role("heading", name="Eingelesen", exact=True)).to_be_visible(timeout=60_000)
    assert len(prices(live_shop, "KN-")) == 600


def test_foreign_columns_are_told_by_keyboard_and_remembered(live_shop: LiveShop, visit: Visit, tmp_path: Path) -> None:
    page = visit()
    sign_in(page)
    upload(page, tmp_path, FOREIGN)
    heading(page, "Was steht in den Spalten?")
    bars_nobody(page, java_script=True)
    for column, meaning in (("Kürzel", "Artikelnummer"), ("Was", "Produktname"), ("Wie teuer", "Preis")):
        go_to(page, column)
        page.keyboard.type(meaning)
    go_to(page, "Für das nächste Mal merken als")
    page.keyboard.type("Litzen Meier")
    press(page, "So lesen", "Enter")
    heading(page, "Das würde sich ändern")
    press(page, "So einlesen", "Enter")
    heading(page, "Eingelesen")
    assert prices(live_shop, "LI-") == {"LI-1": 80, "LI-2": 90}
    page.goto("/backoffice/einlesen/gemerkt")
    expect(page.get_by_role("heading", name="Litzen Meier")).to_be_visible()
    bars_nobody(page, java_script=True)


def upload(page: Page, folder: Path, table: str) -> None:
    file = folder / "liste.csv"
    file.write_text(table, encoding="utf-8")
    page.goto("/backoffice/einlesen")
    page.get_by_label("Datei").set_input_files(file)
    page.get_by_role("button", name="Datei ansehen").click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words, exact=True, level=1)).to_be_visible()


def bars_nobody(page: Page, java_script: bool) -> None:
    """No violation, and nothing to push aside; the first cannot be looked for where no script runs."""
    if java_script:
        look(page, page.url)


def prices(live_shop: LiveShop, beginning: str) -> dict[str, int]:
    with live_shop.database.reading() as session:
        found = session.exec(select(Variant).where(col(Variant.sku).startswith(beginning))).all()
        return {each.sku: each.price_cents for each in found}
