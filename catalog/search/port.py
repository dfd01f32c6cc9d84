"""The port to search engines: what the shop asks of any of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Document:
    """A product as it is indexed. The terms are analysed already and weighted by repetition.

    `words` are the readable words that completion offers.
    """

    product_id: int
    terms: Sequence[str]
    words: Sequence[str]
    is_sold_out: bool = False


@dataclass(frozen=True)
class Found:
    """Product ids of one page, best first, each with its score; how many there are in all."""

    ids: list[int]
    scores: list[float]
    total: int


Gaps = tuple[tuple[int, int], ...]
"""Spans (first, last) of ids of the change queue that were not there to be seen."""


class Engine(Protocol):
    """A full-text index of products. A projection: deleting it loses nothing."""

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents anew and remove products, in one commit.

        `up_to` is the id of the last change of the queue that the index has then taken in, `gaps` are
        the ids below it that it has not.
        """
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def search(self, words: Sequence[Sequence[str]], *, offset: int = 0, limit: int = 24) -> Found:
        """Find products that have at least one of the alternative terms of each word.

        The first alternative counts most. Sold-out goods come last.
        """
        ...

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, most frequent first."""
        ...

    def complete(self, beginning: str, *, limit: int = 8) -> list[str]:
        """Readable words that begin with a text (umlauts and case forgiven), most frequent first."""
        ...

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in this index; None for a new one, which must be built."""
        ...

    @property
    def state(self) -> Hashable:
        """What the index is now: it changes with every commit, whoever wrote it. Cheap to ask."""
        ...

    @property
    def gaps(self) -> Gaps:
        """The ids below the last change that this index has not taken in, ascending."""
        ...
