"""Magento 2's (Adobe Commerce's) product export.

After the fixtures of magento/magento2 and exports in public repositories: one row per article number; a row with a
store view repeats texts in another language; a configurable product names the simple ones that are its variants.
"""

from collections.abc import Iterator, Sequence

from catalog.exchange import mapping
from catalog.exchange.articles import Article, Facts, Reading
from catalog.exchange.dialects import magento_cells
from catalog.exchange.dialects import magento_columns as columns
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.magento_variants import attributes, is_online, pictures, variant
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

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
    name = "Magento"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a number or name, and two columns that no other system calls so."""
        return columns.recognise(header)

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product that is no variant of another; variants may stand anywhere in the file."""
        places = mapping.places(table.header, columns.KNOWN, wishes, columns.is_left_out)
        sheet = Sheet(
            table, places, columns.ALIASES, money=columns.MONEY, decimal=wishes.decimal, only_asked=("weight_g",)
        )
        sheet.refuse_wide_rows()
        sheet.columns["variant_pictures"] = sheet.columns["pictures"]
        file = _File(sheet)
        return sheet.reading(self.key, file.families, file.article, file.notes(), is_left_out=columns.is_left_out)


_Variation = tuple[dict[str, str], int | None]
"""The number ("sku") and the chosen values of a variant, and the place of its row, if there is one."""


class _File:
    """Which rows are products, and which are variants of them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.families: list[tuple[int, str]] = []  # place and address
        self._view = _main_view(sheet)
        self._claimed: dict[str, int] = {}  # the number of a variant → the row of its product
        self._places: dict[str, int] = {}
        for place, row in self._rows():
            self._places[sheet.cell(row, "sku")] = place
            self._claim(row)
        wished = Addresses()
        for place, row in self._rows():
            self._take(place, row, wished)

    def article(self, family: tuple[int, str]) -> Article:
        """Make an article of a product's row."""
        place, key = family
        sheet, row = self.sheet, self.sheet.table.rows[place]
        labels = magento_cells.pairs(sheet.cell(row, "labels"))
        variations = self._variations(row)
        chosen = {code for values, _ in variations for code in values}
        article = Article(row.number, key, joins=False, facts=_product_facts(sheet, row, chosen))
        if _kind(sheet, row) != "configurable":
            article.variants.append(variant(sheet, row, row, sheet.cell(row, "sku"), ()))
            return article
        for values, at in self._offered(row, variations, article):
            options = tuple(
                ((labels.get(code) or _readable(code))[:60], value[:120], "")
                for code, value in values.items()
                if code != "sku"
            )
            child = row if at is None else sheet.table.rows[at]
            article.variants.append(variant(sheet, child, row, values["sku"], options))
        return article

    def notes(self) -> list[str]:
        """What is not taken, and how some things are read."""
        sheet, notes = self.sheet, []
        translations = len(sheet.table.rows) - sum(1 for _ in self._rows())
        if translations:
            notes.append(f"{translations} Zeilen mit Texten für einzelne Store Views lassen wir aus.")
        if any(sheet.cell(row, "pictures") or sheet.cell(row, "more_pictures") for row in sheet.table.rows):
            notes.append(
                "Bilder nennt Magento mit ihrem Pfad unter pub/media/catalog/product. Legen Sie diesen Ordner unter "
                "dem Namen „bilder“ neben die Tabelle."
            )
        if any(sheet.cell(row, "weight_g").strip("0.,") for row in sheet.table.rows):
            notes.append("Gewichte stehen ohne Einheit in der Datei. Wir lesen sie als Kilogramm.")
        return notes

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """The rows that are products, with their places; the others repeat texts in another language."""
        for place, row in enumerate(self.sheet.table.rows):
            if self.sheet.cell(row, "store_view") == self._view:
                yield place, row

    def _claim(self, row: Row) -> None:
        """Keep the variants of a configurable product for it, unless another one has them already."""
        for values in _named_variations(self.sheet, row):
            first = self._claimed.setdefault(values["sku"], row.number)
            if first != row.number:
                reason = (
                    f"Die Variante „{values['sku']}“ gehört schon zum Artikel in Zeile {first}. Wir lassen sie dort."
                )
                self.sheet.ask(row.number, "variations", reason)

    def _variations(self, row: Row) -> list[_Variation]:
        """The variants that a configurable product has kept."""
        return [
            (values, self._places.get(values["sku"]))
            for values in _named_variations(self.sheet, row)
            if self._claimed[values["sku"]] == row.number
        ]

    def _take(self, place: int, row: Row, wished: Addresses) -> None:
        sheet, kind = self.sheet, _kind(self.sheet, row)
        if self._claimed.get(sheet.cell(row, "sku"), row.number) != row.number:
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
        self.families.append((place, wished.give(named, sheet.cell(row, "sku"))))

    def _offered(self, row: Row, variations: list[_Variation], article: Article) -> list[_Variation]:
        """The variations that are switched on; all of them, and a draft, where none is."""
        sheet, rows = self.sheet, self.sheet.table.rows
        offered = [each for each in variations if each[1] is None or is_online(sheet, rows[each[1]])]
        if variations and not offered:
            reason = "Alle Varianten sind abgeschaltet. Wir nehmen den Artikel als Entwurf auf."
            sheet.ask(row.number, "is_published", reason)
            article.facts["is_published"] = False
            return variations
        for values, place in variations:
            if place is None:
                reason = f"Die Variante „{values['sku']}“ hat keine eigene Zeile. Wir nehmen, was beim Artikel steht."
                sheet.ask(row.number, "variations", reason)
            elif (values, place) not in offered:
                reason = "Diese Variante ist abgeschaltet. Wir lassen sie aus."
                sheet.ask(rows[place].number, "is_published", reason)
        return offered


def _main_view(sheet: Sheet) -> str:
    """The store view whose rows are the products: none ("all store views"), or in a filtered file the first."""
    views = [sheet.cell(row, "store_view") for row in sheet.table.rows]
    return "" if "" in views else views[0]


def _kind(sheet: Sheet, row: Row) -> str:
    return sheet.cell(row, "type").casefold()


def _named_variations(sheet: Sheet, row: Row) -> list[dict[str, str]]:
    """What a configurable product names as its variants; never itself."""
    if _kind(sheet, row) != "configurable":
        return []
    named = magento_cells.variations(sheet.cell(row, "variations"))
    return [values for values in named if values["sku"] != sheet.cell(row, "sku")]


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
