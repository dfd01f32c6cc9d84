"""Shopify's product table with the names of its present template; the handle groups the rows of a product.

After Shopify's help page "Using CSV files to import and export products": what concerns the product stands in its
first row; a further picture is a row with nothing but handle and picture; the compare-at price is the price that was
asked before. It knows no reduction with an end, no stock in parts of a piece, and three options at most.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from catalog.exchange.articles import Sale
from catalog.exchange.extent import Extent
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.hypertext import html_of
from catalog.exchange.shelf import StandingProduct, StandingVariant
from catalog.exchange.writers.foreign import active, note_losses, option_names, options_of
from catalog.exchange.writers.writer import Column, Desk, point_decimal, point_euros
from catalog.slugs import slugify
from catalog.units import PRICE_UNIT_NAME, SMALLEST_PER_PRICE_UNIT, Unit
from catalog.vat import VatClass

_MOST_OPTIONS = 3
_COLUMNS = (
    Column("Title", "name"), Column("URL handle", "sku"), Column("Description", "description"),
    Column("Vendor", "maker"), Column("Type", "categories"), Column("Tags", "categories"),
    Column("Published on online store", "is_published"), Column("Status", "is_published"), Column("SKU", "sku"),
    Column("Barcode", "gtin"),
    *(Column(f"Option{n} {part}", "options") for n in range(1, _MOST_OPTIONS + 1) for part in ("name", "value")),
    Column("Price", "price_cents"), Column("Compare-at price", "price_cents"), Column("Charge tax", "vat_class"),
    Column("Unit price total measure", "content"), Column("Unit price total measure unit", "content"),
    Column("Unit price base measure", "content"), Column("Unit price base measure unit", "content"),
    Column("Inventory tracker", "stock"), Column("Inventory quantity", "stock"),
    Column("Continue selling when out of stock", "stock"), Column("Weight value (grams)", "weight_g"),
    Column("Weight unit for display", "weight_g"), Column("Requires shipping", "name"),
    Column("Fulfillment service", "name"), Column("Product image URL", "pictures"),
    Column("Image position", "pictures"), Column("Image alt text", "pictures"),
    Column("Variant image URL", "pictures"), Column("Gift card", "name"),
)  # fmt: skip
_CARRIED = frozenset(each.key for each in _COLUMNS)
_MEASURES = {
    Unit.WEIGHT: ("g", "1", "kg"), Unit.LENGTH: ("cm", "1", "m"), Unit.AREA: ("cm2", "1", "m2"),
    Unit.VOLUME: ("ml", "1", "l"),
}  # fmt: skip


class ShopifyWriter:
    """A product per article with one row per variant, and more rows where there are more pictures."""

    key = "shopify"
    encoding = "utf-8"
    delimiter = ","
    line_end = "\n"

    def columns(self, extent: Extent) -> list[Column]:
        """Shopify's columns as far as we have something for them; attributes are metafields."""
        return [*_COLUMNS, *(Column(_metafield(label), f"{ATTRIBUTE_PREFIX}{label}") for label in extent.attributes)]

    def rows(
        self, product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk
    ) -> Iterator[dict[str, str]]:
        """The rows of a product; none where Shopify could not tell its variants apart."""
        sold = active(variants, desk)
        why_not = _why_not(sold)
        if why_not:
            desk.losses.note(why_not, product.facts["name"])
        if why_not or not sold:
            return
        note_losses(product, sold, desk, _CARRIED)
        of_product, names = _product_cells(product, desk), option_names(sold)
        for place, (variant, picture) in enumerate(zip_longest(sold, product.facts["pictures"])):
            cells = of_product if place == 0 else {}
            if variant is not None:
                cells = cells | _variant_cells(variant, product, names if place == 0 else [], desk)
                cells |= {f"Option{n} value": value for n, value in enumerate(_values(variant, names), start=1)}
            yield {"URL handle": product.slug} | cells | _picture_cells(picture, place, desk)


def _why_not(variants: Sequence[StandingVariant]) -> str:
    """Why Shopify would refuse an article; "" where it does not."""
    names = option_names(variants)
    if len(names) > _MOST_OPTIONS:
        return "Nicht in der Datei: Shopify kennt höchstens drei Optionen."
    values = [_values(each, names) for each in variants]
    if any(not value for row in values for value in row) or len(set(values)) < len(values):
        return "Nicht in der Datei: Shopify verlangt, dass sich alle Varianten in denselben Optionen unterscheiden."
    return ""


def _values(variant: StandingVariant, names: Sequence[str]) -> tuple[str, ...]:
    chosen = options_of(variant)
    return tuple(chosen.get(name, "") for name in names) or ("Default Title",)


def _product_cells(product: StandingProduct, desk: Desk) -> dict[str, str]:
    facts = product.facts
    return {
        "Title": facts["name"],
        "Description": html_of(facts["description"]),
        "Vendor": facts["maker"],
        **_departments(product, desk),
        "Published on online store": _true_false(facts["is_published"]),
        "Status": "active" if facts["is_published"] else "draft",
        "Gift card": "FALSE",
        **_metafields(product, desk),
    }


