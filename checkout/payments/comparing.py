"""The nightly comparison: what the provider says of the last days against the books, with a report that stays.

What the books lack is made up for by the same rules that notices go by, and reported all the same: a
notice should have done it. What still differs then is for a person.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import JSON, Column, delete
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import format_cents
from catalog.times import moment
from checkout import refunds
from checkout.orders import Order
from checkout.payments import Payment, PaymentDown, PaymentMethod, disputing, refunding, settling
from checkout.payments.disputing import Dispute
from checkout.payments.hosted import DisputeState, Given, HostedPayment, RefundState, SessionState, Standing
from checkout.payments.providers import Database, alone, hosted
from checkout.refunds import Refund

log = logging.getLogger("dorfladen.payments")

LOOK_BACK = timedelta(days=3)  # one night may fail, and a weekend
SETTLED = timedelta(minutes=15)  # what is younger may be in the middle of something
KEPT = timedelta(days=400)
EVERY = timedelta(hours=20)

_STANDINGS = {
    Given.PENDING: (refunds.RefundState.PENDING.value,),
    Given.DONE: (refunds.RefundState.DONE.value,),
    Given.FAILED: (refunds.RefundState.FAILED.value,),
}


class Comparison(SQLModel, table=True):
    """One comparison. `made_up` and `differences` are German sentences: what was booked late, and what still differs.

    `sessions`, `refunds`, `disputes` say how many of each were looked at; `error` why it could not be done.
    """

    id: int | None = Field(default=None, primary_key=True)
    method: str = Field(index=True)
    compared_at: datetime = moment(index=True)
    since: datetime = moment()
    sessions: int = 0
    refunds: int = 0
    disputes: int = 0
    made_up: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    differences: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    error: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nobody has to look."""
        return not self.differences and not self.error


def compare_daily(database: Database, payments: Mapping[str, PaymentMethod], now: datetime, *, shop: str) -> None:
    """Compare each provider that was not compared today. `shop` is the shop's host, as its sessions carry it."""
    for payment in hosted(payments):
        with database.reading() as session:
            latest = last(session, payment.key)
        if latest is None or latest.compared_at <= now - EVERY:
            compare(database, payment, now, shop=shop)


def compare(database: Database, payment: HostedPayment, now: datetime, *, shop: str) -> Comparison:
    """Compare one provider with the books of the last days, make up for what they lack, and keep the report."""
    report = Comparison(method=payment.key, compared_at=now, since=now - LOOK_BACK)
    try:
        _compare(database, payment, report, now, shop)
    except PaymentDown as error:
        report.error = str(error)[:300]
    for sentence in (*report.made_up, *report.differences):
        log.error("comparison with %s: %s", payment.key, sentence)
    with database.writing() as session:
        session.add(report)
    return report


def last(session: Session, method: str) -> Comparison | None:
    """The newest report; None before the first night."""
    mine = select(Comparison).where(Comparison.method == method).order_by(col(Comparison.id).desc())
    return session.exec(mine.limit(1)).first()


def latest(session: Session, limit: int = 30) -> Sequence[Comparison]:
    """The newest reports, newest first."""
    return session.exec(select(Comparison).order_by(col(Comparison.id).desc()).limit(limit)).all()


def forget_old(session: Session, now: datetime) -> None:
    """Delete reports of long ago. Flushes."""
    session.exec(delete(Comparison).where(col(Comparison.compared_at) < now - KEPT))


def _compare(database: Database, payment: HostedPayment, report: Comparison, now: datetime, shop: str) -> None:
    sessions = [said for said in payment.sessions_since(report.since) if said.is_live == payment.is_live]
    given = payment.refunds_since(report.since)
    disputes = payment.disputes_since(report.since)
    report.sessions, report.refunds, report.disputes = len(sessions), len(given), len(disputes)
    before = _differences(database, payment, report.since, now, shop, sessions, given, disputes)
    if not before:
        return
    _make_up(database, payment, now, sessions, given, disputes)
    after = _differences(database, payment, report.since, now, shop, sessions, given, disputes)
    report.differences = after
    report.made_up = [sentence for sentence in before if sentence not in after]


def _make_up(
    database: Database,
    payment: HostedPayment,
    now: datetime,
    sessions: Iterable[SessionState],
    given: Iterable[RefundState],
    disputes: Iterable[DisputeState],
) -> None:
    """Let the usual rules write what the books lack; they change nothing where all is well."""
    with database.reading() as session:
        unbooked = [said.id for said in sessions if said.standing is Standing.PAID and not _booked(session, said)]
    for session_id in unbooked:
        with alone(session_id):
            settling.settle(database, payment, session_id, now)
    for reference in {said.reference for said in given}:
        with alone(reference):
            refunding.take_over(database, payment, reference, now)
    for reference in {said.reference for said in disputes}:
        with alone(reference):
            disputing.take_over(database, payment, reference, now)


