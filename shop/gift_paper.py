"""The gift voucher on paper: a sheet of A4 that is folded to a card, in the theme's colours and fonts.

The upper half is the front, the lower half has the code, how it is used, and until when. Fonts are embedded
(themes/*/print/*.ttf): the same on every machine, and nothing is missing at the printer's.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.money import format_cents
from checkout.gift_vouchers import GiftVoucher
from shop.formats import german_date
from shop.papers import look
from shop.profile import Profile

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

_WIDTH, _HEIGHT = 210.0, 297.0  # mm
_FOLD = _HEIGHT / 2
_EDGE = 9.0


def write(gift: GiftVoucher, owner: Profile, *, url: str, themes: Sequence[Path]) -> bytes:
    """The PDF of a gift voucher. `url` is the shop's address, `themes` the theme's folders, itself first."""
    from shop.papers.sheet import Sheet  # nearly a second: only where a voucher is printed

    title = f"Gutschein über {format_cents(gift.cents)}"
    sheet = Sheet(title, owner.shop_name, look.of(themes), gift.issued_at)
    sheet.set_auto_page_break(False)
    sheet.add_page()
    _front(sheet, gift, owner)
    _inside(sheet, gift, owner, url)
    return sheet.bytes()


def file_name(gift: GiftVoucher) -> str:
    """What the file is called where it is kept."""
    return f"Gutschein-{gift.code}.pdf"


def address_of(gift: GiftVoucher, url: str) -> str:
    """Where the QR code leads: the code stands behind the #, so it gets into no server's log."""
    return f"{url}/gutschein#{gift.code}"


def _front(sheet: "Sheet", gift: GiftVoucher, owner: Profile) -> None:
    _paint(sheet, "accent_soft")
    sheet.rect(0, 0, _WIDTH, _FOLD, style="F")
    _paint(sheet, "paper")
    sheet.rect(_EDGE, _EDGE, _WIDTH - 2 * _EDGE, _FOLD - 2 * _EDGE, style="F", round_corners=True, corner_radius=7)
    _stitch(sheet, "thread")
    inset = _EDGE + 3.5
    sheet.rect(inset, inset, _WIDTH - 2 * inset, _FOLD - 2 * inset, style="D", round_corners=True, corner_radius=5)
    sheet.set_dash_pattern()
    sheet.button(_WIDTH / 2, 31)
    _line(sheet, 41, owner.shop_name, "display", 23, "ink")
    _line(sheet, 59, "Gutschein über", "text", 15, "ink_soft")
    _line(sheet, 69, format_cents(gift.cents), "display", 50, "accent_ink")
    if gift.for_whom:
        _line(sheet, 97, f"für {gift.for_whom}", "text", 19, "ink", bold=True)
    _line(sheet, 117, owner.claim or "Mit Liebe ausgesucht", "text", 12.5, "ink_soft")


def _inside(sheet: "Sheet", gift: GiftVoucher, owner: Profile, url: str) -> None:
    sheet.set_line_width(0.2)
    sheet.set_draw_color(sheet.look["thread"])
    sheet.set_dash_pattern(dash=1, gap=2)
    sheet.line(0, _FOLD, _WIDTH, _FOLD)
    sheet.set_dash_pattern()
    top = _FOLD + 17
    _paint(sheet, "accent_soft")
    sheet.rect(18, top, 174, 27, style="F", round_corners=True, corner_radius=4)
    _line(sheet, top + 3.5, "Ihr Gutschein-Code", "text", 12, "ink_soft")
    _line(sheet, top + 10.5, gift.code, "text", 31, "ink", bold=True, spacing=0.9)
    sheet.qr(address_of(gift, url), 18, top + 38, 37)
    sheet.colour("ink")
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
    _line(sheet, _HEIGHT - 25, owner.shop_name, "text", 11, "ink", bold=True)
    _line(sheet, _HEIGHT - 19.5, place, "text", 10.5, "ink_soft")


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
    sheet: "Sheet", y: float, text: str, font: str, size: float, colour: str, *, bold: bool = False, spacing: float = 0
) -> None:
    """A line in the middle, made smaller where it is too long."""
    sheet.set_char_spacing(spacing)
    sheet.put(22, y, text, size, width=_WIDTH - 44, align="C", bold=bold, colour=colour, font=font)
    sheet.set_char_spacing(0)


def _paint(sheet: "Sheet", colour: str) -> None:
    sheet.set_fill_color(sheet.look[colour])


def _stitch(sheet: "Sheet", colour: str) -> None:
    sheet.set_draw_color(sheet.look[colour])
    sheet.set_line_width(0.7)
    sheet.set_dash_pattern(dash=3.4, gap=2.2)
