"""What a person decides about a booking that could not be booked by itself."""

from datetime import datetime

from sqlmodel import Session

from catalog.money import format_cents
from catalog.refusals import Refusal
from checkout import fulfilment, orders, refunds
from checkout.bank import bookings
from checkout.bank.bookings import BankBooking, Standing
from checkout.orders import ENDED, Order
from checkout.refunds import Refund


class NotThisWay(Refusal):
    """The booking is of a kind that cannot be decided so."""


def assign(session: Session, booking: BankBooking, order: Order, *, now: datetime, author: str) -> bool:
    """Let a credit pay an order, whatever its amount; False if it did already. Flushes.

    Too little or too much calls for attention there. Money for an order that has ended and whose goods are
    gone is owed back at once. Raises AlreadyDecided, NotThisWay.
    """
    if not booking.is_credit or booking.currency != "EUR" or not booking.cents:
        raise NotThisWay("Nur ein Eingang in Euro kann eine Bestellung bezahlen.")
    note = f"bezahlt Bestellung {order.number}"
    since = [Standing.OPEN, Standing.NOT_OURS, Standing.TO_RETURN]
    if not bookings.decide(session, booking, Standing.BOOKED, since=since, note=note, now=now, author=author):
        return False
    fulfilment.mark_paid(
        session,
        order,
        cents=booking.cents,
        reference=bookings.reference(booking, order),
        method="transfer",
        now=now,
        author=author,
    )
    order = orders.lock(session, orders.id_of(order))
    if order.state in ENDED and order.overpaid_cents:
        refunds.owe_overpaid(
            session, order, reason="Zu spät überwiesen", now=now, author=author, key=f"late-{booking.key}"
        )
    return True


def not_ours(session: Session, booking: BankBooking, *, now: datetime, author: str) -> bool:
    """Say that a booking has nothing to do with orders; False if that was said. Flushes. Raises AlreadyDecided."""
    return bookings.decide(
        session, booking, Standing.NOT_OURS, since=[Standing.OPEN, Standing.TO_RETURN],
        note="gehört nicht zu Bestellungen", now=now, author=author,
    )  # fmt: skip


def pay_back(session: Session, booking: BankBooking, *, now: datetime, author: str) -> bool:
    """Say that a credit shall be transferred back whole; False if that was said. Flushes.

    Raises AlreadyDecided, NotThisWay.
    """
    if not booking.is_credit or booking.currency != "EUR":
        raise NotThisWay("Nur ein Eingang in Euro kann hier zurückgezahlt werden.")
    return bookings.decide(
        session, booking, Standing.TO_RETURN, since=[Standing.OPEN, Standing.NOT_OURS],
        note=f"{format_cents(booking.cents)} sind zurückzuzahlen", now=now, author=author,
    )  # fmt: skip


def returned(session: Session, booking: BankBooking, *, now: datetime, author: str) -> bool:
    """Say that a credit has been transferred back; False if that was said. Flushes. Raises AlreadyDecided."""
    return bookings.decide(
        session, booking, Standing.RETURNED, since=[Standing.TO_RETURN], note="zurücküberwiesen", now=now,
        author=author,
    )  # fmt: skip


def seen(session: Session, booking: BankBooking, *, now: datetime, author: str) -> bool:
    """Say that a debit, or money that came back, has been looked into; False if so already. Flushes."""
    return bookings.decide(
        session, booking, Standing.SETTLED, since=[Standing.OPEN], note="angesehen", now=now, author=author
    )


def bounced(session: Session, booking: BankBooking, refund: Refund, *, now: datetime, author: str) -> bool:
    """Say that a credit is our own refund, which has come back; it is the shopper's still. False if so. Flushes.

    Raises AlreadyDecided.
    """
    note = "unsere Rückzahlung ist zurückgekommen"
    since = [Standing.OPEN]
    if not bookings.decide(session, booking, Standing.SETTLED, since=since, note=note, now=now, author=author):
        return False
    refunds.failed(session, refund, "Die Überweisung ist zurückgekommen", now=now, author=author)
    return True


def reopen(session: Session, booking: BankBooking, *, now: datetime, author: str) -> bool:
    """Take back that a booking is not the shop's, is to be paid back, or was seen. Flushes. Raises AlreadyDecided."""
    since = [Standing.NOT_OURS, Standing.TO_RETURN, Standing.SETTLED]
    return bookings.decide(session, booking, Standing.OPEN, since=since, note="", now=now, author=author)
