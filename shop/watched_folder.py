"""The folder `data/import/`: what a till or a supplier lays there is taken in by itself.

A file goes from the folder into `in-arbeit/` by a rename, from there into the keeping of an import, and only then it
is deleted; what a killed worker has left in `in-arbeit/` is taken up again. So each file is read at least once, and
one that was read already is known by its content.
"""

import fcntl
import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from catalog.exchange.runs import ImportRun, RunState
from catalog.refusals import Refusal
from shop import folder_runs, import_children, import_files, importing
from shop.context import Shop
from shop.importing import Parts
from shop.settings import Settings

log = logging.getLogger("dorfladen.folder")

_ENDINGS = (".csv", ".txt", ".zip")
_UNFINISHED = ("~", ".", "#")
_OF_THE_PAGE = re.compile(r"[0-9a-f]{32}\.csv")  # uploads of earlier versions lay here for a day
_TAKEN = "in-arbeit"
_SEEN = "erledigt"
_READ_HERE = 256 * 1024  # bytes; a larger file is planned in a process of its own
_NO_RIGHT = (
    "Der Laden darf diese Datei nicht lesen. Bitte geben Sie ihm das Recht dazu und legen Sie sie noch einmal ab."
)
_SEEN_STAY = 200  # files that came a second time; the older ones go

_Look = tuple[int, int]  # bytes, and when it was last written, in nanoseconds


class Watcher:
    """Looks at the folder every now and then; a file that two looks find alike has come to its end."""

    def __init__(self) -> None:
        self._before: dict[str, _Look] = {}

    def look(self, app: Flask) -> None:
        """Look once, as a job of the shop."""
        shop: Shop = app.extensions["dorfladen"]
        self.look_once(shop)

    def look_once(self, shop: Parts) -> None:
        """Take what is whole, oldest first, and settle what was planned."""
        folder = folder_of(shop.settings)
        with _alone(folder) as is_alone:
            if not is_alone:
                return
            for path in self._whole(folder):
                claim(path)
            folder_runs.settle_all(shop)
            for path in _claimed(folder):
                if folder_runs.is_any_under_way(shop):
                    break  # each file is compared with the shop as the one before has left it
                take(shop, path)
                folder_runs.settle_all(shop)

    def _whole(self, folder: Path) -> list[Path]:
        seen = {path: _look_at(path) for path in _candidates(folder)}
        now = {path.name: look for path, look in seen.items() if look is not None}
        whole = [path for path in seen if path.name in now and self._before.get(path.name) == now[path.name]]
        self._before = now
        return sorted(whole, key=lambda path: (now[path.name][1], path.name))


def folder_of(settings: Settings) -> Path:
    """The watched folder; made if it is missing."""
    folder = settings.data / "import"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def claim(path: Path) -> Path:
    """Take a file out of the sight of whoever writes the next one of its name; gives where it lies now.

    Its name begins with the moment of its last change then, so that files are taken in the order of their time.
    """
    working = path.parent / _TAKEN
    working.mkdir(exist_ok=True, mode=0o700)
    written, name = path.stat().st_mtime_ns, import_files.readable(path.name)
    target = working / f"{written:020d}-{name}"
    while target.exists():
        written += 1
        target = working / f"{written:020d}-{name}"
    return path.rename(target)


def take(shop: Parts, path: Path) -> None:
    """Let a claimed file become an import and read it; one that was read before is set aside."""
    name = path.name.partition("-")[2]
    try:
        digest = _digest(path)
        earlier = folder_runs.last_of_its_kind(shop, digest)
        if earlier is not None:
            _set_aside(path, name, earlier)
            return
        number = importing.receive(shop, path, name=name, source=folder_runs.SOURCE, author=importing.UNASKED)
    except (Refusal, PermissionError) as error:
        sentence = error.sentence if isinstance(error, Refusal) else _NO_RIGHT
        folder_runs.refuse(shop, path, name, sentence)
        return
    path.unlink()
    try:
        import_children.plan(shop, number, at_most=_READ_HERE)
    except Refusal as refusal:
        log.info("%s cannot be read: %s", name, refusal.sentence)  # the row keeps why, and is settled


def _candidates(folder: Path) -> Iterator[Path]:
    """The files that could be tables; not what programs write on the way to one."""
    for path in folder.iterdir():
        is_table = path.suffix.casefold() in _ENDINGS and not path.name.startswith(_UNFINISHED)
        if is_table and not _OF_THE_PAGE.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path


def _look_at(path: Path) -> _Look | None:
    """How a file stands; None where it has gone meanwhile, or holds nothing yet."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if found.st_size else None


def _claimed(folder: Path) -> list[Path]:
    working = folder / _TAKEN
    return sorted(each for each in working.iterdir() if each.is_file()) if working.is_dir() else []


def _set_aside(path: Path, name: str, earlier: ImportRun) -> None:
    """Nothing is to do: the file lies in `erledigt/`, with a word beside it, as long as there are not too many."""
    if earlier.state == RunState.RECEIVED:
        path.unlink()  # the very same file is on its way
        return
    folder = path.parent.parent / _SEEN
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / path.name
    folder_runs.say_beside(target, folder_runs.already(earlier))
    path.replace(target)
    log.info("%s was read before, by import %s", name, earlier.id)
    for old in sorted(folder.iterdir())[: -2 * _SEEN_STAY]:
        old.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else looks at this folder at this moment; the kernel frees it when a process dies."""
    with (folder / "folder.lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
