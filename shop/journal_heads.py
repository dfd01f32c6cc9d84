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
    """A look at the whole journal: when, what it ended with, and the first fault ("" for none).

    `is_restore`: nobody looked, but a backup was played back.
    """

    at: str
    head: Head
    fault: str
    is_restore: bool = False


def note(settings: Settings, database: Database, now: datetime) -> Look:
    """Look at the whole journal and note its head and what was found."""
    with database.reading() as session:
        number, digest = journal.head_of(session)
        found = journal_check.verify(session, read(settings), erasing.may_be_gone(now))
    look = Look(now.isoformat(), Head(number, digest, _day(now)), found.sentence if found else "")
    _append(settings, look)
    return look


def note_restored(settings: Settings, database: Database, now: datetime) -> None:
    """Note that a backup was played back: the journal ends where the backup does, whatever came after it then."""
    with database.reading() as session:
        number, digest = journal.head_of(session)
    _append(settings, Look(now.isoformat(), Head(number, digest, _day(now)), "", is_restore=True))


def read(settings: Settings) -> list[Head]:
    """The heads that were noted while nothing was wrong, oldest first."""
    return [look.head for look in _looks(settings) if not look.fault and look.head.number]


def of_backups(settings: Settings) -> list[Head]:
    """The heads that the backups in the data folder name; not what came after the one that was played back last."""
    restored = next((look for look in reversed(_looks(settings)) if look.is_restore), None)
    return [
        Head(number, digest, _day(datetime.fromisoformat(at)))
        for number, digest, at in backup.journal_heads(settings)
        if restored is None or number <= restored.head.number or _moment(at) > _moment(restored.at)
    ]


def last_look(settings: Settings) -> Look | None:
    """The last look; None before the first."""
    return next((look for look in reversed(_looks(settings)) if not look.is_restore), None)


def is_there_for(settings: Settings, now: datetime) -> bool:
    """Whether a look was taken on the day (in Berlin) of a moment."""
    last = last_look(settings)
    return last is not None and last.head.at == _day(now)


def _append(settings: Settings, look: Look) -> None:
    row = {
        "at": look.at, "day": look.head.at, "number": look.head.number, "hash": look.head.hash, "fault": look.fault,
        "restored": look.is_restore,
    }  # fmt: skip
    lines = [*_lines(settings), json.dumps(row, ensure_ascii=False)][-_KEPT:]
    with whole_files.written(settings.data / FILE, mode=0o600) as out:
        out.write(("\n".join(lines) + "\n").encode())


def _looks(settings: Settings) -> list[Look]:
    rows = [json.loads(line) for line in _lines(settings)]
    return [
        Look(row["at"], Head(row["number"], row["hash"], row["day"]), row["fault"], row["restored"]) for row in rows
    ]


def _lines(settings: Settings) -> list[str]:
    file: Path = settings.data / FILE
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _day(at: datetime) -> str:
    return f"{at.astimezone(BERLIN):%d.%m.%Y}"


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)
