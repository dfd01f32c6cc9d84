"""Single cells: what Excel and other shops do to them, and the values they mean."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from stdnum import ean

from catalog.refusals import Refusal

_BERLIN = ZoneInfo("Europe/Berlin")
_INVISIBLE = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\x7f"), *(code for code in range(32) if chr(code) not in "\t\n\r")]
)
_BEGINS_UNTIDY = (" ", "'")
_STRIPPED_GUARD = re.compile(r"'(?=[=+\-@'0-9])")
_NEEDS_GUARD = re.compile(r"[=+\-@]|'[=+\-@'0-9]")
_EXCEL_WOULD_CHANGE = re.compile(r"0\d+|\d{12,}|\d+[eE]\d+|\d+[.,/-]\s?\d+(?:[./-]\d+)?")
_DAMAGED_NUMBER = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_DAMAGE = re.compile(r"#(NV|N/A|WERT!|VALUE!|BEZUG!|REF!|NAME\?|DIV/0!|ZAHL!|NUM!)", re.IGNORECASE)
ERASE = "(leer)"
_LIKE_ERASE = re.compile(r"\\*\(leer\)")
_YES = {"1", "ja", "j", "x", "wahr", "true", "yes", "y"}
_NO = {"0", "nein", "n", "falsch", "false", "no", "-1"}
_YEARS = range(1990, 2100)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:[ T]+(\d{1,2}):(\d{2}))?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]+(\d{1,2}):(\d{2})(?::\d{2})?)?")


class NotACell(Refusal):
    """The cell's text is not what its column holds."""


class Damaged(NotACell):
    """A spreadsheet has spoilt the cell; what stood there is lost."""


def clean(cell: str) -> str:
    """Strip blanks (no-break ones too), invisible characters and the apostrophe that guards formulas.

    Letters that Macs write as two characters (a and its dots) become one.
    """
    if cell.isprintable() and cell[:1] not in _BEGINS_UNTIDY and cell[-1:] != " ":  # nearly every cell of a file
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    visible = cell.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    stripped = unicodedata.normalize("NFC", visible).strip()
    return _STRIPPED_GUARD.sub("", stripped, count=1) if stripped.startswith("'") else stripped


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
    _refuse_damage(cell)
    if _DAMAGED_NUMBER.fullmatch(cell) and "+" in cell:
        raise Damaged(
            f"Excel hat die Artikelnummer in „{cell}“ umgerechnet. Bitte formatieren Sie die Spalte als Text und "
            "tragen Sie die Nummer neu ein."
        )
    if len(cell) > 80:
        raise NotACell("Eine Artikelnummer hat höchstens 80 Zeichen.")
    if "\n" in cell:
        raise NotACell("In der Artikelnummer steht ein Zeilenumbruch.")
    return cell


def gtin(cell: str) -> str:
    """Check an EAN/GTIN and its check digit; blanks and hyphens are dropped. Raises NotACell."""
    _refuse_damage(cell)
    if _DAMAGED_NUMBER.fullmatch(cell):
        raise Damaged(
            f"Excel hat die EAN in „{cell}“ umgerechnet, die letzten Ziffern sind verloren. Bitte formatieren Sie "
            "die Spalte als Text und tragen Sie die EAN neu ein."
        )
    digits = re.sub(r"[\s\u00a0-]", "", cell)
    if ean.is_valid(digits):
        return digits
    for length in (8, 13):
        if len(digits) == length - 1 and digits.isdigit() and ean.is_valid("0" + digits):
            raise NotACell(
                f"Der EAN „{cell}“ fehlt vorn die Null: 0{digits}. Bitte formatieren Sie die Spalte als Text."
            )
    raise NotACell(f"„{cell}“ ist keine gültige EAN: Die Prüfziffer oder die Länge (8, 12, 13 oder 14) stimmt nicht.")


def yes_or_no(cell: str) -> bool:
    """Read ja/nein, WAHR/FALSCH, 1/0, x. Raises NotACell."""
    folded = cell.casefold()
    if folded not in _YES | _NO:
        raise NotACell(f"Hier bitte „ja“ oder „nein“ eintragen, nicht „{cell}“.")
    return folded in _YES


def moment(cell: str, *, is_end: bool = False) -> datetime:
    """Read a day (31.12.2026, 31.12.26, 2026-12-31), with or without time, as Berlin time.

    A day without time means its beginning, as an end its last moment, midnight after it. Raises NotACell.
    """
    german, iso = _GERMAN_DAY.fullmatch(cell), _ISO_DAY.fullmatch(cell)
    match = german or iso
    if match is None:
        raise NotACell(f"„{cell}“ ist kein Datum. Bitte so eintragen: 31.12.2026")
    year, month, day = (match[3], match[2], match[1]) if german else (match[1], match[2], match[3])
    try:
        on = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        at = time(int(match[4] or 0), int(match[5] or 0))
    except ValueError as error:
        raise NotACell(f"Den Tag „{cell}“ gibt es nicht.") from error
    if on.year not in _YEARS:
        raise NotACell(f"Der Tag „{cell}“ liegt zu fern. Gilt das Angebot immer, lassen Sie die Zelle leer.")
    if is_end and at == time(0):
        on = date.fromordinal(on.toordinal() + 1)
    return datetime.combine(on, at, _BERLIN)


def format_moment(at: datetime, *, is_end: bool = False) -> str:
    """Write a moment so that `moment` reads it back to the minute."""
    local = at.astimezone(_BERLIN)
    if local.time() != time(0):
        return f"{local:%d.%m.%Y %H:%M}"
    return f"{date.fromordinal(local.toordinal() - 1) if is_end else local:%d.%m.%Y}"


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


def _refuse_damage(cell: str) -> None:
    if _DAMAGE.match(cell):
        raise Damaged(f"In der Zelle steht der Excel-Fehler „{cell}“. Bitte berichtigen Sie ihn in der Tabelle.")
