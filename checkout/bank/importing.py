"""Taking a statement in: what is new is kept, what is certain is booked, the rest is laid before a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlmodel import Session, col, func, select

from catalog.money import format_cents
from catalog.times import german_day
from checkout import fulfilment, orders, refunds
from checkout.bank import bookings, matching
from checkout.bank.bookings import BankBooking, BankFile, Standing
from checkout.bank.matching import Pool
from checkout.bank.statement import Line, Statement
from checkout.orders import Order
from checkout.payments.providers import Database
from checkout.refunds import Refund, RefundState

_AT_ONCE = 20  # bookings in a transaction: other writers wait for less than a second
BANK = "Kontoauszug"  # the author of what was booked by itself


@dataclass(frozen=True)
class Paid:
    """A booking that was booked by itself, and the orders that it has paid."""

    booking: BankBooking
    orders: tuple[Order, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a statement.

    `paid` was booked by itself, `open` wants a person, `sent` are refunds whose transfer was found;
    `known` bookings had come before, `covers_until` is the last whole day that is known now.
    """

    file: BankFile
    paid: tuple[Paid, ...]
    open: tuple[BankBooking, ...]
    sent: tuple[Refund, ...]
    known: int
    covers_until: date | None


def take_in(database: Database, statement: Statement, *, name: str, digest: str, now: datetime, author: str) -> Outcome:
    """Keep the new bookings of a statement, then book what is certain, a few in each transaction.

    Once more, or overlapping with others, changes nothing: a booking is known by its key, and so is the
    payment that it makes. What a crash leaves unlooked at is looked at by the next call.
    """
    with database.writing() as session:
        bookings.one_at_a_time(session)
        file = bookings.add_file(session, statement, name=name, digest=digest, now=now, author=author)
        wanted = [line.is_credit or _concerns_us(session, line) for line in statement.lines]
        known = bookings.add_new(session, file, statement, wanted)
        fresh = bookings.not_looked_at(session)
    looks = []
    for start in range(0, len(fresh), _AT_ONCE):
        with database.writing() as session:
            looks.append(_look(session, fresh[start : start + _AT_ONCE], now))
    with database.reading() as session:
        covers_until = bookings.covered_until(session)
    return Outcome(
        file=file,
        paid=tuple(paid for look in looks for paid in look.paid),
        open=tuple(row for look in looks for row in look.open),
        sent=tuple(refund for look in looks for refund in look.sent),
        known=known,
        covers_until=covers_until,
    )


def foreign(session: Session, statements: Sequence[Statement], iban: str) -> list[Statement]:
    """The statements whose account is neither the shop's `iban` nor one that was taken in before."""
    return [
        each
        for each in statements
        if not (iban and bookings.is_account(each.account, iban)) and not bookings.is_known_account(session, each)
    ]


def digest_of(content: bytes, position: int) -> str:
    """What tells the statement at a position of an uploaded file again."""
    return f"{sha256(content).hexdigest()}-{position}"


@dataclass(frozen=True)
class _Look:
    paid: list[Paid]
    open: list[BankBooking]
    sent: list[Refund]


def _look(session: Session, ids: Sequence[int], now: datetime) -> _Look:
    """Look at some new bookings: book, settle, or write down why a person must decide."""
    bookings.one_at_a_time(session)
    rows = bookings.not_looked_at_of(session, ids)  # another upload may have come first
    pool = Pool(session, now)
    sent = [refund for row in rows if not row.is_credit for refund in _settle(session, row, now)]
    paid = [each for row in rows if row.is_credit and (each := _pay(session, row, pool, now))]
    return _Look(paid, [row for row in rows if row.state == Standing.OPEN], sent)


def _pay(session: Session, row: BankBooking, pool: Pool, now: datetime) -> Paid | None:
    """Book a credit if it is certain what it pays; else write down why it is not."""
    finding = matching.find(session, row, now=now, pool=pool)
    if not finding.pays:
        row.reason = finding.reason
        session.flush()
        if not finding.likely and (note := _why_not_ours(session, row)):
            since = [Standing.OPEN]
            bookings.decide(session, row, Standing.NOT_OURS, since=since, note=note, now=now, author=BANK)
        return None
    _book(session, row, finding.pays, now)
    return Paid(row, finding.pays)


