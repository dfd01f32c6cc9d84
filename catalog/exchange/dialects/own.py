"""Our own format: German columns, one row per variant; the rows of a product share "Artikel"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from catalog import slugs
from catalog.exchange import cells, headers, several
from catalog.exchange.articles import Article, Facts, Reading, Sale, VariantRow
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, plain
from catalog.exchange.fields import ATTRIBUTE_PREFIX, KINDS, UNITS, VAT_CLASSES
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import ERASE, KEEP, Sheet
from catalog.exchange.wishes import Wishes
from catalog.fibres import parse_composition
from catalog.products import Kind
from catalog.thickness import MOST_PER_LAYER, parse_thickness
from catalog.units import Unit, parse_quantity
from catalog.vat import VatClass

_T = TypeVar("_T")

NOT_COUNTED = "nicht gezählt"
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
_VARIANT_KEYS = {
    "sku", "price_cents", "stock", "content", "weight_g", "thickness_mm", "per_layer", "gtin", "sale_price",
    "variant_pictures",
    "rolls", "reorder_at", "rrp_cents", "steps", "own_minimum", "own_step", "own_maximum",
    *(f"option_{n}_value" for n in OPTIONS),
}  # fmt: skip
_KNOWN = headers.by_normal_name(ALIASES)
_MONEY = ("price_cents", "sale_price", "rrp_cents")
_NUMBERS = ("stock", "content", "weight_g", "minimum", "step", "maximum", "shown_per", "remnant_below",
            "reorder_at", "own_minimum", "own_step", "own_maximum")  # fmt: skip
_ATTRIBUTE = re.compile(r"merkmal\s*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_KIND_WORDS = {
    **{normal(word): kind for kind, word in KINDS.items()},
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("stoffe", "meterware"), Kind.FABRIC),
    **dict.fromkeys(("garne", "wolle", "strickgarn"), Kind.YARN),
    **dict.fromkeys(("knoepfe",), Kind.BUTTON),
    **dict.fromkeys(("baender", "borte", "spitze", "gummiband"), Kind.RIBBON),
    **dict.fromkeys(("reissverschluesse", "rv"), Kind.ZIP),
    **dict.fromkeys(("naehgarne", "faden"), Kind.THREAD),
    **dict.fromkeys(("werkzeuge", "zubehoer", "naehzubehoer"), Kind.TOOL),
}
_UNIT_WORDS = {
    **{normal(word): unit for unit, word in UNITS.items()},
    **{unit.value: unit for unit in Unit},
    **dict.fromkeys(("stk", "st", "pack", "packung", "paar"), Unit.PIECE),
    **dict.fromkeys(("m", "lfm", "laufmeter", "cm"), Unit.LENGTH),
    **dict.fromkeys(("kg", "kilo", "g", "gramm"), Unit.WEIGHT),
    **dict.fromkeys(("m²", "m2", "qm"), Unit.AREA),
}
_VAT_WORDS = {
    **{normal(word): vat_class for vat_class, word in VAT_CLASSES.items()},
    **{vat_class.value: vat_class for vat_class in VatClass},
    **dict.fromkeys(("19", "normal", "regelsatz", "voller satz"), VatClass.STANDARD),
    **dict.fromkeys(("7", "ermaessigter satz"), VatClass.REDUCED),
    **dict.fromkeys(("0", "steuerfrei", "ohne"), VatClass.ZERO),
}
_CONTENT_UNITS = {
    Unit.WEIGHT: "g|gramm|kg|kilo",
    Unit.LENGTH: "m|meter|cm",
    Unit.AREA: "m²|m2|qm|cm²|cm2|dm²|dm2",
    Unit.VOLUME: "ml|l|liter",
    Unit.PIECE: "stück|stk",
}
_DAYS = re.compile(r"(\d{1,3})(?:\s*(?:-|–|bis)\s*(\d{1,3}))?\s*(?:werk)?(?:tage?)?", re.IGNORECASE)
_SWATCH = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")


class Own:
    """The format that `export` writes and the handbook explains."""

    key = "dorfladen"

    def recognise(self, header: Sequence[str]) -> int:
        """Article number or name is what no file of ours lacks."""
        places = {_KNOWN[normal(name)] for name in header if normal(name) in _KNOWN}
        if not {"sku", "name"} & places:
            return 0
        return len(places) + sum(1 for name in header if _ATTRIBUTE.fullmatch(name))

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per "Artikel" (or name), one variant per row."""
        places = headers.find(table.header, _KNOWN) | _attribute_places(table.header)
        sheet = Sheet(table, places, ALIASES, money=_MONEY, numbers=_NUMBERS, decimal=wishes.decimal)
        sheet.refuse_wide_rows()
        together = _rows_together(sheet)
        return sheet.reading(self.key, together, lambda rows: _article(sheet, rows), _notes(table.header))


