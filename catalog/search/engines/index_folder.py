"""The folder of an index: which of its subfolders is the index, what is noted of it, and whose turn it is to write.

`current.json` names the subfolder; it is replaced in one step, with each commit and when a new index takes the old
one's place. The locks lie beside the folder, for the folder itself may be deleted at any time.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.search.port import Gaps

LAYOUT = 2  # of what lies in the folder; raise it when older programs' files can no longer be read
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.02


@dataclass(frozen=True)
class Note:
    """What is noted with a commit: the subfolder, the how-manieth commit it is, and what the port promises to keep.

    `terms`: the version of the program that made the terms, see version.py.
    """

    folder: str
    commit: int
    terms: str
    last_change: int
    gaps: Gaps
    layout: int = LAYOUT


class IndexFolder:
    """The folder of one index."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._current = path / "current.json"
        self._builders = path.with_name(f"{path.name}-anew.lock")

    def read(self) -> bytes | None:
        """The note as it is written, to see whether it has changed; None where there is no index."""
        try:
            return self._current.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, note: Note) -> None:
        """Make this the note, in one step that survives a power loss."""
        beside = self._current.with_suffix(".new")
        beside.write_text(json.dumps(asdict(note)), encoding="ascii")
        reach_the_disk(beside)
        beside.replace(self._current)
        reach_the_disk(self.path)

    def make(self) -> str:
        """Make an empty subfolder and give its name."""
        name = os.urandom(8).hex()
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / name).mkdir(mode=0o700)
        return name

    def sweep(self) -> None:
        """Remove everything but the current index: what builds left that died, and what older programs made."""
        note = noted(self.read())
        kept = (self._current.name, note.folder.partition("/")[0] if note else "")
        for each in self.path.iterdir() if self.path.exists() else ():
            if each.name not in kept:
                shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        """Be the only one in all processes who commits. Raises TimeoutError after 30 seconds."""
        with _turn(self.path.with_name(f"{self.path.name}.lock")):
            yield

    @contextmanager
    def turn_to_build(self) -> Iterator[None]:
        """Be the only one in all processes who builds the index anew. Raises TimeoutError after 30 seconds."""
        with _turn(self._builders):
            yield

    def is_somebody_building(self) -> bool:
        """Whether it is anybody's turn to build."""
        if not self._builders.exists():
            return False
        with self._builders.open("a") as lock:
            return not _is_ours(lock.fileno())


def noted(written: bytes | None) -> Note | None:
    """The note that was read; None for one of another layout or one that a power loss has damaged."""
    try:
        told = json.loads(written or b"")
        gaps = tuple((int(first), int(last)) for first, last in told.pop("gaps"))
        note = Note(gaps=gaps, **told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return note if note.layout == LAYOUT else None


def reach_the_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of files, would survive a power loss."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        until = time.monotonic() + _PATIENCE_S
        while not _is_ours(lock.fileno()):
            if time.monotonic() > until:
                raise TimeoutError("another process is writing the search index")
            time.sleep(_LOOK_AGAIN_S)
        yield


def _is_ours(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