def _why_not_ours(session: Session, row: BankBooking) -> str:
    """Why a credit that fits no order needs no question; "" if it does.

    An account receives much else, such as the card terminal's money every day: who was sorted out once by
    a person is sorted out again, as long as nothing of it fits an order.
    """
    if row.currency != "EUR" or row.is_return or row.doubt:
        return ""
    first = session.exec(select(func.min(Order.placed_at))).one()
    if first is None or row.booked_on < german_day(first):
        return "älter als die erste Bestellung"
    if bookings.is_sorted_out(session, row):
        return "gehört nicht zu Bestellungen, wie schon früher von diesem Konto"
    return ""


def _book(session: Session, row: BankBooking, paid: Sequence[Order], now: datetime) -> None:
    note = "bezahlt Bestellung " + ", ".join(order.number for order in paid)
    if not bookings.decide(session, row, Standing.BOOKED, since=[Standing.OPEN], note=note, now=now, author=BANK):
        return
    for order in sorted(paid, key=orders.id_of):
        fulfilment.mark_paid(
            session,
            order,
            cents=order.open_cents,
            reference=bookings.reference(row, order),
            method="transfer",
            now=now,
            author=BANK,
        )


def _concerns_us(session: Session, line: Line) -> bool:
    """Whether money that went out has to do with orders: it names one, goes back to a payer, or was taken back."""
    texts = (line.text, line.end_to_end, line.structured)
    return line.is_return or bool(matching.named_in(session, texts)) or _to_return(session, line) is not None


def _to_return(session: Session, line: Line | BankBooking) -> BankBooking | None:
    """The credit that was to be paid back and that this debit pays back: same amount, same account."""
    if not line.iban:
        return None
    waiting = select(BankBooking).where(
        BankBooking.state == Standing.TO_RETURN.value, BankBooking.cents == line.cents, BankBooking.iban == line.iban
    )
    return session.exec(waiting.order_by(col(BankBooking.id))).first()


def _settle(session: Session, row: BankBooking, now: datetime) -> list[Refund]:
    """Find what a debit of ours has paid back; a former credit that was taken back calls for attention."""
    named = matching.named_in(session, row.written)
    if row.is_return:
        _call_back(session, row, named, now)
        return []
    owed = [refund for refund in refunds.owed_by(session, "transfer") if refund.order_id in map(orders.id_of, named)]
    exact = [refund for refund in owed if refund.cents == row.cents]
    if exact and row.currency == "EUR":
        refunds.settled(session, exact[0], now=now, author=BANK)
        _done(session, row, f"Rückzahlung zu Bestellung {named[0].number}", now)
        return [exact[0]]
    if returned := _to_return(session, row):
        bookings.decide(
            session, returned, Standing.RETURNED, since=[Standing.TO_RETURN], note="zurücküberwiesen", now=now,
            author=BANK,
        )  # fmt: skip
        _done(session, row, f"Zurück an {row.name or row.iban}", now)
        return []
    numbers = " und ".join(order.number for order in named)
    if any(_is_done(refund, row) for order in named for refund in refunds.of(session, order)):
        _done(session, row, f"Rückzahlung zu Bestellung {numbers}", now)
        return []
    row.reason = f"Sie haben {format_cents(row.cents)} überwiesen und Bestellung {numbers} genannt. Eine Rückzahlung \
über diesen Betrag ist dort nicht vermerkt."
    session.flush()
    return []


def _is_done(refund: Refund, row: BankBooking) -> bool:
    """Whether the owner has said herself that she has transferred just this."""
    return refund.method == "transfer" and refund.state == RefundState.DONE and refund.cents == row.cents


def _done(session: Session, row: BankBooking, note: str, now: datetime) -> None:
    bookings.decide(session, row, Standing.SETTLED, since=[Standing.OPEN], note=note, now=now, author=BANK)


def _call_back(session: Session, row: BankBooking, named: Sequence[Order], now: datetime) -> None:
    """Say at the order, and in the list, that its money has been taken back."""
    who = f" ({row.name})" if row.name else ""
    row.reason = f"Die Bank hat {format_cents(row.cents)}{who} wieder abgebucht: Eine frühere Zahlung gilt nicht mehr."
    for order in named:
        orders.call_attention(session, order, row.reason, now=now, author=BANK)
    session.flush()
