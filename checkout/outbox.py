"""Letters owed: queued in the transaction of their reason, delivered later, never twice."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, UniqueConstraint, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment


class Letter(SQLModel, table=True):
    """One letter to one person. `kind` names its template, `reason` what it is about (unique with kind).

    `reason` is "order:<id>" or "withdrawal:<id>"; the pair (kind, reason, recipient) exists once, so
    no event can send it twice. `message_id` is fixed before the first try; the sender appends its
    domain. `due_at` moves on after each failure; `given_up_at` is set when a person must look.
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


CLAIMED_FOR = timedelta(minutes=10)
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))
OWNER = "owner"  # as a recipient: whatever address the shop's profile has at delivery


@dataclass(frozen=True)
class Counts:
    """How many letters wait, and how many were given up and want a person."""

    waiting: int
    given_up: int


def queue(session: Session, kind: str, reason: str, recipient: str, now: datetime) -> bool:
    """Owe a letter; say whether it is new. The same kind, reason and recipient again does nothing. Flushes.

    `recipient` is an e-mail address, or OWNER. "" is a shopper who gave none: she is owed no letter,
    but paper (see the order's confirmation sheet).
    """
    if not recipient:
        return False
    letter = Letter(
        kind=kind, reason=reason, recipient=recipient, message_id=secrets.token_hex(16), queued_at=now, due_at=now
    )
    try:
        with session.begin_nested():
            session.add(letter)
    except IntegrityError:
        return False
    return True


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether `claim` would find a letter; reads only."""
    return session.exec(select(Letter.id).where(*_unsent(), col(Letter.due_at) <= now).limit(1)).first() is not None


def claim(session: Session, now: datetime, limit: int) -> list[Letter]:
    """Take letters that are due, oldest first, for ten minutes; no other worker gets them meanwhile.

    Counts the try. Commit before you deliver; then say `sent` or `failed` in a new transaction. A
    worker that dies in between leaves its letters due again. Flushes.
    """
    due = session.exec(
        select(Letter.id)
        .where(*_unsent(), col(Letter.due_at) <= now)
        .order_by(col(Letter.due_at), col(Letter.id))
        .limit(limit)
    ).all()
    mine = [letter_id for letter_id in due if letter_id is not None and _claim_one(session, letter_id, now)]
    taken = select(Letter).where(col(Letter.id).in_(mine)).execution_options(populate_existing=True)
    return list(session.exec(taken.order_by(col(Letter.id))).all())


def sent(session: Session, letter_id: int, *, subject: str, body: str, now: datetime) -> None:
    """Note that a letter went out, and as what. Flushes."""
    _set(session, letter_id, sent_at=now, subject=subject, body=body, last_error="")


def failed(session: Session, letter_id: int, error: str, now: datetime) -> None:
    """Note that a delivery failed: due again after a growing pause, given up after about two days. Flushes."""
    tries = session.exec(select(Letter.tries).where(Letter.id == letter_id)).one()
    if tries > len(PAUSES):
        _set(session, letter_id, given_up_at=now, last_error=error)
    else:
        _set(session, letter_id, due_at=now + PAUSES[max(tries, 1) - 1], last_error=error)


def retry(session: Session, letter_id: int, now: datetime) -> None:
    """Make an unsent letter due now, with all its tries again. Flushes."""
    _set(session, letter_id, due_at=now, tries=0, given_up_at=None)


def counts(session: Session) -> Counts:
    """How many letters wait or were given up; one query."""
    given_up, unsent = session.exec(
        select(func.count(col(Letter.given_up_at)), func.count()).where(col(Letter.sent_at).is_(None))
    ).one()
    return Counts(waiting=unsent - given_up, given_up=given_up)


def letters_about(session: Session, reason: str) -> list[Letter]:
    """All letters about "order:<id>" or "withdrawal:<id>", oldest first."""
    return list(session.exec(select(Letter).where(Letter.reason == reason).order_by(col(Letter.id))).all())


def _unsent() -> tuple[ColumnElement[bool], ...]:
    return col(Letter.sent_at).is_(None), col(Letter.given_up_at).is_(None)


def _claim_one(session: Session, letter_id: int, now: datetime) -> bool:
    claimed = session.exec(
        update(Letter)
        .where(col(Letter.id) == letter_id, *_unsent(), col(Letter.due_at) <= now)
        .values(due_at=now + CLAIMED_FOR, tries=Letter.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1


def _set(session: Session, letter_id: int, **values: datetime | str | int | None) -> None:
    """Write only these columns, and only while the letter has not been sent."""
    session.exec(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.sent_at).is_(None))
        .values(values)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
