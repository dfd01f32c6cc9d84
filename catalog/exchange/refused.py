"""The rows that were refused, as a file to mend: as they stood, in the same dialect, with the reason at the end."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, overload

from catalog.exchange.articles import Reading, Remark
from catalog.exchange.cells import clean, guard
from catalog.exchange.encodings import Text, text_of
from catalog.exchange.reading import raw_records
from catalog.exchange.tables import Row, Table

COLUMN = "Grund"
_TOGETHER = "Gehört zum selben Artikel."
_MARKED = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def write(source: bytes | Path, reading: Reading, remarks: Iterable[Remark]) -> bytes:
    """All rows of the articles of which a row was refused, those of one article together, under the file's own header.

    `source` is the file that was read. Cells stand as they stood, quotes and line ends too, as does what is above the
    header. Once mended, the file can be imported as it is: the last column, "Grund", is not read.
    """
    reasons = _reasons(remarks)
    rows = _rows(reading, reasons)
    text = text_of(source)
    records = raw_records(source, reading.table)
    above, header = next(records), Record.of(next(records), reading.table.delimiter)
    sheet = _Sheet(header, reading.table.delimiter)
    wanted = set(rows)
    kept = {number: record for number, record in enumerate(records, start=1) if number in wanted}
    mark, codec = _coding(text)
    told = {number: reasons.get(number, _TOGETHER).encode(codec, "replace").decode(codec) for number in rows}
    written = (sheet.row(kept[number], told[number]) for number in rows)
    return mark + b"".join(each.encode(codec, "surrogateescape") for each in (above, sheet.header, *written))


def without_reasons(table: Table) -> Table:
    """A table without the column that `write` has added, if it is the last one."""
    place = _place_of_reasons(table.header)
    if place is None:
        return table
    return replace(table, header=_but(table.header, place), rows=_Without(table.rows, place))


def bare(header: Sequence[str]) -> tuple[str, ...]:
    """A header without that column."""
    place = _place_of_reasons(header)
    return tuple(header) if place is None else _but(tuple(header), place)


class Record(NamedTuple):
    """The cells of a record as they stand in the file, with their quotes, and its line end."""

    cells: list[str]
    end: str

    @classmethod
    def of(cls, raw: str, delimiter: str) -> "Record":
        """Take a record apart; joined by the delimiter it is again what it was."""
        bare = raw.rstrip("\r\n")
        mark = re.escape(delimiter)
        cell = re.compile(rf'(?:"[^"]*(?:""[^"]*)*")?[^{mark}]*(?:{mark}|$)')
        found = [match[0].removesuffix(delimiter) for match in cell.finditer(bare) if match[0]]
        return cls([*found, ""] if bare.endswith(delimiter) or not bare else found, raw[len(bare) :])


class _Sheet:
    """Writes records below one header; without the reasons of an earlier time, with those of today."""

    def __init__(self, header: Record, delimiter: str) -> None:
        self._delimiter = delimiter
        self._old = _place_of_reasons([clean(cell.strip('"')) for cell in header.cells])
        self._end = header.end or "\r\n"
        self._width = len(self._bare(header.cells))
        self.header = self._joined(header.cells, COLUMN)

    def row(self, raw: str, reason: str) -> str:
        """A record with its reason in the last column; if it has more cells than the header, after those."""
        quoted = guard(reason).replace('"', '""')
        return self._joined(Record.of(raw, self._delimiter).cells, f'"{quoted}"')

    def _joined(self, cells: list[str], last: str) -> str:
        bare = self._bare(cells)
        filled = bare + [""] * (self._width - len(bare))
        return self._delimiter.join([*filled, last]) + self._end

    def _bare(self, cells: list[str]) -> list[str]:
        return cells if self._old is None else list(_but(tuple(cells), self._old))


class _Without(Sequence[Row]):
    """Rows without one of their columns."""

    def __init__(self, rows: Sequence[Row], place: int) -> None:
        self._rows, self._place = rows, place

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        found = self._rows[place]
        return self._bare(found) if isinstance(found, Row) else [self._bare(each) for each in found]

    def __iter__(self) -> Iterator[Row]:
        return map(self._bare, self._rows)

    def _bare(self, row: Row) -> Row:
        return Row(row.number, _but(row.cells, self._place))


def _coding(text: Text) -> tuple[bytes, str]:
    """The mark at the beginning of a file, and how the rest is encoded."""
    with text.open_bytes() as opened:
        head = opened.read(3)
    found = ((mark, codec) for mark, codec in _MARKED.items() if head.startswith(mark))
    return next(found, (b"", text.codec))


def _reasons(remarks: Iterable[Remark]) -> dict[int, str]:
    """What is wrong in each row, cell by cell."""
    found: dict[int, dict[str, None]] = {}
    for each in remarks:
        found.setdefault(each.row, {})[f"{each.column}: {each.reason}" if each.column else each.reason] = None
    return {row: " · ".join(reasons) for row, reasons in found.items()}


def _rows(reading: Reading, reasons: Mapping[int, str]) -> list[int]:
    """The numbers of the rows that are written, in their order."""
    taken: dict[int, None] = {}
    for article in reading.articles():
        rows = article.rows
        if not rows.isdisjoint(reasons):
            taken |= dict.fromkeys(sorted(rows))
    return list(taken | dict.fromkeys(sorted(row for row in reasons if row > 0)))


def _place_of_reasons(header: Sequence[str]) -> int | None:
    """The column of reasons, which is the last that has a name; a spreadsheet may have left empty ones behind it."""
    named = [place for place, name in enumerate(header) if name]
    return named[-1] if named and header[named[-1]] == COLUMN else None


def _but(cells: tuple[str, ...], place: int) -> tuple[str, ...]:
    return cells[:place] + cells[place + 1 :]
