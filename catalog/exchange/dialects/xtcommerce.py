"""xt:Commerce 3 and what came of it (Gambio, modified eCommerce): the export whose first column is called XTSOL.

Names after admin/includes/classes/import.php of modified eCommerce and Gambio's handbook ("Artikelexport"). Prices are
net; p_tax is the number of a tax class, which in every shop as it is set up means 1 full and 2 reduced.
"""

import re
from collections.abc import Sequence

from catalog.exchange.articles import Facts, Reading
from catalog.exchange.dialects import listing
from catalog.exchange.dialects.list_columns import Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

_NAMES = Names(
    {
        "sku": ("p_model",),
        "name": ("p_name.de", "p_name.en", "p_name"),
        "summary": ("p_shortdesc.de", "p_shortdesc.en", "p_shortdesc"),
        "description": ("p_desc.de", "p_desc.en", "p_desc"),
        "price_cents": ("p_priceNoTax", "p_price"),
        "tax_class": ("p_tax",),
        "gtin": ("p_ean",),
        "stock": ("p_stock",),
        "is_published": ("p_status",),
        "is_featured": ("p_startpage",),
        "weight_kg": ("p_weight",),
        "maker": ("p_manufacturer", "p_man"),
        "category_path": ("p_cat.de", "p_cat.0", "p_cat"),
        "picture_1": ("p_image",),
        **{f"picture_{n}": (f"p_image.{n - 1}",) for n in range(2, 10)},
    }
)
_MARK = "xtsol"
_TAX_CLASSES = {"1": VatClass.STANDARD, "2": VatClass.REDUCED}
_LEVEL = re.compile(r"\[([^\[\]]*)\]")


class XtCommerce:
    """The export of xt:Commerce 3, Gambio and modified eCommerce."""

    key = "xtcommerce"
    name = "xt:Commerce, Gambio oder modified"

    def recognise(self, header: Sequence[str]) -> int:
        """Its first column is called so in no other program."""
        is_its_own = any(name.casefold() == _MARK for name in header)
        return listing.known(header, _NAMES) + 1 if is_its_own else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per row; its net prices get their tax."""
        reading = listing.read(_FORMAT, table, wishes)
        gross = normal(reading.columns.get("price_cents", "")) == normal("p_price")
        reading.are_net = not gross
        return reading


def _take_more(sheet: Sheet, row: Row, facts: Facts) -> None:
    """Tax class and the levels of a category: "[Bänder][Satin]"."""
    if vat_class := _TAX_CLASSES.get(sheet.cell(row, "tax_class")):
        facts["vat_class"] = vat_class
    if path := tuple(
        level.strip()[:120] for level in _LEVEL.findall(sheet.cell(row, "category_path")) if level.strip()
    ):
        facts["categories"] = (path,)


_FORMAT = Format(
    "xtcommerce", _NAMES, of_product=_take_more, is_left_out=lambda name: name == _MARK or name.startswith("p ")
)
