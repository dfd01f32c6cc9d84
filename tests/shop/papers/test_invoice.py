"""Invoices on paper: the same figures as in their XML, all that the law asks for, fit for the archive."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import facturx
import pytest
from hypothesis import given, settings
from lxml import etree
from pypdf import PdfReader

from checkout.documents import Document, Kind
from checkout.wordings import SMALL_BUSINESS_INVOICE_NOTE
from shop import themes
from shop.einvoice import cii
from shop.papers import invoice
from shop.profile import Profile
from tests.checkout.documenting import BUYER, documents, make_document
from tests.conftest import THEME
from tests.shop.einvoice.test_cii import ACCOUNT, FIRM, RAM, backwards, discounted
from tests.shop.papers.reading import fonts_of, words_of

OWNER = Profile(shop_name="Schnuckidu", claim="Stoffe und Knöpfe", legal_form="gmbh",
                register_court="Amtsgericht Ansbach", register_number="HRB 1234",
                representatives="Anna Beispielhaft")  # fmt: skip
AMOUNT = re.compile(r"−?\d[\d.]*,\d\d(?!\d)")
LONG = make_document(*[(10_00 + 37 * number, 70 if number % 7 else 190) for number in range(60)])


def written(document: Document) -> bytes:
    return invoice.write(document, owner=OWNER, themes=THEME)


def german(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.-", ".,−"))


def amounts_in_xml(xml: bytes) -> Counter[str]:
    """Every amount of the XML that has a place on paper: lines, rates, sums."""
    names = ("LineTotalAmount", "BasisAmount", "CalculatedAmount", "GrandTotalAmount", "TaxTotalAmount",
             "TaxBasisTotalAmount", "DuePayableAmount", "TotalPrepaidAmount")  # fmt: skip
    found = [each for each in ET.fromstring(xml).iter() if each.tag.removeprefix(RAM) in names]
    return Counter(german(int(Decimal(each.text or "0") * 100)) for each in found)


def amounts_of(document: Document) -> set[str]:
    """Every amount that a document knows."""
    cents = {document.net_cents, document.vat_cents, document.gross_cents, document.paid_cents, document.due_cents}
    for item in document.items:
        cents |= {item.price_cents, item.gross_cents, item.net_cents, item.discount_cents}
    for tax in document.taxes:
        cents |= {tax.net_cents, tax.vat_cents, tax.gross_cents}
    running = [sum(item.gross_cents for item in document.items[:count]) for count in range(len(document.items))]
    return {german(each) for each in cents | set(running)} | {"1,50"}  # "à 1,50 m"


@pytest.mark.parametrize(
    "document",
    [discounted(), make_document((38_85, 190), paid_cents=38_85, due_cents=0), backwards((-38_85, 190), (-4_90, 70)),
     backwards((-7_77, 190), kind=Kind.CORRECTION), LONG],
    ids=["two rates", "paid", "cancellation", "correction", "sixty lines"],
)  # fmt: skip
def test_e12_paper_and_xml_carry_the_same_figures(document: Document, tmp_path: Path) -> None:
    pdf = written(document)
    on_paper = Counter(AMOUNT.findall(words_of(pdf, tmp_path, "-layout")))
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    assert name == "factur-x.xml"
    not_shown = {german(0)} if not document.paid_cents or not document.due_cents else set()
    assert set(amounts_in_xml(xml)) - not_shown <= set(on_paper)
    assert set(on_paper) <= amounts_of(document)
    for item in document.items:
        assert on_paper[german(item.net_cents)] >= 1
        assert on_paper[german(item.gross_cents)] >= 1


def test_e12_another_figure_on_paper_would_be_noticed(tmp_path: Path) -> None:
    on_paper = set(AMOUNT.findall(words_of(written(make_document((38_86, 190))), tmp_path)))
    assert not on_paper <= amounts_of(make_document((38_85, 190)))


def test_e12_the_xml_inside_is_the_one_that_is_judged() -> None:
    _, xml = facturx.get_xml_from_pdf(written(discounted()), check_xsd=True)
    assert xml == cii.write(discounted())
    assert facturx.get_level(etree.fromstring(xml)) == "en16931"


def test_e06_an_invoice_says_what_the_law_asks_for(tmp_path: Path) -> None:
    document = replace(discounted(), buyer=FIRM)
    said = " ".join(words_of(written(document), tmp_path, "-layout").split())
    for part in ("Anna Beispielhaft", "Marktplatz 3", "91550 Dinkelsbühl", FIRM.company, "Gasse 1", "1010 Wien",
                 "ÖSTERREICH",
                 "Steuernummer 203/123/45678", "USt-IdNr. DE123456788", "Rechnung RE-2026-00001", "27.11.2026",
                 "25.11. bis 27.11.2026", "3 Stücke à 1,50 m", "Baumwolle „Punkte“", "19 %", "ATU12345675",
                 "Rabatt", "HRB 1234", "Geschäftsführung: Anna Beispielhaft"):  # fmt: skip
        assert part in said


def test_e06_what_is_left_is_asked_for_with_account_and_purpose(tmp_path: Path) -> None:
    document = make_document(account=ACCOUNT, pay_by=date(2026, 12, 11))
    said = words_of(written(document), tmp_path)
    for part in ("bis zum 11.12.2026", "DE89 3704 0044 0532 0130 00", "Verwendungszweck: 7K3M-9Q2A", "GiroCode"):
        assert part in said
    assert "GiroCode" not in words_of(written(replace(document, paid_cents=38_85, due_cents=0)), tmp_path)
    assert "GiroCode" not in words_of(written(replace(document, is_test=True)), tmp_path)


def test_e04_a_small_business_names_no_tax(tmp_path: Path) -> None:
    document = make_document((10_01, 0), category="E", notes=(SMALL_BUSINESS_INVOICE_NOTE,))
    said = " ".join(words_of(written(document), tmp_path).split())
    assert SMALL_BUSINESS_INVOICE_NOTE in said
    for word in ("MwSt", "netto", "Steuersatz", "0 %"):
        assert word not in said


@pytest.mark.parametrize("kind", [Kind.CANCELLATION, Kind.CORRECTION])
def test_e11_what_corrects_names_its_invoice_and_is_no_gutschrift(kind: Kind, tmp_path: Path) -> None:
    said = " ".join(words_of(written(backwards((-38_85, 190), kind=kind)), tmp_path).split())
    assert "Rechnung RE-2026-00001 vom 20.11.2026" in said
    assert {Kind.CANCELLATION: "Stornorechnung", Kind.CORRECTION: "Rechnungskorrektur"}[kind] in said
    assert "Gutschrift" not in said
    assert "Bitte bezahlen" not in said


def test_sixty_lines_carry_their_sum_from_page_to_page(tmp_path: Path) -> None:
    pages = words_of(written(LONG), tmp_path, "-layout").split("\f")[:-1]
    assert len(pages) >= 3
    for before, after in pairwise(pages):
        ends, begins = (re.findall(r"Übertrag\s+([\d.,]+) €", page) for page in (before, after))
        assert ends[-1] == begins[0]
        assert "Artikel" in after
    positions = re.findall(r"^\s*(\d+)\s+Baumwolle", "\n".join(pages), flags=re.MULTILINE)
    assert positions == [str(number) for number in range(1, 61)]


def test_long_names_stay_in_window_and_table(tmp_path: Path) -> None:
    buyer = replace(
        BUYER, name="Wilhelmine-Charlotte von und zu Hohenlohe-Schillingsfürst-Waldenburg", street="Weg " * 20
    )
    document = make_document(buyer=buyer)
    words = [f"Wort{number}" for number in range(40)] + ["Ungetrennt" * 9]
    items = (replace(document.items[0], name=" ".join(words)),)
    pdf = written(replace(document, items=items))
    window = ("-x", "20", "-y", "45", "-W", "85", "-H", "45", "-r", "25.4")
    shown = " ".join(words_of(pdf, tmp_path, *window).split())
    assert "Hohenlohe-Schillingsfürst-Waldenburg" in shown
    assert "20095 Hamburg" in shown
    said = words_of(pdf, tmp_path)
    assert all(word in said for word in words[:-1])
    assert said.count("Ungetrennt") >= 7


@pytest.mark.parametrize("theme", ["default", "schnuckidu"])
def test_it_is_an_archive_document_with_its_xml_attached(theme: str, tmp_path: Path) -> None:
    folders = themes.chain(Path(__file__).parents[3] / "themes", theme)
    pdf = invoice.write(discounted(), owner=OWNER, themes=folders)
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    [intent] = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"  # an ICC profile
    metadata = root["/Metadata"].get_object().get_data().decode()
    for part in ("<pdfaid:part>3<", "<pdfaid:conformance>B<", "<fx:ConformanceLevel>EN 16931<", "pdfaProperty:name"):
        assert part in metadata
    ET.fromstring(metadata[metadata.index("<x:xmpmeta") : metadata.index("<?xpacket end")])
    [attached] = root["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"
    assert attached.get_object()["/UF"] == "factur-x.xml"
    assert root["/Lang"] == "de-DE"
    assert {embedded for _, embedded in fonts_of(pdf, tmp_path)} == {"yes"}
    assert len(pdf) < 60_000


def test_the_same_document_gives_the_same_bytes() -> None:
    assert written(discounted()) == written(discounted())


@given(document=documents())
@settings(max_examples=8, deadline=None)
def test_every_document_is_printed(document: Document) -> None:
    assert written(document).startswith(b"%PDF-1.7")


def test_fonts_map_as_the_archive_wants_it() -> None:
    reader: Any = PdfReader(io.BytesIO(written(discounted())))
    fonts = [each.get_object() for page in reader.pages for each in page["/Resources"]["/Font"].values()]
    for font in fonts:
        [inner] = font["/DescendantFonts"]
        assert font["/Encoding"] == "/Identity-H"
        assert "/ToUnicode" in font
        assert inner.get_object()["/CIDToGIDMap"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"].get_object()
    for page in reader.pages:
        for note in page.get("/Annots", []):
            assert note.get_object()["/F"] & 4
    assert "/ID" in reader.trailer
    assert "/Encrypt" not in reader.trailer
