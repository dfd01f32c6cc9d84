"""What invoices and their corrections say, and how they are written down: number, frozen text, row, event."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from catalog.money import format_cents
from catalog.times import german_day
from checkout import allowances, deliveries, invoice_items, orders, outbox, retention, series, wordings
from checkout.allowances import Allowance
from checkout.documents import Document, Kind, Party, Reference
from checkout.invoice_items import Listed
from checkout.invoice_terms import Terms
from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.payments import Payment
from checkout.redeeming import METHOD as BY_VOUCHER

ISSUED = "invoice_issued"  # the kind of the event
LETTER = "invoice"


def invoice(session: Session, order: Order, terms: Terms, buyer: Party, *, now: datetime, author: str) -> Invoice:
    """Write the invoice of an order as it stands, to `buyer`. Flushes. Raises DoesNotAddUp."""
    listed = invoice_items.left(session, order)
    gross_cents = sum(tax.gross_cents for tax in listed[1])
    gifts_cents = _gifts_cents(order, gross_cents)
    paid_cents = min(gross_cents, max(0, order.held_cents - gifts_cents))
    due_cents = gross_cents - paid_cents
    first, last = _delivery_days(session, order, now)
    until = max((each.id or 0 for each in allowances.of(session, order)), default=0)
    facts: dict[str, Any] = {
        "delivered_from": first,
        "delivered_to": last,
        "buyer": buyer,
        "ship_to": _ship_to(order),
        "paid_cents": paid_cents,
        "due_cents": due_cents,
        "payment": _payment_in_words(session, order, terms),
        "pay_by": order.pay_by if due_cents else None,
        "account": terms.account if due_cents else None,
        "notes": _notes(order, listed, terms),
    }
    return _keep(session, order, Kind.INVOICE, listed, facts, terms, until=until, now=now, author=author)


def correction(
    session: Session, order: Order, invoice: Invoice, listed: Listed, terms: Terms, allowance: Allowance, *,
    now: datetime, author: str,
) -> Invoice:  # fmt: skip
    """Write what an allowance takes off an invoice; `listed` is what that is. Flushes. Raises DoesNotAddUp."""
    facts = _facts_of(invoice, listed) | {"reason": invoice_items.reason_of(allowance)}
    return _keep(
        session, order, Kind.CORRECTION, listed, facts, terms, refers_to=invoice, allowance=allowance,
        until=allowance.id or 0, now=now, author=author,
    )  # fmt: skip


def cancellation(
    session: Session, order: Order, chain: Sequence[Invoice], terms: Terms, allowance: Allowance | None = None, *,
    reason: str, now: datetime, author: str,
) -> Invoice:  # fmt: skip
    """Take an invoice back, with the corrections of it (`chain`): together they come to nothing then. Flushes."""
    listed = invoice_items.mirrored(each.content for each in chain)
    told = [each.number for each in chain[1:]]
    facts = _facts_of(chain[0], listed) | {"reason": reason}
    if told:
        facts["notes"] = (*facts["notes"], f"Berücksichtigt sind die Korrekturen {', '.join(told)}.")
    until = max([*(each.allowances_until for each in chain), (allowance.id or 0) if allowance else 0])
    return _keep(
        session, order, Kind.CANCELLATION, listed, facts, terms, refers_to=chain[0], allowance=allowance, until=until,
        now=now, author=author,
    )  # fmt: skip


def _facts_of(invoice: Invoice, listed: Listed) -> dict[str, Any]:
    """What a correction says as its invoice does."""
    said = invoice.content
    return {
        "delivered_from": said.delivered_from,
        "delivered_to": said.delivered_to,
        "buyer": said.buyer,
        "ship_to": said.ship_to,
        "paid_cents": 0,
        "due_cents": sum(tax.gross_cents for tax in listed[1]),
        "payment": said.payment,
        "notes": tuple(note for note in said.notes if not note.startswith("Berücksichtigt")),
        "refers_to": Reference(said.number, said.issued_on),
    }


def _keep(
    session: Session, order: Order, kind: Kind, listed: Listed, facts: Mapping[str, Any], terms: Terms, *,
    refers_to: Invoice | None = None, allowance: Allowance | None = None, until: int, now: datetime, author: str,
) -> Invoice:  # fmt: skip
    """Take the number, freeze the document and add its row; the number is locked from here to the commit."""
    day = german_day(now)
    prefix = series.prefix_of(kind, is_test=terms.is_test)
    items, taxes = listed
    document = Document(
        kind=kind, number=series.take(session, prefix, day.year), issued_on=day, seller=_seller(terms, refers_to),
        order_number=order.number, ordered_on=german_day(order.placed_at), items=items, taxes=taxes,
        net_cents=sum(tax.net_cents for tax in taxes), vat_cents=sum(tax.vat_cents for tax in taxes),
        gross_cents=sum(tax.gross_cents for tax in taxes), buyer_reference=order.buyer_reference,
        vat_country=order.vat_country, is_test=terms.is_test, **facts,
    )  # fmt: skip
    row = Invoice(
        kind=kind.value, series=prefix, number=document.number, order_id=orders.id_of(order),
        refers_to_id=refers_to.id if refers_to else None, allowance_id=allowance.id if allowance else None,
        allowances_until=until, issued_at=now, issued_on=day, author=author, gross_cents=document.gross_cents,
        vat_cents=document.vat_cents, document=document.to_json(), sha256=document.sha256,
        keep_until=retention.keep_until(day, retention.VOUCHERS),
    )  # fmt: skip
    session.add(row)
    session.flush()
    note = f"{document.title} {document.number}, {format_cents(document.gross_cents)}"
    orders.remark(session, order, ISSUED, note, now=now, author=author)
    if order.email and not (kind is Kind.INVOICE and _goes_with_parcel(session, order)):
        outbox.queue(session, LETTER, f"invoice:{row.id}", order.email, now)
    return row


def _goes_with_parcel(session: Session, order: Order) -> bool:
    """Whether the letter about the last parcel is still to be written: it brings the invoice."""
    sent = deliveries.of(session, order)
    told = outbox.letters_about(session, f"shipment:{sent[-1].id}") if sent else []
    return any(each.sent_at is None and each.given_up_at is None and each.handing_over_at is None for each in told)


def _seller(terms: Terms, refers_to: Invoice | None) -> Party:
    """Who sells, as it is set now; where that has become incomplete, as the invoice said."""
    return refers_to.content.seller if refers_to and terms.missing else terms.seller


def buyer_of(order: Order) -> Party:
    """To whom an order's invoice goes, as it was told when it was placed."""
    known = {"email": order.email, "phone": order.phone, "vat_id": order.buyer_vat_id}
    if not (order.billing_name or order.billing_street):
        return replace(_ship_to(order), **known)
    return Party(
        order.billing_name or order.name, order.billing_company, order.billing_street, order.billing_postal_code,
        order.billing_city, order.billing_country or "DE", **known,
    )  # fmt: skip


