"""PrestaShop's and thirty bees' files of products and of combinations, as their import describes them.

Names after docs/csv_import/products_import.csv and combinations_import.csv of both projects and the field list of
PrestaShop 8. Lists are parted by what the column's own name shows: "Categories (x;y;z...)".
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from catalog.exchange import cells
from catalog.exchange.articles import Facts, Reading, Sale
from catalog.exchange.decimals import read_cents
from catalog.exchange.dialects import listing, raw, words
from catalog.exchange.dialects.list_columns import Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.dialects.variations import Option
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

_LISTS = ("(x,y,z...)", "(x;y;z...)", "(x,y,z…)", "")


def _lists(*names: str) -> tuple[str, ...]:
    return tuple(f"{name} {each}".strip() for name in names for each in _LISTS)


_COMMON = {
    "sku": ("Reference #", "Reference", "Référence", "Artikel-Nr.", "Artikelnummer", "Bestell-Nr.", "Referenz"),
    "gtin": ("EAN13", "EAN-13"),
    "upc": ("UPC",),
    "purchase_cents": (
        "Wholesale price",
        "Cost price",
        "Prix d'achat",
        "Prix de gros",
        "Großhandelspreis",
        "Einkaufspreis",
    ),
    "stock": ("Quantity", "Quantité", "Menge", "Anzahl"),
    "minimum": ("Minimal quantity", "Minimum quantity", "Quantité minimale", "Mindestmenge", "Mindestbestellmenge"),
    "reorder_at": ("Low stock level", "Niveau de stock bas", "Niedriger Lagerbestand"),
}
_PRODUCT_NAMES = Names(
    {
        **_COMMON,
        "id": ("Product ID", "ID", "Artikel-ID", "Produkt-ID", "ID du produit"),
        "name": ("Name *", "Name", "Nom *", "Nom", "Produktname"),
        "is_published": ("Active (0/1)", "Active", "Actif (0/1)", "Actif", "Aktiv (0/1)", "Aktiv", "Aktiviert (0/1)"),
        "maker": ("Manufacturer", "Brand", "Fabricant", "Marque", "Hersteller", "Marke"),
        "summary": (
            "Short description",
            "Summary",
            "Description courte",
            "Résumé",
            "Récapitulatif",
            "Kurzbeschreibung",
        ),
        "description": ("Description", "Beschreibung"),
        "weight_kg": ("Weight", "Poids", "Gewicht"),
        "listed_categories": _lists("Categories", "Catégories", "Kategorien"),
        "listed_pictures": _lists("Image URLs", "URL des images", "URL d'images", "Bild-URLs", "Bilder-URLs"),
        "features": ("Feature(Name:Value:Position)", "Feature (Name:Value:Position:Customized)"),
        "discount_cents": ("Discount amount", "Montant de la remise", "Rabattbetrag", "Rabattwert"),
        "discount_percent": (
            "Discount percent",
            "Pourcentage de la remise",
            "Pourcentage de réduction",
            "Rabatt in Prozent",
        ),
        "sale_from": (
            "Discount from (yyyy-mm-dd)",
            "Discount from",
            "Remise du (aaaa-mm-jj)",
            "Rabatt von (jjjj-mm-tt)",
        ),
        "sale_to": ("Discount to (yyyy-mm-dd)", "Discount to", "Remise au (aaaa-mm-jj)", "Rabatt bis (jjjj-mm-tt)"),
        "visibility": ("Visibility", "Visibilité", "Sichtbarkeit"),
        "is_virtual": ("Virtual product", "Virtual product (0 = No, 1 = Yes)"),
    }
)
_COMBINATION_NAMES = Names(
    {
        **_COMMON,
        "parent": ("Product ID*", "Product ID", "Product Reference"),
        "attributes": ("Attribute (Name:Type:Position)*", "Attribute (Name:Type:Position)"),
        "values": ("Value (Value:Position)*", "Value (Value:Position)"),
        "listed_pictures": ("Image URL", *(f"Image URLs {each}".strip() for each in _LISTS)),
    }
)
_MARKS = frozenset(
    map(
        normal,
        (
            *(f"Categories {each}" for each in _LISTS[:3]), *(f"Image URLs {each}" for each in _LISTS[:3]),
            *(f"Tags {each}" for each in _LISTS[:3]), "Active (0/1)", "On sale (0/1)", "Tax rules ID", "Tax rule ID",
            "Reference #", "Supplier reference #", "Ecotax", "Discount percent", "URL rewritten", "Rewritten URL",
            *_lists("Catégories", "Kategorien"), *_lists("URL des images", "Bild-URLs"),
            "Actif (0/1)", "Aktiv (0/1)", "ID règle de taxes", "Steuerregel-ID", "Steuerregel ID", "En soldes (0/1)",
            "En solde (0/1)", "Im Angebot (0/1)", "Référence fournisseur", "Écotaxe", "Quantité minimale",
            "Lieferanten Art-Nr.", "Pourcentage de la remise", "Rabatt in Prozent",
            "Feature(Name:Value:Position)", "Minimal quantity", "ID / Name of shop", "Text when in stock",
        ),
    )
)  # fmt: skip
_NEEDED = 3
_POSITIONED = re.compile(r"(.+?):\d+\s*(?:,|$)")  # "Blue, dark:0, 16GB:1" are two values
_USELESS = re.compile(
    r"meta .*|tags\b.*|url rewritten|rewritten url|text .*|label .*|ecotax|width|height|depth|tax rules? id|supplier.*"
    r"|on sale\b.*|product (available|creation) date|condition|.*0 no 1 yes|id name of shop|advanced stock.*"
    r"|depends on .*|warehouse|out of stock.*|delete existing.*|unity|unit price|additional shipping.*|send .*"
    r"|image (position|alt).*|wholesale price|default\b.*|combination avail.*|uploadable.*|customizable.*"
    r"|show price.*|available .*|delivery time.*"
    r"|id regle de taxes|steuerregel.*|fournisseur|reference fournisseur|lieferant.*|en soldes?\b.*|im angebot\b.*"
    r"|(largeur|hauteur|profondeur|breite|hoehe|tiefe)|(mots cles|schlagwoerter).*|balise .*|oekosteuer|url simplifiee"
)


class PrestaShop:
    """Files of products and of combinations."""

    key = "prestashop"
    name = "PrestaShop"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs names that only PrestaShop writes; a file of combinations has attributes with their values."""
        spelled = {normal(name) for name in header}
        if _is_of_combinations(header):
            return listing.known(header, _COMBINATION_NAMES) + _NEEDED
        marks = len(_MARKS & spelled)
        return listing.known(header, _PRODUCT_NAMES) + marks if marks >= _NEEDED else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product, or the variants of articles that are there already."""
        if not _is_of_combinations(table.header):
            return listing.read(_PRODUCTS, table, wishes)
        reading = listing.read(_COMBINATIONS, table, wishes)
        reading.notes.append(
            "Die Datei nennt Kombinationen ohne Namen und Preise der Artikel. Bestand, EAN und Auswahl von Varianten, "
            "die es hier gibt, werden übernommen; neue brauchen eine Liste mit Namen und Preisen."
        )
        return reading


def _is_of_combinations(header: Sequence[str]) -> bool:
    keys = {_COMBINATION_NAMES.ranks[name][0] for each in header if (name := normal(each)) in _COMBINATION_NAMES.ranks}
    return {"attributes", "values"} <= keys


def _take_product(sheet: Sheet, row: Row, facts: Facts) -> None:
    if sheet.cell(row, "listed_categories"):
        paths = sheet.read(row, "listed_categories", lambda cell: _paths(_parted(sheet, "listed_categories", cell)))
        facts |= {"categories": paths} if paths else {}
    if names := _parted(sheet, "listed_pictures", sheet.cell(row, "listed_pictures")):
        facts["pictures"] = tuple(dict.fromkeys(names))
    if sheet.cell(row, "visibility").casefold() == "none":
        sheet.ask(row.number, "visibility", "In PrestaShop nirgends zu sehen. Wir nehmen den Artikel als Entwurf auf.")
        facts["is_published"] = False
    if sheet.cell(row, "is_virtual") == "1":
        reason = "Ein Artikel zum Herunterladen. Wir nehmen ihn als gewöhnlichen Artikel auf."
        sheet.ask(row.number, "is_virtual", reason)
    for feature in _parted(sheet, "features", sheet.cell(row, "features")):
        name, _, value = feature.partition(":")
        if name.strip() and value.partition(":")[0].strip():
            facts[f"{ATTRIBUTE_PREFIX}{name.strip()[:80]}"] = value.partition(":")[0].strip()[:300]


def _take_variant(sheet: Sheet, row: Row, facts: Facts) -> None:
    if "gtin" not in facts and not sheet.cell(row, "gtin"):
        upc: Facts = {}
        sheet.put(upc, row, "upc", cells.gtin)
        facts |= {"gtin": upc["upc"]} if upc else {}
    if facts.get("price_cents") is not None and {"discount_cents", "discount_percent"} & sheet.places.keys():
        facts["sale"] = _sale(sheet, row, facts["price_cents"])


def _sale(sheet: Sheet, row: Row, price_cents: int) -> Sale | None:
    """A discount as an amount or in per cent makes the reduced price; nothing is sold for nothing."""
    sign = sheet.sign("price_cents")
    amount = sheet.read(row, "discount_cents", lambda cell: read_cents(cell, sign)) or 0
    percent = sheet.read(row, "discount_percent", raw.number) or Decimal(0)
    reduced = int(((price_cents - amount) * (100 - percent) / 100).quantize(Decimal(1), ROUND_HALF_UP))
    if not 0 < reduced < price_cents:
        return None
    starts_at = sheet.read(row, "sale_from", cells.moment)
    return Sale(reduced, starts_at, sheet.read(row, "sale_to", lambda cell: cells.moment(cell, is_end=True)))


def _combined(sheet: Sheet, row: Row) -> tuple[Option, ...]:
    """ "Color:color:0, Size:select:1" and "Blue:0, M:1" are Color: Blue and Size: M."""
    names = [each.split(":")[0].strip() for each in sheet.cell(row, "attributes").split(",")]
    cell = sheet.cell(row, "values")
    values = _POSITIONED.findall(cell) or cell.split(",")
    pairs = zip(names, values, strict=False) if len(names) == len(values) else ()
    return tuple((name[:60], value.strip()[:120], "") for name, value in pairs if name and value.strip())


def _parted(sheet: Sheet, key: str, cell: str) -> list[str]:
    """A list by the separator that the column's name shows, a comma if it shows none."""
    separator = ";" if "x;y" in sheet.columns.get(key, "") else ","
    return cells.split_list(cell, separator)


def _paths(written: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """ "Home/Wool" is a path."""
    paths = (tuple(words.short(name, 120) for name in cells.split_list(each, "/")) for each in written)
    return tuple(dict.fromkeys(path for path in paths if path))


_PRODUCTS = Format(
    "prestashop",
    _PRODUCT_NAMES,
    of_product=_take_product,
    of_variant=_take_variant,
    is_left_out=lambda name: bool(_USELESS.fullmatch(name)),
)
_COMBINATIONS = Format(
    "prestashop",
    _COMBINATION_NAMES,
    of_variant=_take_variant,
    options=_combined,
    is_left_out=lambda name: bool(_USELESS.fullmatch(name)),
)
