"""Whether the journal is whole: its chain, the heads that are kept elsewhere, and the rows that it speaks of."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import RowMapping, select
from sqlmodel import Session, SQLModel, col

from checkout import journal
from checkout.journal import GENESIS, JournalEntry
from checkout.journalled import JOURNALLED

MayBeGone = Callable[[str, datetime], bool]  # whether rows of a table that were recorded then need not be there
_AT_ONCE = 500


@dataclass(frozen=True)
class Broken:
    """The first entry (its number) that is not as it was written, and in German what is wrong."""

    number: int
    sentence: str


@dataclass(frozen=True)
class Head:
    """What the journal ended with at some time, as it is kept outside the database."""

    number: int
    hash: str
    at: str = ""  # when, as it is told to people


def verify(session: Session, heads: Iterable[Head], may_be_gone: MayBeGone, *, since: int = 1) -> Broken | None:
    """Look at the whole journal from an entry on, and at the rows that it speaks of; None where all is as written."""
    return broken_chain(session, heads, since=since) or differing_row(session, may_be_gone, since=since)


def broken_chain(session: Session, heads: Iterable[Head] = (), *, since: int = 1) -> Broken | None:
    """The first entry that was changed, slipped in, moved or taken away; None where the chain is whole.

    `heads` find what the chain cannot know: that its end was cut off, or all of it written anew. With `since` (the
    number of an entry that is there) only later ones are looked at.
    """
    kept = {head.number: head for head in heads if head.number >= since}
    first, number, previous = True, since - 1, GENESIS
    cuts: dict[int, str] = {}
    begins: tuple[int, str] | None = None
    for entry in _entries(session, since):
        if first:
            begins, first = (entry["number"], entry["previous"]), False
            number, previous = entry["number"] - 1, entry["previous"]
        if found := _wrong(entry, number, previous, kept):
            return found
        if entry["kind"] == journal.CUT:
            body = json.loads(entry["body"])
            cuts[body["until"]] = body["hash"]
        number, previous = entry["number"], entry["hash"]
    return _wrong_start(begins, cuts, since) or _wrong_end(session, number, previous, kept)


def differing_row(session: Session, may_be_gone: MayBeGone, *, since: int = 1) -> Broken | None:
    """The first entry whose row is not (any more) as it says, or a row that no entry speaks of; None for none."""
    seen: dict[str, bytearray] = {}
    opened: dict[str, int] = {}
    for some in _parts(_entries(session, since)):
        for entry in (each for each in some if each["kind"] == journal.OPENED):
            opened = json.loads(entry["body"])["rows_until"]
        if found := _first_differing(session, [each for each in some if each["kind"] == journal.NEW], may_be_gone):
            return found
        _note(seen, some)
    return _slipped_in(session, seen, opened) if since == 1 else None


def _entries(session: Session, since: int) -> Iterator[RowMapping]:
    sheet = journal.sheet_of("journalentry")
    wanted = select(sheet).where(sheet.c.number >= since).order_by(sheet.c.number)
    yield from session.execute(wanted.execution_options(yield_per=_AT_ONCE)).mappings()


def _wrong(entry: RowMapping, number: int, previous: str, kept: Mapping[int, Head]) -> Broken | None:
    """What is wrong with an entry that should follow another one."""
    own = entry["number"]
    if own != number + 1:
        return Broken(number + 1, f"Eintrag {number + 1} fehlt.")
    if entry["previous"] != previous:
        return Broken(own, f"Eintrag {own} schließt nicht an den vor ihm an.")
    if journal.hash_of(previous, dict(entry)) != entry["hash"]:
        return Broken(own, f"Eintrag {own} wurde nachträglich geändert.")
    if own in kept and kept[own].hash != entry["hash"]:
        return Broken(own, f"Eintrag {own} ist nicht der, der am {kept[own].at} der letzte war: neu geschrieben.")
    return None


def _wrong_start(begins: tuple[int, str] | None, cuts: Mapping[int, str], since: int) -> Broken | None:
    """Whether what is missing at the beginning was cut off by the journal itself, and says so."""
    if begins is None or since > 1 or begins == (1, GENESIS):
        return None
    number, previous = begins
    if number == 1 or cuts.get(number - 1) != previous:
        return Broken(number, f"Vor Eintrag {number} fehlt der Anfang, und kein Eintrag sagt, dass er gelöscht wurde.")
    return None


def _wrong_end(session: Session, number: int, last: str, kept: Mapping[int, Head]) -> Broken | None:
    """Whether the last entry is the one that the head knows, and none of those kept elsewhere came after it."""
    head_number, head_hash = journal.head_of(session)
    if later := next((each for _, each in sorted(kept.items()) if each.number > number), None):
        sentence = f"Das Ende fehlt: Am {later.at} gab es {later.number} Einträge, jetzt ist {number} der letzte."
        return Broken(number + 1, sentence)
    if (head_number, head_hash) == (number, last) or (not number and not head_number):
        return None
    return Broken(number + 1, f"Das Ende fehlt: Der letzte Eintrag müsste {head_number} sein, er ist {number}.")


def _first_differing(session: Session, entries: list[RowMapping], may_be_gone: MayBeGone) -> Broken | None:
    standing = [each for each in entries if not may_be_gone(each["about"], each["recorded_at"])]
    rows = {
        about: _rows(session, about, [each["row_id"] for each in some])
        for about, some in groupby(sorted(standing, key=lambda each: each["about"]), key=lambda each: each["about"])
    }
    for entry in standing:
        row = rows[entry["about"]].get(entry["row_id"])
        what = f"{entry['about']} Nr. {entry['row_id']}"
        if row is None:
            return Broken(entry["number"], f"{what} wurde gelöscht; Eintrag {entry['number']} kennt die Zeile noch.")
        if changed := _changed(entry, row):
            return Broken(
                entry["number"], f"{what} wurde geändert ({changed}); Eintrag {entry['number']} sagt etwas anderes."
            )
    return None


def _rows(session: Session, about: str, ids: list[int]) -> dict[int, RowMapping]:
    if about not in SQLModel.metadata.tables:
        return {}
    sheet = journal.sheet_of(about)
    return {row["id"]: row for row in session.execute(select(sheet).where(sheet.c.id.in_(ids))).mappings()}


def _changed(entry: RowMapping, row: RowMapping) -> str:
    """The first column that is not as the entry says; "" for none. Columns that came with a later version are new."""
    moves = JOURNALLED[entry["about"]].moves
    said = json.loads(entry["body"])
    now = json.loads(journal.canonical(journal.told(entry["about"], row)))
    return next((name for name in said if name not in moves and name in now and said[name] != now[name]), "")


def _note(seen: dict[str, bytearray], entries: Iterable[RowMapping]) -> None:
    """Remember which rows were spoken of, a byte for each."""
    for entry in entries:
        if entry["kind"] == journal.NEW:
            known = seen.setdefault(entry["about"], bytearray())
            known.extend(bytes(max(0, entry["row_id"] + 1 - len(known))))
            known[entry["row_id"]] = 1


def _slipped_in(session: Session, seen: Mapping[str, bytearray], opened: Mapping[str, int]) -> Broken | None:
    """A row that came into the database past the program; rows from before the journal are none."""
    for about in (each for each in JOURNALLED if each in SQLModel.metadata.tables and (seen or opened)):
        known, ids = seen.get(about, bytearray()), journal.sheet_of(about).c.id
        every = select(ids).where(ids > opened.get(about, 0)).order_by(ids).execution_options(yield_per=_AT_ONCE)
        for row_id in session.execute(every).scalars():
            if row_id >= len(known) or not known[row_id]:
                return Broken(
                    0, f"{about} Nr. {row_id} kam am Programm vorbei in die Datenbank: kein Eintrag kennt sie."
                )
    return None


def _parts(every: Iterator[RowMapping]) -> Iterator[list[RowMapping]]:
    while part := list(islice(every, _AT_ONCE)):
        yield part


def newest(session: Session, count: int) -> int:
    """The number from which on the last `count` entries stand; 1 where there are no more."""
    last = session.execute(select(col(JournalEntry.number)).order_by(col(JournalEntry.number).desc())).scalars().first()
    return max(1, (last or 0) - count + 1)
