"""Shopify's product export, with the column names of both generations, mixed too.

After Shopify's help page "Using CSV files to import and export products": the handle groups rows; what concerns
the product stands in its first row only; a further row is a variant, or nothing but one more picture. A filled
"Compare-at price" is the price that was asked before.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.exchange import cells, mapping
from catalog.exchange.articles import Article, Facts, Reading
from catalog.exchange.dialects import reductions
from catalog.exchange.dialects import shopify_columns as columns
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.lines import plain_markdown
from catalog.exchange.dialects.shopify_columns import OPTIONS
from catalog.exchange.dialects.shopify_variants import SAYS_YES, together, variant
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

_OF_A_VARIANT = ("price_cents", "sku", "gtin", *(f"option_{n}_value" for n in OPTIONS), "stock")
_LONGEST_ATTRIBUTE = 200
_NOT_A_TEXT = re.compile(r"[\[{]|gid://")  # references and rich text, which only Shopify understands
_DRAFTS = {
    "archived": "In Shopify archiviert. Wir nehmen den Artikel als Entwurf auf.",
    "unlisted": "In Shopify nur über die Adresse zu finden. Wir nehmen den Artikel als Entwurf auf.",
}


class Shopify:
    """The format of Shopify's product export and of its template."""

    key = "shopify"
    name = "Shopify"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a handle or title, and a name that only Shopify gives to a column."""
        return columns.recognise(header)

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per handle, wherever its rows stand; one variant per row that says more than a picture."""
        places = mapping.places(
            table.header, columns.KNOWN | columns.metafields(table.header), wishes, columns.is_left_out
        )
        sheet = Sheet(
            table,
            places,
            columns.ALIASES,
            money=columns.MONEY,
            decimal=wishes.decimal,
            only_asked=("gtin", "content", "weight_g"),
        )
        sheet.refuse_wide_rows()
        families = _families(sheet)
        _ask_about_missing_stock(sheet)
        notes = reductions.notes(sheet, "compare_cents")
        reading = sheet.reading(
            self.key, families, lambda each: _article(sheet, each, wishes), notes, is_left_out=columns.is_left_out
        )
        since = "von 2024 an" if columns.are_of_today(table.header) else "bis 2024"
        reading.format_name = f"{self.name} (Spalten {since})"
        return reading


@dataclass(frozen=True)
class _Family:
    """The rows of a handle, by their places in the table."""

    key: str
    places: tuple[int, ...]


def _families(sheet: Sheet) -> list[_Family]:
    together: dict[str, tuple[int, ...]] = {}
    gift_cards: dict[str, int] = {}
    for place, row in enumerate(sheet.table.rows):
        handle = sheet.cell(row, "handle") or sheet.cell(row, "name")
        if not handle:
            sheet.refuse(
                row.number, "handle", "In dieser Zeile fehlen Handle und Titel: Zu welchem Artikel gehört sie?"
            )
            continue
        together[handle] = (*together.get(handle, ()), place)
        if sheet.cell(row, "gift_card").casefold() in SAYS_YES:
            gift_cards.setdefault(handle, row.number)
    for row_number in gift_cards.values():
        reason = "Ein Geschenkgutschein. Gutscheine verkaufen Sie bei uns anders; wir lassen ihn aus."
        sheet.ask(row_number, "gift_card", reason)
    addresses = Addresses()
    return [_Family(addresses.give(handle), places) for handle, places in together.items() if handle not in gift_cards]


def _ask_about_missing_stock(sheet: Sheet) -> None:
    if "stock" in sheet.places or "price_cents" not in sheet.places:
        return
    reason = (
        "Die Datei nennt keinen Bestand; bei mehreren Lagerorten steht er in Shopifys Datei „Inventar“. Bei neuen "
        "Artikeln wird er nicht gezählt, bis Sie ihn eintragen."
    )
    sheet.ask(sheet.table.rows[0].number, "stock", reason)


def _article(sheet: Sheet, family: _Family, wishes: Wishes) -> Article:
    rows = [sheet.table.rows[place] for place in family.places]
    article = Article(rows[0].number, family.key, facts=_product_facts(sheet, rows))
    option_names = [_first(sheet, rows, f"option_{n}_name") for n in OPTIONS]
    numbers: set[str] = set()
    for row in rows:
        if any(sheet.cell(row, key) for key in _OF_A_VARIANT):
            article.variants.append(variant(sheet, row, article.key, option_names, numbers, wishes))
    article.variants = together(sheet, rows, article.variants)
    return article


