"""Memory of the running shop: one process tree that serves and does the jobs, 1,000 products."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.benchmarks.stocking import make_shop

PRODUCTS = 1000
VISITS = (
    "/",
    "/kategorie/jersey",
    "/suche?q=jersey+streifen",
    *(f"/artikel/artikel-{number}" for number in range(300)),
)


def measure() -> dict[str, float]:
    """MB after a visit to every page: PSS (each shared page counted once) and RSS of all processes."""
    with tempfile.TemporaryDirectory() as folder:
        make_shop(Path(folder), PRODUCTS).extensions["dorfladen"].database.close()
        address, server = start(Path(folder))
        try:
            for visit in VISITS:
                urllib.request.urlopen(address + visit, timeout=30).read()
            tree = _tree(server.pid)
            return {
                "processes": len(tree),
                "PSS MB": sum(_kilobytes(pid, "Pss") for pid in tree) / 1024,
                "RSS MB": sum(_kilobytes(pid, "Rss") for pid in tree) / 1024,
            }
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def start(data: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Open the shop of a folder for whoever asks over HTTP; gives its address and the process, leader of its group."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "shop.cli", "--data", str(data), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return address, server
    raise TimeoutError("the shop did not start within 30 s")


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(below for child in children for below in _tree(int(child)))]


def _kilobytes(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
