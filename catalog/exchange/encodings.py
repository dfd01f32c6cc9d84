"""From bytes to text: the encoding is found out, and the text is read piece by piece."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TextIO

from catalog.exchange import code_pages, mojibake
from catalog.exchange.foreign_files import HEAD_BYTES, refuse_binary, refuse_markup
from catalog.exchange.tables import NotATable

MOST_BYTES = 64 * 1024 * 1024
_AT_ONCE = 1024 * 1024
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "utf-8"),
    (b"\xff\xfe", "utf-16", "utf-16"),
    (b"\xfe\xff", "utf-16", "utf-16"),
)
_LOST = "\ufffd"
_UTF_8 = re.compile(rb"\xc2[\xa0-\xbf]|\xc3[\x80-\xbf]|\xe2[\x80-\x9f][\x80-\xbf]|\xf0\x9f[\x80-\xbf]{2}")
_CUT_OFF = re.compile(rb"(?:[\xc2\xc3]|\xe2[\x80-\xbf]?|\xf0\x9f?[\x80-\xbf]?)\Z")  # no German ends with "Ã"
_BY_CHANCE = re.compile(rb"[\xd6\xdc\xdf][\x80-\xbf]")  # "weiß“" in cp1252; in UTF-8 a letter of N'Ko

Source = bytes | Path


@dataclass(frozen=True)
class Text:
    """A source of which the encoding is known: `codec` is Python's name for it, `encoding` the one that is shown.

    In a text that `is_damaged`, U+FFFD stands for each byte that the encoding does not know. `taken_for` is the code
    page for which UTF-8 was taken on the way, so that the text is encoded twice.
    """

    source: Source
    codec: str
    encoding: str
    is_damaged: bool = False
    taken_for: str | None = None

    def open(self) -> TextIO:
        """A stream from the beginning, line ends as they are written."""
        errors = "replace" if self.is_damaged else "strict"
        return io.TextIOWrapper(self.open_bytes(), self.codec, errors, newline="")

    def open_to_copy(self) -> TextIO:
        """The same stream, in which broken bytes stay what they are (PEP 383): so it must be written, too."""
        return io.TextIOWrapper(self.open_bytes(), self.codec, "surrogateescape", newline="")

    def open_bytes(self) -> BinaryIO:
        """The bytes from the beginning, with the mark if there is one."""
        return _open(self.source)


def text_of(source: Source) -> Text:
    """Find out the encoding: by its mark, else by its zero bytes, strict UTF-8, a code page that gives German words.

    UTF-8 of which single bytes are broken stays UTF-8: everything else would make nonsense of all other umlauts.
    Raises NotATable, also for what is no text; OSError.
    """
    if _size(source) > MOST_BYTES:
        raise NotATable(f"Die Datei ist größer als {MOST_BYTES // 1024 // 1024} MB. Bitte teilen Sie sie auf.")
    with _open(source) as opened:
        head = opened.read(HEAD_BYTES)
    refuse_binary(head)
    text = _marked(source, head) or _of_two_bytes(source, head) or _of_single_bytes(source)
    _refuse_what_is_no_text(text)
    return replace(text, taken_for=mojibake.page_of(_decoded(source, text.codec, "replace")))


def decode(content: bytes) -> tuple[str, str]:
    """Give the whole text and its encoding's name. Raises NotATable."""
    text = text_of(content)
    with text.open() as opened:
        return opened.read(), text.encoding


def _size(source: Source) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _open(source: Source) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _marked(source: Source, head: bytes) -> Text | None:
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return _wide(source, codec) if name == "utf-16" else Text(source, codec, name, not _is_all(source, codec))
    return None


def _of_two_bytes(source: Source, head: bytes) -> Text | None:
    """UTF-16 without its mark: nearly every second byte of a European text is zero, and hardly any other."""
    first, second = head[::2].count(0), head[1::2].count(0)
    most, least = max(first, second), min(first, second)
    if most < 0.6 * (len(head) // 2) or most == 0 or least > most // 20:
        return None
    return _wide(source, "utf-16-be" if first > second else "utf-16-le")


def _wide(source: Source, codec: str) -> Text:
    if not _is_all(source, codec):
        raise NotATable(
            "Die Datei ist beschädigt oder abgeschnitten: Ihr Zeichensatz stimmt nicht mit ihrem Anfang überein. "
            "Bitte laden Sie sie noch einmal herunter, oder speichern Sie sie als „CSV UTF-8“."
        )
    return Text(source, codec, "utf-16")


def _of_single_bytes(source: Source) -> Text:
    if _is_all(source, "utf-8") and not _is_utf_8_by_chance(source):
        return Text(source, "utf-8", "utf-8")
    if _is_damaged_utf_8(source):
        return Text(source, "utf-8", "utf-8", is_damaged=True)
    page = code_pages.likeliest(_pieces(source))
    if page is None:
        raise NotATable(
            "Der Zeichensatz der Datei ist weder UTF-8 noch Windows-1252 noch Mac Roman. Bitte speichern Sie sie als "
            "„CSV UTF-8“."
        )
    return Text(source, page, page, not _is_all(source, page))


def _is_damaged_utf_8(source: Source) -> bool:
    """Whether there are as many letters of UTF-8, of those that German files hold, as there are broken bytes.

    What is written in a code page holds such pairs of bytes by chance only.
    """
    whole, last = 0, b""
    for piece in _pieces(source):
        whole, last = whole + sum(1 for _ in _UTF_8.finditer(piece)), piece
    broken = sum(piece.count(_LOST) for piece in _decoded(source, "utf-8", "replace"))
    return 0 < broken <= whole or (broken == 1 and _CUT_OFF.search(last) is not None)


def _is_utf_8_by_chance(source: Source) -> bool:
    is_ascii = True
    for piece in _pieces(source):
        if not _BY_CHANCE.sub(b"", piece).isascii():
            return False
        is_ascii = is_ascii and piece.isascii()
    return not is_ascii


def _is_all(source: Source, codec: str) -> bool:
    try:
        for _ in _decoded(source, codec, "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _refuse_what_is_no_text(text: Text) -> None:
    is_blank = True
    for piece in _decoded(text.source, text.codec, "replace"):
        if "\0" in piece:
            raise NotATable("Die Datei enthält Null-Bytes und ist kein Text. Bitte speichern Sie sie als „CSV UTF-8“.")
        if is_blank:
            refuse_markup(piece)
        is_blank = is_blank and not piece.strip()
    if is_blank:
        raise NotATable("Die Datei ist leer.")


def _decoded(source: Source, codec: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for piece in _pieces(source):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _pieces(source: Source) -> Iterator[bytes]:
    with _open(source) as opened:
        while piece := opened.read(_AT_ONCE):
            yield piece
