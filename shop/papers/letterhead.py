"""The shop's letterhead: a sheet as DIN 5008 (form B) lays it out, with the shop's name on top and who it is below.

All measures are millimetres from the upper left corner. The window of a DL envelope shows what stands
20 to 105 from the left and 45 to 90 from the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shop import legal, legal_forms
from shop.formats import in_fours
from shop.profile import Profile

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

LEFT, RIGHT = 25.0, 190.0  # the text's edges
WIDTH = RIGHT - LEFT
FIRST, NEXT = 46.0, 30.0  # where text begins on the first page (without a window) and on those after it
_FOOT = 272.0
_FOLDS = (105.0, 148.5, 210.0)  # two folds, and between them the mark for the punch


@dataclass(frozen=True)
class Head:
    """Who writes: the name on top, the line above the recipient's address, and three columns for the foot."""

    name: str
    claim: str = ""
    return_line: str = ""
    columns: Sequence[Sequence[str]] = ()


def of(owner: Profile) -> Head:
    """The head of the shop's letters, as its profile stands."""
    place = f"{owner.postal_code} {owner.city}".strip()
    who = [owner.owner_name, owner.street, place]
    reach = [f"Telefon {owner.phone}" if owner.phone else "", owner.email]
    return Head(
        owner.shop_name,
        owner.claim,
        " · ".join(part for part in (owner.shop_name, owner.street, place) if part),
        [
            _said([owner.shop_name, *who]),
            _said([*reach, *_bank(owner)]),
            [*tax_ids(owner.vat_id, owner.tax_number), *register(owner)],
        ],
    )


def tax_ids(vat_id: str, tax_number: str) -> list[str]:
    """The numbers that belong on business papers, each with its name; § 14 Abs. 4 Nr. 2 UStG asks for one of them."""
    name = legal.tax_id_name(Profile(vat_id=vat_id), is_short=True)
    return _said([f"{name} {vat_id}" if vat_id else "", f"Steuernummer {tax_number}" if tax_number else ""])


def register(owner: Profile) -> list[str]:
    """Where a company is registered and who acts for it, which its letters must say (§ 35a GmbHG, § 37a HGB)."""
    number = " ".join(part for part in (owner.register_court, owner.register_number) if part)
    word = legal_forms.of(owner.legal_form).represented_by
    acting = f"{word}: {owner.representatives}" if word and owner.representatives else ""
    return _said([number, acting])


def begin(title: str, head: Head, *, themes: Sequence[Path], made_at: datetime, has_window: bool = False) -> "Sheet":
    """A sheet with its first page begun; text goes from `sheet.y` on. `made_at` is the document's own time (aware).

    `has_window` leaves room for the address (see `address`) and prints the marks to fold by.
    """
    from shop.papers import look  # with it comes fpdf2, which takes most of a second: once in each worker
    from shop.papers.sheet import Sheet

    sheet = Sheet(title, head.name, look.of(themes), made_at)
    sheet.each_head = lambda: _head(sheet, head, title, has_window)
    sheet.each_foot = lambda: _foot(sheet, head)
    sheet.set_auto_page_break(True, sheet.h - _FOOT + 6)
    sheet.add_page()
    return sheet


def address(sheet: "Sheet", head: Head, lines: Sequence[str]) -> None:
    """The recipient in the envelope's window, below the line that says where it comes from; long lines are broken."""
    sheet.put(LEFT, 56.5, head.return_line, 6.5, width=80, colour="ink_soft")
    sheet.set_draw_color(sheet.look["line"])
    sheet.set_line_width(0.15)
    sheet.line(LEFT, 60.2, LEFT + 80, 60.2)
    sheet.set_font("text", "", 10.5)
    broken = [part for line in lines for part in sheet.broken(line, 80)]
    leading = min(4.6, 27.3 / max(len(broken), 1))  # the zone for the address is 27.3 high
    for number, line in enumerate(broken):
        sheet.put(LEFT, 62.7 + leading * number, line, min(10.5, leading * 2.28), width=80)


def facts(sheet: "Sheet", rows: Sequence[tuple[str, str]]) -> None:
    """The block of facts to the right of the window: number, date, order, each with its name."""
    for number, (name, value) in enumerate(rows):
        y = 50.0 + 4.9 * number
        sheet.put(125, y, name, 8.5, width=32, colour="ink_soft")
        sheet.put(155, y, value, 9, width=35, align="R", bold=number == 0)


def _head(sheet: "Sheet", head: Head, title: str, has_window: bool) -> None:
    is_first = sheet.page == 1
    sheet.set_fill_color(sheet.look["accent_soft"])
    sheet.rect(0, 0, sheet.w, 8.0 if is_first else 5.0, style="F")
    sheet.stitch(4, 6.4 if is_first else 3.7, sheet.w - 4, 6.4 if is_first else 3.7)
    if is_first:
        sheet.button(LEFT + 5, 21, 0.78)
        sheet.put(LEFT + 13.5, 15.6, head.name, 21, width=140, font="display")
        sheet.put(LEFT + 13.6, 25.2, head.claim, 9, width=140, colour="ink_soft")
        if has_window:
            _fold_marks(sheet)
    else:
        sheet.put(LEFT, 12, head.name, 9, width=70, bold=True)
        sheet.put(RIGHT - 95, 12, title, 9, width=95, align="R", colour="ink_soft")
    sheet.set_xy(LEFT, FIRST if is_first else NEXT - 8)


def _fold_marks(sheet: "Sheet") -> None:
    sheet.set_draw_color(sheet.look["thread"])
    sheet.set_line_width(0.15)
    for y in _FOLDS:
        sheet.line(4, y, 9 if y != _FOLDS[1] else 11, y)


def _foot(sheet: "Sheet", head: Head) -> None:
    sheet.set_draw_color(sheet.look["line"])
    sheet.set_line_width(0.2)
    sheet.line(LEFT, _FOOT, RIGHT, _FOOT)
    for column, lines in enumerate(head.columns):
        for number, line in enumerate(lines[:5]):
            x = LEFT + column * (WIDTH / 3)
            sheet.put(x, _FOOT + 2 + 3.4 * number, line, 7.3, width=WIDTH / 3 - 3, colour="ink_soft")
    sheet.set_font("text", "", 7.3)
    wide = sheet.get_string_width(f"Seite {sheet.page} von {sheet.page}")  # the number of pages is not known yet
    sheet.put(RIGHT - wide, _FOOT - 4.6, f"Seite {sheet.page} von {{nb}}", 7.3, colour="ink_soft")


def _bank(owner: Profile) -> list[str]:
    return [f"IBAN {in_fours(owner.iban)}" if owner.iban else ""]


def _said(lines: Sequence[str]) -> list[str]:
    """The lines that say something, each once: many a shop bears its owner's name."""
    return list(dict.fromkeys(line for line in lines if line))
