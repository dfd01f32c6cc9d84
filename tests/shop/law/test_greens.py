"""Green claims want a proof since 27 September 2026; colours and materials claim nothing (C12)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from catalog.products import Product
from shop import pages
from shop.demo import HABERDASHERY
from shop.law import book, greens
from tests.make import NOW, make_product
from tests.shop.law.looking import faults, rule
from tests.shop.law.sentences import HARMLESS

CLAIMS = [
    "Umweltfreundlich hergestellt", "umweltschonende Färbung", "nachhaltiger Stoff",
    "Nachhaltigkeit liegt uns am Herzen",
    "ökologisch unbedenklich", "Öko-Wolle vom Deich", "klimaneutraler Versand", "CO2-neutral verschickt",
    "CO₂-kompensiert", "klimafreundliche Verpackung", "naturfreundlich gewonnen", "biologisch abbaubar",
    "die grüne Alternative", "grüne Mode", "eine grüne Wahl", "plastikfrei verpackt", "gut für die Umwelt",
    "ressourcenschonend gewebt", "emissionsfrei geliefert", "Aus grünem Strom? Grüner Versand!",
]  # fmt: skip


@pytest.mark.parametrize("text", CLAIMS)
def test_c12_a_claim_is_seen(text: str) -> None:
    assert greens.claims_in(text)


def test_c12_colours_and_materials_claim_nothing() -> None:
    assert [text for text in HARMLESS if greens.claims_in(text)] == []
    assert greens.claims_in((HABERDASHERY / "goods.csv").read_text("utf-8-sig")) == []


def test_c12_begins_on_27_september_2026(shop_app: Flask) -> None:
    assert not rule("C12").is_in_force(date(2026, 9, 26))
    assert rule("C12").is_in_force(date(2026, 9, 27))
    assert [each.rule.id for each in book.coming(date(2026, 9, 26)) if each.on == date(2026, 9, 27)].count("C12") == 1


def test_c12_an_article_with_a_proof_may_say_it(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        product_id = make_product(session, "Wolle", summary="Nachhaltig erzeugt").id
    (told,) = faults(shop_app, "C12")
    assert told.startswith("Artikel „Wolle“, Kurztext: „Nachhaltig“.")
    with write() as session:
        session.get_one(Product, product_id).claim_evidence = "GOTS 7.0, CU 123456"
    assert faults(shop_app, "C12") == []


def test_c12_pages_are_read_and_offsets_get_a_warning_of_their_own(shop_app: Flask, write: Callable[[], Any]) -> None:
    with write() as session:
        pages.publish(session, "versandart", "Versand", "Wir versenden klimaneutral.", now=NOW, author="test")
    (told,) = faults(shop_app, "C12")
    assert "Ausgleich" in told


def test_c12_a_strangers_theme_is_read_too(shop_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert faults(shop_app, "C12") == []
    (tmp_path / "footer.html").write_text("<p>Klimaneutral verpackt</p>", "utf-8")
    monkeypatch.setattr("shop.themes.chain", lambda themes, name: [tmp_path])
    (told,) = faults(shop_app, "C12")
    assert "footer.html" in told
