"""WooCommerce's product export, with English or German column names.

After includes/export/class-wc-product-csv-exporter.php: prices are written in the shop's language,
stock and weight always with a point; a newline is the two characters backslash and n; a variation may
stand before its parent, which it names by article number or as "id:123".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from catalog import slugs
from catalog.exchange import cells, headers, mapping
from catalog.exchange.articles import Article, Facts, Reading, Sale, VariantRow
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, plain, read_decimal
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

ALIASES: headers.Aliases = {
    "id": ("ID",),
    "type": ("Type", "Typ"),
    "sku": ("SKU", "Artikelnummer", "Art.-Nr.", "Art-Nr."),
    "gtin": ("GTIN, UPC, EAN, or ISBN", "GTIN, UPC, EAN oder ISBN", "GTIN"),
    "name": ("Name",),
    "is_published": ("Published", "Veröffentlicht"),
    "is_featured": ("Is featured?", "Ist hervorgehoben?", "Hervorgehoben?"),
    "visibility": ("Visibility in catalog", "Sichtbarkeit im Katalog", "Katalogsichtbarkeit"),
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
    "in_stock": ("In stock?", "Vorrätig?", "Auf Lager?"),
    "stock": ("Stock", "Lager", "Bestand", "Lagerbestand"),
    "low_stock": ("Low stock amount", "Geringe Lagermenge", "Geringer Lagerbestand"),
    "backorders": (
        "Backorders allowed?",
        "Lieferrückstände erlaubt?",
        "Rückstände erlaubt?",
        "Lieferrückstande erlaubt?",
    ),
    "sold_individually": ("Sold individually?", "Nur einzeln verkaufen?"),
    "weight_kg": ("Weight (kg)", "Gewicht (kg)"),
    "weight_g": ("Weight (g)", "Gewicht (g)"),
    "weight_lbs": ("Weight (lbs)", "Gewicht (lbs)"),
    "weight_oz": ("Weight (oz)", "Gewicht (oz)"),
    "reviews": ("Allow customer reviews?", "Kundenrezensionen erlauben?", "Kundenbewertungen erlauben?"),
    "purchase_note": ("Purchase note", "Hinweis zum Kauf"),
    "sale_price": ("Sale price", "Angebotspreis"),
    "price_cents": ("Regular price", "Regulärer Preis"),
    "categories": ("Categories", "Kategorien"),
    "tags": ("Tags", "Schlagwörter"),
    "shipping_class": ("Shipping class", "Versandklasse"),
    "pictures": ("Images", "Bilder"),
    "parent": ("Parent", "Übergeordnetes Produkt"),
    "grouped": ("Grouped products", "Gruppierte Produkte"),
    "upsells": ("Upsells", "Zusatzverkäufe"),
    "cross_sells": ("Cross-sells", "Cross-Sells", "Querverkäufe", "Cross-Sells (Querverkäufe)"),
    "url": ("External URL", "Externe URL"),
    "button": ("Button text", "Button-Text"),
    "position": ("Position",),
    "brands": ("Brands", "Marken", "Manufacturer", "Hersteller"),
}
_KNOWN = headers.by_normal_name(ALIASES)
_ATTRIBUTE = re.compile(r"(?:attribute|attribut) (\d+) (name|values?|value s|werte?|wert e)")
_NOT_KEPT = re.compile(r"(meta|attribute?|download|laenge|length|width|breite|height|hoehe|ablauftage)\b")
_MONEY = ("price_cents", "sale_price")
_GRAMS_PER = {
    "weight_kg": Decimal(1000),
    "weight_g": Decimal(1),
    "weight_lbs": Decimal("453.59237"),
    "weight_oz": Decimal("28.349523"),
}
_VAT_CLASSES = {
    "": VatClass.STANDARD,
    "standard": VatClass.STANDARD,
    "reduced rate": VatClass.REDUCED,
    "ermaessigter steuersatz": VatClass.REDUCED,
    "ermaessigt": VatClass.REDUCED,
    "zero rate": VatClass.ZERO,
    "steuerfrei": VatClass.ZERO,
    "nullsatz": VatClass.ZERO,
}
_COLLECTIONS = {
    "grouped": "Gruppierte Produkte sind eine Zusammenstellung und kein eigener Artikel. Wir lassen sie aus.",
    "external": "Externe Produkte werden anderswo verkauft. Wir lassen sie aus.",
}


class WooCommerce:
    """The format of WooCommerce's own exporter."""

    key = "woocommerce"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a name or number, and what only WooCommerce writes: the type or its word for the price."""
        names = {normal(name) for name in header}
        places = {_KNOWN[name] for name in names if name in _KNOWN}
        if not {"sku", "name"} & places or not ({"type"} & places or "price_cents" in places):
            return 0
        return len(places) + sum(1 for name in names if _ATTRIBUTE.fullmatch(name))

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product; its variations may stand anywhere in the file."""
        places = mapping.places(table.header, _KNOWN, wishes, _is_left_out) | _attribute_places(table.header)
        sheet = Sheet(table, places, ALIASES, money=_MONEY, decimal=wishes.decimal)
        sheet.refuse_wide_rows()
        file = _File(sheet)
        return sheet.reading(self.key, file.families, file.article, _notes(sheet), is_left_out=_is_left_out)


