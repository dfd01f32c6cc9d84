"""Shopify's product export, with the column names of both generations, mixed too.

After Shopify's help page "Using CSV files to import and export products": the handle groups rows; what concerns
the product stands in its first row only; a further row is a variant, or nothing but one more picture. A filled
"Compare-at price" is the price that was asked before.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.exchange import cells, headers, mapping
from catalog.exchange.articles import Article, Facts, Reading
from catalog.exchange.dialects import reductions
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.lines import plain_markdown
from catalog.exchange.dialects.shopify_variants import OPTIONS, SAYS_YES, variant
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes
from catalog.vat import VatClass

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
    "taxable": ("Variant Taxable", "Charge tax"),
    "content": ("Unit Price Total Measure",),
    "content_unit": ("Unit Price Total Measure Unit",),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "stock": ("Variant Inventory Qty", "Inventory quantity"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "weight_g": ("Variant Grams", "Weight value (grams)"),
    "pictures": ("Image Src", "Product image URL", "Image source"),
    "picture_position": ("Image Position",),
    "variant_pictures": ("Variant Image", "Variant image URL"),
    "gift_card": ("Gift Card",),
    **{f"option_{n}_name": (f"Option{n} Name",) for n in OPTIONS},
    **{f"option_{n}_value": (f"Option{n} Value",) for n in OPTIONS},
}
_KNOWN = headers.by_normal_name(ALIASES)
_ONLY_SHOPIFY = {
    *map(normal, ("URL handle", "Body (HTML)", "Published on online store", "Compare-at price", "Charge tax")),
    *map(normal, ("Inventory tracker", "Continue selling when out of stock", "Weight value (grams)", "Image Src")),
    *map(normal, ("Product image URL", "Option1 Name", "Option1 Value", "Unit Price Total Measure")),
    *(normal(name) for names in ALIASES.values() for name in names if name.startswith("Variant ")),
}
_METAFIELD = re.compile(r"(.+?)\s*\(product\.metafields\.([^)]+)\)", re.DOTALL)
_NOBODY_MISSES = re.compile(
    r"google shopping |(?:included|price|compare at price) |option\d linked to|image alt text|seo |"
    r"(?:variant )?(?:tax code|weight unit|fulfillment service|requires shipping)|unit price base measure"
)
_MONEY = ("price_cents", "compare_cents")
_OF_A_VARIANT = ("price_cents", "sku", "gtin", *(f"option_{n}_value" for n in OPTIONS), "stock")
_METAFIELD_KEY = "Metafeld: "
_LONGEST_ATTRIBUTE = 200
_NOT_A_TEXT = re.compile(r"[\[{]|gid://")  # references and rich text, which only Shopify understands
_DRAFTS = {
    "archived": "In Shopify archiviert. Wir nehmen den Artikel als Entwurf auf.",
    "unlisted": "In Shopify nur über die Adresse zu finden. Wir nehmen den Artikel als Entwurf auf.",
}


_NAMES_OF_TODAY = {"url handle", "sku", "barcode", "inventory quantity", "product image url", "charge tax"}


class Shopify:
    """The format of Shopify's product export and of its template."""

    key = "shopify"
    name = "Shopify"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a handle or title, and a name that only Shopify gives to a column."""
        names = {normal(name) for name in header}
        places = {_KNOWN[name] for name in names if name in _KNOWN}
        if not {"handle", "name"} & places or not names & _ONLY_SHOPIFY:
            return 0
        return len(places) + sum(1 for name in header if _METAFIELD.fullmatch(name))

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per handle, wherever its rows stand; one variant per row that says more than a picture."""
        places = mapping.places(table.header, _KNOWN | _metafields(table.header), wishes, _is_left_out)
        sheet = Sheet(
            table, places, ALIASES, money=_MONEY, decimal=wishes.decimal, only_asked=("gtin", "content", "weight_g")
        )
        sheet.refuse_wide_rows()
        families = _families(sheet)
        _ask_about_missing_stock(sheet)
        notes = reductions.notes(sheet, "compare_cents")
        reading = sheet.reading(
            self.key, families, lambda each: _article(sheet, each, wishes), notes, is_left_out=_is_left_out
        )
        is_today = any(normal(name) in _NAMES_OF_TODAY for name in table.header)
        reading.format_name = f"{self.name} (Spalten von 2024 an)" if is_today else f"{self.name} (Spalten bis 2024)"
        return reading


@dataclass(frozen=True)
class _Family:
    """The rows of a handle, by their places in the table."""

    key: str
    places: tuple[int, ...]


def _metafields(header: Sequence[str]) -> dict[str, str]:
    """Columns such as "Farbe (product.metafields.custom.farbe)"; a second one of a name is called by its key."""
    keys: dict[str, str] = {}
    for name in header:
        match = _METAFIELD.fullmatch(name)
        if match:
            key = f"{_METAFIELD_KEY}{match[1][:80]}"
            keys[normal(name)] = key if key not in keys.values() else f"{_METAFIELD_KEY}{match[2][:80]}"
    return keys


def _is_left_out(name: str) -> bool:
    return _NOBODY_MISSES.match(name) is not None


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
        if not key.startswith(_METAFIELD_KEY):
            continue
        label, text = key.removeprefix(_METAFIELD_KEY), _first(sheet, rows, key)
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
