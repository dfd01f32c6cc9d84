"""The journal: each new row of the books once more, appended in the row's own transaction, chained by hashes.

Who changes, removes or slips in an entry later breaks the chain (§ 146 Abs. 4 AO); see journal_check.py. Hash: SHA-256
over the hash before and the entry as canonical JSON (sorted keys, no blanks, UTF-8), hexadecimal.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, Text, func, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col

from catalog import append_only
from catalog.times import german_day, moment
from checkout import retention
from checkout.journalled import JOURNALLED

GENESIS = "0" * 64
SYSTEM = "Laden"  # the author of what the shop does by itself
OPENED = "opened"  # the first entry: up to which ids the rows of each table are older than the journal
NEW = "new"
ERASED = "erased"  # rows whose time was over have been deleted
CUT = "cut"  # entries whose time was over have been deleted
_GATHERED, _REMARKS = "dorfladen.journal", "dorfladen.journal-remarks"
_AT_ONCE = 500


class JournalEntry(SQLModel, table=True):
    """One entry; numbers have no gaps. `body` is canonical JSON of what was written into row `row_id` of `about`.

    `recorded_at` is when it was appended; when something happened, the row says. `hash` covers all but `keep_until`.
    """

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    recorded_at: datetime = moment(index=True)
    author: str
    kind: str = Field(max_length=20)
    about: str = Field(max_length=40)
    row_id: int | None = None
    body: str = Field(sa_type=Text)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)
    keep_until: date


class JournalHead(SQLModel, table=True):
    """The one row (id 1) that knows the last entry; whoever appends locks it."""

    id: int = Field(default=1, primary_key=True)
    number: int = 0
    hash: str = Field(default=GENESIS, max_length=64)


append_only.guard(JournalEntry.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Remark:
    """An entry that is no row's: what kind, about which table, what it says."""

    kind: str
    about: str
    body: dict[str, Any]
    author: str = SYSTEM


@dataclass(frozen=True)
class _Written:
    """What is to become an entry."""

    kind: str
    about: str
    row_id: int | None
    body: dict[str, Any]
    author: str


def gather(session: Session) -> None:
    """Remember the rows that a flush has just written; to be called after each flush of a writing session."""
    rows = [each for each in session.new if type(each).__tablename__ in JOURNALLED]
    if rows:
        session.info.setdefault(_GATHERED, []).extend(rows)


def remark(session: Session, said: Remark) -> None:
    """Let the journal say something that is no row, with this transaction or not at all."""
    session.info.setdefault(_REMARKS, []).append((session.get_transaction(), said))


def append(session: Session, now: datetime) -> int:
    """Append entries for all that this transaction has written, at its very end; give how many. Flushes.

    Rows of savepoints that were given up are none. Only here the head is locked: another transaction waits no longer
    than this takes, and whoever holds the head locks nothing else any more.
    """
    session.flush()
    written = [*_rows_of(session), *_remarks_of(session)]
    if not written:
        return 0
    number, last = _locked_head(session)
    if number == 0:
        written.insert(0, _opening(session, written))
    entries = _chained(written, number, last, now)
    session.connection().execute(insert(JournalEntry), entries)
    moved = update(JournalHead).values(number=entries[-1]["number"], hash=entries[-1]["hash"])
    session.execute(moved.execution_options(synchronize_session=False))
    return len(entries)


