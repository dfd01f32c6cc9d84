"""What a row of WooCommerce's export says of a product: texts, categories, tax, attributes."""

import html
import re
from collections.abc import Container, Iterator

from catalog.exchange import cells
from catalog.exchange.articles import Facts
from catalog.exchange.cells import NotACell
from catalog.exchange.dialects import words
from catalog.exchange.dialects.combinations import Option
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet
from catalog.vat import VatClass

_VAT_CLASSES = {
    "": VatClass.STANDARD,
    "standard": VatClass.STANDARD,
    "reduced rate": VatClass.REDUCED,
    "ermaessigter steuersatz": VatClass.REDUCED,
    "ermaessigt": VatClass.REDUCED,
    "zero rate": VatClass.ZERO,
    "steuerfrei": VatClass.ZERO,
    "nullsatz": VatClass.ZERO,
}
_BETWEEN_ADDRESSES = re.compile(r",\s*(?=https?://)")
_SAYS_YES = ("1", "true", "yes", "ja", "wahr")


class Attributes:
    """The columns "Attribute 1 name", "Attribute 1 value(s)" and so on of a file."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._numbers = sorted({int(key.split("_")[1]) for key in sheet.places if key.startswith("attribute_")})

    def cells(self, row: Row) -> Iterator[tuple[int, str, str]]:
        """(number, name, value or list of values) of a row's attributes; the value is empty for "any"."""
        for n in self._numbers:
            name = self._sheet.cell(row, f"attribute_{n}_name")
            if name:
                yield n, html.unescape(name)[:60], html.unescape(self._sheet.cell(row, f"attribute_{n}_value"))

    def options(self, row: Row) -> tuple[Option, ...]:
        """What a variation chooses."""
        return tuple((name, value.replace("\\,", ",")[:120], "") for _, name, value in self.cells(row) if value)

    def facts(self, row: Row, but: Container[str] = ()) -> Facts:
        """The attributes that are no choices."""
        return {
            f"{ATTRIBUTE_PREFIX}{name}": ", ".join(_listed(value))
            for _, name, value in self.cells(row)
            if value and name not in but
        }


def product_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of a row that is no variation, without its attributes."""
    facts: Facts = {}
    sheet.put(facts, row, "name", lambda cell: text_of(cell)[:200])
    facts.setdefault("name", sheet.cell(row, "sku"))
    sheet.put(facts, row, "summary", lambda cell: text_of(_unescaped(cell)))
    sheet.put(facts, row, "description", lambda cell: markdown_of(_unescaped(cell)))
    sheet.put(facts, row, "categories", _category_paths)
    sheet.put(facts, row, "is_featured", cells.yes_or_no)
    sheet.put(facts, row, "delivery_days", words.days)
    sheet.put(facts, row, "warnings", lambda cell: markdown_of(_unescaped(cell)))
    if sheet.cell(row, "is_published"):
        facts["is_published"] = is_published(sheet, row)
    if sheet.cell(row, "sold_individually").casefold() in _SAYS_YES:
        facts["maximum"] = "1"
    maker = sheet.cell(row, "manufacturer") or next(iter(_listed(sheet.cell(row, "brands"))), "")
    if maker:
        facts["maker"] = html.unescape(maker)[:120]
    found = pictures(sheet, row)
    if found:
        facts["pictures"] = found
    return facts | _taxation(sheet, row)


def is_published(sheet: Sheet, row: Row) -> bool:
    """Whether a row is to be seen: 1; private (0), drafts (-1), what waits for review (2) and hidden ones are not."""
    is_shown = sheet.cell(row, "is_published").casefold() in _SAYS_YES
    if is_shown and sheet.cell(row, "visibility").casefold() == "hidden":
        sheet.ask(row.number, "visibility", "Im Katalog unsichtbar. Wir nehmen den Artikel als Entwurf auf.")
        return False
    return is_shown


def pictures(sheet: Sheet, row: Row) -> tuple[str, ...]:
    """The addresses of the pictures, the main one first; an address may hold a comma itself."""
    cell = sheet.cell(row, "pictures")
    named = _BETWEEN_ADDRESSES.split(cell) if "://" in cell else cells.split_list(cell, ",")
    return tuple(dict.fromkeys(each.strip() for each in named if each.strip()))


def _listed(cell: str) -> list[str]:
    return cells.split_list(cell, ",")


def _category_paths(cell: str) -> tuple[tuple[str, ...], ...]:
    paths = [tuple(map(html.unescape, cells.split_list(path, ">"))) for path in _listed(cell)]
    if any(len(name) > 120 for path in paths for name in path):
        raise NotACell("Ein Name einer Kategorie hat höchstens 120 Zeichen.")
    return tuple(dict.fromkeys(path for path in paths if path))


def _taxation(sheet: Sheet, row: Row) -> Facts:
    """The class of tax; of what Germanized knows beyond it, the owner hears."""
    if sheet.cell(row, "differential").casefold() in _SAYS_YES:
        reason = (
            "Differenzbesteuert (§ 25a UStG). Das kennen wir nicht; bitte klären Sie, wie Sie den Artikel verkaufen."
        )
        sheet.ask(row.number, "differential", reason)
    if sheet.cell(row, "minimum_age").strip("0"):
        reason = (
            f"Ab {sheet.cell(row, 'minimum_age')} Jahren. Das Alter prüfen wir nicht; verkaufen Sie ihn nur im Laden."
        )
        sheet.ask(row.number, "minimum_age", reason)
    if not {"tax_class", "tax_status"} & sheet.places.keys():
        return {}
    return {"vat_class": _vat_class(sheet, row)}


def _vat_class(sheet: Sheet, row: Row) -> VatClass:
    if sheet.cell(row, "tax_status").casefold() in ("none", "keine"):
        reason = "Ohne Steuer. Wir nehmen 0 % Mehrwertsteuer; bitte prüfen Sie, ob das stimmt."
        sheet.ask(row.number, "tax_status", reason)
        return VatClass.ZERO
    written = sheet.cell(row, "tax_class")
    vat_class = _VAT_CLASSES.get(normal(written))
    if vat_class is None:
        reason = f"Die Steuerklasse „{written}“ kennen wir nicht. Wir nehmen den vollen Satz."
        sheet.ask(row.number, "tax_class", reason)
    return vat_class or VatClass.STANDARD


def _unescaped(cell: str) -> str:
    """A newline is written as backslash and n; these two characters themselves have one more backslash."""
    return re.sub(r"\\(\\n|n)", lambda match: "\n" if match[1] == "n" else match[1], cell)
