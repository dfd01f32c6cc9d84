"""Magento 2's (Adobe Commerce's) product export.

After the fixtures of magento/magento2 and exports in public repositories: one row per article number; a row with a
store view repeats texts in another language; a configurable product names the simple ones that are its variants.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.exchange import headers, mapping
from catalog.exchange.articles import Article, Facts, Reading
from catalog.exchange.dialects import magento_cells
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.magento_variants import attributes, is_online, pictures, variant
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

ALIASES: headers.Aliases = {
    "sku": ("sku",),
    "store_view": ("store_view_code",),
    "attribute_set": ("attribute_set_code",),
    "type": ("product_type",),
    "categories": ("categories",),
    "name": ("name",),
    "description": ("description",),
    "summary": ("short_description",),
    "weight_g": ("weight",),
    "is_published": ("product_online",),
    "tax_class": ("tax_class_name",),
    "visibility": ("visibility",),
    "price_cents": ("price",),
    "sale_price": ("special_price",),
    "sale_from": ("special_price_from_date", "special_from_date"),
    "sale_to": ("special_price_to_date", "special_to_date"),
    "rrp_cents": ("msrp_price",),
    "address": ("url_key",),
    "pictures": ("base_image",),
    "more_pictures": ("additional_images",),
    "attributes": ("additional_attributes",),
    "stock": ("qty",),
    "in_stock": ("is_in_stock",),
    "manages_stock": ("manage_stock",),
    "manages_as_usual": ("use_config_manage_stock",),
    "is_measured": ("is_qty_decimal",),
    "variations": ("configurable_variations",),
    "labels": ("configurable_variation_labels",),
}
_KNOWN = headers.by_normal_name(ALIASES)
_TYPICAL = {
    *("store_view", "attribute_set", "type", "is_published", "tax_class", "address", "attributes", "variations"),
    *("sale_price", "in_stock", "manages_as_usual", "more_pictures"),
}
_MONEY = ("price_cents", "sale_price", "rrp_cents")
_NOBODY_MISSES = re.compile(
    r"use config |meta |created at|updated at|.* labels?$|(?:small|thumbnail|swatch) image|product websites|website id|"
    r"custom (?:design|layout)|page layout|product options container|msrp |map |gift |display |new (?:from|to) date|"
    r"allow backorders|(?:min|max) cart qty|notify on|(?:enable )?qty increments|is decimal divided|deferred |"
    r"use config deferred |hide from|bundle |out of stock qty|.* position$"
)
_LEFT_OUT = {
    "grouped": "Ein Gruppenprodukt ist eine Zusammenstellung und kein eigener Artikel. Wir lassen es aus.",
    "bundle": "Ein Bündel wird erst beim Kauf zusammengestellt. Wir lassen es aus; legen Sie ein Paket als Artikel an.",
    "giftcard": "Ein Geschenkgutschein. Gutscheine verkaufen Sie bei uns anders; wir lassen ihn aus.",
}
_NOT_SENT = {"virtual", "downloadable"}
_HIDDEN = {"not visible individually", "nicht einzeln sichtbar"}
_VAT_CLASSES = {
    **dict.fromkeys(("taxable goods", "steuerpflichtige gueter", "voller steuersatz", "19"), VatClass.STANDARD),
    **dict.fromkeys(("reduced", "ermaessigter steuersatz", "ermaessigt", "7"), VatClass.REDUCED),
    **dict.fromkeys(("none", "keine", "steuerfrei"), VatClass.ZERO),
}


class Magento:
    """The format of Magento 2's export of products."""

    key = "magento"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a number or name, and two columns that no other system calls so."""
        places = {_KNOWN[normal(name)] for name in header if normal(name) in _KNOWN}
        return len(places) if {"sku", "name"} & places and len(_TYPICAL & places) > 1 else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product that is no variant of another; variants may stand anywhere in the file."""
        places = mapping.places(table.header, _KNOWN, wishes, _is_left_out)
        sheet = Sheet(table, places, ALIASES, money=_MONEY, decimal=wishes.decimal, only_asked=("weight_g",))
        sheet.refuse_wide_rows()
        sheet.columns["variant_pictures"] = sheet.columns["pictures"]
        file = _File(sheet)
        return sheet.reading(self.key, file.families, file.article, file.notes(), is_left_out=_is_left_out)


