"""Shopware 6's product export, by its own profile and by those made after it.

Names after src/Core/Migration/Fixtures/import-export-profiles/ProductMappingProfile.php and the CSV files of the tests
of its import. Categories, properties and options are told by identifiers only, which no other file explains.
"""

import re
from collections.abc import Callable, Sequence

from catalog.exchange.articles import Facts, Reading
from catalog.exchange.dialects import listing, reductions
from catalog.exchange.dialects.list_columns import ALIASES, Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

_NAMES = Names(
    {
        **ALIASES,
        "id": ("id",),
        "parent": ("parent_id", "parentId", "parent_sku", "parent.productNumber"),
        "sku": ("product_number", "productNumber"),
        "name": ("name", "translations.DEFAULT.name"),
        "description": ("description", "translations.DEFAULT.description"),
        "is_published": ("active",),
        "vat_class": ("tax_rate", "tax.taxRate"),
        "maker": ("manufacturer_name", "manufacturer.name", "manufacturer.translations.DEFAULT.name"),
        "price_before": ("list_price_gross", "price.DEFAULT.listPrice.gross"),
        "purchase_cents": ("purchase_prices_gross", "purchase_prices_net", "purchasePrices.DEFAULT.net"),
        "picture_1": ("cover_media_url", "cover.media.url"),
        "pictures": ("media_url", "media_urls", "media"),
        "categories": ("category_paths",),
        "minimum": ("min_purchase", "minPurchase"),
        "maximum": ("max_purchase", "maxPurchase"),
        "step": ("purchase_steps", "purchaseSteps"),
        "weight_kg": ("weight",),
        "variants": ("variants",),
        **{
            key: names
            for key, names in ALIASES.items()
            if key.startswith(("category_", "picture_")) and key[-2:] != "_1"
        },
    }
)
_MARKS = frozenset(
    map(
        normal,
        (
            "parent_id", "tax_id", "tax_rate", "tax_name", "price_net", "price_gross", "cover_media_id",
            "cover_media_url", "manufacturer_id", "manufacturer_name", "sales_channel", "propertyIds", "optionIds",
            "category_paths", "parentId", "tax.taxRate", "price.DEFAULT.gross", "price.DEFAULT.net", "custom_fields",
        ),
    )
)  # fmt: skip
_NEEDED = 3
_NUMBERS = frozenset(map(normal, ("product_number", "productNumber")))
_USELESS = re.compile(
    r"id|price net|tax (id|name)|cover .*|manufacturer .*|price (net|gross) \w+|price default .*|list price .*"
    r"|sales channel|custom fields|.*ids|translations .*|tax .*|purchase ?prices .*|width|height|length"
)
_IDENTIFIERS = re.compile(r"[0-9a-f]{32}(?:\|[0-9a-f]{32})*")


class Shopware:
    """The export of Shopware 6."""

    key = "shopware"
    name = "Shopware 6"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a product number and names that only Shopware writes."""
        spelled = {normal(name) for name in header}
        marks = len(_MARKS & spelled)
        if marks < _NEEDED or not _NUMBERS & spelled:
            return 0
        return listing.known(header, _NAMES) + marks

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product; its variants name it by id and have from it what they do not say."""
        reading = listing.read(_FORMAT, table, wishes)
        reading.notes += _notes(table)
        return reading


def _take_more(sheet: Sheet, row: Row, facts: Facts) -> None:
    """The price before a reduction, and variants that Shopware would make of one row."""
    price = facts.get("price_cents")
    if price is not None and "price_before" in sheet.places:
        facts |= reductions.prices(sheet, row, "price_before", price, sheet.read(row, "price_before", _cents(sheet)))
    if sheet.cell(row, "variants"):
        reason = (
            "Aus dieser Zeile würde Shopware beim Einlesen mehrere Varianten machen. Wir nehmen einen Artikel auf; "
            "legen Sie die Varianten bitte danach an, oder exportieren Sie sie aus Shopware als eigene Zeilen."
        )
        sheet.ask(row.number, "variants", reason)


def _cents(sheet: Sheet) -> Callable[[str], int]:
    return sheet.cents("price_cents")


def _notes(table: Table) -> list[str]:
    """Which columns hold nothing but identifiers."""
    wanted = {normal(name) for name in ("categories", "propertyIds", "optionIds")}
    places = [place for place, name in enumerate(table.header) if normal(name) in wanted]
    named = [
        table.header[place]
        for place in places
        if any(place < len(row.cells) and _IDENTIFIERS.fullmatch(row.cells[place]) for row in table.rows)
    ]
    if not named:
        return []
    return [
        f"In diesen Spalten stehen nur Kennungen, die allein Shopware kennt: {', '.join(named)}. Kategorien, "
        "Eigenschaften und die Namen von Optionen tragen Sie bitte nach."
    ]


_FORMAT = Format("shopware", _NAMES, of_variant=_take_more, is_left_out=lambda name: bool(_USELESS.fullmatch(name)))
