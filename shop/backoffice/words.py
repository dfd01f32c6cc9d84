"""German words for the codes that rules store: kinds, units, states, reasons."""

from catalog.products import Kind
from catalog.stock import Why
from catalog.units import Unit
from catalog.vat import VatClass

KINDS = {
    Kind.FABRIC: "Stoff",
    Kind.YARN: "Wolle und Strickgarn",
    Kind.BUTTON: "Knöpfe",
    Kind.RIBBON: "Bänder, Borten, Gummi",
    Kind.ZIP: "Reißverschlüsse",
    Kind.THREAD: "Nähgarn",
    Kind.TOOL: "Werkzeug und Zubehör",
    Kind.OTHER: "Sonstiges",
}
UNITS = {
    Unit.PIECE: "nach Stück",
    Unit.LENGTH: "nach Metern (vom Ballen)",
    Unit.WEIGHT: "nach Gewicht",
}
VAT_CLASSES = {
    VatClass.STANDARD: "19 % (üblich)",
    VatClass.REDUCED: "7 % (zum Beispiel Bücher)",
    VatClass.ZERO: "0 %",
}
MOVEMENTS = {
    Why.RECEIVED: "Ware gekommen",
    Why.COUNTED: "gezählt",
    Why.DAMAGED: "kaputt oder verschnitten",
    Why.SOLD: "online verkauft",
    Why.CUT: "zugeschnitten, Verschnitt",
    Why.SOLD_IN_STORE: "im Laden verkauft",
    Why.RETURNED: "zurückgekommen",
    Why.REMNANT: "als Reststück herausgenommen",
    Why.IMPORTED: "eingelesen",
}
COUNTRIES = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz", "NL": "Niederlande", "BE": "Belgien",
             "LU": "Luxemburg", "FR": "Frankreich", "IT": "Italien", "PL": "Polen", "CZ": "Tschechien",
             "DK": "Dänemark", "ES": "Spanien", "PT": "Portugal", "SE": "Schweden", "FI": "Finnland",
             "GB": "Großbritannien", "TR": "Türkei", "CN": "China", "JP": "Japan", "IN": "Indien",
             "PK": "Pakistan", "US": "USA"}  # fmt: skip
