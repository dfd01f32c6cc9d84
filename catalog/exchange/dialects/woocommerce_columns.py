"""The columns of WooCommerce's export, and those that Germanized adds, by their English and German names.

The English names are those of includes/export/class-wc-product-csv-exporter.php and of Germanized's
includes/export/class-wc-gzd-product-export.php; the German ones are seen in public repositories, where they drift.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from catalog.exchange import headers
from catalog.exchange.headers import normal

ALIASES: headers.Aliases = {
    "id": ("ID",),
    "type": ("Type", "Typ"),
    "sku": ("SKU", "Artikelnummer", "Art.-Nr.", "Art-Nr.", "Artikelnummer (SKU)"),
    "gtin": ("GTIN, UPC, EAN, or ISBN", "GTIN, UPC, EAN oder ISBN"),
    "germanized_gtin": ("GTIN",),
    "name": ("Name",),
    "is_published": ("Published", "Veröffentlicht"),
    "is_featured": ("Is featured?", "Ist hervorgehoben?", "Hervorgehoben?"),
    "visibility": ("Visibility in catalog", "Sichtbarkeit im Katalog", "Katalogsichtbarkeit", "Catalog visibility"),
    "summary": ("Short description", "Kurzbeschreibung"),
    "description": ("Description", "Beschreibung"),
    "sale_from": (
        "Date sale price starts",
        "Datum, an dem der Angebotspreis beginnt",
        "Datum, an dem Angebotspreis beginnt",
        "Angebotspreis gültig ab",
    ),
    "sale_to": (
        "Date sale price ends",
        "Datum, an dem der Angebotspreis endet",
        "Datum, an dem Angebotspreis endet",
        "Angebotspreis gültig bis",
    ),
    "tax_status": ("Tax status", "Steuerstatus"),
    "tax_class": ("Tax class", "Steuerklasse"),
    "in_stock": ("In stock?", "Vorrätig?", "Auf Lager?", "Lagerstatus"),
    "stock": ("Stock", "Lager", "Bestand", "Lagerbestand"),
    "reorder_at": ("Low stock amount", "Geringe Lagermenge", "Geringer Lagerbestand"),
    "backorders": (
        "Backorders allowed?",
        "Lieferrückstände erlaubt?",
        "Rückstände erlaubt?",
        "Lieferrückstande erlaubt?",
    ),
    "sold_individually": ("Sold individually?", "Nur einzeln verkaufen?", "Einzeln verkauft?"),
    "weight_kg": ("Weight (kg)", "Gewicht (kg)"),
    "weight_g": ("Weight (g)", "Gewicht (g)"),
    "weight_lbs": ("Weight (lbs)", "Gewicht (lbs)"),
    "weight_oz": ("Weight (oz)", "Gewicht (oz)"),
    "sale_price": ("Sale price", "Angebotspreis"),
    "price_cents": ("Regular price", "Regulärer Preis", "Normaler Preis", "Normalpreis"),
    "purchase_cents": (
        "Cost of goods",
        "Meta: _wc_cog_cost",
        "Meta: _cogs_total_value",
        "Warenkosten",
        "Einkaufspreis",
    ),
    "categories": ("Categories", "Kategorien"),
    "pictures": ("Images", "Bilder"),
    "parent": ("Parent", "Übergeordnetes Produkt", "Eltern"),
    "brands": ("Brands", "Marken"),
    "manufacturer": ("Manufacturer", "Hersteller"),
    "unit": ("Unit", "Einheit"),
    "content": ("Unit product", "Produkteinheit", "Produkteinheiten"),
    "delivery_days": ("Delivery time", "Lieferzeit"),
    "warnings": ("Safety instructions", "Sicherheitshinweise"),
    "minimum_age": ("Minimum age", "Mindestalter"),
    "differential": ("Is differential taxed?", "Ist differenzbesteuert?"),
}
KNOWN = headers.by_normal_name(ALIASES)
MONEY = ("price_cents", "sale_price", "purchase_cents")
ONLY_ASKED = ("gtin", "germanized_gtin", "content", "delivery_days", "reorder_at")
GRAMS_PER = {
    "weight_kg": Decimal(1000),
    "weight_g": Decimal(1),
    "weight_lbs": Decimal("453.59237"),
    "weight_oz": Decimal("28.349523"),
}
_ATTRIBUTE = re.compile(r"(?:attribute|attribut) (\d+) (name|values?|value s|werte?|wert e)")
_NOBODY_MISSES = re.compile(
    r"(?:meta|attribute?|download|laenge|length|width|breite|height|hoehe|ablauftage)\b|position$|"
    r"unit base|unit price|(?:regulaerer |angebots)?grundpreis|(?:streichpreis|angebotspreis) hinweis$|"
    r"(?:external url|externe url|button text)$|"
    r"(?:grouped products|gruppierte produkte)$|"
    r"(?:allow customer reviews|kundenrezensionen erlauben|kundenbewertungen erlauben)$|(?:strike|sale) price label$"
)


def recognise(header: Sequence[str]) -> int:
    """How many names are known; 0 without a name or number, and the type or WooCommerce's word for the price."""
    names = {normal(name) for name in header}
    places = {KNOWN[name] for name in names if name in KNOWN}
    if not {"sku", "name"} & places or not {"type", "price_cents"} & places:
        return 0
    return len(places) + sum(1 for name in names if _ATTRIBUTE.fullmatch(name))


def is_left_out(name: str) -> bool:
    """Whether nobody wants to hear of a column (by its normal name): our shop has no use for what it says."""
    return _NOBODY_MISSES.match(name) is not None


def attribute_places(header: Sequence[str]) -> dict[str, int]:
    """The columns "Attribute 1 name", "Attribute 1 value(s)"; as many as the widest product needs."""
    places = {}
    for place, name in enumerate(header):
        match = _ATTRIBUTE.fullmatch(normal(name))
        if match:
            places[f"attribute_{match[1]}_{'name' if match[2] == 'name' else 'value'}"] = place
    return places
