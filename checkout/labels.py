"""Addresses of orders as files that carriers read, so that nobody types them again.

Three layouts, gathered on 27 November 2026 from public repositories. None of them could be tried at the carrier from
here, so what is said to be unchecked below may have to be mended after the first upload.

- `VLS`, DHL Geschäftskundenportal ("Post & DHL Geschäftskundenportal", sending with a list): the first 44 columns
  stand alike in Mediaopt's exporter for OXID (its test row) and in an Odoo module; both write semicolons, a German
  comma in kilograms and ISO 8859-1 (the Odoo module), and longer files follow them. Shorter files than theirs are
  written by others too. Product codes V01PAK and V53WPAK are theirs, V62KP for the Kleinpaket is from
  developer.dhl.com. Unchecked: whether today's portal wants the columns after "Abrechnungsnummer".
- `FRANKING`, DHL Online Frankierung (without contract): 17 columns alike in Fakturama, in an npm package and in
  several shops' scripts; the keys of the products from Fakturama (there is no key for 20 kg, so 31,5 kg is taken).
- `STAMPS`, Deutsche Post Internetmarke: eight columns alike in a dozen programs, with the sender in the first row and
  ISO 8859-1; a ninth, REFERENZ, in one recent program only.

E-mail address and telephone number are left out on purpose: a carrier gets them only with the buyer's consent
(Art. 6 DSGVO). Letters that ISO 8859-1 lacks lose their signs ("Łódź" becomes "Lódz").
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checkout import streets
from checkout.rates import Kind, ShippingMethod
from checkout.streets import Place

_ALPHA3 = {
    "DE": "DEU", "AT": "AUT", "CH": "CHE", "NL": "NLD", "BE": "BEL", "LU": "LUX", "FR": "FRA", "IT": "ITA", "PL": "POL",
    "CZ": "CZE", "DK": "DNK", "LI": "LIE",
}  # fmt: skip
_LONGEST = 50  # characters of a name or a street
_WITHOUT_SIGNS = str.maketrans({
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE", "–": "-", "—": "-", "„": "'", "“": "'",
    "”": "'", "’": "'", "‚": "'", "‘": "'", "…": "...",
})  # fmt: skip


@dataclass(frozen=True)
class Sender:
    """The shop as it stands on a label; `street` with its house number."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str = "DE"
    email: str = ""


@dataclass(frozen=True)
class Shipping:
    """What is to be sent: the number of its order, to whom, and how heavy in grams with packing (0: not known)."""

    reference: str
    name: str
    company: str
    street: str
    postal_code: str
    city: str
    country: str
    weight_g: int
    method: ShippingMethod

    @property
    def place(self) -> Place:
        """Street and house number, or the Packstation."""
        return streets.place(self.street, self.country, self.company, self.name)

    @property
    def problem(self) -> str:
        """What a person should look at before the label is bought, as a German sentence; "" if nothing."""
        place = self.place
        if place.is_station and not place.post_number:
            return f"Für die {place.street} fehlt die Postnummer."
        if place.is_box and self.method.kind != Kind.LETTER:
            return "An ein Postfach werden keine Pakete zugestellt."
        return "" if place.number else "Keine Hausnummer erkannt."


@dataclass(frozen=True)
class Layout:
    """A carrier's file; `write` gives its rows, the header among them."""

    key: str
    label: str
    file_name: str
    write: Callable[[Sender, Sequence[Shipping], date], list[list[str]]]


def to_csv(layout: Layout, sender: Sender, shippings: Sequence[Shipping], on: date) -> bytes:
    """A carrier's file: semicolons, CRLF, ISO 8859-1, nothing quoted, for not all of them understand quotes."""
    lines = (";".join(_cell(text) for text in row) for row in layout.write(sender, shippings, on))
    return "".join(f"{line}\r\n" for line in lines).encode("iso-8859-1", "replace")


def _cell(text: str) -> str:
    """A cell that ends neither itself nor the line, that no spreadsheet takes for a formula, in ISO 8859-1."""
    latin = "".join(_sign(sign) for sign in text.translate(_WITHOUT_SIGNS))
    return " ".join(latin.replace(";", ",").replace('"', "'").split()).lstrip("=+-@ ")


