"""From bytes to a table: encoding, delimiter and header row are found out, never asked for."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from catalog.exchange.cells import clean
from catalog.exchange.encodings import MOST_BYTES, Text, decode, text_of
from catalog.exchange.tables import NoHeader, NoRows, NotATable, Row, Rows, Table

__all__ = ["DELIMITERS", "MOST_BYTES", "NoHeader", "NoRows", "NotATable", "Row", "Table", "decode", "read_table"]

DELIMITERS = (";", ",", "\t", "|")
MOST_COLUMNS = 5_000
MOST_ROWS = 1_000_000
_HEADER_WITHIN = 20  # banks and merchandise systems write a few lines of their own above the header
_LONGEST_CELL = 1_000_000
_LONGEST_RECORD = 4_000_000

Knows = Callable[[Sequence[str]], int]


def read_table(source: bytes | Path, knows: Knows, *, may_be_empty: bool = False) -> Table:
    """Read a CSV file of any usual dialect. `knows` says how many names of a header row it knows.

    The delimiter under which most names are known wins. A Path is read piece by piece and never held in memory.
    Raises NotATable: NoHeader, or NoRows unless it `may_be_empty`; OSError where a Path cannot be read.
    """
    text = text_of(source)
    announced = _announcement(text)
    place = _find_header(text, announced, knows)
    above = tuple(_cleaned(record) for record in _above(text, place))
    records = _records(text, place)
    header = _cleaned(next(records))
    rows = Rows(map(_cleaned, records))
    if not rows and not may_be_empty:
        raise NoRows("Die Datei hat nur eine Kopfzeile und keine Artikel.")
    return Table(text.encoding, place.delimiter, header, rows, above)


@dataclass(frozen=True)
class _Place:
    """Where the header stands: in the physical line after `line`, `names` of it are known under `delimiter`."""

    delimiter: str
    line: int = 0
    names: int = 0


def _cleaned(record: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(clean, record))


def _announcement(text: Text) -> str | None:
    """The delimiter that Excel's first line "sep=;" announces."""
    with text.open() as opened:
        first = opened.readline(10).strip().strip('"').lower()
    return first[4] if first[:4] == "sep=" and first[4:5] in DELIMITERS else None


def _find_header(text: Text, announced: str | None, knows: Knows) -> _Place:
    """The first of the places at which most names are known. Raises NoHeader."""
    delimiters = (announced,) if announced else DELIMITERS
    best = _Place(delimiters[0])
    for line in range(1 if announced else 0, _HEADER_WITHIN + 1):
        for delimiter in delimiters:
            place = _Place(delimiter, line)
            names = knows(_first_record(text, place))
            if names > best.names:
                best = _Place(delimiter, line, names)
    if best.names < 2:
        raise NoHeader(
            "In dieser Datei erkennen wir keine Spalten von Artikeln. Die erste Zeile muss die Spaltennamen "
            "enthalten, mindestens „Artikelnummer“ (oder „Produktname“) und „Preis“."
        )
    return best


def _first_record(text: Text, place: _Place) -> Sequence[str]:
    """The record that begins at a place; nothing where quotes make no sense under its delimiter."""
    try:
        return _cleaned(next(_records(text, place), ()))
    except NotATable:
        return ()


def _above(text: Text, place: _Place) -> Iterator[list[str]]:
    """What stands over the header, with whatever quotes."""
    with text.open() as opened:
        yield from csv.reader(islice(_Lines(opened), place.line), delimiter=place.delimiter)


def _records(text: Text, place: _Place) -> Iterator[list[str]]:
    """The records from a place on; a quote that is not closed is refused instead of swallowing the rest."""
    csv.field_size_limit(_LONGEST_CELL)
    with text.open() as opened:
        lines = _Lines(opened)
        for _ in islice(lines, place.line):
            lines.begin_record()
        reader = csv.reader(_unpadded(lines, place.delimiter), delimiter=place.delimiter, strict=True)
        try:
            for number, record in enumerate(reader):
                if len(record) > MOST_COLUMNS:
                    raise NotATable(f"Zeile {lines.number} hat mehr als {MOST_COLUMNS} Spalten. Ist das eine Tabelle?")
                if number > MOST_ROWS and any(record):
                    raise NotATable(f"Die Datei hat mehr als {MOST_ROWS} Zeilen. Bitte teilen Sie sie auf.")
                yield record
                lines.begin_record()
        except csv.Error as error:
            raise NotATable(
                f"In Zeile {lines.number} der Datei stimmen die Anführungszeichen nicht (oder eine Zelle ist zu "
                "lang). Ein Anführungszeichen innerhalb einer Zelle wird verdoppelt."
            ) from error


def _unpadded(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """The lines without blanks between a closing quote and the delimiter: some write their columns in equal widths.

    A quote closes where the quotes up to it, from the first line on, are even in number.
    """
    padded = re.compile(rf'"[ \t]+(?={re.escape(delimiter)}|\r?\n?$)')
    is_open = False
    for line in lines:
        quotes = line.count('"')
        if quotes and padded.search(line):
            yield padded.sub(partial(_closing_quote, line, is_open), line)
        else:
            yield line
        is_open ^= bool(quotes % 2)


def _closing_quote(line: str, is_open: bool, match: re.Match[str]) -> str:
    closes = (line.count('"', 0, match.start() + 1) + is_open) % 2 == 0
    return '"' if closes else match[0]


class _Lines:
    """The physical lines of a text; none of them and no record of several is allowed to fill the memory."""

    def __init__(self, opened: TextIO) -> None:
        self.number = 0
        self._opened = opened
        self._letters = 0

    def begin_record(self) -> None:
        """Say that the next line belongs to another record."""
        self._letters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._opened.readline(_LONGEST_RECORD)
        if not line:
            raise StopIteration
        self.number += 1
        self._letters += len(line)
        if self._letters >= _LONGEST_RECORD:
            raise NotATable(
                f"Zeile {self.number} der Datei ist viel zu lang. Fehlt ein Zeilenende oder ein Anführungszeichen?"
            )
        return line.lstrip("\ufeff") if self.number == 1 else line
