"""Deleting what need not be kept any more: never before its time, and not long after it.

Groups go as a whole, so that no half of a matter stays: an order with all about it when its newest paper is over, a
gift voucher with its movements, letters one by one. Each part is deleted in a transaction of its own, and the journal
says how many rows of which table went (retention.py says when; a hold stops all of it).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, true, update
from sqlmodel import Session, SQLModel, col

from catalog.times import german_day
from checkout import journal, retention
from checkout.bank.bookings import BankBooking, BankFile
from checkout.gift_vouchers import GiftMovement, GiftVoucher
from checkout.invoices import Invoice, InvoicePaper
from checkout.journal import JournalEntry
from checkout.orders import ENDED, Order, OrderEvent
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.retention import BOOKS, LETTERS, VOUCHERS, first_kept_day, first_kept_moment, standing_holds
from checkout.returns import Withdrawal, WithdrawalRefund

# Rows that go with what their column refers to, and columns that forget it: every reference is in one of both.
BELONGS = frozenset(
    {
        "allowance.order_id", "amendment.order_id", "amendment.order_line_id", "dispute.order_id",
        "dispute.payment_id", "giftmovement.gift_id", "inquiry.order_id", "inquiry.order_line_id",
        "invoice.allowance_id", "invoice.order_id", "invoice.refers_to_id", "invoicepaper.invoice_id",
        "orderevent.order_id", "ordergift.order_id", "orderline.order_id", "payeeaccount.order_id",
        "payment.order_id", "paymentattempt.order_id", "pickupready.order_id", "refund.order_id",
        "refund.payment_id", "return.order_id", "returnline.order_line_id", "returnline.return_id",
        "samplecredit.order_id", "samplecredit.sample_line_id", "shipment.order_id", "shipmentline.order_line_id",
        "shipmentline.shipment_id", "taxproof.order_id", "voucheruse.order_id", "withdrawalevent.withdrawal_id",
        "withdrawalrefund.order_id", "withdrawalrefund.withdrawal_id",
    }
)  # fmt: skip
DETACHED = frozenset(
    {
        "bankbooking.twin_id", "cartcode.gift_id", "checkoutdetails.order_id", "giftmovement.order_id",
        "giftvoucher.order_id", "ordergift.gift_id", "return.withdrawal_id", "withdrawal.order_id",
    }
)  # fmt: skip
_MONEY = frozenset(
    {"allowance", "bankbooking", "bankfile", "dispute", "giftmovement", "giftvoucher", "invoice", "invoicepaper",
     "payment", "refund", "return", "returnline", "shipment", "shipmentline", "withdrawalrefund"}
)  # fmt: skip
_LAG, _PAPER_LAG = timedelta(days=1), timedelta(days=366)


@dataclass(frozen=True)
class Group:
    """What is deleted together: its name for people, its table, and which of its rows are over at a moment."""

    key: str
    name: str
    kept: retention.Class
    table: type[SQLModel]
    over: Callable[[datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Erased:
    """What a part of the deletion took: rows by table, and files (below `papers/`) that nothing names any more."""

    rows: Counter[str]
    files: tuple[str, ...] = ()


def groups() -> tuple[Group, ...]:
    """All groups, in the order in which they are deleted."""
    return (
        Group("orders", "Bestellungen mit Belegen, Zahlungen und Anschriften", VOUCHERS, Order, _orders_over),
        Group("unpaid", "Bestellungen ohne Zahlung und Beleg", LETTERS, Order, _unpaid_over),
        Group("withdrawals", "Widerrufe", LETTERS, Withdrawal, _withdrawals_over),
        Group("gifts", "Geschenkgutscheine", VOUCHERS, GiftVoucher, _gifts_over),
        Group("bookings", "Buchungen der Kontoauszüge", VOUCHERS, BankBooking, _bookings_over),
        Group("statements", "Kontoauszüge", VOUCHERS, BankFile, _statements_over),
        Group("letters", "Briefe", LETTERS, Letter, _letters_over),
    )


def holds_stand(session: Session) -> bool:
    """Whether somebody has forbidden to delete anything."""
    return bool(standing_holds(session))


def planned(session: Session, now: datetime) -> dict[str, int]:
    """How many of each group (by its name), and of the journal's entries, are over at a moment, holds aside."""
    counts = {group.name: _count(session, group.table, group.over(now)) for group in groups()}
    return counts | {"Einträge des Journals": _count(session, JournalEntry, _entries_over(now))}