def _sign(sign: str) -> str:
    if ord(sign) < 256:
        return sign if sign.isprintable() else " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return bare if bare.isascii() and bare.isprintable() and bare else "?"


def _country(code: str) -> str:
    return _ALPHA3.get(code, code)


def _kilograms(weight_g: int) -> str:
    """Grams in kilograms with a comma, rounded up to 10 g: 1234 is "1,24"; "" if nobody knows."""
    tens = -(-weight_g // 10)
    return f"{tens // 100},{tens % 100:02d}" if weight_g else ""


_VLS_COLUMNS = [
    "Sendungsreferenz",
    "Sendungsdatum",
    "Absender Name 1",
    "Absender Name 2",
    "Absender Name 3",
    "Absender Straße",
    "Absender Hausnummer",
    "Absender PLZ",
    "Absender Ort",
    "Absender Provinz",
    "Absender Land",
    "Absenderreferenz",
    "Absender E-Mail-Adresse",
    "Absender Telefonnummer",
    "Empfänger Name 1",
    "Empfänger Name 2 / Postnummer",
    "Empfänger Name 3",
    "Empfänger Straße",
    "Empfänger Hausnummer",
    "Empfänger PLZ",
    "Empfänger Ort",
    "Empfänger Provinz",
    "Empfänger Land",
    "Empfängerreferenz",
    "Empfänger E-Mail-Adresse",
    "Empfänger Telefonnummer",
    "Gewicht",
    "Länge",
    "Breite",
    "Höhe",
    "Produkt- und Servicedetails",
    "Retourenempfänger Name 1",
    "Retourenempfänger Name 2",
    "Retourenempfänger Name 3",
    "Retourenempfänger Straße",
    "Retourenempfänger Hausnummer",
    "Retourenempfänger PLZ",
    "Retourenempfänger Ort",
    "Retourenempfänger Provinz",
    "Retourenempfänger Land",
    "Retourenrempfänger E-Mail-Adresse",
    "Retourenempfänger Telefonnummer",
    "Retouren-Abrechnungsnummer",
    "Abrechnungsnummer",
]  # fmt: skip  (the slip in "Retourenrempfänger" is the carrier's)


def _vls(sender: Sender, shippings: Sequence[Shipping], on: date) -> list[list[str]]:
    home = streets.place(sender.street, sender.country)
    rows = []
    for each in shippings:
        names, place = _names(each)
        cells = {
            "Sendungsreferenz": each.reference,
            "Sendungsdatum": f"{on:%d.%m.%Y}",
            "Absender Name 1": sender.name[:_LONGEST],
            "Absender Straße": home.street[:_LONGEST],
            "Absender Hausnummer": home.number,
            "Absender PLZ": sender.postal_code,
            "Absender Ort": sender.city,
            "Absender Land": _country(sender.country),
            "Empfänger Name 1": names[0],
            "Empfänger Name 2 / Postnummer": names[1],
            "Empfänger Name 3": names[2],
            "Empfänger Straße": place.street[:_LONGEST],
            "Empfänger Hausnummer": place.number,
            "Empfänger PLZ": each.postal_code,
            "Empfänger Ort": each.city,
            "Empfänger Land": _country(each.country),
            "Gewicht": _kilograms(each.weight_g),
            "Produkt- und Servicedetails": _vls_product(each),
            "Abrechnungsnummer": each.method.billing_number,
        }
        rows.append(_in_order(_VLS_COLUMNS, cells))
    return [_VLS_COLUMNS, *rows]


def _vls_product(shipping: Shipping) -> str:
    if shipping.country != "DE":
        return "V53WPAK"
    return "V62KP" if shipping.method.kind == Kind.LETTER else "V01PAK"


_FRANKING_COLUMNS = [
    "SEND_NAME1", "SEND_NAME2", "SEND_STREET", "SEND_HOUSENUMBER", "SEND_PLZ", "SEND_CITY", "SEND_COUNTRY",
    "RECV_NAME1", "RECV_NAME2", "RECV_STREET", "RECV_HOUSENUMBER", "RECV_PLZ", "RECV_CITY", "RECV_COUNTRY",
    "PRODUCT", "COUPON", "SEND_EMAIL",
]  # fmt: skip
_GERMAN_PRODUCTS = ((2_000, "PAK02.DEU"), (5_000, "PAK05.DEU"), (10_000, "PAK10.DEU"), (31_500, "PAK31.DEU"))
_EU_PRODUCTS = ((5_000, "PAK05.EU"), (10_000, "PAK10.EU"), (20_000, "PAK20.EU"), (31_500, "PAK315.EU"))


def _franking(sender: Sender, shippings: Sequence[Shipping], _: date) -> list[list[str]]:
    home = streets.place(sender.street, sender.country)
    rows = []
    for each in shippings:
        names, place = _names(each)
        cells = {
            "SEND_NAME1": sender.name[:_LONGEST],
            "SEND_STREET": home.street[:_LONGEST],
            "SEND_HOUSENUMBER": home.number,
            "SEND_PLZ": sender.postal_code,
            "SEND_CITY": sender.city,
            "SEND_COUNTRY": _country(sender.country),
            "RECV_NAME1": names[0],
            "RECV_NAME2": _joined(names[1:]),
            "RECV_STREET": place.street[:_LONGEST],
            "RECV_HOUSENUMBER": place.number,
            "RECV_PLZ": each.postal_code,
            "RECV_CITY": each.city,
            "RECV_COUNTRY": _country(each.country),
            "PRODUCT": _franking_product(each),
            "SEND_EMAIL": sender.email,
        }
        rows.append(_in_order(_FRANKING_COLUMNS, cells))
    return [_FRANKING_COLUMNS, *rows]


def _franking_product(shipping: Shipping) -> str:
    products = _GERMAN_PRODUCTS if shipping.country == "DE" else _EU_PRODUCTS
    return next((key for most, key in products if shipping.weight_g <= most), products[-1][1])


_STAMPS_COLUMNS = ["NAME", "ZUSATZ", "STRASSE", "NUMMER", "PLZ", "STADT", "LAND", "ADRESS_TYP", "REFERENZ"]


def _stamps(sender: Sender, shippings: Sequence[Shipping], _: date) -> list[list[str]]:
    home = streets.place(sender.street, sender.country)
    rows = [[sender.name[:_LONGEST], "", home.street, home.number, sender.postal_code, sender.city,
             _country(sender.country), "HOUSE", ""]]  # fmt: skip
    for each in shippings:
        names, place = _names(each)
        kind = "POBOX" if place.is_box else "HOUSE"
        rows.append([names[0], _joined(names[1:]), place.street[:_LONGEST], place.number, each.postal_code, each.city,
                     _country(each.country), kind, each.reference])  # fmt: skip
    return [_STAMPS_COLUMNS, *rows]


def _names(shipping: Shipping) -> tuple[tuple[str, str, str], Place]:
    """Three lines for the name, and the place. At a station the second line is the customer's number there."""
    place = shipping.place
    company = shipping.company
    if place.is_station:
        company = "" if place.post_number and place.post_number in company else company
        lines = (shipping.name, place.post_number, _joined((company, place.added)))
    elif company:
        lines = (company, shipping.name, place.added)
    else:
        lines = (shipping.name, place.added, "")
    return (lines[0][:_LONGEST], lines[1][:_LONGEST], lines[2][:_LONGEST]), place


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)[:_LONGEST]


def _in_order(columns: Sequence[str], cells: Mapping[str, str]) -> list[str]:
    return [cells.get(column, "") for column in columns]


VLS = Layout("dhl-vertrag", "DHL Geschäftskundenportal (mit Vertrag)", "dhl-geschaeftskunden", _vls)
FRANKING = Layout("dhl-online", "DHL Online Frankierung (ohne Vertrag)", "dhl-online-frankierung", _franking)
STAMPS = Layout("internetmarke", "Deutsche Post Internetmarke", "internetmarke", _stamps)
LAYOUTS = {layout.key: layout for layout in (VLS, FRANKING, STAMPS)}
