"""A file's records as they were understood, kept small: a hundred thousand rows fit into the memory of the file."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from catalog.refusals import Refusal

_BETWEEN = "\x1f"  # ASCII's "unit separator"; `cells.clean` leaves none inside a cell


class NotATable(Refusal):
    """The file is no readable table of goods."""


class NoHeader(NotATable):
    """No row of the file names columns that are known."""


class NoRows(NotATable):
    """There is nothing below the header."""


class Row(NamedTuple):
    """A record; `number` counts from 1 after the header, blank records included."""

    number: int
    cells: tuple[str, ...]


class Rows(Sequence[Row]):
    """Rows, each kept as one piece of UTF-8 and split when it is asked for; blank records are left out.

    The cells given must be cleaned (`cells.clean`).
    """

    def __init__(self, records: Iterable[Sequence[str]] = ()) -> None:
        self._numbers = array("I")
        self._joined: list[bytes] = []
        for number, cells in enumerate(records, start=1):
            if any(cells):
                self._numbers.append(number)
                self._joined.append(_BETWEEN.join(cells).encode())

    def __len__(self) -> int:
        return len(self._joined)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "list[Row]": ...
    def __getitem__(self, place: int | slice) -> "Row | list[Row]":
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return Row(self._numbers[place], tuple(self._joined[place].decode().split(_BETWEEN)))

    def __iter__(self) -> Iterator[Row]:
        for number, joined in zip(self._numbers, self._joined, strict=True):
            yield Row(number, tuple(joined.decode().split(_BETWEEN)))


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the file itself at a row: that row cannot be taken, or the owner should look at it."""

    row: int
    reason: str
    refuses: bool = False


@dataclass(frozen=True)
class Table:
    """A file as it was understood; blank records are left out, all cells are cleaned; `above` is over the header.

    `line` is how many lines, as editors count them, stand before the header.
    """

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: Sequence[Row]
    above: tuple[tuple[str, ...], ...] = ()
    flaws: tuple[Flaw, ...] = ()
    line: int = 0
