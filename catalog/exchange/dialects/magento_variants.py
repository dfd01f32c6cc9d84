"""What a row of Magento's export says of a single variant, and the attributes that all rows keep in one cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.exchange import cells
from catalog.exchange.articles import Facts, Sale, VariantRow
from catalog.exchange.cells import NotACell
from catalog.exchange.dialects import magento_cells, raw, reductions, stocks
from catalog.exchange.dialects.addresses import made_up_number
from catalog.exchange.dialects.combinations import Option
from catalog.exchange.dialects.doubts import ask_about_purchase
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet

_GRAMS_PER_KG = Decimal(1000)
_GTINS = ("gtin", "ean", "ean13", "ean_code", "barcode", "upc")
_MAKERS = ("manufacturer", "hersteller", "brand", "marke")
_TECHNICAL = {
    *(
        "has_options",
        "required_options",
        "quantity_and_stock_status",
        "shipment_type",
        "options_container",
        "tax_class_id",
    ),
    *(
        "gift_message_available",
        "gift_wrapping_available",
        "msrp_display_actual_price_type",
        "links_exist",
        "price_type",
    ),
    *(
        "sku_type",
        "weight_type",
        "price_view",
        "links_purchased_separately",
        "samples_title",
        "links_title",
        "url_path",
    ),
    *("custom_layout", "page_layout", "category_ids", "old_id", "new", "sale", "eco_collection", "performance_fabric"),
    *("erin_recommends", "ts_dimensions_height", "ts_dimensions_length", "ts_dimensions_width", "is_returnable"),
}
_ON = ("", "1", "yes", "ja", "true", "enabled", "aktiviert")
_YES_NO = {"Yes": "ja", "No": "nein"}


@dataclass(frozen=True)
class Further:
    """What the cell "additional_attributes" says: EAN, maker, and the others by their codes."""

    gtin: str
    maker: str
    others: dict[str, str]


def attributes(sheet: Sheet, row: Row) -> Further:
    """Read the further attributes of a row; those that only Magento itself needs are left out."""
    found = magento_cells.pairs(sheet.cell(row, "attributes"))
    named = {code.casefold(): value for code, value in found.items()}
    others = {
        code: _YES_NO.get(value, value)
        for code, value in found.items()
        if value and code.casefold() not in _TECHNICAL | {*_GTINS, *_MAKERS}
    }
    return Further(_first(named, _GTINS), _first(named, _MAKERS), others)


def is_online(sheet: Sheet, row: Row) -> bool:
    """Whether a product is switched on: 1, while 2 (older: 0) means off; an empty cell says yes."""
    return sheet.cell(row, "is_published").casefold() in _ON


def pictures(sheet: Sheet, row: Row) -> tuple[str, ...]:
    """The pictures of a row, the main one first: addresses, or paths without the leading slash."""
    named = [sheet.cell(row, "pictures"), *cells.split_list(sheet.cell(row, "more_pictures"), ",")]
    return tuple(dict.fromkeys(name.lstrip("/") for name in named if name and name != "no_selection"))


def variant(sheet: Sheet, row: Row, product: Row, sku: str, options: Sequence[Option]) -> VariantRow:
    """A variant from its own row; without a price of its own it has that of the product."""
    facts: Facts = {}
    priced = row if sheet.cell(row, "price_cents") else product
    sheet.put(facts, priced, "price_cents", sheet.cents("price_cents"))
    sheet.put(facts, priced, "rrp_cents", sheet.cents("rrp_cents"))
    ask_about_purchase(sheet, priced, facts.get("price_cents"))
    if "sale_price" in sheet.places:
        facts["sale"] = reductions.lower(sheet, priced, facts.get("price_cents"), _sale(sheet, priced))
    if options:
        facts["options"] = tuple(options)
    weight = sheet.read(row, "weight_g", lambda cell: raw.whole(cell, _GRAMS_PER_KG))
    if weight:
        facts["weight_g"] = weight
    _take_gtin(sheet, row, facts)
    if row is not product:
        own = pictures(sheet, row)[:1]
        facts |= {"pictures": own} if own else {}
    if row is not product or not options:
        _take_stock(sheet, row, facts)
    number = _checked_number(sheet, row, sku)
    return VariantRow(row.number, number, facts, made_up_number(number or "artikel", (), set()))


def _checked_number(sheet: Sheet, row: Row, sku: str) -> str:
    try:
        return cells.article_number(sku)
    except NotACell as refusal:
        sheet.refuse(row.number, "sku", refusal.sentence)
        return ""


def _take_gtin(sheet: Sheet, row: Row, facts: Facts) -> None:
    written = attributes(sheet, row).gtin
    if not written:
        return
    try:
        facts["gtin"] = cells.gtin(written)
    except NotACell as refusal:
        sheet.ask(row.number, "attributes", f"{refusal.sentence} Wir lassen sie aus.")


def _sale(sheet: Sheet, row: Row) -> Sale | None:
    price = sheet.read(row, "sale_price", sheet.cents("sale_price"))
    starts_at = sheet.read(row, "sale_from", magento_cells.moment)
    ends_at = sheet.read(row, "sale_to", lambda cell: magento_cells.moment(cell, is_end=True))
    return None if price is None else Sale(price, starts_at, ends_at)


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    """Quantities have four decimals; the shop's settings, or the article's, may say that nothing is counted."""
    if sheet.cell(row, "manages_as_usual") == "0" and sheet.cell(row, "manages_stock") == "0":
        sheet.ask(
            row.number, "manages_stock", "Magento zählt den Bestand nicht. Er wird bei neuen Artikeln nicht gezählt."
        )
        return
    stock = sheet.read(row, "stock", raw.quantity)
    is_out = sheet.cell(row, "in_stock") == "0"
    if stock is not None:
        facts["stock"] = stocks.not_oversold(sheet, row, stock)
        if is_out and facts["stock"] != "0":
            reason = (
                f"„Nicht vorrätig“, obwohl {stock} da sein sollen. Wir übernehmen den Bestand; bitte zählen Sie nach."
            )
            sheet.ask(row.number, "in_stock", reason)
    elif is_out and not sheet.cell(row, "stock"):
        facts["stock"] = "0"
    elif not sheet.cell(row, "stock"):
        stocks.ask_about_unknown(sheet, row)
    if sheet.cell(row, "is_measured") == "1":
        reason = "Magento verkauft davon Teilmengen. Stellen Sie die Einheit (etwa Meter) beim Artikel ein."
        sheet.ask(row.number, "is_measured", reason)


def _first(named: dict[str, str], codes: Sequence[str]) -> str:
    return next((named[code] for code in codes if named.get(code)), "")
