"""Words that mean the same to shoppers: "Reißverschluss = Zipper = RV". The owner edits them.

Each row stands for itself: what two rows have in common does not join them. They work while searching, so that
no index has to be built anew; the revision "search" tells every process that they have changed.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import revisions
from catalog.refusals import Refusal
from catalog.search.analysis import fold
from catalog.times import moment

REVISION = "search"
_FIRST_SET = Path(__file__).parent / "words" / "synonyms.txt"
_LONGEST, _MOST_SIDES, _MOST_WORDS = 400, 12, 4
_WORD = re.compile(r"[^\W_]+")


class Synonym(SQLModel, table=True):
    """Words or groups of words that mean the same, joined by " = "."""

    id: int | None = Field(default=None, primary_key=True)
    words: str = Field(max_length=400)
    author: str = ""
    created_at: datetime = moment()


class NotSynonyms(Refusal):
    """What was typed is no list of words that mean the same."""


class KnownSynonyms(Refusal):
    """The same words stand together already."""


class NoSuchSynonyms(Refusal):
    """Somebody has removed them meanwhile."""

    def __init__(self) -> None:
        super().__init__("Diese Synonyme gibt es nicht mehr. Vielleicht hat sie gerade jemand gelöscht.")


def of(session: Session) -> list[Synonym]:
    """All synonyms in the order of the alphabet."""
    return sorted(session.exec(select(Synonym)).all(), key=lambda each: (fold(each.words), each.id))


def add(session: Session, words: str, *, now: datetime, author: str) -> Synonym:
    """Let words mean the same. Raises NotSynonyms, KnownSynonyms."""
    synonym = Synonym(words=_fitting(session, words, None), author=author, created_at=now)
    session.add(synonym)
    session.flush()
    revisions.bump(session, REVISION)
    return synonym


def change(session: Session, synonym_id: int, words: str, *, now: datetime, author: str) -> Synonym:
    """Let other words mean the same. Raises NotSynonyms, KnownSynonyms, NoSuchSynonyms."""
    synonym = session.get(Synonym, synonym_id)
    if synonym is None:
        raise NoSuchSynonyms
    synonym.words = _fitting(session, words, synonym_id)
    synonym.author, synonym.created_at = author, now
    session.add(synonym)
    session.flush()
    revisions.bump(session, REVISION)
    return synonym


def remove(session: Session, synonym_id: int) -> None:
    """Let words mean the same no longer. Raises NoSuchSynonyms."""
    synonym = session.get(Synonym, synonym_id)
    if synonym is None:
        raise NoSuchSynonyms
    session.delete(synonym)
    session.flush()
    revisions.bump(session, REVISION)


def ensure(session: Session, *, now: datetime, author: str) -> bool:
    """Give a shop that has never had synonyms the first set and say whether it did.

    Whoever has removed them all gets none again: the revision remembers that there were some.
    """
    if is_begun(session):
        return False
    session.add_all(Synonym(words=words, author=author, created_at=now) for words in first_set())
    session.flush()
    revisions.bump(session, REVISION)
    return True


def is_begun(session: Session) -> bool:
    """Whether the shop has or once had synonyms; one small query."""
    return revisions.current(session, REVISION) > 0 or session.exec(select(func.count(col(Synonym.id)))).one() > 0


def first_set() -> list[str]:
    """The synonyms that a new shop begins with."""
    lines = _FIRST_SET.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def sides(words: str) -> list[str]:
    """The words or groups of words that mean the same: what stands between the "=", tidied.

    Raises NotSynonyms with a sentence about what is wrong.
    """
    found = [" ".join(side.split()) for side in words.split("=")]
    found = [side for side in found if side]
    if len(found) < 2:
        raise NotSynonyms("Bitte mindestens zwei Wörter mit „=“ dazwischen, zum Beispiel: Reißverschluss = Zipper")
    if len(found) > _MOST_SIDES:
        raise NotSynonyms(f"Das sind {len(found)} Wörter auf einmal. Bitte höchstens {_MOST_SIDES}.")
    if len(" = ".join(found)) > _LONGEST:
        raise NotSynonyms(f"Das ist zu lang. Bitte höchstens {_LONGEST} Zeichen.")
    _check_each(found)
    return found


def _check_each(found: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for side in found:
        words = _WORD.findall(side)
        if not words:
            raise NotSynonyms(f"„{side}“ ist kein Wort, danach sucht niemand.")
        if len(words) > _MOST_WORDS:
            raise NotSynonyms(f"„{side}“ ist zu lang. Bitte höchstens {_MOST_WORDS} Wörter zwischen zwei „=“.")
        same = seen.setdefault(_key(side), side)
        if same is not side:
            twice = (
                f"„{side}“ steht zweimal da" if same == side else f"„{same}“ und „{side}“ sind für die Suche dasselbe"
            )
            raise NotSynonyms(f"{twice}. Einmal genügt.")


def _fitting(session: Session, words: str, synonym_id: int | None) -> str:
    """The words as they are kept, if no other row says the same."""
    found = sides(words)
    keys = set(map(_key, found))
    for other in session.exec(select(Synonym)).all():
        if other.id != synonym_id and set(map(_key, other.words.split(" = "))) >= keys:
            raise KnownSynonyms(f"Das steht schon da: {other.words}")
    return " = ".join(found)


def _key(side: str) -> str:
    return " ".join(map(fold, _WORD.findall(side)))


class Synonyms:
    """The synonyms as this process knows them, read again when they have changed. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._groups: tuple[tuple[str, ...], ...] = ()

    def current(self, session: Session) -> tuple[tuple[str, ...], ...]:
        """All groups, each with its sides; the same object while nothing has changed. One indexed read."""
        revision = revisions.current(session, REVISION)
        with self._lock:
            if revision != self._revision:
                rows: Iterable[str] = session.exec(select(Synonym.words).order_by(col(Synonym.id))).all()
                self._groups, self._revision = tuple(tuple(words.split(" = ")) for words in rows), revision
            return self._groups