def _departments(product: StandingProduct, desk: Desk) -> dict[str, str]:
    """The type is one category at the top; any others are tags."""
    paths, unit = product.facts["categories"], product.facts["unit"]
    is_type = len(paths) == 1 and len(paths[0]) == 1
    if paths and not is_type:
        desk.losses.note("Shopify kennt keinen Baum von Kategorien; sie stehen als „Tags“.", product.facts["name"])
    tags = [] if is_type else list(dict.fromkeys(name for path in paths for name in path))
    tags += [f"je {PRICE_UNIT_NAME[unit]}"] if unit is not Unit.PIECE else []
    return {
        "Type": paths[0][0] if is_type else "",
        "Tags": ", ".join(tag.replace(",", " ") for tag in tags),
    }


def _metafields(product: StandingProduct, desk: Desk) -> dict[str, str]:
    """The attributes; a semicolon would part a list there."""
    cells = {}
    for key, value in product.facts.items():
        if key.startswith(ATTRIBUTE_PREFIX) and re.search(r";|^[\[{]|gid://", value):
            desk.losses.note("Ein Merkmal mit Semikolon oder Klammer am Anfang geht dort nicht.", product.facts["name"])
        elif key.startswith(ATTRIBUTE_PREFIX):
            cells[_metafield(key.removeprefix(ATTRIBUTE_PREFIX))] = value
    return cells


def _metafield(label: str) -> str:
    key = slugify(label).replace("-", "_")[:64]
    return f"{label} (product.metafields.custom.{key})"


def _variant_cells(
    variant: StandingVariant, product: StandingProduct, names: Sequence[str], desk: Desk
) -> dict[str, str]:
    facts = variant.facts
    if len(facts["pictures"]) > 1:
        desk.losses.note("Eine Variante hat dort nur ein Bild, das erste.", product.facts["name"])
    cells = {f"Option{n} name": name for n, name in enumerate(names, start=1)}
    return {
        **(cells or ({"Option1 name": "Title"} if _values(variant, []) and not facts["options"] else {})),
        "SKU": variant.sku,
        "Barcode": facts["gtin"],
        **_price_cells(variant, product, desk),
        "Charge tax": _true_false(product.facts["vat_class"] is not VatClass.ZERO),
        **_content_cells(variant),
        **_stock_cells(variant, product, desk),
        "Weight value (grams)": str(facts["weight_g"]) if facts["weight_g"] else "",
        "Weight unit for display": "g" if facts["weight_g"] else "",
        "Requires shipping": "TRUE",
        "Fulfillment service": "manual",
        "Variant image URL": desk.address_of(facts["pictures"][0]) if facts["pictures"] else "",
    }


def _price_cells(variant: StandingVariant, product: StandingProduct, desk: Desk) -> dict[str, str]:
    regular, sale = point_euros(variant.facts["price_cents"]), variant.facts["sale"]
    if product.facts["vat_class"] is VatClass.REDUCED:
        desk.losses.note("Den ermäßigten Steuersatz stellen Sie bitte dort ein.", product.facts["name"])
    if sale is None or not _runs(sale, desk):
        return {"Price": regular}
    if sale.ends_at is not None:
        desk.losses.note("Ein Angebot hat dort kein Ende; bitte beenden Sie es von Hand.", product.facts["name"])
    return {"Price": point_euros(sale.price_cents), "Compare-at price": regular}


def _runs(sale: Sale, desk: Desk) -> bool:
    return sale.starts_at is None or sale.starts_at <= desk.now


def _content_cells(variant: StandingVariant) -> dict[str, str]:
    quantity, unit = variant.facts["content"] or (0, Unit.PIECE)
    if unit not in _MEASURES:
        return {}
    measure, base, base_unit = _MEASURES[unit]
    return {
        "Unit price total measure": str(quantity),
        "Unit price total measure unit": measure,
        "Unit price base measure": base,
        "Unit price base measure unit": base_unit,
    }


def _stock_cells(variant: StandingVariant, product: StandingProduct, desk: Desk) -> dict[str, str]:
    """Whole pieces, metres, square metres; of goods by weight none, as a number would be grams to us, and kg there."""
    stock, unit = variant.facts["stock"], product.facts["unit"]
    if stock is None:
        return {"Continue selling when out of stock": "TRUE"}
    told = {"Inventory tracker": "shopify", "Continue selling when out of stock": "FALSE"}
    if unit is Unit.WEIGHT:
        return told
    if stock % SMALLEST_PER_PRICE_UNIT[unit]:
        desk.losses.note("Der Bestand ist auf ganze Meter (Quadratmeter) abgerundet.", product.facts["name"])
    return told | {"Inventory quantity": point_decimal(stock // SMALLEST_PER_PRICE_UNIT[unit], 0)}


def _picture_cells(picture_hash: str | None, place: int, desk: Desk) -> dict[str, str]:
    if picture_hash is None:
        return {}
    return {"Product image URL": desk.address_of(picture_hash), "Image position": str(place + 1)}


def _true_false(value: bool) -> str:
    return "TRUE" if value else "FALSE"