def _rows_together(sheet: Sheet) -> list[tuple[int, ...]]:
    """The places in the table of the rows of each article."""
    found: dict[str, tuple[int, ...]] = {}
    for place, row in enumerate(sheet.table.rows):
        key = _key_of(sheet, row)
        if not key and not sheet.cell(row, "sku"):
            sheet.refuse(row.number, "sku", "In dieser Zeile fehlen Artikelnummer und Produktname.")
            continue
        key = key or f"?{row.number}"
        found[key] = (*found.get(key, ()), place)
    return list(found.values())


def _article(sheet: Sheet, places: Sequence[int]) -> Article:
    first = sheet.table.rows[places[0]]
    article = Article(first.number, _key_of(sheet, first), is_guessed=not sheet.cell(first, "key"))
    for place in places:
        row = sheet.table.rows[place]
        _take_product_cells(sheet, row, article)
        if any(sheet.cell(row, variant_key) for variant_key in sheet.places.keys() & _VARIANT_KEYS):
            article.variants.append(_variant(sheet, row, article))
    return article


def _attribute_places(header: Sequence[str]) -> dict[str, int]:
    return {
        f"{ATTRIBUTE_PREFIX}{match[1].strip()[:80]}": place
        for place, name in enumerate(header)
        if (match := _ATTRIBUTE.fullmatch(name))
    }


def _notes(header: Sequence[str]) -> list[str]:
    unknown = [name for name in header if name and normal(name) not in _KNOWN and not _ATTRIBUTE.fullmatch(name)]
    return [f"Diese Spalten kennen wir nicht und lassen sie weg: {', '.join(unknown)}"] if unknown else []


def _key_of(sheet: Sheet, row: Row) -> str:
    wished = sheet.cell(row, "key")
    if re.fullmatch(r"[a-z0-9-]{1,90}", wished):
        return wished
    named = wished or sheet.cell(row, "name")
    return slugs.slugify(named) if named else ""


def _take_product_cells(sheet: Sheet, row: Row, article: Article) -> None:
    """Add what this row says of the product; it must not contradict the rows before."""
    for key, value in _product_facts(sheet, row).items():
        if key in article.facts and article.facts[key] != value:
            sheet.refuse(row.number, key, f"Das widerspricht Zeile {article.row}, die zum selben Artikel gehört.")
        article.facts[key] = value


def _product_facts(sheet: Sheet, row: Row) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "name", _name)
    sheet.put(facts, row, "categories", _category_paths, erased=())
    sheet.put(facts, row, "kind", lambda cell: _KIND_WORDS.get(normal(cell), cell))  # or one of the owner's own
    sheet.put(facts, row, "unit", lambda cell: _word(cell, _UNIT_WORDS, UNITS.values()))
    _take_quantities(sheet, row, facts, {"minimum": KEEP, "step": KEEP, "maximum": None, "shown_per": None})
    _take_quantities(sheet, row, facts, {"remnant_below": 0})
    sheet.put(facts, row, "vat_class", lambda cell: _word(cell, _VAT_WORDS, VAT_CLASSES.values()))
    sheet.put(facts, row, "summary", erased="")
    sheet.put(facts, row, "description", erased="")
    sheet.put(facts, row, "fibres", lambda cell: tuple(parse_composition(cell)), erased=())
    sheet.put(facts, row, "maker", lambda cell: _short(cell, 120), erased="")
    for key in ("maker_street", "maker_postal_code", "maker_city", "maker_contact", "maker_eu_responsible"):
        sheet.put(facts, row, key, erased="")
    sheet.put(facts, row, "maker_country", _country)
    sheet.put(facts, row, "delivery_days", _days)
    sheet.put(facts, row, "is_published", cells.yes_or_no)
    sheet.put(facts, row, "is_featured", cells.yes_or_no)
    sheet.put(facts, row, "pictures", lambda cell: tuple(cells.split_list(cell, "|")), erased=())
    sheet.put(facts, row, "warnings", erased="")
    sheet.put(facts, row, "needs_no_warnings", cells.yes_or_no)
    sheet.put(facts, row, "offers_sample", cells.yes_or_no)
    for key in sheet.places:
        if key.startswith(ATTRIBUTE_PREFIX):
            sheet.put(facts, row, key, erased="")
    return facts


def _variant(sheet: Sheet, row: Row, article: Article) -> VariantRow:
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    sheet.put(facts, row, "content", lambda cell: content(cell, sheet.sign("content")), erased=None)
    sheet.put(facts, row, "weight_g", lambda cell: _grams(cell, sheet.sign("weight_g")), erased=0)
    sheet.put(facts, row, "thickness_mm", parse_thickness, erased=None)
    sheet.put(facts, row, "per_layer", _per_layer, erased=1)
    sheet.put(facts, row, "gtin", cells.gtin, erased="")
    sheet.put(facts, row, "rrp_cents", sheet.cents("rrp_cents"), erased=None)
    sheet.put(facts, row, "rolls", several.read_rolls)
    sheet.put(facts, row, "steps", lambda cell: several.read_steps(cell, sheet.cents("price_cents")), erased=())
    _take_quantities(sheet, row, facts, dict.fromkeys(("reorder_at", "own_minimum", "own_step", "own_maximum")))
    _take_stock(sheet, row, facts)
    _take_options(sheet, row, article, facts)
    _take_sale(sheet, row, facts)
    pictures: Facts = {}
    sheet.put(pictures, row, "variant_pictures", lambda cell: tuple(cells.split_list(cell, "|")), erased=())
    if "variant_pictures" in pictures:
        facts["pictures"] = pictures["variant_pictures"]
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, _made_up(article, facts))


