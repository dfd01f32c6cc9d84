"""From bytes to a table: encoding, delimiter and header row are found out, never asked for."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from catalog.exchange.cells import clean
from catalog.exchange.encodings import MOST_BYTES, Text, decode, text_of
from catalog.exchange.flaws import Watch
from catalog.exchange.mojibake import mended
from catalog.exchange.padding import Padding
from catalog.exchange.tables import NoHeader, NoRows, NotATable, Row, Rows, Table

__all__ = ["DELIMITERS", "MOST_BYTES", "NoHeader", "NoRows", "NotATable", "Row", "Table", "decode", "read_table"]

DELIMITERS = (";", ",", "\t", "|")
MOST_COLUMNS = 5_000
MOST_ROWS = 300_000
MOST_RECORDS = 1_100_000  # blank ones too: Excel writes a whole sheet of its 1,048,576 rows if its last was touched
MOST_CELLS = 12_000_000
_HEADER_WITHIN = 20  # banks and merchandise systems write a few lines of their own above the header
_LONGEST_CELL = 1_000_000
_MOST_NAMES = 12  # of columns, in a sentence
_LONGEST_NAME = 40
_IS_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*\s*(?:€|EUR)?")
_LONGEST_RECORD = 4_000_000

Knows = Callable[[Sequence[str]], int]


def read_table(source: bytes | Path, knows: Knows, *, may_be_empty: bool = False) -> Table:
    """Read a CSV file of any usual dialect. `knows` says how many names of a header row it knows.

    The delimiter under which most names are known wins. A Path is read piece by piece and never held in memory.
    Raises NotATable: NoHeader, or NoRows unless it `may_be_empty`; OSError where a Path cannot be read.
    """
    text = text_of(source)
    place = _find_header(text, knows)
    above = tuple(_cleaned(record, text) for record in _above(text, place))
    with text.open() as opened:
        lines = _Lines(opened)
        records = _records(lines, place)
        header = _cleaned(next(records), text)
        watch = Watch(header, text)
        rows = Rows(watch.over(records))
    if not rows and not may_be_empty:
        raise NoRows("Die Datei hat nur eine Kopfzeile und keine Artikel.")
    flaws = watch.flaws(ends_with_a_line=lines.end_whole)
    return Table(text.encoding, place.delimiter, header, rows, above, flaws, place.line)


def raw_records(source: bytes | Path, table: Table) -> Iterator[str]:
    """A table's file piece by piece as it stands there, line ends and broken bytes (PEP 383) and all.

    First what is above the header ("" if nothing is), then the header, then each record, blank ones too.
    """
    place = _Place(table.delimiter, table.line)
    with text_of(source).open_to_copy() as opened:
        yield "".join(islice(opened, place.line))
    with text_of(source).open_to_copy() as opened:
        lines = _HeardLines(opened, place.line)
        for _ in _records(lines, place):
            yield "".join(lines.heard)
            lines.heard.clear()


@dataclass(frozen=True)
class _Place:
    """Where the header stands: in the physical line after `line`, `names` of it are known under `delimiter`."""

    delimiter: str
    line: int = 0
    names: int = 0


def _cleaned(record: Sequence[str], text: Text) -> tuple[str, ...]:
    page = text.taken_for
    return tuple(clean(mended(cell, page) if page else cell) for cell in record)


def _find_header(text: Text, knows: Knows) -> _Place:
    """The first of the places at which most names are known. Raises NoHeader."""
    announced = _announcement(text)
    best = _best_place(text, knows, [announced]) if announced else _Place("")
    if best.names < 2:  # an announcement may have outlived a change of the delimiter
        best = _best_place(text, knows, DELIMITERS)
    if best.names < 2:
        raise NoHeader(_no_columns(_likely_names(text)))
    return best


def _likely_names(text: Text) -> list[str]:
    """The names in the first record, under the delimiter that parts it most."""
    records = (_first_record(text, _Place(delimiter)) for delimiter in DELIMITERS)
    return [name for name in max(records, key=len) if name]


def _no_columns(names: Sequence[str]) -> str:
    if any(_IS_NUMBER.fullmatch(name) for name in names) and len(names) > 1:
        first = ", ".join(f"„{name[:_LONGEST_NAME]}“" for name in names[:_MOST_NAMES])
        return (
            f"Der Datei fehlen die Spaltennamen: In ihrer ersten Zeile steht schon ein Artikel ({first}). Bitte fügen "
            "Sie darüber eine Zeile ein, die sagt, was in den Spalten steht, etwa: Artikelnummer, Produktname, Preis, "
            "Bestand."
        )
    found = [f"„{name[:_LONGEST_NAME]}“" for name in names[:_MOST_NAMES]]
    more = f" und {len(names) - _MOST_NAMES} weitere" if len(names) > _MOST_NAMES else ""
    return (
        "In dieser Datei erkennen wir keine Spalten von Artikeln. Die erste Zeile muss die Spaltennamen enthalten, "
        "mindestens „Artikelnummer“ (oder „Produktname“) und „Preis“. "
        + (f"Dort steht: {', '.join(found)}{more}. " if found else "")
        + "Heißen Ihre Spalten anders, benennen Sie sie bitte um."
    )


def _announcement(text: Text) -> str | None:
    """The delimiter that Excel's first line "sep=;" announces."""
    with text.open() as opened:
        first = opened.readline(20).lstrip('\ufeff"').lower()
    announced = "\t" if first.startswith("sep=\\t") else first[4:5]
    return announced if first.startswith("sep=") and announced in DELIMITERS else None


