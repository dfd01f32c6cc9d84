"""Invoices, cancellations and corrections as PDF/A-3 with their XML inside (ZUGFeRD 2, Factur-X).

What stands on paper comes from the frozen document alone, as its XML does; the profile only gives the claim, and what
the law wants of a company on its letters (§ 35a GmbHG).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.money import format_cents
from catalog.vat import format_rate
from checkout.documents import Document, Item, Kind, Party
from checkout.numbers import transfer_reference
from checkout.payments import Account
from checkout.payments.transfer import giro_code_payload
from shop.einvoice import cii
from shop.formats import german_date, german_span, in_fours
from shop.legal import country_name
from shop.papers import letterhead, rows, totals
from shop.papers.letterhead import LEFT, RIGHT, WIDTH, Head
from shop.papers.rows import Cell, Column
from shop.profile import Profile

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

XML_NAME = "factur-x.xml"
_XMP = """<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
{properties}
</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_PROPERTY = """<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>
<pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"""
_PER = {"MTR": "je m", "KGM": "je kg", "MTK": "je m²", "LTR": "je l"}
_PROPERTIES = {
    "DocumentFileName": "The name of the embedded XML document",
    "DocumentType": "The type of the hybrid document in capital letters",
    "Version": "The actual version of the standard applying to the embedded XML document",
    "ConformanceLevel": "The conformance level of the embedded XML document",
}


def write(document: Document, *, owner: Profile, themes: Sequence[Path]) -> bytes:
    """The document as PDF/A-3 with `factur-x.xml` inside; the same bytes for the same document, owner and theme.

    `themes` are the theme's folders, itself first. It takes a moment: print it outside of writing transactions.
    """
    made_at = datetime.combine(document.issued_on, time(12), UTC)
    head = _head_of(document, owner)
    name = f"{document.title} {document.number}"
    sheet = letterhead.begin(name, head, themes=themes, made_at=made_at, has_window=True)
    _embed(sheet, document, made_at)
    letterhead.address(sheet, head, postal(document.buyer))
    letterhead.facts(sheet, _facts(document))
    _opening(sheet, document, name)
    _goods(sheet, document)
    totals.draw(sheet, document)
    _payment(sheet, document)
    _notes(sheet, document)
    return sheet.bytes()


def postal(party: Party) -> list[str]:
    """A party's address, line by line, with the country in capitals where it is another one."""
    place = f"{party.postal_code} {party.city}".strip()
    abroad = country_name(party.country).upper() if party.country != "DE" else ""
    return [line for line in (party.company, party.name, party.street, place, abroad) if line.strip()]


def _head_of(document: Document, owner: Profile) -> Head:
    seller, account = document.seller, document.account
    reach = [f"Telefon {seller.phone}" if seller.phone else "", seller.email]
    bank = [f"IBAN {in_fours(account.iban)}" if account and account.iban else ""]
    numbers = letterhead.tax_ids(seller.vat_id, seller.tax_number)
    columns = [postal(seller), [line for line in (*reach, *bank) if line], [*numbers, *letterhead.register(owner)]]
    return Head(seller.company or seller.name, owner.claim, " · ".join(postal(seller)), columns)


def _facts(document: Document) -> list[tuple[str, str]]:
    delivered = german_span(document.delivered_from, document.delivered_to)
    is_day = document.delivered_from == document.delivered_to
    told = [
        (f"{document.title} Nr.", document.number),
        ("Datum", german_date(document.issued_on)),
        ("Lieferdatum" if is_day else "Lieferzeitraum", delivered),
        ("Bestellung", document.order_number),
        ("bestellt am", german_date(document.ordered_on)),
        ("Ihre USt-IdNr.", document.buyer.vat_id),
        ("Leitweg-ID", document.buyer_reference),
    ]
    return [(name, value) for name, value in told if value]


def _opening(sheet: "Sheet", document: Document, name: str) -> None:
    sheet.set_xy(LEFT, 98)
    sheet.start_section(name, level=0)
    sheet.put(LEFT, 98, name, 17, width=WIDTH, font="display")
    sheet.set_xy(LEFT, 107)
    for sentence in _opening_sentences(document):
        sheet.set_font("text", "", 9.5)
        sheet.colour("ink")
        sheet.lines(WIDTH, 4.7, sentence)
        sheet.set_y(sheet.get_y() + 1)
    sheet.set_y(sheet.get_y() + 2)


def _opening_sentences(document: Document) -> list[str]:
    said = ["Muster aus einem Vorführladen: keine Rechnung, nichts ist zu bezahlen."] if document.is_test else []
    if document.refers_to:
        invoice = f"die Rechnung {document.refers_to.number} vom {german_date(document.refers_to.issued_on)}"
        hebt = (
            "Diese Stornorechnung hebt {} auf." if document.kind is Kind.CANCELLATION else "Wir berichtigen damit {}."
        )
        said.append(hebt.format(invoice) + (f" Grund: {document.reason}" if document.reason else ""))
    if postal(document.ship_to) not in ([], postal(document.buyer)):
        said.append(f"Geliefert an: {', '.join(postal(document.ship_to))}")
    return said


