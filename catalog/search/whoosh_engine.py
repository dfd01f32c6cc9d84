"""Whoosh behind the port: one weighted field, one long-lived searcher, stored ids.

Whoosh unpickles its own table of contents, so the index folder is trusted like code: nothing but
this module may write there. It does not fsync: after a power loss the index is rebuilt.
"""

import pickle
import shutil
import struct
import threading
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.search.port import Document, Gaps, Hits, Word

_LAST_CHANGE = "last_change"  # two documents that are no products: how far the queue is taken in,
_GAPS = "gaps"  # and which of its ids were not there yet
# What Whoosh raises, besides its own errors, on files that are empty, zeroed or cut off.
_UNREADABLE = (EOFError, TypeError, ValueError, LookupError, AttributeError, AssertionError, struct.error,
               pickle.UnpicklingError)  # fmt: skip


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

    @contextmanager
    def anew(self) -> Iterator["WhooshEngine"]:
        """An empty index in a folder beside this one, which takes its place when the block ends well."""
        beside = self._folder.with_name(f"{self._folder.name}.neu")
        shutil.rmtree(beside, ignore_errors=True)
        fresh = WhooshEngine(beside)
        yield fresh
        with self._lock:
            fresh.close()
            self.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            beside.rename(self._folder)

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products that meet each of the words."""
        from whoosh import query

        if not words:
            return Hits([], [])
        asked = query.And([_any_of(word) for word in words])
        with self._lock:
            results = self._current_searcher().search(asked, limit=None)
            return Hits([int(hit["id"]) for hit in results], [float(hit.score or 0) for hit in results])

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, most frequent first."""
        with self._lock:
            reader = self._current_searcher().reader()
            found = [
                (-reader.doc_frequency("terms", term), term.decode())
                for term in reader.expand_prefix("terms", beginning)
            ]
        return [term for _, term in sorted(found)[:limit]]

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
            self.close()
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._index = index.open_dir(self._folder)
                self._searcher = self._index.searcher()
            except (index.IndexError, *_UNREADABLE):
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder.mkdir(parents=True, mode=0o700)
                self._index = index.create_in(self._folder, _schema())
                self._searcher = self._index.searcher()
        return self._index

    def close(self) -> None:
        """Let go of all files."""
        if self._searcher is not None:
            self._searcher.close()
        if self._index is not None:
            self._index.close()
        self._searcher = self._index = None


def _schema() -> Any:
    """Only stock classes of Whoosh may stand here, since the schema is pickled."""
    from whoosh.analysis import SpaceSeparatedTokenizer
    from whoosh.fields import ID, STORED, TEXT, Schema

    return Schema(
        id=ID(stored=True, unique=True),
        terms=TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False),
        change=STORED,
    )


def _fields(document: Document) -> dict[str, str]:
    repeated = (term for term, count in document.terms.items() for _ in range(count))
    return {"id": str(document.product_id), "terms": " ".join(repeated)}


def _any_of(word: Word) -> Any:
    from whoosh import query

    return query.Or([query.And([query.Term("terms", term, boost=each.weight) for term in each.terms]) for each in word])
