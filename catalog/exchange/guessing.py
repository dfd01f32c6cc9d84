"""A file of which no column is known, as it looks: so that the owner can say what its columns are."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from catalog.exchange import mapping
from catalog.exchange.articles import UnknownColumn
from catalog.exchange.reading import read_table
from catalog.exchange.tables import NoHeader, NotATable

_HAS_A_WORD = re.compile(r"[^\W\d_]{2}")
_MOST_NAMES = 20
_PRICE = re.compile(r"\d+[.,]\d{2}\s*(?:€|EUR)?|\d+\s*(?:€|EUR)")
_NUMBER = re.compile(r"(?=.*\d)[\w./-]{1,40}")
_SIGNS: dict[str, Callable[[str], object]] = {
    "Preis": _PRICE.fullmatch,
    "Artikelnummer": _NUMBER.fullmatch,
    "Produktname": _HAS_A_WORD.search,
}


class ForeignHeader(NoHeader):
    """No column is known; `columns` are those that there seem to be, with samples of their cells."""

    def __init__(self, columns: Sequence[UnknownColumn]) -> None:
        names = ", ".join(each.name for each in columns[:_MOST_NAMES])
        more = f" und {len(columns) - _MOST_NAMES} weitere" if len(columns) > _MOST_NAMES else ""
        super().__init__(
            f"In dieser Datei erkennen wir keine Spalten von Artikeln. Sie hat: {names}{more}. Bitte sagen Sie, was "
            "sie sind, mindestens Artikelnummer oder Produktname, und Preis."
        )
        self.columns = tuple(columns)


def foreign_header(source: bytes | Path) -> NotATable | None:
    """The error to raise of a file without a known column; None where it does not even look like a table.

    Its header is taken to be the row with the most cells that hold words and no numbers, at least two.
    """
    try:
        table = read_table(source, _words)
    except NotATable:
        return None
    columns = mapping.unknown(table, taken=())
    return ForeignHeader(columns) if len(columns) > 1 else None


def _words(record: Sequence[str]) -> int:
    """How many cells may be names of columns; a row with numbers is none of names."""
    filled = [cell for cell in record if cell]
    are_words = all(_HAS_A_WORD.search(cell) and len(cell) <= 80 for cell in filled)
    return len(set(filled)) if are_words else 0


def suggestion(columns: Sequence[UnknownColumn]) -> dict[str, str]:
    """Which column may be what, by its samples: what has cents is the price, what has words the name.

    Where nothing tells, the first two columns are taken for an example.
    """
    found: dict[str, str] = {}
    for ours, is_meant in _SIGNS.items():
        name = next((each.name for each in columns if each.name not in found and _all(each, is_meant)), None)
        found |= {name: ours} if name else {}
    first = [each.name for each in columns[:2]]
    return found if len(found) > 1 else dict(zip(first, ("Artikelnummer", "Produktname"), strict=False))


def _all(column: UnknownColumn, is_meant: Callable[[str], object]) -> bool:
    return bool(column.samples) and all(map(is_meant, column.samples))
