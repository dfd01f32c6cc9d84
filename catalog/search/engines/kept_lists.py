"""Lists of products that an engine has read lately, kept while its index stays as it is.

One search asks for the same terms several times: alone, together, as the beginning of a word.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from catalog.search.engines.postings import Levels, Terms

_MOST_IDS = 300_000  # some 11 MB


class KeptLists:
    """What belongs to the newest state that was asked for; threads share it."""

    def __init__(self) -> None:
        self._state: Hashable = None
        self._lists = _Lists()

    def of(self, state: Hashable) -> "_Lists":
        """The lists of a state of the index; those of another one are let go."""
        if state != self._state:
            self._state, self._lists = state, _Lists()
        return self._lists


class _Lists:
    """The lists of one state, those that were not asked for the longest make room."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Terms, Levels] = OrderedDict()
        self._ids = 0

    def get(self, terms: Terms, read: Callable[[Terms], Levels]) -> Levels:
        """The lists of some terms, read if they are not known."""
        with self._lock:
            known = self._known.get(terms)
            if known is not None:
                self._known.move_to_end(terms)
                return known
        levels = read(terms)
        with self._lock:
            self._ids += _cost(levels) - _cost(self._known.get(terms, ()))
            self._known[terms] = levels
            while self._ids > _MOST_IDS:
                self._ids -= _cost(self._known.popitem(last=False)[1])
        return levels


def _cost(levels: Levels) -> int:
    return sum(map(len, levels)) + len(levels)
