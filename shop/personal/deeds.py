"""What was done for people's rights: handed out, erased. Kept as proof, without telling who it was (Art. 5 Abs. 2)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import german_day, moment
from checkout import retention
from shop import throttle

EXPORT, ERASURE = "export", "erasure"


class PersonDeed(SQLModel, table=True):
    """Data of a person were handed out (`kind` "export") or erased ("erasure").

    `who` is a hash: whoever asks again whether it was done names the same address or number. `counts` says of how
    many rows, by table.
    """

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    who: str = Field(max_length=64, index=True)
    done_at: datetime = moment(index=True)
    author: str
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def note(
    session: Session, kind: str, asked_for: str, secret_key: str, counts: dict[str, int], *, now: datetime, author: str
) -> None:
    """Write down that something was done. Flushes."""
    who = throttle.hashed(f"person:{asked_for.strip().casefold()}", secret_key)
    session.add(PersonDeed(kind=kind, who=who, done_at=now, author=author, counts=dict(counts)))
    session.flush()


def about(session: Session, asked_for: str, secret_key: str) -> list[PersonDeed]:
    """What was done for somebody before, newest first."""
    who = throttle.hashed(f"person:{asked_for.strip().casefold()}", secret_key)
    return list(session.exec(select(PersonDeed).where(PersonDeed.who == who).order_by(col(PersonDeed.id).desc())).all())


def prune(session: Session, now: datetime) -> None:
    """Forget what nobody can ask about any more. Flushes."""
    today = german_day(now)
    for deed in session.exec(select(PersonDeed)).all():
        if retention.is_over(german_day(deed.done_at), retention.CLAIMS, today):
            session.delete(deed)
    session.flush()
