"""Newsletters: written by the owner, tried on herself, released once, and sent in portions, to each reader once.

A released newsletter hands out copies to the readers in the order of their ids. Copy and letter are rows of one
transaction, and each pair of newsletter and reader exists once: whatever interrupts it, nothing is sent twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.refusals import Refusal
from catalog.times import moment
from checkout import outbox
from checkout.outbox import Letter
from shop.newsletter import subscriptions
from shop.newsletter.subscriptions import ISSUE_LETTER, Subscription

TEST_LETTER = "newsletter_test"
LETTERS_KEPT = timedelta(days=90)  # then what was sent to each reader goes; that it was sent stays
_AT_ONCE = 50  # copies a transaction: orders' letters never wait behind more
_HOUR = timedelta(hours=1)


class NewsletterTerms(SQLModel, table=True):
    """The one row (id 1) of what the owner has set: whether there is a newsletter, and how many letters an hour.

    Mail providers refuse who sends too many; most allow a few hundred an hour.
    """

    id: int = Field(default=1, primary_key=True)
    is_on: bool = False
    per_hour: int = 200


class NewsletterIssue(SQLModel, table=True):
    """One newsletter, `body` in Markdown. From `released_at` on it is never changed.

    `handed_to` is the id of the last subscription that has got its copy; `finished_at` is when all had.
    """

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=150)
    body: str
    changed_at: datetime = moment()
    author: str
    tested_at: datetime | None = moment(nullable=True)  # since it was changed last
    released_at: datetime | None = moment(nullable=True, index=True)
    released_by: str = ""
    handed_to: int = 0
    finished_at: datetime | None = moment(nullable=True)


class NewsletterCopy(SQLModel, table=True):
    """A newsletter went, or goes, to a reader; the letter about it is "copy:<id>"."""

    __table_args__ = (UniqueConstraint("issue_id", "subscription_id"),)

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="newsletterissue.id")
    subscription_id: int = Field(foreign_key="subscription.id", index=True, ondelete="CASCADE")
    handed_at: datetime = moment(index=True)


class CannotRelease(Refusal):
    """The newsletter may not go out now."""


class AlreadyReleased(Refusal):
    """What has gone out cannot be changed."""

    def __init__(self) -> None:
        super().__init__("Dieser Newsletter ist schon auf dem Weg und lässt sich nicht mehr ändern.")


def terms(session: Session) -> NewsletterTerms:
    """What the owner has set; off before she has."""
    return session.get(NewsletterTerms, 1) or NewsletterTerms()


def is_on(session: Session) -> bool:
    """Whether the shop has a newsletter."""
    return terms(session).is_on


def write(
    session: Session, issue: NewsletterIssue | None, *, subject: str, body: str, now: datetime, author: str
) -> NewsletterIssue:
    """Write a newsletter, or change one that has not been released; it must then be tried again. Flushes."""
    if issue is None:
        issue = NewsletterIssue(subject=subject, body=body, changed_at=now, author=author)
    elif issue.released_at is not None:
        raise AlreadyReleased
    elif (issue.subject, issue.body) != (subject, body):
        issue.tested_at = None
    issue.subject, issue.body, issue.changed_at, issue.author = subject, body, now, author
    session.add(issue)
    session.flush()
    return issue


def test(session: Session, issue: NewsletterIssue, now: datetime) -> int:
    """Owe the owner a copy of her own, and give the letter's id; an earlier one is struck out of the list. Flushes."""
    reason = f"issue:{issue.id}"
    session.exec(delete(Letter).where(col(Letter.kind) == TEST_LETTER, col(Letter.reason) == reason))
    outbox.queue(session, TEST_LETTER, reason, outbox.OWNER, now)
    issue.tested_at = now
    session.add(issue)
    session.flush()
    return session.exec(select(Letter.id).where(Letter.kind == TEST_LETTER, Letter.reason == reason)).one() or 0


