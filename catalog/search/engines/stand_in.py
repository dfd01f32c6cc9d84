"""Others answer while the index that was chosen cannot: it is missing, or being built for the first time."""

from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from catalog.search.port import Document, Engine, Gaps, Hits, Word


class Answering(Protocol):
    """What can answer in any state, be it with less."""

    def search(self, words: Sequence[Word]) -> Hits:
        """As that of an engine."""
        ...

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """As that of an engine."""
        ...

    @property
    def state(self) -> Hashable:
        """As that of an engine."""
        ...


class WithStandIn:
    """An engine with another one that answers while it cannot, and a last resort while neither can.

    What is written goes to the first one; `second` is kept by whoever keeps this one.
    """

    def __init__(self, first: Engine, second: Engine, last: Answering) -> None:
        self.first = first
        self.second = second
        self._last = last

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products that meet each of the words."""
        return self._answering.search(words)

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text."""
        return self._answering.beginning_with(beginning, limit=limit)

    @property
    def _answering(self) -> Answering:
        if self.first.is_ready:
            return self.first
        return self.second if self.second.is_ready else self._last

    @property
    def state(self) -> Hashable:
        """Who answers, and its state."""
        answering = self._answering
        return (type(answering).__name__, answering.state)

    @property
    def is_ready(self) -> bool:
        """Always."""
        return True

    @property
    def is_worn(self) -> bool:
        """Whether the first one is."""
        return self.first.is_worn

    @property
    def is_being_built(self) -> bool:
        """Whether the first one is."""
        return self.first.is_being_built

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in the first one."""
        return self.first.last_change

    @property
    def gaps(self) -> Gaps:
        """What the first one has not taken in."""
        return self.first.gaps

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Write into the first one."""
        self.first.replace(documents, remove, up_to=up_to, gaps=gaps)

    def anew(self) -> AbstractContextManager[Engine]:
        """Build the first one anew."""
        return self.first.anew()
