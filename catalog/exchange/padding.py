"""Columns of equal width: blanks between a closing quote and the delimiter, which the standard library refuses."""

import re


class Padding:
    """Takes the blanks away line by line; `begin_record` says that no quote is open."""

    def __init__(self, delimiter: str) -> None:
        blanks = " \t".replace(delimiter, "")  # a tab that parts cells is none
        self._padded = re.compile(rf'"[{blanks}]+(?={re.escape(delimiter)}|\r?\n?\Z)')
        self._is_open = False

    def begin_record(self) -> None:
        """Say that the next line belongs to another record."""
        self._is_open = False

    def off(self, line: str) -> str:
        """The line without its padding. A quote closes where the quotes up to it are even in number."""
        if '"' not in line:
            return line
        unpadded = self._off(line) if '" ' in line or '"\t' in line else line
        self._is_open ^= line.count('"') % 2 == 1
        return unpadded

    def _off(self, line: str) -> str:
        pieces, quotes, counted, taken = [], int(self._is_open), 0, 0
        for match in self._padded.finditer(line):
            after_quote = match.start() + 1
            quotes, counted = quotes + line.count('"', counted, after_quote), after_quote
            if quotes % 2 == 0:
                pieces.append(line[taken:after_quote])
                taken = match.end()
        return "".join((*pieces, line[taken:]))
