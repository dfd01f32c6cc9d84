"""Money that goes back: a row first, then the provider or the owner does it, then the row says so.

A refund is money alone. What is owed for the order, and its tax, is lowered by an allowance or by its end.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import moment
from checkout import gift_sales, orders, outbox, redeeming
from checkout.orders import Order
from checkout.payments import Payment


class RefundState(StrEnum):
    """Where a refund stands."""

    OWED = "owed"  # written down; the provider, or the owner at her bank, has yet to do it
    PENDING = "pending"  # the provider has taken it on (SEPA, an empty balance: days)
    DONE = "done"
    FAILED = "failed"  # the money did not go; it is the shopper's still


STANDING = (RefundState.OWED, RefundState.PENDING, RefundState.DONE)  # count as given back


class Refund(SQLModel, table=True):
    """Money of a payment that goes back. `idempotency_key` is fixed, so a repeated call is the same call.

    `provider_ref` is the provider's own id of it, once it has one.
    """

    __table_args__ = (CheckConstraint("cents > 0", name="some_money_back"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    payment_id: int = Field(foreign_key="payment.id", index=True)
    method: str
    cents: int
    state: str = Field(default=RefundState.OWED.value, index=True)
    idempotency_key: str = Field(unique=True, max_length=80)
    provider_ref: str | None = Field(default=None, unique=True)
    reason: str
    created_at: datetime = moment()
    author: str
    settled_at: datetime | None = moment(nullable=True)
    last_error: str = ""


class TooMuchToRefund(Refusal):
    """More is to be given back than is left of what was paid."""


def owe(
    session: Session,
    order: Order,
    cents: int,
    *,
    reason: str,
    now: datetime,
    author: str,
    payment: Payment | None = None,
    key: str = "",
) -> list[Refund]:
    """Write down that money goes back by the way it came, the newest payment first (or only `payment`). Flushes.

    Each part goes back by the means it was paid with (§ 357 Abs. 3 BGB). Gift vouchers paid first, when the
    order was placed, so they come last: of a part, the shopper gets her money before her voucher.

    `key` makes it happen once: the refunds of the same key are given again. Nothing to give back is no refund.
    Raises TooMuchToRefund: never more than is left of the payments, nor more than the shop holds.
    """
    order = orders.lock(session, orders.id_of(order))
    if key and (standing := of_key(session, key)):
        return standing
    sources = [payment] if payment else _newest_first(session, order)
    parts = _parts(cents, [(each, left_of(session, each)) for each in sources])
    if parts is None or cents > max(0, order.held_cents):
        left = min(max(0, order.held_cents), sum(left_of(session, each) for each in sources))
        raise TooMuchToRefund(f"Zurückzahlen lassen sich höchstens noch {format_cents(left)}.")
    base = key or f"rf-{order.number}-{secrets.token_hex(6)}"  # random: a restored backup never uses an old one anew
    made = [
        Refund(
            order_id=orders.id_of(order), payment_id=source.id or 0, method=source.method, cents=part,
            idempotency_key=base if position == 0 else f"{base}-{position}", reason=reason, created_at=now,
            author=author,
        )
        for position, (source, part) in enumerate(parts)
    ]  # fmt: skip
    session.add_all(made)
    order.refunded_cents += sum(refund.cents for refund in made)
    for refund in made:
        note = f"{format_cents(refund.cents)} ({refund.method}): {reason}"
        orders.remark(session, order, "refund_owed", note, now=now, author=author)
    session.flush()
    _onto_vouchers(session, made, now, author)
    gift_sales.take_back_unpaid(session, order, now=now, author=author)
    return made


def owe_overpaid(
    session: Session, order: Order, *, reason: str, now: datetime, author: str, key: str = ""
) -> list[Refund]:
    """Give back all that the shop holds beyond what is owed. Flushes."""
    order = orders.lock(session, orders.id_of(order))
    return owe(session, order, order.overpaid_cents, reason=reason, now=now, author=author, key=key)


def pending(session: Session, refund: Refund, *, provider_ref: str) -> None:
    """Note that the provider has taken a refund on. Flushes."""
    _move(session, refund, (RefundState.OWED,), RefundState.PENDING, provider_ref=provider_ref)


def settled(session: Session, refund: Refund, *, now: datetime, author: str, provider_ref: str | None = None) -> bool:
    """Note that the money has gone back; owes "refunded" to the shopper. False: it had before. Flushes."""
    values = {"settled_at": now} | ({"provider_ref": provider_ref} if provider_ref else {})
    if not _move(session, refund, (RefundState.OWED, RefundState.PENDING), RefundState.DONE, **values):
        return False
    order = orders.lock(session, refund.order_id)
    note = f"{format_cents(refund.cents)} ({refund.method})"
    orders.remark(session, order, "refunded", note, now=now, author=author)
    if order.email:
        outbox.queue(session, "refunded", f"refund:{refund.id}", order.email, now)
    return True


def failed(session: Session, refund: Refund, error: str, *, now: datetime, author: str) -> bool:
    """Note that the money did not go back, even where it had seemed to: a person must decide. Flushes."""
    order = orders.lock(session, refund.order_id)
    if not _move(session, refund, STANDING, RefundState.FAILED, last_error=error[:300], settled_at=now):
        return False
    order.refunded_cents -= refund.cents
    sentence = f"Die Rückzahlung von {format_cents(refund.cents)} ist gescheitert ({error[:200]}): bitte klären."
    orders.call_attention(session, order, sentence, now=now, author=author)
    return True


def left_of(session: Session, payment: Payment) -> int:
    """How many cents of a payment have not been given back."""
    given = select(func.coalesce(func.sum(Refund.cents), 0)).where(
        Refund.payment_id == payment.id, col(Refund.state).in_(STANDING)
    )
    return payment.cents - int(session.exec(given).one())


def of(session: Session, order: Order) -> list[Refund]:
    """The order's refunds, oldest first."""
    return list(session.exec(select(Refund).where(Refund.order_id == order.id).order_by(col(Refund.id))).all())


