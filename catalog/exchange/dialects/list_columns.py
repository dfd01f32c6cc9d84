"""The columns of merchandise systems and price lists: names in German and English, numbered columns, attributes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.exchange import headers, mapping
from catalog.exchange.columns import attribute_key
from catalog.exchange.dialects import own_columns
from catalog.exchange.dialects.price_columns import Price, PriceColumn, price_columns, read_name
from catalog.exchange.headers import normal
from catalog.exchange.pricing import Basis
from catalog.exchange.wishes import Wishes
from catalog.units import Unit

MOST_NUMBERED = range(1, 21)
_BY_WORDS = {"price_cents", "sale_price", "rrp_cents", "offers_sample", "pictures", "categories"}

ALIASES: headers.Aliases = {
    **{key: names for key, names in own_columns.ALIASES.items() if key not in _BY_WORDS},
    "sku": (
        "Artikelnummer", "Artikel-Nummer", "Artikelnr.", "Artikel-Nr.", "Art.-Nr.", "ArtNr", "SKU", "Produktnummer",
        "Artikelcode", "Item number", "Item no.", "Article number", "Article no.", "Product number", "Product code",
        "Part number", "Bestellnummer", "Bestell-Nr.", "Materialnummer", "Lieferanten-Artikelnummer", "Nummer",
        "Référence", "Variantennummer", "Variationsnummer", "Variation number",
    ),
    "name": (
        "Produktname", "Artikelname", "Artikelbezeichnung", "Bezeichnung", "Name", "Titel", "Produktbezeichnung",
        "Produkttitel", "Bezeichnung 1", "Artikelbezeichnung 1", "Product name", "Item name", "Article name", "Title",
        "Artikeltext 1", "Désignation", "Libellé", "Nom", "Kurzbezeichnung", "Kurzbez.",
        "Name 1", "Modell", "Modellname", "Modellbezeichnung", "Text 1",
        "Artikeltext",
    ),
    "key": ("Artikel", "Produkt", "Product", "Article", "Item"),
    "line": ("Nr.", "No."),
    "number": ("Artikel-ID", "Produkt-ID", "Article ID", "Product ID", "Item ID", "ID"),
    "parent": (
        "Elternartikel", "Elternartikelnummer", "Eltern-SKU", "Vaterartikel", "Vaterartikelnummer", "Vater-SKU",
        "Vaterartikel ID-Feld", "Identifizierungsspalte Vaterartikel", "Hauptartikel", "Hauptartikelnummer",
        "Stammartikel", "Stammartikelnummer", "Parent SKU", "Parent", "Parent ID", "Parent product", "Parent article",
        "Parent item", "Master SKU", "Masterartikel", "Variante von", "Variant of", "Übergeordneter Artikel",
    ),
    "option_pairs": (
        "Optionen", "Options", "Attributwerte", "AttributeValues", "Varianteneigenschaften", "Variantenattribute",
    ),
    "is_parent": ("Ist Vaterartikel", "Ist Elternartikel", "Ist Hauptartikel", "Is parent", "Hat Varianten"),
    "gtin": (
        "GTIN", "EAN", "EAN13", "EAN-13", "EAN-Code", "EAN/GTIN", "GTIN/EAN", "EAN/Barcode", "Barcode", "Strichcode",
        "EAN1", "EAN 1", "UPC", "Code barre", "Code barres", "Code-barres",
    ),
    "stock": (
        "Lagerbestand gesamt", "Gesamtbestand", "Bestand gesamt", "Bestand", "Lagerbestand", "Lagermenge", "Auf Lager",
        "Stock", "Stock quantity", "Quantity", "Qty", "Inventory", "On hand", "Menge", "Anzahl", "Verfügbar",
        "Verfügbarer Bestand", "Lager", "Quantité",
    ),
    "reorder_at": ("Meldebestand", "Mindestbestand", "Mindestlagerbestand", "Reorder level", "Minimum stock"),
    "unit": ("Einheit", "Verkaufseinheit", "Mengeneinheit", "ME", "Unit"),
    "minimum": ("Mindestmenge", "Mindestabnahme", "Mindestbestellmenge", "Minimum quantity"),
    "step": ("Schritt", "Schrittweite", "Abnahmeintervall"),
    "content": ("Inhalt", "Packungsinhalt", "Füllmenge", "Net content"),
    "weight_g": ("Gewicht (g)", "Gewicht in g", "Versandgewicht (g)", "Weight (g)", "Gewicht Gramm"),
    "weight_kg": (
        "Gewicht (kg)", "Gewicht in kg", "Versandgewicht (kg)", "Artikelgewicht in KG", "Versandgewicht in KG",
        "Weight (kg)",
    ),
    "weight": ("Gewicht", "Versandgewicht", "Artikelgewicht", "Weight"),
    "vat_class": (
        "MwSt", "MwSt.", "MwSt-Satz", "USt", "USt.", "USt-Satz", "USt. in %", "Steuersatz", "Steuersatz in %",
        "Steuerart", "Steuerklasse", "Mehrwertsteuer", "Umsatzsteuer", "VAT", "VAT rate", "Tax rate",
    ),
    "summary": ("Kurzbeschreibung", "Kurztext", "Short description", "Summary"),
    "description": ("Beschreibung", "Langtext", "Artikelbeschreibung", "Produktbeschreibung", "Description"),
    "fibres": ("Fasern",),
    "made_of": (
        "Zusammensetzung", "Faserzusammensetzung", "Materialzusammensetzung", "Zusammenstellung", "Composition",
        "Fibre content", "Fiber content",
    ),
    "maker": ("Hersteller", "Herstellername", "Marke", "Brand", "Manufacturer", "Maker", "Vendor", "Marque"),
    "delivery_days": ("Lieferzeit", "Lieferzeit in Tagen", "Lieferfrist", "Delivery time", "Lead time"),
    "is_published": (
        "Veröffentlicht", "Aktiv", "Online", "Sichtbar", "Status", "Active", "Published", "Enabled", "Im Shop",
    ),
    "is_featured": ("Hervorgehoben", "Empfohlen", "Top Artikel", "Topartikel", "Featured"),
    "sale_from": ("Angebot von", "Angebot ab", "Aktion von", "Aktionspreis von", "Sale from"),
    "sale_to": ("Angebot bis", "Aktion bis", "Aktionspreis bis", "Sale to"),
    "pictures": ("Bilder", "Images", "Bild-URLs", "Image URLs", "Pictures", "Produktbilder", "Image link", "Bildlink"),
    "variant_pictures": ("Bild der Variante", "Bilder der Variante", "Variantenbild", "Variant image"),
    "categories": ("Kategorien", "Categories", "Kategoriepfad", "Kategoriepfade", "Category path"),
    **{
        f"picture_{n}": tuple(
            name
            for word in (
                "Bild", "Image", "Foto", "Photo", "Picture", "Bild URL", "Image URL", "Img URL", "Bild Pfad/URL",
                "Produktbild", "Artikelbild", "Bilddatei", "Bildname",
            )
            for name in ((f"{word} {n}", f"{word}{n}", word) if n == 1 else (f"{word} {n}", f"{word}{n}"))
        )
        for n in MOST_NUMBERED
    },
    **{
        f"category_{n}": tuple(
            name
            for word in ("Kategorie", "Category", "Warengruppe", "Artikelgruppe", "Produktgruppe", "Product group")
            for name in ((f"{word} {n}", word) if n == 1 else (f"{word} {n}",))
        )
        for n in MOST_NUMBERED
    },
    **{
        f"category_level_{n}": (f"Kategorie Ebene {n}", f"Kategorie Level {n}", f"Category level {n}", *more)
        for n, more in zip(
            range(1, 11),
            (("Hauptkategorie", "Hauptwarengruppe"), ("Unterkategorie", "Unterwarengruppe"), *[()] * 8),
            strict=True,
        )
    },
    **{
        f"option_{n}_name": (f"Option {n} Name", f"Variationsname {n}", f"Variation {n} Name", f"Option name {n}")
        for n in own_columns.OPTIONS
    },
    **{
        f"option_{n}_value": (
            f"Option {n} Wert", f"Variationswertname {n}", f"Variationswert {n}", f"Wert Name {n}",
            f"Variation {n} Wert", f"Option value {n}", f"Option {n} value",
        )
        for n in own_columns.OPTIONS
    },
}  # fmt: skip

_OPTION_WORDS = (
    "Farbe", "Farbname", "Farbbezeichnung", "Farbton", "Color", "Colour", "Größe", "Size",
    "Konfektionsgröße", "Länge", "Length", "Breite", "Width", "Stärke", "Ausführung", "Variante", "Variant", "Style",
    "Muster", "Design", "Motiv", "Form", "Sorte", "Pattern", "Duft",
)  # fmt: skip
_ATTRIBUTES = {
    "Nadelstärke": ("Nadelstärke", "Nadelstärken", "Nadelgröße", "Nadel", "Needle size", "Needles"),
    "Lauflänge": ("Lauflänge", "Lauflängen", "LL", "Yardage"),
    "Stoffbreite": ("Stoffbreite", "Warenbreite"),
    "Gewicht je m²": ("Gewicht je m²", "Flächengewicht", "Grammatur", "g/m²"),
    "Knäuelgewicht": ("Knäuelgewicht",),
    "Maschenprobe": ("Maschenprobe", "Gauge"),
    "Pflege": ("Pflege", "Pflegehinweis", "Pflegehinweise", "Waschanleitung", "Care"),
    "Material": ("Material", "Qualität"),
    "Durchmesser": ("Durchmesser", "Diameter"),
    "Bandbreite": ("Bandbreite",),
    "Rapport": ("Rapport",),
    "Löcher": ("Löcher", "Lochzahl"),
}
FACT = "fact "  # then the attribute's label: what may also be an option, or does not fit the attribute
_KNOWN_ATTRIBUTES = {
    **{normal(name): f"{FACT}{name}" for name in _OPTION_WORDS},
    **{normal(name): f"{FACT}{label}" for label, names in _ATTRIBUTES.items() for name in names},
}
OPTION_KEYS = frozenset(f"{FACT}{name}" for name in _OPTION_WORDS)
_MEASURES = frozenset(("laenge", "breite", "hoehe", "tiefe", "length", "width", "height", "depth"))
_LAST_NAMES = tuple(map(normal, ("Qualität", "Sorte", "Stoff", "Garn", "Wein", "Ware", "Text")))
_CALLED_SO = re.compile(r"(?:stoff|garn|woll|knopf|band|wein|waren|material|modell|handels)(?:name|bezeichnung)")
_UNIT_AT_END = re.compile(r"(?: in)? (mm|cm|m|g|kg)$")
UNITS_OF_PRICES = {
    **dict.fromkeys(("m", "meter", "lfm", "lfdm", "meterpreis", "laufmeter"), Unit.LENGTH),
    **dict.fromkeys(("kg", "kilo"), Unit.WEIGHT),
}
_NAMED_OPTION = re.compile(r"(.+) variant name")  # Warexo: "color_variant_name" says which column is an option
_STOCKS = re.compile(r"(?:lager)?bestand .+|.+ (?:lager)?bestand|stock .+|.+ stock")
_NO_STOCK = re.compile(
    r"\b(?:mindest|melde|ziel|soll|fehl|max\w*|min\w*|lieferant\w*|supplier|low|ampel|status|wert)\b"
)


class Names:
    """Names in the wild by their normal spelling, made ready once: which key each means, and how good a name it is.

    "MwstSatz" is "MwSt-Satz": blanks do not count.
    """

    def __init__(self, aliases: headers.Aliases) -> None:
        self.aliases = aliases
        self.ranks = {normal(name): (key, rank) for key, names in aliases.items() for rank, name in enumerate(names)}
        self._joined = {name.replace(" ", ""): meant for name, meant in reversed(self.ranks.items())}

    def meant(self, name: str) -> tuple[str, int] | None:
        """The key of a normal name, and its rank among the names of this key; None if it is unknown."""
        return self.ranks.get(name) or self._joined.get(name.replace(" ", ""))


@dataclass(frozen=True)
class Columns:
    """Which column of a file holds what, and what its names tell beyond that."""

    places: Mapping[str, int]
    prices: Mapping[Price, PriceColumn]
    stocks: tuple[str, ...] = ()  # names of several stocks, the first of which is taken


def known_columns(header: Sequence[str], names: Names) -> Columns:
    """What a header says by itself: of several names for one thing the one that stands first in the aliases."""
    spelled = [normal(name) for name in header]
    known = _by_best_name(spelled, names) | {normal(name): key for name in header if (key := attribute_key(name))}
    found = {known[name]: place for place, name in reversed(list(enumerate(spelled))) if name in known}
    prices = price_columns(header, list(found.values()))
    found |= {kind.value: column.place for kind, column in prices.items()}
    if not {"name", "key"} & found.keys() and (place := _last_name(spelled)) is not None:
        found = {key: each for key, each in found.items() if each != place} | {"name": place}
    stocks = () if "stock" in found else _stocks(spelled)
    if stocks:
        found["stock"] = stocks[0]
    return Columns(found, prices, tuple(header[place] for place in stocks))


def columns_of(header: Sequence[str], wishes: Wishes, names: Names, is_left_out: Callable[[str], bool]) -> Columns:
    """As `known_columns`, after the owner's own words for columns. Raises NotATable as `mapping.places` does."""
    by_owner = {place for name in wishes.columns_of if (place := mapping.find(header, name)) is not None}
    by_file = known_columns(["" if place in by_owner else name for place, name in enumerate(header)], names)
    told = {normal(header[place]): key for key, place in by_file.places.items()}
    every = {name: key for name, (key, _) in names.ranks.items()} | {kind.value: kind.value for kind in Price}
    places = mapping.places(header, {**told, **every, **told}, _in_our_words(wishes, every), is_left_out)
    prices = {kind: _price_at(header, place, kind) for kind in Price if (place := places.get(kind.value)) is not None}
    in_order = dict(sorted(places.items(), key=lambda each: each[1]))
    return Columns(in_order, prices, by_file.stocks)


