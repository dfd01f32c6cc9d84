"""The last resort while there is no index at all: a plain look into the names of the goods."""

import threading
import time
from bisect import bisect_right
from collections.abc import Sequence
from functools import reduce
from itertools import accumulate

from sqlmodel import Session, col, func, select

from catalog.products import Product
from catalog.search.engines.sheets import Doors
from catalog.search.folding import fold
from catalog.search.port import Alternative, Hits, Word
from catalog.search.queue import SearchChange

_READ_ANEW_S = 2.0  # what was queued with a lower number than the newest is seen then
_MOST_KEPT = 1000  # terms whose names are remembered
_BETWEEN = "\n"
_NAMES = select(Product.id, Product.name).where(col(Product.published_at).is_not(None)).order_by(col(Product.id))
_NEWEST = select(func.max(SearchChange.id))


class NamesEngine:
    """Finds goods whose names contain what is asked; it knows no beginnings. Threads share it.

    The names are read once and looked through as one text: a search with many words and typing errors asks a hundred
    times, and databases compare slowly.
    """

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._names: _Names | None = None

    @property
    def state(self) -> str:
        """Always the same: the goods themselves tell when they change."""
        return "names"

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products whose names contain each of the words; a name that is shorter scores higher."""
        if not words or not all(words):
            return Hits([], [])
        names = self._current()
        met = [_best(names, word) for word in words]
        places = reduce(set.intersection, (set(each) for each in met))
        ids = [names.ids[place] for place in places]
        return Hits(ids, [sum(each[place] for each in met) / (10 + names.lengths[place]) for place in places])

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """None: whatever begins like this contains it, and is found anyway."""
        return []

    def _current(self) -> "_Names":
        with self._doors.reading() as session:
            newest = session.exec(_NEWEST).one()
            names = self._names
            if names is None or names.newest != newest or time.monotonic() > names.read_at + _READ_ANEW_S:
                names = self._names = _Names(session, newest)
            return names


class _Names:
    """All names at one moment, as they are and folded, each at its place."""

    def __init__(self, session: Session, newest: int | None) -> None:
        self.newest, self.read_at = newest, time.monotonic()
        rows = session.exec(_NAMES).all()
        lines = [_line(name) for _, name in rows]
        self.ids = [each for each, _ in rows if each is not None]
        self.lengths = [len(name) for _, name in rows]
        self._text = _BETWEEN.join(lines)
        self._starts = [0, *accumulate(len(line) + len(_BETWEEN) for line in lines)]
        self._known: dict[str, frozenset[int]] = {}
        self._lock = threading.Lock()

    def having(self, term: str) -> frozenset[int]:
        """The places of the names that contain a term."""
        known = self._known.get(term)
        if known is None:
            known = frozenset(self._look_for(term))
            with self._lock:
                if len(self._known) >= _MOST_KEPT:
                    self._known = {}
                self._known[term] = known
        return known

    def _look_for(self, term: str) -> list[int]:
        found: list[int] = []
        at = self._text.find(term) if term and _BETWEEN not in term else -1
        while at >= 0:
            found.append(bisect_right(self._starts, at) - 1)
            at = self._text.find(term, self._starts[found[-1] + 1])
        return found


def _line(name: str) -> str:
    words = name.lower().split()
    return " ".join([*words, *map(fold, words)])


def _best(names: _Names, word: Word) -> dict[int, float]:
    """The places that meet a word, each with the weight of its best alternative."""
    best: dict[int, float] = {}
    for alternative in sorted(word, key=lambda each: each.weight):
        best.update(dict.fromkeys(_meeting(names, alternative), alternative.weight))
    return best


def _meeting(names: _Names, alternative: Alternative) -> frozenset[int]:
    met = [names.having(term) for term in alternative.terms]
    return reduce(frozenset.intersection, met) if met else frozenset()
