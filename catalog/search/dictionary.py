"""Words that mistyped ones may mean although no goods are called by them: synonyms, the list of the trade."""

import re
from collections.abc import Iterable, Iterator

from catalog.search.analysis import fold

_WORD = re.compile(r"[^\W\d_]{3,}")


class Dictionary:
    """The words of some texts, folded, each with how it is written first. Never changes; threads share it."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._written: dict[str, str] = {}
        for text in texts:
            for word in _WORD.findall(text):
                self._written.setdefault(fold(word), word)

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def count(self, folded: str) -> int:
        """1 for a word that is in it, 0 for another."""
        return int(folded in self._written)

    def shown(self, folded: str) -> str:
        """How a word is written."""
        return self._written.get(folded, folded)
