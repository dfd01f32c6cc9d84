"""What a row of WooCommerce's export says of a variant: price, stock, weight, content."""

from collections.abc import Sequence

from catalog.exchange import cells
from catalog.exchange.articles import Facts, Sale, VariantRow
from catalog.exchange.dialects import measures, raw, reductions, stocks
from catalog.exchange.dialects.addresses import made_up_number
from catalog.exchange.dialects.combinations import Option
from catalog.exchange.dialects.doubts import ask_about_purchase
from catalog.exchange.dialects.woocommerce_columns import GRAMS_PER
from catalog.exchange.dialects.woocommerce_products import pictures
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet


def variant_facts(sheet: Sheet, row: Row, product_row: Row) -> Facts:
    """The facts of a variation, or of a product without any, which is its own `product_row`."""
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    ask_about_purchase(sheet, row, facts.get("price_cents"))
    gtin = sheet.read(row, "gtin", cells.gtin) or sheet.read(row, "germanized_gtin", cells.gtin)
    if gtin:
        facts["gtin"] = gtin
    if "sale_price" in sheet.places:
        facts["sale"] = reductions.lower(sheet, row, facts.get("price_cents"), _sale(sheet, row))
    _take_weight(sheet, row, facts)
    _take_content(sheet, row, product_row, facts)
    _take_stock(sheet, row, facts)
    if row is not product_row and pictures(sheet, row):
        facts["pictures"] = pictures(sheet, row)
    return facts


def variant(sheet: Sheet, row: Row, key: str, options: Sequence[Option], facts: Facts, numbers: set[str]) -> VariantRow:
    """A variant; without a number it gets one from its parent's, its id or its article's address."""
    sku = sheet.read(row, "sku", cells.article_number) or ""
    first = sheet.cell(row, "parent").removeprefix("id:") or sheet.cell(row, "id") or key
    return VariantRow(row.number, sku, facts, made_up_number(first, [value for _, value, _ in options], numbers))


def stock_of(sheet: Sheet, row: Row) -> str | None:
    """The stock of a row; None where it is not known, or kept by the parent."""
    if sheet.cell(row, "stock").casefold() == "parent":
        return None
    if not sheet.cell(row, "stock") and sheet.cell(row, "in_stock") == "0":
        return "0"
    return sheet.read(row, "stock", raw.quantity)


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    stock = stock_of(sheet, row)
    if stock is None:
        return
    facts["stock"] = stocks.not_oversold(sheet, row, stock)
    if sheet.cell(row, "backorders").casefold() in ("1", "notify", "yes", "true"):
        reason = "WooCommerce verkauft diese Variante über den Bestand hinaus. Bei uns endet der Verkauf bei 0."
        sheet.ask(row.number, "backorders", reason)
    sheet.put(facts, row, "reorder_at", raw.quantity)
    if facts.get("reorder_at") == "0":
        del facts["reorder_at"]


def _take_weight(sheet: Sheet, row: Row, facts: Facts) -> None:
    for key, grams in GRAMS_PER.items():
        weight = sheet.read(row, key, lambda cell, grams=grams: raw.whole(cell, grams))  # type: ignore[misc]
        if weight is not None:
            facts["weight_g"] = weight


def _take_content(sheet: Sheet, row: Row, product_row: Row, facts: Facts) -> None:
    """Germanized's "Unit product" and "Unit" give the base price; a variation may leave both to its product."""
    unit = sheet.cell(row, "unit") or sheet.cell(product_row, "unit")
    told = row if sheet.cell(row, "content") else product_row
    if unit:
        sheet.put(facts, told, "content", lambda cell: measures.content(cell, unit))


def _sale(sheet: Sheet, row: Row) -> Sale | None:
    price = sheet.read(row, "sale_price", sheet.cents("sale_price"))
    starts_at = sheet.read(row, "sale_from", cells.moment)
    ends_at = sheet.read(row, "sale_to", lambda cell: cells.moment(cell, is_end=True))
    return None if price is None else Sale(price, starts_at, ends_at)
