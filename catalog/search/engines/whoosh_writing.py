"""Writing with Whoosh: documents as terms with counts, straight into its pool; few pieces, and on the disk for good."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog.search.engines.index_folder import reach_the_disk
from catalog.search.engines.whoosh_segments import FIELD, PRODUCT, Opened
from catalog.search.port import Document

_MOST_MERGED = 600  # documents that one commit writes again at most: half a second of work, for changes are waiting
_MOST_COUNT = 255
_POOL_MB = 32  # postings that are sorted in memory before they go to a file: with more, building takes more memory
_ONE_BLOCK = 100_000  # postings that are read at once; Whoosh's 128 are for those who skip


def create(path: Path) -> None:
    """Make an empty index in an empty folder."""
    from whoosh import index

    index.create_in(str(path), _schema()).close()


class Batch:
    """Changes that become one commit. Whoever makes one must be the only one who writes."""

    def __init__(self, path: Path) -> None:
        from whoosh import index

        self._writer = _writer_class()(
            index.open_dir(str(path)), _lk=False, limitmb=_POOL_MB, codec=_codec(), compound=False
        )
        self._column = self._writer.schema[PRODUCT].column_type

    def forget(self, opened: Opened, product_ids: Collection[int]) -> None:
        """Remove products that were committed before; `opened` is the index as it is."""
        segments = {each.segment_id(): each for each in self._writer.segments}
        for name, segment in opened.by_name.items():
            for number, product_id in enumerate(segment.products):
                if product_id in product_ids:
                    segments[name].delete_document(number)

    def add(self, documents: Iterable[Document]) -> None:
        """Add documents of products that the index has not; one without terms could never be found."""
        for document in documents:
            if document.terms:
                self._add(document)

    def _add(self, document: Document) -> None:
        writer = self._writer
        number, into_pool = writer.docnum, writer.pool.add
        writer.perdocwriter.start_doc(number)
        writer.perdocwriter.add_column_value(PRODUCT, self._column, document.product_id)
        writer.perdocwriter.finish_doc()
        for term, count in document.terms.items():
            into_pool((FIELD, _encoded(term), number, float(min(count, _MOST_COUNT)), b""))
        writer.docnum = number + 1
        writer._added = True

    def commit(self) -> None:
        """Write it all."""
        self._writer.commit(mergetype=_merge_some)

    def cancel(self) -> None:
        """Write nothing; also after a commit that failed."""
        with suppress(Exception):
            self._writer.cancel()


def _schema() -> Any:
    """Only stock classes of Whoosh may stand here, since the schema is pickled."""
    from whoosh.columns import NumericColumn
    from whoosh.fields import COLUMN, ID, Schema

    return Schema(**{FIELD: ID(), PRODUCT: COLUMN(NumericColumn("I"))})


def _codec() -> Any:
    from whoosh.codec.whoosh3 import W3Codec

    return W3Codec(blocklimit=_ONE_BLOCK)


def _merge_some(writer: Any, segments: Sequence[Any]) -> list[Any]:
    """Keep what is large; write the small ones again as one, as long as that is quick.

    A segment joins when it is not much larger than what has joined before it, so each document is written again
    only a few times. What this leaves is cleared away when the index is built anew (see `is_worn`).
    """
    joined, kept = writer.docnum, []
    for segment in sorted(segments, key=_documents):
        number = _documents(segment)
        if number and number <= 2 * joined and joined + number <= _MOST_MERGED:
            _join(writer, segment)
            joined += number
        elif number:
            kept.append(segment)
    return kept


def _join(writer: Any, segment: Any) -> None:
    from whoosh.reading import SegmentReader

    reader = SegmentReader(writer.storage, writer.schema, segment)
    try:
        writer.add_reader(reader)
    finally:
        reader.close()


def _documents(segment: Any) -> int:
    number: int = segment.doc_count_all() - segment.deleted_count()
    return number


@lru_cache(maxsize=1)
def _writer_class() -> Callable[..., Any]:
    from whoosh.index import TOC
    from whoosh.writing import SegmentWriter

    class DurableWriter(SegmentWriter):  # type: ignore[misc]
        """Whoosh never asks the disk to write: here a commit is there for good before it counts as one."""

        def _commit_toc(self, segments: Sequence[Any]) -> None:
            folder = Path(self.storage.folder)
            for file in folder.glob(f"{self.newsegment.segment_id()}.*"):
                reach_the_disk(file)
            super()._commit_toc(segments)
            reach_the_disk(folder / TOC._filename(self.indexname, self.generation))
            reach_the_disk(folder)

    return DurableWriter


@lru_cache(maxsize=100_000)
def _encoded(term: str) -> bytes:
    return term.encode()
