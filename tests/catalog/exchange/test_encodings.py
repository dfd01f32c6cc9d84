from pathlib import Path

import pytest

from catalog.exchange import dialects
from catalog.exchange.encodings import MOST_BYTES
from catalog.exchange.reading import NotATable

TEXT = "Artikelnummer;Produktname;Preis\r\nA;Knöpfe „Käfer“;4,95 €\r\nB;Bänder weiß;1,00\r\nC;Öse;2,00\r\n"
NAMES = ["Knöpfe „Käfer“", "Bänder weiß", "Öse"]


def names(content: bytes | Path) -> list[str]:
    return [article.facts["name"] for article in dialects.read(content).articles()]


@pytest.mark.parametrize(
    ("codec", "mark", "encoding"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16"),
        ("utf-16-be", b"", "utf-16"),
        ("cp1252", b"", "cp1252"),
        ("mac_roman", b"", "mac_roman"),
    ],
)
def test_the_encoding_is_found_out_and_said(codec: str, mark: bytes, encoding: str) -> None:
    content = mark + TEXT.encode(codec)
    assert (names(content), dialects.read(content).table.encoding) == (NAMES, encoding)


def test_dos_is_read_too() -> None:
    assert names(TEXT.replace("„", "").replace("“", "").replace("€", "").encode("cp850"))[1:] == NAMES[1:]


def test_a_path_is_read_like_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode("cp1252"))
    assert names(tmp_path / "a.csv") == NAMES


def test_a_path_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as sparse:
        sparse.truncate(MOST_BYTES + 1)
    with pytest.raises(NotATable, match="größer als"):
        dialects.read(tmp_path / "a.csv")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_broken_byte_refuses_its_row_and_leaves_the_other_umlauts(mark: bytes) -> None:
    content = mark + TEXT.encode().replace("Bänder".encode(), b"B\xa4nder")
    reading = dialects.read(content)
    assert next(article.facts["name"] for article in reading.articles()) == NAMES[0]
    assert (reading.table.encoding, [remark.row for remark in reading.refused]) == ("utf-8", [2])
    assert "zerstört" in reading.refused[0].reason
    assert "B\ufffdnder" in reading.refused[0].reason


def test_a_file_that_is_cut_off_says_so() -> None:
    cut = TEXT.encode()[: TEXT.encode().index("Öse".encode()) + 1]
    reading = dialects.read(cut)
    assert reading.table.encoding == "utf-8"
    assert [remark.row for remark in reading.refused] == [3, 3]
    assert "bricht mitten" in reading.refused[1].reason


def test_a_cut_through_the_only_umlaut_is_no_other_encoding() -> None:
    reading = dialects.read(b"Artikelnummer;Produktname;Preis\nA;Band;1,00\nB;B" + b"\xc3")
    assert (reading.table.encoding, {remark.row for remark in reading.refused}) == ("utf-8", {2})


def test_a_last_row_without_line_end_is_a_row() -> None:
    assert dialects.read(TEXT.removesuffix("\r\n").encode()).refused == []


def test_letters_lost_before_are_asked_about_once() -> None:
    reading = dialects.read("Artikelnummer;Produktname\nA;Kn\ufffdpfe\nB;B\ufffdnder\nC;Band\n".encode())
    assert reading.refused == []
    assert [(remark.row, remark.stops) for remark in reading.questions] == [(1, False)]
    assert "in einer weiteren Zeile" in reading.questions[0].reason


@pytest.mark.parametrize("content", [TEXT.encode("utf-16")[:-1], TEXT.encode("utf-16-be")[:-1]])
def test_half_a_letter_of_utf_16_is_damage(content: bytes) -> None:
    with pytest.raises(NotATable, match="beschädigt oder abgeschnitten"):
        dialects.read(content)


@pytest.mark.parametrize("word", ["„weiß“", "Spaß“", "MENÜ“ ö", "Ä“ ü"])
def test_pairs_that_are_utf_8_by_chance_do_not_mislead(word: str) -> None:
    content = f"Artikelnummer;Produktname\nA;{word}\n".encode("cp1252")
    assert (names(content), dialects.read(content).table.encoding) == ([word], "cp1252")
