"""Etsy's download of listings, whatever language the shop is run in.

After downloads in public repositories: one row per listing. Of its variations the file names only the values, joined
by commas, beside one price, one quantity and a list of article numbers whose order is not that of the values.
"""

import html
import re
from collections.abc import Sequence

from catalog.exchange import cells, mapping
from catalog.exchange.articles import Article, Facts, Reading, VariantRow
from catalog.exchange.cells import NotACell
from catalog.exchange.dialects import etsy_columns, raw, stocks
from catalog.exchange.dialects.addresses import Addresses, made_up_number
from catalog.exchange.dialects.combinations import Option, combine
from catalog.exchange.dialects.etsy_columns import ALIASES, PICTURES, VARIATIONS
from catalog.exchange.dialects.lines import plain_markdown
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.hypertext import text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

FOREIGN_MONEY = "etsy-waehrung"
"""The question to which the owner says yes where prices in another currency shall be taken as euros."""

_COMMA_IN_NUMBER = re.compile(r"\d,\d")


class Etsy:
    """The format of Etsy's "Download data › Currently for sale listings"."""

    key = "etsy"
    name = "Etsy"

    def recognise(self, header: Sequence[str]) -> int:
        """By its order in any language, else by names that only Etsy puts together."""
        return etsy_columns.count(header)

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per row; its variants are all combinations of the values that it names."""
        places = mapping.places(table.header, etsy_columns.known(table.header), wishes)
        sheet = Sheet(table, places, ALIASES, money=("price_cents",), decimal=wishes.decimal)
        sheet.refuse_wide_rows()
        sheet.columns["pictures"] = sheet.columns["picture_1"]
        _ask_about_currency(sheet, wishes)
        listings = _listings(sheet)
        return sheet.reading(self.key, listings, lambda each: _article(sheet, *each), [])


def _ask_about_currency(sheet: Sheet, wishes: Wishes) -> None:
    """Prices are never converted silently."""
    if FOREIGN_MONEY in wishes.agreed or wishes.factor != 1:
        return
    foreign = next((row for row in sheet.table.rows if sheet.cell(row, "currency").upper() not in ("", "EUR")), None)
    if foreign is not None:
        reason = (
            f"Die Preise stehen in {sheet.cell(foreign, 'currency')}. Sollen die Zahlen so als Euro gelten? Sonst "
            "geben Sie bitte einen Faktor zum Umrechnen an."
        )
        sheet.ask(foreign.number, "currency", reason, stops=True, question=FOREIGN_MONEY)


def _listings(sheet: Sheet) -> list[tuple[int, str]]:
    """The place and the address of each listing; the file has no number for it, so that its title must do."""
    wished, listings = Addresses(), []
    for place, row in enumerate(sheet.table.rows):
        named = _text(sheet.cell(row, "name")) or sheet.cell(row, "sku")
        if named:
            listings.append((place, wished.give(named, sheet.cell(row, "sku"))))
        else:
            sheet.refuse(row.number, "name", "In dieser Zeile fehlt der Titel. Bitte tragen Sie ihn ein.")
    return listings


def _article(sheet: Sheet, place: int, key: str) -> Article:
    row = sheet.table.rows[place]
    article = Article(row.number, key, joins=False, facts=_product_facts(sheet, row))
    try:
        combinations = combine([_options(sheet, row, n) for n in VARIATIONS])
    except NotACell as refusal:
        sheet.refuse(row.number, "option_1_values", refusal.sentence)
        return article
    if combinations == [()]:
        article.variants.append(_single(sheet, row, key))
    else:
        article.variants += _several(sheet, row, key, combinations)
    return article


def _product_facts(sheet: Sheet, row: Row) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "name", lambda cell: _text(cell)[:200])
    sheet.put(facts, row, "description", plain_markdown)
    materials = [_text(each) for each in cells.split_list(sheet.cell(row, "materials"), ",")]
    if materials:
        facts[f"{ATTRIBUTE_PREFIX}Material"] = ", ".join(materials)
    pictures = [sheet.cell(row, f"picture_{n}") for n in PICTURES]
    if any(pictures):
        facts["pictures"] = tuple(dict.fromkeys(filter(None, pictures)))
    return facts


def _text(cell: str) -> str:
    """A line of text; Etsy writes some of its signs as HTML ("Diam&egrave;tre")."""
    return text_of(html.escape(html.unescape(cell)))


def _options(sheet: Sheet, row: Row, n: int) -> list[Option]:
    written = html.unescape(sheet.cell(row, f"option_{n}_values"))
    name = _text(sheet.cell(row, f"option_{n}_name") or sheet.cell(row, f"option_{n}_type"))
    if _COMMA_IN_NUMBER.search(written):
        reason = f"Etsy trennt die Werte mit Kommas; bei „{written}“ kann eines zu einer Zahl gehören. Bitte prüfen."
        sheet.ask(row.number, f"option_{n}_values", reason)
    values = dict.fromkeys(cells.split_list(written, ","))
    return [((name or f"Auswahl {n}")[:60], value[:120], "") for value in values]


def _single(sheet: Sheet, row: Row, key: str) -> VariantRow:
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    sheet.put(facts, row, "stock", raw.quantity)
    if "stock" not in facts and not sheet.cell(row, "stock"):
        stocks.ask_about_unknown(sheet, row)
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, made_up_number(key, (), set()))


def _several(sheet: Sheet, row: Row, key: str, combinations: Sequence[tuple[Option, ...]]) -> list[VariantRow]:
    """Whatever may be chosen; a listing that is sold out is sold out in every choice."""
    _ask_about_variants(sheet, row, len(combinations))
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    if sheet.read(row, "stock", raw.quantity) == "0":
        facts["stock"] = "0"
    numbers: set[str] = set()
    listed = cells.split_list(sheet.cell(row, "sku"), ",")
    first = listed[0] if len(listed) == 1 else key
    return [
        VariantRow(row.number, "", facts | {"options": options}, _number(first, options, numbers))
        for options in combinations
    ]


def _number(first: str, options: Sequence[Option], numbers: set[str]) -> str:
    return made_up_number(first, [value for _, value, _ in options], numbers)


def _ask_about_variants(sheet: Sheet, row: Row, count: int) -> None:
    reason = (
        f"Etsy nennt für die {count} Varianten nur einen Preis und eine Stückzahl. Alle bekommen diesen Preis, ihr "
        "Bestand wird nicht gezählt. Bitte prüfen Sie Preise, Bestand, und ob es jede Kombination gibt."
    )
    sheet.ask(row.number, "option_1_values", reason)
    if len(cells.split_list(sheet.cell(row, "sku"), ",")) > 1:
        reason = "Welche dieser Artikelnummern zu welcher Variante gehört, sagt Etsy nicht. Wir vergeben eigene."
        sheet.ask(row.number, "sku", reason)
