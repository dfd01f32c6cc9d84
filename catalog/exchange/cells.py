"""Single cells: what Excel and other shops do to them, and the values they mean."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from stdnum import ean

from catalog.exchange import damage
from catalog.exchange.damage import Damaged as Damaged
from catalog.exchange.damage import NotACell as NotACell
from catalog.exchange.days import format_moment as format_moment
from catalog.exchange.days import moment as moment

_INVISIBLE = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\x7f"), *(code for code in range(32) if chr(code) not in "\t\n\r")]
)
_BEGINS_UNTIDY = (" ", "'", "=")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # so do programs keep Excel from changing a number
_STRIPPED_GUARD = re.compile(r"'(?=[=+\-@'0-9])")
_NEEDS_GUARD = re.compile(r"[=+\-@]|'[=+\-@'0-9]")
_EXCEL_WOULD_CHANGE = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+|\d+[.,/-]\s?\d+(?:[./-]\d+)?")
ERASE = "(leer)"
_LIKE_ERASE = re.compile(r"\\*\(leer\)")
_YES = {"1", "ja", "j", "x", "wahr", "true", "yes", "y", "t", "on", "an", "ein", "aktiv", "active", "✓", "✔"}
_NO = {"0", "nein", "n", "falsch", "false", "no", "f", "off", "aus", "inaktiv", "inactive", "-1", "✗", "✘"}


def clean(cell: str) -> str:
    """Strip blanks (no-break ones too), invisible characters and the apostrophe that guards formulas.

    Letters that Macs write as two characters (a and its dots) become one.
    """
    if cell.isprintable() and cell[:1] not in _BEGINS_UNTIDY and cell[-1:] != " ":  # nearly every cell of a file
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    visible = cell.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    stripped = unicodedata.normalize("NFC", visible).strip()
    if text := _TEXT_FORMULA.fullmatch(stripped):
        return text[1].strip()
    return stripped[1:] if _STRIPPED_GUARD.match(stripped) else stripped


def clean_all(record: Sequence[str]) -> Sequence[str]:
    """Clean the cells of a record; one look at all of them together tells of most records that they are clean."""
    joined = "\x1f".join(("", *record, ""))
    letters = joined.replace("\x1f", "")
    is_tidy = letters.isprintable() and (letters.isascii() or unicodedata.is_normalized("NFC", letters))
    if is_tidy and " \x1f" not in joined and not any(f"\x1f{begin}" in joined for begin in _BEGINS_UNTIDY):
        return record if joined.count("\x1f") == len(record) + 1 else [clean(cell) for cell in record]
    return [clean(cell) for cell in record]


def guard(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula, a date or a long number.

    `clean` takes it off again.
    """
    return f"'{cell}" if _NEEDS_GUARD.match(cell) or _EXCEL_WOULD_CHANGE.fullmatch(cell) else cell


def literal(text: str) -> str:
    """A text as a cell of our own format that means just this text, even if it is our word for "nothing"."""
    return f"\\{text}" if _LIKE_ERASE.fullmatch(text) else guard(text)


def meant(cell: str) -> str:
    """The text that a cell of `literal` means."""
    return cell[1:] if cell.startswith("\\") and _LIKE_ERASE.fullmatch(cell) else cell


def tidy(text: str) -> str:
    """A stored text as it reads after a way through a file: equal texts compare equal."""
    return clean(guard(text))


def article_number(cell: str) -> str:
    """Check an article number: text, kept to the letter. Raises NotACell."""
    damage.refuse_error(cell)
    damage.refuse_power(cell, "die Artikelnummer")
    damage.refuse_date(cell, "die Artikelnummer")
    if len(cell) > 80:
        raise NotACell("Eine Artikelnummer hat höchstens 80 Zeichen.")
    if "\n" in cell:
        raise NotACell("In der Artikelnummer steht ein Zeilenumbruch.")
    return cell


def gtin(cell: str) -> str:
    """Check an EAN/GTIN and its check digit; blanks and hyphens are dropped. Raises NotACell."""
    damage.refuse_error(cell)
    damage.refuse_power(cell, "die EAN")
    digits = re.sub(r"[\s\u00a0-]|(?<=\d{7})[.,]0+$", "", cell)  # ".0" is what programs add that took it for a number
    if ean.is_valid(digits):
        return digits
    for length in (8, 13):
        if len(digits) == length - 1 and digits.isdigit() and ean.is_valid("0" + digits):
            raise NotACell(
                f"Der EAN „{cell}“ fehlt vorn die Null: 0{digits}. Bitte formatieren Sie die Spalte als Text."
            )
    raise NotACell(f"„{cell}“ ist keine gültige EAN: Die Prüfziffer oder die Länge (8, 12, 13 oder 14) stimmt nicht.")


def option_value(cell: str) -> str:
    """A size, colour or the like, kept to the letter. Raises Damaged where Excel took it for a day or a number."""
    damage.refuse_error(cell)
    damage.refuse_power(cell, "den Wert")
    damage.refuse_date(cell, "den Wert")
    return cell


def yes_or_no(cell: str) -> bool:
    """Read ja/nein, WAHR/FALSCH, 1/0, x. Raises NotACell."""
    folded = cell.casefold()
    if folded not in _YES | _NO:
        raise NotACell(f"Hier bitte „ja“ oder „nein“ eintragen, nicht „{cell}“.")
    return folded in _YES


def split_list(cell: str, separator: str) -> list[str]:
    r"""Split a list at a separator that is not escaped ("1\,2 m, 3 m"); empty items are dropped."""
    items = [""]
    letters = iter(cell)
    for letter in letters:
        if letter == "\\":
            following = next(letters, "")
            items[-1] += following if following in (separator, "\\") else letter + following
        elif letter == separator:
            items.append("")
        else:
            items[-1] += letter
    return [stripped for item in items if (stripped := item.strip())]


def join_list(items: Iterable[str], separator: str) -> str:
    """Join a list so that `split_list` gives it back."""
    return f" {separator} ".join(_escape(item, separator) for item in items)


def _escape(item: str, separator: str) -> str:
    return item.replace("\\", "\\\\").replace(separator, "\\" + separator)
