"""The variants of Wix's export: those that have a row, else whatever the product lets one choose."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from catalog.exchange import cells
from catalog.exchange.articles import Facts, Sale, VariantRow
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import read_cents
from catalog.exchange.dialects import measures, raw, reductions, stocks
from catalog.exchange.dialects.addresses import made_up_number
from catalog.exchange.dialects.combinations import Option, combine
from catalog.exchange.dialects.doubts import ask_about_purchase
from catalog.exchange.dialects.wix_pictures import addresses
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet

OPTIONS = range(1, 7)
_GRAMS_PER_KG = Decimal(1000)
_COLOURED = re.compile(r"(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|rgba?\([0-9., ]+\)):(.+)", re.DOTALL)
_IN_STOCK = {"instock", "in stock"}
_OUT_OF_STOCK = {"outofstock", "out of stock"}


def variants(sheet: Sheet, product: Row, kept_apart: Sequence[Row], first: str) -> list[VariantRow]:
    """The variants of a product; made up article numbers begin with `first`."""
    numbers: set[str] = set()
    if kept_apart:
        shown = [row for row in kept_apart if is_visible(sheet, row)] or kept_apart
        for row in kept_apart:
            if row not in shown:
                sheet.ask(row.number, "is_published", "Diese Variante ist abgeschaltet. Wir lassen sie aus.")
        return [_kept_apart(sheet, product, row, first, numbers) for row in shown]
    return _chosen(sheet, product, first, numbers)


def is_visible(sheet: Sheet, row: Row) -> bool:
    """Whether a row is shown in the shop; an empty cell says yes."""
    return sheet.cell(row, "is_published").casefold() not in ("false", "0", "falsch", "nein", "no")


def _kept_apart(sheet: Sheet, product: Row, row: Row, first: str, numbers: set[str]) -> VariantRow:
    facts = _price_facts(sheet, product, row)
    options = tuple(
        option
        for n in OPTIONS
        for option in _options(sheet.cell(product, f"option_{n}_name"), sheet.cell(row, f"option_{n}_values"))[:1]
    )
    if options:
        facts["options"] = options
    _take_stock(sheet, row, facts)
    pictures = addresses(sheet.cell(row, "pictures"))
    if pictures:
        facts["pictures"] = pictures
    return _variant(sheet, row, options, facts, first, numbers)


def _chosen(sheet: Sheet, product: Row, first: str, numbers: set[str]) -> list[VariantRow]:
    """One variant, or all that the options allow: Wix keeps one stock and one price for them."""
    try:
        combinations = combine(
            [
                _options(sheet.cell(product, f"option_{n}_name"), sheet.cell(product, f"option_{n}_values"))
                for n in OPTIONS
            ]
        )
    except NotACell as refusal:
        sheet.refuse(product.number, "option_1_values", refusal.sentence)
        return []
    facts = _price_facts(sheet, product, product)
    if combinations == [()]:
        _take_stock(sheet, product, facts)
        return [_variant(sheet, product, (), facts, first, numbers)]
    reason = (
        f"Wix führt die {len(combinations)} Varianten nicht einzeln. Alle bekommen denselben Preis; der Bestand wird "
        "nicht gezählt, bis Sie ihn eintragen."
    )
    sheet.ask(product.number, "option_1_values", reason)
    if normal(sheet.cell(product, "stock")) in (*_OUT_OF_STOCK, "0"):
        facts["stock"] = "0"
    return [
        VariantRow(product.number, "", facts | {"options": options}, _number(first, options, numbers))
        for options in combinations
    ]


def _variant(
    sheet: Sheet, row: Row, options: Sequence[Option], facts: Facts, first: str, numbers: set[str]
) -> VariantRow:
    sheet.put(facts, row, "gtin", cells.gtin)
    unit = sheet.cell(row, "content_unit")
    if unit:
        sheet.put(facts, row, "content", lambda cell: measures.content(cell, unit))
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, _number(first, options, numbers))


def _number(first: str, options: Sequence[Option], numbers: set[str]) -> str:
    return made_up_number(first, [value for _, value, _ in options], numbers)


def _price_facts(sheet: Sheet, product: Row, row: Row) -> Facts:
    """Price, reduction and weight; what a variant's row does not say, the product's does."""
    facts: Facts = {}
    weight = sheet.read(row, "weight_g", lambda cell: raw.whole(cell, _GRAMS_PER_KG))
    weight = weight or sheet.read(product, "weight_g", lambda cell: raw.whole(cell, _GRAMS_PER_KG))
    if weight:
        facts["weight_g"] = weight
    priced = row if sheet.cell(row, "price_cents") else product
    price = sheet.read(priced, "price_cents", lambda cell: read_cents(cell, sheet.sign("price_cents")))
    if price is None:
        return facts
    price += sheet.read(row, "surcharge", lambda cell: _surcharge(sheet, cell)) or 0
    ask_about_purchase(sheet, row, price)
    if "before_cents" in sheet.places:
        before = sheet.read(priced, "before_cents", sheet.cents("before_cents"))
        return facts | reductions.prices(sheet, row, "before_cents", price, before)
    if "discount_value" in sheet.places:
        return facts | {"price_cents": price, "sale": _discount(sheet, product, row, price)}
    return facts | {"price_cents": price}


def _surcharge(sheet: Sheet, cell: str) -> int:
    cents = read_cents(cell.removeprefix("-"), sheet.sign("surcharge"))
    return -cents if cell.startswith("-") else cents


def _discount(sheet: Sheet, product: Row, row: Row, price: int) -> Sale | None:
    """The old catalogue's reduction, per cent or an amount off; 0 is none."""
    off = sheet.read(product, "discount_value", raw.number)
    if not off:
        return None
    is_percent = normal(sheet.cell(product, "discount_mode")) != "amount"
    exact = price * (100 - off) / 100 if is_percent else price - off * 100
    if not 0 <= exact < price:
        reason = f"Der Rabatt „{sheet.cell(product, 'discount_value')}“ passt nicht zum Preis. Bitte berichtigen."
        sheet.refuse(row.number, "discount_value", reason)
        return None
    return Sale(int(exact.quantize(Decimal(1), ROUND_HALF_UP)))


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    """A number counts; "InStock" does not say how many."""
    written = normal(sheet.cell(row, "stock"))
    if written in _OUT_OF_STOCK:
        facts["stock"] = "0"
    elif written in _IN_STOCK or not written:
        reason = "Wie viel davon da ist, steht nicht in der Datei. Der Bestand wird bei neuen Artikeln nicht gezählt."
        sheet.ask_of_new(row.number, "stock", reason)
    else:
        sheet.put(facts, row, "stock", raw.quantity)
        if "stock" in facts:
            facts["stock"] = stocks.not_oversold(sheet, row, facts["stock"])


def _options(name: str, values: str) -> list[Option]:
    """The options of a list such as "#b81616:Rot;rgb(193,180,123):Creme" or "S;M;L"."""
    return [_option(name, value) for value in cells.split_list(values, ";")] if name else []


def _option(name: str, value: str) -> Option:
    coloured = _COLOURED.fullmatch(value)
    if coloured is None:
        return name[:60], value[:120], ""
    return name[:60], coloured[2].strip()[:120], _hexadecimal(coloured[1])


def _hexadecimal(colour: str) -> str:
    """A colour as "#b81616"; "" where it is none."""
    if colour.startswith("#"):
        return colour
    parts = re.findall(r"[0-9]+", colour.partition("(")[2])[:3]
    if len(parts) < 3 or any(int(part) > 255 for part in parts):
        return ""
    return "#" + "".join(f"{int(part):02x}" for part in parts)
