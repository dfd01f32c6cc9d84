"""A table over as many pages as it takes: its head on each of them, its sum carried over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shop.papers import letterhead

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

_SIZE, _SMALL = 9.0, 7.6  # points
_LEADING, _SMALL_LEADING = 4.3, 3.6  # mm
_PAD = 1.5
_HEAD = 6.6


@dataclass(frozen=True)
class Column:
    """A column by its heading; `width` in mm, numbers stand to the right, a box is one to tick."""

    name: str
    width: float
    is_number: bool = False
    is_bold: bool = False
    is_box: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and below it in small what is to be known besides."""

    text: str
    small: Sequence[str] = ()


def draw(
    sheet: "Sheet", columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *,
    carried: Callable[[int], str] | None = None, keep: float = 0
) -> None:  # fmt: skip
    """Draw a table from where the sheet stands.

    `carried` gives the sum of the first n rows in words, which ends a page and begins the next; `keep` are the
    millimetres that shall be left below the last row, so that a sum never stands on a page alone.
    """
    _head(sheet, columns)
    for number, row in enumerate(rows):
        wanted = _height(sheet, columns, row) + (7 if carried else 0) + (keep if number == len(rows) - 1 else 0)
        if sheet.get_y() + wanted > sheet.page_break_trigger:
            _turn(sheet, columns, carried(number) if carried and number else "")
        _row(sheet, columns, row)


def _turn(sheet: "Sheet", columns: Sequence[Column], sum_in_words: str) -> None:
    if sum_in_words:
        _carry(sheet, "Übertrag", sum_in_words)
    sheet.add_page()
    _head(sheet, columns)
    if sum_in_words:
        _carry(sheet, "Übertrag", sum_in_words)


def _carry(sheet: "Sheet", name: str, sum_in_words: str) -> None:
    y = sheet.get_y()
    sheet.put(letterhead.RIGHT - 100, y + 1, name, _SMALL, width=70, align="R", colour="ink_soft")
    sheet.put(letterhead.RIGHT - 31, y + 1, sum_in_words, _SMALL, width=30, align="R", colour="ink_soft")
    sheet.set_xy(letterhead.LEFT, y + 5.5)


def _head(sheet: "Sheet", columns: Sequence[Column]) -> None:
    y, x = sheet.get_y(), letterhead.LEFT
    sheet.set_fill_color(sheet.look["accent_soft"])
    sheet.rect(letterhead.LEFT, y, letterhead.WIDTH, _HEAD, style="F")
    for column in columns:
        align = "R" if column.is_number else "L"
        sheet.put(x + 1, y + 1.6, column.name, 8, width=column.width - 2, align=align, bold=True)
        x += column.width
    sheet.set_xy(letterhead.LEFT, y + _HEAD)


def _height(sheet: "Sheet", columns: Sequence[Column], row: Sequence[Cell]) -> float:
    return max(_cell(sheet, 0, 0, column, cell, is_tried=True) for column, cell in zip(columns, row, strict=True))


def _row(sheet: "Sheet", columns: Sequence[Column], row: Sequence[Cell]) -> None:
    y, x, lowest = sheet.get_y(), letterhead.LEFT, 0.0
    with sheet.no_break():
        for column, cell in zip(columns, row, strict=True):
            lowest = max(lowest, _cell(sheet, x, y, column, cell))
            if column.is_box:
                _box(sheet, x + 2, y + _PAD + 0.2)
            x += column.width
    sheet.set_draw_color(sheet.look["line"])
    sheet.set_line_width(0.15)
    sheet.line(letterhead.LEFT, y + lowest, letterhead.RIGHT, y + lowest)
    sheet.set_xy(letterhead.LEFT, y + lowest)


def _cell(sheet: "Sheet", x: float, y: float, column: Column, cell: Cell, *, is_tried: bool = False) -> float:
    """Draw a cell, or only try it, and give its height."""
    if not is_tried:
        sheet.set_xy(x + 1, y + _PAD)
    height = 2 * _PAD
    parts = [(cell.text, _SIZE, _LEADING, "ink")] if cell.text else []
    parts += [(each, _SMALL, _SMALL_LEADING, "ink_soft") for each in cell.small]
    for text, size, leading, colour in parts:
        sheet.set_font("text", "B" if column.is_bold else "", size)
        sheet.colour(colour)
        height += leading * sheet.lines(
            column.width - 2, leading, text, "R" if column.is_number else "L", is_tried=is_tried
        )
    return height


def _box(sheet: "Sheet", x: float, y: float) -> None:
    sheet.set_draw_color(sheet.look["ink_soft"])
    sheet.set_line_width(0.3)
    sheet.rect(x, y, 3.8, 3.8, style="D", round_corners=True, corner_radius=0.6)
