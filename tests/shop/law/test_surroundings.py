"""Rules about packaging, recalls, Austria and Switzerland."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlmodel import select

from catalog import stock, suppliers
from catalog.products import Variant
from checkout import wordings
from shop.context import Shop
from shop.law import specimen, theme_files
from tests.make import NOW
from tests.shop.law.looking import break_page, faults, rule, sight_of
from tests.shop.law.test_provider import SMALL, change
from tests.shop.storefront.selling import FABRIC, open_shop


@pytest.fixture
def shop(shop_app: Flask) -> Flask:
    """A shop that sends to Germany and Austria."""
    open_shop(shop_app, **SMALL)
    return shop_app


def test_a_shop_that_is_set_up_keeps_all(shop: Flask) -> None:
    kept = ("G01", "G02", "G03", "G04", "G05", "G06", "H01", "H03", "H04", "H05", "H06")
    assert {name: found for name in kept if (found := faults(shop, name))} == {}


def test_g01_nothing_may_be_sent_unregistered(shop: Flask) -> None:
    change(shop, lucid_number="")
    assert "LUCID-Nummer" in faults(shop, "G01")[0]
    change(shop, lucid_number="DE1234567890123", dual_system="")
    assert "dualen System" in faults(shop, "G01")[0]
    change(shop, delivery_countries="")
    assert faults(shop, "G01") == []


def test_g01_names_the_law_of_the_day(shop: Flask) -> None:
    assert rule("G01").next_turn(date(2026, 8, 11)) == date(2026, 8, 12)
    change(shop, lucid_number="")
    assert faults(shop, "G01", date(2026, 8, 11))[0].endswith("(VerpackG).")
    assert faults(shop, "G01", date(2026, 8, 12))[0].endswith("(VerpackDG).")


def test_g02_austria_asks_for_a_representative(shop: Flask) -> None:
    change(shop, austrian_packaging="")
    assert "Bevollmächtigten" in faults(shop, "G02")[0]
    change(shop, delivery_countries="DE")
    assert faults(shop, "G02") == []


def test_g03_receipts_without_a_supplier_are_counted_since_the_law_holds(shop: Flask) -> None:
    assert not rule("G03").is_in_force(date(2026, 12, 8))
    assert rule("G03").is_in_force(date(2026, 12, 9))
    receive(shop, supplier="", day=date(2026, 12, 8))
    assert faults(shop, "G03") == []
    receive(shop, supplier="Weberei Nord", day=date(2026, 12, 9))
    assert faults(shop, "G03") == []
    receive(shop, supplier="", day=date(2026, 12, 9))
    assert "Bei 1 Wareneingängen" in faults(shop, "G03")[0]


def test_g03_who_supplied_an_article_until_a_day_can_be_said(shop: Flask) -> None:
    receive(shop, supplier="Weberei Nord", day=date(2026, 12, 9), lot="L1")
    receive(shop, supplier="Weberei Süd", day=date(2026, 12, 20))
    with sight_of(shop) as sight:
        until = NOW.replace(month=12, day=15)
        told = [(each.supplier, each.quantity, each.lot) for each in suppliers.receipts(sight.session, FABRIC, until)]
        assert ("Weberei Nord", 300, "L1") in told
        assert "Weberei Süd" not in [supplier for supplier, _, _ in told]
        assert suppliers.names(sight.session) == ["Weberei Nord", "Weberei Süd"]


def test_h01_the_two_steps_are_called_as_austria_wants(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not rule("H01").is_in_force(date(2026, 9, 30))
    assert rule("H01").is_in_force(date(2026, 10, 1))
    break_page(monkeypatch, shop, "withdrawal-confirm", "Widerruf bestätigen", "Jetzt widerrufen")
    assert "ausschließlich" in faults(shop, "H01")[0]


def test_h02_the_picture_is_owed_in_austria_too(shop: Flask) -> None:
    assert "amtliche Mitteilung" in faults(shop, "H02")[0]
    change(shop, delivery_countries="DE")
    assert faults(shop, "H02") == []


def test_h03_the_button_is_the_same_in_austria(shop: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    break_page(monkeypatch, shop, "confirm", "zahlungspflichtig bestellen</button>", "Kaufen</button>")
    assert "§ 8 FAGG" in faults(shop, "H03")[0]


def test_h05_the_tax_of_austria_is_counted_elsewhere(shop: Flask) -> None:
    assert "siehe E05" in rule("H05").kept


def test_h04_h06_austria_and_switzerland_are_off_until_they_are_chosen(
    shop: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Schweiz" not in shop.test_client().get("/versand").text
    change(shop, delivery_countries="DE AT CH", aims_at_austria=True)
    assert faults(shop, "H04") == []
    assert faults(shop, "H06") == []
    with sight_of(shop) as sight:
        seen = specimen.of(sight)
    assert "Rücktritt vom Vertrag (§ 11 FAGG)" in seen.page("agb").text
    assert "§ 5 ECG, § 25 MedienG" in seen.page("impressum").text
    assert wordings.CUSTOMS_SENTENCE in seen.page("versand").text
    for rule_id, page, words, told in (
        ("H04", "impressum", "MedienG", "Angaben für Österreich"),
        ("H06", "cart", wordings.CUSTOMS_NOTE, "im Warenkorb"),
    ):
        with monkeypatch.context() as patch:
            break_page(patch, shop, page, words, "")
            assert told in faults(shop, rule_id)[0]
    monkeypatch.setattr(theme_files, "text_of", lambda sight, name: "")
    assert "„Bestellung prüfen“" in faults(shop, "H06")[0]


def receive(app: Flask, *, supplier: str, day: date, lot: str = "") -> None:
    """Three metres of the fabric come in at noon of a day."""
    parts: Shop = app.extensions["dorfladen"]
    at = NOW + timedelta(days=(day - NOW.date()).days)
    with parts.database.writing() as session:
        fabric = session.exec(select(Variant).where(Variant.sku == FABRIC)).one()
        stock.receive(session, fabric, 300, lot=lot, now=at, author="test", supplier=supplier)
