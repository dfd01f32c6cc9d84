"""The variants of Shopify's export: prices with what was asked before, options, stock that may not be tracked."""

from collections.abc import Sequence
from decimal import Decimal

from catalog.exchange import cells
from catalog.exchange.articles import Facts, VariantRow
from catalog.exchange.cells import option_value
from catalog.exchange.dialects import measures, raw, reductions, stocks
from catalog.exchange.dialects.addresses import made_up_number
from catalog.exchange.dialects.doubts import ask_about_purchase
from catalog.exchange.dialects.shopify_columns import OPTIONS
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

SAYS_YES = {"true", "1", "yes", "ja", "wahr"}
NOT_COUNTED = "shopify-bestand-nicht-zaehlen"
"""The question to which the owner says yes where the stock that Shopify does not track shall not be counted."""


def variant(
    sheet: Sheet, row: Row, key: str, option_names: Sequence[str], numbers: set[str], wishes: Wishes
) -> VariantRow:
    """What a row says of a variant of the article `key`; `numbers` holds the made up numbers of those before."""
    facts = _price_facts(sheet, row)
    options = _options(sheet, row, option_names)
    if options:
        facts["options"] = options
    sheet.put(facts, row, "gtin", cells.gtin)
    _take_stock(sheet, row, facts, wishes)
    grams = sheet.read(row, "weight_g", lambda cell: raw.whole(cell, raw.ONE))
    if grams:
        facts["weight_g"] = grams
    unit = sheet.cell(row, "content_unit")
    if unit:
        sheet.put(facts, row, "content", lambda cell: measures.content(cell, unit))
    if sheet.cell(row, "variant_pictures"):
        facts["pictures"] = (sheet.cell(row, "variant_pictures"),)
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, made_up_number(key, [value for _, value, _ in options], numbers))


def together(sheet: Sheet, rows: Sequence[Row], variants: Sequence[VariantRow]) -> list[VariantRow]:
    """The variants of these rows, each once: Shopify's file of stocks has a row for every place, which are added up."""
    if "location" not in sheet.places:
        return list(variants)
    by_row = {row.number: row for row in rows}
    found: dict[object, VariantRow] = {}
    seen: set[object] = set()
    for each in variants:
        same = (each.sku, each.facts.get("options"))
        place = (same, sheet.cell(by_row[each.row], "location"))
        if same not in found or place in seen or not place[1]:
            found[same if same not in found else each.row] = each
        elif "stock" in each.facts:
            first = found[same].facts
            first["stock"] = str(Decimal(first.get("stock", "0")) + Decimal(each.facts["stock"]))
        seen.add(place)
    return list(found.values())


def _price_facts(sheet: Sheet, row: Row) -> Facts:
    price = sheet.read(row, "price_cents", sheet.cents("price_cents"))
    if price is None:
        return {}
    ask_about_purchase(sheet, row, price)
    if "compare_cents" not in sheet.places:
        return {"price_cents": price}
    before = sheet.read(row, "compare_cents", sheet.cents("compare_cents"))
    return reductions.prices(sheet, row, "compare_cents", price, before)


def _options(sheet: Sheet, row: Row, option_names: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    found = []
    for n, name in zip(OPTIONS, option_names, strict=True):
        value = sheet.cell(row, f"option_{n}_value")
        if not value or (normal(name), normal(value)) == ("title", "default title"):
            continue
        if not name:
            reason = (
                f"Zur Option „{value}“ fehlt der Name. Bitte in der ersten Zeile des Artikels eintragen, etwa „Farbe“."
            )
            sheet.refuse(row.number, f"option_{n}_name", reason)
        sheet.read(row, f"option_{n}_value", option_value)
        found.append((name[:60], value[:120], ""))
    return tuple(found)


def _take_stock(sheet: Sheet, row: Row, facts: Facts, wishes: Wishes) -> None:
    if "stock" not in sheet.places or normal(sheet.cell(row, "stock")) == "not stocked":
        return
    stock = sheet.read(row, "stock", raw.quantity)
    if stock is None:
        if not sheet.cell(row, "stock"):
            stocks.ask_about_unknown(sheet, row)
        return
    sells_on = sheet.cell(row, "policy").casefold() in ("continue", *SAYS_YES)
    if "tracker" in sheet.places and not sheet.cell(row, "tracker"):
        if sells_on or stock.startswith("-"):
            stocks.ask_about_unknown(sheet, row)
            return
        if NOT_COUNTED in wishes.agreed:
            return
        _ask_about_untracked(sheet, row)
    elif sells_on:
        reason = (
            "Shopify verkauft diese Variante über den Bestand hinaus. Bei uns endet der Verkauf, wenn nichts da ist."
        )
        sheet.ask(row.number, "policy", reason)
    facts["stock"] = stocks.not_oversold(sheet, row, stock)


def _ask_about_untracked(sheet: Sheet, row: Row) -> None:
    reason = (
        "Shopify zählt diesen Bestand nicht mit, die Zahl kann veraltet sein. Ohne Ihr Ja übernehmen wir sie. Soll er "
        "lieber nicht gezählt werden?"
    )
    sheet.ask(row.number, "stock", reason, question=NOT_COUNTED)