def release(session: Session, issue_id: int, *, now: datetime, author: str) -> NewsletterIssue:
    """Let a newsletter go to all readers. Raises CannotRelease, AlreadyReleased. Flushes."""
    locked = select(NewsletterIssue).where(NewsletterIssue.id == issue_id).with_for_update()
    issue = session.exec(locked.execution_options(populate_existing=True)).one()
    if issue.released_at is not None:
        raise AlreadyReleased
    if not is_on(session):
        raise CannotRelease("Der Newsletter ist ausgeschaltet.")
    if issue.tested_at is None:
        raise CannotRelease("Bitte schicken Sie den Newsletter zuerst als Probe an sich selbst und lesen Sie ihn dort.")
    if not how_many(session):
        raise CannotRelease("Noch hat niemand den Newsletter bestellt und bestätigt.")
    issue.released_at, issue.released_by = now, author
    session.add(issue)
    session.flush()
    return issue


def hand_out(session: Session, now: datetime) -> int:
    """Hand the next copies of the oldest released newsletter to its readers; give how many. Flushes.

    At most a portion, so that letters about orders are not held up, and at most so many an hour as the owner allows.
    """
    issue = _under_way(session)
    if issue is None or not is_on(session):
        return 0
    portion = min(_AT_ONCE, terms(session).per_hour - _lately(session, now))
    readers = subscriptions.standing(session, after=issue.handed_to, limit=portion) if portion > 0 else []
    for reader in readers:
        _hand(session, issue, reader, now)
    if portion > 0 and len(readers) < portion:
        issue.finished_at = now
    session.add(issue)
    session.flush()
    return len(readers)


def is_any_under_way(session: Session) -> bool:
    """Whether a released newsletter still has readers to reach; reads only."""
    return session.exec(_waiting()).first() is not None


def how_many(session: Session) -> int:
    """How many people get the newsletter."""
    counted = select(func.count(col(Subscription.id))).where(
        col(Subscription.confirmed_at).is_not(None), col(Subscription.ended_at).is_(None)
    )
    return session.exec(counted).one()


def reached(session: Session, issue: NewsletterIssue) -> int:
    """How many copies of a newsletter have been handed out."""
    return session.exec(select(func.count(col(NewsletterCopy.id))).where(NewsletterCopy.issue_id == issue.id)).one()


def prune(session: Session, now: datetime) -> None:
    """Delete letters with old newsletters; that each reader had hers stands on as a copy. Flushes."""
    old = (col(Letter.kind) == ISSUE_LETTER, col(Letter.queued_at) < now - LETTERS_KEPT)
    session.exec(delete(Letter).where(*old, col(Letter.handing_over_at).is_(None) | col(Letter.sent_at).is_not(None)))


def _hand(session: Session, issue: NewsletterIssue, reader: Subscription, now: datetime) -> None:
    assert issue.id is not None
    assert reader.id is not None
    copy = NewsletterCopy(issue_id=issue.id, subscription_id=reader.id, handed_at=now)
    session.add(copy)
    session.flush()
    outbox.queue(session, ISSUE_LETTER, f"copy:{copy.id}", reader.email, now)
    issue.handed_to = reader.id


def _under_way(session: Session) -> NewsletterIssue | None:
    """The oldest one that still has readers to reach, kept to ourselves: of two workers one hands it out."""
    return session.exec(_waiting().with_for_update().execution_options(populate_existing=True)).first()


def _waiting() -> SelectOfScalar[NewsletterIssue]:
    unfinished = (col(NewsletterIssue.released_at).is_not(None), col(NewsletterIssue.finished_at).is_(None))
    return select(NewsletterIssue).where(*unfinished).order_by(col(NewsletterIssue.released_at)).limit(1)


def _lately(session: Session, now: datetime) -> int:
    counted = select(func.count(col(NewsletterCopy.id))).where(col(NewsletterCopy.handed_at) > now - _HOUR)
    return session.exec(counted).one()
