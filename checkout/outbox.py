"""Letters owed: queued in the transaction of their reason, delivered later, never twice.

A letter is claimed by one worker; just before that worker lets the mail server have it for good, it marks
the letter as being handed over. Whoever finds the mark later, without a word on how it ended, knows only
that the letter may have gone out: it is in doubt, is not sent again by itself, and a person decides.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint, case, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.refusals import Refusal
from catalog.times import moment


class Letter(SQLModel, table=True):
    """One letter to one person. `kind` names its template, `reason` what it is about (unique with kind).

    `reason` is "order:<id>" or "withdrawal:<id>"; the pair (kind, reason, recipient) exists once, so
    no event can send it twice. `message_id` is fixed before the first try; the sender appends its
    domain. `due_at` moves on after each failure; `given_up_at` is set when a person must look.
    `handing_over_at` is when a worker let the mail server have it for good; while neither `sent_at` nor
    a failure says how that ended, it is in doubt (from `due_at` on, when its worker must be dead).
    `decision` is who has decided what about a doubt.
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
    handing_over_at: datetime | None = moment(nullable=True)
    decision: str = ""
    last_error: str = ""
    subject: str = ""  # as it was sent
    body: str = ""


CLAIMED_FOR = timedelta(minutes=10)
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60))
OWNER = "owner"  # as a recipient: whatever address the shop's profile has at delivery


@dataclass(frozen=True)
class Counts:
    """How many letters wait, and how many want a person: given up, or in doubt whether they went out."""

    waiting: int
    given_up: int
    in_doubt: int = 0


class NotInDoubt(Refusal):
    """Somebody has decided already, or the worker that hands the letter over is still at it."""

    def __init__(self) -> None:
        super().__init__("Über diesen Brief ist schon entschieden, oder er wird gerade übergeben.")


def queue(
    session: Session, kind: str, reason: str, recipient: str, now: datetime, *, due_at: datetime | None = None
) -> bool:
    """Owe a letter; say whether it is new. The same kind, reason and recipient again does nothing. Flushes.

    `recipient` is an e-mail address, or OWNER. "" is a shopper who gave none: she is owed no letter,
    but paper (see the order's confirmation sheet). It goes out from `due_at` on, or at once.
    """
    if not recipient:
        return False
    letter = Letter(
        kind=kind,
        reason=reason,
        recipient=recipient,
        message_id=secrets.token_hex(16),
        queued_at=now,
        due_at=due_at or now,
    )
    try:
        with session.begin_nested():
            session.add(letter)
    except IntegrityError:
        return False
    return True


def readdress(session: Session, reason: str, former: str, recipient: str, now: datetime) -> int:
    """Let letters about something reach another address; give how many are owed to it now. Flushes.

    What went to the former address, or may have, is owed anew; what has not gone out goes to the new one,
    and a worker that has just claimed it does not hand it over any more.
    """
    unchanged = select(Letter).where(Letter.reason == reason, Letter.recipient == former).with_for_update()
    owed = 0
    for letter in session.exec(unchanged.execution_options(populate_existing=True)).all():
        if letter.sent_at or letter.handing_over_at:
            owed += queue(session, letter.kind, reason, recipient, now)
        elif not _is_owed(session, letter.kind, reason, recipient):
            letter.recipient, letter.due_at, letter.tries, letter.given_up_at = recipient, now, 0, None
            owed += 1
    session.flush()
    return owed


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


def claim_this(session: Session, letter_id: int, now: datetime) -> Letter | None:
    """Take one letter that is due, as `claim` does; None if another worker has it. Flushes."""
    if not _claim_one(session, letter_id, now):
        return None
    return session.get_one(Letter, letter_id, populate_existing=True)


def hand_over(session: Session, letter: Letter, *, subject: str, body: str, now: datetime) -> bool:
    """Mark a claimed letter as being handed over, and as what; say whether it still is this worker's to do so.

    It is not if another worker has it meanwhile, because this one was asleep for longer than its claim.
    Commit before you hand it over; afterwards say `sent`, `failed` or `doubt`. Flushes.
    """
    marked = session.exec(
        update(Letter)
        .where(col(Letter.id) == letter.id, *_unsent(), *_same_claim(letter), col(Letter.due_at) > now)
        .values(handing_over_at=now, subject=subject, body=body)
        .execution_options(synchronize_session=False)
    )
    return marked.rowcount == 1


def sent(session: Session, letter_id: int, *, subject: str, body: str, now: datetime) -> None:
    """Note that a letter went out, and as what. Flushes."""
    _set(session, letter_id, sent_at=now, subject=subject, body=body, last_error="")


