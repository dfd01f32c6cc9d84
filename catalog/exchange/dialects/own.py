"""Our own format: German columns, one row per variant; the rows of a product share "Artikel"."""

import re
from collections.abc import Sequence

from catalog import slugs
from catalog.exchange import mapping
from catalog.exchange.articles import Article, Reading
from catalog.exchange.columns import attribute_key
from catalog.exchange.dialects import rows
from catalog.exchange.dialects.own_columns import ALIASES, KNOWN, MONEY, NUMBERS, OURS, VARIANT_KEYS
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet, gathered
from catalog.exchange.wishes import Wishes


class Own:
    """The format that `export` writes and the handbook explains."""

    key = "dorfladen"
    name = "Dorfladen"

    def recognise(self, header: Sequence[str]) -> int:
        """Only the names that `export` writes count, as other lists share some of the others; a full file is ours."""
        places = {OURS[normal(name)] for name in header if normal(name) in OURS}
        if not {"sku", "name"} & places:
            return 0
        known = len(places) + sum(1 for name in header if attribute_key(name))
        return 2 * known if {"sku", "key", "name"} <= places else known

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per "Artikel" (or name), one variant per row."""
        places = mapping.places(table.header, KNOWN | _attributes(table.header), wishes)
        sheet = Sheet(table, places, ALIASES, money=MONEY, numbers=NUMBERS, decimal=wishes.decimal)
        sheet.refuse_wide_rows()
        return sheet.reading(self.key, _rows_together(sheet), lambda places: _article(sheet, places), [])


def _rows_together(sheet: Sheet) -> list[tuple[int, ...]]:
    """The places in the table of the rows of each article."""
    found: dict[str, tuple[int, ...]] = {}
    for place, row in enumerate(sheet.table.rows):
        key = _key_of(sheet, row)
        if not key and not sheet.cell(row, "sku"):
            sheet.refuse(row.number, "sku", "In dieser Zeile fehlen Artikelnummer und Produktname.")
            continue
        key = key or f"?{row.number}"
        found[key] = (*found.get(key, ()), place)
    return list(found.values())


def _article(sheet: Sheet, places: Sequence[int]) -> Article:
    first = sheet.table.rows[places[0]]
    article = Article(first.number, _key_of(sheet, first), is_guessed=not sheet.cell(first, "key"))
    for place in places:
        row = sheet.table.rows[place]
        _take_product_cells(sheet, row, article)
        if any(sheet.cell(row, variant_key) for variant_key in VARIANT_KEYS):
            article.variants.append(rows.variant(sheet, row, article))
    return article


def _attributes(header: Sequence[str]) -> dict[str, str]:
    return {normal(name): key for name in header if (key := attribute_key(name))}


def _key_of(sheet: Sheet, row: Row) -> str:
    wished = sheet.cell(row, "key")
    if re.fullmatch(r"[a-z0-9-]{1,90}", wished):
        return wished
    named = wished or sheet.cell(row, "name")
    return slugs.slugify(named) if named else ""


def _take_product_cells(sheet: Sheet, row: Row, article: Article) -> None:
    """Add what this row says of the product; it must not contradict the rows before."""
    for key, value in rows.product_facts(sheet, row).items():
        if key in article.facts and sheet.gathers(key):
            value = gathered([*article.facts[key].split(", "), value])
        elif key in article.facts and article.facts[key] != value:
            sheet.refuse(row.number, key, f"Das widerspricht Zeile {article.row}, die zum selben Artikel gehört.")
        article.facts[key] = value
