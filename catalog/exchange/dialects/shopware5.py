"""Shopware 5's export of articles (SwagImportExport, profile "articles complete", and the one of Shopware 4).

Names after Components/DbAdapters/Articles of SwagImportExport. "EK" is the customer group of the shoppers
("Endkunden") and has nothing to do with purchase prices. The main variant names itself as its own main number.
"""

import re
from collections.abc import Sequence

from catalog.exchange.articles import Facts, Reading
from catalog.exchange.dialects import listing, reductions
from catalog.exchange.dialects.list_columns import ALIASES, Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

_NAMES = Names(
    {
        "sku": ("ordernumber", "orderNumber"),
        "parent": ("mainnumber", "mainNumber"),
        "name": ("name",),
        "option_1_value": ("additionalText", "additionaltext"),
        "option_pairs": ("configuratorOptions", "configurator"),
        "maker": ("supplier", "supplierName"),
        "vat_class": ("tax",),
        "price_cents": ("price_EK", "priceEK", "price"),
        "price_before": ("pseudoprice_EK", "pseudopriceEK", "pseudoprice"),
        "purchase_cents": ("purchasePrice", "baseprice_EK", "baseprice"),
        "is_published": ("active",),
        "stock": ("instock", "inStock"),
        "reorder_at": ("stockmin", "stockMin"),
        "minimum": ("minpurchase", "minPurchase"),
        "maximum": ("maxpurchase", "maxPurchase"),
        "step": ("purchasesteps", "purchaseSteps"),
        "summary": ("description",),
        "description": ("description_long", "descriptionLong"),
        "delivery_days": ("shippingtime", "shippingTime"),
        "is_featured": ("topseller", "highlight"),
        "weight_kg": ("weight",),
        "gtin": ("ean",),
        "pictures": ("imageUrl", "images", "image"),
        "unit": ALIASES["unit"],
    }
)
_NEEDED = ("ordernumber", "mainnumber")
_USELESS = re.compile(
    r".*ids?|categories|similar|accessory|crosselling|filter\w*|property\w*|attr\w*|pseudo.*|.*price.*"
)


class Shopware5:
    """The export of Shopware 5."""

    key = "shopware5"
    name = "Shopware 5"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs the two numbers that only Shopware up to 5 calls so."""
        is_its_own = set(_NEEDED) <= {name.casefold() for name in header}
        return listing.known(header, _NAMES) + len(_NEEDED) if is_its_own else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per main number; the row that names itself is one of its variants."""
        reading = listing.read(_FORMAT, table, wishes)
        reading.are_net = False
        reading.notes.append(
            "Die Preise nehmen wir mit Mehrwertsteuer. Sind es Nettopreise, sagen Sie es dazu: --netto"
        )
        return reading


def _take_more(sheet: Sheet, row: Row, facts: Facts) -> None:
    """The price before a reduction."""
    price = facts.get("price_cents")
    if price is not None and "price_before" in sheet.places:
        before = sheet.read(row, "price_before", sheet.cents("price_cents"))
        facts |= reductions.prices(sheet, row, "price_before", price, before)


_FORMAT = Format(
    "shopware5",
    _NAMES,
    of_variant=_take_more,
    is_left_out=lambda name: bool(_USELESS.fullmatch(name)),
    heads_are_sold=True,
)
