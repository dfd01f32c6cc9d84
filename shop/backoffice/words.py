"""German words for the codes that rules store: units, states, reasons, countries."""

from catalog import exclusions
from catalog.stock import Why
from catalog.units import Unit
from catalog.vat import VatClass

UNITS = {
    Unit.PIECE: "nach Stück",
    Unit.LENGTH: "nach Metern (vom Ballen)",
    Unit.WEIGHT: "nach Gewicht",
    Unit.AREA: "nach Fläche (Leder, Filz)",
}
# How goods of a kind are usually sold; what is filled into bottles is sold by the piece and owes a price per litre.
USUAL_UNITS = {**UNITS, Unit.VOLUME: "abgefüllt in ml (Kleber, Stofffarbe)"}
PRICE_PER = {
    Unit.PIECE: "Preis je Stück",
    Unit.LENGTH: "Preis je Meter",
    Unit.WEIGHT: "Preis je Kilo",
    Unit.AREA: "Preis je Quadratmeter",
}
PER = {Unit.PIECE: "", Unit.LENGTH: " je m", Unit.WEIGHT: " je kg", Unit.AREA: " je m²"}
EXAMPLES = {Unit.PIECE: "12", Unit.LENGTH: "8,40 m", Unit.WEIGHT: "2 kg", Unit.AREA: "0,75 m²"}
# What a price may be shown per, in smallest units; "" is per price unit.
SHOWN_PER = {
    Unit.LENGTH: (("", "je Meter"), ("50", "je 0,5 m"), ("10", "je 10 cm")),
    Unit.WEIGHT: (("", "je Kilo"), ("100", "je 100 g")),
    Unit.AREA: (("", "je Quadratmeter"), ("1000", "je 0,1 m²")),
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
EXCLUSIONS = exclusions.NAMES
COUNTRIES = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz", "NL": "Niederlande", "BE": "Belgien",
             "LU": "Luxemburg", "FR": "Frankreich", "IT": "Italien", "PL": "Polen", "CZ": "Tschechien",
             "DK": "Dänemark", "ES": "Spanien", "PT": "Portugal", "SE": "Schweden", "FI": "Finnland",
             "GB": "Großbritannien", "TR": "Türkei", "CN": "China", "JP": "Japan", "IN": "Indien",
             "PK": "Pakistan", "US": "USA", "BD": "Bangladesch", "BG": "Bulgarien", "EE": "Estland",
             "GR": "Griechenland", "HK": "Hongkong", "ID": "Indonesien", "IE": "Irland", "IS": "Island",
             "HR": "Kroatien", "LV": "Lettland", "LI": "Liechtenstein", "LT": "Litauen", "MT": "Malta",
             "NO": "Norwegen", "PE": "Peru", "RO": "Rumänien", "RS": "Serbien", "SK": "Slowakei",
             "SI": "Slowenien", "KR": "Südkorea", "TW": "Taiwan", "TH": "Thailand", "HU": "Ungarn",
             "UY": "Uruguay", "VN": "Vietnam", "CY": "Zypern"}  # fmt: skip