def failed(session: Session, letter: Letter, error: str, now: datetime, *, is_final: bool = False) -> None:
    """Note that a letter, as it was claimed, was certainly not delivered: due again after a growing pause. Flushes.

    Given up after about two days, or at once if the failure is final, as when there is no such mailbox.
    """
    values: dict[str, Any] = {"last_error": error, "handing_over_at": None}
    if is_final or letter.tries > len(PAUSES):
        values["given_up_at"] = now
    else:
        values["due_at"] = now + PAUSES[max(letter.tries, 1) - 1]
    _set(session, letter.id, *_same_claim(letter), **values)


def doubt(session: Session, letter_id: int, error: str, now: datetime) -> None:
    """Note that nobody knows whether a letter that was being handed over went out: a person decides. Flushes."""
    _set(session, letter_id, col(Letter.handing_over_at).is_not(None), due_at=now, last_error=error)


def retry(session: Session, letter_id: int, now: datetime) -> None:
    """Make an unsent letter due now, with all its tries again; one that is in doubt stays so. Flushes."""
    _set(session, letter_id, col(Letter.handing_over_at).is_(None), due_at=now, tries=0, given_up_at=None)


def has_arrived(session: Session, letter_id: int, *, author: str, now: datetime) -> None:
    """A person knows that a letter in doubt has arrived: it counts as sent. Flushes. Raises NotInDoubt."""
    _decide(session, letter_id, "ist angekommen", author, now, sent_at=Letter.handing_over_at, last_error="")


def send_again(session: Session, letter_id: int, *, author: str, now: datetime) -> None:
    """A person wants a letter in doubt to go out again, under its Message-ID. Flushes. Raises NotInDoubt.

    Mail servers and programs that had it already may know it by its Message-ID and keep only one.
    """
    _decide(session, letter_id, "noch einmal senden", author, now, handing_over_at=None, due_at=now, tries=0)


def is_in_doubt(letter: Letter, now: datetime) -> bool:
    """Whether a letter may or may not have gone out, and nobody is at it any more."""
    return letter.sent_at is None and letter.handing_over_at is not None and letter.due_at <= now


def counts(session: Session, now: datetime) -> Counts:
    """How many letters wait, were given up or are in doubt; one query."""
    is_doubtful = col(Letter.handing_over_at).is_not(None) & (col(Letter.due_at) <= now)
    given_up, in_doubt, unsent = session.exec(
        select(func.count(col(Letter.given_up_at)), func.count(case((is_doubtful, 1))), func.count()).where(
            col(Letter.sent_at).is_(None)
        )
    ).one()
    return Counts(waiting=unsent - given_up - in_doubt, given_up=given_up, in_doubt=in_doubt)


def letters_about(session: Session, reason: str) -> list[Letter]:
    """All letters about "order:<id>" or "withdrawal:<id>", oldest first."""
    return list(session.exec(select(Letter).where(Letter.reason == reason).order_by(col(Letter.id))).all())


def _is_owed(session: Session, kind: str, reason: str, recipient: str) -> bool:
    same = select(Letter.id).where(Letter.kind == kind, Letter.reason == reason, Letter.recipient == recipient)
    return session.exec(same).first() is not None


def _unsent() -> tuple[ColumnElement[bool], ...]:
    return col(Letter.sent_at).is_(None), col(Letter.given_up_at).is_(None), col(Letter.handing_over_at).is_(None)


def _same_claim(letter: Letter) -> tuple[ColumnElement[bool], ...]:
    """A claim is known by when it ends and by its number: another worker's differs."""
    return col(Letter.due_at) == letter.due_at, col(Letter.tries) == letter.tries


def _decide(session: Session, letter_id: int, decision: str, author: str, now: datetime, **values: Any) -> None:
    decided = session.exec(
        update(Letter)
        .where(
            col(Letter.id) == letter_id,
            col(Letter.sent_at).is_(None),
            col(Letter.handing_over_at).is_not(None),
            col(Letter.due_at) <= now,
        )
        .values(decision=f"{author}: {decision}", **values)
        .execution_options(synchronize_session=False)
    )
    if decided.rowcount != 1:
        raise NotInDoubt


def _claim_one(session: Session, letter_id: int, now: datetime) -> bool:
    claimed = session.exec(
        update(Letter)
        .where(col(Letter.id) == letter_id, *_unsent(), col(Letter.due_at) <= now)
        .values(due_at=now + CLAIMED_FOR, tries=Letter.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1


def _set(session: Session, letter_id: int | None, *conditions: ColumnElement[bool], **values: Any) -> None:
    """Write only these columns, and only while the letter has not been sent."""
    session.exec(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.sent_at).is_(None), *conditions)
        .values(values)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
