"""Any text on the shop's letterhead: legal pages, the withdrawal form, receipts, confirmations."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkout.wordings import MODEL_FORM_TITLE
from shop.formats import markdown_reader
from shop.papers import letterhead
from shop.profile import Profile

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

_SIZES = {1: 16.0, 2: 13.0, 3: 11.0}  # points, by the level of the heading
_TEXT, _LEADING = 10.0, 5.1  # points, mm
_GAP = 2.4


def write(title: str, body_markdown: str, *, owner: Profile, themes: Sequence[Path], made_at: datetime) -> bytes:
    """A text as PDF/A-3 on the letterhead: its title, then headings, paragraphs, lists and tables of CommonMark.

    `themes` are the theme's folders, itself first; `made_at` (aware) is the text's own time, and not that of
    printing: the same text gives the same bytes. Headings are the document's bookmarks.
    """
    sheet = letterhead.begin(title, letterhead.of(owner), themes=themes, made_at=made_at)
    headline(sheet, title)
    flow(sheet, body_markdown)
    return sheet.bytes()


def headline(sheet: "Sheet", title: str) -> None:
    """The title of a text, which is its first bookmark."""
    sheet.start_section(title, level=0)
    _words(sheet, [(title, False, "")], 17, 8, font="display")
    sheet.set_y(sheet.get_y() + 4)


def flow(sheet: "Sheet", body_markdown: str) -> None:
    """Let a text in CommonMark follow from where the sheet stands, over as many pages as it takes."""
    _blocks(sheet, markdown_reader().parse(body_markdown))
    sheet.set_left_margin(letterhead.LEFT)


def _blocks(sheet: "Sheet", tokens: list[Any]) -> None:
    """Draw the tokens of a text one after the other; lists and quotes within each other step to the right."""
    marks: list[int | None] = []  # the number of each list's next point; None: a point without number
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            _heading(sheet, int(token.tag[1:]), tokens[at + 1])
        elif token.type == "table_open":
            end = next(number for number in range(at, len(tokens)) if tokens[number].type == "table_close")
            _table(sheet, tokens[at:end])
            at = end
        elif token.type == "inline" and tokens[at - 1].type == "paragraph_open":
            _paragraph(sheet, token, is_tight=tokens[at - 1].hidden)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
            sheet.set_y(sheet.get_y() + _GAP - 1)
        elif token.type == "list_item_open":
            marks[-1] = _point(sheet, marks[-1])
        elif token.type in ("list_item_close", "blockquote_close"):
            sheet.set_left_margin(sheet.l_margin - 6)
        elif token.type == "blockquote_open":
            sheet.set_left_margin(sheet.l_margin + 6)
        elif token.type == "hr":
            sheet.stitch(sheet.l_margin, sheet.get_y() + 1, letterhead.RIGHT, sheet.get_y() + 1)
            sheet.set_y(sheet.get_y() + 2 + _GAP)
        elif token.type in ("fence", "code_block"):
            _words(sheet, [(token.content.rstrip(), False, "")], _TEXT, _LEADING)
            sheet.set_y(sheet.get_y() + _GAP)
        at += 1


def _heading(sheet: "Sheet", level: int, inline: Any) -> None:
    size = _SIZES.get(level, 10.5)
    is_form = _plain(inline) == MODEL_FORM_TITLE  # to be filled in and sent: on a sheet of its own
    if is_form or sheet.get_y() + 22 > sheet.page_break_trigger:  # a heading stands over some lines of its text
        sheet.add_page()
    sheet.set_y(sheet.get_y() + 2.5)
    sheet.start_section(_plain(inline), level=min(level, 3), strict=False)
    _words(sheet, [(words, True, link) for words, _, link in _runs(inline)], size, size * 0.5)
    sheet.set_y(sheet.get_y() + 1.2)


def _paragraph(sheet: "Sheet", inline: Any, *, is_tight: bool) -> None:
    _words(sheet, list(_runs(inline)), _TEXT, _LEADING)
    sheet.set_y(sheet.get_y() + (0.8 if is_tight else _GAP))


def _point(sheet: "Sheet", number: int | None) -> int | None:
    """The mark of a list's point, and the number of the next one."""
    if sheet.get_y() + _LEADING > sheet.page_break_trigger:
        sheet.add_page()
    y = sheet.get_y()
    sheet.put(sheet.l_margin, y + 0.45, "–" if number is None else f"{number}.", _TEXT, width=8, colour="accent_ink")
    sheet.set_left_margin(sheet.l_margin + 6)
    sheet.set_xy(sheet.l_margin, y)
    return None if number is None else number + 1


def _words(sheet: "Sheet", runs: list[tuple[str, bool, str]], size: float, leading: float, font: str = "text") -> None:
    """Runs of (words, whether bold, address), broken into lines between the margins; ends on a new line."""
    sheet.set_font(font, "", size)
    sheet.write_runs([(words, (font, "B" if is_bold else "", link)) for words, is_bold, link in runs], leading)


def _runs(inline: Any) -> Iterator[tuple[str, bool, str]]:
    """The words of a line of Markdown with what they wear; a link whose words are not its address names it too."""
    bold, link, said = 0, "", ""
    for token in inline.children or ():
        if token.type in ("strong_open", "strong_close"):
            bold += 1 if token.type == "strong_open" else -1
        elif token.type == "link_open":
            link, said = _address(token.attrGet("href")), ""
        elif token.type == "link_close":
            if link and link.removeprefix("mailto:") != said:
                yield f" ({link.removeprefix('mailto:')})", bold > 0, link
            link = ""
        elif token.type in ("text", "code_inline", "softbreak", "hardbreak"):
            words = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
            said += words
            yield words, bold > 0, link


def _address(href: str) -> str:
    """Where a link leads from paper: nowhere if it only leads around the shop's own pages."""
    return href if href.startswith(("https://", "http://", "mailto:")) else ""


def _plain(inline: Any) -> str:
    return "".join(words for words, _, _ in _runs(inline)).strip()


def _table(sheet: "Sheet", tokens: list[Any]) -> None:
    from fpdf.fonts import FontFace

    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_plain(token))
    sheet.set_font("text", "", 9)
    sheet.colour("ink")
    sheet.set_draw_color(sheet.look["line"])
    heading = FontFace(emphasis="BOLD", fill_color=sheet.look["accent_soft"])
    width = letterhead.RIGHT - sheet.l_margin
    with sheet.table(
        rows, width=width, align="LEFT", text_align="LEFT", line_height=4.6, padding=1.2, headings_style=heading,
        borders_layout="HORIZONTAL_LINES"
    ):  # fmt: skip
        pass
    sheet.set_y(sheet.get_y() + _GAP)
