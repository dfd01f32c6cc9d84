"""A PDF/A-3 document in the theme's fonts: archivable, the same bytes for the same content on every machine.

fpdf2 writes no structure tree for tables and paragraphs, so the papers carry language, title and bookmarks but are
not tagged; everything that stands on them is also to be had as HTML (letter, order page, legal pages).
"""

import re
import unicodedata
from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import segno
from fpdf import FPDF, FPDFException

from shop.papers.look import Look

_INSTEAD = {
    "→": "–", "←": "–", "‑": "-", "−": "–", "\u202f": "\u00a0", "✓": "×", "☐": "[ ]", "•": "·", "″": '"', "′": "'",
    "ß": "ss", "ẞ": "SS", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "ı": "i", "½": "1/2", "„": '"', "“": '"', "…": "...", "\t": "    ",
}  # fmt: skip
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>de-DE</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate><xmp:MetadataDate>{made}</xmp:MetadataDate>
<xmp:CreatorTool>Dorfladen</xmp:CreatorTool><pdf:Producer>fpdf2</pdf:Producer></rdf:Description>
{more}</rdf:RDF></x:xmpmeta>"""


_PIECES = re.compile(r"\n| |[^ \n]+")
Style = tuple[str, str, str]  # font, "" or "B", the address that it leads to or ""


class Sheet(FPDF):
    """An A4 document, measured in millimetres. `each_head` and `each_foot` draw what every page carries."""

    def __init__(self, title: str, author: str, look: Look, made_at: datetime) -> None:
        super().__init__(format="A4", unit="mm", enforce_compliance="PDF/A-3B")
        self.look = look
        self._widths: dict[tuple[str, str, str, float], float] = {}
        self.each_head: Callable[[], None] | None = None
        self.each_foot: Callable[[], None] | None = None
        self.set_margins(25, 20, 20)
        self.c_margin = 0
        self.set_title(title)
        self.set_author(author)
        self.set_creator("Dorfladen")
        self.set_producer("fpdf2")
        self.set_lang("de-DE")
        self.set_creation_date(made_at.astimezone(UTC))
        for name, style, file in (("text", "", look.text), ("text", "B", look.bold), ("display", "", look.display)):
            self.add_font(name, style, file)
        self.tell("")

    def header(self) -> None:
        """Draw the page's head (fpdf2 calls this)."""
        if self.each_head:
            self.each_head()

    def footer(self) -> None:
        """Draw the page's foot (fpdf2 calls this)."""
        if self.each_foot:
            self.each_foot()

    def normalize_text(self, text: str) -> str:
        """The text with each character that the font lacks written in others, as PDF/A allows no missing ones."""
        font: Any = self.current_font
        return printable(super().normalize_text(text), font.cmap if font else ())

    def tell(self, more: str) -> None:
        """Set the XMP metadata; `more` are further `rdf:Description` elements (an invoice's, say)."""
        made = f"{self.creation_date:%Y-%m-%dT%H:%M:%S+00:00}"
        said = {"title": _in_xml(self.title), "author": _in_xml(self.author)}
        self.set_xmp_metadata(_XMP.format(made=made, more=more, **said))

    def colour(self, name: str) -> None:
        """Write in one of the theme's colours."""
        self.set_text_color(self.look[name])

    def put(
        self, x: float, y: float, text: str, size: float, *, width: float = 0, align: str = "L", bold: bool = False,
        colour: str = "ink", font: str = "text"
    ) -> None:  # fmt: skip
        """One line at a place, made smaller where it is wider than `width` mm (0: to the page's edge)."""
        text = " ".join(text.split("\n"))
        self.colour(colour)
        self.set_font(font, "B" if bold else "", size)
        room = width or self.w - x
        if (needed := self.get_string_width(text) + 0.1) > room:
            self.set_font_size(size * room / needed)
        self.set_xy(x, y)
        with self.no_break():
            self.cell(room, size * 0.42, text, align=align)

    def lines(
        self, width: float, leading: float, text: str, align: str = "L", *, link: str = "", is_tried: bool = False
    ) -> int:
        """Write text in the font that is set below where the sheet stands, in lines of `width` mm; give their number.

        `is_tried` only counts. The next text follows below, at the same edge.
        """
        found = self.broken(text, width)
        if not is_tried:
            for line in found:
                self._next_line(leading)
                x, y = self.x, self.y
                self.cell(width, leading, line, align=align, link=link)
                self.set_xy(x, y + leading)
        return len(found)

    def broken(self, text: str, width: float) -> list[str]:
        """Text broken into lines of at most `width` mm, in the font that is set."""
        style = (self.font_family, self.font_style, "")
        return ["".join(words for words, _ in line) for line in self.wrapped([(text, style)], width)]

    def wrapped(self, runs: Sequence[tuple[str, Style]], width: float) -> list[list[tuple[str, Style]]]:
        """Runs of text, each in its style, broken into lines of at most `width` mm, in the size that is set.

        Lines break at blanks and line ends; a word that is longer than a line is cut. fpdf2 can do this too, but
        measures a line anew with each letter: a page of text took it ten times as long.
        """
        done: list[list[tuple[str, Style]]] = [[]]
        used = 0.0
        for text, style in runs:
            for piece in _PIECES.findall(text):
                wide = self._wide(piece, style)
                if piece == "\n":
                    done.append([])
                    used = 0.0
                    continue
                if used + wide > width and piece != " ":
                    done.append([])
                    used = 0.0
                while wide > width and len(piece) > 1:
                    cut = max(1, int(len(piece) * width / wide * 0.95))
                    done[-1].append((piece[:cut], style))
                    done.append([])
                    piece = piece[cut:]
                    wide = self._wide(piece, style)
                if piece != " " or done[-1]:
                    done[-1].append((piece, style))
                    used += wide
        return [_joined(line) for line in done]

    def write_runs(self, runs: Sequence[tuple[str, Style]], leading: float) -> None:
        """Write runs of text between the margins, in the size that is set, over as many pages as it takes."""
        for line in self.wrapped(runs, self.w - self.r_margin - self.l_margin):
            self._next_line(leading)
            self.set_x(self.l_margin)
            for text, (font, style, link) in line:
                self.set_font(font, style)
                self.colour("accent_ink" if link else "ink")
                self.cell(self.get_string_width(text), leading, text, link=link)
            self.set_xy(self.l_margin, self.y + leading)

    def _next_line(self, leading: float) -> None:
        """Begin a new page where the next line has no room on this one; what is written keeps its look."""
        if self.auto_page_break and self.y + leading > self.page_break_trigger:
            x = self.x
            self.add_page()
            self.set_x(x)

    def _wide(self, piece: str, style: Style) -> float:
        key = (piece, style[0], style[1], self.font_size_pt)
        if key not in self._widths:
            was = (self.font_family, self.font_style)
            self.set_font(style[0], style[1])
            self._widths[key] = self.get_string_width(piece)
            self.set_font(*was)
        return self._widths[key]

    def no_break(self) -> "_NoBreak":
        """A block in which nothing begins a new page: what has its fixed place."""
        return _NoBreak(self)

    def stitch(self, x: float, y: float, to_x: float, to_y: float, *, width: float = 0.5) -> None:
        """A line as of thread."""
        self.set_draw_color(self.look["thread"])
        self.set_line_width(width)
        self.set_dash_pattern(dash=2.6, gap=1.7)
        self.line(x, y, to_x, to_y)
        self.set_dash_pattern()

    def button(self, x: float, y: float, size: float = 1.0) -> None:
        """A button with four holes, as it lies on every haberdasher's table."""
        self.set_fill_color(self.look["accent"])
        self.circle(x, y, 6.5 * size, style="F")
        self.set_draw_color("#ffffff")
        self.set_line_width(0.5 * size)
        self.circle(x, y, 4.7 * size, style="D")
        self.set_fill_color("#ffffff")
        for left, up in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            self.circle(x + 1.4 * left * size, y + 1.4 * up * size, 0.7 * size, style="F")

    def qr(self, content: str, x: float, y: float, size: float, *, error: str = "m") -> None:
        """A QR code without its margin, `size` mm wide."""
        rows = [list(row) for row in segno.make(content, error=error, micro=False, boost_error=False).matrix]
        cell = size / len(rows)
        self.set_fill_color(0, 0, 0)
        for line, row in enumerate(rows):
            for column, is_dark in enumerate(row):
                if is_dark:
                    self.rect(x + column * cell, y + line * cell, cell + 0.02, cell + 0.02, style="F")

    def bytes(self) -> bytes:
        """The finished document."""
        done = self.output()
        if done is None:
            raise FPDFException("nothing written")
        return bytes(done)


