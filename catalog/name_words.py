"""Which articles have a word that begins so in their names: for suggestions while someone types."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

from catalog import bits
from catalog.offered import Article

_LAST = "\U0010ffff"
_KEPT = 5000  # beginnings whose articles are remembered


class NameWords:
    """The words of names, folded, with the places of the articles; never changed, a patch copies."""

    def __init__(self, places_of: Mapping[str, tuple[int, ...]]) -> None:
        self._places = dict(places_of)
        self._sorted = sorted(self._places)
        self._known: dict[str, int] = {}

    @classmethod
    def of(cls, articles: Iterable[Article | None]) -> "NameWords":
        """The words of articles, each at its place."""
        found: dict[str, list[int]] = {}
        for place, each in enumerate(articles):
            for word in each.name_words if each is not None else ():
                found.setdefault(word, []).append(place)
        return cls({word: tuple(places) for word, places in found.items()})

    def having(self, beginning: str) -> int:
        """The articles, as bits, that have a word which begins with a folded text."""
        known = self._known.get(beginning)
        if known is None:
            words = self._sorted[bisect_left(self._sorted, beginning) : bisect_left(self._sorted, beginning + _LAST)]
            known = bits.of_places([place for word in words for place in self._places[word]])
            if len(self._known) < _KEPT:
                self._known[beginning] = known
        return known

    def patched(self, changes: Iterable[tuple[int, Article | None, Article | None]]) -> "NameWords":
        """The words after the articles at some places have become others: (place, before, after)."""
        came: dict[str, list[int]] = {}
        gone: dict[str, set[int]] = {}
        for place, before, after in changes:
            old, new = (frozenset() if each is None else each.name_words for each in (before, after))
            for word in old - new:
                gone.setdefault(word, set()).add(place)
            for word in new - old:
                came.setdefault(word, []).append(place)
        touched = came.keys() | gone.keys()
        return self._with({word: self._after(word, came, gone) for word in touched}) if touched else self

    def _after(self, word: str, came: Mapping[str, list[int]], gone: Mapping[str, set[int]]) -> tuple[int, ...]:
        left = [each for each in self._places.get(word, ()) if each not in gone.get(word, ())]
        return (*left, *came.get(word, ()))

    def _with(self, changed: Mapping[str, tuple[int, ...]]) -> "NameWords":
        after = NameWords({})
        after._places, after._sorted = dict(self._places), list(self._sorted)
        for word, places in changed.items():
            if places and word not in after._places:
                insort(after._sorted, word)
            if places:
                after._places[word] = places
            elif word in after._places:
                del after._places[word]
                del after._sorted[bisect_left(after._sorted, word)]
        starts = {word[:length] for word in changed for length in range(len(word) + 1)}
        after._known = {start: known for start, known in self._known.copy().items() if start not in starts}
        return after
