"""Files that are there whole or not at all: written beside their place, then renamed onto it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_USUAL_RIGHTS = 0o666  # the umask takes off what the owner of the process does not want


@contextmanager
def written(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write to for a `with` block; at its end it takes the place of what is at `path`.

    After an error, a full disk or a kill, what was there before is still there. A link stays one, what it leads to
    is written; what is no file (a pipe, a device) is written straight away. `mode`: the rights of the file; None: as
    those of any new file. Raises OSError where nothing can be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as straight:
            yield straight
        return
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=".part")
    try:
        with os.fdopen(number, "wb") as out:
            yield out
            out.flush()
            os.fchmod(number, _rights(mode))
            os.fsync(number)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _rights(mode: int | None) -> int:
    if mode is not None:
        return mode
    mask = os.umask(0)
    os.umask(mask)
    return _USUAL_RIGHTS & ~mask


def _sync(folder: Path) -> None:
    """Let the new name outlive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sweep(folder: Path, *, before: datetime | None = None) -> None:
    """Take away what writing that was killed has left in a folder of ours.

    `before`: only what was written last before that moment, where others may be writing there now.
    """
    for path in folder.glob(".new-*.part"):
        if before is None or is_older(path, before):
            path.unlink(missing_ok=True)


def is_older(path: Path, moment: datetime) -> bool:
    """Whether a file or folder was changed last before a moment; False for one that is gone."""
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