def _differences(
    database: Database,
    payment: HostedPayment,
    since: datetime,
    now: datetime,
    shop: str,
    sessions: Sequence[SessionState],
    given: Sequence[RefundState],
    disputes: Sequence[DisputeState],
) -> list[str]:
    with database.reading() as session:
        return [
            *_of_sessions(session, sessions, shop),
            *_of_payments(session, payment, since, now, sessions),
            *_of_refunds(session, payment, since, now, given),
            *_of_disputes(session, payment, disputes),
        ]


def _of_sessions(session: Session, sessions: Iterable[SessionState], shop: str) -> Iterator[str]:
    """Money that came to a page of ours, but not into the books."""
    for said in sessions:
        if said.standing is not Standing.PAID or not said.reference:
            continue
        money = f"{format_cents(said.amount_cents)} für Bestellung {said.order_number} ({said.reference})"
        known = session.exec(select(Order.id).where(Order.number == said.order_number)).first()
        booked = _booked(session, said)
        if known is None and said.shop == shop and said.order_number:
            yield f"Bezahlt sind {money}, aber die Bestellung gibt es hier nicht. Kam eine alte Sicherung zurück?"
        elif known is not None and booked is None and said.currency == "eur":
            yield f"Bezahlt sind {money}, aber nicht verbucht."
        elif booked is not None and booked.cents != said.amount_cents:
            yield f"Bezahlt sind {money}, verbucht aber {format_cents(booked.cents)}."


def _of_payments(
    session: Session, payment: HostedPayment, since: datetime, now: datetime, sessions: Iterable[SessionState]
) -> Iterator[str]:
    """Money in the books of which the provider knows nothing. An order of these days has all its pages in them."""
    there = {said.reference for said in sessions}
    mine = (
        select(Payment, Order.number)
        .join(Order, col(Order.id) == Payment.order_id)
        .where(Payment.method == payment.key, col(Order.placed_at) >= since, col(Payment.paid_at) <= now - SETTLED)
    )
    for booked, number in session.exec(mine).all():
        if booked.reference not in there:
            money = f"{format_cents(booked.cents)} für Bestellung {number} ({booked.reference})"
            yield f"Verbucht sind {money}, aber beim Zahlungsdienst gibt es diese Zahlung nicht."


def _of_refunds(
    session: Session, payment: HostedPayment, since: datetime, now: datetime, given: Sequence[RefundState]
) -> Iterator[str]:
    """Refunds that only one side knows, or that stand differently."""
    told = col(Refund.provider_ref).in_([said.id for said in given])
    lately = col(Refund.provider_ref).is_not(None) & (col(Refund.created_at) >= since)
    rows = session.exec(select(Refund).where(Refund.method == payment.key, told | lately)).all()
    known = {row.provider_ref: row for row in rows}
    for said in given:
        row = known.get(said.id)
        what = f"die Rückzahlung von {format_cents(said.cents)} ({said.id})"
        if row is None:
            if said.standing is not Given.FAILED and _is_ours(session, payment, said.reference):
                yield f"Beim Zahlungsdienst gibt es {what}, hier nicht."
        elif row.cents != said.cents:
            yield f"Hier sind es {format_cents(row.cents)}, beim Zahlungsdienst ist {what}."
        elif row.state not in _STANDINGS[said.standing]:
            yield f"Beim Zahlungsdienst steht {what} anders als hier."
    there = {said.id for said in given}
    for row in rows:
        # a second either way: the provider's clock is not ours
        if since + SETTLED <= row.created_at <= now - SETTLED and row.provider_ref not in there:
            yield f"Hier gibt es eine Rückzahlung von {format_cents(row.cents)} ({row.provider_ref}), dort nicht."


def _of_disputes(session: Session, payment: HostedPayment, disputes: Iterable[DisputeState]) -> Iterator[str]:
    """Disputes that the books do not know, or know otherwise."""
    for said in disputes:
        row = session.exec(select(Dispute).where(Dispute.provider_ref == said.id)).first()
        if row is None:
            if _is_ours(session, payment, said.reference):
                yield f"Eine Zahlung über {format_cents(said.cents)} wird bestritten ({said.id}), hier steht es nicht."
        elif (row.state, row.cents) != (said.standing.value, said.cents):
            yield f"Die bestrittene Zahlung über {format_cents(said.cents)} ({said.id}) steht dort anders als hier."


def _booked(session: Session, said: SessionState) -> Payment | None:
    return session.exec(select(Payment).where(Payment.reference == said.reference)).first() if said.reference else None


def _is_ours(session: Session, payment: HostedPayment, reference: str) -> bool:
    mine = select(Payment.id).where(Payment.method == payment.key, Payment.reference == reference)
    return session.exec(mine).first() is not None
