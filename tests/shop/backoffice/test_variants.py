"""Variants: prices with history and steps, measures of their own, reductions with their reference."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from catalog import editing, prices
from catalog.prices import PriceChange, Step
from catalog.products import Product, Variant, VariantOption
from shop.backoffice import variant_form
from tests.make import NOW, make_fabric, make_ready, make_variant

Write = Callable[[], Any]


@pytest.fixture
def fabric(write: Write) -> None:
    """Five metres at 12,90 €, on sale since forty days."""
    with write() as session:
        make_fabric(session, now=NOW - timedelta(days=40))


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
def test_prices_by_quantity_measures_and_marks_are_saved(owner: FlaskClient, write: Write) -> None:
    typed = {
        "ab-1": "5 m", "staffelpreis-1": "11,90", "ab-4": "10 m", "staffelpreis-4": "9,90", "uvp": "14,90",
        "mindestens": "1 m", "schritt": "50 cm", "hoechstens": "4 m", "melden-ab": "2,5 m",
    }  # fmt: skip
    assert owner.post("/backoffice/varianten/1", data=form_of(write) | typed).status_code == 303
    with write() as session:
        variant = session.get_one(Variant, 1)
        assert (variant.minimum, variant.step, variant.maximum, variant.reorder_at) == (100, 50, 400, 250)
        assert variant.rrp_cents == 1490
        assert prices.steps_of(session, [1], NOW)[1] == (Step(500, 1190), Step(1000, 990))
    page = owner.get("/backoffice/varianten/1").text
    assert 'name="ab-4"' in page, "three rows at least, and always an empty one"
    assert 'value="5,00 m"' in page


@pytest.mark.usefixtures("fabric")
@pytest.mark.parametrize(("typed", "field"), [
    ({"ab-1": "5 m", "staffelpreis-1": "13,90"}, "ab-1"), ({"ab-1": "5 m"}, "staffelpreis-1"),
    ({"mindestens": "3 m", "hoechstens": "2 m"}, "hoechstens"), ({"uvp": "14", "uvp-seit": "2027-01-01"}, "uvp-seit"),
    ({"melden-ab": "bald"}, "melden-ab"),
])  # fmt: skip
def test_what_does_not_fit_stands_beside_its_field_and_changes_nothing(
    owner: FlaskClient, write: Write, typed: dict[str, str], field: str
) -> None:
    answer = owner.post("/backoffice/varianten/1", data=form_of(write) | {"preis": "12,50"} | typed)
    assert (answer.status_code, f'id="{field}-fehler"' in answer.text) == (422, True)
    with write() as session:
        assert session.get_one(Variant, 1).price_cents == 1290


@pytest.mark.parametrize(("typed", "content"), [
    ("50 g", (50, "weight")), ("200 m", (20_000, "length")), ("0,25 m²", (2500, "area")), ("100 ml", (100, "volume")),
    ("1 l", (1000, "volume")), ("3 m", (300, "length")),
])  # fmt: skip
def test_the_content_of_a_packing_is_measured_as_it_is_written(
    owner: FlaskClient, write: Write, typed: str, content: tuple[int, str]
) -> None:
    with write() as session:
        make_variant(session)
    assert owner.post("/backoffice/varianten/1", data=form_of(write) | {"inhalt": typed}).status_code == 303
    with write() as session:
        variant = session.get_one(Variant, 1)
        assert (variant.content, variant.content_unit) == content


def test_a_content_without_its_unit_is_asked_for(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session)
    assert "mit Einheit" in owner.post("/backoffice/varianten/1", data=form_of(write) | {"inhalt": "200"}).text


@pytest.mark.usefixtures("fabric")
def test_a_price_of_nothing_takes_the_article_out_of_the_shop(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_ready(session, session.get_one(Product, 1))
    assert owner.post("/backoffice/varianten/1", data=form_of(write) | {"preis": "0"}).status_code == 303
    with write() as session:
        assert not session.get_one(Product, 1).is_published
    assert "kostet 0,00 €" in owner.get("/backoffice/varianten/1").text.replace("0,00 €", "0,00 €")


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
        return {
            **variant_form.typed_of(facts, session.get_one(Product, 1).unit).texts,
            "gesehen": editing.fingerprint(facts),
        }


def test_a_label_leads_to_its_own_field(owner: FlaskClient, write: Write) -> None:
    """A field is called "inhalt", and so nothing around the form may be."""
    with write() as session:
        make_variant(session)
    page = owner.get("/backoffice/varianten/1").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert "inhalt" in ids
    assert sorted(ids) == sorted(set(ids))
