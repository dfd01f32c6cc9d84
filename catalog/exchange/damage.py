"""What spreadsheets do to cells: the value that stood there is lost, so the cell is refused and never guessed."""

import re

from catalog.refusals import Refusal

_ERROR = re.compile(r"#[A-ZÄÖÜ_/0]+[!?]|#NV|#N/A|#(?:GETTING_DATA|DATEN_ABRUFEN)|Err:\d{3}|#{3,}", re.IGNORECASE)
_POWER = re.compile(r"-?\d+(?:[.,]\d+)?[eE][+-]\d+")
_MONTH = "(?:jan|feb|mär|mrz|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)"
_DATE = re.compile(
    rf"\d{{1,2}}\.? ?-?{_MONTH}\.?(?:[ -]?\d{{2,4}})?|{_MONTH}\.?[ -]\d{{2,4}}",
    re.IGNORECASE,
)
_AS_TEXT = "Bitte formatieren Sie die Spalte in Excel als Text und tragen Sie den Wert neu ein."


class NotACell(Refusal):
    """The cell's text is not what its column holds."""


class Damaged(NotACell):
    """A spreadsheet has spoilt the cell; what stood there is lost."""


def refuse_error(cell: str) -> None:
    """Refuse what a spreadsheet writes instead of a value: "#WERT!", "#N/A", "Err:502", "####". Raises Damaged."""
    if cell[:1] in ("#", "E", "e") and _ERROR.fullmatch(cell):
        if cell.startswith("##"):
            raise Damaged(
                f"In der Zelle steht „{cell[:8]}“: Die Spalte war in Excel zu schmal. Bitte machen Sie sie breiter und "
                "speichern Sie die Datei neu."
            )
        raise Damaged(f"In der Zelle steht der Excel-Fehler „{cell}“. Bitte berichtigen Sie ihn in der Tabelle.")


def refuse_power(cell: str, what: str) -> None:
    """Refuse a long number that was shortened: "4,00638E+12". `what` was there, as "die EAN". Raises Damaged."""
    if _POWER.fullmatch(cell):
        raise Damaged(f"Excel hat {what} in „{cell}“ umgerechnet, die letzten Ziffern sind verloren. {_AS_TEXT}")


def refuse_date(cell: str, what: str) -> None:
    """Refuse a size or number such as "3-4" that became a day: "03. Apr", "3-Apr", "Mrz 26". Raises Damaged."""
    if _DATE.fullmatch(cell):
        raise Damaged(f"Excel hat {what} in das Datum „{cell}“ verwandelt. {_AS_TEXT}")
