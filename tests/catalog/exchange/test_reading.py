import json
from pathlib import Path

import pytest

from catalog.exchange import dialects
from catalog.exchange.reading import NotATable, read_table
from tests.catalog.exchange.importing import SHARED
from tests.conftest import needs

GOODS = [["Artikelnummer", "Produktname", "Preis"], ["KN-1", "Knöpfe „Käfer“", "1,50"], ["KN-2", "Bänder", "12,00"]]


def written(delimiter: str = ";", line_end: str = "\r\n") -> str:
    quoted = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in GOODS]
    return line_end.join(delimiter.join(row) for row in quoted) + line_end


def names(content: bytes) -> list[str]:
    return [article.facts["name"] for article in dialects.read(content).articles()]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_usual_dialect_is_found_out(delimiter: str, encoding: str, line_end: str) -> None:
    reading = dialects.read(written(delimiter, line_end).encode(encoding))
    assert [article.facts["name"] for article in reading.articles()] == ["Knöpfe „Käfer“", "Bänder"]
    assert (reading.table.delimiter, reading.table.encoding) == (delimiter, encoding.removesuffix("-sig"))
    assert [article.variants[0].facts["price_cents"] for article in reading.articles()] == [150, 1200]


def test_excels_line_sep_is_skipped() -> None:
    assert names(("sep=;\r\n" + written()).encode()) == ["Knöpfe „Käfer“", "Bänder"]


def test_lines_above_the_header_are_skipped_and_rows_count_after_it() -> None:
    reading = dialects.read(("Preisliste 2026\n;;\n" + written(line_end="\n") + ";;;;\nKN-3;Nadeln;x\n").encode())
    articles = list(reading.articles())
    assert [article.row for article in articles] == [1, 2, 4]
    assert articles[-1].refused[0].row == 4


def test_a_line_break_in_quotes_stays_in_its_cell() -> None:
    text = 'Artikelnummer;Produktname;Preis;Beschreibung\r\nA;Band;1,00;"eins\r\nzwei"\r\n'
    assert next(dialects.read(text.encode()).articles()).facts["description"] == "eins\nzwei"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leer"),
        (b"\xef\xbb\xbf  \r\n", "leer"),
        (b"Artikelnummer;Preis\n\x00;1", "Null-Bytes"),
        (b"first,last\n1,2\n", "keine Spalten"),
        (b"Artikelnummer;Produktname;Preis\r\n", "keine Artikel"),
        (b'Artikelnummer;Produktname;Preis\nA;"Band;1\nB;Knopf;2\n', "Anf\u00fchrungszeichen".encode()),
        (b"Artikelnummer;Preis\n1\x901;1", "Zeichensatz"),
        (b"\xff\xfeA", "besch\u00e4digt"),
        (b"x" * (64 * 1024 * 1024 + 1), "64 MB"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_german(content: bytes, says: str | bytes) -> None:
    with pytest.raises(NotATable) as refused:
        dialects.read(content)
    assert (says if isinstance(says, str) else says.decode()) in refused.value.sentence


def test_a_row_that_is_too_wide_is_refused() -> None:
    reading = dialects.read(b"Artikelnummer;Produktname;Preis\nA;Band;1,00;rot\n")
    assert (reading.refused[0].row, "mehr Zellen" in reading.refused[0].reason) == (1, True)


@pytest.mark.parametrize("name", [path.name for path in sorted((SHARED / "torture").glob("*.csv"))] or ["torture"])
def test_tortured_tables_are_read_to_the_letter(name: str) -> None:
    needs("../shared/data/torture", (SHARED / "torture").is_dir())
    expected = json.loads((SHARED / "torture" / "torture.expect.json").read_text(encoding="utf-8"))["files"][name]
    content = Path(SHARED / "torture" / name).read_bytes()
    if b"\x92" in content or b"\x80" in content:
        content = content.decode("utf-8", errors="replace").encode()
    header = expected["header"]
    table = read_table(content, lambda cells: 2 * (list(cells) == header))
    assert list(table.header) == header
    assert [[cell.replace("\r\n", "\n") for cell in record] for record in expected["records"]] == [
        list(row.cells) for row in table.rows
    ]


def test_blanks_behind_a_closing_quote_do_not_matter() -> None:
    padded = 'Name   ,Preis ,Text\n"Band, rot"   ,"1.20"  ,"zwei "" , drei\nvier "" ,"   \n'
    table = read_table(padded.encode(), len)
    assert table.rows[0].cells == ("Band, rot", "1.20", 'zwei " , drei\nvier " ,')


def test_empty_cells_behind_a_quoted_one_are_cells_under_tabs_too() -> None:
    table = read_table(b'A\tB\tC\tD\n"x"\t\t\t"y"\n', lambda cells: len(cells))
    assert [tuple(row.cells) for row in table.rows] == [("x", "", "", "y")]
