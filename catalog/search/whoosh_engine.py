"""Whoosh behind the port: one weighted field, one long-lived searcher, stored ids.

Whoosh unpickles its own table of contents, so the index folder is trusted like code: nothing but
this module may write there. It does not fsync: after a power loss the index is rebuilt.
"""

import pickle
import shutil
import struct
import threading
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

from catalog.search.analysis import fold
from catalog.search.port import Document, Found, Gaps

_LAST_CHANGE = "last_change"  # two documents that are no products: how far the queue is taken in,
_GAPS = "gaps"  # and which of its ids were not there yet
_SHOWN = "\x1f"  # between a word's folded form, by which it is found, and the form that is shown
# What Whoosh raises, besides its own errors, on files that are empty, zeroed or cut off.
_UNREADABLE = (EOFError, TypeError, ValueError, LookupError, AttributeError, AssertionError, struct.error,
               pickle.UnpicklingError)  # fmt: skip
_IN_STOCK_FIRST = 1000.0  # above any score of words
_LONGER_WORD = 0.1  # a word that only begins as asked counts little: rare ones would win by their rarity alone


class WhooshEngine:
    """The index in a folder. Opening it reads nothing until it is asked something."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._index: Any = None
        self._searcher: Any = None

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents anew and remove products, in one commit; waits for another writer."""
        from whoosh.writing import LockError

        with self._lock:
            index = self._open()
            try:
                writer = index.writer(timeout=30.0)
            except LockError as error:
                raise TimeoutError("another process is writing the search index") from error
            for product_id in remove:
                writer.delete_by_term("id", str(product_id))
            for document in documents:
                writer.update_document(**_fields(document))
            writer.update_document(id=_LAST_CHANGE, change=up_to)
            writer.update_document(id=_GAPS, change=gaps)
            writer.commit()

    def clear(self) -> None:
        """Forget everything: the folder is made anew."""
        with self._lock:
            self._close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def search(self, words: Sequence[Sequence[str]], *, offset: int = 0, limit: int = 24) -> Found:
        """Find products that have at least one of the alternative terms of each word."""
        from whoosh import query

        if not words:
            return Found([], [], 0)
        asked = query.And([_any_of(alternatives) for alternatives in words])
        in_stock = query.ConstantScoreQuery(query.Term("stock", "yes"), score=_IN_STOCK_FIRST)
        with self._lock:
            searcher = self._current_searcher()
            results = searcher.search(query.AndMaybe(asked, in_stock), limit=offset + limit)
            page = results[offset : offset + limit]
            return Found(
                ids=[int(hit["id"]) for hit in page],
                scores=[round(hit.score % _IN_STOCK_FIRST, 3) for hit in page],
                total=len(results),
            )

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, most frequent first."""
        return self._expand("terms", beginning, limit)

    def complete(self, beginning: str, *, limit: int = 8) -> list[str]:
        """Readable words that begin with a text, most frequent first."""
        return [word.partition(_SHOWN)[2] for word in self._expand("words", fold(beginning), limit)]

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in this index; None for a new one."""
        change = self._noted(_LAST_CHANGE)
        return None if change is None else int(change)

    @property
    def gaps(self) -> Gaps:
        """The ids below the last change that this index has not taken in."""
        return tuple(self._noted(_GAPS) or ())

    def _noted(self, name: str) -> Any:
        with self._lock:
            stored = self._current_searcher().document(id=name)
        return None if stored is None else stored["change"]

    @property
    def state(self) -> Hashable:
        """The generation of the index that is searched (None: empty); it changes with every commit."""
        with self._lock:
            generation: Hashable = self._current_searcher().reader().generation()
        return generation

    def _expand(self, field: str, beginning: str, limit: int) -> list[str]:
        with self._lock:
            reader = self._current_searcher().reader()
            found = [
                (-reader.doc_frequency(field, term), term.decode()) for term in reader.expand_prefix(field, beginning)
            ]
        return [term for _, term in sorted(found)[:limit]]

    def _current_searcher(self) -> Any:
        """The one searcher, refreshed when somebody has written since."""
        if self._searcher is None:
            self._open()
        elif not self._searcher.up_to_date():
            self._searcher = self._searcher.refresh()
        return self._searcher

    def _open(self) -> Any:
        """Open the index, or make a new one where there is none that can be read."""
        from whoosh import index

        if self._index is None or self._searcher is None or not index.exists_in(self._folder):
            self._close()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._index = index.open_dir(self._folder)
                self._searcher = self._index.searcher()
            except (index.IndexError, *_UNREADABLE):
                self.clear()
                self._folder.mkdir(parents=True, mode=0o700)
                self._index = index.create_in(self._folder, _schema())
                self._searcher = self._index.searcher()
        return self._index

    def _close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
        if self._index is not None:
            self._index.close()
        self._searcher = self._index = None


def _schema() -> Any:
    """Only stock classes of Whoosh may stand here, since the schema is pickled."""
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema

    return Schema(
        id=ID(stored=True, unique=True),
        terms=TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False),
        words=KEYWORD,
        stock=ID,
        change=STORED,
    )


def _fields(document: Document) -> dict[str, str]:
    return {
        "id": str(document.product_id),
        "terms": " ".join(document.terms),
        "words": " ".join(f"{fold(word)}{_SHOWN}{word}" for word in document.words),
        "stock": "no" if document.is_sold_out else "yes",
    }


def _any_of(alternatives: Sequence[str]) -> Any:
    from whoosh import query

    first, *others = alternatives
    return query.Or([query.Term("terms", first), *(query.Term("terms", each, boost=_LONGER_WORD) for each in others)])