def _in_xml(text: object) -> str:
    return escape("".join(each for each in str(text) if each.isprintable()))


class _NoBreak:
    """While it lasts, text at the foot of the page begins no new one."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.was = (sheet.auto_page_break, sheet.b_margin)

    def __enter__(self) -> None:
        self.sheet.set_auto_page_break(False)

    def __exit__(self, *_error: object) -> None:
        self.sheet.set_auto_page_break(*self.was)


def _joined(line: list[tuple[str, Style]]) -> list[tuple[str, Style]]:
    """Neighbours of one style as one, without the blank at the line's end."""
    found: list[tuple[str, Style]] = []
    for text, style in line:
        if found and found[-1][1] == style:
            found[-1] = (found[-1][0] + text, style)
        else:
            found.append((text, style))
    if found:
        found[-1] = (found[-1][0].rstrip(" "), found[-1][1])
    return found


def printable(text: str, known: Container[int]) -> str:
    """The text in characters that a font has: composed, else an equivalent, else its base letter, else "?".

    `known` are the font's code points.
    """
    if all(ord(each) in known or each in "\n\r" for each in text):
        return text
    return "".join(
        each if ord(each) in known or each in "\n\r" else _instead(each, known)
        for each in unicodedata.normalize("NFC", text)
    )


def _instead(character: str, known: Container[int]) -> str:
    if unicodedata.category(character) in ("Cf", "Mn", "Cc"):  # joiners, marks without a letter, controls
        return ""
    plain = _INSTEAD.get(character) or "".join(
        each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each)
    )
    return plain if plain and all(ord(each) in known for each in plain) else "?"
