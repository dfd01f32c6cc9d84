"""A frozen document as CII, in the profile EN 16931 of Factur-X/ZUGFeRD or as XRechnung.

The numbers in comments and docstrings (BT-…, BG-…) are the terms of EN 16931-1. Cancellations and corrections are
type 384, "corrected invoice" (UNTDID 1001), with the invoice they refer to in BG-3 and quantities below zero, since
a price may not be (BR-27). Type 381, a credit note, is what § 14 UStG would call a Gutschrift: the shop issues none.
"""

from decimal import Decimal

from catalog.vat import contained_cents
from checkout.documents import Document, Item, Kind, Party, Tax
from checkout.numbers import transfer_reference
from shop.einvoice.profiles import XRECHNUNG, ZUGFERD, Profile, is_leitweg_id
from shop.einvoice.tree import Element, as_bytes, clean, day, money, put, root, say

TYPE_CODES = {Kind.INVOICE: "380", Kind.CANCELLATION: "384", Kind.CORRECTION: "384"}  # UNTDID 1001, BT-3
_WHY_EXEMPT = {"K": "VATEX-EU-IC", "G": "VATEX-EU-G"}  # BT-121; § 19 UStG has no code of its own
_TRANSFER, _OTHER = "58", "ZZZ"  # UNTDID 4461, BT-81: SEPA credit transfer; as agreed


def write(document: Document, profile: Profile = ZUGFERD) -> bytes:
    """The document as XML in UTF-8: `ZUGFERD` to be embedded as `factur-x.xml`, `XRECHNUNG` to travel alone."""
    invoice = root("rsm:CrossIndustryInvoice")
    _context(put(invoice, "rsm:ExchangedDocumentContext"), profile)
    _head(put(invoice, "rsm:ExchangedDocument"), document)
    trade = put(invoice, "rsm:SupplyChainTradeTransaction")
    for item in document.items:
        _line(put(trade, "IncludedSupplyChainTradeLineItem"), item)
    _agreement(put(trade, "ApplicableHeaderTradeAgreement"), document)
    _delivery(put(trade, "ApplicableHeaderTradeDelivery"), document)
    _settlement(put(trade, "ApplicableHeaderTradeSettlement"), document)
    return as_bytes(invoice)


def profile_of(document: Document) -> Profile:
    """What a buyer needs: XRechnung for whom a Leitweg-ID names, else ZUGFeRD."""
    return XRECHNUNG if is_leitweg_id(document.buyer_reference) else ZUGFERD


def unit_price(amount_cents: int, quantity: Decimal) -> Decimal:
    """The net price per unit in euros (BT-146), with as few decimals as give the amount back to the cent."""
    exact = Decimal(amount_cents) / 100 / quantity
    for decimals in range(2, 10):
        price = round(exact, decimals)
        if round(price * quantity, 2) == Decimal(amount_cents) / 100:
            return price
    return round(exact, 10)


