"""The gift voucher on paper: a sheet of A4 that is folded to a card, in the theme's colours and fonts.

The upper half is the front, the lower half has the code, how it is used, and until when. Fonts are embedded
(themes/*/print/*.ttf): the same on every machine, and nothing is missing at the printer's.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import segno

from catalog.money import format_cents
from checkout.gift_vouchers import GiftVoucher
from shop.formats import german_date
from shop.profile import Profile

if TYPE_CHECKING:
    from fpdf import FPDF

_WIDTH, _HEIGHT = 210.0, 297.0  # mm
_FOLD = _HEIGHT / 2
_EDGE = 9.0
_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6})\b")
_USUAL = {"paper": "#faf9f6", "accent-soft": "#d9eaed", "accent": "#2f7f8f", "thread": "#b9ae9b", "ink": "#23282b",
          "ink-soft": "#586167", "accent-ink": "#1d5a66"}  # fmt: skip


def write(gift: GiftVoucher, owner: Profile, *, url: str, themes: Sequence[Path]) -> bytes:
    """The PDF of a gift voucher. `url` is the shop's address, `themes` the theme's folders, itself first."""
    from fpdf import FPDF  # nearly a second: only where a voucher is printed

    sheet = FPDF(format="A4", unit="mm")
    sheet.set_auto_page_break(False)
    sheet.set_title(f"Gutschein über {format_cents(gift.cents)}")
    sheet.set_author(owner.shop_name)
    sheet.set_lang("de-DE")
    sheet.set_creation_date(gift.issued_at)
    for name, style, file in (("text", "", "text"), ("text", "B", "text-bold"), ("display", "", "display")):
        sheet.add_font(name, style, _font(themes, file))
    sheet.add_page()
    colours = _colours(themes)
    _front(sheet, gift, owner, colours)
    _inside(sheet, gift, owner, url, colours)
    return bytes(sheet.output())


def file_name(gift: GiftVoucher) -> str:
    """What the file is called where it is kept."""
    return f"Gutschein-{gift.code}.pdf"


def address_of(gift: GiftVoucher, url: str) -> str:
    """Where the QR code leads: the code stands behind the #, so it gets into no server's log."""
    return f"{url}/gutschein#{gift.code}"


def _front(sheet: "FPDF", gift: GiftVoucher, owner: Profile, colours: dict[str, str]) -> None:
    _paint(sheet, colours["accent-soft"])
    sheet.rect(0, 0, _WIDTH, _FOLD, style="F")
    _paint(sheet, colours["paper"])
    sheet.rect(_EDGE, _EDGE, _WIDTH - 2 * _EDGE, _FOLD - 2 * _EDGE, style="F", round_corners=True, corner_radius=7)
    _stitch(sheet, colours["thread"])
    inset = _EDGE + 3.5
    sheet.rect(inset, inset, _WIDTH - 2 * inset, _FOLD - 2 * inset, style="D", round_corners=True, corner_radius=5)
    sheet.set_dash_pattern()
    _button(sheet, _WIDTH / 2, 31, colours)
    _line(sheet, 41, owner.shop_name, "display", 23, colours["ink"])
    _line(sheet, 59, "Gutschein über", "text", 15, colours["ink-soft"])
    _line(sheet, 69, format_cents(gift.cents), "display", 50, colours["accent-ink"])
    if gift.for_whom:
        _line(sheet, 97, f"für {gift.for_whom}", "text", 19, colours["ink"], bold=True)
    _line(sheet, 117, owner.claim or "Mit Liebe ausgesucht", "text", 12.5, colours["ink-soft"])


