"""A warm process that hatches workers: each number on its input forks one that is killed at that step of its work.

A step is a file reaching the disk, getting its name or going away, or a commit; 0 lets the worker finish.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session

from shop import photos
from shop.app import create_shop
from shop.settings import read_settings


def main(data: Path) -> None:
    """Fork a worker for each number, and say how many steps it made until its end; -1 for a killed one."""
    app = create_shop(read_settings(data, os.environ))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            steps = _count_steps(int(line))
            photos.develop_waiting(app)
            os._exit(min(255, next(steps)))
        _, status = os.waitpid(child, 0)
        print(-1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


def _count_steps(deadly: int) -> Any:
    steps, lock = count(), threading.Lock()

    def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            with lock:
                if next(steps) + 1 == deadly:
                    os.kill(os.getpid(), signal.SIGKILL)
            return work(*given, **named)

        return step

    for place, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (Session, "commit")):
        setattr(place, name, stepping(getattr(place, name)))
    return steps


if __name__ == "__main__":
    main(Path(sys.argv[1]))
