"""A PostgreSQL server of one's own in a folder, for tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "PostgreSQL (Debian: apt install postgresql)"


def programs() -> Path | None:
    """The folder of the newest server's programs; None where none is installed."""
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def serving(*, is_durable: bool = False) -> Iterator[str]:
    """Run an empty server for a `with` block and give its address.

    It lies in a temporary folder of its own: pytest closes its folders to everybody else whenever another run
    begins. `is_durable`: a commit reaches the disk, as in a real shop; tests go without.
    """
    with tempfile.TemporaryDirectory(prefix="dorfladen-") as home, _running(Path(home), is_durable) as url:
        yield url


@contextmanager
def _running(home: Path, is_durable: bool) -> Iterator[str]:
    found = programs()
    assert found is not None, MISSING
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_user = _as_ordinary_user(home)
    subprocess.run([*as_user, found / "initdb", "-D", home / "db", "-U", "shop", "-A", "trust", "-E", "UTF8",
                    "--no-sync"], check=True, capture_output=True)  # fmt: skip
    fsync = "on" if is_durable else "off"
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync={fsync} -c max_connections=60"
    control: list[str | Path] = [*as_user, found / "pg_ctl", "-D", home / "db", "-w"]
    subprocess.run([*control, "-o", options, "-l", home / "log", "start"], check=True, capture_output=True)
    try:
        yield f"postgresql+psycopg://shop@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)


def _as_ordinary_user(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root: step down to Debian's postgres user there."""
    if os.geteuid() != 0:
        return []
    shutil.chown(home, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