def _made_up(article: Article, facts: Facts) -> str:
    """A number from article and options, always the same."""
    values = "-".join(value for _, value, _ in facts.get("options", ()))
    return slugs.slugify(f"{article.key}-{values}") if values else article.key[:80]


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    if normal(sheet.cell(row, "stock")) == normal(NOT_COUNTED):
        facts["stock"] = None
    else:
        sheet.put(facts, row, "stock", lambda cell: plain(cell, sheet.sign("stock")), erased=None)


def _take_quantities(sheet: Sheet, row: Row, facts: Facts, erased: Mapping[str, object]) -> None:
    """Quantities stay as written until the unit is known."""
    for key, nothing in erased.items():
        sheet.put(facts, row, key, lambda cell, key=key: plain(cell, sheet.sign(key)), erased=nothing)  # type: ignore[misc]


def _take_options(sheet: Sheet, row: Row, article: Article, facts: Facts) -> None:
    options: list[tuple[str, str, str]] = []
    for n in OPTIONS:
        value = sheet.cell(row, f"option_{n}_value")
        if value == ERASE:
            facts["options"] = ()
        elif value:
            name = sheet.cell(row, f"option_{n}_name") or _option_name_before(article, len(options))
            swatch = sheet.read(row, f"option_{n}_swatch", _swatch) or ""
            if not name:
                sheet.refuse(row.number, f"option_{n}_name", f"Zur Option „{value}“ fehlt der Name, etwa „Farbe“.")
            options.append((name[:60], value[:120], swatch))
    if len({name for name, _, _ in options}) < len(options):
        sheet.refuse(row.number, "option_2_name", "Zwei Optionen haben denselben Namen.")
    if options:
        facts["options"] = tuple(options)


def _option_name_before(article: Article, place: int) -> str:
    options = article.variants[-1].facts.get("options", ()) if article.variants else ()
    return options[place][0] if place < len(options) else ""


def _take_sale(sheet: Sheet, row: Row, facts: Facts) -> None:
    if sheet.cell(row, "sale_price") == ERASE:
        facts["sale"] = None
        return
    price = sheet.read(row, "sale_price", sheet.cents("sale_price"))
    starts_at = sheet.read(row, "sale_from", cells.moment)
    ends_at = sheet.read(row, "sale_to", lambda cell: cells.moment(cell, is_end=True))
    if price is not None:
        facts["sale"] = Sale(price, starts_at, ends_at)


def _name(cell: str) -> str:
    return _short(cell, 200)


def _short(cell: str, most: int) -> str:
    if len(cell) > most:
        raise NotACell(f"Das sind {len(cell)} Zeichen, höchstens {most} sind möglich.")
    return cell


def _category_paths(cell: str) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(cells.split_list(path, ">")) for path in cells.split_list(cell, "|"))
    return tuple(dict.fromkeys(tuple(_short(name, 120) for name in path) for path in paths if path))


def _word(cell: str, words: Mapping[str, _T], examples: Iterable[str]) -> _T:
    meant = words.get(normal(cell))
    if meant is None:
        raise NotACell(f"„{cell}“ kennen wir hier nicht. Möglich sind: {', '.join(examples)}")
    return meant


def _country(cell: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", cell):
        raise NotACell(f"Das Land bitte als Kürzel aus zwei Buchstaben eintragen, etwa DE, nicht „{cell}“.")
    return cell.upper()


def _days(cell: str) -> tuple[int, int]:
    match = _DAYS.fullmatch(cell)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise NotACell(f"„{cell}“ ist keine Lieferzeit. Bitte so eintragen: 2–4 Werktage")
    return int(match[1]), int(match[2] or match[1])


def _swatch(cell: str) -> str:
    if not _SWATCH.fullmatch(cell):
        raise NotACell(f"„{cell}“ ist kein Farbwert. Bitte so eintragen: #0f6b6e")
    return cell


def _grams(cell: str, sign: Sign) -> int:
    return parse_quantity(plain(cell, sign), Unit.WEIGHT)


def _per_layer(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and 1 <= int(cell) <= MOST_PER_LAYER):
        raise NotACell(f"„{cell}“: Bitte eine ganze Zahl eintragen, wie viele im Umschlag nebeneinander liegen.")
    return int(cell)


def content(cell: str, sign: Sign) -> tuple[int, Unit]:
    """Read what a pack holds: "50 g", "1,5 kg", "500 m". The unit must stand there. Raises NotACell."""
    written = plain(cell, sign).casefold()
    unit = next((unit for unit, name in _CONTENT_UNITS.items() if re.search(rf"(?:{name})$", written)), None)
    if unit is None:
        raise NotACell(f"„{cell}“: Bitte den Inhalt mit Einheit eintragen, etwa 50 g oder 500 m.")
    return parse_quantity(written, unit), unit
