"""Room for two pictures at a time on one machine, and for one where it is a large one.

Several large pictures at once, from a batch and from visitors, would fill a small server. The places
are file locks: they hold between processes and end with them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PLACES = (".making-1", ".making-2")


@contextmanager
def place(media: Path, *, alone: bool = False) -> Iterator[None]:
    """Wait for one of the two places, or with `alone` for both."""
    media.mkdir(parents=True, exist_ok=True)
    with (media / ".making").open("a") as room:
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if alone:
            yield
            return
        with (media / _PLACES[0]).open("a") as first, (media / _PLACES[1]).open("a") as second:
            if not _took(first):
                fcntl.flock(second, fcntl.LOCK_EX)
            yield


def _took(seat: IO[str]) -> bool:
    try:
        fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