def of_key(session: Session, key: str) -> list[Refund]:
    """The refunds that were written down under a key."""
    keys = select(Refund).where(
        (col(Refund.idempotency_key) == key) | col(Refund.idempotency_key).startswith(f"{key}-")
    )
    return list(session.exec(keys.order_by(col(Refund.id))).all())


def ways(session: Session, order: Order, cents: int) -> list[tuple[str, int]]:
    """By which ways to pay how much of some cents would go back, as `owe` would do it; [] where it could not."""
    sources = [(payment, left_of(session, payment)) for payment in _newest_first(session, order)]
    parts = _parts(cents, sources) if cents else None
    return [(payment.method, part) for payment, part in parts or []]


def failed_among(session: Session, order_ids: Iterable[int]) -> set[int]:
    """Which of some orders have a refund that failed, while they are still overpaid; one query."""
    rows = (
        select(Refund.order_id, Order)
        .join(Order, col(Order.id) == Refund.order_id)
        .where(col(Refund.order_id).in_(list(order_ids)), Refund.state == RefundState.FAILED.value)
    )
    return {order_id for order_id, order in session.exec(rows).all() if order.overpaid_cents}


def owed_by(session: Session, method: str) -> list[Refund]:
    """What has yet to be given back by a way to pay, oldest first."""
    owed = select(Refund).where(Refund.method == method, Refund.state == RefundState.OWED.value)
    return list(session.exec(owed.order_by(col(Refund.id))).all())


def _onto_vouchers(session: Session, made: Sequence[Refund], now: datetime, author: str) -> None:
    """What a gift voucher had paid goes back onto it at once: nobody else has to do it.

    The oldest payment first, as they were booked: vouchers are locked in the order of their ids.
    """
    for refund in reversed(made):
        if refund.method == redeeming.METHOD:
            payment = session.get_one(Payment, refund.payment_id)
            redeeming.put_back(session, payment, refund.cents, now=now, author=author)
            settled(session, refund, now=now, author=author)


def _newest_first(session: Session, order: Order) -> list[Payment]:
    paid = select(Payment).where(Payment.order_id == order.id).order_by(col(Payment.id).desc())
    return list(session.exec(paid).all())


def _parts(cents: int, sources: Sequence[tuple[Payment, int]]) -> list[tuple[Payment, int]] | None:
    """How much of which payment; None where they do not have so much left."""
    parts = []
    for payment, left in sources:
        part = min(cents, left)
        if part > 0:
            parts.append((payment, part))
            cents -= part
    return None if cents else parts


def _move(
    session: Session, refund: Refund, before: Sequence[RefundState], to: RefundState, **values: datetime | str
) -> bool:
    session.flush()
    moved = session.exec(
        update(Refund)
        .where(col(Refund.id) == refund.id, col(Refund.state).in_(before))
        .values(state=to.value, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(refund)
    return moved.rowcount == 1
