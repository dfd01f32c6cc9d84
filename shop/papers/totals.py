"""The sums of an invoice: per rate net, tax and gross, the amount of all, what was paid and what is due."""

from typing import TYPE_CHECKING

from catalog.money import format_cents
from catalog.vat import format_rate
from checkout.documents import Document, Kind
from shop.papers.letterhead import LEFT, RIGHT

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

_X = RIGHT - 92  # where the block begins
_ROW, _SUM = 4.9, 8.6  # mm
_COLUMNS = ((0.0, 26.0), (24.0, 22.0), (46.0, 22.0), (68.0, 23.0))  # where they begin in the block, how wide they are


def height(document: Document) -> float:
    """How many millimetres the sums take."""
    return 6 + (_ROW * (len(_rates(document)) + 1) if _rates(document) else 0) + _SUM + _ROW * len(_rest(document))


def draw(sheet: "Sheet", document: Document) -> None:
    """Draw the sums to the right, below where the sheet stands."""
    y = sheet.get_y() + 3
    rates = _rates(document)
    if rates:
        _row(sheet, y, ("Steuersatz", "netto", "MwSt.", "brutto"), colour="ink_soft", size=8)
        for number, row in enumerate(rates, start=1):
            _row(sheet, y + _ROW * number, row)
        y += _ROW * (len(rates) + 1)
    sheet.set_fill_color(sheet.look["accent_soft"])
    sheet.rect(_X, y + 0.6, RIGHT - _X, _SUM - 1, style="F", round_corners=True, corner_radius=1.6)
    sheet.put(_X + 2, y + 2.6, _name_of_sum(document), 11, width=48, bold=True)
    sheet.put(RIGHT - 42, y + 2.4, format_cents(document.gross_cents), 12, width=40, align="R", bold=True)
    y += _SUM
    for number, (name, cents) in enumerate(_rest(document)):
        is_last = number == len(_rest(document)) - 1
        sheet.put(_X + 2, y + 0.8 + _ROW * number, name, 9, width=60, bold=is_last)
        amount = format_cents(cents)
        sheet.put(RIGHT - 42, y + 0.8 + _ROW * number, amount, 9, width=40, align="R", bold=is_last)
    sheet.set_xy(LEFT, y + _ROW * len(_rest(document)))


def _rates(document: Document) -> list[tuple[str, ...]]:
    """A row for each rate and one for their sum where there are several; none where nothing is taxed."""
    if not any(tax.category in ("S", "Z") for tax in document.taxes):
        return []
    said: list[tuple[str, ...]] = [
        (format_rate(tax.permille), *map(format_cents, (tax.net_cents, tax.vat_cents, tax.gross_cents)))
        for tax in document.taxes
    ]
    whole = ("Summe", *map(format_cents, (document.net_cents, document.vat_cents, document.gross_cents)))
    return [*said, whole] if len(said) > 1 else said


def _rest(document: Document) -> list[tuple[str, int]]:
    """What came already and what is left; nothing where nothing is owed at all."""
    if document.kind is not Kind.INVOICE:
        return []
    paid = [("bereits bezahlt", document.paid_cents)] if document.paid_cents else []
    return [*paid, ("noch zu bezahlen", document.due_cents)]


def _name_of_sum(document: Document) -> str:
    return {Kind.INVOICE: "Rechnungsbetrag", Kind.CANCELLATION: "Stornobetrag"}.get(document.kind, "Berichtigung")


def _row(sheet: "Sheet", y: float, texts: tuple[str, ...], *, colour: str = "ink", size: float = 9) -> None:
    for number, (text, (x, width)) in enumerate(zip(texts, _COLUMNS, strict=True)):
        align = "R" if number else "L"
        sheet.put(_X + (2 if not number else 0) + x, y, text, size, width=width - 2, align=align, colour=colour)
