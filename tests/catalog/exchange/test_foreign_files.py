import io
import zipfile

import pytest

from catalog.exchange import dialects
from catalog.exchange.articles import UnknownColumn
from catalog.exchange.guessing import ForeignHeader, suggestion
from catalog.exchange.reading import NotATable


def zipped(*names: str, content: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel-Datei"),
        (zipped("mimetype", content="application/vnd.oasis.opendocument.spreadsheet"), "LibreOffice"),
        (zipped("Index/Document.iwa"), "Numbers"),
        (zipped("word/document.xml"), "Word"),
        (zipped("artikel.csv"), "gepackt (ZIP)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ältere Excel-Datei"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "gepackt (gzip)"),
        (b"\x89PNG\r\n", "Bild"),
        (b"\xff\xd8\xff\xe0", "Bild"),
        (b"<!DOCTYPE html><table><tr><td>Artikelnummer", "HTML"),
        (b"\n  <html>", "HTML"),
        ("\ufeff<html>".encode("utf-16"), "HTML"),
        (b"<?xml version='1.0'?><Workbook>", "XML"),
        (b'{"Artikelnummer": 1, "Preis": 2}', "JSON"),
        (b'[\n  {"Artikelnummer": 1}]', "JSON"),
        (b"[[1, 2]]", "JSON"),
    ],
)
def test_a_file_that_is_no_csv_is_called_by_its_name(content: bytes, says: str) -> None:
    with pytest.raises(NotATable) as refused:
        dialects.read(content)
    assert says in refused.value.sentence
    assert "CSV" in refused.value.sentence


def test_a_name_in_brackets_or_braces_is_no_json() -> None:
    reading = dialects.read(b"[Nr];Artikelnummer;Produktname;Preis\n1;A;Band;1,00\n")
    assert [article.facts["name"] for article in reading.articles()] == ["Band"]


@pytest.mark.parametrize(
    "content", ["ART0815,12\nENTE,14\n", "Ananas;Lager;6;2,99\nApfel;A1;45;0,99\n", "Most,5 €\nBier,3 €\n"]
)
def test_a_file_without_names_of_columns_is_told_so(content: str) -> None:
    with pytest.raises(NotATable, match=r"fehlen die Spaltennamen.*steht schon ein Artikel"):
        dialects.read(content.encode())


def test_what_foreign_columns_may_be_is_guessed_by_their_cells() -> None:
    content = "Regal;Kode;Dings;Taler\nA;X-1;Satinband;2,50\nB;X-2;Knopf;0,95\n"
    with pytest.raises(ForeignHeader) as caught:
        dialects.read(content.encode())
    assert suggestion(caught.value.columns) == {"Taler": "Preis", "Kode": "Artikelnummer", "Dings": "Produktname"}


def test_where_cells_tell_nothing_the_first_columns_are_an_example() -> None:
    columns = [UnknownColumn("Dies", ()), UnknownColumn("Das", ()), UnknownColumn("Jenes", ())]
    assert suggestion(columns) == {"Dies": "Artikelnummer", "Das": "Produktname"}
