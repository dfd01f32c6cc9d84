"""How files with a known header are taken ("Preisliste Müller"): told once, remembered, found again by the header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.exchange import columns
from catalog.exchange.runs import ColumnMemory
from catalog.exchange.wishes import NO_WISHES, Wishes, from_json
from catalog.refusals import Refusal

LONGEST_NAME = 80


class NoSuchMemory(Refusal):
    """Nothing is remembered under this name."""


class NotAName(Refusal):
    """The name is empty or too long."""


@dataclass(frozen=True)
class Remembered:
    """What is known of files with a header: the name that the owner gave, her wishes, the last use."""

    name: str
    wishes: Wishes
    used_at: datetime


Memories = Mapping[str, Remembered]
"""By the fingerprint of the header."""

NOTHING: Memories = {}


def remember(
    session: Session, fingerprint: str, name: str, wishes: Wishes, *, author: str, now: datetime
) -> ColumnMemory:
    """Remember how files with this header are taken, in place of what was remembered of them or under this name.

    What the owner has agreed to is not remembered: a question concerns one file. Trust in files of another header
    ends. Raises NotAName.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NotAName(f"Bitte einen Namen mit höchstens {LONGEST_NAME} Zeichen angeben, etwa „Preisliste Müller“.")
    of_header, of_name = _of_header(session, fingerprint), _of_name(session, name)
    memory = of_name or of_header or ColumnMemory(fingerprint="", name="", used_at=now, author=author)
    if of_header is not None and of_header is not memory:
        session.delete(of_header)
        session.flush()
    if memory.fingerprint != fingerprint:
        memory.is_trusted = False  # the trust was in files of another header
    memory.fingerprint, memory.name, memory.author, memory.used_at = fingerprint, name, author, now
    memory.wishes = replace(wishes, agreed=frozenset(), taken_as=None, said=frozenset()).as_json()
    session.add(memory)
    session.flush()
    return memory


def memories(session: Session) -> Memories:
    """Everything that is remembered, for the reading of a file whose header is not known yet."""
    return {each.fingerprint: remembered(each) for each in every(session)}


def every(session: Session) -> Sequence[ColumnMemory]:
    """All memories by their names."""
    return session.exec(select(ColumnMemory).order_by(func.lower(ColumnMemory.name))).all()


def named(session: Session, name: str) -> ColumnMemory:
    """The memory of a name, however it is written. Raises NoSuchMemory with those that there are."""
    memory = _of_name(session, " ".join(name.split()))
    if memory is None:
        raise NoSuchMemory(_not_remembered(name, [each.name for each in every(session)]))
    return memory


def remembered(memory: ColumnMemory) -> Remembered:
    """What a memory says."""
    return Remembered(memory.name, from_json(memory.wishes), memory.used_at)


def use(session: Session, name: str, now: datetime) -> None:
    """Note that a file was taken by what is remembered under a name."""
    memory = _of_name(session, name)
    if memory is not None:
        memory.used_at = now
        session.add(memory)


def forget(session: Session, name: str) -> str:
    """Forget what is remembered under a name, and give it as it was written. Raises NoSuchMemory."""
    memory = named(session, name)
    session.delete(memory)
    session.flush()
    return memory.name


def asked_for(wishes: Wishes, known: Memories) -> Remembered | None:
    """What is remembered under the name that the owner gave; None where she gave none. Raises NoSuchMemory."""
    if not wishes.taken_as:
        return None
    by_name = {each.name.casefold(): each for each in known.values()}
    if wishes.taken_as.casefold() not in by_name:
        raise NoSuchMemory(_not_remembered(wishes.taken_as, [each.name for each in known.values()]))
    return by_name[wishes.taken_as.casefold()]


def over(wishes: Wishes, known: Wishes) -> Wishes:
    """What the owner wishes now, and what is `known` from before where she says nothing of it now.

    The columns that she names now are added to those that she named before.
    """
    usual = {each.name: getattr(NO_WISHES, each.name) for each in fields(Wishes)}
    said = wishes.said | {name for name in usual if getattr(wishes, name) != usual[name]}
    now = {name: getattr(wishes, name) for name in said}
    return replace(known, **now | {"columns_of": {**known.columns_of, **wishes.columns_of}, "taken_as": ""})


def _not_remembered(name: str, names: Sequence[str]) -> str:
    there_are = f"Gemerkt ist: {', '.join(names)}." if names else "Es ist noch nichts gemerkt (--remember NAME)."
    return f"„{name}“ ist nicht gemerkt.{columns.nearest(name, names)} {there_are}"


def _of_header(session: Session, fingerprint: str) -> ColumnMemory | None:
    return session.exec(select(ColumnMemory).where(ColumnMemory.fingerprint == fingerprint)).one_or_none()


def _of_name(session: Session, name: str) -> ColumnMemory | None:
    memories = session.exec(select(ColumnMemory).order_by(col(ColumnMemory.used_at).desc())).all()
    return next((each for each in memories if each.name.casefold() == name.casefold()), None)