def _first(sheet: Sheet, rows: Sequence[Row], key: str) -> str:
    """What the first of the rows that says anything says."""
    return next((cell for row in rows if (cell := sheet.cell(row, key))), "")


def _product_facts(sheet: Sheet, rows: Sequence[Row]) -> Facts:
    facts: Facts = {}
    _refuse_another_title(sheet, rows)
    for row in reversed(rows):  # so that the first one has the last word
        sheet.put(facts, row, "name", lambda cell: text_of(cell)[:200])
        sheet.put(facts, row, "description", markdown_of)
        sheet.put(facts, row, "maker", lambda cell: cell[:120])
        sheet.put(facts, row, "categories", lambda cell: ((cell[:120],),))
    _take_metafields(sheet, rows, facts)
    facts |= _publication(sheet, rows) | _taxation(sheet, rows)
    if "pictures" in sheet.places:
        facts |= _pictures(sheet, rows)
    return facts


def _refuse_another_title(sheet: Sheet, rows: Sequence[Row]) -> None:
    titled = [row for row in rows if sheet.cell(row, "name")]
    for row in titled[1:]:
        if sheet.cell(row, "name") != sheet.cell(titled[0], "name"):
            reason = f"Zeile {row.number} mit demselben Handle hat einen anderen Titel. Bitte gleichen Sie beide an."
            sheet.refuse(rows[0].number, "name", reason)


def _take_metafields(sheet: Sheet, rows: Sequence[Row], facts: Facts) -> None:
    """Short ones are attributes of the article, long ones further sections of its description."""
    for key in sheet.places:
        if not key.startswith(columns.METAFIELD_KEY):
            continue
        label, text = key.removeprefix(columns.METAFIELD_KEY), _first(sheet, rows, key)
        if "\n" in text or len(text) > _LONGEST_ATTRIBUTE:
            section = f"### {markdown_of(label)}\n\n{plain_markdown(text)}"
            facts["description"] = f"{facts.get('description', '')}\n\n{section}".strip()
        elif text and not _NOT_A_TEXT.match(text):
            facts[f"{ATTRIBUTE_PREFIX}{label}"] = _attribute(text)


def _attribute(text: str) -> str:
    values = cells.split_list(html.unescape(text), ";")
    return ", ".join({"true": "ja", "false": "nein"}.get(value, value) for value in values)


def _publication(sheet: Sheet, rows: Sequence[Row]) -> Facts:
    """Active, and not taken off the online store; a blank cell of the first row means published."""
    if not {"is_published", "status"} & sheet.places.keys():
        return {}
    status = _first(sheet, rows, "status").casefold()
    published = _first(sheet, rows, "is_published").casefold()
    if status in _DRAFTS:
        sheet.ask(rows[0].number, "status", _DRAFTS[status])
    if not status and not published and not _first(sheet, rows, "name"):
        return {}
    return {"is_published": status in ("", "active") and published in ("", *SAYS_YES)}


def _taxation(sheet: Sheet, rows: Sequence[Row]) -> Facts:
    row = next((row for row in rows if sheet.cell(row, "taxable").casefold() in ("false", "0", "no")), None)
    if row is None:
        return {}
    reason = "In Shopify ohne Steuer. Wir nehmen 0 % Mehrwertsteuer; bitte prüfen Sie, ob das stimmt."
    sheet.ask(row.number, "taxable", reason)
    return {"vat_class": VatClass.ZERO}


def _pictures(sheet: Sheet, rows: Sequence[Row]) -> Facts:
    """The addresses of the pictures of all rows, in the order of "Image Position"."""
    found = [(_position(sheet, row, place), sheet.cell(row, "pictures")) for place, row in enumerate(rows)]
    addresses = tuple(dict.fromkeys(address for _, address in sorted(found) if address))
    return {"pictures": addresses} if addresses else {}


def _position(sheet: Sheet, row: Row, place: int) -> tuple[int, int]:
    written = sheet.cell(row, "picture_position")
    return (int(written) if re.fullmatch(r"[0-9]{1,6}", written) else 1_000_000, place)
