"""Wix's product export, of the catalogue before 2025 ("handleId") and of the one since ("handle").

After exports in public repositories: a row "Product" is followed by a row "Variant" for each variant that is kept
apart, in the new catalogue also by rows "MEDIA" with one more picture. In the old one a variant's price is the
product's and its surcharge, and a reduction is a percentage or an amount; in the new one it has a price of its own
and the price before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from catalog import slugs
from catalog.exchange import cells, headers, mapping
from catalog.exchange.articles import Article, Facts, Reading
from catalog.exchange.dialects import reductions
from catalog.exchange.dialects.addresses import Addresses
from catalog.exchange.dialects.wix_pictures import addresses
from catalog.exchange.dialects.wix_variants import OPTIONS, is_visible, variants
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

INFOS = range(1, 7)
ALIASES: headers.Aliases = {
    "handle": ("handleId", "handle"),
    "type": ("fieldType",),
    "name": ("name",),
    "description": ("description", "plainDescription"),
    "pictures": ("productImageUrl", "media"),
    "categories": ("collection", "collections", "categories"),
    "sku": ("sku",),
    "gtin": ("barcode",),
    "price_cents": ("price",),
    "purchase_cents": ("cost",),
    "surcharge": ("surcharge",),
    "before_cents": ("strikethroughPrice",),
    "discount_mode": ("discountMode",),
    "discount_value": ("discountValue",),
    "is_published": ("visible",),
    "stock": ("inventory",),
    "weight_g": ("weight",),
    "maker": ("brand",),
    "content": ("totalUnits",),
    "content_unit": ("totalUnitsMeasurement",),
    **{f"option_{n}_name": (f"productOptionName{n}",) for n in OPTIONS},
    **{f"option_{n}_values": (f"productOptionDescription{n}", f"productOptionChoices{n}") for n in OPTIONS},
    **{f"info_{n}_title": (f"additionalInfoTitle{n}",) for n in INFOS},
    **{f"info_{n}_text": (f"additionalInfoDescription{n}",) for n in INFOS},
}
_KNOWN = headers.by_normal_name(ALIASES)
_ONLY_WIX = {
    *("handleid", "fieldtype", "productimageurl", "plaindescription", "discountmode", "strikethroughprice"),
    *("productoptionname1", "totalunitsmeasurement"),
}
_MONEY = ("price_cents", "surcharge", "before_cents", "purchase_cents")
_NOBODY_MISSES = re.compile(r"productoptiontype\d|mediaalttext|baseunit|preorderenabled")


class Wix:
    """The format of Wix Stores' product export."""

    key = "wix"
    name = "Wix"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs a name or number, and a name that only Wix gives to a column."""
        names = {normal(name) for name in header}
        places = {_KNOWN[name] for name in names if name in _KNOWN}
        return len(places) if {"name", "sku"} & places and names & _ONLY_WIX else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per product row, with the variants that stand under its handle."""
        places = mapping.places(table.header, _KNOWN, wishes, _is_left_out)
        sheet = Sheet(
            table, places, ALIASES, money=_MONEY, decimal=wishes.decimal, only_asked=("gtin", "content", "weight_g")
        )
        sheet.refuse_wide_rows()
        sheet.columns["variant_pictures"] = sheet.columns["pictures"]
        families = _families(sheet)
        build = partial(_article, sheet)
        return sheet.reading(self.key, families, build, _notes(sheet), is_left_out=_is_left_out)


@dataclass
class _Family:
    """A product's row and those of its variants and pictures, by their places in the table."""

    place: int
    key: str
    variants: list[int] = field(default_factory=list)
    media: list[int] = field(default_factory=list)


