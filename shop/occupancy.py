"""Whether a shop is open in a data folder: whoever serves or works in it holds a lock that others can see.

The kernel frees the lock when a process dies, however it dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.refusals import Refusal

LOCK = "open.lock"


class ShopIsOpen(Refusal):
    """Something can only be done while the shop is closed."""

    def __init__(self) -> None:
        super().__init__("Der Laden ist gerade geöffnet. Bitte schließen Sie ihn zuerst (Strg+C, auch „work“).")


@contextmanager
def open_in(data: Path) -> Iterator[None]:
    """Be open in a folder; several processes may be. Waits while somebody is alone in it."""
    with (data / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def alone_in(data: Path) -> Iterator[None]:
    """Be alone in a folder. Raises ShopIsOpen."""
    with (data / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ShopIsOpen from error
        yield