@dataclass
class _Family:
    """A product that is no variation, and its variations: their places among the rows."""

    place: int
    key: str
    is_parent: bool
    variations: list[int] = field(default_factory=list)


class _File:
    """Which rows of a file belong together."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.families: list[_Family] = []
        self._parents: dict[str, _Family] = {}  # by article number and by "id:123"
        self._keys: set[str] = set()
        self._chosen = _chosen_attributes(sheet)
        for place, row in enumerate(sheet.table.rows):
            self._take_product(place, row)
        for place, row in enumerate(sheet.table.rows):
            self._take_variation(place, row)
        self._ask_about_stock()

    def article(self, family: _Family) -> Article:
        """Make an article of a family."""
        row = self.sheet.table.rows[family.place]
        article = Article(row.number, family.key, joins=False, facts=_product_facts(self.sheet, row))
        if family.is_parent:
            article.facts |= _attributes(self.sheet, row, but=self._varying(row))
            article.variants += [
                self._variation(self.sheet.table.rows[place], row, article) for place in family.variations
            ]
            return article
        article.facts |= _attributes(self.sheet, row, but=())
        article.variants.append(self._variant(row, article, (), _variant_facts(self.sheet, row)))
        return article

    def _take_product(self, place: int, row: Row) -> None:
        """Take a row that is not a variation."""
        sheet, kinds = self.sheet, _types(self.sheet, row)
        if "variation" in kinds:
            return
        for kind, reason in _COLLECTIONS.items():
            if kind in kinds:
                sheet.ask(row.number, "type", reason)
                return
        if {"downloadable", "virtual"} & set(kinds):
            reason = "Ein Artikel zum Herunterladen oder ohne Versand. Wir nehmen ihn als gewöhnlichen Artikel auf."
            sheet.ask(row.number, "type", reason)
        if not sheet.cell(row, "name") and not sheet.cell(row, "sku"):
            sheet.refuse(row.number, "name", "In dieser Zeile fehlen Name und Artikelnummer.")
            return
        family = _Family(place, self._free_key(row), is_parent="variable" in kinds)
        self.families.append(family)
        sku, identity = sheet.cell(row, "sku"), sheet.cell(row, "id")
        if sku:
            self._parents[sku] = family
        if identity:
            self._parents[f"id:{identity}"] = family

    def _take_variation(self, place: int, row: Row) -> None:
        """Take a variation and put it to its parent."""
        sheet = self.sheet
        if "variation" not in _types(sheet, row):
            return
        wanted = sheet.cell(row, "parent")
        family = self._parents.get(wanted)
        if family is None:
            sheet.refuse(row.number, "parent", f"Das übergeordnete Produkt „{wanted}“ steht nicht in der Datei.")
        elif "is_published" in sheet.places and not _is_published(sheet, row):
            sheet.ask(row.number, "is_published", "Diese Variante ist abgeschaltet. Wir lassen sie aus.")
        else:
            family.variations.append(place)
            family.is_parent = True

    def _variation(self, row: Row, parent_row: Row, article: Article) -> VariantRow:
        sheet = self.sheet
        facts = _variant_facts(sheet, row)
        options = _options(sheet, row)
        if options:
            facts["options"] = options
        self._ask_about_any(row, parent_row)
        if "stock" not in facts:
            stock = _stock(sheet, parent_row)
            if stock is not None:
                facts["stock"] = stock
                sheet.ask(row.number, "stock", "Den Bestand führt das übergeordnete Produkt. Bitte zählen Sie nach.")
        return self._variant(row, article, options, facts)

    def _ask_about_stock(self) -> None:
        """An empty stock is unknown: neither nothing nor one."""
        for row in self.sheet.table.rows:
            if not self.sheet.cell(row, "stock") and self.sheet.cell(row, "in_stock") != "0":
                reason = "Der Bestand ist nicht angegeben. Er wird bei neuen Artikeln nicht gezählt."
                self.sheet.ask(row.number, "stock", reason)

    def _free_key(self, row: Row) -> str:
        """The address from the name; a second article of this name takes its number along."""
        name = self.sheet.cell(row, "name") or self.sheet.cell(row, "sku")
        key = slugs.slugify(name)
        if key in self._keys:
            key = slugs.free(f"{name} {self.sheet.cell(row, 'sku')}", self._keys)
        self._keys.add(key)
        return key

    def _varying(self, parent_row: Row) -> set[str]:
        """The attributes that the parent's variations choose from."""
        names = (self.sheet.cell(parent_row, "sku"), f"id:{self.sheet.cell(parent_row, 'id')}")
        return {name for each in names if each for name in self._chosen.get(each, ())}

    def _ask_about_any(self, row: Row, parent_row: Row) -> None:
        offered = dict(_attribute_cells(self.sheet, parent_row))
        for n in _attribute_numbers(self.sheet):
            name = self.sheet.cell(row, f"attribute_{n}_name")
            if name and not self.sheet.cell(row, f"attribute_{n}_value") and offered.get(name[:60]):
                reason = f"„{name}“ ist beliebig ({offered[name[:60]]}). Wir nehmen eine Variante ohne diese Wahl auf."
                self.sheet.ask(row.number, f"attribute_{n}_value", reason)

    def _variant(self, row: Row, article: Article, options: Sequence[tuple[str, str, str]], facts: Facts) -> VariantRow:
        sku = self.sheet.read(row, "sku", cells.article_number) or ""
        first = self.sheet.cell(row, "parent").removeprefix("id:") or self.sheet.cell(row, "id") or article.key
        made_up = "-".join([first, *(slugs.slugify(value) for _, value, _ in options)])[:80]
        return VariantRow(row.number, sku, facts, made_up)


