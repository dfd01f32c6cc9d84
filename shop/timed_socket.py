"""A connection that ends with its time, however slowly the other side drips."""

import io
import socket
from collections.abc import Callable


class TimedSocket:
    """A socket as http.client uses one; every wait lasts at most as long as is left of the whole time.

    `left` gives the seconds that are left and raises TimeoutError when there are none. Whoever opened the socket
    closes it; http.client would close it before the answer is read.
    """

    def __init__(self, connected: socket.socket, left: Callable[[], float]) -> None:
        self._socket = connected
        self._left = left

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def receive(self, buffer: memoryview) -> int:
        """Receive some bytes; gives how many, 0 at the end."""
        self._socket.settimeout(self._left())
        return self._socket.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What is received, as a file."""
        return io.BufferedReader(_Received(self))

    def close(self) -> None:
        """Left to whoever opened it."""


class _Received(io.RawIOBase):
    def __init__(self, timed: TimedSocket) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._timed.receive(buffer)
