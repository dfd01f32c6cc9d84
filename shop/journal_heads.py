"""The journal's last entry, noted outside the database: whoever cuts off or rewrites its end is found out by it.

Each night a line goes into `journal-heads.jsonl` in the data folder, with what a look at the whole journal found; each
backup's manifest and each month's archive name the head as well.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checkout import erasing, journal, journal_check
from checkout.journal_check import Head
from shop import backup, whole_files
from shop.db import Database
from shop.formats import BERLIN
from shop.settings import Settings

FILE = "journal-heads.jsonl"
_KEPT = 4000  # lines: some eleven years


@dataclass(frozen=True)
class Look:
    """A look at the whole journal: when, what it ended with, and the first fault ("" for none)."""

    at: str
    head: Head
    fault: str


def note(settings: Settings, database: Database, now: datetime) -> Look:
    """Look at the whole journal and note its head and what was found."""
    with database.reading() as session:
        number, digest = journal.head_of(session)
        found = journal_check.verify(session, read(settings), erasing.may_be_gone(now))
    day = f"{now.astimezone(BERLIN):%d.%m.%Y}"
    look = Look(now.isoformat(), Head(number, digest, day), found.sentence if found else "")
    lines = [*_lines(settings), json.dumps(
        {"at": look.at, "day": day, "number": number, "hash": digest, "fault": look.fault}, ensure_ascii=False
    )][-_KEPT:]  # fmt: skip
    with whole_files.written(settings.data / FILE, mode=0o600) as out:
        out.write(("\n".join(lines) + "\n").encode())
    return look


def read(settings: Settings) -> list[Head]:
    """The heads that were noted while nothing was wrong, oldest first."""
    return [look.head for look in _looks(settings) if not look.fault and look.head.number]


def of_backups(settings: Settings) -> list[Head]:
    """The heads that the backups in the data folder name, newest first."""
    return [
        Head(number, digest, f"{datetime.fromisoformat(at).astimezone(BERLIN):%d.%m.%Y}")
        for number, digest, at in backup.journal_heads(settings)
    ]


def last_look(settings: Settings) -> Look | None:
    """The last look; None before the first."""
    looks = _looks(settings)
    return looks[-1] if looks else None


def is_there_for(settings: Settings, now: datetime) -> bool:
    """Whether a look was taken on the day (in Berlin) of a moment."""
    last = last_look(settings)
    return last is not None and last.head.at == f"{now.astimezone(BERLIN):%d.%m.%Y}"


def _looks(settings: Settings) -> list[Look]:
    rows = [json.loads(line) for line in _lines(settings)]
    return [Look(row["at"], Head(row["number"], row["hash"], row["day"]), row["fault"]) for row in rows]


def _lines(settings: Settings) -> list[str]:
    file: Path = settings.data / FILE
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
