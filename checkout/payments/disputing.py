"""Disputes: a payer's bank has called money back; nothing is sent and nothing refunded until it is decided."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.money import format_cents
from catalog.times import moment
from checkout import gift_sales, orders
from checkout.orders import Order
from checkout.payments import Payment
from checkout.payments.hosted import DisputeState, HostedPayment, Ruling
from checkout.payments.providers import Database

HELD = (Ruling.OPEN.value, Ruling.LOST.value)  # the money is not the shop's


class Dispute(SQLModel, table=True):
    """A payment that its payer disputes; `state` is a Ruling. `reason` in German, `due_by` for the evidence."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    payment_id: int = Field(foreign_key="payment.id", index=True)
    provider_ref: str = Field(unique=True)
    cents: int
    state: str = Field(index=True)
    reason: str = ""
    opened_at: datetime = moment()
    due_by: datetime | None = moment(nullable=True)
    noticed_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


def take_over(database: Database, payment: HostedPayment, reference: str, now: datetime) -> None:
    """Ask for all disputes about some money and write what follows, as often as one likes. Raises PaymentDown."""
    listed = payment.disputes_of(reference)
    with database.writing() as session:
        write(session, payment.key, listed, now)


def write(session: Session, method: str, listed: Iterable[DisputeState], now: datetime) -> None:
    """Bring the books to what the provider says of disputes; those of foreign money are left alone. Flushes."""
    for said in listed:
        paid = session.exec(select(Payment).where(Payment.method == method, Payment.reference == said.reference))
        if (source := paid.first()) is not None:
            _write_one(session, source, said, now)


def of(session: Session, order: Order) -> list[Dispute]:
    """The order's disputes, oldest first."""
    return list(session.exec(select(Dispute).where(Dispute.order_id == order.id).order_by(col(Dispute.id))).all())


def _write_one(session: Session, source: Payment, said: DisputeState, now: datetime) -> None:
    order = orders.lock(session, source.order_id)
    known = select(Dispute).where(Dispute.provider_ref == said.id).execution_options(populate_existing=True)
    dispute = session.exec(known).first()
    before = dispute.state if dispute else ""
    if dispute is not None and (dispute.state, dispute.cents) == (said.standing.value, said.cents):
        return
    if dispute is None:
        dispute = Dispute(
            order_id=source.order_id, payment_id=source.id or 0, provider_ref=said.id, cents=said.cents,
            state=said.standing.value, opened_at=said.opened_at, noticed_at=now,
        )  # fmt: skip
    dispute.state, dispute.cents = said.standing.value, said.cents
    dispute.reason, dispute.due_by = said.reason, said.due_by
    dispute.closed_at = now if said.standing in (Ruling.WON, Ruling.LOST, Ruling.DROPPED) else None
    session.add(dispute)
    session.flush()
    order.disputed_cents = _held_of(session, order)
    session.add(order)
    session.flush()
    gift_sales.take_back_unpaid(session, order, now=now, author=source.method)
    orders.remark(session, order, f"dispute_{said.standing}", format_cents(said.cents), now=now, author=source.method)
    if before != said.standing.value:
        orders.call_attention(session, order, _sentence(order, said), now=now, author=source.method)


def _held_of(session: Session, order: Order) -> int:
    held = select(func.coalesce(func.sum(Dispute.cents), 0)).where(
        Dispute.order_id == order.id, col(Dispute.state).in_(HELD)
    )
    return int(session.exec(held).one())


def _sentence(order: Order, said: DisputeState) -> str:
    money = format_cents(said.cents)
    if said.standing is Ruling.WON:
        return f"Die bestrittene Zahlung über {money} ist zu Ihren Gunsten entschieden: Das Geld ist wieder da."
    if said.standing is Ruling.LOST:
        return (
            f"Die bestrittene Zahlung über {money} ist verloren: Das Geld ist weg. Bitte entscheiden Sie, wie weiter."
        )
    if said.standing is Ruling.DROPPED:
        return f"Die Rückfrage der Bank zur Zahlung über {money} ist erledigt."
    until = f" bis {said.due_by:%d.%m.%Y}" if said.due_by else ""
    if said.standing is Ruling.INQUIRY:
        return f"Die Bank fragt nach der Zahlung über {money} ({said.reason}): bitte{until} bei Stripe antworten."
    return (
        f"Eine Zahlung über {money} wird bestritten ({said.reason}). Bitte nichts verschicken und nichts "
        f"zurückzahlen, sondern{until} bei Stripe Belege einreichen{_proof(order)}."
    )


def _proof(order: Order) -> str:
    return ": Sie haben schon Geld zurückgezahlt, das ist der beste Beleg" if order.refunded_cents else ""
