"""The files of imports in the data folder: those that are kept, how far one has come, and the one lock of all."""

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from catalog.exchange import archives, bundle
from catalog.exchange.reading import MOST_BYTES
from shop.settings import Settings

MOST_BYTES_OF_ZIP = 2 * 1024**3
_AT_ONCE = 1024 * 1024
_BETWEEN_S = 0.2  # between two notes of progress
_LONGEST_NAME = 200  # bytes; systems allow 255
_STARTING_S = 30  # so long a process that was just started may need to say something

Told = Callable[[str, int, int], None]
"""Hears how work gets on: what is being done, so much of it, of so much."""


def silent(doing: str, done: int, total: int) -> None:
    """Hears it and says nothing."""


def folder(settings: Settings) -> Path:
    """The folder of kept files, for the owner of the process alone; made if it is missing."""
    kept = settings.data / "import" / "kept"
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    return kept


def readable(name: str) -> str:
    """The name of a file for people: on one line, in letters that can be kept, short enough for more beside it.

    Names of other systems may be of another code page; Linux gives them as they are.
    """
    decoded = _decoded(name.encode(errors="surrogateescape"))
    line = "".join(letter if letter.isprintable() else " " for letter in decoded)
    whole = line.encode()
    if len(whole) <= _LONGEST_NAME:
        return line
    ending = Path(line).suffix.encode()[-8:]
    return (whole[: _LONGEST_NAME - len(ending)] + ending).decode(errors="ignore")


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def keep_bundle(settings: Settings, content: bytes | Path) -> tuple[Path, str, Path | None]:
    """Copy a file into the folder; of a ZIP file with a table the table, and the whole besides.

    Gives where the table lies, its SHA-256, and where the ZIP file lies, if it is one. Raises NotATable, BadArchive.
    """
    is_zip = content[:4] in archives.BEGINNINGS if isinstance(content, bytes) else archives.is_archive(content)
    kept, digest = keep(settings, content, MOST_BYTES_OF_ZIP if is_zip else MOST_BYTES)
    if not is_zip:
        return kept, digest, None
    try:
        given = bundle.opened(kept)
        if given.archive is None:
            return kept, digest, None
        return *keep(settings, given.content), kept
    except BaseException:
        kept.unlink()
        raise


def keep(settings: Settings, content: bytes | Path, most: int = MOST_BYTES) -> tuple[Path, str]:
    """Copy a file into the folder under a name of its own; gives where it lies and its SHA-256.

    Of a file that is too large to be read (more than `most` bytes) only so much is kept that reading refuses it.
    """
    digest = hashlib.sha256()
    number, name = tempfile.mkstemp(dir=folder(settings), prefix=".new-")
    with os.fdopen(number, "wb") as file:
        for part in _parts(content, most):
            digest.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return Path(name), digest.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a kept file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_file(settings: Settings, kept_as: str) -> Path | None:
    """The kept file of an import; None where it is gone, or lies on another host."""
    path = folder(settings) / kept_as
    return path if kept_as and path.is_file() else None


def kept_ids(settings: Settings) -> set[int]:
    """The numbers of the imports of which something is kept on this host."""
    names = (path.name.partition(".")[0] for path in folder(settings).iterdir())
    return {int(name) for name in names if name.isdecimal()}


def forget(settings: Settings, run_id: int) -> None:
    """Delete what is kept of an import."""
    for path in folder(settings).glob(f"{run_id}.*"):
        if path.is_file():
            path.unlink(missing_ok=True)


def forget_archive(settings: Settings, run_id: int) -> None:
    """Delete the ZIP file with the pictures of an import, which are in the shop now, or not wanted."""
    (folder(settings) / f"{run_id}.zip").unlink(missing_ok=True)


@contextmanager
def turn(settings: Settings, *, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Be the only import of this shop on this host for a `with` block; `waiting` is called if another one is at it.

    The kernel frees the lock when a process dies, however it dies.
    """
    with _lock(settings) as lock:
        if not _taken(lock):
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_anybody_at_it(settings: Settings) -> bool:
    """Whether an import is being carried out on this host at this moment."""
    with _lock(settings) as lock:
        return not _taken(lock)


class Progress:
    """Tells in a small file how far an import has come, so that every page can show it; at most 5 times a second."""

    def __init__(self, settings: Settings, run_id: int, also: Told = silent) -> None:
        self._path = _progress_file(settings, run_id)
        self._also = also
        self._last = ("", 0.0)

    def __call__(self, doing: str, done: int, total: int) -> None:
        """Tell it, unless it was told a moment ago."""
        self._also(doing, done, total)
        now = time.monotonic()
        if doing == self._last[0] and now - self._last[1] < _BETWEEN_S and done < total:
            return
        self._last = (doing, now)
        write_progress(self._path, doing, done, total)


def write_progress(path: Path, doing: str, done: int, total: int) -> None:
    """Write how far it is in one step, so that nobody reads half of it. Nothing depends on it after a power cut."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps({"doing": doing, "done": done, "total": total}), encoding="utf-8")
    unfinished.replace(path)


def begin_progress(settings: Settings, run_id: int) -> None:
    """Say that a process for it is being started."""
    write_progress(_progress_file(settings, run_id), "Wird gestartet", 0, 0)


def progress_of(settings: Settings, run_id: int) -> dict[str, Any] | None:
    """How far an import has come: {"doing", "done", "total"}; None where nothing is known."""
    try:
        told: dict[str, Any] = json.loads(_progress_file(settings, run_id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told


def was_just_started(settings: Settings, run_id: int) -> bool:
    """Whether a process for it was started a moment ago, so that no second one is needed yet."""
    try:
        return time.time() - _progress_file(settings, run_id).stat().st_mtime < _STARTING_S
    except OSError:
        return False


def end_progress(settings: Settings, run_id: int) -> None:
    """Forget how far it was: the row says how it ended."""
    _progress_file(settings, run_id).unlink(missing_ok=True)


def _progress_file(settings: Settings, run_id: int) -> Path:
    return folder(settings) / f"{run_id}.progress"


def _lock(settings: Settings) -> IO[str]:
    return (folder(settings).parent / "import.lock").open("a", encoding="utf-8")


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parts(content: bytes | Path, most: int) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    left = most + 1
    with content.open("rb") as file:
        while left > 0 and (part := file.read(min(_AT_ONCE, left))):
            left -= len(part)
            yield part
