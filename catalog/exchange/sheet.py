"""A table seen through a dialect's keys: gives cells and collects what is refused or asked."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar, overload

from catalog.exchange import headers, mapping
from catalog.exchange.articles import Article, Facts, Reading, Remark
from catalog.exchange.cells import ERASE as ERASE
from catalog.exchange.cells import Damaged, meant
from catalog.exchange.damage import refuse_error
from catalog.exchange.decimals import Sign, read_amount, sign_of
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.refusals import Refusal

_T = TypeVar("_T")
_Group = TypeVar("_Group")
_MEASURED = ("weight", "stock", "minimum", "content")  # how the keys of numbers begin
KEEP = object()
_MOST_KNOWN = 4096  # different cells of a column
Wanted = tuple[str, Callable[[str], object], object]
"""A key, how its cells are read, and what "(leer)" makes of it."""


def gathered(values: Iterable[str]) -> str:
    """Different values as one text: "rot, blau"."""
    return ", ".join(dict.fromkeys(filter(None, values)))


def whole(sentence: str) -> str:
    """A sentence that another may follow: an example at its end gets a full stop."""
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


class Sheet:
    """`places` says which column holds which key; `money` names the keys that share a decimal sign, `numbers` the
    others that have one each.

    A column that the file lacks is called by the first of its `aliases`. A cell of the keys that are `only_asked`
    which cannot be read is left out with a question instead of refused, unless a spreadsheet has spoilt it.
    """

    def __init__(
        self,
        table: Table,
        places: Mapping[str, int],
        aliases: Mapping[str, Sequence[str]],
        *,
        money: Iterable[str],
        numbers: Iterable[str] = (),
        decimal: str | None,
        only_asked: Iterable[str] = (),
    ) -> None:
        self.table = table
        self._only_asked = frozenset(only_asked)
        self.places = places
        self._attributes = [key for key in places if key.startswith(ATTRIBUTE_PREFIX)]
        self._aliases = aliases
        self.refused = [Remark(flaw.row, "", flaw.reason) for flaw in table.flaws if flaw.refuses]
        self.questions = [Remark(flaw.row, "", flaw.reason) for flaw in table.flaws if not flaw.refuses]
        self._signs: dict[str, Sign] = {}
        self._present: dict[Callable[[Sheet], Iterable[Wanted]], list[tuple[int, Wanted, Facts]]] = {}
        self._money = [key for key in money if key in places]
        self._decimal = Sign(decimal) if decimal else None
        self._ask_about_doubles()
        signed = [key for key in (*self._money, *numbers) if key in places]
        self._values = {} if decimal else self._values_of(signed)
        for key in signed:
            self.sign(key)  # what must be asked is asked of the whole file, before its first article

    @cached_property
    def columns(self) -> dict[str, str]:
        """Our key → the column's name."""
        in_the_file = {key: self.table.header[place] for key, place in self.places.items()}
        return {key: names[0] for key, names in self._aliases.items()} | in_the_file

    @property
    def decimal(self) -> Sign:
        """The decimal sign of the prices; where they are whole, that of the other numbers."""
        priced = self.sign(self._money[0]) if self._money else self._usual_sign
        if self._decimal or any(self._sign_in_column(key) is not Sign.NONE for key in self._money):
            return priced
        others = {self._sign_in_column(key) for key in self.places if key.startswith(_MEASURED)}
        told = others & {Sign.COMMA, Sign.POINT}
        return told.pop() if len(told) == 1 else priced

    def cell(self, row: Row, key: str) -> str:
        """The cell of a key; "" where the column or the cell is missing."""
        place = self.places.get(key)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def refuse(self, row: int, key: str, reason: str) -> None:
        """Note that a row cannot be taken, and why."""
        self.refused.append(Remark(row, self.columns.get(key, key), reason))

    def ask(self, row: int, key: str, reason: str, *, stops: bool = False, question: str = "") -> None:
        """Note something that the owner should look at; `question` is what she answers it by, if anything."""
        self.questions.append(Remark(row, self.columns.get(key, key), reason, stops, question))

    def ask_of_new(self, row: int, key: str, reason: str) -> None:
        """Note something that the owner should look at if the row's variant is new to the shop."""
        self.questions.append(Remark(row, self.columns.get(key, key), reason, of_new=True))

    def read(self, row: Row, key: str, reader: Callable[[str], _T]) -> _T | None:
        """Read a cell; None where it is empty, refused or left out (which is noted)."""
        cell = self.cell(row, key)
        return self._read(row.number, key, cell, reader) if cell else None

    def put(
        self, facts: Facts, row: Row, key: str, reader: Callable[[str], object] = str, *, erased: object = KEEP
    ) -> None:
        """Read a cell into the facts under its key. An empty one says nothing; "(leer)" means `erased`."""
        if cell := self.cell(row, key):
            self._put(facts, row.number, key, cell, reader, erased)

    def take(self, facts: Facts, row: Row, columns: Callable[["Sheet"], Iterable[Wanted]]) -> None:
        """Put all cells of some columns; which of them the file has is looked up once, so that others cost nothing.

        A cell that was read before is known: the readers must give the same for the same.
        """
        present = self._present.get(columns)
        if present is None:
            present = [(self.places[each[0]], each, {}) for each in columns(self) if each[0] in self.places]
            self._present[columns] = present
        number, cells = row
        width = len(cells)
        for place, (key, reader, erased), known in present:
            cell = cells[place] if place < width else ""
            if cell in known:
                facts[key] = known[cell]
            elif cell:
                self._put(facts, number, key, cell, reader, erased)
                if key in facts and len(known) < _MOST_KNOWN:
                    known[cell] = facts[key]

    def _put(
        self, facts: Facts, row: int, key: str, cell: str, reader: Callable[[str], object], erased: object
    ) -> None:
        if cell == ERASE:
            if erased is KEEP:
                self.refuse(row, key, f"„{self.columns[key]}“ kann nicht geleert werden.")
            else:
                facts[key] = erased
            return
        value = self._read(row, key, cell, reader)
        if value is not None:
            facts[key] = value

    def _read(self, row: int, key: str, cell: str, reader: Callable[[str], _T]) -> _T | None:
        try:
            refuse_error(cell)
            return reader(meant(cell))
        except Refusal as refusal:
            if key in self._only_asked and not isinstance(refusal, Damaged):
                self.ask(row, key, f"{whole(refusal.sentence)} Wir lassen die Zelle aus.")
            else:
                self.refuse(row, key, refusal.sentence)
            return None

    def cents(self, key: str) -> Callable[[str], int]:
        """A reader of amounts of this column; wishing.py makes whole cents of them, or refuses what is finer."""
        sign = self.sign(key)
        return lambda cell: read_amount(cell, sign)

    def sign(self, key: str) -> Sign:
        """The decimal sign of a column; where it cannot be known the owner is asked once."""
        if key not in self._signs:
            self._signs[key] = self._decide(key)
        return self._signs[key]

    def reading(
        self,
        format_name: str,
        groups: Iterable[_Group],
        build: Callable[[_Group], Article],
        notes: list[str],
        *,
        is_left_out: Callable[[str], bool] = lambda name: False,
    ) -> Reading:
        """What was read. `build` makes an article of each of the `groups` whenever they are gone through.

        What is refused or asked while an article is built is noted on it; what was noted before concerns the file.
        Columns that the dialect leaves out on purpose (`is_left_out` by normal name) are not told as unknown.
        """
        refused, questions = self.refused, self.questions
        looked_at = _LookedAt(self.table.rows)
        self.table = replace(self.table, rows=looked_at)

        def articles() -> Iterator[Article]:
            for group in groups:
                self.refused, self.questions = [], []
                looked_at.numbers = set()
                article = build(group)
                article.others |= looked_at.numbers
                self._take_attributes(article)
                article.refused, article.questions = self.refused, self.questions
                yield article

        unknown = mapping.unknown(self.table, self.places.values(), is_left_out)
        return Reading(
            format_name, self.table, str(self.decimal), articles, refused, questions, notes, self.columns, unknown
        )

    def gathers(self, key: str) -> bool:
        """Whether the rows of an article may say different things of an attribute, which then has all of them.

        So it is where the owner made a foreign column one: she cannot mend the file of her supplier.
        """
        return key.startswith(ATTRIBUTE_PREFIX) and normal(self.columns[key]) != normal(key)

    def refuse_wide_rows(self) -> None:
        """Refuse rows with more cells than the header: a delimiter stands in a cell without quotes."""
        width = len(self.table.header)
        for row in self.table.rows:
            if any(row.cells[width:]):
                self.refuse(
                    row.number, "", f"Die Zeile hat mehr Zellen als die Kopfzeile ({width}). Fehlen Anführungszeichen?"
                )

    @property
    def _usual_sign(self) -> Sign:
        return Sign.POINT if self.table.delimiter == "," else Sign.COMMA

    def _ask_about_doubles(self) -> None:
        """Say which of two columns of the same meaning counts, where they differ; of two prices the owner chooses."""
        header = self.table.header
        for key, taken, other in headers.doubles(header, headers.by_normal_name(self._aliases), self.places):
            row = next((row for row in self.table.rows if _differ(row, taken, other)), None)
            if row is None:
                continue
            self.ask(
                row.number,
                key,
                f"Die Spalten „{header[taken]}“ und „{header[other]}“ bedeuten dasselbe und sind verschieden. Es zählt "
                f"die Spalte {taken + 1}, „{header[taken]}“. Soll die andere zählen, benennen Sie diese um.",
                stops=key in self._money,
                question=headers.either(header[taken], header[other]),
            )

    def _take_attributes(self, article: Article) -> None:
        """Take what the owner made attributes and the dialect knows nothing of."""
        missing = [key for key in self._attributes if key not in article.facts]
        if missing:
            rows = [self._row(number) for number in sorted(article.rows)]
            found = {key: gathered(self.cell(row, key) for row in rows) for key in missing}
            article.facts |= {key: value for key, value in found.items() if value}

    def _row(self, number: int) -> Row:
        rows = self.table.rows
        if number <= len(rows) and rows[number - 1].number == number:
            return rows[number - 1]
        return rows[bisect_left(rows, number, key=lambda row: row.number)]

    def _decide(self, key: str) -> Sign:
        if self._decimal:
            return self._decimal
        sign = self._sign_in_column(key)
        if sign is Sign.UNSURE:
            others = {self._sign_in_column(each) for each in self._money if each != key} & {Sign.COMMA, Sign.POINT}
            sign = others.pop() if len(others) == 1 else sign
        if sign in (Sign.UNSURE, Sign.MIXED):
            self._ask_for_sign(key, sign)
        return sign if sign in (Sign.COMMA, Sign.POINT) else self._usual_sign

    def _sign_in_column(self, key: str) -> Sign:
        return sign_of(filter(None, self._values[key] if key in self._values else self._values_of([key])[key]))

    def _values_of(self, keys: Iterable[str]) -> dict[str, set[str]]:
        """The different cells of some columns, found in one pass."""
        found: dict[str, set[str]] = {key: set() for key in keys}
        columns = [(self.places[key], values) for key, values in found.items() if key in self.places]
        for _, cells in self.table.rows:
            width = len(cells)
            for place, values in columns:
                if place < width:
                    values.add(cells[place])
        return found

    def _ask_for_sign(self, key: str, sign: Sign) -> None:
        evidence = {Sign.UNSURE} if sign is Sign.UNSURE else {Sign.COMMA, Sign.POINT}
        telling: dict[str, tuple[Sign, int]] = {}
        for row in self.table.rows:
            says = sign_of([cell]) if (cell := self.cell(row, key)) else Sign.NONE
            if says in evidence and (len(telling) < 3 or says not in {said for said, _ in telling.values()}):
                telling.setdefault(cell, (says, row.number))
            if len(telling) >= 3 and {said for said, _ in telling.values()} == evidence:
                break
        examples = self._examples(telling, sign)
        problem = (
            f"Heißt {examples} Tausend oder ist das Zeichen darin das Dezimalzeichen?"
            if sign is Sign.UNSURE
            else f"In der Spalte stehen Komma und Punkt als Dezimalzeichen: {examples}."
        )
        self.ask(
            min(number for _, number in telling.values()),
            key,
            f"{problem} Bitte sagen Sie das Dezimalzeichen dazu.",
            stops=True,
        )

    def _examples(self, telling: Mapping[str, tuple[Sign, int]], sign: Sign) -> str:
        if sign is Sign.UNSURE:
            return ", ".join(f"„{cell}“" for cell in list(telling)[:3])
        first = {said: (cell, number) for cell, (said, number) in reversed(list(telling.items()))}
        in_order = sorted(first.values(), key=lambda found: found[1])
        return " und ".join(f"„{cell}“ (Zeile {number})" for cell, number in in_order)


class _LookedAt(Sequence[Row]):
    """Rows that note the numbers of those which are asked for by their place; going through all does not count."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.numbers: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        found = self._rows[place]
        self.numbers.add(found.number)
        return found

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)


def _differ(row: Row, place: int, other: int) -> bool:
    """Whether a row says two different things in two columns; an empty cell says nothing."""
    cells = row.cells
    return other < len(cells) and bool(cells[other]) and cells[place] != cells[other]
