"""The columns of Shopify's product export, by the names of both generations.

The names before 2024 and those of the template of today, as the help page "Using CSV files to import and export
products" and public repositories have them; a metafield's column names its key in brackets.
"""

import re
from collections.abc import Sequence

from catalog.exchange import headers
from catalog.exchange.headers import normal

OPTIONS = range(1, 4)
METAFIELD_KEY = "Metafeld: "
MONEY = ("price_cents", "compare_cents", "purchase_cents")
ALIASES: headers.Aliases = {
    "handle": ("Handle", "URL handle"),
    "name": ("Title",),
    "description": ("Body (HTML)", "Body HTML", "Description"),
    "maker": ("Vendor",),
    "categories": ("Type", "Custom Product Type"),
    "is_published": ("Published", "Published on online store"),
    "status": ("Status",),
    "sku": ("Variant SKU", "SKU"),
    "gtin": ("Variant Barcode", "Barcode"),
    "price_cents": ("Variant Price", "Price"),
    "compare_cents": ("Variant Compare At Price", "Compare-at price"),
    "purchase_cents": ("Cost per item",),
    "taxable": ("Variant Taxable", "Charge tax"),
    "content": ("Unit Price Total Measure",),
    "content_unit": ("Unit Price Total Measure Unit",),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "stock": ("Variant Inventory Qty", "Inventory quantity", "Available", "Available (not editable)"),
    "location": ("Location",),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "weight_g": ("Variant Grams", "Weight value (grams)"),
    "pictures": ("Image Src", "Product image URL", "Image source"),
    "picture_position": ("Image Position",),
    "variant_pictures": ("Variant Image", "Variant image URL"),
    "gift_card": ("Gift Card",),
    **{f"option_{n}_name": (f"Option{n} Name",) for n in OPTIONS},
    **{f"option_{n}_value": (f"Option{n} Value",) for n in OPTIONS},
}
KNOWN = headers.by_normal_name(ALIASES)
_ONLY_SHOPIFY = {
    *map(normal, ("URL handle", "Body (HTML)", "Published on online store", "Compare-at price", "Charge tax")),
    *map(normal, ("Inventory tracker", "Continue selling when out of stock", "Weight value (grams)", "Image Src")),
    *map(normal, ("Product image URL", "Option1 Name", "Option1 Value", "Unit Price Total Measure")),
    *(normal(name) for names in ALIASES.values() for name in names if name.startswith("Variant ")),
}
_NAMES_OF_TODAY = {"url handle", "sku", "barcode", "inventory quantity", "product image url", "charge tax"}
_METAFIELD = re.compile(r"(.+?)\s*\(product\.metafields\.([^)]+)\)", re.DOTALL)
_NOBODY_MISSES = re.compile(
    r"google shopping |(?:included|price|compare at price) |option\d linked to|image alt text|seo |"
    r"(?:coo|hs code|bin name)$|(?:incoming|unavailable|on hand|committed)(?: not editable| current| new)?$|"
    r"(?:variant )?(?:tax code|weight unit|fulfillment service|requires shipping)|unit price base measure"
)


def recognise(header: Sequence[str]) -> int:
    """How many names are known; 0 without a handle or title, and a name that only Shopify gives to a column."""
    names = {normal(name) for name in header}
    places = {KNOWN[name] for name in names if name in KNOWN}
    if not {"handle", "name"} & places or not names & _ONLY_SHOPIFY:
        return 0
    return len(places) + sum(1 for name in header if _METAFIELD.fullmatch(name))


def are_of_today(header: Sequence[str]) -> bool:
    """Whether any column is named as Shopify names it since 2024."""
    return any(normal(name) in _NAMES_OF_TODAY for name in header)


def metafields(header: Sequence[str]) -> dict[str, str]:
    """Columns such as "Farbe (product.metafields.custom.farbe)"; a second one of a name is called by its key."""
    keys: dict[str, str] = {}
    for name in header:
        match = _METAFIELD.fullmatch(name)
        if match:
            key = f"{METAFIELD_KEY}{match[1][:80]}"
            keys[normal(name)] = key if key not in keys.values() else f"{METAFIELD_KEY}{match[2][:80]}"
    return keys


def is_left_out(name: str) -> bool:
    """Whether nobody wants to hear of a column (by its normal name): our shop has no use for what it says."""
    return _NOBODY_MISSES.match(name) is not None
