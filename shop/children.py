"""Long work in a process of its own: a thread would take turns with the shoppers' pages, a process has its own core."""

import shutil
import subprocess
import sys

from shop.settings import Settings


def start(settings: Settings, *command: str) -> "subprocess.Popen[bytes]":
    """Start one of our commands on the same shop; it lets others go first, and outlives this process."""
    ours = [sys.executable, "-P", "-m", "shop.cli", "--data", str(settings.data)]
    return subprocess.Popen(  # noqa: S603  (our own command)
        [*_politely(), *ours, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _politely() -> list[str]:
    """Begins a command that lets others go first; preexec_fn would not be safe beside threads."""
    program = shutil.which("nice")
    return [program, "-n", "10"] if program else []