def erase_some(session: Session, now: datetime, *, most: int = 50) -> Erased:
    """Delete the next part of what is over, at most so many of one group. Flushes.

    No rows are given where nothing is left, or somebody holds it. Remove the files after the commit.
    """
    if holds_stand(session):
        return Erased(Counter())
    for group in groups():
        sheet = sheet_of(group.table)
        ids = session.execute(select(sheet.c.id).where(group.over(now)).order_by(sheet.c.id).limit(most))
        if found := list(ids.scalars()):
            gone = _delete_with_parts(session, sheet.name, found)
            body = {"group": group.key, "kept": group.kept.key, "rows": dict(sorted(gone.rows.items()))}
            journal.remark(session, journal.Remark(journal.ERASED, sheet.name, body))
            return gone
    return Erased(_cut_journal(session, now, most * 20))


def may_be_gone(now: datetime) -> Callable[[str, datetime], bool]:
    """Whether rows of a table that were recorded at a moment may have been deleted by now.

    What happened in the last second of a year may be recorded in the next, and a document's file be written later: it
    goes with its order all the same.
    """
    vouchers, letters = first_kept_moment(VOUCHERS, now) + _LAG, first_kept_moment(LETTERS, now) + _LAG

    def may(about: str, recorded_at: datetime) -> bool:
        late = _PAPER_LAG if about == "invoicepaper" else timedelta()
        return recorded_at < (vouchers if about in _MONEY else letters) + late

    return may


def sheet_of(table: type[SQLModel]) -> Table:
    """The table of a model."""
    sheet: Table = table.__table__  # type: ignore[attr-defined]
    return sheet


def _count(session: Session, table: type[SQLModel], over: ColumnElement[bool]) -> int:
    return int(session.execute(select(func.count()).select_from(sheet_of(table)).where(over)).scalar_one())


def _no_later_event(before: datetime) -> ColumnElement[bool]:
    later = exists().where(col(OrderEvent.order_id) == col(Order.id), col(OrderEvent.happened_at) >= before)
    return and_(col(Order.placed_at) < before, ~later)


def _is_paid_or_invoiced() -> ColumnElement[bool]:
    paid = exists().where(col(Payment.order_id) == col(Order.id))
    return or_(paid, exists().where(col(Invoice.order_id) == col(Order.id)))


def _orders_over(now: datetime) -> ColumnElement[bool]:
    """The newest event of an order was before the first kept day, and all its invoices are over as well."""
    kept = exists().where(col(Invoice.order_id) == col(Order.id), col(Invoice.keep_until) >= german_day(now))
    return and_(_no_later_event(first_kept_moment(VOUCHERS, now)), ~kept)


def _unpaid_over(now: datetime) -> ColumnElement[bool]:
    """Orders that came to nothing are business letters."""
    ended = col(Order.state).in_([state.value for state in ENDED])
    return and_(ended, ~_is_paid_or_invoiced(), _no_later_event(first_kept_moment(LETTERS, now)))


def _withdrawals_over(now: datetime) -> ColumnElement[bool]:
    """A declaration is a letter; where money went back because of it, it goes with its order."""
    refunded = exists().where(col(WithdrawalRefund.withdrawal_id) == col(Withdrawal.id))
    return and_(col(Withdrawal.received_at) < first_kept_moment(LETTERS, now), ~refunded)


def _gifts_over(now: datetime) -> ColumnElement[bool]:
    before = first_kept_moment(VOUCHERS, now)
    moved = exists().where(col(GiftMovement.gift_id) == col(GiftVoucher.id), col(GiftMovement.moved_at) >= before)
    return and_(col(GiftVoucher.valid_until) < first_kept_day(VOUCHERS, german_day(now)), ~moved)


