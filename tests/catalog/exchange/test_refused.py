"""Rows that were refused come back as they stood, with the reason; mended, the file is imported as it is."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.exchange import dialects, mapping, refused
from catalog.exchange.articles import Remark
from catalog.exchange.memory import Remembered
from catalog.exchange.reading import raw_records
from catalog.exchange.refused import Record
from catalog.exchange.wishes import Wishes
from catalog.products import Product, Variant
from tests.catalog.exchange.importing import SHARED, Importer
from tests.make import NOW

OWN = [
    ["Artikelnummer", "Artikel", "Produktname", "Preis", "Bestand", "Farbton", "Option 1 Name", "Option 1 Wert",
     "Beschreibung"],
    ["A-1", "garn", "Garn „Fjälla“", "4,50", "3", "wärm", "Farbe", "Grün", "Weich;\nfür Söckchen"],
    ["A-2", "garn", "", "4,50", "'007", "", "Farbe", "Rot", ""],
    ["B-1", "band", "Band", "1,20", "10", "", "", "", 'sagt "ja"'],
    ["", "garn", "", "", "", "", "", "", ""],
    ["C-1", "knopf", "Knöpfe", "0,45", "120", "", "", "", ""],
    ["D-1", "zwirn", "Zwirn", "3,10", "8", "", "", "", ""],
]  # fmt: skip
WOO = [
    ["ID", "Type", "SKU", "Name", "Published", "Regular price", "Parent", "Attribute 1 name", "Attribute 1 value(s)"],
    ["11", "variation", "W-1", "Wolle", "1", "4.50", "id:20", "Farbe", "Rot"],
    ["15", "simple", "B-1", "Band", "1", "1.20", "", "", ""],
    ["20", "variable", "W", "Wolle", "1", "", "", "Farbe", "Rot, Grün"],
    ["21", "variation", "W-2", "Wolle", "1", "4.50", "id:20", "Farbe", "Grün"],
    ["30", "simple", "K-1", "Knöpfe", "1", "0.45", "", "", ""],
]
SHOPIFY = [
    ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price", "Image Src"],
    ["wolle", "Wolle", "Farbe", "Rot", "W-1", "4.50", ""],
    ["wolle", "", "", "Grün", "W-2", "4.50", ""],
    ["wolle", "", "", "", "", "", "https://bilder.example/w.jpg"],
    ["band", "Band", "Title", "Default Title", "B-1", "1.20", ""],
    ["knopf", "Knöpfe", "Title", "Default Title", "K-1", "0.45", ""],
]
# The rows, the place of the price, the rows of which it is spoilt, how many articles there are.
FILES = {
    "own": (OWN, 3, (1, 2, 3, 5), 4),
    "woocommerce": (WOO, 5, (1, 2, 4), 3),
    "shopify": (SHOPIFY, 5, (1, 2, 5), 3),
}
PRICED = sorted(file for file in SHARED.glob("*.csv") if "ohne-preis" not in file.name)
CODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman"]


def written(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def given_back(importer: Importer, content: bytes) -> bytes:
    """Import what can be imported, and give the rest."""
    plan = importer.write(content)
    return refused.write(content, dialects.read(content), plan.refused)


def skus(session: Session) -> set[str]:
    return set(session.exec(select(Variant.sku)).all())


@pytest.mark.parametrize("encoding", CODINGS)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("name", FILES)
def test_what_was_refused_is_mended_and_comes_in(
    importer: Importer, session: Session, name: str, delimiter: str, encoding: str
) -> None:
    rows, price, spoilt, articles = FILES[name]
    broken = [[*row] for row in rows]
    for number in spoilt:
        broken[number][price] = f"kaputt{number}"
    text = given_back(importer, written(broken, delimiter, encoding)).decode(encoding)
    came = skus(session)
    assert text.count("kaputt") == len(spoilt) * 2  # in the cell and in its reason
    for number in spoilt:
        mended = rows[number][price]
        text = text.replace(f"kaputt{number}", f'"{mended}"' if delimiter in mended else mended, 1)
    plan = importer.write(text.encode(encoding))
    assert (plan.refused, [note for note in plan.notes if "Grund" in note]) == ([], [])
    assert plan.products.new > 0
    assert came < skus(session)
    everything = importer.plan(written(rows, delimiter, encoding))
    assert (everything.changes_nothing, everything.products.unchanged) == (True, articles)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@given(st.lists(st.text(st.sampled_from("ab \t;,|'\"\n"), max_size=6), min_size=1, max_size=8))
def test_a_record_is_taken_apart_as_the_reader_does(delimiter: str, cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerow(cells)
    record = Record.of(out.getvalue(), delimiter)
    assert delimiter.join(record.cells) + record.end == out.getvalue()
    alone = (io.StringIO(cell + delimiter, newline="") for cell in record.cells)
    assert [next(csv.reader(each, delimiter=delimiter))[0] for each in alone] == cells


def test_cells_stand_as_they_stood_and_the_reason_says_which_is_wrong(importer: Importer) -> None:
    content = (
        'sep=;\r\n"Artikelnummer";Produktname;Preis;Wörter, die "wir" nicht kennen;Beschreibung\r\n'
        "A;Band;1,00;x;y\r\n\r\n"
        '\'007;"Borte ""fein""";abc; x ;"zwei\r\nZeilen; lang"\r\n'
        "C;Zwirn;#NV\r\nD;Garn;-1;;"
    ).encode("cp1252")
    lines = given_back(importer, content).decode("cp1252").split("\r\n")
    assert lines[:2] == [
        "sep=;",
        '"Artikelnummer";Produktname;Preis;Wörter, die "wir" nicht kennen;Beschreibung;Grund',
    ]
    assert lines[2] == '\'007;"Borte ""fein""";abc; x ;"zwei'
    assert lines[3].startswith('Zeilen; lang";"Preis: „abc“ ist keine Zahl.')
    assert lines[4].startswith('C;Zwirn;#NV;;;"Preis: ')
    assert lines[5].startswith('D;Garn;-1;;;"Preis: ')
    assert lines[6:] == [""]


