"""WooCommerce's product export, with English or German column names.

After includes/export/class-wc-product-csv-exporter.php: prices are written in the shop's language, stock and weight
always with a point; a newline is the two characters backslash and n; a variation may stand before its parent, which
it names by article number or as "id:123".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.exchange import mapping
from catalog.exchange.articles import Article, Facts, Reading, VariantRow
from catalog.exchange.dialects import stocks
from catalog.exchange.dialects import woocommerce_columns as columns
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.woocommerce_products import Attributes, is_published, product_facts
from catalog.exchange.dialects.woocommerce_variants import stock_of, variant, variant_facts
from catalog.exchange.hypertext import text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

_KINDS = {"simple", "variable", "variation", "downloadable", "virtual"}
_COLLECTIONS = {
    "grouped": "Gruppierte Produkte sind eine Zusammenstellung und kein eigener Artikel. Wir lassen sie aus.",
    "external": "Externe Produkte werden anderswo verkauft. Wir lassen sie aus.",
}


class WooCommerce:
    """The format of WooCommerce's own exporter."""

    key = "woocommerce"
    name = "WooCommerce"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a name or number, and what only WooCommerce writes: the type or its word for the price."""
        return columns.recognise(header)

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product; its variations may stand anywhere in the file."""
        places = mapping.places(table.header, columns.KNOWN, wishes, columns.is_left_out)
        places |= columns.attribute_places(table.header)
        sheet = Sheet(
            table,
            places,
            columns.ALIASES,
            money=columns.MONEY,
            decimal=wishes.decimal,
            only_asked=columns.ONLY_ASKED,
        )
        sheet.refuse_wide_rows()
        sheet.columns["variant_pictures"] = sheet.columns["pictures"]
        file = _File(sheet)
        return sheet.reading(self.key, file.families, file.article, [], is_left_out=columns.is_left_out)


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
        self._wished = Addresses()
        self._attributes = Attributes(sheet)
        self._chosen = _chosen_attributes(sheet, self._attributes)
        for place, row in enumerate(sheet.table.rows):
            self._take_product(place, row)
        for place, row in enumerate(sheet.table.rows):
            self._take_variation(place, row)

    def article(self, family: _Family) -> Article:
        """Make an article of a family."""
        row = self.sheet.table.rows[family.place]
        article = Article(row.number, family.key, joins=False, facts=product_facts(self.sheet, row))
        if not family.is_parent:
            article.facts |= self._attributes.facts(row)
            article.variants.append(self._single(row, article))
            return article
        article.facts |= self._attributes.facts(row, but=self._varying(row))
        numbers: set[str] = set()
        for place in family.variations:
            article.variants.append(self._variation(self.sheet.table.rows[place], row, article, numbers))
        if any("stock" not in each.facts for each in article.variants):
            stocks.ask_about_unknown(self.sheet, row)
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
        if not sheet.cell(row, "name") and not sheet.cell(row, "sku"):
            sheet.refuse(row.number, "name", "In dieser Zeile fehlen Name und Artikelnummer.")
            return
        _ask_about_kinds(sheet, row, kinds)
        named = text_of(sheet.cell(row, "name")) or sheet.cell(row, "sku")
        family = _Family(place, self._wished.give(named, sheet.cell(row, "sku")), is_parent="variable" in kinds)
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
        elif sheet.cell(row, "is_published") and not is_published(sheet, row):
            sheet.ask(row.number, "is_published", "Diese Variante ist abgeschaltet. Wir lassen sie aus.")
        else:
            family.variations.append(place)
            family.is_parent = True

    def _single(self, row: Row, article: Article) -> VariantRow:
        facts = variant_facts(self.sheet, row, row)
        if "stock" not in facts and not self.sheet.cell(row, "stock"):
            stocks.ask_about_unknown(self.sheet, row)
        return variant(self.sheet, row, article.key, (), facts, set())

    def _variation(self, row: Row, parent_row: Row, article: Article, numbers: set[str]) -> VariantRow:
        facts = variant_facts(self.sheet, row, parent_row)
        chosen = self._attributes.options(row)
        if chosen:
            facts["options"] = chosen
        self._ask_about_any(row, parent_row)
        if "stock" not in facts:
            self._take_stock_of_parent(row, parent_row, facts)
        return variant(self.sheet, row, article.key, chosen, facts, numbers)

    def _take_stock_of_parent(self, row: Row, parent_row: Row, facts: Facts) -> None:
        """An empty stock is unknown, neither nothing nor one; a stock that variations share is theirs together."""
        stock = stock_of(self.sheet, parent_row)
        if stock is None:
            stocks.ask_about_unknown(self.sheet, row)
            return
        facts["stock"] = stock
        self.sheet.ask(row.number, "stock", "Den Bestand führt das übergeordnete Produkt. Bitte zählen Sie nach.")

    def _varying(self, parent_row: Row) -> set[str]:
        """The attributes that the parent's variations choose from."""
        names = (self.sheet.cell(parent_row, "sku"), f"id:{self.sheet.cell(parent_row, 'id')}")
        return {name for each in names if each for name in self._chosen.get(each, ())}

    def _ask_about_any(self, row: Row, parent_row: Row) -> None:
        """A variation that leaves a choice open stands for all of its values."""
        offered = {name: value for _, name, value in self._attributes.cells(parent_row)}
        for n, name, value in self._attributes.cells(row):
            if not value and offered.get(name):
                reason = f"„{name}“ ist beliebig ({offered[name]}). Wir nehmen eine Variante ohne diese Wahl auf."
                self.sheet.ask(row.number, f"attribute_{n}_value", reason)


def _ask_about_kinds(sheet: Sheet, row: Row, kinds: Sequence[str]) -> None:
    if {"downloadable", "virtual"} & set(kinds):
        reason = "Ein Artikel zum Herunterladen oder ohne Versand. Wir nehmen ihn als gewöhnlichen Artikel auf."
        sheet.ask(row.number, "type", reason)
    for kind in kinds:
        if kind not in _KINDS:
            reason = (
                f"Die Art „{kind}“ kommt aus einer Erweiterung. Wir nehmen das Produkt als gewöhnlichen Artikel auf."
            )
            sheet.ask(row.number, "type", reason)


def _chosen_attributes(sheet: Sheet, attributes: Attributes) -> dict[str, set[str]]:
    """The names of the attributes that variations choose, by what they call their parent."""
    chosen: dict[str, set[str]] = {}
    for row in sheet.table.rows:
        if "variation" in _types(sheet, row):
            names = {name for _, name, _ in attributes.cells(row)}
            chosen.setdefault(sheet.cell(row, "parent"), set()).update(names)
    return chosen


def _types(sheet: Sheet, row: Row) -> list[str]:
    return [kind.strip() for kind in sheet.cell(row, "type").casefold().split(",") if kind.strip()]