def _best_place(text: Text, knows: Knows, delimiters: Sequence[str]) -> _Place:
    best = _Place(delimiters[0])
    for line in range(_HEADER_WITHIN):
        for delimiter in delimiters:
            place = _Place(delimiter, line)
            names = knows(_first_record(text, place))
            if names > best.names:
                best = _Place(delimiter, line, names)
    return best


def _first_record(text: Text, place: _Place) -> Sequence[str]:
    """The record that begins at a place; nothing where quotes make no sense under its delimiter."""
    with text.open() as opened:
        try:
            return _cleaned(next(_records(_Lines(opened), place), ()), text)
        except NotATable:
            return ()


def _above(text: Text, place: _Place) -> Iterator[list[str]]:
    """What stands over the header, with whatever quotes."""
    with text.open() as opened:
        yield from csv.reader(islice(_Lines(opened), place.line), delimiter=place.delimiter)


def _records(lines: "_Lines", place: _Place) -> Iterator[list[str]]:
    """The records from a place on; a quote that is not closed is refused instead of swallowing the rest."""
    csv.field_size_limit(_LONGEST_CELL)
    for _ in islice(lines, place.line):
        lines.begin_record()
    padding = Padding(place.delimiter)
    reader = csv.reader(map(padding.off, lines), delimiter=place.delimiter, strict=True)
    filled = cells = 0
    try:
        for number, record in enumerate(reader):
            filled, cells = filled + any(record), cells + len(record)
            _refuse_too_much(lines.began, len(record), number, filled, cells)
            yield record
            lines.begin_record()
            padding.begin_record()
    except csv.Error as error:
        raise NotATable(_what_is_wrong(error, lines)) from error


def _refuse_too_much(line: int, width: int, records: int, filled: int, cells: int) -> None:
    """Refuse what no list of goods needs before it takes the time and memory of the shop."""
    if width > MOST_COLUMNS:
        raise NotATable(f"Zeile {line} hat mehr als {MOST_COLUMNS} Spalten. Ist das eine Tabelle?")
    if filled > MOST_ROWS + 1 or records > MOST_RECORDS:
        most = f"{MOST_ROWS:,}".replace(",", ".")
        raise NotATable(f"Die Datei hat mehr als {most} Zeilen oder sehr viele leere. Bitte teilen Sie sie auf.")
    if cells > MOST_CELLS:
        raise NotATable("Die Datei hat zu viele Zellen. Bitte löschen Sie Spalten, die nicht gebraucht werden.")


def _what_is_wrong(error: csv.Error, lines: "_Lines") -> str:
    if "expected after" in str(error):
        return (
            f"In Zeile {lines.number} der Datei stimmen die Anführungszeichen nicht. Ein Anführungszeichen innerhalb "
            "einer Zelle wird verdoppelt."
        )
    return (
        f"In der Zeile {lines.began} der Datei beginnt eine Zelle mit einem Anführungszeichen, das nicht geschlossen "
        "wird. Bitte ergänzen Sie es; bricht die Datei ab, laden Sie sie noch einmal herunter."
    )


class _Lines:
    """The physical lines of a text; none of them and no record of several is allowed to fill the memory.

    `number` is that of the last line read, `began` that of the line in which the record begins; both from 1.
    """

    def __init__(self, opened: TextIO) -> None:
        self.number = 0
        self.began = 1
        self.end_whole = True
        self._opened = opened
        self._letters = 0

    def begin_record(self) -> None:
        """Say that the next line belongs to another record."""
        self._letters = 0
        self.began = self.number + 1

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
                f"Zeile {self.began} der Datei ist viel zu lang. Fehlt ein Zeilenende oder ein Anführungszeichen?"
            )
        self.end_whole = line[-1] in "\r\n"
        return line.lstrip("\ufeff") if self.number == 1 else line


class _HeardLines(_Lines):
    """Lines that remember what was read of them after the first so many, until they are told to forget it."""

    def __init__(self, opened: TextIO, after: int) -> None:
        super().__init__(opened)
        self.heard: list[str] = []
        self._after = after

    def __next__(self) -> str:
        line = super().__next__()
        if self.number > self._after:
            self.heard.append(line)
        return line