def head_of(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry; (0, GENESIS) before the first."""
    found = session.execute(select(col(JournalHead.number), col(JournalHead.hash))).first()
    return (found[0], found[1]) if found else (0, GENESIS)


def canonical(facts: object) -> str:
    """Facts as JSON that is always written in the same letters."""
    return json.dumps(facts, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(previous: str, entry: JournalEntry | dict[str, Any]) -> str:
    """The hash of an entry that follows another one's."""
    facts = entry if isinstance(entry, dict) else entry.model_dump(exclude={"previous", "hash", "keep_until"})
    said = {name: facts[name] for name in ("number", "recorded_at", "author", "kind", "about", "row_id", "body")}
    return hashlib.sha256(f"{previous}\n{canonical(said)}".encode()).hexdigest()


def sheet_of(about: str) -> Table:
    """The table that an entry is about."""
    return SQLModel.metadata.tables[about]


def told(about: str, row: Any) -> dict[str, Any]:
    """What an entry says of a row (a mapping by column): only what the journal copies."""
    kept = JOURNALLED[about]
    return {name: value for name, value in row.items() if kept.copies(name)}


def _rows_of(session: Session) -> Iterator[_Written]:
    """The rows as they stand in the database now, table by table in the order in which they were first written."""
    ids: dict[str, dict[int, None]] = {}
    for each in session.info.pop(_GATHERED, []):
        state = inspect(each)
        if state.persistent:
            ids.setdefault(type(each).__tablename__, {})[state.identity[0]] = None
    found = [(about, row) for about, wanted in ids.items() for row in _read(session, about, sorted(wanted))]
    actor = next((row["author"] for _, row in found if row.get("author")), SYSTEM)
    for about, row in found:
        yield _Written(NEW, about, row["id"], told(about, row), row.get("author") or actor)


def _read(session: Session, about: str, ids: Sequence[int]) -> Iterator[Any]:
    sheet = sheet_of(about)
    for start in range(0, len(ids), _AT_ONCE):
        some = sheet.c.id.in_(ids[start : start + _AT_ONCE])
        yield from session.execute(select(sheet).where(some).order_by(sheet.c.id)).mappings()


def _remarks_of(session: Session) -> list[_Written]:
    """What was remarked in this transaction; what was in one that was given up is gone with it."""
    ours = session.get_transaction()
    return [
        _Written(said.kind, said.about, None, said.body, said.author)
        for of, said in session.info.pop(_REMARKS, [])
        if of is ours
    ]


def _locked_head(session: Session) -> tuple[int, str]:
    """The head, locked until the transaction ends; made where there is none yet."""
    locked = select(col(JournalHead.number), col(JournalHead.hash)).with_for_update()
    found = session.execute(locked).first()
    if found is None:
        try:
            with session.begin_nested():
                session.execute(insert(JournalHead).values(id=1, number=0, hash=GENESIS))
        except IntegrityError:  # another transaction has just made it
            pass
        found = session.execute(locked).one()
    return found[0], found[1]


def _opening(session: Session, written: Iterable[_Written]) -> _Written:
    """Up to which id the rows of each table were there before the journal."""
    first = {about: min(ids) for about in JOURNALLED if (ids := [w.row_id or 0 for w in written if w.about == about])}
    known = [about for about in sorted(JOURNALLED) if about in SQLModel.metadata.tables]
    before = {about: _last_id(session, about, first.get(about)) for about in known}
    return _Written(OPENED, "", None, {"rows_until": before}, SYSTEM)


def _last_id(session: Session, about: str, below: int | None) -> int:
    ids = sheet_of(about).c.id
    last = select(func.max(ids)) if below is None else select(func.max(ids)).where(ids < below)
    return session.execute(last).scalar() or 0


def _chained(written: Iterable[_Written], last: int, previous: str, now: datetime) -> list[dict[str, Any]]:
    """Entries, as they go into the table, behind the last one."""
    keep_until = retention.keep_until(german_day(now), retention.BOOKS)
    entries = []
    for number, each in enumerate(written, start=last + 1):
        entry: dict[str, Any] = {
            "number": number, "recorded_at": now, "author": each.author, "kind": each.kind, "about": each.about,
            "row_id": each.row_id, "body": canonical(each.body),
        }  # fmt: skip
        entries.append(entry | {"previous": previous, "hash": hash_of(previous, entry), "keep_until": keep_until})
        previous = entries[-1]["hash"]
    return entries


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in the journal")