def _inside(sheet: "FPDF", gift: GiftVoucher, owner: Profile, url: str, colours: dict[str, str]) -> None:
    sheet.set_line_width(0.2)
    sheet.set_draw_color(colours["thread"])
    sheet.set_dash_pattern(dash=1, gap=2)
    sheet.line(0, _FOLD, _WIDTH, _FOLD)
    sheet.set_dash_pattern()
    top = _FOLD + 17
    _paint(sheet, colours["accent-soft"])
    sheet.rect(18, top, 174, 27, style="F", round_corners=True, corner_radius=4)
    _line(sheet, top + 3.5, "Ihr Gutschein-Code", "text", 12, colours["ink-soft"])
    _line(sheet, top + 10.5, gift.code, "text", 31, colours["ink"], bold=True, spacing=0.9)
    _qr(sheet, address_of(gift, url), 18, top + 38, 37)
    sheet.set_text_color(colours["ink"])
    sheet.set_xy(63, top + 36)
    sheet.set_font("text", "B", 13)
    sheet.multi_cell(129, 6.4, "So lösen Sie ihn ein", new_x="LEFT", new_y="NEXT")
    sheet.set_font("text", "", 11.5)
    for sentence in _how(gift, owner, url):
        sheet.multi_cell(129, 5.7, sentence, align="L", new_x="LEFT", new_y="NEXT")
        sheet.set_y(sheet.get_y() + 1.4)
        sheet.set_x(63)
    place = " · ".join(
        part for part in (owner.street, f"{owner.postal_code} {owner.city}".strip(), owner.phone) if part
    )
    _line(sheet, _HEIGHT - 25, owner.shop_name, "text", 11, colours["ink"], bold=True)
    _line(sheet, _HEIGHT - 19.5, place, "text", 10.5, colours["ink-soft"])


def _how(gift: GiftVoucher, owner: Profile, url: str) -> list[str]:
    """What must be known of it, in few sentences."""
    host = url.split("://", 1)[-1]
    return [
        f"Im Online-Shop: Bild links mit dem Telefon abfotografieren, oder auf {host} in den Warenkorb legen, was "
        "Ihnen gefällt, und den Code beim Feld „Gutschein“ eintragen.",
        *(["Im Laden: einfach mitbringen."] if owner.offers_pickup else []),
        f"Er gilt bis zum {german_date(gift.valid_until)}, auch in mehreren Einkäufen: Was übrig ist, bleibt darauf. "
        "Wer den Code kennt, kann ihn einlösen; bitte bewahren Sie ihn auf wie Bargeld. Keine Barauszahlung.",
    ]


def _line(
    sheet: "FPDF", y: float, text: str, font: str, size: float, colour: str, *, bold: bool = False, spacing: float = 0
) -> None:
    """A line in the middle, made smaller where it is too long."""
    sheet.set_text_color(colour)
    sheet.set_char_spacing(spacing)
    sheet.set_font(font, "B" if bold else "", size)
    room = _WIDTH - 44
    if (width := sheet.get_string_width(text)) > room:
        sheet.set_font_size(size * room / width)
    sheet.set_xy(0, y)
    sheet.cell(_WIDTH, size * 0.45, text, align="C")
    sheet.set_char_spacing(0)


def _button(sheet: "FPDF", x: float, y: float, colours: dict[str, str]) -> None:
    """A button with four holes, as it lies on every haberdasher's table."""
    _paint(sheet, colours["accent"])
    sheet.circle(x, y, 6.5, style="F")
    sheet.set_draw_color(colours["paper"])
    sheet.set_line_width(0.5)
    sheet.circle(x, y, 4.7, style="D")
    _paint(sheet, colours["paper"])
    for left, up in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        sheet.circle(x + 1.4 * left, y + 1.4 * up, 0.7, style="F")


def _qr(sheet: "FPDF", content: str, x: float, y: float, size: float) -> None:
    matrix = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    cell = size / len(matrix)
    sheet.set_fill_color(0, 0, 0)
    for line, row in enumerate(matrix):
        for column, is_dark in enumerate(row):
            if is_dark:
                sheet.rect(x + column * cell, y + line * cell, cell + 0.02, cell + 0.02, style="F")


def _paint(sheet: "FPDF", colour: str) -> None:
    sheet.set_fill_color(colour)


def _stitch(sheet: "FPDF", colour: str) -> None:
    sheet.set_draw_color(colour)
    sheet.set_line_width(0.7)
    sheet.set_dash_pattern(dash=3.4, gap=2.2)


def _font(themes: Sequence[Path], name: str) -> Path:
    """A font of the theme or its nearest parent that has it; the bold one stands in for a display font."""
    files = (folder / "print" / f"{each}.ttf" for each in (name, "text-bold") for folder in themes)
    return next(file for file in files if file.exists())


def _colours(themes: Sequence[Path]) -> dict[str, str]:
    """The theme's colours by the name of their token, as its style sheets give them."""
    found = dict(_USUAL)
    for folder in reversed(themes):
        for sheet in ("tokens.css", "theme.css"):
            file = folder / "static" / "css" / sheet
            if file.exists():
                found.update(_TOKEN.findall(file.read_text(encoding="utf-8")))
    return found
