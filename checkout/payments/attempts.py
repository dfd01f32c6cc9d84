"""Attempts to be paid on a provider's page: found, begun, linked to their session, given up."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from checkout.orders import Order, State
from checkout.payments import PaymentAttempt, card_testing
from checkout.payments.hosted import SessionState, Standing

# Stripe ends a session after 30 minutes at the earliest, by its own clock; five more let the clocks
# differ and a call be repeated. Goods are held at least as long as a page is open.
OPEN_FOR = timedelta(minutes=35)

_LIVING = (Standing.OPEN.value, Standing.PROCESSING.value)


def current(session: Session, method: str, order: Order, now: datetime) -> PaymentAttempt:
    """The order's open attempt, or a new one; the order must be locked, which keeps it the only one. Flushes."""
    found = session.exec(
        select(PaymentAttempt).where(
            PaymentAttempt.order_id == order.id,
            PaymentAttempt.method == method,
            PaymentAttempt.state == Standing.OPEN.value,
        )
    ).first()
    return found or _begin(session, method, order, now)


def of_session(session: Session, method: str, said: SessionState) -> PaymentAttempt | None:
    """The attempt that opened a session, also where its id was never saved (then it is now); None: not ours."""
    mine = select(PaymentAttempt).where(PaymentAttempt.method == method)
    known = session.exec(mine.where(PaymentAttempt.session_id == said.id)).first()
    if known is not None or not said.attempt_key:
        return known
    lost = session.exec(
        mine.where(PaymentAttempt.idempotency_key == said.attempt_key, col(PaymentAttempt.session_id).is_(None))
    ).first()
    if lost is not None:
        link(session, lost, said.id, said.url, is_live=said.is_live)
    return lost


def link(session: Session, attempt: PaymentAttempt, session_id: str, url: str, *, is_live: bool) -> None:
    """Note which session an attempt has opened, once, and whether real money is paid there."""
    session.exec(_unlinked(attempt).values(session_id=session_id, session_url=url, is_live=is_live))


def fail(session: Session, attempt: PaymentAttempt) -> None:
    """Give up an attempt that opened nothing, unless a session has been found for it meanwhile."""
    session.exec(_unlinked(attempt).values(state=Standing.FAILED.value))


def forget(session: Session, session_id: str) -> PaymentAttempt | None:
    """Give up an attempt whose session its provider does not know (the shop's keys were changed).

    Gives the attempt if it was alive, else None.
    """
    given_up = session.exec(
        update(PaymentAttempt)
        .where(col(PaymentAttempt.session_id) == session_id, col(PaymentAttempt.state).in_(_LIVING))
        .values(state=Standing.FAILED.value)
    )
    if not given_up.rowcount:
        return None
    return session.exec(select(PaymentAttempt).where(PaymentAttempt.session_id == session_id)).one()


def is_alive(session: Session, order: Order) -> bool:
    """Whether any attempt of the order may still bring its money."""
    found = select(PaymentAttempt.id).where(PaymentAttempt.order_id == order.id, col(PaymentAttempt.state).in_(_LIVING))
    return session.exec(found).first() is not None


def lost_of(session: Session, method: str, order_id: int) -> Sequence[PaymentAttempt]:
    """The order's open attempts of which we do not know whether they have opened a session."""
    return _without_session(session, method, col(PaymentAttempt.order_id) == order_id)


def lost(session: Session, method: str, made_by: datetime) -> Sequence[PaymentAttempt]:
    """Open attempts made by a moment of which we do not know whether they have opened a session."""
    return _without_session(session, method, col(PaymentAttempt.created_at) <= made_by)


def ended(session: Session, method: str, now: datetime) -> list[str]:
    """The sessions of open attempts whose time is up, or whose order waits for no money (or takes no card) any more."""
    settled = select(Order.id).where(col(Order.state).not_in((State.AWAITING_PAYMENT, State.PROCESSING)))
    is_over = or_(
        col(PaymentAttempt.expires_at) <= now,
        col(PaymentAttempt.order_id).in_(settled),
        col(PaymentAttempt.order_id).in_(card_testing.tested()),
    )
    return _sessions(session, method, (Standing.OPEN.value,), is_over)


def waiting(session: Session, method: str, made_by: datetime, *, only_open: bool = False) -> list[str]:
    """The sessions made by a moment whose end we do not know yet (or only those that can still be paid)."""
    states = (Standing.OPEN.value,) if only_open else _LIVING
    return _sessions(session, method, states, col(PaymentAttempt.created_at) <= made_by)


def open_of(session: Session, method: str, order_id: int) -> list[str]:
    """The sessions on which one order can still be paid."""
    return _sessions(session, method, (Standing.OPEN.value,), col(PaymentAttempt.order_id) == order_id)


def _begin(session: Session, method: str, order: Order, now: datetime) -> PaymentAttempt:
    """The key is random, so that a shop restored from a backup never uses an old one for something new."""
    assert order.id is not None
    attempt = PaymentAttempt(
        order_id=order.id,
        method=method,
        idempotency_key=f"{order.number}-{secrets.token_hex(8)}",
        amount_cents=order.open_cents,
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(attempt)
    session.flush()
    return attempt


def _unlinked(attempt: PaymentAttempt):  # type: ignore[no-untyped-def]
    return update(PaymentAttempt).where(col(PaymentAttempt.id) == attempt.id, col(PaymentAttempt.session_id).is_(None))


def _without_session(session: Session, method: str, which: ColumnElement[bool]) -> Sequence[PaymentAttempt]:
    return session.exec(
        select(PaymentAttempt).where(
            PaymentAttempt.method == method,
            PaymentAttempt.state == Standing.OPEN.value,
            col(PaymentAttempt.session_id).is_(None),
            which,
        )
    ).all()


def _sessions(session: Session, method: str, states: Sequence[str], which: ColumnElement[bool]) -> list[str]:
    found = session.exec(
        select(PaymentAttempt.session_id).where(
            PaymentAttempt.method == method,
            col(PaymentAttempt.state).in_(states),
            col(PaymentAttempt.session_id).is_not(None),
            which,
        )
    ).all()
    return [session_id for session_id in found if session_id is not None]
