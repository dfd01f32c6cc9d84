"""The port to search engines: what the shop asks of any of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Document:
    """A product as it is indexed. The texts are analysed already: plain terms joined by blanks.

    `terms` are weighted by repetition (the name more often than the description); `words` are the
    readable words that completion offers; `facets` are exact values to filter by.
    """

    product_id: int
    terms: str
    words: str
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_sold_out: bool = False
    published_at: int = 0  # seconds, for sorting by newness
    price_cents: int = 0  # the lowest current price, for sorting


@dataclass(frozen=True)
class Found:
    """Product ids, best first, of one page; how many there are in all; the score of each."""

    ids: list[int]
    total: int
    scores: list[float]


class Engine(Protocol):
    """A full-text index of products."""

    def replace(self, documents: Sequence[Document], remove: Sequence[int]) -> None:
        """Index documents anew and remove products, in one commit."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def search(self, terms: Sequence[Sequence[str]], *, offset: int = 0, limit: int = 24) -> Found:
        """Find products that have, for each word, at least one of its alternative terms."""
        ...

    def complete(self, beginning: str, *, limit: int = 8) -> list[str]:
        """Indexed words that begin with a text, most frequent first."""
        ...

    @property
    def last_change(self) -> int:
        """The id of the last change of the queue that this index has taken in; 0 for a new index."""
        ...

    def remember(self, change_id: int) -> None:
        """Record that all changes up to this id are in the index."""
        ...
