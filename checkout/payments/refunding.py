"""Refunds at a provider: carried out after their row was committed, and taken over when made there by hand.

What has happened at the provider is the truth: all refunds of a payment are listed before another is made,
and each is found again by the shop's own key in it. So neither a lost answer, nor a key that the provider
has forgotten, nor a restored backup pays anything back twice.
"""

import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.money import format_cents
from checkout import gift_sales, orders, refunds
from checkout.payments import Payment, PaymentDown, PaymentMethod
from checkout.payments.hosted import Given, HostedPayment, KeySpent, RefundRefused, RefundState
from checkout.payments.providers import Database, alone, hosted, patiently
from checkout.refunds import Refund
from checkout.refunds import RefundState as State

log = logging.getLogger("dorfladen.payments")

BY_HAND = "beim Zahlungsdienst von Hand zurückgezahlt"


def carry_out(database: Database, payments: Mapping[str, PaymentMethod], now: datetime) -> None:
    """Let the providers pay back what is owed; again and again until it is done or refused."""
    for payment in hosted(payments):
        with patiently(payment):
            for refund_id in _ids(database, payment, State.OWED):
                with alone(f"refund {refund_id}"):
                    _carry_out(database, payment, refund_id, now)


def follow_up(database: Database, payments: Mapping[str, PaymentMethod], now: datetime) -> None:
    """Ask about refunds that are on their way, in case nobody tells us that they arrived; every hour or so."""
    for payment in hosted(payments):
        with patiently(payment):
            for refund_id in _ids(database, payment, State.PENDING):
                with alone(f"refund {refund_id}"):
                    take_over(database, payment, _read(database, refund_id)[1], now)


def take_over(database: Database, payment: HostedPayment, reference: str, now: datetime) -> None:
    """Ask for all refunds of some money and write what follows; those made by hand are new rows.

    As often and as concurrently as one likes. Raises PaymentDown.
    """
    try:
        listed = payment.refunds_of(reference)
    except RefundRefused as error:
        log.warning("the refunds of %s cannot be listed: %s", reference, error)
        return
    with database.writing() as session:
        write(session, payment.key, listed, now)


def write(session: Session, method: str, listed: Iterable[RefundState], now: datetime) -> None:
    """Bring the books to what the provider says of refunds; those of foreign money are left alone. Flushes."""
    for said in listed:
        paid = session.exec(select(Payment).where(Payment.method == method, Payment.reference == said.reference))
        if (source := paid.first()) is not None:
            orders.lock(session, source.order_id)
            _write_one(session, source, said, now)


def _carry_out(database: Database, payment: HostedPayment, refund_id: int, now: datetime) -> None:
    """Ask first: it may have been done by a call whose answer was lost, and then its key may be forgotten there."""
    refund, reference = _read(database, refund_id)
    try:
        take_over(database, payment, reference, now)
        refund, _ = _read(database, refund_id)
        if refund.state != State.OWED:
            return
        made = payment.refund(reference, refund.cents, key=refund.idempotency_key)
    except RefundRefused as error:
        take_over(database, payment, reference, now)  # by hand, most likely, this very moment
        _give_up(database, refund_id, str(error), payment.key, now)
    except KeySpent as error:
        _note(database, refund_id, error, another_key=True)
    except PaymentDown as error:
        _note(database, refund_id, error)
        raise
    else:
        with database.writing() as session:
            write(session, payment.key, [made], now)


def _write_one(session: Session, source: Payment, said: RefundState, now: datetime) -> None:
    refund = _known(session, source, said) or _begun_by_hand(session, source, said, now)
    if refund is None:
        return
    if said.standing is Given.DONE:
        refunds.settled(session, refund, now=now, author=source.method, provider_ref=said.id)
        return
    if refund.state == State.OWED:
        refunds.pending(session, refund, provider_ref=said.id)
    if said.standing is Given.FAILED:
        refunds.failed(session, refund, said.why or "die Bank nennt keinen Grund", now=now, author=source.method)


def _known(session: Session, source: Payment, said: RefundState) -> Refund | None:
    """The row of a refund: by the provider's id, or by our key in what has no such id yet."""
    mine = select(Refund).where(Refund.payment_id == source.id)
    fresh = mine.execution_options(populate_existing=True)
    by_id = session.exec(fresh.where(Refund.provider_ref == said.id)).first()
    if by_id is not None or not said.key:
        return by_id
    return session.exec(
        fresh.where(
            Refund.idempotency_key == said.key,
            Refund.state == State.OWED.value,
            col(Refund.provider_ref).is_(None),
        )
    ).first()


def _begun_by_hand(session: Session, source: Payment, said: RefundState, now: datetime) -> Refund | None:
    """Write down a refund that the books do not know: made by hand, or since a backup. None: it failed anyhow."""
    if said.standing is Given.FAILED:
        return None
    order = orders.lock(session, source.order_id)
    made = Refund(
        order_id=source.order_id,
        payment_id=source.id or 0,
        method=source.method,
        cents=said.cents,
        idempotency_key=_free_key(session, said),
        reason=BY_HAND,
        created_at=said.created_at,
        author=source.method,
    )
    session.add(made)
    order.refunded_cents += said.cents
    note = f"{format_cents(said.cents)} ({source.method}, {said.id}): {BY_HAND}"
    orders.remark(session, order, "refund_owed", note, now=now, author=source.method)
    gift_sales.take_back_unpaid(session, order, now=now, author=source.method)
    if order.open_cents:
        sentence = (
            f"{format_cents(said.cents)} wurden beim Zahlungsdienst von Hand zurückgezahlt. "
            "Bitte stornieren oder ermäßigen Sie die Bestellung, damit die Rechnung stimmt."
        )
        orders.call_attention(session, order, sentence, now=now, author=source.method)
    return made


def _free_key(session: Session, said: RefundState) -> str:
    taken = select(Refund.id).where(Refund.idempotency_key == said.key)
    return said.key if said.key and session.exec(taken).first() is None else said.id


def _ids(database: Database, payment: HostedPayment, state: State) -> list[int]:
    with database.reading() as session:
        found = select(Refund.id).where(Refund.method == payment.key, Refund.state == state.value)
        return [each for each in session.exec(found.order_by(col(Refund.id))).all() if each is not None]


def _read(database: Database, refund_id: int) -> tuple[Refund, str]:
    """A refund, and the reference of the money that it gives back."""
    with database.reading() as session:
        refund = session.get_one(Refund, refund_id)
        return refund, session.get_one(Payment, refund.payment_id).reference


def _give_up(database: Database, refund_id: int, why: str, author: str, now: datetime) -> None:
    with database.writing() as session:
        orders.lock(session, session.get_one(Refund, refund_id).order_id)
        refund = session.get_one(Refund, refund_id, populate_existing=True)
        if refund.state == State.OWED:
            refunds.failed(session, refund, why, now=now, author=author)


def _note(database: Database, refund_id: int, error: Exception, *, another_key: bool = False) -> None:
    """Keep why it did not work. Another key is used the next time, and only if nothing carries the old one then."""
    log.warning("refund %s: %s", refund_id, error)
    with database.writing() as session:
        refund = session.get_one(Refund, refund_id)
        values: dict[str, str] = {"last_error": str(error)[:300]}
        if another_key:
            values["idempotency_key"] = f"{refund.idempotency_key[:60]}-{secrets.token_hex(4)}"
        session.exec(
            update(Refund).where(col(Refund.id) == refund_id, col(Refund.state) == State.OWED.value).values(values)
        )
