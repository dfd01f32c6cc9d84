"""Reading what Whoosh has written, without its collectors: posting lists as arrays, decoded once.

All hits are wanted, each with its score, so a matcher that steps from hit to hit costs ten times what the lists cost.
Whoosh 2.7.4 is pinned by its hash, hence the use of what it keeps to itself.
"""

import threading
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

FIELD, PRODUCT = "terms", "product"
_FIELD_BYTES = 2  # the number of the field, which stands before each term
_MOST_KEPT = 2_000_000  # postings that a segment keeps decoded: 10 MB
_MOST_BEGINNINGS = 5_000  # terms of one beginning that are looked at
_UNREADABLE = Exception  # there is nothing that Whoosh does not raise on files that are zeroed or cut off

Postings = tuple["array[int]", bytes]
"""The documents that have a term, ascending, and how much it counts in each."""
NONE: Postings = array("I"), b""


class Torn(Exception):
    """The files of the index cannot be read."""


class Segment:
    """One part of an index, which never changes. Threads may share it."""

    def __init__(self, storage: Any, schema: Any, segment: Any) -> None:
        from whoosh.columns import NumericColumn
        from whoosh.reading import SegmentReader

        self._reader = SegmentReader(storage, schema, segment)
        self._format = schema[FIELD].format
        self.products: array[int] = self._reader._perdoc.column_reader(PRODUCT, NumericColumn("I")).load()
        self._lists: dict[str, Postings] = {}
        self._kept = 0
        self._lock = threading.Lock()  # a file has one place at which it is read
        self._try()

    def postings(self, term: str) -> Postings:
        """The posting list of a term. Raises Torn."""
        known = self._lists.get(term)
        if known is None:
            with self._lock:
                try:
                    known = self._read(term.encode())
                except _UNREADABLE as error:
                    raise Torn(str(error)) from error
                self._keep(term, known)
        return known

    def _try(self) -> None:
        """Read what stands last in each file: that is what a power loss takes."""
        index = self._reader._terms._tindex
        last = index.key_at(index._get_pos(index.indexbase + (index.indexlen - 1) * index.indexsize))
        if not self._read(last[_FIELD_BYTES:])[0] or not all(self.products):
            raise Torn

    def _read(self, term: bytes) -> Postings:
        from whoosh.reading import TermNotFound

        try:
            matcher = self._reader._terms.matcher(FIELD, term, self._format)
        except TermNotFound:
            return NONE
        documents, counts, last = array("I"), bytearray(), False
        while not last:
            matcher._read_data()
            steps, weights, _ = matcher._data
            documents.extend(accumulate(steps))
            counts += _counts(weights, len(steps))
            last = matcher._lastblock
            matcher._next_block()
        return documents, bytes(counts)

    def _keep(self, term: str, postings: Postings) -> None:
        self._kept += len(postings[1]) + 50
        if self._kept > _MOST_KEPT:
            self._lists, self._kept = {}, len(postings[1])
        self._lists[term] = postings

    def beginning_with(self, beginning: str) -> Counter[str]:
        """Terms that begin with a text and the number of documents (also removed ones) that have each. Raises Torn."""
        start, found = beginning.encode(), Counter[str]()
        terms = self._reader._terms
        with self._lock:
            try:
                for _, term in terms.terms_from(FIELD, start):
                    if not term.startswith(start) or len(found) == _MOST_BEGINNINGS:
                        break
                    found[term.decode()] = terms.doc_frequency(FIELD, term)
            except _UNREADABLE as error:
                raise Torn(str(error)) from error
        return found


class Opened:
    """The index in a subfolder as one commit has left it: its segments, each with the documents that count no more."""

    def __init__(self, path: Path, before: "Opened | None" = None) -> None:
        """Open the newest commit, taking over segments that `before` has opened. Raises Torn, OSError."""
        from whoosh import index

        self.path = path
        known: Mapping[str, Segment] = before.by_name if before is not None and before.path == path else {}
        try:
            storage = _storage_class()(str(path))
            contents = index.TOC.read(storage, index._DEF_INDEX_NAME)
            self.by_name: Mapping[str, Segment] = {
                each.segment_id(): known.get(each.segment_id()) or Segment(storage, contents.schema, each)
                for each in contents.segments
            }
        except (OSError, MemoryError):
            raise
        except _UNREADABLE as error:
            raise Torn(str(error)) from error
        self.parts: Sequence[tuple[Segment, frozenset[int]]] = [
            (self.by_name[each.segment_id()], frozenset(each.deleted_docs())) for each in contents.segments
        ]
        self.pieces = len(self.parts)
        self.documents = sum(len(segment.products) for segment, _ in self.parts)
        self.removed = sum(len(gone) for _, gone in self.parts)


@lru_cache(maxsize=1)
def _storage_class() -> Callable[[str], Any]:
    from whoosh.filedb.filestore import FileStorage
    from whoosh.filedb.structfile import StructFile

    class MappedFile(StructFile):  # type: ignore[misc]
        """A file whose pages all processes share; Whoosh itself would copy it into each of them."""

        def get(self, position: int, length: int) -> bytes:
            part: bytes = self.file[position : position + length]
            return part

    class MappedFolder(FileStorage):  # type: ignore[misc]
        """A folder whose files are read as mapped ones."""

        def open_file(self, name: str, **options: Any) -> Any:
            with Path(self._fpath(name)).open("rb") as file:
                return MappedFile(mmap(file.fileno(), 0, access=ACCESS_READ), name=name)

    return MappedFolder


def _counts(weights: Any, number: int) -> bytes:
    """Whoosh writes nothing for ones only, one number where all are the same, else each."""
    if weights is None:
        return b"\x01" * number
    return bytes([int(weights)]) * number if isinstance(weights, float) else bytes(map(int, weights))
