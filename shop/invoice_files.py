"""Invoices as files in the data folder `papers/`: printed once, at first need or by the worker, and never again.

A document is frozen, so printing is always the same; still the file that went to the buyer is the one that is kept.
A file that is lost or altered is noticed: by whoever opens it, and by `check`.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from catalog.refusals import Refusal
from checkout.documents import Document
from checkout.invoices import Invoice, InvoicePaper
from shop import profile, themes, whole_files
from shop.context import Shop
from shop.einvoice import cii
from shop.papers import invoice as printing

log = logging.getLogger("dorfladen.papers")

MIMETYPES = {"pdf": "application/pdf", "xml": "application/xml"}
_READ_WHOLE, _ROUND = 2000, 28  # files; days
_A_DAY = timedelta(days=1)
_AT_ONCE = 20  # by the worker, so that letters do not wait for long


class PaperDamaged(Refusal):
    """The file of an invoice is not the one that was written, and cannot be printed anew."""


@dataclass(frozen=True)
class Paper:
    """A document's file, ready to be handed out."""

    file_name: str
    mimetype: str
    content: bytes


def get(shop: Shop, invoice_id: int, form: str) -> Paper:
    """A document as "pdf" or "xml", printed now if it never was; to be called outside of transactions.

    Raises PaperDamaged.
    """
    with shop.database.reading() as session:
        invoice = session.get_one(Invoice, invoice_id)
        row = _row(session, invoice_id, form)
    if row is None:
        return _write(shop, invoice, form)
    content = _read(shop.settings.papers / row.file_name)
    if content is None or hashlib.sha256(content).hexdigest() != row.sha256:
        content = _renew(shop, invoice, row)
    return Paper(_name(invoice, form), MIMETYPES[form], content)


def write_missing(app: Flask) -> None:
    """Print what has no files yet, oldest first; one that cannot be printed does not hold up the others."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        missing = list(_missing(session))
    for invoice_id, form in missing[:_AT_ONCE]:
        try:
            get(shop, invoice_id, form)
        except Exception:  # it is tried again with the next round
            log.exception("invoice %s cannot be printed as %s", invoice_id, form)


def sweep(app: Flask) -> None:
    """Take away what printing that was killed has left."""
    shop: Shop = app.extensions["dorfladen"]
    for folder in shop.settings.papers.glob("*"):
        whole_files.sweep(folder, before=shop.clock() - _A_DAY)


def damaged(shop: Shop) -> list[str]:
    """The names of files that are lost or altered: each by its size, the newest two thousand letter by letter.

    Of the rest as many are read each day as make a month's round, so that a check takes no longer with the years.
    """
    with shop.database.reading() as session:
        told = select(InvoicePaper.id, InvoicePaper.file_name, InvoicePaper.size, InvoicePaper.sha256)
        rows = session.exec(told.order_by(col(InvoicePaper.id).desc())).all()
    turn = shop.clock().day % _ROUND
    return [
        name
        for place, (paper_id, name, size, sha256) in enumerate(rows)
        if not _is_there(path := shop.settings.papers / name, size)
        or ((place < _READ_WHOLE or (paper_id or 0) % _ROUND == turn) and not _is_whole(path, sha256))
    ]


def _missing(session: Session) -> Iterator[tuple[int, str]]:
    for form in MIMETYPES:
        written = select(InvoicePaper.invoice_id).where(InvoicePaper.form == form)
        wanted = select(Invoice.id).where(col(Invoice.id).not_in(written)).order_by(col(Invoice.id)).limit(_AT_ONCE)
        yield from ((invoice_id, form) for invoice_id in session.exec(wanted).all() if invoice_id is not None)


def _row(session: Session, invoice_id: int, form: str) -> InvoicePaper | None:
    mine = select(InvoicePaper).where(InvoicePaper.invoice_id == invoice_id, InvoicePaper.form == form)
    return session.exec(mine).first()


def _write(shop: Shop, invoice: Invoice, form: str) -> Paper:
    """Whoever writes its row first has written the file; the other one takes that."""
    content = _printed(shop, invoice.content, form)
    name = f"{invoice.issued_on.year}/{_name(invoice, form)}"
    path = shop.settings.papers / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    row = InvoicePaper(
        invoice_id=invoice.id or 0, form=form, file_name=name, sha256=hashlib.sha256(content).hexdigest(),
        size=len(content), written_at=shop.clock(), keep_until=invoice.keep_until,
    )  # fmt: skip
    try:
        with shop.database.writing() as session:
            session.add(row)
            session.flush()
            with whole_files.written(path, mode=0o600) as file:
                file.write(content)
    except IntegrityError:
        return get(shop, invoice.id or 0, form)
    return Paper(_name(invoice, form), MIMETYPES[form], content)


def _renew(shop: Shop, invoice: Invoice, row: InvoicePaper) -> bytes:
    """The same bytes again, where printing still gives them: then nothing is lost."""
    content = _printed(shop, invoice.content, row.form)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise PaperDamaged(
            f"Die Datei {row.file_name} fehlt oder wurde verändert. Bitte holen Sie sie aus einer Sicherung zurück."
        )
    log.warning("%s was lost or altered and is printed anew, byte for byte", row.file_name)
    path = shop.settings.papers / row.file_name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole_files.written(path, mode=0o600) as file:
        file.write(content)
    return content


def _printed(shop: Shop, document: Document, form: str) -> bytes:
    if form == "xml":
        return cii.write(document, cii.profile_of(document))
    with shop.database.reading() as session:
        owner = profile.load(session)
    return printing.write(document, owner=owner, themes=themes.chain(shop.settings.themes, shop.settings.theme))


def _name(invoice: Invoice, form: str) -> str:
    return f"{invoice.number}.{form}"


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _is_whole(path: Path, sha256: str) -> bool:
    content = _read(path)
    return content is not None and hashlib.sha256(content).hexdigest() == sha256
