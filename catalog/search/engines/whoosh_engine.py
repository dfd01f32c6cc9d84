"""Whoosh behind the port: one weighted field, posting lists that are read once, a folder that is replaced whole.

Whoosh unpickles its own table of contents, so the index folder is trusted like code: nothing but
this module and its helpers may write there.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.search import version
from catalog.search.engines import whoosh_scoring
from catalog.search.engines.index_folder import IndexFolder, Note, noted
from catalog.search.engines.whoosh_segments import Opened, Torn
from catalog.search.port import Document, Gaps, Hits, IndexGone, Word

log = logging.getLogger("dorfladen.search")

_MOST_PIECES = 12
_TRIES = 5  # to open what others are replacing at the moment


class WhooshEngine:
    """The index in a folder. Opening it reads nothing until it is asked something.

    What has been opened goes on to answer when the folder is deleted or damaged, until there is a new index.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)
        self._lock = threading.RLock()
        self._opened: Opened | None = None
        self._written: bytes | None = None  # the note that `_opened` belongs to
        self._torn: bytes | None = None  # the note of an index that cannot be read

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products that meet each of the words."""
        opened = self._current()
        if opened is None or not words or not all(words):
            return Hits([], [])
        try:
            return whoosh_scoring.search(opened, words)
        except Torn:
            self._give_up(opened)
            return Hits([], [])

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, most frequent first; of very many only some are looked at."""
        opened = self._current()
        found = Counter[str]()
        try:
            for segment, _ in opened.parts if opened else ():
                found.update(segment.beginning_with(beginning))
        except Torn:
            self._give_up(opened)
        return sorted(found, key=lambda term: (-found[term], term))[:limit]

    @property
    def is_ready(self) -> bool:
        """Whether there is an index to answer from, be it an older one."""
        return self._current() is not None

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in this index; None where it must be built."""
        note = self._note()
        return note.last_change if note is not None and note.terms == version.of_terms() else None

    @property
    def gaps(self) -> Gaps:
        """The ids below the last change that this index has not taken in."""
        note = self._note()
        return () if note is None else note.gaps

    @property
    def state(self) -> Hashable:
        """Which commit is searched (None: there is no index)."""
        self._current()
        return self._written

    @property
    def is_worn(self) -> bool:
        """Whether so much was changed that a new index would be smaller and quicker."""
        opened = self._current()
        return opened is not None and (opened.pieces > _MOST_PIECES or opened.removed > opened.documents / 2 > 500)

    @property
    def is_being_built(self) -> bool:
        """Whether some process is building it anew."""
        return self._folder.is_somebody_building()

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents anew and remove products, in one commit; waits for another writer."""
        with self._folder.turn_to_write():
            note = self._note()
            if note is None:
                note = self._begin()
            self._commit(note.folder, documents, remove)
            self._folder.write(Note(note.folder, note.commit + 1, note.terms, up_to, tuple(gaps)))

    def _begin(self) -> Note:
        """A new index in place of none, or of one that cannot be read."""
        from catalog.search.engines import whoosh_writing

        if self._opened is not None and self._torn is None:
            raise IndexGone
        name = self._folder.make()
        whoosh_writing.create(self._folder.path / name)
        return Note(name, 0, version.of_terms(), 0, ())

    def _commit(self, folder: str, documents: Sequence[Document], remove: Sequence[int]) -> None:
        from catalog.search.engines import whoosh_writing

        path = self._folder.path / folder
        newest = {each.product_id: each for each in documents}
        batch = whoosh_writing.Batch(path)
        try:
            batch.forget(Opened(path, self._opened), {*newest, *remove})
            batch.add(newest.values())
            batch.commit()
        except BaseException:
            batch.cancel()
            raise

    @contextmanager
    def anew(self) -> Iterator["WhooshEngine"]:
        """An empty index in a subfolder, which is the index when the block ends well."""
        with self._folder.turn_to_build():
            with self._folder.turn_to_write():
                self._folder.sweep()
                name = self._folder.make()
            fresh = _Fresh(self._folder.path / name)
            try:
                yield fresh
                fresh.finish()
                self._change_over(name, fresh)
            finally:
                fresh.give_up()
                with self._folder.turn_to_write():
                    self._folder.sweep()

    def _change_over(self, name: str, fresh: "WhooshEngine") -> None:
        made = fresh._note()
        if made is not None:  # else nothing was put into it
            with self._folder.turn_to_write():
                self._folder.write(replace(made, folder=f"{name}/{made.folder}"))

    def _note(self) -> Note | None:
        """What is noted of the index that lies in the folder; None where none lies there that can be read."""
        self._current()
        written = self._folder.read()
        return None if written == self._torn else noted(written)

    def _current(self) -> Opened | None:
        """The index as the newest commit has left it; the one that was open where there is none now."""
        written = self._folder.read()
        if written is None or written in (self._written, self._torn):
            return self._opened
        with self._lock:
            for left in reversed(range(_TRIES)):
                written = self._folder.read()
                if written is None or written in (self._written, self._torn) or self._open(written, is_last=not left):
                    break
                time.sleep(0.01)
            return self._opened

    def _open(self, written: bytes, *, is_last: bool) -> bool:
        """Open what a note tells of, and say whether that is settled: a file may be missing that is just replaced."""
        note = noted(written)
        try:
            if note is None:
                raise Torn
            self._opened, self._written = Opened(self._folder.path / note.folder, self._opened), written
        except FileNotFoundError:
            self._torn = written if is_last else None
            return is_last
        except Torn:
            self._torn = written
        return True

    def _give_up(self, opened: Opened | None) -> None:
        """Take note that files are damaged of an index that could be opened."""
        log.warning("the search index in %s is damaged and will be built anew", self._folder.path)
        with self._lock:
            if self._opened is opened:
                self._torn, self._opened, self._written = self._written, None, None


class _Fresh(WhooshEngine):
    """An index that is being filled: what comes is committed at the end, or when a product comes again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._batch: Any = None
        self._product_ids: set[int] = set()
        self._made: Note | None = None

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents; they are found when the block ends."""
        newest = {each.product_id: each for each in documents}
        if not self._product_ids.isdisjoint([*newest, *remove]):
            self.finish()
            super().replace(documents, remove, up_to=up_to, gaps=gaps)
        else:
            self._collect(newest.values(), up_to, gaps)
        self._product_ids.update(newest)

    def _collect(self, documents: Iterable[Document], up_to: int, gaps: Gaps) -> None:
        from catalog.search.engines import whoosh_writing

        note = self._made or self._note() or self._begin()
        if self._batch is None:
            self._batch = whoosh_writing.Batch(self._folder.path / note.folder)
        self._batch.add(documents)
        self._made = replace(note, commit=note.commit + 1, last_change=up_to, gaps=tuple(gaps))

    def finish(self) -> None:
        """Commit what has come."""
        if self._made is None:
            return
        self._batch.commit()
        self._folder.write(self._made)
        self._batch = self._made = None

    def give_up(self) -> None:
        """Let go of what was not committed."""
        if self._batch is not None:
            self._batch.cancel()
