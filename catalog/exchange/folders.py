"""Folders in which pictures lie: found by name, in folders within folders too."""

import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from catalog import photographs
from catalog.exchange.picture_names import Names, is_picture

Read = Callable[[], bytes]

_DEEPEST, _MOST_FILES = 5, 100_000  # folders within folders, and files in all, among which a name is looked for


class Folder:
    """A folder and the folders within it; links out of it are not followed."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    def find(self, name: str) -> Read | None:
        """What reads the file of a name; None if there is none. Raises PictureNotFound where several could be."""
        path = self._straight(name) or self._names.find(name)
        return None if path is None else lambda: photographs.read(path)

    def _straight(self, name: str) -> Path | None:
        """The file of exactly this name, for which no folder must be gone through."""
        if len(name.encode()) > 250 or "\0" in name:
            return None
        path = (self._path / name).resolve()
        return path if path.is_relative_to(self._path) and path.is_file() else None

    @cached_property
    def _names(self) -> Names[Path]:
        return Names((path.relative_to(self._path).as_posix(), path) for path in _pictures_in(self._path))


def _pictures_in(folder: Path) -> Iterator[Path]:
    """The pictures in a folder, nearer ones first; of an enormous one only the first so many files are looked at."""
    level, left = [folder], _MOST_FILES
    for _ in range(_DEEPEST):
        deeper: list[Path] = []
        for each in level:
            for entry in _entries(each):
                left -= 1
                if left < 0:
                    return
                if entry.is_dir(follow_symlinks=False):
                    deeper.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False) and is_picture(entry.name):
                    yield Path(entry.path)
        level = deeper


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((each for each in entries if not each.name.startswith(".")), key=lambda each: each.name)
    except OSError:
        return []
