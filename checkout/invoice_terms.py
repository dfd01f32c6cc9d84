"""What an invoice needs to know that stands in no order: who sells, how she is paid, what she calls things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from catalog.refusals import Refusal
from checkout.documents import BankAccount, Party
from checkout.orders import Order


@dataclass(frozen=True)
class Terms:
    """What the doors know: who sells and how she is paid, as it is set now, and whether it is all a demonstration.

    `ways` names ways to pay by their keys, `country_name` a country by its code, in German.
    """

    seller: Party
    account: BankAccount | None = None
    is_test: bool = False
    ways: Mapping[str, str] = field(default_factory=dict)
    country_name: Callable[[str], str] = str

    @property
    def missing(self) -> str:
        """What an invoice would lack (§ 14 Abs. 4 Nr. 1 and 2 UStG), as a German sentence; "" if nothing."""
        seller = self.seller
        if not (seller.name and seller.street and seller.postal_code and seller.city):
            return "Für Rechnungen fehlen Ihr Name oder Ihre Anschrift."
        if not seller.tax_number and not is_vat_id(seller.vat_id):
            return "Für Rechnungen fehlt Ihre Steuernummer oder Umsatzsteuer-Identifikationsnummer."
        return ""


class CannotIssue(Refusal):
    """Something is missing without which it would be no invoice, or there is none to be written."""


def is_vat_id(text: str) -> bool:
    """Whether it names a business for the VAT; the W-IdNr with its hyphen does not do that on invoices."""
    return len(text) > 4 and text[:2].isalpha() and "-" not in text


def incomplete(order: Order, terms: Terms) -> str:
    """What an order's invoice would lack, as a German sentence; "" if nothing."""
    if order.vat_category == "K" and not (is_vat_id(terms.seller.vat_id) and is_vat_id(order.buyer_vat_id)):
        return "Eine innergemeinschaftliche Lieferung braucht beide Umsatzsteuer-Identifikationsnummern (§ 14a UStG)."
    return terms.missing


def refuse_incomplete(order: Order, terms: Terms) -> None:
    """Raise CannotIssue where something is missing."""
    if sentence := incomplete(order, terms):
        raise CannotIssue(sentence)
