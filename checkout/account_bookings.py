"""What the accountant books: one booking for each rate of a document, each payment, refund, dispute and gift voucher.

Goods are booked when their document is issued: customers' account to revenue, gross, as DATEV's automatic accounts
take the tax out. Money is booked when it moves, against the same account, so that an order that is done with comes to
nothing there. Gift vouchers are owed until they are used or taken back (§ 3 Abs. 15 UStG). An order that was paid at
the store's till is the till's: what vouchers had paid of it goes over to the till's account when it is handed over.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from catalog.times import german_day
from checkout import gift_bookings, redeeming, trusted
from checkout.booked import Booking, Matter, matters
from checkout.deliveries import Shipment
from checkout.documents import Document, Kind, Tax
from checkout.invoices import Invoice
from checkout.payments import Payment
from checkout.payments.disputing import HELD, Dispute
from checkout.payments.hosted import Ruling
from checkout.periods import Period
from checkout.refunds import Refund, RefundState

_MONEY = {"transfer": "bank", trusted.METHOD: "bank", "stripe": "stripe", redeeming.METHOD: "gifts"}
_TITLES = {Kind.INVOICE: "Rechnung", Kind.CANCELLATION: "Storno", Kind.CORRECTION: "Korrektur"}


def bookings(session: Session, period: Period) -> list[Booking]:
    """All bookings of a period, by day."""
    every = [
        *_documents(session, period),
        *_payments(session, period),
        *_refunds(session, period),
        *_disputes(session, period),
        *gift_bookings.bookings(session, period),
        *_handed_over(session, period),
    ]
    return sorted(every, key=lambda each: each.day)


def revenue_place(tax: Tax, vat_country: str) -> str:
    """Where a document's part is booked to: by why it is not taxed, else by where and at which rate it is."""
    by_category = {"E": "revenue_exempt", "K": "revenue_eu", "G": "revenue_export", "Z": "revenue_0"}
    by_rate = {190: "revenue_190", 70: "revenue_70", 0: "revenue_0"}
    if tax.category in by_category:
        return by_category[tax.category]
    return by_rate.get(tax.permille, "revenue_other") if vat_country == "DE" else "revenue_oss"


def _documents(session: Session, period: Period) -> Iterator[Booking]:
    rows = select(Invoice).where(col(Invoice.issued_on) >= period.first, col(Invoice.issued_on) <= period.last)
    for invoice in session.exec(rows.order_by(col(Invoice.id))).all():
        document = invoice.content
        taxed_on = _taxed_on(invoice, document)
        yield from (_of_tax(document, tax, taxed_on) for tax in document.taxes if tax.gross_cents)


def _taxed_on(invoice: Invoice, document: Document) -> date | None:
    """The delivery, where it was in another month; what is taken off later counts when it is (§ 17 Abs. 1 UStG)."""
    day, delivered = document.issued_on, document.delivered_to
    is_same = (day.year, day.month) == (delivered.year, delivered.month)
    return None if is_same or invoice.allowance_id else delivered


def _of_tax(document: Document, tax: Tax, taxed_on: date | None) -> Booking:
    """One rate of a document; what it corrects is matched by the invoice's own number."""
    voucher = document.refers_to.number if document.refers_to else document.number
    told = "" if voucher == document.number else f" {document.number}"
    place = revenue_place(tax, document.vat_country)
    return Booking(
        document.issued_on,
        abs(tax.gross_cents),
        is_credit=tax.gross_cents < 0,
        account="debtors",
        contra=place,
        voucher=voucher,
        text=f"{_TITLES[document.kind]}{told} {document.order_number}",
        eu=document.vat_country if place == "revenue_oss" else document.buyer.vat_id if place == "revenue_eu" else "",
        eu_permille=tax.permille if place == "revenue_oss" else 0,
        delivered_on=taxed_on,
        due_on=document.pay_by,
    )


def _payments(session: Session, period: Period) -> Iterator[Booking]:
    rows = select(Payment).where(col(Payment.paid_at) >= period.begins_at, col(Payment.paid_at) < period.ends_at)
    found = session.exec(rows.order_by(col(Payment.id))).all()
    known_of = matters(session, [each.order_id for each in found])
    for payment in found:
        yield _money(payment.paid_at, payment.cents, payment.method, known_of[payment.order_id], "Zahlung")


def _refunds(session: Session, period: Period) -> Iterator[Booking]:
    """Money that has gone back; what is only owed is no booking yet."""
    rows = select(Refund).where(
        Refund.state == RefundState.DONE.value, col(Refund.settled_at) >= period.begins_at,
        col(Refund.settled_at) < period.ends_at,
    )  # fmt: skip
    found = session.exec(rows.order_by(col(Refund.id))).all()
    known_of = matters(session, [each.order_id for each in found])
    for refund in found:
        assert refund.settled_at is not None
        known = known_of[refund.order_id]
        yield _money(refund.settled_at, refund.cents, refund.method, known, "Rückzahlung", is_out=True)


def _disputes(session: Session, period: Period) -> Iterator[Booking]:
    """Money that a payer's bank has called back, and that came back because it was decided so."""
    rows = session.exec(select(Dispute).where(col(Dispute.opened_at) < period.ends_at).order_by(col(Dispute.id))).all()
    known_of = matters(session, [each.order_id for each in rows])
    paid = select(Payment.id, Payment.method).where(col(Payment.id).in_([each.payment_id for each in rows]))
    methods = dict(session.exec(paid).all())
    for dispute in rows:
        was_held = dispute.state in (*HELD, Ruling.WON.value)
        method, known = methods.get(dispute.payment_id, ""), known_of[dispute.order_id]
        if was_held and period.has(german_day(dispute.opened_at)):
            yield _money(dispute.opened_at, dispute.cents, method, known, "Rückbelastung", is_out=True)
        if dispute.state == Ruling.WON.value and dispute.closed_at and period.has(german_day(dispute.closed_at)):
            yield _money(dispute.closed_at, dispute.cents, method, known, "Rückbelastung gewonnen")


def _handed_over(session: Session, period: Period) -> Iterator[Booking]:
    """What was paid here of orders whose rest the till has taken: the till's receipt is over the whole."""
    rows = select(Shipment.order_id).where(
        col(Shipment.is_pickup), col(Shipment.shipped_at) >= period.begins_at, col(Shipment.shipped_at) < period.ends_at
    )
    found = session.exec(rows.distinct().order_by(col(Shipment.order_id))).all()
    for order_id, known in matters(session, found).items():
        if known.till_at is None or not period.has(german_day(known.till_at)):
            continue
        if cents := _held_at(session, order_id, known.till_at):
            text = f"An der Ladenkasse angerechnet {known.number}"
            yield Booking(german_day(known.till_at), cents, False, "debtors", "till", known.voucher, text)


def _held_at(session: Session, order_id: int, at: datetime) -> int:
    """What had been paid of an order and not paid back at a moment."""
    paid = select(func.coalesce(func.sum(Payment.cents), 0)).where(Payment.order_id == order_id, Payment.paid_at <= at)
    back = select(func.coalesce(func.sum(Refund.cents), 0)).where(
        Refund.order_id == order_id, Refund.state == RefundState.DONE.value, col(Refund.settled_at) <= at
    )
    return int(session.exec(paid).one()) - int(session.exec(back).one())


def _money(at: datetime, cents: int, method: str, known: Matter, what: str, *, is_out: bool = False) -> Booking:
    return Booking(
        german_day(at), cents, is_credit=is_out, account=_MONEY.get(method, "other"), contra=known.contra_at(at),
        voucher=known.voucher, text=f"{what} {known.number}",
    )  # fmt: skip
