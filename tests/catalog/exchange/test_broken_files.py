"""Broken and hostile files end in a sentence or in a reading, within 10 seconds and 300 MB, and the shop unchanged."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from catalog.exchange import dialects
from catalog.exchange.encodings import MOST_BYTES
from catalog.exchange.reading import NotATable
from catalog.products import Product, Variant
from catalog.stock import StockMovement
from tests.catalog.exchange.importing import Importer

SECONDS, MEGABYTES = 10, 300
HEADER = b"Artikelnummer;Produktname;Preis;Bestand\r\n"
GOODS = HEADER + 'A;Knöpfe „Käfer“;1,50;3\r\nB;"Band; rot";2,00;4\r\nC;Öse;0,10;\r\n'.encode()
_CHILD = """
import json, resource, sys
from pathlib import Path
from catalog.exchange import dialects
from catalog.exchange.reading import NotATable
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
try:
    reading = dialects.read(Path(sys.argv[1]))
    said = sum(1 for _ in reading.articles())
except NotATable as refusal:
    said = refusal.sentence
used = resource.getrusage(resource.RUSAGE_SELF)
status = Path("/proc/self/status").read_text()  # ru_maxrss would be the parent's, which fork hands on
print(json.dumps([said, used.ru_utime + used.ru_stime, int(status.split("VmHWM:")[1].split()[0]) / 1024]))
"""
MEGABYTE = 1024 * 1024


def large(path: Path, pieces: Iterator[bytes], size: int) -> Path:
    """A file of at most `size` bytes."""
    with path.open("wb") as file:
        for piece in pieces:
            if file.tell() + len(piece) > size:
                break
            file.write(piece)
    return path


def read_in_a_child(path: Path) -> str | int:
    """The sentence, or how many articles were read; time and memory are measured."""
    done = subprocess.run([sys.executable, "-P", "-c", _CHILD, str(path)], capture_output=True, check=True, timeout=100)
    said, seconds, megabytes = json.loads(done.stdout)
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert isinstance(said, (str, int))
    return said


def endless(beginning: bytes, piece: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: chain([beginning], repeat(piece))


def noise() -> Iterator[bytes]:
    dice = random.Random(5)
    return (dice.randbytes(MEGABYTE) for _ in range(60))


def wide_rows() -> Iterator[bytes]:
    names = b";".join(b"Spalte %d" % number for number in range(4_000))
    return chain([b"Artikelnummer;Produktname;" + names + b"\n"], repeat(b"A;B" + b";x" * 4_000 + b"\n"))


FILES: dict[str, tuple[Callable[[], Iterator[bytes]], str]] = {
    "a line without end": (endless(HEADER, b"x" * MEGABYTE), "zu lang"),
    "a first line without end": (endless(b"", b"Artikelnummer;" * MEGABYTE), ""),
    "a line of letters of four bytes": (endless(HEADER, "😀".encode() * MEGABYTE), "zu lang"),
    "a quote that never closes": (endless(HEADER + b'A;"', b"Band;1,00;\r\n" * MEGABYTE), "Anführungszeichen"),
    "a quote in the header": (endless(b'Artikelnummer;Produktname;"', b"Band;1,00;\r\n" * MEGABYTE), "keine Spalten"),
    "quotes within quotes": (endless(HEADER + b'A;"', b'""' * MEGABYTE), "zu lang"),
    "a record of many lines": (endless(HEADER + b"A", b';"\n"' * MEGABYTE), "zu lang"),
    "quotes and blanks": (endless(HEADER + b"A;", b'" ' * MEGABYTE), "zu lang"),
    "empty lines": (lambda: chain([HEADER], repeat(b"\n" * MEGABYTE, 10)), "leere"),
    "empty lines above": (endless(b"", b"\r\n" * MEGABYTE), "leer"),
    "rows of one letter": (endless(HEADER, b"a\n" * MEGABYTE), "Zeilen"),
    "rows of delimiters": (endless(HEADER, b";;;;;\n" * MEGABYTE), "leere"),
    "a hundred thousand columns": (lambda: iter([HEADER[:-2] + b";x" * 100_000 + b"\nA;B;1,00\n"]), "keine Spalten"),
    "a hundred thousand columns under no name": (lambda: iter([b"x;" * 100_000 + b"\n"]), "keine Spalten"),
    "rows of a hundred thousand cells": (endless(HEADER, b"A;B;1,00" + b";y" * 100_000 + b"\n"), "Spalten"),
    "many wide rows": (wide_rows, "zu viele Zellen"),
    "random bytes": (noise, ""),
    "random bytes below a header": (lambda: chain([HEADER], noise()), ""),
    "zero bytes": (endless(HEADER, b"\0" * MEGABYTE), "Null-Bytes"),
    "letters of a code page": (endless(HEADER, b"\x81\x8d\x8f" * MEGABYTE), ""),
    "umlauts in a line": (endless(HEADER, b"A;" + "ö".encode("cp1252") * 9 + b";1,00;1\n"), ""),
    "what was encoded twice": (endless(HEADER, "A;KnÃ¶pfe;1,00;1\n".encode() * 9_000), "Zeilen"),
    "letters that were lost": (endless(HEADER, "A;Kn\ufffdpfe;1,00;1\n".encode() * 9_000), "Zeilen"),
    "broken letters": (endless(HEADER, b"\xc3\xa4\xc3\xa4\xff;B;1,00;1\n" * 9_000), "zerst"),
    "utf-16 without its mark": (endless("Artikelnummer;Preis\n".encode("utf-16-le"), "x;1\n".encode("utf-16-le")), ""),
}
WHOLE = {"a line without end", "a quote that never closes", "rows of a hundred thousand cells", "many wide rows",
         "random bytes", "utf-16 without its mark", "rows of delimiters",
         "a line of letters of four bytes"}  # fmt: skip
IS_LONG = os.environ.get("DORFLADEN_TEST_FUZZ") == "long"  # all of them as large as a file may be


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_ends_within_time_and_memory(name: str, tmp_path: Path) -> None:
    pieces, says = FILES[name]
    size = MOST_BYTES - 100 if IS_LONG or name in WHOLE else 16 * MEGABYTE
    said = read_in_a_child(large(tmp_path / "a.csv", pieces(), size))
    assert not says or (isinstance(said, str) and says in said)


def test_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.write(HEADER)
        file.truncate(1024 * MEGABYTE)
    assert "größer als" in str(read_in_a_child(tmp_path / "a.csv"))


def bomb(pack: Callable[[bytes], bytes]) -> bytes:
    return pack(b"Artikelnummer;Preis\n" + b"\0" * 50 * MEGABYTE)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("artikel.csv", content)
    return packed.getvalue()


@pytest.mark.parametrize("pack", [zipped, gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_refused_unread(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(bomb(pack))
    assert "gepackt" in str(read_in_a_child(tmp_path / "a.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
def test_a_file_cut_anywhere_gives_a_beginning_or_a_sentence(encoding: str) -> None:
    content = GOODS.decode().encode(encoding)
    names = ["Knöpfe „Käfer“", "Band; rot", "Öse"]
    for end in range(len(content)):
        with suppress(NotATable):
            reading = dialects.read(content[:end])
            bad = {each.row for each in reading.refused}
            read = [each.facts.get("name") for each in reading.articles() if not each.rows & bad]
            assert read[:-1] == names[: max(0, len(read) - 1)]


def read_all(content: bytes) -> None:
    with suppress(NotATable):
        for article in dialects.read(content).articles():
            assert article.row >= 1


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_end_in_a_sentence_or_a_reading(content: bytes) -> None:
    read_all(content)


@given(st.binary(max_size=200), st.integers(0, len(GOODS)))
@settings(deadline=None)
def test_any_bytes_amid_goods_end_in_a_sentence_or_a_reading(broken: bytes, place: int) -> None:
    read_all(GOODS[:place] + broken + GOODS[place:])


@given(st.text(st.sampled_from("A;,|\t\"' \r\n=\\1,.€ö"), max_size=200), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
@settings(deadline=None)
def test_any_quotes_and_line_ends_end_in_a_sentence_or_a_reading(text: str, encoding: str) -> None:
    read_all((HEADER.decode() + text).encode(encoding))


def test_a_broken_file_leaves_the_shop_as_it_was(importer: Importer) -> None:
    importer.write(GOODS)
    before = standing(importer)
    for broken in (
        GOODS[:60],
        GOODS.replace(b'"Band', b'"Band"'),
        GOODS.replace(b"\r\n", b"\0\r\n"),
        b"PK\x03\x04",
        GOODS[9:],
    ):
        with suppress(NotATable):
            importer.plan(broken)
    assert standing(importer) == before


def standing(importer: Importer) -> list[object]:
    counted = (select(func.count()).select_from(table) for table in (Product, Variant, StockMovement))
    return [importer.session.exec(each).one() for each in counted]
