"""Reminding of transfers that did not come, and ending orders that were never paid.

The rule, for an order that waits for a transfer:

1. *Reminded* is from `remind_after` bank working days after the day that the buyer was told; the letter
   names a new day. *Ended* is when the goods' time is up (`reserved_until`, at least `after_reminder`
   bank working days after the reminder), and only what was reminded.
2. Neither happens while the money may lie in a statement that nobody has read: if the owner uploads
   statements, they must hold every bank working day from the order to one beyond the day to pay by.
   Until then she is warned instead (`waiting_for_statement`), with the days that are missing. A shop
   that has never uploaded one goes by the calendar alone.
3. Neither happens while a booking that may be the order's waits for the owner's decision.
4. An order with money on it is not ended by itself: she decides. What a gift voucher has paid goes back onto it.

What was bought by invoice is reminded of by the same rule, once, counted from the day that the goods'
leaving has set (`Order.pay_by`); it is never ended, for the goods are gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from catalog.money import format_cents
from catalog.times import german_day
from checkout import bank_days, fulfilment, orders, outbox, redeeming, refunds, reserving, trusted
from checkout.bank import bookings, matching
from checkout.orders import Order, OrderEvent, State
from checkout.reserving import SHOWS_AFTER, TransferTerms

REMINDED = "payment_reminder"  # the event, and the letter
OF_INVOICE = "invoice_reminder"  # the letter where the goods went first
CLOCK = "Frist"  # the author


@dataclass(frozen=True)
class Due:
    """What the clock wants done: orders to remind, to end, and those that wait for a newer statement."""

    remind: tuple[Order, ...] = ()
    end: tuple[Order, ...] = ()
    waiting_for_statement: tuple[Order, ...] = ()


def due(session: Session, terms: TransferTerms, *, now: datetime) -> Due:
    """What is due now; reads only."""
    waiting = _waiting(session)
    late = [order for order in waiting if _is_late(session, order, terms, now)]
    if not late:
        return Due()
    known = bookings.periods(session)
    unseen = [order for order in late if missing_days(order, known)]
    undecided = matching.perhaps_paid(session, now=now)
    ready = [order for order in late if order not in unseen and orders.id_of(order) not in undecided]
    reminded = _reminded(session, ready)
    return Due(
        remind=tuple(order for order in ready if order.id not in reminded),
        end=tuple(order for order in ready if order.id in reminded and _may_end(session, order)),
        waiting_for_statement=tuple(unseen),
    )


def remind(session: Session, order_id: int, terms: TransferTerms, *, now: datetime) -> bool:
    """Remind of an order's transfer if that is still due; its day to pay by and its goods' time move on. Flushes."""
    order = orders.lock(session, order_id)
    if order not in due(session, terms, now=now).remind:
        return False
    again = reserving.wait_again(order, terms, now=now)
    assert again.pay_by is not None
    order.pay_by = again.pay_by
    if order.state == State.AWAITING_PAYMENT:
        order.reserved_until = again.until
    note = f"Erinnert: {format_cents(order.open_cents)} bis {again.pay_by:%d.%m.%Y}"
    orders.remark(session, order, REMINDED, note, now=now, author=CLOCK)
    if order.email:
        letter = REMINDED if order.state == State.AWAITING_PAYMENT else OF_INVOICE
        outbox.queue(session, letter, f"order:{order.id}", order.email, now)
    else:
        sentence = "Die Überweisung ist noch nicht da, und wir haben keine E-Mail-Adresse: bitte anrufen."
        orders.call_attention(session, order, sentence, now=now, author=CLOCK)
    return True


def end(session: Session, order_id: int, terms: TransferTerms, *, now: datetime) -> bool:
    """End an order that was never paid, if that is still due; owes "order_expired". Flushes."""
    order = orders.lock(session, order_id)
    if order not in due(session, terms, now=now).end:
        return False
    fulfilment.expire(session, order, now=now, author=CLOCK)
    if order.email:
        outbox.queue(session, "order_expired", f"order:{order.id}", order.email, now)
    return True


def missing_days(order: Order, known: Sequence[tuple[date, date]]) -> list[date]:
    """The bank working days whose bookings nobody has read and on which a transfer in time may stand.

    These are the days from the order until one after the day to pay by. `known` are periods that are read; none
    at all: the shop does not upload statements, so nothing is missing.
    """
    last = bank_days.after(_pay_by(order), SHOWS_AFTER)
    day = bank_days.on_or_after(german_day(order.placed_at))
    missing = []
    while known and day <= last:
        if not any(first <= day <= until for first, until in known):
            missing.append(day)
        day = bank_days.after(day)
    return missing


def _is_late(session: Session, order: Order, terms: TransferTerms, now: datetime) -> bool:
    if _reminded(session, [order]):
        return order.reserved_until is not None and order.reserved_until <= now
    return german_day(now) >= bank_days.after(_pay_by(order), terms.remind_after)


def _may_end(session: Session, order: Order) -> bool:
    """Not with money on it (gift vouchers get theirs back), and not where the goods are gone."""
    if order.state != State.AWAITING_PAYMENT:
        return False
    money = [each for each in fulfilment.payments_of(session, order) if each.method != redeeming.METHOD]
    return not any(refunds.left_of(session, each) > 0 for each in money)


def _pay_by(order: Order) -> date:
    """The day that the buyer was told last."""
    return order.pay_by or german_day(order.placed_at + timedelta(days=7))


def _waiting(session: Session) -> Sequence[Order]:
    """Who transfers first, and who has bought by invoice and has the goods."""
    first = and_(
        col(Order.payment) == "transfer",
        col(Order.state) == State.AWAITING_PAYMENT,
        col(Order.reserved_until).is_not(None),
    )
    afterwards = and_(
        col(Order.payment) == trusted.METHOD,
        col(Order.state).in_((State.SHIPPED, State.PICKED_UP)),
        col(Order.pay_by).is_not(None),
    )
    waiting = session.exec(select(Order).where(or_(first, afterwards)).order_by(col(Order.id))).all()
    return [order for order in waiting if order.open_cents]


def _reminded(session: Session, some: Sequence[Order]) -> set[int]:
    told = select(OrderEvent.order_id).where(
        OrderEvent.kind == REMINDED, col(OrderEvent.order_id).in_([order.id for order in some])
    )
    return set(session.exec(told).all())
