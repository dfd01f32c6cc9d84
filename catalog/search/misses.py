"""What was searched and not found, counted: nobody can tell who it was.

Kept are the words as last typed, how often, and the first and last day; no visitor, no address, no time of day, and
no words that look like an address, a way to reach somebody or a number of hers (see private.py). So no row leads to
whoever searched, and none can be found to hand it out or erase it (Art. 4 no. 1, Art. 11, recital 26 GDPR). A name
alone cannot be told from that of a designer or a pattern: it may be kept, without anything about the person. Why all
this is kept: the owner learns which words her goods lack, and makes a synonym or a shortcut.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, update
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.search.private import keepable
from catalog.search.wording import key

MOST_ROWS = 2000
NEW_PER_DAY = 200  # a robot that nobody knows as one fills no more
KEPT_FOR = timedelta(days=90)


class SearchMiss(SQLModel, table=True):
    """Words that found nothing: `words` as last typed, `key` as they are compared, and how often."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=200, unique=True)
    words: str = Field(max_length=200)
    times: int = 1
    first_on: date
    last_on: date = Field(index=True)
    is_settled: bool = False


def note(session: Session, text: str, on: date) -> bool:
    """Count a search that found nothing, or nothing with all of its words; says whether it was counted.

    Not counted is what may tell of a person, and what is new when a day's or the whole table's room is used up.
    Flushes. On PostgreSQL raises IntegrityError if somebody else notes the same new words at once.
    """
    words = keepable(text)
    if not words:
        return False
    known = update(SearchMiss).where(col(SearchMiss.key) == key(words))
    counted = session.exec(known.values(times=SearchMiss.times + 1, words=words, last_on=on))
    if counted.rowcount:
        return True
    if not _has_room(session, on):
        return False
    session.add(SearchMiss(key=key(words), words=words, first_on=on, last_on=on))
    session.flush()
    return True


def listed(session: Session, *, settled: bool = False, first: int = 0, most: int = 20) -> Sequence[SearchMiss]:
    """Those that are open (or settled), what was searched most often first."""
    wanted = select(SearchMiss).where(col(SearchMiss.is_settled).is_(settled))
    order = (col(SearchMiss.times).desc(), col(SearchMiss.last_on).desc(), col(SearchMiss.key))
    return session.exec(wanted.order_by(*order).offset(first).limit(most)).all()


def count(session: Session, *, settled: bool = False) -> int:
    """How many are open, or settled."""
    return session.exec(select(func.count()).where(col(SearchMiss.is_settled).is_(settled))).one()


def settle(session: Session, miss: SearchMiss, *, settled: bool = True) -> None:
    """Put one aside, for as long as it is kept, or take it up again. Flushes."""
    miss.is_settled = settled
    session.add(miss)
    session.flush()


def answered(session: Session, words: Sequence[str]) -> None:
    """Forget searches for which there is a synonym or a shortcut now: if they still find nothing, they come again."""
    session.exec(delete(SearchMiss).where(col(SearchMiss.key).in_([key(each) for each in words])))


def prune(session: Session, on: date) -> None:
    """Forget what was last searched more than 90 days ago, and the rarest where a day's new ones lack room. Flushes."""
    session.exec(delete(SearchMiss).where(col(SearchMiss.last_on) < on - KEPT_FOR))
    order = (col(SearchMiss.is_settled).desc(), col(SearchMiss.times).desc(), col(SearchMiss.last_on).desc())
    too_many = session.exec(
        select(SearchMiss.id).order_by(*order, col(SearchMiss.id)).offset(MOST_ROWS - NEW_PER_DAY).limit(MOST_ROWS)
    ).all()
    session.exec(delete(SearchMiss).where(col(SearchMiss.id).in_(too_many)))


def _has_room(session: Session, on: date) -> bool:
    total = session.exec(select(func.count(col(SearchMiss.id)))).one()
    new = session.exec(select(func.count(col(SearchMiss.id))).where(col(SearchMiss.first_on) == on)).one()
    return total < MOST_ROWS and new < NEW_PER_DAY
