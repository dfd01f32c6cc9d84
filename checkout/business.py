"""Buying for a business (§ 14 BGB): what is declared at the checkout, and whether its numbers can be right.

Nothing but her own tick makes a buyer a business: a firm's name in an address does not.
"""

import re

from stdnum.eu import vat
from stdnum.iso7064 import mod_97_10

from catalog.vat import OTHER_EU
from checkout.customers import CheckoutDetails
from checkout.shipping import BY_MAIL, PICKUP

_LEITWEG = re.compile(r"\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}")
_PREFIXES = {"GR": "EL"}  # whose VAT numbers begin otherwise than the country's code


def problems(details: CheckoutDetails) -> dict[str, str]:
    """What is missing or wrong of what a business tells, as German sentences by field; empty for consumers."""
    if not details.business:
        return {}
    found = {}
    is_sent = details.delivery not in (PICKUP, BY_MAIL)
    if not details.billing_company and not (is_sent and details.company):
        field = "company" if is_sent else "billing_company"
        found[field] = "Bitte nennen Sie die Firma: Auf sie stellen wir die Rechnung aus."
    if details.buyer_vat_id and not is_vat_id(details.buyer_vat_id):
        found["buyer_vat_id"] = (
            "Diese USt-IdNr. kann nicht stimmen. Sie beginnt mit zwei Buchstaben, zum Beispiel ATU12345675 oder "
            "DE136695976. Lassen Sie das Feld leer, wenn Sie keine haben."
        )
    if is_mistyped_leitweg_id(details.buyer_reference):
        found["buyer_reference"] = (
            "Das sieht nach einer Leitweg-ID aus, aber ihre Prüfziffer stimmt nicht. Ist es Ihre eigene Bestellnummer, "
            "schreiben Sie bitte „Nr.“ davor."
        )
    return found


def is_vat_id(text: str) -> bool:
    """Whether it can be a VAT number of a country of the EU, by its form and check digits; only VIES knows more."""
    return text.isalnum() and text.isupper() and bool(vat.is_valid(text))


def is_vat_id_of_another_country(text: str) -> bool:
    """Whether it can be one of a country of the EU other than Germany (§ 6a Abs. 1 Nr. 2 Buchst. a UStG)."""
    prefixes = {_PREFIXES.get(country, country) for country in OTHER_EU}
    return is_vat_id(text) and text[:2] in prefixes


def is_mistyped_leitweg_id(text: str) -> bool:
    """Whether it has the form of a Leitweg-ID but not its check digits (ISO 7064 MOD 97-10, KoSIT 2.0.2)."""
    return _LEITWEG.fullmatch(text) is not None and not mod_97_10.is_valid(text.replace("-", ""))
