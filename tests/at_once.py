"""Several threads that begin at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def in_threads(number: int, work: Callable[[int], None]) -> None:
    """Let threads begin together and wait for all; what one of them raises is raised here."""
    start = threading.Barrier(number)

    def run(which: int) -> None:
        start.wait()
        work(which)

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(run, range(number)))
