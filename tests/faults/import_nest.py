"""A warm process that hatches imports: each line of its input forks one, which may be killed at any moment.

A line is JSON: {"data", "database_url", "file", "wishes", "most", "run", "dies_after_s", "dies_at_commit"}; without
a run the file is received, planned, agreed to and carried out, as `import FILE --yes` does; with one it is carried
on. It dies after so many seconds of its own work, however busy the machine is (SIGPROF ends it as kill -9 does:
nobody hears of it, nothing is put away), or right before (-n) or after (n) its n-th commit. The nest answers with
how it ended, 0 or the negative signal, and how many seconds it worked.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sqlmodel import Session

from catalog.exchange import wishes
from shop import importing
from shop.importing import House
from shop.preparing import connect
from shop.settings import read_settings


def main() -> None:
    """Fork an import for each line."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _carry_out(json.loads(line))
            os._exit(0)
        _, status, used = os.wait4(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime]), flush=True)


def _carry_out(asked: dict[str, Any]) -> None:
    settings = read_settings(Path(asked["data"]), {"DATABASE_URL": asked["database_url"]})
    house = House(settings, connect(settings))
    _die_in_time(asked["dies_after_s"], asked["dies_at_commit"])
    run_id = asked["run"] or _agreed(house, Path(asked["file"]), asked["wishes"])
    importing.carry_out(house, run_id, most_variants=asked["most"])


def _agreed(house: House, file: Path, wished: dict[str, Any]) -> int:
    run_id = importing.receive(
        house, file, name=file.name, source="command", author="Anna", wished=wishes.from_json(wished)
    )
    importing.plan(house, run_id)
    importing.agree(house, run_id, author="Anna", skips_refused=True)
    return run_id


def _die_in_time(after_s: float, at_commit: int) -> None:
    if after_s:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, after_s)
    if at_commit:
        commits = count(1)
        setattr(Session, "commit", _deadly(Session.commit, commits, at_commit))  # noqa: B010


def _deadly(commit: Callable[[Any], None], commits: Any, at_commit: int) -> Callable[[Any], None]:
    def committing(session: Session) -> None:
        number = next(commits)
        if number == -at_commit:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(session)
        if number == at_commit:
            os.kill(os.getpid(), signal.SIGKILL)

    return committing


if __name__ == "__main__":
    main()
