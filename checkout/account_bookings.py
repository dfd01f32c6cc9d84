"""What the accountant books: one booking for each rate of a document, each payment, refund, dispute and gift voucher.

Goods are booked when their document is issued: customers' account to revenue, gross, as DATEV's automatic accounts
take the tax out. Money is booked when it moves, against the same account, so that an order that is done with comes to
nothing there. Gift vouchers are owed until they are used (§ 3 Abs. 15 UStG). What the store's till took is the till's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from catalog.times import german_day
from checkout import redeeming, trusted
from checkout.documents import Document, Kind, Tax
from checkout.gift_vouchers import GiftMovement, Why
from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.payments import Payment
from checkout.payments.disputing import HELD, Dispute
from checkout.payments.hosted import Ruling
from checkout.periods import Period
from checkout.refunds import Refund, RefundState

_MONEY = {"transfer": "bank", trusted.METHOD: "bank", "stripe": "stripe", redeeming.METHOD: "gifts"}
_TITLES = {Kind.INVOICE: "Rechnung", Kind.CANCELLATION: "Storno", Kind.CORRECTION: "Korrektur"}


@dataclass(frozen=True)
class Booking:
    """`cents` (above zero) on the debit side of `account`, or with `is_credit` on its credit side, against `contra`.

    Both are places of the books (book_terms.PLACES). `voucher` is the number that open items are matched by. `eu` is
    the country, or the buyer's VAT ID, of a sale within the EU, `eu_permille` the rate there.
    """

    day: date
    cents: int
    is_credit: bool
    account: str
    contra: str
    voucher: str
    text: str
    eu: str = ""
    eu_permille: int = 0
    delivered_on: date | None = None
    due_on: date | None = None


def bookings(session: Session, period: Period) -> list[Booking]:
    """All bookings of a period, by day."""
    every = [
        *_documents(session, period),
        *_payments(session, period),
        *_refunds(session, period),
        *_disputes(session, period),
        *_gifts(session, period),
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
        yield from (_of_tax(document, tax) for tax in document.taxes if tax.gross_cents)


def _of_tax(document: Document, tax: Tax) -> Booking:
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
        delivered_on=document.delivered_to,
        due_on=document.pay_by,
    )


def _payments(session: Session, period: Period) -> Iterator[Booking]:
    rows = select(Payment).where(col(Payment.paid_at) >= period.begins_at, col(Payment.paid_at) < period.ends_at)
    found = session.exec(rows.order_by(col(Payment.id))).all()
    vouchers = _vouchers(session, [each.order_id for each in found])
    for payment in found:
        yield _money(german_day(payment.paid_at), payment.cents, payment.method, vouchers[payment.order_id], "Zahlung")


def _refunds(session: Session, period: Period) -> Iterator[Booking]:
    """Money that has gone back; what is only owed is no booking yet."""
    rows = select(Refund).where(
        Refund.state == RefundState.DONE.value, col(Refund.settled_at) >= period.begins_at,
        col(Refund.settled_at) < period.ends_at,
    )  # fmt: skip
    found = session.exec(rows.order_by(col(Refund.id))).all()
    vouchers = _vouchers(session, [each.order_id for each in found])
    for refund in found:
        assert refund.settled_at is not None
        day, known = german_day(refund.settled_at), vouchers[refund.order_id]
        yield _money(day, refund.cents, refund.method, known, "Rückzahlung", is_out=True)


def _disputes(session: Session, period: Period) -> Iterator[Booking]:
    """Money that a payer's bank has called back, and that came back because it was decided so."""
    rows = session.exec(select(Dispute).where(col(Dispute.opened_at) < period.ends_at).order_by(col(Dispute.id))).all()
    vouchers = _vouchers(session, [each.order_id for each in rows])
    paid = select(Payment.id, Payment.method).where(col(Payment.id).in_([each.payment_id for each in rows]))
    methods = dict(session.exec(paid).all())
    for dispute in rows:
        was_held = dispute.state in (*HELD, Ruling.WON.value)
        method, known = methods.get(dispute.payment_id, ""), vouchers[dispute.order_id]
        if was_held and period.has(german_day(dispute.opened_at)):
            day = german_day(dispute.opened_at)
            yield _money(day, dispute.cents, method, known, "Rückbelastung", is_out=True)
        if dispute.state == Ruling.WON.value and dispute.closed_at and period.has(german_day(dispute.closed_at)):
            yield _money(german_day(dispute.closed_at), dispute.cents, method, known, "Rückbelastung gewonnen")


def _gifts(session: Session, period: Period) -> Iterator[Booking]:
    """Gift vouchers that are sold are owed from then on; used in the store they pay the till."""
    rows = select(GiftMovement).where(
        col(GiftMovement.moved_at) >= period.begins_at, col(GiftMovement.moved_at) < period.ends_at,
        col(GiftMovement.why).in_((Why.ISSUED.value, Why.REDEEMED.value)),
    )  # fmt: skip
    found = session.exec(rows.order_by(col(GiftMovement.id))).all()
    vouchers = _vouchers(session, [each.order_id for each in found if each.order_id])
    for moved in found:
        day, cents = german_day(moved.moved_at), abs(moved.cents)
        if moved.why == Why.ISSUED and moved.order_id:
            known = vouchers[moved.order_id]
            yield Booking(day, cents, False, "debtors", "gifts", known[0], f"Gutschein verkauft {known[1]}")
        elif moved.order_id is None:
            is_used = moved.why == Why.REDEEMED
            text = "Gutschein im Laden eingelöst" if is_used else "Gutschein im Laden verkauft"
            yield Booking(day, cents, not is_used, "gifts", "till", f"GU-{moved.gift_id}", text)


def _money(day: date, cents: int, method: str, known: tuple[str, str], what: str, *, is_out: bool = False) -> Booking:
    return Booking(
        day, cents, is_credit=is_out, account=_MONEY.get(method, "other"), contra="debtors", voucher=known[0],
        text=f"{what} {known[1]}",
    )  # fmt: skip


def _vouchers(session: Session, order_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(number that open items are matched by, number of the order) by the order's id: its first invoice, or itself."""
    orders = session.exec(select(Order.id, Order.number).where(col(Order.id).in_(order_ids))).all()
    invoices = session.exec(
        select(Invoice.order_id, Invoice.number)
        .where(col(Invoice.order_id).in_(order_ids), Invoice.kind == Kind.INVOICE.value)
        .order_by(col(Invoice.id).desc())
    ).all()
    first = dict(invoices)
    return {order_id: (first.get(order_id, number), number) for order_id, number in orders if order_id is not None}
