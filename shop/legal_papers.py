"""Legal texts on paper: each version as PDF with its day, the model form to fill in, and the notice for the store."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from checkout import wordings
from shop import legal_facts
from shop.artwork import GuaranteeNotice
from shop.formats import german_date
from shop.pages import PageVersion
from shop.papers import letterhead, text
from shop.profile import Profile

_LINE_MM = 9.0  # room to write on, below each point of the form


def version(page: PageVersion, owner: Profile, themes: Sequence[Path]) -> bytes:
    """A version of a text as PDF/A-3, with the day from which it held; the letterhead is today's.

    The same version gives the same bytes as long as the shop's name, address and theme stay.
    """
    return _version(page.title, page.body, page.created_at, _public(owner), tuple(themes))


def form(owner: Profile, themes: Sequence[Path], made_at: datetime) -> bytes:
    """The model form for a withdrawal (Anlage 2 EGBGB) with room to write."""
    return _form(_public(owner), tuple(themes), made_at)


def store_notice(
    owner: Profile, themes: Sequence[Path], made_at: datetime, *, notice: GuaranteeNotice | None, folder: Path
) -> bytes:
    """The notice on the legal guarantee to hang up in the store (Art. 246 EGBGB): one sheet of A4.

    With the official artwork it is that picture, unaltered, as large as the sheet holds it; without it, its content in
    words on the letterhead, which is no substitute for the artwork. `folder` is where the artwork is kept.
    """
    if notice is None:
        link = f"{wordings.GUARANTEE_LINK_TEXT}: {wordings.GUARANTEE_LINK}"
        body = f"{wordings.GUARANTEE_NOTICE}\n\n{link}"
        return text.write(wordings.GUARANTEE_TITLE, body, owner=owner, themes=themes, made_at=made_at)
    from fpdf import FPDF  # nearly a second: only where a sheet is printed

    sheet = FPDF(format="A4", unit="mm")
    sheet.set_auto_page_break(False)
    sheet.set_title(wordings.GUARANTEE_TITLE)
    sheet.set_lang("de-DE")
    sheet.set_creation_date(made_at)
    sheet.set_image_filter("FlateDecode")
    sheet.add_page()
    width, height = _fitting(notice.width, notice.height)
    picture = BytesIO((folder / notice.file).read_bytes())
    sheet.image(picture, (210 - width) / 2, (297 - height) / 2, width, height, alt_text=wordings.GUARANTEE_NOTICE)
    return bytes(sheet.output())


def _fitting(width: int, height: int) -> tuple[float, float]:
    """The largest size in millimetres on A4 that keeps the ratio of a picture."""
    scale = min(210 / width, 297 / height)
    return width * scale, height * scale


def _public(owner: Profile) -> str:
    """The profile as JSON, without what stands on business letters but not on legal texts."""
    return Profile(**owner.model_dump() | {"tax_number": "", "iban": "", "bic": ""}).model_dump_json()


@lru_cache(maxsize=32)
def _version(title: str, body: str, made_at: datetime, owner: str, themes: tuple[Path, ...]) -> bytes:
    dated = f"Fassung vom {german_date(made_at)}\n\n{body}"
    return text.write(title, dated, owner=Profile.model_validate_json(owner), themes=themes, made_at=made_at)


@lru_cache(maxsize=4)
def _form(owner: str, themes: tuple[Path, ...], made_at: datetime) -> bytes:
    told = Profile.model_validate_json(owner)
    sheet = letterhead.begin(wordings.MODEL_FORM_TITLE, letterhead.of(told), themes=themes, made_at=made_at)
    text.headline(sheet, wordings.MODEL_FORM_TITLE)
    text.flow(sheet, wordings.MODEL_FORM_INTRODUCTION)
    for point, lines in zip(legal_facts.model_form(told), (0, 3, 1, 1, 2, 1, 1), strict=True):
        text.flow(sheet, f"- {point.replace('*', chr(92) + '*')}")
        for _ in range(lines):
            sheet.set_y(sheet.get_y() + _LINE_MM)
            sheet.set_draw_color(sheet.look["line"])
            sheet.line(letterhead.LEFT, sheet.get_y(), letterhead.RIGHT, sheet.get_y())
        sheet.set_y(sheet.get_y() + 3)
    text.flow(sheet, wordings.MODEL_FORM_FOOTNOTE.replace("*", chr(92) + "*"))
    return sheet.bytes()
