"""The port to search engines: what the shop asks of any of them.

An engine knows neither German nor what is in stock: it keeps terms that are analysed already and finds the
products that have them. Everything else (words, typing errors, filters, order) is ours and the same for each.
"""

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Document:
    """A product as it is indexed: each of its terms (analysed, without blanks), with how much it counts (1–60)."""

    product_id: int
    terms: Mapping[str, int]


@dataclass(frozen=True)
class Alternative:
    """One way in which a word may be met: by a product that has all `terms`; `weight` 1 counts in full."""

    terms: tuple[str, ...]
    weight: float = 1.0


Word = Sequence[Alternative]
"""A word that was asked for: met by any of its alternatives, best by the one that counts most."""


@dataclass(frozen=True)
class Hits:
    """Every product found, in no order: `scores[i]` (above 0, more is better) is that of `ids[i]`."""

    ids: Sequence[int]
    scores: Sequence[float]


Gaps = tuple[tuple[int, int], ...]
"""Spans (first, last) of ids of the change queue that were not there to be seen."""


class IndexGone(Exception):
    """The index was deleted since it was last read: it must be built anew."""


class Engine(Protocol):
    """A full-text index of products. A projection: deleting it loses nothing. Threads may share it."""

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents anew and remove products, in one commit.

        `up_to` is the id of the last change of the queue that the index has then taken in, `gaps` are
        the ids below it that it has not. Raises TimeoutError where another writer does not end, and IndexGone
        where the index has been deleted; a first one is begun where there has never been any.
        """
        ...

    def anew(self) -> AbstractContextManager["Engine"]:
        """For a `with` block: an empty index to be filled, which takes this one's place when the block ends well.

        Until then this one answers as before and may change; if the block fails or the process dies, it goes on
        to. Raises TimeoutError where another process builds and does not end.
        """
        ...

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products that meet each of the words; none where no word is given.

        What meets a word by a term that counts more scores higher.
        """
        ...

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, those of the most products first.

        Terms of products that are gone may be among them for a while.
        """
        ...

    @property
    def is_ready(self) -> bool:
        """Whether this process can answer, be it from an older index than the one that must be built. Cheap to ask."""
        ...

    @property
    def is_worn(self) -> bool:
        """Whether changes have left so much behind that it should be built anew. Cheap to ask."""
        ...

    @property
    def is_being_built(self) -> bool:
        """Whether some process is building it anew, as far as that can be seen."""
        ...

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in this index; None where it must be built: new, torn, or of another version."""
        ...

    @property
    def state(self) -> Hashable:
        """What the index is now: it changes with every commit, whoever wrote it. Cheap to ask."""
        ...

    @property
    def gaps(self) -> Gaps:
        """The ids below the last change that this index has not taken in, ascending."""
        ...
