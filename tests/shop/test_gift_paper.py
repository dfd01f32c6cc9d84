"""The gift voucher on paper: readable, in the theme's fonts, with the code in the QR's fragment."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlmodel import Session

from shop import gift_paper, themes
from shop.profile import Profile
from tests.checkout.vouchering import make_gift
from tests.conftest import needs

THEMES = Path(__file__).parents[2] / "themes"
OWNER = Profile(shop_name="Schnuckidu", claim="Stoffe und Knöpfe", street="Marktstraße 4", city="Lindow")


def written(session: Session, theme: str, for_whom: str = "Änne") -> bytes:
    gift = make_gift(session, 2500, for_whom=for_whom)
    return gift_paper.write(gift, OWNER, url="https://laden.example", themes=themes.chain(THEMES, theme))


@pytest.mark.parametrize("theme", ["default", "schnuckidu"])
def test_a_page_with_embedded_fonts(session: Session, theme: str) -> None:
    pdf = written(session, theme)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert pdf.count(b"/FontFile2") >= 2
    assert len(pdf) < 100_000


def test_it_says_what_it_is_worth_for_whom_and_until_when(session: Session, tmp_path: Path) -> None:
    reader = shutil.which("pdftotext")
    needs("pdftotext (Debian: apt install poppler-utils)", reader is not None)
    (tmp_path / "gift.pdf").write_bytes(written(session, "schnuckidu"))
    told = subprocess.run([str(reader), tmp_path / "gift.pdf", "-"], capture_output=True, check=True).stdout.decode()
    for words in ("25,00", "für Änne", "31.12.2029", "Marktstraße 4", "Schnuckidu"):
        assert words in told
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", told)


def test_a_long_name_stays_on_the_page(session: Session) -> None:
    assert written(session, "schnuckidu", "Wilhelmine-Charlotte von und zu Hohenlohe-Schillingsfürst " * 2)


def test_the_code_goes_into_no_log(session: Session) -> None:
    gift = make_gift(session)
    assert gift_paper.address_of(gift, "https://laden.example") == f"https://laden.example/gutschein#{gift.code}"