def sold_by(header: Sequence[str], places: Mapping[str, int]) -> Unit | None:
    """The unit that the names of price and stock tell for the whole list: "Preis/m", "Bestand (m)"."""
    return UNITS_OF_PRICES.get(measure_of(header, places))


def measure_of(header: Sequence[str], places: Mapping[str, int]) -> str:
    """The word for it: "Preis pro kg" → "kg"; "" if there is none."""
    told = (normal(header[places[key]]).split() for key in ("price_cents", "stock") if key in places)
    return next((word for words in told for word in words if word in UNITS_OF_PRICES), "")


def unit_of(name: str) -> str:
    """The unit in the name of a column: "Breite (cm)" → "cm"; "" if there is none."""
    match = _UNIT_AT_END.search(normal(name))
    return match[1] if match else ""


def _last_name(spelled: Sequence[str]) -> int | None:
    """Where the name stands in a list that calls no column so: "Stoffname", "Qualität"."""
    called = [place for place, name in enumerate(spelled) if _CALLED_SO.fullmatch(name)]
    others = [spelled.index(name) for name in _LAST_NAMES if name in spelled]
    return next(iter([*called, *others]), None)


def _in_our_words(wishes: Wishes, known: Mapping[str, str]) -> Wishes:
    """The owner may call a price as any list does: "VK-Preis"."""
    columns_of = {
        name: price.kind.value if normal(target) not in known and (price := read_name(target)) else target
        for name, target in wishes.columns_of.items()
    }
    return replace(wishes, columns_of=columns_of)


