"""Texts on the letterhead: every word of them, on as many pages as it takes, fit for the archive."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop import themes
from shop.papers import letterhead, look, text
from shop.papers.sheet import printable
from shop.profile import Profile
from tests.conftest import THEME
from tests.shop.papers.reading import fonts_of, words_of

OWNER = Profile(
    shop_name="Schnuckidu", owner_name="Łucja Šimková", claim="Stoffe und Knöpfe", street="Markt 4",
    postal_code="16835", city="Lindow", phone="033933 123", email="laden@laden.example", vat_id="DE123456789",
    tax_number="052/123/45678", iban="DE89370400440532013000",
)  # fmt: skip
MADE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BODY = """## Versand

Wir versenden mit **DHL** nach [Österreich](https://laden.example/versand).

1. Erstens
2. Zweitens
   - darin

| Land | Preis |
|---|---|
| Schweiz | 19,90 € |

> Bitte beachten.
"""


def written(body: str = BODY, theme: str = "schnuckidu") -> bytes:
    folders = themes.chain(Path(__file__).parents[3] / "themes", theme)
    return text.write("Versand und Zahlung", body, owner=OWNER, themes=folders, made_at=MADE)


def test_every_word_of_the_text_stands_on_the_paper(tmp_path: Path) -> None:
    said = words_of(written(), tmp_path)
    for part in ("Versand und Zahlung", "mit DHL nach Österreich (https://laden.example/versand).", "Erstens",
                 "darin", "Schweiz", "19,90 €", "Bitte beachten."):  # fmt: skip
        assert part in said
    assert re.search(r"1\.\s+Erstens\s+2\.\s+Zweitens", said)
    assert "**" not in said
    assert "##" not in said


def test_the_foot_says_who_writes_on_every_page(tmp_path: Path) -> None:
    pages = words_of(written("Ein langer Satz für viele Seiten. " * 900), tmp_path).split("\f")[:-1]
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        for part in ("Łucja Šimková", "Markt 4", "16835 Lindow", "Telefon 033933 123", "laden@laden.example",
                     "USt-IdNr. DE123456789", "Steuernummer 052/123/45678", "IBAN DE89 3704 0044 0532 0130 00",
                     f"Seite {number} von {len(pages)}"):  # fmt: skip
            assert part in page


@pytest.mark.parametrize("theme", ["default", "schnuckidu"])
def test_it_is_fit_for_the_archive(theme: str, tmp_path: Path) -> None:
    pdf = written(theme=theme)
    fonts = fonts_of(pdf, tmp_path)
    assert len(fonts) >= 2
    assert {embedded for _, embedded in fonts} == {"yes"}
    for part in (rb"/GTS_PDFA1", rb"<pdfaid:part>3</pdfaid:part>", rb"/Lang \(de-DE\)|/Lang <", rb"/Outlines"):
        assert re.search(part, pdf)
    assert b"Versand und Zahlung</rdf:li>" in pdf
    assert len(pdf) < 60_000


def test_the_same_text_gives_the_same_bytes() -> None:
    assert written() == written()
    assert written() != written(BODY + "mehr")


def test_a_theme_gives_its_colours(tmp_path: Path) -> None:
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "theme.css").write_text(":root { --accent: #112233; }")
    worn = look.of([tmp_path, *THEME])
    assert worn["accent"] == "#112233"
    assert worn["accent_soft"] == look.of(THEME)["accent_soft"]


def test_what_no_font_knows_is_written_in_other_letters() -> None:
    known = set(map(ord, "Abcdefo rsh()?-e"))
    assert printable("Ab → c", known | {ord("–")}) == "Ab – c"
    assert printable("éo\u0308", known | {ord("e"), ord("ö")}) == "eö"
    assert printable("漢a\u200d", known | {ord("a")}) == "?a"


def test_a_recipient_stands_in_the_window_of_the_envelope(tmp_path: Path) -> None:
    head = letterhead.of(OWNER)
    sheet = letterhead.begin("Brief", head, themes=THEME, made_at=MADE, has_window=True)
    letterhead.address(sheet, head, ["Frau Beispiel", "Hof 1", "12345 Berlin"])
    window = ("-x", "20", "-y", "45", "-W", "85", "-H", "45", "-r", "25.4")  # DIN 5008: a point is a millimetre
    said = words_of(sheet.bytes(), tmp_path, *window)
    assert said.split() == "Schnuckidu · Markt 4 · 16835 Lindow Frau Beispiel Hof 1 12345 Berlin".split()


def test_a_dark_theme_still_prints_dark_on_white(tmp_path: Path) -> None:
    (tmp_path / "static" / "css").mkdir(parents=True)
    night = {"ink": "#f2f2f2", "ink-soft": "#bbbbbb", "accent-ink": "#ffd27a", "accent-soft": "#1b2b1b"}
    tokens = "".join(f"--{name}: {colour};" for name, colour in night.items())
    (tmp_path / "static" / "css" / "theme.css").write_text(f":root {{ {tokens} }}")
    worn = look.of([tmp_path, *THEME])
    for name in ("ink", "ink_soft", "accent_ink"):
        assert look.contrast(worn[name], "#ffffff") >= 4.5
        assert look.contrast(worn[name], worn["accent_soft"]) >= 4.5


@given(body=st.text(max_size=300))
@settings(max_examples=8, deadline=None)
def test_whatever_is_written_is_printed(body: str) -> None:
    assert written(body).startswith(b"%PDF-1.7")
