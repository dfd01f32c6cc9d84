"""Reading in a table: nothing happens before the owner has seen what would change."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from catalog.exchange.runs import ColumnMemory, ImportRun, RunState
from catalog.images import Picture
from catalog.products import Product, Variant
from shop import import_children, import_files, importing
from shop.backoffice import imports
from tests.catalog.exchange.test_pictures import png
from tests.make import NOW

Write = Callable[[], Any]
TABLE = "Artikelnummer;Produktname;Preis;Einheit;Bestand\nJ-1;Jersey Füchse;12,90;m;8,40\nK-1;Hornknopf;0,45;Stück;80\n"
AMBIGUOUS = "Artikelnummer;Produktname;Preis\nJ-1;Jersey;1.250\nK-1;Knopf;2.500\n"
WITH_REST = "Artikelnummer;Produktname;Preis;Regalplatz;EK\nJ-1;Jersey;12,90;B12;5,10\n"


def test_a_file_is_looked_at_and_then_read_in(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, TABLE.encode("cp1252"))
    page = owner.get(shown).text
    assert "<b>2</b> neu" in page
    assert "Noch ist nichts geschehen" in page
    assert "Jersey Füchse" in page
    with write() as session:
        assert session.exec(select(Product)).all() == []
    assert owner.post(f"{shown}/uebernehmen").status_code == 303
    assert "<title>Eingelesen" in owner.get(shown).text
    with write() as session:
        assert {each.name for each in session.exec(select(Product)).all()} == {"Jersey Füchse", "Hornknopf"}
        assert {each.on_hand for each in session.exec(select(Variant)).all()} == {840, 80}


def test_the_same_file_again_changes_nothing(owner: FlaskClient) -> None:
    owner.post(f"{upload(owner, TABLE.encode())}/uebernehmen")
    assert "0 Änderungen" in owner.get(upload(owner, TABLE.encode())).text


def test_what_is_changed_is_shown_before_and_after(owner: FlaskClient) -> None:
    owner.post(f"{upload(owner, TABLE.encode())}/uebernehmen")
    page = owner.get(upload(owner, TABLE.replace("12,90", "13,50").encode())).text
    assert "12,90\u00a0€ → <b>13,50\u00a0€</b>" in page


def test_refused_rows_are_named_and_left_out(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, (TABLE + "X-1;Schnalle;kostet viel;Stück;1\n").encode())
    assert "Zeile 3" in owner.get(shown).text
    file = owner.get(f"{shown}/abgelehnt")
    assert "artikel-abgelehnt.csv" in file.headers["Content-Disposition"]
    assert "kostet viel" in file.text
    assert "Hornknopf" not in file.text
    owner.post(f"{shown}/uebernehmen")
    with write() as session:
        assert len(session.exec(select(Product)).all()) == 2


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"just some words"])
def test_what_is_no_table_is_refused_with_a_sentence(owner: FlaskClient, content: bytes) -> None:
    answer = owner.post("/backoffice/einlesen", data={"datei": (BytesIO(content), "x.csv")})
    assert answer.status_code == 422
    assert "field__error" in answer.text


def test_an_import_that_is_none_is_not_found(owner: FlaskClient) -> None:
    assert owner.get("/backoffice/einlesen/77").status_code == 404
    assert owner.post("/backoffice/einlesen/77/uebernehmen").status_code == 404


def test_the_owner_says_how_numbers_are_written(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, AMBIGUOUS.encode())
    assert "So einlesen</button>" not in owner.get(shown).text
    owner.post(f"{shown}/uebernehmen")
    with write() as session:
        assert session.exec(select(Product)).all() == []
    read_again(owner, shown, zahlen="punkt")
    owner.post(f"{shown}/uebernehmen")
    with write() as session:
        assert {each.price_cents for each in session.exec(select(Variant)).all()} == {125, 250}


def test_an_unknown_column_becomes_a_fact_and_is_remembered(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, WITH_REST.encode())
    page = owner.get(shown).text
    assert "Regalplatz" in page
    assert "B12" in page
    read_again(owner, shown, **{"spalte-3": "merkmal"}, merken="Preisliste Müller")
    with write() as session:
        assert session.exec(select(ColumnMemory.name)).all() == ["Preisliste Müller"]
    again = owner.get(upload(owner, WITH_REST.encode())).text
    assert "Preisliste Müller" in again
    assert "Preisliste Müller" in owner.get("/backoffice/einlesen/gemerkt").text


def test_what_is_remembered_is_trusted_and_forgotten(owner: FlaskClient, write: Write) -> None:
    read_again(owner, upload(owner, WITH_REST.encode()), merken="Müller")
    with write() as session:
        number = session.exec(select(ColumnMemory.id)).one()
    there = f"/backoffice/einlesen/gemerkt/{number}"
    assert owner.post(f"{there}/vertrauen", data={"vertrauen": "ja", "grenze": "viel"}).status_code == 422
    owner.post(f"{there}/vertrauen", data={"vertrauen": "ja", "grenze": "12"})
    with write() as session:
        kept = session.get_one(ColumnMemory, number)
        assert (kept.is_trusted, kept.limit_percent) == (True, 12)
    owner.post(f"{there}/vergessen")
    with write() as session:
        assert session.exec(select(ColumnMemory)).all() == []


@pytest.mark.parametrize(
    "field", [{"faktor": "viel"}, {"faktor": "NaN"}, {"nur": "alle"}, {"fehlende": "weg"}, {"spalte-3": "unsinn"}]
)
def test_a_wish_that_makes_no_sense_is_told(owner: FlaskClient, field: dict[str, str]) -> None:
    shown = upload(owner, WITH_REST.encode())
    answer = owner.post(f"{shown}/lesen", data={"fehlende": "keep", "bestand": "dazu"} | field)
    assert answer.status_code == 422
    assert "notice--problem" in answer.text
    assert '<option value="dazu" selected>' in answer.text  # what was typed is still there


def test_what_is_wrong_with_a_factor_stands_beside_it(owner: FlaskClient) -> None:
    shown = upload(owner, WITH_REST.encode())
    page = owner.post(f"{shown}/lesen", data={"faktor": "viel"}).text
    assert 'value="viel"' in page
    assert 'aria-describedby="faktor-hinweis faktor-fehler" aria-invalid="true"' in page


def test_columns_that_contradict_each_other_can_be_told_again(owner: FlaskClient) -> None:
    shown = upload(owner, WITH_REST.encode())
    read_again(owner, shown, **{"spalte-2": "price_cents", "spalte-3": "price_cents"})
    page = owner.get(shown).text
    assert "können nicht beide „Preis“ sein" in page
    assert "Noch einmal ansehen</button>" in page
    read_again(owner, shown, **{"spalte-3": "-"})
    page = owner.get(shown).text
    assert "<b>1</b> neu" in page
    assert "unbekannt" not in page  # what is left out on purpose is not asked about again


def test_no_sentence_of_the_page_speaks_to_a_terminal(owner: FlaskClient) -> None:
    page = owner.get(upload(owner, AMBIGUOUS.encode())).text
    assert "Bitte sagen Sie das Dezimalzeichen dazu." in page
    assert re.search(r"(?<!\w)--\w", page) is None


def test_an_empty_file_is_called_empty(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/einlesen", data={"datei": (BytesIO(b""), "waren.csv")})
    assert "„waren.csv“ ist leer" in answer.text


def test_a_button_pressed_twice_does_it_once_and_complains_of_nothing(owner: FlaskClient) -> None:
    shown = upload(owner, TABLE.encode())
    owner.post(f"{shown}/uebernehmen")
    owner.post(f"{shown}/uebernehmen")
    assert "notice--problem" not in owner.get(shown).text


def test_what_was_never_written_cannot_be_taken_back(owner: FlaskClient) -> None:
    owner.post("/backoffice/einlesen", data={"datei": (BytesIO(b"just some words"), "x.csv")})
    assert owner.post("/backoffice/einlesen/1/zuruecknehmen").status_code == 303


def test_a_plan_that_changes_nothing_waits_for_nothing(owner: FlaskClient) -> None:
    owner.post(f"{upload(owner, TABLE.encode())}/uebernehmen")
    upload(owner, TABLE.encode())
    page = owner.get("/backoffice/einlesen").text
    assert "angesehen" in page
    assert "wartet auf Ihr Ja" not in page


def test_a_file_that_is_dismissed_stays_on_the_list(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, TABLE.encode())
    owner.post(f"{shown}/verwerfen")
    assert "verworfen" in owner.get("/backoffice/einlesen").text
    assert owner.post(f"{shown}/uebernehmen").status_code == 303
    with write() as session:
        assert session.exec(select(Product)).all() == []


def test_a_large_file_is_planned_by_a_process_of_its_own(
    owner: FlaskClient, shop_app: Flask, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    started: list[int] = []
    monkeypatch.setattr(imports, "_AT_ONCE", 10)
    monkeypatch.setattr(import_children, "start", lambda parts, number: started.append(number))
    shown = upload(owner, TABLE.encode())
    assert started == [1]
    assert '<meta http-equiv="refresh"' in owner.get(shown).text
    importing.plan(shop_app.extensions["dorfladen"], 1)
    assert "<b>2</b> neu" in owner.get(shown).text


def test_an_interrupted_import_is_shown_with_a_button_to_go_on(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    shown = upload(owner, TABLE.encode())
    with write() as session:
        run = session.exec(select(ImportRun)).one()
        run.state, run.error, run.agreed_at = RunState.FAILED, "Der Strom war weg.", run.created_at
    page = owner.get(shown).text
    assert "Der Strom war weg." in page
    assert "Fortsetzen" in page
    started: list[int] = []
    monkeypatch.setattr(import_children, "start", lambda parts, number: started.append(number))
    owner.post(f"{shown}/fortsetzen")
    assert started == [1]


def test_what_was_left_out_is_told(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, TABLE.encode())
    owner.post(f"{shown}/uebernehmen")
    with write() as session:
        run = session.exec(select(ImportRun)).one()
        run.result = {"left_out": [{"row": 2, "reason": "Davon sind 3 reserviert."}], "left_out_in_all": 1}
    assert "Davon sind 3 reserviert." in owner.get(shown).text


FOREIGN = "Was;Wie teuer;Kürzel\nJersey Füchse;12,90;J-1\nHornknopf;0,45;K-1\n"


def test_the_owner_says_what_the_columns_of_a_foreign_file_are(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, FOREIGN.encode())
    page = owner.get(shown).text
    assert "Was steht in den Spalten?" in page
    assert "Jersey Füchse" in page
    read_again(owner, shown, **{"spalte-0": "name", "spalte-1": "price_cents", "spalte-2": "sku"})
    owner.post(f"{shown}/uebernehmen")
    with write() as session:
        assert {each.sku: each.price_cents for each in session.exec(select(Variant)).all()} == {"J-1": 1290, "K-1": 45}


def upload(visitor: FlaskClient, content: bytes) -> str:
    answer = visitor.post("/backoffice/einlesen", data={"datei": (BytesIO(content), "artikel.csv")})
    assert answer.status_code == 303
    return str(answer.location)


def read_again(visitor: FlaskClient, shown: str, **fields: str) -> None:
    assert visitor.post(f"{shown}/lesen", data={"fehlende": "keep", **fields}).status_code == 303


def test_an_import_is_taken_back_after_a_look(owner: FlaskClient, write: Write) -> None:
    shown = upload(owner, TABLE.encode())
    owner.post(f"{shown}/uebernehmen")
    assert "<b>2</b> neue gelöscht" in owner.get(f"{shown}/zuruecknehmen").text
    with write() as session:
        assert len(session.exec(select(Product)).all()) == 2
    owner.post(f"{shown}/zuruecknehmen")
    assert "Zurückgenommen am" in owner.get(shown).text
    with write() as session:
        assert session.exec(select(Product)).all() == []
    assert owner.get(f"{shown}/zuruecknehmen").status_code == 303


def test_what_was_changed_since_stays_and_is_told(owner: FlaskClient, write: Write) -> None:
    owner.post(f"{upload(owner, TABLE.encode())}/uebernehmen")
    second = upload(owner, TABLE.replace("12,90", "13,50").replace("0,45", "0,50").encode())
    owner.post(f"{second}/uebernehmen")
    owner.post(f"{upload(owner, TABLE.replace('12,90', '14,00').replace('0,45', '0,50').encode())}/uebernehmen")
    page = owner.get(f"{second}/zuruecknehmen").text
    assert "<b>1</b> wie vorher" in page
    assert "1 Stelle bleibt" in page
    owner.post(f"{second}/zuruecknehmen")
    with write() as session:
        prices = {each.sku: each.price_cents for each in session.exec(select(Variant)).all()}
    assert prices == {"J-1": 1400, "K-1": 45}


def test_a_large_import_is_taken_back_by_a_process_of_its_own(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = upload(owner, TABLE.encode())
    owner.post(f"{shown}/uebernehmen")
    started: list[int] = []
    monkeypatch.setattr(import_children, "SMALL", 1)
    monkeypatch.setattr(import_children, "start", lambda parts, number: started.append(number))
    owner.post(f"{shown}/zuruecknehmen")
    assert started == [1]
    assert '<meta http-equiv="refresh"' in owner.get(shown).text


def test_a_zip_file_brings_its_pictures_and_what_is_missing_is_named(owner: FlaskClient, write: Write) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        table = "Artikelnummer;Produktname;Preis;Bilder\nK-1;Knopf;1,00;rot | http://127.0.0.1/geheim.jpg\n"
        archive.writestr("artikel.csv", table)
        archive.writestr("Bilder/ROT.png", png())
    shown = upload(owner, packed.getvalue())
    assert f'src="{shown}/bild/0"' in owner.get(shown).text
    preview = owner.get(f"{shown}/bild/0")
    assert (preview.status_code, preview.data[8:12]) == (200, b"WEBP")
    assert owner.get(f"{shown}/bild/1").status_code == 404
    assert "1 Bild wird beim Übernehmen aus dem Internet geladen" in owner.get(shown).text
    owner.post(f"{shown}/uebernehmen")
    page = owner.get(shown).text
    assert "<h2>1 Bild fehlt</h2>" in page
    assert "liegt nicht im öffentlichen Internet" in page
    with write() as session:
        assert len(session.exec(select(Picture)).all()) == 1


def test_older_imports_are_found_on_the_pages_that_follow(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        for number in range(1, 26):
            session.add(ImportRun(name=f"liste-{number}.csv", digest="", source="page", author="Anna", created_at=NOW))
    first = owner.get("/backoffice/einlesen").text
    assert "liste-25.csv" in first
    assert "liste-5.csv" not in first
    assert "vor=6" in first
    older = owner.get("/backoffice/einlesen?vor=6").text
    assert "liste-5.csv" in older
    assert "liste-6.csv" not in older
    assert "Ältere zeigen" not in older


def test_a_file_that_is_gone_is_asked_for_again(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    shown = upload(owner, TABLE.encode())
    import_files.forget(shop_app.extensions["dorfladen"].settings, 1)
    answer = owner.post(f"{shown}/uebernehmen", follow_redirects=True)
    assert "Die Datei ist nicht mehr da." in answer.text
    assert "<title>Das würde sich ändern" in owner.get(shown).text
    read_again(owner, shown)
    page = owner.get(shown).text
    assert page.count("Die Datei von Import 1 ist hier nicht (mehr).") == 1
    assert "Noch einmal ansehen</button>" not in page


def test_what_waits_for_a_file_that_is_gone_can_be_put_away(owner: FlaskClient, shop_app: Flask, write: Write) -> None:
    shown = upload(owner, TABLE.encode())
    shop = shop_app.extensions["dorfladen"]
    importing.agree(shop, 1, author="Anna")
    import_files.forget(shop.settings, 1)
    page = owner.get(shown).text
    assert "Die Datei ist nicht mehr da, etwa weil" in page
    assert "refresh" not in page
    owner.post(f"{shown}/verwerfen")
    assert "<title>Verworfen" in owner.get(shown).text
