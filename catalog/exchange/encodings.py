"""From bytes to text: the encoding is found out, and the text is read piece by piece."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from catalog.exchange.tables import NotATable

MOST_BYTES = 64 * 1024 * 1024
_AT_ONCE = 1024 * 1024
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "utf-8"),
    (b"\xff\xfe", "utf-16", "utf-16"),
    (b"\xfe\xff", "utf-16", "utf-16"),
)

Source = bytes | Path


@dataclass(frozen=True)
class Text:
    """A source of which the encoding is known: `codec` is Python's name for it, `encoding` the one that is shown."""

    source: Source
    codec: str
    encoding: str

    def open(self) -> TextIO:
        """A stream from the beginning, line ends as they are written."""
        return io.TextIOWrapper(_open(self.source), self.codec, newline="")


def text_of(source: Source) -> Text:
    """Find out the encoding: by its mark, else strict UTF-8, else Windows-1252. Raises NotATable."""
    if _size(source) > MOST_BYTES:
        raise NotATable(f"Die Datei ist größer als {MOST_BYTES // 1024 // 1024} MB. Bitte teilen Sie sie auf.")
    with _open(source) as opened:
        head = opened.read(4096)
    if head.startswith(b"PK\x03\x04"):
        raise NotATable("Das ist eine Excel-Datei. Bitte speichern Sie sie als „CSV UTF-8 (durch Trennzeichen)“.")
    text = _marked(source, head) or _unmarked(source)
    _refuse_what_is_no_text(text)
    return text


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
            if not _is_all(source, codec):
                raise NotATable("Die Datei ist beschädigt: Ihr Zeichensatz stimmt nicht mit ihrem Anfang überein.")
            return Text(source, codec, name)
    return None


def _unmarked(source: Source) -> Text:
    for codec in ("utf-8", "cp1252"):
        if _is_all(source, codec):
            return Text(source, codec, codec)
    raise NotATable(
        "Der Zeichensatz der Datei ist weder UTF-8 noch Windows-1252. Bitte speichern Sie sie als „CSV UTF-8“."
    )


def _is_all(source: Source, codec: str) -> bool:
    try:
        for _ in _decoded(source, codec):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _refuse_what_is_no_text(text: Text) -> None:
    is_blank = True
    for piece in _decoded(text.source, text.codec):
        if "\0" in piece:
            raise NotATable("Die Datei enthält Null-Bytes und ist kein Text. Bitte speichern Sie sie als „CSV UTF-8“.")
        is_blank = is_blank and not piece.strip()
    if is_blank:
        raise NotATable("Die Datei ist leer.")


def _decoded(source: Source, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    with _open(source) as opened:
        while piece := opened.read(_AT_ONCE):
            yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)