def _families(sheet: Sheet) -> list[_Family]:
    wished, families = Addresses(), dict[str, _Family]()
    for place, row in enumerate(sheet.table.rows):
        if _kind(sheet, row) == "product":
            handle = sheet.cell(row, "handle") or f"?{row.number}"
            if handle in families:
                number = sheet.table.rows[families[handle].place].number
                sheet.refuse(row.number, "handle", f"Zeile {number} ist schon das Produkt „{handle}“.")
                continue
            named = handle if _is_address(sheet) else sheet.cell(row, "name") or sheet.cell(row, "sku")
            families[handle] = _Family(place, wished.give(named, sheet.cell(row, "sku")))
    for place, row in enumerate(sheet.table.rows):
        kind = _kind(sheet, row)
        family = families.get(sheet.cell(row, "handle"))
        if kind != "product" and family is None:
            reason = f"Das Produkt „{sheet.cell(row, 'handle')}“ zu dieser Zeile steht nicht in der Datei."
            sheet.refuse(row.number, "handle", reason)
        elif family is not None and kind != "product":
            (family.variants if kind == "variant" else family.media).append(place)
    return list(families.values())


def _kind(sheet: Sheet, row: Row) -> str:
    """What a row is about: "product", "variant" or "media"."""
    written = sheet.cell(row, "type").casefold()
    return written if written in ("variant", "media") else "product"


def _is_address(sheet: Sheet) -> bool:
    """Whether the handle is a readable address, as in the new catalogue, or a number that means nothing."""
    return "handle" in sheet.places and normal(sheet.table.header[sheet.places["handle"]]) == "handle"


def _article(sheet: Sheet, family: _Family) -> Article:
    row, *media = (sheet.table.rows[place] for place in (family.place, *family.media))
    kept_apart = [sheet.table.rows[place] for place in family.variants]
    article = Article(row.number, family.key, joins=_is_address(sheet), facts=_product_facts(sheet, row))
    pictures = [address for each in (row, *media) for address in addresses(sheet.cell(each, "pictures"))]
    if pictures:
        article.facts["pictures"] = tuple(dict.fromkeys(pictures))
    if kept_apart and not any(is_visible(sheet, each) for each in kept_apart):
        reason = "Alle Varianten sind abgeschaltet. Wir nehmen den Artikel als Entwurf auf."
        sheet.ask(row.number, "is_published", reason)
        article.facts["is_published"] = False
    article.variants += variants(sheet, row, kept_apart, _stands_for(sheet, row, family.key))
    return article


def _stands_for(sheet: Sheet, row: Row, key: str) -> str:
    """The beginning of made up article numbers: the handle, of a meaningless one the first block."""
    if _is_address(sheet):
        return key
    return slugs.spelled(sheet.cell(row, "handle").removeprefix("product_").partition("-")[0]) or key


def _product_facts(sheet: Sheet, row: Row) -> Facts:
    facts: Facts = {}
    sheet.put(facts, row, "name", lambda cell: text_of(cell)[:200])
    sheet.put(facts, row, "maker", lambda cell: cell[:120])
    sheet.put(facts, row, "is_published", cells.yes_or_no)
    sheet.put(facts, row, "categories", _categories)
    description = "\n\n".join(filter(None, (markdown_of(sheet.cell(row, "description")), *_infos(sheet, row))))
    if description:
        facts["description"] = description
    return facts


def _categories(cell: str) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys((name[:120],) for name in cells.split_list(cell, ";")))


def _infos(sheet: Sheet, row: Row) -> Iterator[str]:
    """The further sections of a product's page, such as "Pflege", as they follow on the description."""
    for n in INFOS:
        title, text = sheet.cell(row, f"info_{n}_title"), markdown_of(sheet.cell(row, f"info_{n}_text"))
        if text:
            yield f"### {markdown_of(title)}\n\n{text}" if title else text


def _notes(sheet: Sheet) -> list[str]:
    notes = reductions.notes(sheet, "before_cents")
    if any(sheet.cell(row, "weight_g").strip("0.,") for row in sheet.table.rows):
        notes.append("Gewichte stehen ohne Einheit in der Datei. Wir lesen sie als Kilogramm.")
    return notes


def _is_left_out(name: str) -> bool:
    return _NOBODY_MISSES.match(name) is not None