def test_rows_of_one_article_stand_together_and_say_so(importer: Importer) -> None:
    rows = [["Artikelnummer", "Artikel", "Produktname", "Preis"], ["A-1", "a", "A", "1,00"], ["B-1", "b", "B", "1,00"],
            ["A-2", "a", "", "kaputt"], ["", "a", "A", ""]]  # fmt: skip
    back = given_back(importer, written(rows, ";", "utf-8")).decode()
    found = list(csv.reader(io.StringIO(back), delimiter=";"))
    assert [row[0] for row in found[1:]] == ["A-1", "A-2", ""]
    assert found[1][-1] == "Gehört zum selben Artikel."
    assert found[2][-1].startswith("Preis: „kaputt“")


def test_several_reasons_stand_in_one_cell_that_is_no_formula(importer: Importer) -> None:
    remarks = [Remark(1, "=HYPERLINK(1)", "Falsch."), Remark(1, "Preis", "Falsch."), Remark(1, "Preis", "Falsch.")]
    content = b"Artikelnummer,Produktname,Preis\nA,Band,1\n"
    back = refused.write(content, dialects.read(content), remarks).decode()
    assert back.splitlines()[1] == """A,Band,1,"'=HYPERLINK(1): Falsch. · Preis: Falsch.\""""


def test_a_second_round_has_the_reasons_of_today_alone(importer: Importer) -> None:
    first = given_back(importer, b"Artikelnummer;Produktname;Preis;EAN\nA;Band;abc;1\nB;Borte;x;\n").decode()
    second = given_back(importer, first.replace("abc", "1,00").replace("B;Borte;x", "B;Borte;2,00").encode()).decode()
    header, row = csv.reader(io.StringIO(second), delimiter=";")
    assert header == ["Artikelnummer", "Produktname", "Preis", "EAN", "Grund"]
    assert row[:4] == ["A", "Band", "1,00", "1"]
    assert row[4].startswith("EAN: „1“ ist keine gültige EAN")


def test_a_row_with_too_many_cells_is_mended_by_quotes(importer: Importer, session: Session) -> None:
    back = given_back(importer, b"Artikelnummer,Produktname,Preis\nA,Band,1,20\n").decode()
    assert importer.plan(back).refused != []
    mended = back.replace("A,Band,1,20", 'A,Band,"1,20"')
    assert importer.write(mended).refused == []
    assert session.exec(select(Variant.price_cents)).one() == 120


