"""From bytes to a table: encoding, delimiter and header row are found out, never asked for."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.exchange.cells import clean
from catalog.refusals import Refusal

MOST_BYTES = 64 * 1024 * 1024
DELIMITERS = (";", ",", "\t", "|")
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "utf-8"),
    (b"\xff\xfe", "utf-16", "utf-16"),
    (b"\xfe\xff", "utf-16", "utf-16"),
)
_HEADER_WITHIN = 20  # banks and merchandise systems write a few lines of their own above the header
_LONGEST_CELL = 1_000_000

Knows = Callable[[Sequence[str]], int]


class NotATable(Refusal):
    """The file is no readable table of goods."""


class NoHeader(NotATable):
    """No row of the file names columns that are known."""


class NoRows(NotATable):
    """There is nothing below the header."""


@dataclass(frozen=True)
class Row:
    """A record; `number` counts from 1 after the header, blank records included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file as it was understood; blank records are left out, all cells are cleaned; `above` is over the header."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[tuple[str, ...], ...] = ()


def read_table(content: bytes, knows: Knows, *, may_be_empty: bool = False) -> Table:
    """Read a CSV file of any usual dialect. `knows` says how many names of a header row it knows.

    The delimiter under which most names are known wins. Raises NotATable: NoHeader, or NoRows unless it
    `may_be_empty`.
    """
    text, encoding = decode(content)
    text, announced = _without_announcement(text)
    delimiters = (announced,) if announced else DELIMITERS
    known, delimiter, above = max(
        (_find_header(text, each, knows) for each in delimiters), key=lambda found: (found[0], -found[2])
    )
    if known < 2:
        raise NoHeader(
            "In dieser Datei erkennen wir keine Spalten von Artikeln. Die erste Zeile muss die Spaltennamen "
            "enthalten, mindestens „Artikelnummer“ (oder „Produktname“) und „Preis“."
        )
    records = _records(text, delimiter)
    over = tuple(tuple(clean(cell) for cell in record) for record in islice(records, above))
    header = tuple(clean(cell) for cell in next(records))
    rows = tuple(
        Row(number, cells)
        for number, record in enumerate(records, start=1)
        if any(cells := tuple(clean(cell) for cell in record))
    )
    if not rows and not may_be_empty:
        raise NoRows("Die Datei hat nur eine Kopfzeile und keine Artikel.")
    return Table(encoding, delimiter, header, rows, over)


def decode(content: bytes) -> tuple[str, str]:
    """Give the text and the encoding's name: by its mark, else strict UTF-8, else Windows-1252."""
    if len(content) > MOST_BYTES:
        raise NotATable(f"Die Datei ist größer als {MOST_BYTES // 1024 // 1024} MB. Bitte teilen Sie sie auf.")
    if content.startswith(b"PK\x03\x04"):
        raise NotATable("Das ist eine Excel-Datei. Bitte speichern Sie sie als „CSV UTF-8 (durch Trennzeichen)“.")
    text, encoding = _decode(content)
    if not text.strip():
        raise NotATable("Die Datei ist leer.")
    if "\0" in text:
        raise NotATable("Die Datei enthält Null-Bytes und ist kein Text. Bitte speichern Sie sie als „CSV UTF-8“.")
    return text, encoding


def _decode(content: bytes) -> tuple[str, str]:
    try:
        for mark, codec, name in _BYTE_ORDER_MARKS:
            if content.startswith(mark):
                return content.decode(codec), name
    except UnicodeDecodeError as error:
        raise NotATable("Die Datei ist beschädigt: Ihr Zeichensatz stimmt nicht mit ihrem Anfang überein.") from error
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_windows(content), "cp1252"


def _decode_windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise NotATable(
            "Der Zeichensatz der Datei ist weder UTF-8 noch Windows-1252. Bitte speichern Sie sie als „CSV UTF-8“."
        ) from error


def _without_announcement(text: str) -> tuple[str, str | None]:
    """Take off Excel's first line "sep=;" and give the delimiter that it announces."""
    if not text[:6].lower().lstrip('"').startswith("sep="):
        return text, None
    first, _, rest = text.replace("\r\n", "\n", 1).replace("\r", "\n", 1).partition("\n")
    announced = first.strip('"')[4:5]
    return rest, announced if announced in DELIMITERS else None


def _find_header(text: str, delimiter: str, knows: Knows) -> tuple[int, str, int]:
    """How many names the best of the first records has, the delimiter, and how many records stand above."""
    best = (0, delimiter, 0)
    try:
        for above, record in enumerate(islice(_records(text, delimiter), _HEADER_WITHIN)):
            known = knows([clean(cell) for cell in record])
            if known > best[0]:
                best = (known, delimiter, above)
    except NotATable:  # quotes that make no sense under this delimiter
        return best
    return best


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records one by one; a quote that is not closed is refused instead of swallowing the rest."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise NotATable(
            f"In Zeile {reader.line_num} der Datei stimmen die Anführungszeichen nicht (oder eine Zelle ist zu lang). "
            "Ein Anführungszeichen innerhalb einer Zelle wird verdoppelt."
        ) from error