def _chosen_attributes(sheet: Sheet) -> dict[str, set[str]]:
    """The names of the attributes that variations choose, by what they call their parent."""
    chosen: dict[str, set[str]] = {}
    for row in sheet.table.rows:
        if "variation" in _types(sheet, row):
            names = {name for name, _ in _attribute_cells(sheet, row)}
            chosen.setdefault(sheet.cell(row, "parent"), set()).update(names)
    return chosen


def _types(sheet: Sheet, row: Row) -> list[str]:
    return [kind.casefold() for kind in cells.split_list(sheet.cell(row, "type"), ",")]


def _product_facts(sheet: Sheet, row: Row) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "name", lambda cell: text_of(cell)[:200])
    facts.setdefault("name", sheet.cell(row, "sku"))
    sheet.put(facts, row, "summary", lambda cell: text_of(_unescaped(cell)))
    sheet.put(facts, row, "description", lambda cell: markdown_of(_unescaped(cell)))
    sheet.put(facts, row, "categories", _category_paths)
    sheet.put(facts, row, "is_featured", cells.yes_or_no)
    if sheet.cell(row, "is_published"):
        facts["is_published"] = _is_published(sheet, row)
    brands = cells.split_list(sheet.cell(row, "brands"), ",")
    if brands:
        facts["maker"] = brands[0][:120]
    if "tax_class" in sheet.places or "tax_status" in sheet.places:
        facts["vat_class"] = _vat_class(sheet, row)
    return facts


def _is_published(sheet: Sheet, row: Row) -> bool:
    is_published = sheet.cell(row, "is_published").casefold() in ("1", "true", "yes", "ja", "wahr")
    if is_published and sheet.cell(row, "visibility").casefold() == "hidden":
        sheet.ask(row.number, "visibility", "Im Katalog unsichtbar. Wir nehmen den Artikel als Entwurf auf.")
        return False
    return is_published


def _vat_class(sheet: Sheet, row: Row) -> VatClass:
    if sheet.cell(row, "tax_status").casefold() in ("none", "keine"):
        return VatClass.ZERO
    written = sheet.cell(row, "tax_class")
    vat_class = _VAT_CLASSES.get(normal(written))
    if vat_class is None:
        sheet.ask(
            row.number, "tax_class", f"Die Steuerklasse „{written}“ kennen wir nicht. Wir nehmen den vollen Satz."
        )
    return vat_class or VatClass.STANDARD


