"""How far the owner has come with the set-up assistant: a row per subject that she has answered."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from catalog.times import moment

STEPS = ("wer", "wo", "steuer", "team", "lieferung", "rueckgabe", "zahlung", "technik")
"""The subjects in the order in which they are asked."""


class SetupAnswer(SQLModel, table=True):
    """A subject that was answered, when last, and by whom; what was answered stands in the profile."""

    step: str = Field(primary_key=True, max_length=20)
    answered_at: datetime = moment()
    author: str


def answered(session: Session) -> set[str]:
    """The subjects that have been answered."""
    return set(session.exec(select(SetupAnswer.step)).all()) & set(STEPS)


def note(session: Session, step: str, *, now: datetime, author: str) -> None:
    """Keep that a subject has been answered, again maybe. Flushes."""
    row = session.get(SetupAnswer, step) or SetupAnswer(step=step, answered_at=now, author=author)
    row.answered_at, row.author = now, author
    session.add(row)
    session.flush()


def next_step(session: Session) -> str | None:
    """The first subject that is still open; None when all have been answered."""
    done = answered(session)
    return next((step for step in STEPS if step not in done), None)
