"""Who gets the newsletter: asked for, confirmed, ended; each with its time, as proof (Art. 7 Abs. 1 DSGVO).

A subscription counts from `confirmed_at` on (double opt-in): whoever types in a stranger's address makes her one
letter, free of advertising, and nothing more. No internet address is kept; the confirmation itself is the proof.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Index, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, delete, select

from catalog.times import german_day, moment
from checkout import outbox, retention
from checkout.outbox import Letter
from shop.newsletter import wordings

CONFIRM_WITHIN = timedelta(days=7)
CONFIRM_LETTER = "newsletter_confirm"
ISSUE_LETTER = "newsletter"
BY_LINK, BY_PROGRAM, BY_OWNER, ERASED = "link", "one-click", "owner", "erased"


class Subscription(SQLModel, table=True):
    """One time that somebody asked for the newsletter.

    `wording` is the number of the words that she agreed to (wordings.CONSENTS), `shop_name` the name in them, `source`
    the page ("newsletter" or "order"). `token` is the secret of her links. `ended_by` says how it ended: her link, the
    button of her mail program, the owner, or the erasure of all that is known of her.
    """

    __table_args__ = (
        Index(
            "ix_subscription_standing", "email", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, index=True)
    token: str = Field(unique=True, max_length=64)
    wording: int
    shop_name: str
    source: str = Field(max_length=20)
    asked_at: datetime = moment(index=True)
    confirmed_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str = ""

    @property
    def is_standing(self) -> bool:
        """Whether newsletters may go to her."""
        return self.confirmed_at is not None and self.ended_at is None

    @property
    def consent(self) -> str:
        """The words that she agreed to."""
        return wordings.consent(self.wording, self.shop_name)


def ask(session: Session, email: str, *, shop_name: str, source: str, now: datetime) -> Subscription | None:
    """Note that somebody wants the newsletter, and owe her the letter to confirm it. Flushes.

    None, and no letter, where she has it already or was asked within the last day: nobody's mailbox can be filled.
    The answer to the visitor must be the same in any case, lest it tells who is on the list.
    """
    email = email.strip().casefold()
    standing = _standing(session, email)
    if standing is not None and (standing.confirmed_at or standing.asked_at > now - timedelta(days=1)):
        return None
    if standing is not None:  # never confirmed: as if she had not asked
        _forget(session, [standing])
    asked = Subscription(
        email=email, token=secrets.token_urlsafe(32), wording=wordings.LATEST, shop_name=shop_name, source=source,
        asked_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(asked)
    except IntegrityError:  # the same click came in by another connection this very moment
        return None
    outbox.queue(session, CONFIRM_LETTER, f"subscription:{asked.id}", email, now)
    return asked


def find(session: Session, token: str) -> Subscription | None:
    """Whose secret link it is; None for an unknown one."""
    return session.exec(select(Subscription).where(Subscription.token == token)).first() if token else None


def of(session: Session, email: str) -> Subscription | None:
    """The subscription that stands for an address, confirmed or not; None for none."""
    return _standing(session, email.strip().casefold())


def has(session: Session, email: str) -> bool:
    """Whether newsletters may go to an address."""
    found = of(session, email)
    return found is not None and found.is_standing


def confirm(session: Session, asked: Subscription, now: datetime) -> bool:
    """She has confirmed it from her own mailbox; say whether it counts: in time, and not ended since. Flushes.

    Mail programs open links by themselves to look into them, so a page with a button does this, never the link.
    """
    if asked.ended_at is not None or (asked.asked_at < now - CONFIRM_WITHIN and asked.confirmed_at is None):
        return False
    asked.confirmed_at = asked.confirmed_at or now
    session.add(asked)
    session.flush()
    return True


def end(session: Session, subscription: Subscription, *, by: str, now: datetime) -> None:
    """She wants it no more: what has not gone out is not sent either. Again does nothing. Flushes."""
    if subscription.ended_at is not None:
        return
    if subscription.confirmed_at is None:  # nothing was ever sent, so nothing need be proved
        _forget(session, [subscription])
        return
    subscription.ended_at, subscription.ended_by = now, by
    session.add(subscription)
    withdraw_letters(session, subscription.email)
    session.flush()


def withdraw_letters(session: Session, email: str) -> None:
    """Strike out newsletters to an address that no mail server has been offered yet. Flushes."""
    unsent = (col(Letter.sent_at).is_(None), col(Letter.handing_over_at).is_(None))
    session.exec(delete(Letter).where(col(Letter.kind) == ISSUE_LETTER, col(Letter.recipient) == email, *unsent))


def standing(session: Session, *, after: int = 0, limit: int | None = None) -> list[Subscription]:
    """Those to whom newsletters may go, by id, from behind an id on."""
    wanted = select(Subscription).where(
        col(Subscription.confirmed_at).is_not(None), col(Subscription.ended_at).is_(None), col(Subscription.id) > after
    )
    return list(session.exec(wanted.order_by(col(Subscription.id)).limit(limit)).all())


def prune(session: Session, now: datetime) -> None:
    """Delete what was never confirmed, and proofs that no claim can need any more (F11). Flushes.

    A proof is kept while the newsletter is sent and three years on, to the end of the year (§§ 195, 199 BGB).
    """
    late = (col(Subscription.confirmed_at).is_(None), col(Subscription.asked_at) < now - CONFIRM_WITHIN)
    _forget(session, session.exec(select(Subscription).where(*late)).all())
    ended = session.exec(select(Subscription).where(col(Subscription.ended_at).is_not(None))).all()
    today = german_day(now)
    _forget(session, [each for each in ended if each.ended_at and _is_over(each.ended_at, today)])


def _is_over(ended_at: datetime, today: date) -> bool:
    return retention.is_over(german_day(ended_at), retention.CLAIMS, today)


def _standing(session: Session, email: str) -> Subscription | None:
    found = select(Subscription).where(Subscription.email == email, col(Subscription.ended_at).is_(None))
    return session.exec(found).first()


def _forget(session: Session, subscriptions: Iterable[Subscription]) -> None:
    """Delete subscriptions with the letters about them."""
    for each in subscriptions:
        session.exec(delete(Letter).where(col(Letter.reason) == f"subscription:{each.id}"))
        session.delete(each)
    session.flush()
