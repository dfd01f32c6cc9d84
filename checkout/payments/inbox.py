"""Notices of a provider: taken in once, worked off, fetched where they never arrived, forgotten in time."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from checkout import orders, signals
from checkout.orders import Order
from checkout.payments import NoticeCursor, PaymentAttempt, PaymentMethod, StripeEvent, disputing, refunding, settling
from checkout.payments.hosted import Event, HostedPayment, Matter, Standing
from checkout.payments.providers import ASK_AFTER, Database, alone, hosted, patiently

log = logging.getLogger("dorfladen.payments")

KEPT_THERE = timedelta(days=29)  # Stripe keeps its events for thirty days
OVERLAP = timedelta(hours=1)  # clocks differ, and a notice may be listed a little late
KEPT_HERE = timedelta(days=60)  # longer than the provider can send it again


def receive(database: Database, payment: HostedPayment, event: Event, now: datetime) -> None:
    """Work off a notice: into the inbox, ask, write, and only then done; a done one is not worked off again.

    Raises PaymentDown: the notice stays undone, for the provider or `finish` to repeat.
    """
    with database.writing() as session:
        if not _take_in(session, event, now) and _is_done(session, event):
            return
    _work_off(database, payment, event, now)


def finish(database: Database, payments: Mapping[str, PaymentMethod], now: datetime) -> None:
    """Work off notices whose work was cut short; every few minutes."""
    for payment in hosted(payments):
        with patiently(payment):
            for body in _undone(database, now):
                event = payment.read_event(body)
                with alone(event.id):
                    _work_off(database, payment, event, now)


def catch_up(database: Database, payments: Mapping[str, PaymentMethod], now: datetime) -> None:
    """Fetch the notices since the last time and work off those that never arrived; every hour or so.

    A shop that was off for a week asks for a week, for at most as long as the provider keeps them.
    """
    for payment in hosted(payments):
        with patiently(payment):
            for event in payment.events_since(_since(database, payment, now)):
                with alone(event.id):
                    _make_up_for(database, payment, event, now)
            _note_seen(database, payment, now)


def forget_old(session: Session, now: datetime) -> None:
    """Delete what was worked off long ago: notices hold names and addresses of shoppers. Flushes."""
    session.exec(
        delete(StripeEvent).where(col(StripeEvent.done_at).is_not(None), col(StripeEvent.received_at) < now - KEPT_HERE)
    )


def _make_up_for(database: Database, payment: HostedPayment, event: Event, now: datetime) -> None:
    """Work off a notice that should have arrived by now. That it did not is an alarm: the webhook is broken."""
    if event.happened_at is None or event.happened_at > now - ASK_AFTER:
        return  # it may be on its way this moment; the next time overlaps
    with database.writing() as session:
        is_new = _take_in(session, event, now, was_fetched=True)
        if not is_new and _is_done(session, event):
            return
    if is_new and event.is_live == payment.is_live:
        log.error("event %s %s of %s never arrived", event.id, event.type, event.happened_at)
    _work_off(database, payment, event, now)


def _take_in(session: Session, event: Event, now: datetime, *, was_fetched: bool = False) -> bool:
    """Put a notice into the inbox; False if it was there before."""
    try:
        with session.begin_nested():
            session.add(
                StripeEvent(id=event.id, type=event.type, received_at=now, body=event.body, was_fetched=was_fetched)
            )
    except IntegrityError:
        return False
    return True


def _is_done(session: Session, event: Event) -> bool:
    return session.exec(select(StripeEvent.done_at).where(StripeEvent.id == event.id)).one() is not None


def _undone(database: Database, now: datetime) -> list[str]:
    with database.reading() as session:
        undone = select(StripeEvent.body).where(
            col(StripeEvent.done_at).is_(None), col(StripeEvent.received_at) <= now - ASK_AFTER
        )
        return list(session.exec(undone.order_by(col(StripeEvent.received_at))).all())


def _work_off(database: Database, payment: HostedPayment, event: Event, now: datetime) -> None:
    """Ask about what a notice of our mode names, then say that it is done."""
    if event.is_live == payment.is_live:
        _ask(database, payment, event, now)
    with database.writing() as session:
        session.exec(update(StripeEvent).where(col(StripeEvent.id) == event.id).values(done_at=now))


def _ask(database: Database, payment: HostedPayment, event: Event, now: datetime) -> None:
    if event.matter is Matter.SESSION and event.session_id:
        standing = settling.settle(database, payment, event.session_id, now)
        log.info("event %s %s: session %s is %s", event.id, event.type, event.session_id, standing or "not ours")
    elif event.matter is Matter.REFUND and event.reference:
        refunding.take_over(database, payment, event.reference, now)
    elif event.matter is Matter.DISPUTE and event.reference:
        disputing.take_over(database, payment, event.reference, now)
    elif event.matter is Matter.DECLINE and event.attempt_key:
        _note_decline(database, payment, event, now)


def _note_decline(database: Database, payment: HostedPayment, event: Event, now: datetime) -> None:
    """A card was declined while the page is open: written down, and announced for guards against card testing."""
    with database.writing() as session:
        if _is_done(session, event):
            return
        found = session.exec(
            select(Order, PaymentAttempt)
            .join(PaymentAttempt, col(PaymentAttempt.order_id) == Order.id)
            .where(PaymentAttempt.idempotency_key == event.attempt_key)
        ).first()
        if found is None or found[1].state != Standing.OPEN.value:
            return
        order = found[0]
        orders.remark(session, order, "card_declined", "Eine Karte wurde abgelehnt.", now=now, author=payment.key)
        signals.card_declined.send(order, session=session, now=now)
        session.exec(update(StripeEvent).where(col(StripeEvent.id) == event.id).values(done_at=now))


def _since(database: Database, payment: HostedPayment, now: datetime) -> datetime:
    with database.reading() as session:
        cursor = session.get(NoticeCursor, payment.key)
    oldest = now - KEPT_THERE
    return oldest if cursor is None else max(oldest, cursor.seen_until - OVERLAP)


def _note_seen(database: Database, payment: HostedPayment, now: datetime) -> None:
    with database.writing() as session:
        mine = update(NoticeCursor).where(col(NoticeCursor.method) == payment.key)
        if not session.exec(mine.values(seen_until=now)).rowcount:
            with suppress(IntegrityError), session.begin_nested():  # another worker was here first
                session.add(NoticeCursor(method=payment.key, seen_until=now))
