"""Invoices as XML: others' rules find no fault, our own arithmetic says the same, and a broken one is noticed."""

import os
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout.documents import BankAccount, Document, Kind, Party, Reference
from shop.einvoice import cii
from shop.einvoice.profiles import XRECHNUNG, ZUGFERD, is_leitweg_id
from tests.checkout.documenting import BUYER, DAY, SELLER, documents, make_document
from tests.shop.einvoice import oracle

IS_LONG = os.environ.get("DORFLADEN_TEST_INVOICES") == "long"
ACCOUNT = BankAccount("Anna Beispielhaft", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX")
LEITWEG = "04011000-12345-03"
FIRM = Party("Berta Käufer", "Nähstube GmbH & Co. <KG>", "Gasse 1", "1010", "Wien", "AT", "berta@firma.example",
             vat_id="ATU12345675")  # fmt: skip
ORIGINAL = Reference("RE-2026-00001", date(2026, 11, 20))
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def discounted() -> Document:
    document = make_document((38_85, 190), (12_00, 70), account=ACCOUNT, pay_by=date(2026, 12, 11))
    items = [replace(item, discount_cents=5_00) for item in document.items]
    return replace(document, items=tuple(items), delivered_from=date(2026, 11, 25), paid_cents=10_00,
                   due_cents=40_85)  # fmt: skip


def backwards(*gross: tuple[int, int], kind: Kind = Kind.CANCELLATION, category: str = "S") -> Document:
    return make_document(*gross, kind=kind, refers_to=ORIGINAL, category=category, reason="Widerruf",
                         paid_cents=0)  # fmt: skip


DOCUMENTS: dict[str, Document] = {
    "two rates, discounts, partly paid": discounted(),
    "paid": make_document((38_85, 190), paid_cents=38_85, due_cents=0, payment="Kreditkarte"),
    "§ 19": make_document((10_01, 0), category="E", seller=replace(SELLER, vat_id="")),
    "§ 19 with W-IdNr": make_document((10_01, 0), category="E", seller=replace(SELLER, vat_id="DE123456789-00001")),
    "intra-EU": make_document((10_00, 0), category="K", buyer=FIRM, ship_to=FIRM),
    "export": make_document((10_00, 0), category="G", buyer=replace(BUYER, country="CH")),
    "OSS": make_document((120_00, 200), vat_country="AT", buyer=replace(BUYER, country="AT")),
    "cancellation": backwards((-38_85, 190), (-4_90, 70)),
    "correction": backwards((-7_77, 190), kind=Kind.CORRECTION),
    "cancellation of § 19": backwards((-10_01, 0), category="E"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_e12_schema_and_rules_of_en16931_find_no_fault(name: str) -> None:
    xml = cii.write(DOCUMENTS[name])
    assert oracle.faults(xml) == []
    assert oracle.fired_rules(xml) > 70


@pytest.mark.parametrize("name", ["two rates, discounts, partly paid", "paid", "cancellation", "§ 19"])
def test_e12_the_rules_of_xrechnung_find_no_fault(name: str) -> None:
    document = replace(DOCUMENTS[name], buyer_reference=LEITWEG)
    assert cii.profile_of(document) is XRECHNUNG
    assert oracle.xrechnung_faults(cii.write(document, XRECHNUNG)) == []


@pytest.mark.parametrize(
    ("broken", "instead", "rule"),
    [
        (r"(<ram:GrandTotalAmount>)[\d.]+", r"\g<1>50.84", "BR-CO-15"),
        (r"(<ram:LineTotalAmount>)32.65", r"\g<1>32.66", "BR-CO-10"),
        (r"(<ram:CalculatedAmount>)6.20", r"\g<1>8.20", "BR-CO-17"),
        (r"(<ram:DuePayableAmount>)[\d.]+", r"\g<1>0.00", "BR-CO-16"),
        (r"<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "", "XSD"),
    ],
)
def test_e12_a_broken_total_is_noticed(broken: str, instead: str, rule: str) -> None:
    whole = cii.write(discounted()).decode()
    xml, times = re.subn(broken, instead, whole, count=1)
    assert times == 1
    assert any(fault.startswith(rule) for fault in oracle.faults(xml.encode()))


def test_e12_an_xrechnung_without_contact_and_leitweg_id_is_noticed() -> None:
    document = make_document((38_85, 190), seller=replace(SELLER, phone="", email=""))
    found = {fault.split(":")[0] for fault in oracle.xrechnung_faults(cii.write(document, XRECHNUNG))}
    assert {"BR-DE-15", "BR-DE-6", "BR-DE-7"} <= found


def figures(xml: bytes) -> dict[str, Decimal]:
    """The totals of an XML by their element."""
    totals = ET.fromstring(xml).find(f".//{RAM}SpecifiedTradeSettlementHeaderMonetarySummation")
    assert totals is not None
    return {each.tag.removeprefix(RAM): Decimal(each.text or "") for each in totals}


def lines(xml: bytes) -> list[dict[str, Decimal]]:
    """Quantity, price, allowance and amount of each line."""
    names = {"BilledQuantity": "quantity", "ChargeAmount": "price", "LineTotalAmount": "amount", "ActualAmount": "off"}
    found = []
    for line in ET.fromstring(xml).iter(f"{RAM}IncludedSupplyChainTradeLineItem"):
        said = {names[tag]: Decimal(each.text or "") for each in line.iter() if (tag := each.tag[len(RAM) :]) in names}
        found.append({"off": Decimal(0)} | said)
    return found


@given(documents())
@settings(max_examples=400 if IS_LONG else 15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_e12_totals_add_up_by_our_own_sums(document: Document) -> None:
    if document.taxes[0].category == "K":
        document = replace(document, buyer=replace(document.buyer, vat_id=FIRM.vat_id))
    xml = cii.write(document)
    totals, rows = figures(xml), lines(xml)
    assert sum(row["amount"] for row in rows) == totals["LineTotalAmount"] == totals["TaxBasisTotalAmount"]
    assert totals["TaxBasisTotalAmount"] + totals["TaxTotalAmount"] == totals["GrandTotalAmount"]
    assert totals["GrandTotalAmount"] - totals["TotalPrepaidAmount"] == totals["DuePayableAmount"]
    assert totals["GrandTotalAmount"] * 100 == document.gross_cents
    for row in rows:
        assert row["price"] >= 0  # BR-27
        assert round(row["price"] * row["quantity"], 2) - row["off"] == row["amount"]
    taxes = [
        each
        for each in ET.fromstring(xml).iter(f"{RAM}ApplicableTradeTax")
        if each.find(f"{RAM}BasisAmount") is not None
    ]
    assert len(taxes) == len(document.taxes)
    if IS_LONG:
        assert oracle.faults(xml) == []


@given(cents=st.integers(0, 10_000_00), thousandths=st.integers(1, 200_000))
@settings(max_examples=100)
def test_a_unit_price_gives_the_amount_back_to_the_cent(cents: int, thousandths: int) -> None:
    quantity = Decimal(thousandths) / 1000
    assert round(cii.unit_price(cents, quantity) * quantity, 2) == Decimal(cents) / 100


def said(document: Document, name: str, **having: str) -> list[str]:
    found = ET.fromstring(cii.write(document, cii.profile_of(document))).iter(RAM + name)
    return [each.text or "" for each in found if all(each.get(key) == value for key, value in having.items())]


def test_e11_corrections_are_type_384_and_name_their_invoice() -> None:
    for kind in (Kind.CANCELLATION, Kind.CORRECTION):
        document = backwards((-38_85, 190), kind=kind)
        assert said(document, "TypeCode")[0] == "384"
        assert "RE-2026-00001" in said(document, "IssuerAssignedID")
        assert "Gutschrift" not in cii.write(document).decode()
    assert said(make_document(), "TypeCode")[0] == "380"


def test_e12_a_leitweg_id_makes_an_xrechnung() -> None:
    document = make_document(buyer_reference=LEITWEG)
    assert said(document, "BuyerReference") == [LEITWEG]
    assert said(document, "URIID", schemeID="0204") == [LEITWEG]
    assert said(document, "ID")[1] == XRECHNUNG.guideline
    assert said(make_document(), "ID")[0] == ZUGFERD.guideline
    assert [is_leitweg_id(each) for each in ("992-90009-96", "04011000-1234512345-06", "Bestellung 7", "1-2", "")] == [
        True, True, False, False, False]  # fmt: skip


def test_what_a_firm_and_a_person_are_called() -> None:
    document = make_document(buyer=FIRM)
    assert FIRM.company in said(document, "Name")
    assert FIRM.name in said(document, "PersonName")
    assert "ATU12345675" in said(document, "ID", schemeID="VA")
    assert said(make_document(), "PersonName") == [SELLER.name]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"pay_by": date(2026, 12, 11)}, "Bitte bezahlen Sie den Betrag bis zum 11.12.2026."),
    ({}, "Bitte bezahlen Sie den Betrag sofort nach Erhalt."),
    ({"paid_cents": 38_85, "due_cents": 0}, "Der Betrag ist bereits bezahlt."),
])  # fmt: skip
def test_how_it_is_paid(changes: dict[str, Any], sentence: str) -> None:
    assert said(make_document(**changes), "Description")[-1] == sentence


def test_what_xml_has_no_place_for_is_left_out() -> None:
    document = make_document(buyer=replace(BUYER, name="Berta\x00\x0b\ufffe Käufer", street="\x01"), ordered_on=DAY)
    assert "Berta Käufer" in said(document, "Name")
    assert oracle.faults(cii.write(document)) == []
