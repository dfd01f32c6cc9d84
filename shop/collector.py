"""Python's collector of garbage while much is in memory that is none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 100)  # usually (700, 10, 10): goods by the ten thousand are looked through every moment


@contextmanager
def seldom() -> Iterator[None]:
    """Let the collector come seldom within the block: an import spends a tenth of its time on it otherwise."""
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
