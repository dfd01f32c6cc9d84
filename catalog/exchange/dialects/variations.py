"""In which columns the variants of one article differ: these are its options, all others are facts of the article."""

import re
from collections.abc import Collection, Iterable, Sequence

from catalog.exchange.dialects.families import Family, name_of, shared_name
from catalog.exchange.dialects.list_columns import FACT, OPTION_KEYS
from catalog.exchange.dialects.own_columns import OPTIONS
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet

Option = tuple[str, str, str]
_NAMELESS = "Ausführung"
_IN_ONE_CELL = "option_pairs"
_BETWEEN_PAIRS = re.compile(r"\s*[|;\n]\s*|\s*,\s*(?=[^,:=]+[:=])")
_PAIR = re.compile(r"([^:=]+?)\s*[:=]\s*(.+)")


def pairs(cell: str) -> list[tuple[str, str]]:
    """Names and values of options that stand in one cell: "Farbe:rot|Größe:M", "Farbe: rot, Größe: M"."""
    found = (_PAIR.fullmatch(part) for part in _BETWEEN_PAIRS.split(cell.strip()))
    return [(match[1].strip()[:60], match[2].strip()[:120]) for match in found if match]


class Variations:
    """The options of a list's rows, decided once from all its families."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._named = _named_columns(sheet)
        self._numbers = [n for n in OPTIONS if f"option_{n}_value" in sheet.places]
        self._candidates = [key for key in sheet.places if key in OPTION_KEYS or key in self._named]
        self._chosen: list[str] = []

    def told_apart(self, place: int) -> tuple[str, ...]:
        """The values by which a row could be one variant among others of its name."""
        row = self._sheet.table.rows[place]
        told = (self._sheet.cell(row, key) for key in (_IN_ONE_CELL, *self._pairs(), *self._candidates))
        return tuple(value for value in told if value)

    def decide(self, families: Iterable[Family]) -> None:
        """Choose the columns in which the variants of any family differ, or which only variants fill."""
        open_keys = list(self._candidates)
        for family in families:
            if len(family.variants) > 1 or family.parent is not None:
                for key in [key for key in open_keys if self._differs(key, family)]:
                    open_keys.remove(key)
        self._chosen = [key for key in self._candidates if key not in open_keys]

    @property
    def chosen(self) -> Sequence[str]:
        """The keys of the columns that hold options."""
        return self._chosen

    def of(self, row: Row, parent: Row | None) -> tuple[Option, ...]:
        """The options of a variant as (name, value, ""); the parent's row may name them for all its variants."""
        options = dict(pairs(self._sheet.cell(row, _IN_ONE_CELL)))
        for n in [] if options else self._numbers:
            value = self._sheet.cell(row, f"option_{n}_value")
            if value:
                options.setdefault(self._pair_name(n, row, parent)[:60], value[:120])
        for key in self._chosen:
            value = self._sheet.cell(row, key)
            if value:
                options.setdefault(self._column_name(key, row, parent)[:60], value[:120])
        return tuple((name, value, "") for name, value in options.items())

    def explicit(self, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """Of the options of an only variant those that the file calls so; its colour is a fact of the article."""
        if not self._pairs() and _IN_ONE_CELL not in self._sheet.places:
            return ()
        names = {self._sheet.columns[key] for key in self._chosen}
        return tuple(each for each in options if each[0] not in names)

    def beside_columns(self, family: Family) -> dict[int, Option]:
        """Where no known column tells variants apart: the rest of their names, any other column, or their numbers."""
        names = {place: name_of(self._sheet, place) for place in family.variants}
        common = shared_name(names.values())
        rests = {place: name.removeprefix(common).strip(" -–,:;/()") for place, name in names.items()}
        if _tell_apart(rests.values()):
            return {place: (_NAMELESS, rest[:120], "") for place, rest in rests.items()}
        for other in self._other_columns():
            told = {place: self._at(place, other) for place in family.variants}
            if _tell_apart(told.values()):
                name = self._sheet.table.header[other][:60]
                return {place: (name, value[:120], "") for place, value in told.items()}
        return {place: (_NAMELESS, self._number(place)[:120], "") for place in family.variants}

    def _other_columns(self) -> list[int]:
        known = set(self._sheet.places.values())
        return [place for place, name in enumerate(self._sheet.table.header) if name and place not in known]

    def _at(self, place: int, column: int) -> str:
        found = self._sheet.table.rows[place].cells
        return found[column] if column < len(found) else ""

    def _number(self, place: int) -> str:
        row = self._sheet.table.rows[place]
        return self._sheet.cell(row, "sku") or self._sheet.cell(row, "gtin") or str(row.number)

    def _pairs(self) -> list[str]:
        return [f"option_{n}_value" for n in self._numbers]

    def _pair_name(self, n: int, row: Row, parent: Row | None) -> str:
        named = self._sheet.cell(row, f"option_{n}_name")
        above = self._sheet.cell(parent, f"option_{n}_name") if parent else ""
        return named or above or (_NAMELESS if n == 1 else f"{_NAMELESS} {n}")

    def _column_name(self, key: str, row: Row, parent: Row | None) -> str:
        """An option is called as the file calls it."""
        source = self._named.get(key)
        told = source and (self._sheet.cell(row, source) or (self._sheet.cell(parent, source) if parent else ""))
        return told or self._sheet.columns[key]

    def _differs(self, key: str, family: Family) -> bool:
        values = {self._sheet.cell(self._sheet.table.rows[place], key) for place in family.variants}
        if family.parent is None:
            return len(values) > 1
        above = self._sheet.cell(self._sheet.table.rows[family.parent], key)
        return len(values) > 1 or (not above and values != {""})


def _tell_apart(values: Collection[str]) -> bool:
    """Whether these are words or sizes, each only once; long numbers and addresses are none that a shopper chooses."""
    return len(set(values)) == len(values) and all(
        value and len(value) <= 30 and "://" not in value and not (value.isdigit() and len(value) > 4)
        for value in values
    )


def _named_columns(sheet: Sheet) -> dict[str, str]:
    """Columns that another column names as an option: "color_variant_name" says "Farbe" → its key and that column."""
    by_name = {normal(column): key for key, column in sheet.columns.items() if key in sheet.places}
    found: dict[str, str] = {}
    for source in (key for key in sheet.places if key.startswith("names ")):
        told = next((cell for row in sheet.table.rows if (cell := sheet.cell(row, source))), "")
        key = by_name.get(normal(told))
        if key and key.startswith(FACT):
            found[key] = source
    return found
