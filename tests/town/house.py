"""The shop as it runs in earnest: `serve` and `work` in processes of their own, which can be stopped and killed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from shop.settings import Settings, read_settings

START_S = 60  # a cold start takes one or two; the machine may be busy with other things


class House:
    """A shop in a data folder behind a port of its own. `environment` are its further settings."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.port = _free_port()
        self.data = data
        self._environment = dict(environment) | {"DORFLADEN_PORT": str(self.port)}
        self.settings: Settings = read_settings(data, self._environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *commands: str) -> None:
        """Start `serve`, `work` or both; without waiting."""
        for command in commands or ("serve", "work"):
            self._running[command] = self._start(command)

    def stop(self) -> None:
        """Close the shop as a host does: TERM, and what is in flight is finished."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(60)
        self._running.clear()

    def kill(self, command: str) -> None:
        """End a command's processes, master and workers, without a word of warning."""
        process = self._running.pop(command)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def kill_one_worker(self, which: int) -> bool:
        """End one web worker without a word of warning; its master starts another. False: none is there now."""
        workers = _tree(self._running["serve"].pid)[1:]
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(workers[which % len(workers)], signal.SIGKILL)
        return True

    def close(self) -> None:
        """End whatever still runs."""
        for command in list(self._running):
            self.kill(command)

    def wait_until_open(self) -> None:
        """Wait for the shop's first answer. Raises TimeoutError."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self._answers():
                return
            time.sleep(0.05)
        raise TimeoutError(f"the shop did not open within {START_S} s")

    def memory_mb(self) -> float:
        """PSS of all processes: each shared page counted once."""
        pids = [pid for process in self._running.values() for pid in _tree(process.pid)]
        return sum(_pss_kb(pid) for pid in pids) / 1024

    def _start(self, command: str) -> subprocess.Popen[bytes]:
        with (self.data / f"{command}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "shop.cli", "--data", str(self.data), command],
                env=os.environ | self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            with connection.getresponse() as answer:
                answer.read()
                return True
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _tree(pid: int) -> list[int]:
    """A process and those below it; whoever has died meanwhile is left out."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [pid, *(below for child in children for below in _tree(int(child)))]
    return []


def _pss_kb(pid: int) -> int:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0
