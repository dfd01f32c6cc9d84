"""What befell a file on its way: letters lost or encoded twice, a last row that breaks off."""

from collections.abc import Iterable, Iterator, Sequence

from catalog.exchange import mojibake
from catalog.exchange.cells import clean_all
from catalog.exchange.encodings import Text
from catalog.exchange.tables import Flaw, NotATable

_LOST = "\ufffd"  # in a damaged text for bytes that were broken, else it stood there already
_MOST_BROKEN = 1_000


class Watch:
    """Goes with the records below a header, mends and cleans their cells and notes what befell them."""

    def __init__(self, header: Sequence[str], text: Text) -> None:
        self.refused: list[Flaw] = []
        self._header = tuple(header)
        self._is_damaged = text.is_damaged
        self._taken_for = text.taken_for
        self._mended, self._first_mended = 0, (0, "", "")
        self._lost, self._first_lost = 0, (0, "")
        self._last: tuple[int, int] = (0, 0)
        self._narrowest = len(header)
        self._nameless = [place for place, name in enumerate(header) if not name]
        self._unnamed: tuple[int, int, str] | None = None

    def over(self, records: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """The records with clean cells; one that repeats the header is blank."""
        for number, record in enumerate(records, start=1):
            letters = "".join(record)
            if not letters.isascii():
                record = self._looked_at(number, record, letters)
            cells = tuple(clean_all(record))
            if any(cells):
                self._narrowest = min(self._narrowest, self._last[1] or self._narrowest)
                self._last = (number, len(cells))
                self._look_below_no_name(number, cells)
            yield () if cells == self._header else cells

    def flaws(self, *, ends_with_a_line: bool) -> tuple[Flaw, ...]:
        """All that was noted; `ends_with_a_line` says whether the file's last line is a whole one."""
        number, width = self._last
        if not ends_with_a_line and width < self._narrowest and number > 1:
            self.refused.append(
                Flaw(
                    number,
                    "Die Datei bricht mitten in dieser Zeile ab. Bitte laden Sie sie noch einmal ganz herunter.",
                    refuses=True,
                )
            )
        return (*self.refused, *self._questions())

    def _look_below_no_name(self, number: int, cells: Sequence[str]) -> None:
        for place in self._nameless:
            if place < len(cells) and cells[place] and self._unnamed is None:
                self._unnamed = (number, place + 1, cells[place])

    def _looked_at(self, number: int, record: Sequence[str], letters: str) -> Sequence[str]:
        if _LOST in letters:
            self._note_lost(number, next(cell for cell in record if _LOST in cell))
        if self._taken_for is None:
            return record
        mended = [mojibake.mended(cell, self._taken_for) for cell in record]
        pair = next((pair for pair in zip(record, mended, strict=True) if pair[0] != pair[1]), None)
        if pair:
            self._first_mended = self._first_mended if self._mended else (number, *pair)
            self._mended += 1
        return mended

    def _note_lost(self, number: int, cell: str) -> None:
        if not self._is_damaged:
            self._first_lost = self._first_lost if self._lost else (number, cell)
            self._lost += 1
            return
        if len(self.refused) == _MOST_BROKEN:
            raise NotATable(
                f"In mehr als {_MOST_BROKEN} Zeilen sind Zeichen zerstört. Bitte laden Sie die Datei noch einmal "
                "herunter, als „CSV UTF-8“."
            )
        reason = (
            f"In „{_shortened(cell)}“ ist ein Zeichen zerstört. Bitte tragen Sie es neu ein und speichern Sie die "
            "Datei als „CSV UTF-8“."
        )
        self.refused.append(Flaw(number, reason, refuses=True))

    def _questions(self) -> Iterator[Flaw]:
        if self._lost:
            row, cell = self._first_lost
            yield Flaw(
                row,
                f"In „{_shortened(cell)}“ {_and_others(self._lost)} steht „\ufffd“ für ein Zeichen, das schon früher "
                "verloren ging. Bitte tragen Sie es in der Datei oder später am Artikel nach.",
            )
        if self._unnamed:
            row, column, cell = self._unnamed
            yield Flaw(
                row,
                f"Spalte {column} hat keine Überschrift, aber Inhalt („{_shortened(cell)}“). Wir lassen sie weg; soll "
                "sie mit, geben Sie ihr in der Kopfzeile einen Namen.",
            )
        if self._mended:
            row, wrong, right = self._first_mended
            yield Flaw(
                row,
                f"Die Umlaute der Datei sind doppelt verschlüsselt: „{_shortened(wrong)}“ "
                f"{_and_others(self._mended)}. Wir lesen „{_shortened(right)}“. Stimmt das?",
            )


def _and_others(found: int) -> str:
    more = found - 1
    return f"und in {more} weiteren Zeilen" if more > 1 else "und in einer weiteren Zeile" if more else "(nur hier)"


def _shortened(text: str) -> str:
    """The words around the first letter that is not ASCII, 40 letters at most."""
    line = " ".join(text.split())
    at = next((place for place, letter in enumerate(line) if not letter.isascii()), 0)
    start = max(0, min(at - 15, len(line) - 40))
    return f"{'…' if start else ''}{line[start : start + 40]}{'…' if len(line) > start + 40 else ''}"
