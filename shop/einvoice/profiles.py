"""The two profiles of EN 16931 that the shop writes, and which of them a buyer gets."""

import re
from dataclasses import dataclass

_LEITWEG = re.compile(r"\d{2,12}(-[A-Z0-9]{1,30})?-\d{2}")


@dataclass(frozen=True)
class Profile:
    """A profile by its CustomizationID (BT-24), and the business process (BT-23) where it asks for one."""

    name: str
    guideline: str
    process: str = ""


ZUGFERD = Profile("EN 16931", "urn:cen.eu:en16931:2017")
XRECHNUNG = Profile(
    "XRECHNUNG",
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
)


def is_leitweg_id(text: str) -> bool:
    """Whether a buyer's reference has the form of a Leitweg-ID (KoSIT, Formatspezifikation Leitweg-ID 2.0.2)."""
    return _LEITWEG.fullmatch(text) is not None