def test_a_spreadsheet_may_widen_the_file(importer: Importer, session: Session) -> None:
    importer.write("Artikelnummer;Produktname;Preis;Grund;;\nA;Band;1,20;Preis: Falsch.;;\n")
    assert session.exec(select(Product.name)).one() == "Band"


def test_what_is_remembered_of_a_header_holds_for_the_mended_file(importer: Importer) -> None:
    first = b"Nummer des Lieferanten;Was;Wieviel\nA;Band;abc\n"
    wishes = Wishes(columns_of={"Nummer des Lieferanten": "Artikelnummer", "Was": "Produktname", "Wieviel": "Preis"})
    memories = {mapping.fingerprint(dialects.read(first, wishes).table.header): Remembered("Liste", wishes, NOW)}
    back = refused.write(first, dialects.read(first, wishes), [Remark(1, "Wieviel", "Falsch.")])
    assert [each.key for each in dialects.read(back, remembered=memories).articles()] == ["band"]


def test_a_column_of_this_name_within_the_table_is_a_column_like_others(importer: Importer) -> None:
    table = dialects.read(b"Artikelnummer;Grund;Produktname;Preis\nA;blau;Band;1,20\n").table
    assert table.header == ("Artikelnummer", "Grund", "Produktname", "Preis")


def test_broken_bytes_stay_as_they_are(importer: Importer) -> None:
    content = "Artikelnummer;Produktname;Preis\nA;Bänd, größer;1,00\nB;Knöpfe;abc\n".encode().replace(
        b"\xc3\xb6p", b"\xb6p"
    )
    assert b"B;Kn\xb6pfe;abc;" in given_back(importer, content)


@pytest.mark.parametrize(
    "order", [lambda text: b"\xfe\xff" + text.encode("utf-16-be"), lambda text: text.encode("utf-16")]
)
def test_the_order_of_bytes_stays(importer: Importer, order: Callable[[str], bytes]) -> None:
    content = order("Artikelnummer;Produktname;Preis\nä;Bänd;abc\n")
    back = given_back(importer, content)
    assert back[:2] == content[:2]
    assert "ä;Bänd;abc" in back.decode("utf-16")


@pytest.mark.parametrize("file", PRICED, ids=lambda file: file.name)
def test_files_of_other_systems_come_back_and_in_again(importer: Importer, session: Session, file: Path) -> None:
    """Five prices of a real file are spoilt; what is refused for that is mended, and all is as if they never were."""
    content = file.read_bytes()
    spoilt, whole = spoil(content)
    before = importer.plan(content)
    plan = importer.write(spoilt)
    reasons = " ".join(each.reason for each in plan.refused)
    assert sum(token in reasons for token in whole) >= min(4, len(whole))  # the price of a parent may say nothing
    text = refused.write(spoilt, dialects.read(spoilt), plan.refused).decode("latin-1")
    for token, cell in whole.items():
        assert token in text or token not in reasons
        text = text.replace(token, cell, 1)
    again = importer.write(text.encode("latin-1"))
    assert not any(token in each.reason for each in again.refused for token in whole)
    assert len(again.refused) <= len(before.refused)
    assert importer.plan(content).changes_nothing


def spoil(content: bytes) -> tuple[bytes, dict[str, str]]:
    """A file with five of its prices spoilt, and what stood there, each byte a letter."""
    reading = dialects.read(content)
    table = reading.table
    place = table.header.index(reading.columns["price_cents"])
    codec = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else table.encoding
    above, header, *records = raw_records(content, table)
    whole: dict[str, str] = {}
    for number, record in enumerate(records):
        cells, end = Record.of(record, table.delimiter)
        if len(whole) < 5 and place < len(cells) and any(letter.isdigit() for letter in cells[place]):
            token = f"kaputt{number}x"
            whole[token], cells[place] = cells[place].encode(table.encoding).decode("latin-1"), token
            records[number] = table.delimiter.join(cells) + end
    return "".join([above, header, *records]).encode(codec), whole