@dataclass
class _Family:
    """A product's row, and for a configurable one its variations: number, chosen values and row, if there is one."""

    place: int
    key: str
    variations: list[tuple[dict[str, str], int | None]] = field(default_factory=list)


class _File:
    """Which rows are products, and which are variants of them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.families: list[_Family] = []
        view = _main_view(sheet)
        rows = [(place, row) for place, row in enumerate(sheet.table.rows) if sheet.cell(row, "store_view") == view]
        self._translations = len(sheet.table.rows) - len(rows)
        self._places = {sheet.cell(row, "sku"): place for place, row in rows if sheet.cell(row, "sku")}
        self._claimed: dict[str, int] = {}  # the number of a variant → the row of its product
        self._variations = {place: self._claim(row) for place, row in rows if _kind(sheet, row) == "configurable"}
        wished = Addresses()
        for place, row in rows:
            self._take(place, row, wished)

    def article(self, family: _Family) -> Article:
        """Make an article of a family."""
        sheet, row = self.sheet, self.sheet.table.rows[family.place]
        labels = magento_cells.pairs(sheet.cell(row, "labels"))
        chosen = {code for values, _ in family.variations for code in values}
        article = Article(row.number, family.key, joins=False, facts=_product_facts(sheet, row, chosen))
        if _kind(sheet, row) != "configurable":
            article.variants.append(variant(sheet, row, row, sheet.cell(row, "sku"), ()))
            return article
        for values, place in self._offered(row, family, article):
            options = tuple(
                ((labels.get(code) or _readable(code))[:60], value[:120], "")
                for code, value in values.items()
                if code != "sku"
            )
            child = row if place is None else sheet.table.rows[place]
            article.variants.append(variant(sheet, child, row, values["sku"], options))
        return article

    def notes(self) -> list[str]:
        """What is not taken, and how some things are read."""
        sheet, notes = self.sheet, []
        if self._translations:
            notes.append(f"{self._translations} Zeilen mit Texten für einzelne Store Views lassen wir aus.")
        if any(sheet.cell(row, "pictures") or sheet.cell(row, "more_pictures") for row in sheet.table.rows):
            notes.append(
                "Bilder nennt Magento mit ihrem Pfad unter pub/media/catalog/product. Legen Sie diesen Ordner unter "
                "dem Namen „bilder“ neben die Tabelle."
            )
        if any(sheet.cell(row, "weight_g") for row in sheet.table.rows):
            notes.append("Gewichte stehen ohne Einheit in der Datei. Wir lesen sie als Kilogramm.")
        return notes

    def _claim(self, row: Row) -> list[tuple[dict[str, str], int | None]]:
        """The variations of a configurable product that no other one has already."""
        claimed = []
        for values in magento_cells.variations(self.sheet.cell(row, "variations")):
            first = self._claimed.setdefault(values["sku"], row.number)
            if first != row.number:
                reason = (
                    f"Die Variante „{values['sku']}“ gehört schon zum Artikel in Zeile {first}. Wir lassen sie dort."
                )
                self.sheet.ask(row.number, "variations", reason)
                continue
            claimed.append((values, self._places.get(values["sku"])))
        return claimed

    def _take(self, place: int, row: Row, wished: Addresses) -> None:
        sheet, kind = self.sheet, _kind(self.sheet, row)
        if sheet.cell(row, "sku") in self._claimed:
            return
        if kind in _LEFT_OUT:
            sheet.ask(row.number, "type", _LEFT_OUT[kind])
            return
        if not sheet.cell(row, "sku") and not sheet.cell(row, "name"):
            sheet.refuse(row.number, "sku", "In dieser Zeile fehlen Artikelnummer und Name.")
            return
        if kind in _NOT_SENT:
            reason = "Ein Artikel zum Herunterladen oder ohne Versand. Wir nehmen ihn als gewöhnlichen Artikel auf."
            sheet.ask(row.number, "type", reason)
        named = sheet.cell(row, "address") or text_of(sheet.cell(row, "name")) or sheet.cell(row, "sku")
        key = wished.give(named, sheet.cell(row, "sku"))
        self.families.append(_Family(place, key, self._variations.get(place, [])))

    def _offered(self, row: Row, family: _Family, article: Article) -> list[tuple[dict[str, str], int | None]]:
        """The variations that are switched on; all of them, and a draft, where none is."""
        sheet, rows = self.sheet, self.sheet.table.rows
        offered = [each for each in family.variations if each[1] is None or is_online(sheet, rows[each[1]])]
        if family.variations and not offered:
            reason = "Alle Varianten sind abgeschaltet. Wir nehmen den Artikel als Entwurf auf."
            sheet.ask(row.number, "is_published", reason)
            article.facts["is_published"] = False
            return family.variations
        for values, place in family.variations:
            if place is None:
                reason = f"Die Variante „{values['sku']}“ hat keine eigene Zeile. Wir nehmen, was beim Artikel steht."
                sheet.ask(row.number, "variations", reason)
            elif (values, place) not in offered:
                reason = "Diese Variante ist abgeschaltet. Wir lassen sie aus."
                sheet.ask(rows[place].number, "is_published", reason)
        return offered


def _is_left_out(name: str) -> bool:
    return _NOBODY_MISSES.match(name) is not None


def _main_view(sheet: Sheet) -> str:
    """The store view whose rows are the products: none ("all store views"), or in a filtered file the first."""
    views = [sheet.cell(row, "store_view") for row in sheet.table.rows]
    return "" if "" in views else views[0]


def _kind(sheet: Sheet, row: Row) -> str:
    return sheet.cell(row, "type").casefold()


def _readable(code: str) -> str:
    """An attribute's code as a name: "run_length" → "Run length"."""
    return code[:1].upper() + code[1:].replace("_", " ")