def _variant_facts(sheet: Sheet, row: Row) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    sheet.put(facts, row, "gtin", cells.gtin)
    if "sale_price" in sheet.places:
        facts["sale"] = _sale(sheet, row)
    stock = _stock(sheet, row)
    if stock is not None:
        facts["stock"] = stock
    for key, grams in _GRAMS_PER.items():
        weight = sheet.read(row, key, lambda cell: read_decimal(cell, _raw_sign(cell)))
        if weight is not None:
            facts["weight_g"] = int((weight * grams).quantize(Decimal(1), ROUND_HALF_UP))
    return facts


def _raw_sign(cell: str) -> Sign:
    """Weight and stock are written raw, with a point; only other people's hands bring a comma."""
    return Sign.COMMA if "," in cell and "." not in cell else Sign.POINT


def _stock(sheet: Sheet, row: Row) -> str | None:
    if sheet.cell(row, "stock").casefold() == "parent":
        return None
    if not sheet.cell(row, "stock") and sheet.cell(row, "in_stock") == "0":
        return "0"
    return sheet.read(row, "stock", lambda cell: _whole(plain(cell, _raw_sign(cell))))


def _whole(number: str) -> str:
    """Without decimals that say nothing: WooCommerce writes "5.0" for five."""
    return re.sub(r",0+$", "", number)


def _sale(sheet: Sheet, row: Row) -> Sale | None:
    price = sheet.read(row, "sale_price", sheet.cents("sale_price"))
    starts_at = sheet.read(row, "sale_from", cells.moment)
    ends_at = sheet.read(row, "sale_to", lambda cell: cells.moment(cell, is_end=True))
    return None if price is None else Sale(price, starts_at, ends_at)


def _category_paths(cell: str) -> tuple[tuple[str, ...], ...]:
    paths = [tuple(cells.split_list(path, ">")) for path in cells.split_list(cell, ",")]
    for name in (name for path in paths for name in path):
        if len(name) > 120:
            raise NotACell("Ein Name einer Kategorie hat höchstens 120 Zeichen.")
    return tuple(dict.fromkeys(path for path in paths if path))


def _attribute_places(header: Sequence[str]) -> dict[str, int]:
    places = {}
    for place, name in enumerate(header):
        match = _ATTRIBUTE.fullmatch(normal(name))
        if match:
            places[f"attribute_{match[1]}_{'name' if match[2] == 'name' else 'value'}"] = place
    return places


def _attribute_numbers(sheet: Sheet) -> list[int]:
    return sorted({int(key.split("_")[1]) for key in sheet.places if key.startswith("attribute_")})


def _attribute_cells(sheet: Sheet, row: Row) -> list[tuple[str, str]]:
    """(name, value or list of values) of the row's attributes; the value is empty for "any"."""
    found = [
        (sheet.cell(row, f"attribute_{n}_name"), sheet.cell(row, f"attribute_{n}_value"))
        for n in _attribute_numbers(sheet)
    ]
    return [(name[:60], value) for name, value in found if name]


def _options(sheet: Sheet, row: Row) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, value.replace("\\,", ",")[:120], "") for name, value in _attribute_cells(sheet, row) if value)


def _attributes(sheet: Sheet, row: Row, but: Sequence[str] | set[str]) -> Facts:
    return {
        f"{ATTRIBUTE_PREFIX}{name}": ", ".join(cells.split_list(value, ","))
        for name, value in _attribute_cells(sheet, row)
        if value and name not in but
    }


def _unescaped(cell: str) -> str:
    return cell.replace("\\n", "\n")


def _is_left_out(name: str) -> bool:
    return _NOT_KEPT.match(name) is not None


def _notes(sheet: Sheet) -> list[str]:
    notes = []
    if any(sheet.cell(row, "pictures") for row in sheet.table.rows):
        notes.append(
            "Bilder stehen als Internetadressen in der Datei. Sie werden nicht geladen; bitte reichen Sie sie als "
            "Ordner nach: images ORDNER"
        )
    unused = {"tags", "upsells", "cross_sells", "shipping_class", "purchase_note"}
    lost = [
        sheet.columns[key]
        for key in sheet.columns
        if key in unused and any(sheet.cell(row, key) for row in sheet.table.rows)
    ]
    if lost:
        notes.append(f"Diese Spalten werden nicht übernommen: {', '.join(lost)}")
    return notes
