"""The queue of writers: on SQLite one at a time and in fair order, and on no database does one wait for itself."""

import fcntl
import os
import threading
from typing import Any

_QUEUE, _WRITER = "queue", "writer"  # what we keep in a connection's info


class Busy(TimeoutError):
    """Somebody else is writing, and whoever asked does not want to wait."""


class Writers:
    """Who writes into one database. Connections are told apart by their `info`, which the pool keeps with them.

    The file lock makes the queue of SQLite's writers fair across threads and processes, and keeps
    their checkpoints apart; the kernel frees it when a process dies. Without a `queue_file` (on
    PostgreSQL) nobody waits here.
    """

    def __init__(self, queue_file: str | None) -> None:
        self._queue_file = queue_file
        self._writing: set[tuple[int, int]] = set()  # process and thread: a fork writes for itself

    def join(self, info: dict[Any, Any], *, at_once: bool = False) -> None:
        """Wait for our turn; `at_once` raises Busy instead. Raises RuntimeError where this thread is writing already.

        Such a wait would never end: the thread would wait for what only it could end.
        """
        me = (os.getpid(), threading.get_ident())
        if me in self._writing:
            raise RuntimeError("this thread has a writing transaction open: commit or close it before the next one")
        if self._queue_file is not None:
            _lock(info, self._queue_file, fcntl.LOCK_NB if at_once else 0)
        self._writing.add(me)
        info[_WRITER] = me

    def leave(self, info: dict[Any, Any]) -> None:
        """Let the next one write; nothing happens where this connection has not been writing."""
        writer = info.pop(_WRITER, None)
        if writer is None:
            return
        self._writing.discard(writer)
        if _QUEUE in info:
            fcntl.flock(info[_QUEUE], fcntl.LOCK_UN)

    def forget(self, info: dict[Any, Any]) -> None:
        """Give up what a connection that is being closed holds."""
        self.leave(info)
        if _QUEUE in info:
            os.close(info.pop(_QUEUE))


def is_writing(info: dict[Any, Any]) -> bool:
    """Whether this connection has a writing transaction open."""
    return _WRITER in info


def _lock(info: dict[Any, Any], queue_file: str, how: int) -> None:
    """Each connection has its own open file, so that threads queue as well as processes."""
    if _QUEUE not in info:
        info[_QUEUE] = os.open(queue_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(info[_QUEUE], fcntl.LOCK_EX | how)
    except BlockingIOError as taken:
        raise Busy from taken
