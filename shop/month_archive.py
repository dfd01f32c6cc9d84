"""A month as one archive for the accountant: every document as PDF and XML, the bookings, the journal, a summary.

Documents are printed outside of transactions. The summary names the head of the journal and the SHA-256 of each file,
so that a copy that is kept elsewhere proves later how the books stood.
"""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from sqlmodel import Session, col, select

from catalog.money import format_cents
from catalog.vat import format_rate
from checkout import account_bookings, book_terms, extf, gobd, journal
from checkout.documents import TITLES, Document, Kind
from checkout.invoices import Invoice
from checkout.periods import Period
from checkout.tax_sheets import sheets
from shop import invoice_files, invoice_terms, profile
from shop.context import Shop
from shop.formats import BERLIN

SUMMARY = "zusammenfassung.txt"
_FORMS = ("pdf", "xml")


def write(out: BinaryIO, shop: Shop, period: Period, now: datetime) -> int:
    """Write the archive; give how many documents are in it. Raises invoice_files.PaperDamaged."""
    with shop.database.reading() as session:
        rows = select(Invoice).where(col(Invoice.issued_on) >= period.first, col(Invoice.issued_on) <= period.last)
        issued = session.exec(rows.order_by(col(Invoice.id))).all()
        documents = [(each.id or 0, each.content) for each in issued]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        hashes = dict(_papers(archive, shop, documents))
        with shop.database.reading() as session:
            hashes |= _books(archive, session, period, now)
            archive.writestr(SUMMARY, _summary(session, period, [each for _, each in documents], hashes, now))
    return len(documents)


def file_name(period: Period) -> str:
    """What a month's archive is called."""
    return f"buchhaltung-{period.first:%Y-%m}.zip"


def _papers(
    archive: zipfile.ZipFile, shop: Shop, documents: Sequence[tuple[int, Document]]
) -> Iterator[tuple[str, str]]:
    for invoice_id, _ in documents:
        for form in _FORMS:
            paper = invoice_files.get(shop, invoice_id, form)
            name = f"belege/{paper.file_name}"
            archive.writestr(name, paper.content)
            yield name, hashlib.sha256(paper.content).hexdigest()


def _books(archive: zipfile.ZipFile, session: Session, period: Period, now: datetime) -> dict[str, str]:
    """The journal of the month, and the bookings where the accountant's numbers are known."""
    [written] = [each for each in sheets() if each.file == "journal.csv"]
    _, digest = gobd.write_sheet(archive, written, session, period)
    files = {gobd.INDEX: gobd.index([written], period, invoice_terms.seller(profile.load(session)))}
    terms = book_terms.load(session)
    if terms.consultant:
        booked = account_bookings.bookings(session, period)
        name = profile.load(session).shop_name
        files[extf.file_name(period)] = extf.write(booked, terms, period, shop=name, made_at=now)
    for name, content in files.items():
        archive.writestr(name, content)
    return {written.file: digest} | {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _summary(
    session: Session, period: Period, documents: Sequence[Document], hashes: dict[str, str], now: datetime
) -> str:
    number, digest = journal.head_of(session)
    lines = [
        f"{profile.load(session).shop_name}: {period.first:%d.%m.%Y} bis {period.last:%d.%m.%Y}",
        f"Erstellt am {now.astimezone(BERLIN):%d.%m.%Y um %H:%M:%S} Uhr",
        "",
        *_counts(documents),
        "",
        "Journal der Bücher",
        f"Letzter Eintrag: Nummer {number}",
        f"Prüfsumme (SHA-256): {digest}",
        "",
        "Dateien und ihre Prüfsummen (SHA-256)",
        *(f"{value}  {name}" for name, value in sorted(hashes.items())),
    ]
    return "\r\n".join(lines) + "\r\n"


def _counts(documents: Sequence[Document]) -> Iterator[str]:
    """How many documents of each kind, and the sums of each rate."""
    kinds = Counter(each.kind for each in documents)
    for kind in Kind:
        yield f"{TITLES[kind]}: {kinds[kind]}"
    sums: dict[tuple[str, str, int], Counter[str]] = {}
    for document in documents:
        for tax in document.taxes:
            entry = sums.setdefault((document.vat_country, tax.category, tax.permille), Counter())
            entry.update({"net": tax.net_cents, "vat": tax.vat_cents, "gross": tax.gross_cents})
    for (country, category, permille), entry in sorted(sums.items()):
        yield (
            f"{country} {category} {format_rate(permille)}: netto {format_cents(entry['net'])}, Steuer "
            f"{format_cents(entry['vat'])}, brutto {format_cents(entry['gross'])}"
        )