def _bookings_over(now: datetime) -> ColumnElement[bool]:
    return col(BankBooking.booked_on) < first_kept_day(VOUCHERS, german_day(now))


def _statements_over(now: datetime) -> ColumnElement[bool]:
    used = exists().where(col(BankBooking.file_id) == col(BankFile.id))
    return and_(col(BankFile.imported_at) < first_kept_moment(VOUCHERS, now), ~used)


def _letters_over(now: datetime) -> ColumnElement[bool]:
    return func.coalesce(col(Letter.sent_at), col(Letter.queued_at)) < first_kept_moment(LETTERS, now)


def _entries_over(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(JournalEntry.keep_until) < german_day(now), col(JournalEntry.recorded_at) < first_kept_moment(BOOKS, now)
    )


def _delete_with_parts(session: Session, name: str, ids: Sequence[int]) -> Erased:
    """Delete rows with all that belongs to them, the children first, after others have let go of them."""
    session.flush()
    going = _with_parts(session, name, ids)
    files = _files_of(session, going.get("invoicepaper", set()))
    for reference in DETACHED:
        _let_go(session, reference, going)
    gone: Counter[str] = Counter()
    for sheet in reversed(SQLModel.metadata.sorted_tables):
        if going.get(sheet.name):
            gone[sheet.name] = session.execute(delete(sheet).where(sheet.c.id.in_(going[sheet.name]))).rowcount  # type: ignore[attr-defined]
    session.expire_all()
    return Erased(gone, files)


def _files_of(session: Session, ids: set[int]) -> tuple[str, ...]:
    if not ids:
        return ()
    return tuple(session.execute(select(col(InvoicePaper.file_name)).where(col(InvoicePaper.id).in_(ids))).scalars())


def _with_parts(session: Session, name: str, ids: Sequence[int]) -> dict[str, set[int]]:
    """The ids of all rows that go, by table: parents come before their children in the metadata's order."""
    going: dict[str, set[int]] = {name: set(ids)}
    for sheet in SQLModel.metadata.sorted_tables:
        for column, target in _references(sheet, BELONGS):
            if target != sheet.name and going.get(target):
                found = session.execute(select(sheet.c.id).where(sheet.c[column].in_(going[target]))).scalars()
                going.setdefault(sheet.name, set()).update(found)
    return going


def _let_go(session: Session, reference: str, going: dict[str, set[int]]) -> None:
    table, _, column = reference.partition(".")
    sheet = SQLModel.metadata.tables.get(table)
    if sheet is None:
        return
    for target in [target for name, target in _references(sheet, {reference}) if name == column]:
        if going.get(target):
            own = sheet.c.id.not_in(going.get(table, set())) if "id" in sheet.c else true()
            change: Any = update(sheet).where(sheet.c[column].in_(going[target]), own).values({column: None})
            session.execute(change)


def _references(sheet: Table, wanted: Iterable[str]) -> list[tuple[str, str]]:
    """(column, table that it refers to) of a table's references that are wanted."""
    return [
        (key.parent.name, key.column.table.name)
        for key in sorted(sheet.foreign_keys, key=lambda each: each.parent.name)
        if f"{sheet.name}.{key.parent.name}" in wanted
    ]


def _cut_journal(session: Session, now: datetime, most: int) -> Counter[str]:
    """Cut off the journal's oldest entries whose time is over; a new entry says up to which, with its hash."""
    kept = select(func.min(col(JournalEntry.number))).where(~_entries_over(now))
    until = session.execute(kept).scalar() or 0
    numbers = select(col(JournalEntry.number), col(JournalEntry.hash)).where(col(JournalEntry.number) < until)
    rows = session.execute(numbers.order_by(col(JournalEntry.number)).limit(most)).all()
    if not rows:
        return Counter()
    last_number, last_hash = rows[-1]
    sheet = sheet_of(JournalEntry)
    session.execute(delete(sheet).where(sheet.c.number <= last_number))
    body = {"until": last_number, "hash": last_hash, "rows": len(rows)}
    journal.remark(session, journal.Remark(journal.CUT, sheet.name, body))
    return Counter({sheet.name: len(rows)})
