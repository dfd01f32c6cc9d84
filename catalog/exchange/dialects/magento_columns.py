"""The columns of Magento 2's export, which are never translated, and those that nobody misses."""

import re
from collections.abc import Sequence

from catalog.exchange import headers
from catalog.exchange.headers import normal

MONEY = ("price_cents", "sale_price", "rrp_cents", "purchase_cents")
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
    "purchase_cents": ("cost",),
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
KNOWN = headers.by_normal_name(ALIASES)
_TYPICAL = {
    *("store_view", "attribute_set", "type", "is_published", "tax_class", "address", "attributes", "variations"),
    *("sale_price", "in_stock", "manages_as_usual", "more_pictures"),
}
_NOBODY_MISSES = re.compile(
    r"use config |meta |created at|updated at|.* labels?$|(?:small|thumbnail|swatch) image|product websites|website id|"
    r"custom (?:design|layout)|page layout|product options container|msrp |map |gift |display |new (?:from|to) date|"
    r"allow backorders|(?:min|max) cart qty|notify on|(?:enable )?qty increments|is decimal divided|deferred |"
    r"use config deferred |hide from|bundle |out of stock qty|.* position$"
)


def recognise(header: Sequence[str]) -> int:
    """How many names are known; 0 without a number or name, and two columns that no other system calls so."""
    places = {KNOWN[normal(name)] for name in header if normal(name) in KNOWN}
    return len(places) if {"sku", "name"} & places and len(_TYPICAL & places) > 1 else 0


def is_left_out(name: str) -> bool:
    """Whether nobody wants to hear of a column (by its normal name): our shop has no use for what it says."""
    return _NOBODY_MISSES.match(name) is not None