def _product_facts(sheet: Sheet, row: Row, chosen: set[str]) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "name", lambda cell: text_of(cell)[:200])
    sheet.put(facts, row, "summary", text_of)
    sheet.put(facts, row, "description", markdown_of)
    sheet.put(facts, row, "categories", magento_cells.categories)
    further = attributes(sheet, row)
    if further.maker:
        facts["maker"] = further.maker[:120]
    facts |= {
        f"{ATTRIBUTE_PREFIX}{_readable(code)[:80]}": value
        for code, value in further.others.items()
        if code not in chosen
    }
    if sheet.cell(row, "is_published"):
        facts["is_published"] = is_online(sheet, row) and not _is_hidden(sheet, row)
    if sheet.cell(row, "tax_class"):
        facts["vat_class"] = _vat_class(sheet, row)
    found = pictures(sheet, row)
    if found:
        facts["pictures"] = found
    return facts


def _is_hidden(sheet: Sheet, row: Row) -> bool:
    is_hidden = normal(sheet.cell(row, "visibility")) in _HIDDEN
    if is_hidden:
        reason = "In Magento nicht einzeln sichtbar. Wir nehmen den Artikel als Entwurf auf."
        sheet.ask(row.number, "visibility", reason)
    return is_hidden


def _vat_class(sheet: Sheet, row: Row) -> VatClass:
    written = sheet.cell(row, "tax_class")
    vat_class = _VAT_CLASSES.get(normal(written))
    if vat_class is None:
        reason = f"Die Steuerklasse „{written}“ kennen wir nicht. Wir nehmen den vollen Satz."
        sheet.ask(row.number, "tax_class", reason)
    elif vat_class is VatClass.ZERO:
        sheet.ask(
            row.number, "tax_class", "Ohne Steuer. Wir nehmen 0 % Mehrwertsteuer; bitte prüfen Sie, ob das stimmt."
        )
    return vat_class or VatClass.STANDARD