def _price_at(header: Sequence[str], place: int, kind: Price) -> PriceColumn:
    named = read_name(header[place], place)
    stands_in = named is not None and kind is Price.ASKED and named.kind is Price.RECOMMENDED
    return replace(named, kind=kind, is_recommended=stands_in) if named else PriceColumn(place, kind, Basis.UNSAID)


def _by_best_name(spelled: Sequence[str], names: Names) -> dict[str, str]:
    """Normal name → key for the names of a header, attributes included."""
    best: dict[str, tuple[int, str]] = {}
    for name in spelled:
        if meant := names.meant(name):
            key, rank = meant
            best[key] = min(best.get(key, (rank, name)), (rank, name))
    known = {name: key for key, (_, name) in best.items()}
    return _attributes(spelled, known) | known


def _attributes(spelled: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Attributes and what may be options; length, width and height together are the measures of a parcel."""
    is_parcel = len(_MEASURES & {_UNIT_AT_END.sub("", name) for name in spelled}) > 1
    meant = {name: name if name in _KNOWN_ATTRIBUTES else _UNIT_AT_END.sub("", name) for name in spelled}
    found = {
        name: _KNOWN_ATTRIBUTES[each] for name, each in meant.items() if each in _KNOWN_ATTRIBUTES and name not in known
    }
    named = {name: f"names {name}" for name in spelled if _NAMED_OPTION.fullmatch(name)}
    return {name: key for name, key in found.items() if not (is_parcel and meant[name] in _MEASURES)} | named


def _stocks(spelled: Sequence[str]) -> tuple[int, ...]:
    return tuple(place for place, name in enumerate(spelled) if _STOCKS.fullmatch(name) and not _NO_STOCK.search(name))
