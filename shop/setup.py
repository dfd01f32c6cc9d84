"""How far the owner has come with the set-up assistant: a row per subject that she has opened."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment

STEPS = ("wer", "wo", "steuer", "team", "lieferung", "rueckgabe", "zahlung", "technik")
"""The subjects in the order in which they are asked."""


class SetupAnswer(SQLModel, table=True):
    """A subject: when it was last answered (None: not yet) and by whom; the answers stand in the profile.

    `draft` is what was typed and not yet taken over, by field, as whoever goes back or pauses leaves it.
    """

    step: str = Field(primary_key=True, max_length=20)
    answered_at: datetime | None = moment(nullable=True)
    draft: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    author: str


def answered(session: Session) -> set[str]:
    """The subjects that have been answered."""
    done = select(SetupAnswer.step).where(col(SetupAnswer.answered_at).is_not(None))
    return set(session.exec(done).all()) & set(STEPS)


def next_step(session: Session) -> str | None:
    """The first subject that is still open; None when all have been answered."""
    done = answered(session)
    return next((step for step in STEPS if step not in done), None)


def draft(session: Session, step: str) -> dict[str, str]:
    """What was typed and not taken over; empty where nothing was."""
    row = session.get(SetupAnswer, step)
    return dict(row.draft) if row is not None else {}


def keep_draft(session: Session, step: str, texts: Mapping[str, str], *, author: str) -> None:
    """Keep what was typed as it is, to go on with it later. Flushes."""
    row = session.get(SetupAnswer, step) or SetupAnswer(step=step, author=author)
    row.draft, row.author = dict(texts), author
    session.add(row)
    session.flush()


def note(session: Session, step: str, *, now: datetime, author: str) -> None:
    """Keep that a subject has been answered, again maybe; its draft is done with. Flushes."""
    row = session.get(SetupAnswer, step) or SetupAnswer(step=step, author=author)
    row.answered_at, row.author, row.draft = now, author, {}
    session.add(row)
    session.flush()
