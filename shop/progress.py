"""Showing how long work gets on: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

Progress = Callable[[int, int], None]
"""Told (done, total) after each step."""


@contextmanager
def shown(label: str, *, stays: bool = True) -> Iterator[Progress]:
    """A block whose progress is shown under a label; its bar stays on the terminal, or goes with the end."""
    if sys.stderr.isatty():
        with _bar(label, stays=stays) as told:
            yield told
    else:
        yield _lines(label)


@contextmanager
def shown_by_turns() -> Iterator[Callable[[str, int, int], None]]:
    """A block of several works, one after the other; each is told as (label, done, total), total 0 while unknown."""
    with ExitStack() as stack:
        turns: dict[str, Progress] = {}

        def told(label: str, done: int, total: int) -> None:
            if label not in turns:
                stack.close()
                turns[label] = stack.enter_context(shown(label, stays=False))
            if total:
                turns[label](done, total)

        yield told


@contextmanager
def _bar(label: str, *, stays: bool) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(complete_style="orange3"), TextColumn("{task.fields[of]}"))
    with Bars(*columns, console=Console(stderr=True), transient=not stays) as bars:
        bar = bars.add_task(label, total=None, of="")
        yield lambda done, total: bars.update(bar, completed=done, total=total, of=f"{done}/{total}")


def _lines(label: str) -> Progress:
    """At most ten lines, one for each tenth, and one at the end."""
    tenths = set()

    def told(done: int, total: int) -> None:
        tenth = 10 if done >= total else done * 10 // total
        if tenth and tenth not in tenths:
            tenths.add(tenth)
            print(f"{label}: {done} von {total}", file=sys.stderr, flush=True)  # noqa: T201

    return told
