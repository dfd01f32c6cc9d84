"""Carriers: their names, where one follows a parcel, and what their numbers look like.

The addresses are those that shop modules link to (gathered in November 2026 from public repositories, such as the
modules of Netresearch for GLS and silbersaiten for Deutsche Post); none of them was opened from here. Numbers are
only compared with the usual shapes: carriers invent new ones, so an odd number is said, never refused.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

_POSTAL_UNION = r"[A-Z]{2}\d{9}[A-Z]{2}"  # UPU S10, on what crosses borders by post


@dataclass(frozen=True)
class Carrier:
    """Somebody who brings parcels. `tracking` is an address with {number} in it, `shape` what numbers look like."""

    key: str
    name: str
    tracking: str
    shape: str
    example: str


CARRIERS = {
    carrier.key: carrier
    for carrier in (
        Carrier(
            "dhl", "DHL", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
            rf"\d{{12}}|\d{{20}}|JJD[0-9A-Z]{{10,20}}|{_POSTAL_UNION}", "00340434123456789012",
        ),
        Carrier(
            "deutschepost", "Deutsche Post",
            "https://www.deutschepost.de/sendung/simpleQuery.html?form.sendungsnummer={number}",
            rf"{_POSTAL_UNION}|[0-9A-Z]{{13}}|[0-9A-Z]{{20}}", "RR123456789DE",
        ),
        Carrier(
            "hermes", "Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}",
            r"\d{14}|H\d{19}", "H1234567890123456789",
        ),
        Carrier(
            "dpd", "DPD", "https://tracking.dpd.de/status/de_DE/parcel/{number}", r"\d{14}[0-9A-Z]?", "01234567890123",
        ),
        Carrier(
            "gls", "GLS", "https://www.gls-pakete.de/sendungsverfolgung?trackingNumber={number}",
            r"\d{11,12}|[0-9A-Z]{8}", "12345678901",
        ),
        Carrier(
            "ups", "UPS", "https://www.ups.com/track?loc=de_DE&tracknum={number}", r"1Z[0-9A-Z]{16}",
            "1Z999AA10123456784",
        ),
        Carrier(
            "postat", "Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr={number}",
            rf"\d{{16}}|\d{{22}}|{_POSTAL_UNION}", "1012345678901234567890",
        ),
    )
}  # fmt: skip
_ALSO = {
    "post": "deutschepost",
    "dp": "deutschepost",
    "österr. post": "postat",
    "post.at": "postat",
    "myhermes": "hermes",
}


def find(text: str) -> Carrier | None:
    """The carrier that is meant by a key or by a name as people write it; None if it is none of ours."""
    wanted = text.strip().casefold()
    named = {carrier.name.casefold(): key for key, carrier in CARRIERS.items()}
    return CARRIERS.get(_ALSO.get(wanted) or named.get(wanted) or wanted)


def name_of(text: str) -> str:
    """A carrier as it is written on pages: "dhl" and "dhl " are DHL; what we do not know stays as it is."""
    carrier = find(text)
    return carrier.name if carrier else text.strip()


def dative(name: str) -> str:
    """A carrier's name as it stands after "mit": "DHL", "der Deutschen Post"."""
    return re.sub(r"^(\w+e) Post$", r"der \1n Post", name)


def tracking_url(carrier: str, number: str) -> str:
    """Where a parcel is followed; "" without a number or where the carrier is none of ours. `carrier`: key or name."""
    known, tidy = find(carrier), _tidy(number)
    return known.tracking.format(number=quote(tidy, safe="")) if known and tidy else ""


def oddity(carrier: str, number: str) -> str:
    """A German sentence if a number does not look like one of its carrier's; "" if it does, or nothing is known."""
    known, tidy = find(carrier), _tidy(number)
    if known is None or not tidy or re.fullmatch(known.shape, tidy):
        return ""
    return f"Die Sendungsnummer „{number.strip()[:40]}“ sieht nicht aus wie eine von {known.name} ({known.example})."


def _tidy(number: str) -> str:
    return re.sub(r"[\s.\u00a0-]", "", number).upper()
