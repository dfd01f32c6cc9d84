"""Letters owed: queued in the transaction of their reason, delivered later, never twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel

from catalog.times import moment


class Letter(SQLModel, table=True):
    """One letter to one person. `kind` names its template, `reason` what it is about (unique with kind).

    `reason` is "order:<id>" or "withdrawal:<id>"; the pair (kind, reason, recipient) exists once, so
    no event can send it twice. `message_id` is fixed before the first try. `due_at` moves on after
    each failure; `given_up_at` is set when a person must look.
    """

    __table_args__ = (UniqueConstraint("kind", "reason", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    reason: str = Field(max_length=60, index=True)
    recipient: str
    message_id: str = Field(unique=True)
    queued_at: datetime = moment()
    due_at: datetime = moment(index=True)
    tries: int = 0
    sent_at: datetime | None = moment(nullable=True, index=True)
    given_up_at: datetime | None = moment(nullable=True)
    last_error: str = ""
    subject: str = ""  # as it was sent
    body: str = ""


OWNER = "owner"  # as a recipient: whatever address the shop's profile has at delivery


@dataclass(frozen=True)
class Counts:
    """How many letters wait, and how many were given up and want a person."""

    waiting: int
    given_up: int


def queue(session: Session, kind: str, reason: str, recipient: str, now: datetime) -> bool:
    """Owe a letter; say whether it is new. The same kind, reason and recipient again does nothing. Flushes.

    `recipient` is an e-mail address, or OWNER.
    """
    raise NotImplementedError


def claim(session: Session, now: datetime, limit: int) -> list[Letter]:
    """Take letters that are due, oldest first, for ten minutes; no other worker gets them meanwhile.

    Counts the try. Commit before you deliver; then say `sent` or `failed` in a new transaction. A
    worker that dies in between leaves its letters due again. Flushes.
    """
    raise NotImplementedError


def sent(session: Session, letter_id: int, *, subject: str, body: str, now: datetime) -> None:
    """Note that a letter went out, and as what. Flushes."""
    raise NotImplementedError


def failed(session: Session, letter_id: int, error: str, now: datetime) -> None:
    """Note that a delivery failed: due again after a growing pause, given up after about two days. Flushes."""
    raise NotImplementedError


def retry(session: Session, letter_id: int, now: datetime) -> None:
    """Make an unsent letter due now, with all its tries again. Flushes."""
    raise NotImplementedError


def counts(session: Session) -> Counts:
    """How many letters wait or were given up; one query."""
    raise NotImplementedError


def letters_about(session: Session, reason: str) -> list[Letter]:
    """All letters about "order:<id>" or "withdrawal:<id>", oldest first."""
    raise NotImplementedError
