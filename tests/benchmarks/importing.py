"""The import of goods beside the floor: the very same rows by `executemany`; and a shopper's page meanwhile.

The command runs as a child process, as owners run it. The floor writes every row of every table that the import has
left behind into the same schema with the same indexes, as durably, in one transaction: nothing can be faster.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from shop.db import sqlite_module
from tests.benchmarks import haberdashery, memory
from tests.benchmarks.stocking import make_shop

SIZES = (10_000, 100_000)  # variants
VISITED = 200  # products of the shop whose pages are asked for
VISITS = 400  # while it is quiet
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000")


@dataclass(frozen=True)
class Run:
    """What a child process has taken: seconds by the clock and of CPU, and the most memory in MB."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def measure() -> dict[str, float]:
    """Seconds, rows per second and MB of imports, how often the floor they are, and the page's p95 in ms."""
    figures: dict[str, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            figures |= _measure(Path(folder), size)
    with tempfile.TemporaryDirectory() as folder:
        return figures | _visit_meanwhile(Path(folder))


def _measure(folder: Path, size: int) -> dict[str, float]:
    data = folder / "data"
    run_shop(data, "init", "--empty")
    haberdashery.write(folder / "goods.csv", size)
    haberdashery.write(folder / "dearer.csv", size, dearer_cents=10)
    new = run_shop(data, "import", str(folder / "goods.csv"), "--yes")
    floor, rows = _floor(data / "shop.db", folder / "floor.db")
    again = run_shop(data, "import", str(folder / "goods.csv"), "--yes")
    dearer = run_shop(data, "import", str(folder / "dearer.csv"), "--yes")
    return {
        f"{size} floor rows": rows,
        f"{size} floor s": floor.seconds,
        f"{size} floor, CPU s": floor.cpu_seconds,
        **_figures(f"{size} new", new, floor, size),
        **_figures(f"{size} unchanged", again, floor, size),
        **_figures(f"{size} other prices", dearer, floor, size),
    }


def _figures(what: str, run: Run, floor: Run, size: int) -> dict[str, float]:
    return {
        f"{what} s": run.seconds,
        f"{what} rows per s": size / run.seconds,
        f"{what} ÷ floor": run.seconds / floor.seconds,
        f"{what} ÷ floor, CPU": run.cpu_seconds / floor.cpu_seconds,
        f"{what} MB": run.megabytes,
    }


def run_shop(data: Path, *command: str) -> Run:
    """Run a command on a data folder in a process of its own."""
    began = time.perf_counter()
    child = _start(data, *command)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _start(data: Path, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "shop.cli", "--data", str(data), *command], stdout=subprocess.DEVNULL
    )


def _floor(source: Path, target: Path) -> tuple[Run, int]:
    """Write the rows of a database into a new one; gives what that takes, and how many rows they are."""
    connect: Any = sqlite_module().connect
    seconds = cpu_seconds = 0.0
    rows = 0
    with closing(connect(source)) as read, closing(connect(target, isolation_level=None)) as written:
        for pragma in PRAGMAS:
            written.execute(f"PRAGMA {pragma}")
        tables = _tables(read)
        for statement in _schema(read):
            written.execute(statement)
        written.execute("PRAGMA defer_foreign_keys=ON")
        written.execute("BEGIN IMMEDIATE")
        written.execute("PRAGMA defer_foreign_keys=ON")
        for table in tables:
            every = read.execute(f'SELECT * FROM "{table}"').fetchall()
            if not every:
                continue
            marks = ", ".join("?" * len(every[0]))
            began, cpu_began = time.perf_counter(), time.process_time()
            written.executemany(f'INSERT INTO "{table}" VALUES ({marks})', every)
            seconds += time.perf_counter() - began
            cpu_seconds += time.process_time() - cpu_began
            rows += len(every)
        began, cpu_began = time.perf_counter(), time.process_time()
        written.execute("COMMIT")
        seconds += time.perf_counter() - began
        cpu_seconds += time.process_time() - cpu_began
    return Run(seconds, cpu_seconds, 0), rows


def _tables(connection: sqlite3.Connection) -> list[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rootpage"
    return [name for (name,) in connection.execute(named)]


def _schema(connection: sqlite3.Connection) -> list[str]:
    made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid"
    return [statement for (statement,) in connection.execute(made)]


def _visit_meanwhile(folder: Path) -> dict[str, float]:
    """Ask for product pages while it is quiet, and while a file of the smaller size comes in."""
    data = folder / "data"
    make_shop(data, VISITED).extensions["dorfladen"].database.close()
    haberdashery.write(folder / "goods.csv", SIZES[0])
    with _serving(data) as address:
        slugs = cycle(f"{address}/artikel/artikel-{number}" for number in range(VISITED))
        _waits(slugs, VISITED)  # every page once, so that none is seen for the first time
        quiet = _p95(_waits(slugs, VISITS))
        child = _start(data, "import", str(folder / "goods.csv"), "--yes")
        busy = []
        while child.poll() is None:
            busy += _waits(slugs, 1)
        assert child.returncode == 0
    return {
        "page, quiet, p95 ms": quiet,
        "page, during the import, p95 ms": _p95(busy),
        "page, during the import ÷ quiet": _p95(busy) / quiet,
        "page, during the import, most ms": max(busy),
        "page, visits during the import": len(busy),
    }


@contextmanager
def _serving(data: Path) -> Iterator[str]:
    address, server = memory.start(data)
    try:
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _waits(addresses: Iterator[str], number: int) -> list[float]:
    """How long the next pages take, in ms."""
    waits = []
    for _ in range(number):
        began = time.perf_counter()
        urllib.request.urlopen(next(addresses), timeout=30).read()
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def _p95(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]