def shows_tax(document: Document) -> bool:
    """Whether tax has a place on the paper: a small business must not name one (§ 14c UStG)."""
    return any(tax.category in ("S", "Z") for tax in document.taxes)


def _goods(sheet: "Sheet", document: Document) -> None:
    with_tax = shows_tax(document)
    columns = [Column("Pos.", 9), Column("Artikel", 60 if with_tax else 82), Column("Menge", 30 if with_tax else 34),
               Column("Einzelpreis", 20, True)]  # fmt: skip
    if with_tax:
        columns += [Column("MwSt.", 12, True), Column("netto", 16, True), Column("brutto", 18, True, True)]
    else:
        columns += [Column("Betrag", 20, True, True)]

    def carried(count: int) -> str:
        return format_cents(sum(item.gross_cents for item in document.items[:count]))

    cells = [_cells(item, with_tax=with_tax) for item in document.items]
    rows.draw(sheet, columns, cells, carried=carried, keep=totals.height(document))


def _cells(item: Item, *, with_tax: bool) -> list[Cell]:
    small = [line for line in (*item.details.splitlines(), f"Art.-Nr. {item.sku}" if item.sku else "") if line.strip()]
    if item.discount_cents:
        small.append(f"darin abgezogen: {format_cents(item.discount_cents)} Rabatt")
    cells = [Cell(f"{item.position}"), Cell(item.name, small), Cell(item.amount), _price(item)]
    if with_tax:
        cells += [Cell(format_rate(item.permille)), Cell(_bare(item.net_cents))]
    return [*cells, Cell(_bare(item.gross_cents))]


def _price(item: Item) -> Cell:
    unit = _PER.get(item.unit, "")
    return Cell(_bare(item.price_cents), [unit] if unit else [])


def _bare(cents: int) -> str:
    """An amount without its sign of euro, which the sums have: "1.290,00"."""
    return format_cents(cents).rpartition("\u00a0")[0]


def _payment(sheet: "Sheet", document: Document) -> None:
    """How it was or is to be paid, with a GiroCode where money is still to be transferred."""
    has_code = _is_to_be_transferred(document)
    if sheet.get_y() + (36 if has_code else 14) > sheet.page_break_trigger:
        sheet.add_page()
    y = sheet.get_y() + 4
    sheet.set_xy(LEFT, y)
    for sentence in _payment_sentences(document):
        sheet.set_font("text", "", 9.5)
        sheet.colour("ink")
        sheet.lines(WIDTH - (38 if has_code else 0), 4.9, sentence)
    if has_code:
        account = document.account
        assert account
        payee = Account(account.holder, account.iban, account.bic)
        sheet.qr(giro_code_payload(payee, document.order_number, document.due_cents), RIGHT - 26, y, 26)
        sheet.put(RIGHT - 34, y + 27, "GiroCode für Ihre Banking-App", 6.5, width=34, align="R", colour="ink_soft")
        sheet.set_y(max(sheet.get_y(), y + 31))


def _is_to_be_transferred(document: Document) -> bool:
    is_owed = document.kind is Kind.INVOICE and document.due_cents > 0 and not document.is_test
    return bool(is_owed and document.account and document.account.iban)


def _payment_sentences(document: Document) -> list[str]:
    if document.kind is not Kind.INVOICE:
        return [cii.terms_of(document)]
    said = [f"Zahlungsweise: {document.payment}." if document.payment else "", cii.terms_of(document)]
    account = document.account
    if account and _is_to_be_transferred(document):
        bic = f", BIC {account.bic}" if account.bic else ""
        said.append(f"Konto: {account.holder}, IBAN {in_fours(account.iban)}{bic}")
        said.append(f"Verwendungszweck: {transfer_reference(document.order_number)}")
    return [sentence for sentence in said if sentence]


def _notes(sheet: "Sheet", document: Document) -> None:
    """The sentences that the law asks for, each once."""
    sheet.set_y(sheet.get_y() + 3)
    for sentence in dict.fromkeys((*document.notes, *(tax.reason for tax in document.taxes if tax.reason))):
        sheet.set_x(LEFT)
        sheet.set_font("text", "", 9)
        sheet.colour("ink")
        sheet.lines(WIDTH, 4.5, sentence)
        sheet.set_y(sheet.get_y() + 1)


def _embed(sheet: "Sheet", document: Document, made_at: datetime) -> None:
    properties = "\n".join(_PROPERTY.format(name=name, about=about) for name, about in _PROPERTIES.items())
    sheet.tell(_XMP.format(properties=properties))
    sheet.embed_file(
        bytes=cii.write(document), basename=XML_NAME, mime_type="text/xml", modification_date=made_at,
        associated_file_relationship="Alternative", desc="Rechnung als XML (EN 16931)", compress=True,
    )  # fmt: skip
