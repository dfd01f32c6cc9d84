"""Variants: prices with history, stock in the words of the store, reductions with their reference."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import editing, holds, prices
from catalog.holds import Wanted
from catalog.prices import PriceChange
from catalog.products import Variant, VariantOption
from catalog.stock import StockMovement
from shop.backoffice import variant_form
from tests.make import NOW, make_fabric, make_variant

Write = Callable[[], Any]
CORRECTIONS = [
    ("sold_in_store", "1,20 m", 380),
    ("received", "12,40 m", 1740),
    ("counted", "4,85", 485),
    ("damaged", "20 cm", 480),
]


@pytest.fixture
def fabric(write: Write) -> None:
    """Five metres at 12,90 €, on sale since forty days."""
    with write() as session:
        make_fabric(session, now=NOW - timedelta(days=40))


@pytest.mark.usefixtures("fabric")
@pytest.mark.parametrize(("reason", "typed", "left"), CORRECTIONS)
def test_stock_is_corrected_in_natural_units(
    owner: FlaskClient, write: Write, reason: str, typed: str, left: int
) -> None:
    answer = owner.post("/backoffice/varianten/1/bestand", data={"grund": reason, "menge": typed, "notiz": "Inventur"})
    assert answer.status_code == 303
    with write() as session:
        movement = session.get_one(StockMovement, 2)
        assert session.get_one(Variant, 1).on_hand == left
        assert (movement.why, movement.author, movement.note) == (reason, "Anna", "Inventur")


@pytest.mark.usefixtures("fabric")
def test_a_correction_without_its_reason_changes_nothing(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/varianten/1/bestand", data={"menge": "3 m"})
    assert answer.status_code == 422
    assert "was passiert ist" in answer.text


@pytest.mark.usefixtures("fabric")
def test_what_is_ordered_cannot_be_taken_away(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        holds.hold(session, "2026-1", [Wanted(1, 400)], now=NOW)
    answer = owner.post("/backoffice/varianten/1/bestand", data={"grund": "damaged", "menge": "2 m"})
    assert answer.status_code == 422
    assert "schon bestellt" in answer.text
    with write() as session:
        assert session.get_one(Variant, 1).on_hand == 500


def test_goods_that_were_sold_uncounted_can_be_counted(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, counts_stock=False, on_hand=0)
        holds.hold(session, "2026-1", [Wanted(1, 3)], now=NOW)
        holds.take(session, "2026-1", now=NOW, author="test")
        holds.hold(session, "2026-2", [Wanted(1, 2)], now=NOW)
    answer = owner.post("/backoffice/varianten/1/bestand", data={"grund": "counted", "menge": "1"})
    assert (answer.status_code, "schon bestellt" in answer.text) == (422, True)
    answer = owner.post("/backoffice/varianten/1/bestand", data={"grund": "counted", "menge": "7"})
    assert answer.status_code == 303
    with write() as session:
        variant = session.get_one(Variant, 1)
        assert (variant.on_hand, variant.available) == (7, 5)


@pytest.mark.usefixtures("fabric")
def test_a_new_price_goes_into_the_history(owner: FlaskClient, write: Write) -> None:
    assert owner.post("/backoffice/varianten/1", data=form_of(write) | {"preis": "13,50"}).status_code == 303
    with write() as session:
        assert [each.price_cents for each in session.exec(select(PriceChange)).all()] == [1290, 1350]


@pytest.mark.usefixtures("fabric")
def test_a_variant_has_colour_dot_number_and_content(owner: FlaskClient, write: Write) -> None:
    typed = {"option-1": "Farbe", "wert-1": "Petrol", "farbe-zeigen": "ja", "farbe": "#0f6b6e", "ean": "4006381333931"}
    assert owner.post("/backoffice/varianten/1", data=form_of(write) | typed).status_code == 303
    with write() as session:
        option = session.exec(select(VariantOption)).one()
        assert (option.name, option.value, option.swatch) == ("Farbe", "Petrol", "#0f6b6e")
        assert session.get_one(Variant, 1).gtin == "4006381333931"


@pytest.mark.usefixtures("fabric")
@pytest.mark.parametrize(
    ("field", "typed"),
    [("ean", "4006381333932"), ("farbe", "red"), ("preis", ""), ("nummer", ""), ("inhalt", "viel"), ("gewicht", "1,5")],
)
def test_what_does_not_fit_a_variant_is_said(owner: FlaskClient, write: Write, field: str, typed: str) -> None:
    answer = owner.post(
        "/backoffice/varianten/1", data=form_of(write) | {"farbe-zeigen": "ja", "farbe": "#000000", field: typed}
    )
    assert answer.status_code == 422


@pytest.mark.usefixtures("fabric")
def test_a_number_belongs_to_one_variant(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, sku="SCHON-DA")
    answer = owner.post("/backoffice/varianten/1", data=form_of(write) | {"nummer": "SCHON-DA"})
    assert "hat schon ein anderer Artikel" in answer.text
    new = owner.post("/backoffice/artikel/1/varianten", data={"nummer": "SCHON-DA", "preis": "1"})
    assert new.status_code == 422


@pytest.mark.usefixtures("fabric")
def test_two_people_at_one_variant_do_not_overwrite_each_other(owner: FlaskClient, write: Write) -> None:
    first, second = form_of(write) | {"preis": "13,00"}, form_of(write) | {"preis": "14,00"}
    assert owner.post("/backoffice/varianten/1", data=first).status_code == 303
    assert "Inzwischen hat jemand anderes" in owner.post("/backoffice/varianten/1", data=second).text
    with write() as session:
        assert session.get_one(Variant, 1).price_cents == 1300


@pytest.mark.usefixtures("fabric")
def test_another_variant_begins_like_the_last_one(owner: FlaskClient, write: Write) -> None:
    assert 'value="12,90"' in owner.get("/backoffice/artikel/1/varianten/neu").text
    typed = {
        "nummer": "NEU-1",
        "preis": "12,90",
        "option-1": "Farbe",
        "wert-1": "Senf",
        "bestand": "3 m",
        "zaehlen": "ja",
        "aktiv": "ja",
    }
    assert owner.post("/backoffice/artikel/1/varianten", data=typed).status_code == 303
    with write() as session:
        assert session.get_one(Variant, 2).on_hand == 300


@pytest.mark.usefixtures("fabric")
def test_a_reduction_names_the_lowest_price_of_thirty_days(owner: FlaskClient, write: Write) -> None:
    assert (
        owner.post("/backoffice/varianten/1/reduzierung", data={"reduziert": "9,90", "bis": "2026-12-06"}).status_code
        == 303
    )
    with write() as session:
        current = prices.current(session, [1], NOW)[1]
        assert (current.cents, current.reference_cents) == (990, 1290)
    page = owner.get("/backoffice/varianten/1").text
    assert "bis 06.12.2026" in page
    assert "Niedrigster Gesamtpreis der letzten 30 Tage vor der Preissenkung: 12,90\u00a0€" in page
    owner.post("/backoffice/varianten/1/reduzierung/ende")
    with write() as session:
        assert prices.current(session, [1], NOW)[1].cents == 1290


@pytest.mark.usefixtures("fabric")
def test_a_reduction_that_is_none_is_refused(owner: FlaskClient) -> None:
    answer = owner.post("/backoffice/varianten/1/reduzierung", data={"reduziert": "12,90"})
    assert answer.status_code == 422
    assert "muss unter dem normalen Preis liegen" in answer.text


def form_of(write: Write) -> dict[str, str]:
    """The form of variant 1 as a browser would send it unchanged."""
    with write() as session:
        facts = editing.variant_facts_of(session, session.get_one(Variant, 1))
        return {**variant_form.typed_of(facts).texts, "gesehen": editing.fingerprint(facts)}