def _ship_to(order: Order) -> Party:
    return Party(order.name, order.company, order.street, order.postal_code, order.city, order.country or "DE")


def _payment_in_words(session: Session, order: Order, terms: Terms) -> str:
    way = terms.ways.get(order.payment, order.payment)
    paid = select(Payment.cents).where(Payment.order_id == order.id, Payment.method == BY_VOUCHER)
    by_voucher = sum(session.exec(paid).all())
    return f"{way}, {format_cents(by_voucher)} davon mit Gutschein" if by_voucher else way


def _gifts_cents(order: Order, gross_cents: int) -> int:
    """What is owed for gift vouchers, which are no item of the invoice."""
    return max(0, order.owed_cents - gross_cents)


def _notes(order: Order, listed: Listed, terms: Terms) -> tuple[str, ...]:
    """The sentences that the law asks for (§ 34a UStDV, § 14a, § 3c UStG), each once."""
    notes = [tax.reason for tax in listed[1] if tax.reason]
    if order.vat_country != "DE" and not order.vat_category and not order.is_small_business:
        notes.append(wordings.TAXED_ABROAD_INVOICE_NOTE.format(country=terms.country_name(order.vat_country)))
    return tuple(dict.fromkeys(notes))


def _delivery_days(session: Session, order: Order, now: datetime) -> tuple[date, date]:
    """The first and the last day on which goods left the store; today where none did."""
    days = [german_day(each.shipped_at) for each in deliveries.of(session, order)] or [german_day(now)]
    return min(days), max(days)
