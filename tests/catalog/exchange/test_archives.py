"""ZIP files: what could hurt is refused by the list of contents, before a byte is unpacked."""

import io
import struct
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import bundle
from catalog.exchange.archives import LARGEST_ENTRY, MOST_ENTRIES, Archive, BadArchive
from catalog.exchange.reading import NotATable, read_table
from tests.catalog.exchange.test_pictures import png

TABLE = "Artikelnummer;Produktname;Preis\nA;Band;1,00\n"


def zipped(path: Path, **files: Any) -> Path:
    with ZipFile(path / "waren.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path / "waren.zip"


def refused(path: Path) -> str:
    with pytest.raises(BadArchive) as refusal:
        Archive(path)
    return refusal.value.sentence


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd.png", "../../a.png", "a/../../b.png", "C:\\a.png", "..\\a.png", "\\\\server\\a.png", "a\nb.png"],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert "unerlaubten Dateinamen" in refused(zipped(tmp_path, **{name: png()}))


def test_links_are_refused(tmp_path: Path) -> None:
    link = ZipInfo("bild.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "Verknüpfung" in refused(tmp_path / "a.zip")


def test_encrypted_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.png": png()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # APPNOTE 4.3.12: the general purpose bit flag
    path.write_bytes(content)
    assert "Kennwort" in refused(path)


def test_unusual_packing_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.png", png())
    assert "unübliche Weise" in refused(tmp_path / "a.zip")


def test_a_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    assert "verdächtig stark" in refused(zipped(tmp_path, **{"a.csv": b"\0" * 20_000_000}))


def test_a_file_that_says_it_is_enormous_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", b"x")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, LARGEST_ENTRY + 1)
    (tmp_path / "a.zip").write_bytes(content)
    assert "größer als 64 MB" in refused(tmp_path / "a.zip")


def test_a_file_that_is_larger_than_it_says_is_not_unpacked_further(tmp_path: Path) -> None:
    path = zipped(tmp_path, **{"a.png": b"x" * 30_000_000})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 1000)
    path.write_bytes(content)
    read = Archive(path).find("a.png")
    assert read is not None
    tracemalloc.start()
    with pytest.raises(BadArchive, match="beschädigt"):
        read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """David Fifield, "A better zip bomb" (2019): one kernel, named by many entries of the list."""
    inner = io.BytesIO()
    with ZipFile(inner, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.png", b"x" * 50_000)
    content = inner.getvalue()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    many = 500
    listed = b"".join(
        content[start:end].replace(b"a.png", bytes([97 + number % 26]) + b".png") for number in range(many)
    )
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, many, many, len(listed), start, 0)
    (tmp_path / "a.zip").write_bytes(content[:start] + listed + tail)
    refused(tmp_path / "a.zip")


def test_too_many_entries_are_refused_before_the_list_is_read(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(MOST_ENTRIES + 1):
            archive.writestr(f"{number}.png", b"")
    tracemalloc.start()
    assert "mehr als 20000" in refused(tmp_path / "a.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_list_that_says_it_is_short_and_is_long_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(MOST_ENTRIES + 1):
            archive.writestr(f"{number:0200}.png", b"")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<2H", content, len(content) - 14, 1, 1)
    (tmp_path / "a.zip").write_bytes(content)
    refused(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-10], lambda content: content[:40], lambda content: b"PK\x03\x04", lambda content: b""],
)
def test_damaged_ones_are_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = zipped(tmp_path, **{"a.png": png()})
    path.write_bytes(damage(path.read_bytes()))
    assert "beschädigt" in refused(path)


@given(place=st.integers(0, 400), letter=st.integers(0, 255))
def test_whatever_byte_is_wrong_there_is_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, place: int, letter: int
) -> None:
    path = zipped(tmp_path_factory.mktemp("zip"), **{"a.png": png(), "w.csv": TABLE})
    content = bytearray(path.read_bytes())
    content[place % len(content)] = letter
    path.write_bytes(content)
    try:
        given = bundle.opened(path)
        assert given.content
        for source in given.sources:
            if read := source.find("a.png"):
                read()
    except (BadArchive, NotATable):
        pass


def test_names_of_macos_are_read_as_they_are_meant(tmp_path: Path) -> None:
    """Apple's archiver writes UTF-8, decomposed, without the flag that says so, and litter beside each file."""
    name = unicodedata.normalize("NFD", "Knöpfe.png").encode()
    path = zipped(tmp_path, **{"x" * len(name): png(), "__MACOSX/._y.png": b"litter", ".DS_Store": b"litter"})
    path.write_bytes(path.read_bytes().replace(b"x" * len(name), name))
    archive = Archive(path)
    read = archive.find("knöpfe.png")
    assert read is not None
    assert read() == png()
    assert archive.find("y.png") is None


def test_a_table_and_its_pictures_come_as_one_file(tmp_path: Path) -> None:
    given = bundle.opened(
        zipped(
            tmp_path, **{"Lieferung/w.CSV": TABLE, "Lieferung/a.png": png(), "__MACOSX/w.csv": b"", "Liesmich.txt": b""}
        )
    )
    assert (given.name, given.content) == ("Lieferung/w.CSV", TABLE.encode())
    assert given.sources[0].find("a.png") is not None


@pytest.mark.parametrize(
    ("files", "why"), [({"a.png": b""}, "keine Tabelle"), ({"a.csv": b"", "b.CSV": b""}, "mehrere Tabellen")]
)
def test_which_table_is_meant_must_be_clear(tmp_path: Path, files: dict[str, bytes], why: str) -> None:
    with pytest.raises(NotATable, match=why):
        bundle.opened(zipped(tmp_path, **files))


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_file_of_excel_is_left_to_the_reader_of_tables(tmp_path: Path, is_whole: bool) -> None:
    path = zipped(tmp_path, **{"[Content_Types].xml": b"x", "xl/workbook.xml": b"x", "a.csv": TABLE})
    path.write_bytes(path.read_bytes()[: None if is_whole else -9])
    given = bundle.opened(path)
    assert given.archive is None
    with pytest.raises(NotATable, match="Excel-Datei"):
        read_table(given.content, len)


def test_a_table_alone_is_given_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(TABLE)
    assert bundle.opened(tmp_path / "w.csv", "Preise.csv") == bundle.Bundle("Preise.csv", tmp_path / "w.csv")


def test_pictures_are_looked_for_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "bilder").mkdir()
    for name in ("w.zip", "bilder.zip", "other.zip"):
        zipped(tmp_path, **{"a.png": png()}).rename(tmp_path / name)
    (tmp_path / "v.zip").write_bytes(b"PK\x03\x04")
    places = [tmp_path, tmp_path / "bilder", tmp_path / "bilder.zip"]
    assert bundle.beside(tmp_path / "w.csv") == [*places, tmp_path / "w.zip"]
    assert bundle.beside(tmp_path / "v.csv") == places