def _context(context: Element, profile: Profile) -> None:
    if profile.process:
        put(put(context, "BusinessProcessSpecifiedDocumentContextParameter"), "ID", profile.process)
    put(put(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", profile.guideline)


def _head(head: Element, document: Document) -> None:
    put(head, "ID", document.number)
    put(head, "TypeCode", TYPE_CODES[document.kind])
    day(head, "IssueDateTime", document.issued_on)
    for sentence in (document.title, document.reason, *document.notes):
        if clean(sentence):
            put(put(head, "IncludedNote"), "Content", sentence)


def _line(line: Element, item: Item) -> None:
    """An invoice line (BG-25): net price times quantity, less what was taken off (BG-27)."""
    off = item.discount_cents - contained_cents(item.discount_cents, item.permille)
    before = item.net_cents + off
    quantity = abs(Decimal(item.quantity)) or Decimal(1)
    put(put(line, "AssociatedDocumentLineDocument"), "LineID", str(item.position))
    product = put(line, "SpecifiedTradeProduct")
    say(product, "SellerAssignedID", item.sku)
    put(product, "Name", clean(item.name) or "–")
    say(product, "Description", " · ".join(part for part in (item.amount, item.details) if part.strip()))
    price = put(put(line, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    put(price, "ChargeAmount", f"{unit_price(abs(before), quantity):f}")
    billed = -quantity if before < 0 else quantity
    put(put(line, "SpecifiedLineTradeDelivery"), "BilledQuantity", f"{billed.normalize():f}", unitCode=item.unit)
    settlement = put(line, "SpecifiedLineTradeSettlement")
    _rate(put(settlement, "ApplicableTradeTax"), item)
    if off:
        _taken_off(put(settlement, "SpecifiedTradeAllowanceCharge"), off)
    money(put(settlement, "SpecifiedTradeSettlementLineMonetarySummation"), "LineTotalAmount", item.net_cents)


def _rate(tax: Element, item: Item) -> None:
    put(tax, "TypeCode", "VAT")
    put(tax, "CategoryCode", item.category)
    put(tax, "RateApplicablePercent", _percent(item.permille))


def _taken_off(allowance: Element, cents: int) -> None:
    put(put(allowance, "ChargeIndicator"), "udt:Indicator", "false")
    money(allowance, "ActualAmount", cents)
    put(allowance, "ReasonCode", "95")  # UNTDID 5189: discount
    put(allowance, "Reason", "Rabatt")


def _agreement(agreement: Element, document: Document) -> None:
    say(agreement, "BuyerReference", document.buyer_reference)  # BT-10
    _seller(put(agreement, "SellerTradeParty"), document.seller)
    _buyer(put(agreement, "BuyerTradeParty"), document)
    say(put(agreement, "SellerOrderReferencedDocument"), "IssuerAssignedID", document.order_number)  # BT-14


def _seller(party: Element, seller: Party) -> None:
    """BG-4 with its contact BG-6 and electronic address BT-34, which XRechnung asks for.

    Whoever has no VAT number is known by another one (BR-CO-26): the W-IdNr. or the tax number as BT-29.
    """
    has_vat_id = bool(seller.vat_id) and "-" not in seller.vat_id  # "DE123456789-00001" is a W-IdNr.
    if not has_vat_id:
        say(party, "ID", seller.vat_id or seller.tax_number)
    put(party, "Name", seller.name or seller.company)
    if seller.company and seller.company != seller.name:
        say(put(party, "SpecifiedLegalOrganization"), "TradingBusinessName", seller.company)
    contact = put(party, "DefinedTradeContact")
    say(contact, "PersonName", seller.name or seller.company)
    if seller.phone:
        put(put(contact, "TelephoneUniversalCommunication"), "CompleteNumber", seller.phone)
    if seller.email:
        put(put(contact, "EmailURIUniversalCommunication"), "URIID", seller.email)
    _address(put(party, "PostalTradeAddress"), seller)
    _reached_at(party, seller.email, "EM")
    if has_vat_id:
        _registered(party, seller.vat_id, "VA")
    _registered(party, seller.tax_number, "FC")


def _buyer(party: Element, document: Document) -> None:
    """BG-7; a firm stands there by its name, and who ordered for it is its contact (BT-56)."""
    buyer = document.buyer
    put(party, "Name", _legal_name(buyer))
    if clean(buyer.company) and clean(buyer.name):
        put(put(party, "DefinedTradeContact"), "PersonName", buyer.name)
    _address(put(party, "PostalTradeAddress"), buyer)
    if is_leitweg_id(document.buyer_reference):
        _reached_at(party, document.buyer_reference, "0204")
    else:
        _reached_at(party, buyer.email, "EM")
    _registered(party, buyer.vat_id, "VA")


def _legal_name(party: Party) -> str:
    return clean(party.company) or clean(party.name) or "–"


def _address(address: Element, party: Party) -> None:
    say(address, "PostcodeCode", party.postal_code)
    say(address, "LineOne", party.street)
    say(address, "CityName", party.city)
    put(address, "CountryID", party.country)


def _reached_at(party: Element, address: str, scheme: str) -> None:
    """BT-34 and BT-49; the scheme is of the list EAS: EM e-mail, 0204 Leitweg-ID."""
    if address:
        put(put(party, "URIUniversalCommunication"), "URIID", address, schemeID=scheme)


def _registered(party: Element, number: str, scheme: str) -> None:
    if number:
        put(put(party, "SpecifiedTaxRegistration"), "ID", number, schemeID=scheme)


def _delivery(delivery: Element, document: Document) -> None:
    to = put(delivery, "ShipToTradeParty")
    put(to, "Name", _legal_name(document.ship_to))
    _address(put(to, "PostalTradeAddress"), document.ship_to)
    day(put(delivery, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime", document.delivered_to)  # BT-72


def _settlement(settlement: Element, document: Document) -> None:
    say(settlement, "PaymentReference", transfer_reference(document.order_number))  # BT-83
    put(settlement, "InvoiceCurrencyCode", "EUR")
    _means(put(settlement, "SpecifiedTradeSettlementPaymentMeans"), document)
    for tax in document.taxes:
        _tax(put(settlement, "ApplicableTradeTax"), tax)
    if document.delivered_from < document.delivered_to:  # BG-14
        period = put(settlement, "BillingSpecifiedPeriod")
        day(period, "StartDateTime", document.delivered_from)
        day(period, "EndDateTime", document.delivered_to)
    terms = put(settlement, "SpecifiedTradePaymentTerms")
    put(terms, "Description", terms_of(document))
    if document.pay_by and document.due_cents > 0:
        day(terms, "DueDateDateTime", document.pay_by)
    _totals(put(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation"), document)
    if document.refers_to:  # BG-3
        original = put(settlement, "InvoiceReferencedDocument")
        put(original, "IssuerAssignedID", document.refers_to.number)
        day(original, "FormattedIssueDateTime", document.refers_to.issued_on, prefix="qdt")


def terms_of(document: Document) -> str:
    """How the rest is settled, in a sentence (BT-20)."""
    if document.kind is not Kind.INVOICE:
        return "Es ist nichts zu bezahlen. Was Sie zu viel bezahlt haben, bekommen Sie zurück."
    if document.due_cents <= 0:
        return "Der Betrag ist bereits bezahlt."
    by = f" bis zum {document.pay_by:%d.%m.%Y}" if document.pay_by else " sofort nach Erhalt"
    return f"Bitte bezahlen Sie den Betrag{by}."


def _means(means: Element, document: Document) -> None:
    account = document.account
    iban = clean("".join(account.iban.split())) if account else ""
    put(means, "TypeCode", _TRANSFER if iban else _OTHER)
    say(means, "Information", document.payment)
    if account and iban:
        payee = put(means, "PayeePartyCreditorFinancialAccount")
        say(payee, "IBANID", iban)
        say(payee, "AccountName", account.holder)
        if clean(account.bic):
            say(put(means, "PayeeSpecifiedCreditorFinancialInstitution"), "BICID", account.bic)


def _tax(tax: Element, of: Tax) -> None:
    """What is taxed at one rate (BG-23)."""
    money(tax, "CalculatedAmount", of.vat_cents)
    put(tax, "TypeCode", "VAT")
    say(tax, "ExemptionReason", of.reason)
    money(tax, "BasisAmount", of.net_cents)
    put(tax, "CategoryCode", of.category)
    say(tax, "ExemptionReasonCode", _WHY_EXEMPT.get(of.category, ""))
    put(tax, "RateApplicablePercent", _percent(of.permille))


def _totals(totals: Element, document: Document) -> None:
    """BG-22; there are no allowances of the whole document, they are in its items."""
    money(totals, "LineTotalAmount", sum(item.net_cents for item in document.items))
    money(totals, "TaxBasisTotalAmount", document.net_cents)
    money(totals, "TaxTotalAmount", document.vat_cents, currencyID="EUR")
    money(totals, "GrandTotalAmount", document.gross_cents)
    money(totals, "TotalPrepaidAmount", document.paid_cents)
    money(totals, "DuePayableAmount", document.due_cents)


def _percent(permille: int) -> str:
    return f"{Decimal(permille) / 10:.2f}"
