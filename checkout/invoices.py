"""Invoices, cancellations and corrections as they are kept: never changed, and not deleted before their time.

§ 14b UStG: eight years from the end of the year. Triggers guard the rows; see invoicing.py for
when a document is due and what it says.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import append_only
from catalog.times import moment
from checkout.documents import Document, Kind
from checkout.orders import Order


class Invoice(SQLModel, table=True):
    """One document; `document` is its frozen text (documents.Document), `sha256` the hash of it.

    `refers_to_id` is the invoice that it cancels or corrects. `allowance_id` is what made a correction due: each
    allowance makes one. `allowances_until` is the newest allowance that it takes into account, 0 for none.
    `issued_on` is the German day of `issued_at`, `keep_until` the last day on which it must be kept.
    """

    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'cancellation', 'correction')", name="known_kind"),
        CheckConstraint("(kind = 'invoice') = (refers_to_id IS NULL)", name="refers_to_an_invoice"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    series: str = Field(max_length=20)
    number: str = Field(unique=True, max_length=40)
    order_id: int = Field(foreign_key="order.id", index=True)
    refers_to_id: int | None = Field(default=None, foreign_key="invoice.id", index=True)
    allowance_id: int | None = Field(default=None, foreign_key="allowance.id", unique=True)
    allowances_until: int = 0
    issued_at: datetime = moment()
    issued_on: date = Field(index=True)
    author: str
    gross_cents: int
    vat_cents: int
    document: str
    sha256: str = Field(max_length=64)
    keep_until: date = Field(index=True)

    @property
    def content(self) -> Document:
        """What it says."""
        return Document.from_json(self.document)


class InvoicePaper(SQLModel, table=True):
    """A document as a file, written once: `form` is "pdf" or "xml", `file_name` its place below `papers/`."""

    __table_args__ = (
        UniqueConstraint("invoice_id", "form"),
        CheckConstraint("form IN ('pdf', 'xml')", name="known_form"),
    )

    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    form: str
    file_name: str = Field(unique=True, max_length=80)
    sha256: str = Field(max_length=64)
    size: int
    written_at: datetime = moment()
    keep_until: date


append_only.guard(Invoice.__table__)  # type: ignore[attr-defined]
append_only.guard(InvoicePaper.__table__)  # type: ignore[attr-defined]


def of(session: Session, order: Order) -> Sequence[Invoice]:
    """All documents of an order, oldest first."""
    return session.exec(select(Invoice).where(Invoice.order_id == order.id).order_by(col(Invoice.id))).all()


def standing(session: Session, order: Order) -> list[Invoice]:
    """The invoice of an order that is not cancelled, and the corrections of it; [] where there is none."""
    every = of(session, order)
    cancelled = {each.refers_to_id for each in every if each.kind == Kind.CANCELLATION}
    for invoice in reversed(every):
        if invoice.kind == Kind.INVOICE and invoice.id not in cancelled:
            return [invoice, *(each for each in every if each.refers_to_id == invoice.id)]
    return []


def find(session: Session, number: str) -> Invoice | None:
    """The document of a number; None if there is none."""
    return session.exec(select(Invoice).where(Invoice.number == number.strip().upper())).first()


def gross_cents(session: Session, order: Order) -> int:
    """What an order's documents come to, all together."""
    return sum(each.gross_cents for each in of(session, order))


def papers_of(session: Session, invoice: Invoice) -> Sequence[InvoicePaper]:
    """The files of a document that have been written."""
    rows = select(InvoicePaper).where(InvoicePaper.invoice_id == invoice.id)
    return session.exec(rows.order_by(col(InvoicePaper.form))).all()
