"""The readable words of the goods: how they are written, how many articles have them, how they go on.

Nothing that was handed out is changed: a patch copies. Words have a number that grows with each patch; whoever
follows them asks which ones are new since the number that he has seen.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog.search.analysis import fold

_KEPT_PATCHES = 200
_MOST_COMPLETIONS = 12
_LAST = "\U0010ffff"
_KEPT_BEGINNINGS = 5000


@dataclass(frozen=True)
class Change:
    """The words, folded, that came with a patch, and those that went."""

    number: int
    new: frozenset[str]
    gone: frozenset[str]


class Words:
    """The readable words of the goods, each with the number of articles that have it."""

    def __init__(self, articles_of: Mapping[str, int], before: "Words | None" = None) -> None:
        """`articles_of`: how many articles have a word as it is written. `before`: the words whose place these take."""
        self._spellings: dict[str, tuple[tuple[str, int], ...]] = {}
        self._less: dict[str, int] = {}  # the counts below zero, to sort by
        by_folded: dict[str, list[tuple[str, int]]] = {}
        for word, count in articles_of.items():
            by_folded.setdefault(fold(word), []).append((word, count))
        for folded, spellings in by_folded.items():
            self._spellings[folded] = tuple(spellings)
            self._less[folded] = -sum(count for _, count in spellings)
        self._sorted = sorted(self._spellings)
        self._best: dict[str, list[str]] = {}
        self._changes: tuple[Change, ...] = ()
        self.number = 0
        if before is not None:
            self._follow(before)

    def __iter__(self) -> Iterator[str]:
        """All words, folded and sorted."""
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, folded: object) -> bool:
        return folded in self._less

    def count(self, folded: str) -> int:
        """How many articles have a word; 0 for an unknown one."""
        return -self._less.get(folded, 0)

    def shown(self, folded: str) -> str:
        """How a word is mostly written."""
        spellings = self._spellings.get(folded)
        return max(spellings, key=lambda pair: (pair[1], pair[0]))[0] if spellings else folded

    def beginning(self, start: str) -> list[str]:
        """All words, folded and sorted, that begin with a folded text."""
        return self._sorted[bisect_left(self._sorted, start) : bisect_left(self._sorted, start + _LAST)]

    def complete(self, beginning: str, *, limit: int = 8) -> list[str]:
        """Readable words that begin with a text (umlauts and case forgiven), those of the most articles first.

        At most twelve.
        """
        start = fold(beginning)
        best = self._best.get(start)
        if best is None:
            best = sorted(self.beginning(start), key=self._less.__getitem__)[:_MOST_COMPLETIONS]
            if len(self._best) < _KEPT_BEGINNINGS:
                self._best[start] = best
        return [self.shown(each) for each in best[:limit]]

    def since(self, number: int) -> tuple[frozenset[str], frozenset[str]] | None:
        """The folded words that are new since the words of a number, and those that are gone.

        None where that is too long ago to tell: then all words are to be taken anew. What came and went
        between may stand in neither.
        """
        if number == self.number:
            return frozenset(), frozenset()
        if not self._changes or number < self._changes[0].number - 1 or number > self.number:
            return None
        touched: set[str] = set()
        was_there: dict[str, bool] = {}
        for change in self._changes:
            if change.number > number:
                for each in change.new | change.gone:
                    was_there.setdefault(each, each in change.gone)
                    touched.add(each)
        return (
            frozenset(each for each in touched if each in self and not was_there[each]),
            frozenset(each for each in touched if each not in self and was_there[each]),
        )

    def patched(self, gone: Iterable[str], came: Iterable[str]) -> "Words":
        """The words after articles have lost some and got some, as written and once for each article."""
        counts = Counter(came)
        counts.subtract(Counter(gone))
        changed = {word: count for word, count in counts.items() if count}
        return self._with(changed) if changed else self

    def _with(self, changed: Mapping[str, int]) -> "Words":
        after = Words({})
        after._spellings, after._less, after._sorted = dict(self._spellings), dict(self._less), list(self._sorted)
        folded_of = {word: fold(word) for word in changed}
        for word, change in changed.items():
            after._count(folded_of[word], word, change)
        starts = {folded[:length] for folded in folded_of.values() for length in range(len(folded) + 1)}
        after._best = {start: best for start, best in list(self._best.items()) if start not in starts}
        after._follow(self, set(folded_of.values()))
        return after

    def _count(self, folded: str, word: str, change: int) -> None:
        spellings = dict(self._spellings.get(folded, ()))
        spellings[word] = spellings.get(word, 0) + change
        left = tuple((each, count) for each, count in spellings.items() if count > 0)
        if left:
            if folded not in self._less:
                insort(self._sorted, folded)
            self._spellings[folded], self._less[folded] = left, -sum(count for _, count in left)
        elif folded in self._less:
            del self._spellings[folded], self._less[folded]
            del self._sorted[bisect_left(self._sorted, folded)]

    def _follow(self, before: "Words", among: Iterable[str] | None = None) -> None:
        """Note what is new beside the words before these, and what is gone."""
        looked_at = self._less.keys() | before._less.keys() if among is None else among
        new = frozenset(each for each in looked_at if each in self and each not in before)
        gone = frozenset(each for each in looked_at if each not in self and each in before)
        self.number = before.number + 1
        self._changes = (*before._changes[-_KEPT_PATCHES:], Change(self.number, new, gone))
