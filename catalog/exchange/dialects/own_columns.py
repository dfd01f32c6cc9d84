"""The columns of our own format, and what other people call them."""

from catalog.exchange import headers

OPTIONS = range(1, 10)

ALIASES: headers.Aliases = {
    "sku": ("Artikelnummer", "Art.-Nr.", "Artikel-Nr.", "ArtikelNr", "SKU", "Bestellnummer"),
    "key": ("Artikel", "Artikelschlüssel"),
    "name": ("Produktname", "Bezeichnung", "Artikelbezeichnung", "Artikelname", "Name", "Titel"),
    "categories": ("Kategorie", "Kategorien", "Warengruppe"),
    "kind": ("Art", "Produktart"),
    "unit": ("Einheit", "Verkaufseinheit"),
    "price_cents": ("Preis", "Verkaufspreis", "VK", "VK-Preis", "VK brutto", "Preis brutto", "Bruttopreis"),
    "minimum": ("Mindestmenge", "Mindestabnahme"),
    "step": ("Schritt", "Schrittweite", "Staffelung"),
    "maximum": ("Höchstmenge",),
    "shown_per": ("Preis je", "Preis anzeigen je"),
    "remnant_below": ("Rest unter", "Reststück unter"),
    "offers_sample": ("Stoffmuster", "Muster"),
    "own_minimum": ("Mindestmenge der Variante",),
    "own_step": ("Schritt der Variante",),
    "own_maximum": ("Höchstmenge der Variante",),
    "stock": ("Bestand", "Lagerbestand", "Lager"),
    "rolls": ("Ballen", "Ballen und Partien", "Partien"),
    "reorder_at": ("Meldebestand", "Mindestbestand"),
    "rrp_cents": ("UVP", "Unverbindliche Preisempfehlung"),
    "steps": ("Staffelpreise", "Staffelpreis"),
    "content": ("Inhalt", "Packungsinhalt"),
    "weight_g": ("Gewicht (g)", "Gewicht in g", "Versandgewicht (g)"),
    "thickness_mm": ("Dicke (mm)", "Dicke in mm", "Dicke"),
    "per_layer": ("Nebeneinander", "Stück je Lage"),
    "vat_class": ("MwSt", "MwSt.", "USt", "Steuersatz", "Mehrwertsteuer"),
    "gtin": ("EAN", "GTIN", "EAN/GTIN", "Barcode", "Strichcode"),
    "summary": ("Kurzbeschreibung", "Kurztext"),
    "description": ("Beschreibung", "Langtext"),
    "fibres": ("Fasern", "Faserzusammensetzung", "Zusammensetzung"),
    "maker": ("Hersteller",),
    "maker_street": ("Hersteller Straße",),
    "maker_postal_code": ("Hersteller PLZ",),
    "maker_city": ("Hersteller Ort",),
    "maker_country": ("Hersteller Land",),
    "maker_contact": ("Hersteller Kontakt",),
    "maker_eu_responsible": ("Verantwortliche Person EU",),
    "delivery_days": ("Lieferzeit",),
    "is_published": ("Veröffentlicht", "Online", "Sichtbar"),
    "is_featured": ("Hervorgehoben", "Empfohlen"),
    "sale_price": ("Angebotspreis", "Aktionspreis", "Sonderpreis"),
    "sale_from": ("Angebot von", "Angebot ab"),
    "sale_to": ("Angebot bis",),
    "pictures": ("Bilder", "Bild"),
    "variant_pictures": ("Bild der Variante", "Bilder der Variante", "Variantenbild"),
    "warnings": ("Warnhinweise", "Sicherheitshinweise"),
    "needs_no_warnings": ("Keine Warnhinweise nötig",),
    **{f"option_{n}_name": (f"Option {n} Name",) for n in OPTIONS},
    **{f"option_{n}_value": (f"Option {n} Wert",) for n in OPTIONS},
    **{f"option_{n}_swatch": (f"Option {n} Farbe",) for n in OPTIONS},
}
VARIANT_KEYS = (
    "sku", "price_cents", "stock", "content", "weight_g", "thickness_mm", "per_layer", "gtin", "sale_price",
    "variant_pictures",
    "rolls", "reorder_at", "rrp_cents", "steps", "own_minimum", "own_step", "own_maximum",
    *(f"option_{n}_value" for n in OPTIONS),
)  # fmt: skip
KNOWN = headers.by_normal_name(ALIASES)
OURS = headers.by_normal_name({key: names[:1] for key, names in ALIASES.items()})  # as `export` writes them
MONEY = ("price_cents", "sale_price", "rrp_cents")
NUMBERS = ("stock", "content", "weight_g", "minimum", "step", "maximum", "shown_per", "remnant_below",
            "reorder_at", "own_minimum", "own_step", "own_maximum")  # fmt: skip
