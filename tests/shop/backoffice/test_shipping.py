"""Shipping in the backoffice: the table, its forms, surcharges, the usual tariffs and the trial."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from checkout import rates, sending
from checkout.deliveries import Shipment
from checkout.rates import ShippingMethod, ShippingRate, ShippingSurcharge
from shop import pages
from shop.profile import Profile
from tests.checkout.ordering import make_order
from tests.make import NOW
from tests.shop.storefront.selling import words

Write = Callable[[], Any]
PARCEL = {
    "name": "Paket", "art": "parcel", "dienst": "dhl", "verpackung-gewicht": "150", "z1-land-DE": "ja",
    "z1-1-gewicht": "2 kg", "z1-1-preis": "6,19", "z1-1-frei": "75", "z1-2-gewicht": "31,5 kg", "z1-2-preis": "23,99",
    "z2-land-AT": "ja", "z2-land-NL": "ja", "z2-1-preis": "17,49",
}  # fmt: skip
LETTER = {
    "name": "Brief", "art": "letter", "z1-land-DE": "ja", "z1-1-gewicht": "500", "z1-1-dicke": "2 cm",
    "z1-1-preis": "1,80", "z1-1-bis": "50",
}  # fmt: skip


@pytest.fixture
def delivers(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        session.get_one(Profile, 1).delivery_countries = "DE AT"


def test_a_way_to_send_is_written_with_all_its_tiers(owner: FlaskClient, delivers: None, write: Write) -> None:
    assert owner.post("/backoffice/laden/versand/art", data=PARCEL).location == "/backoffice/laden/versand"
    with write() as session:
        method = session.exec(select(ShippingMethod)).one()
        tiers = rates.load(session).rates
        text = words(pages.latest(session, "versand").body)  # type: ignore[union-attr]
    assert (method.name, method.carrier, method.packing_g) == ("Paket", "dhl", 150)
    assert [(tier.country, tier.max_weight_g, tier.price_cents, tier.free_from_cents) for tier in tiers] == [
        ("DE", 2_000, 619, 7_500), ("DE", 31_500, 2_399, None), ("AT NL", None, 1_749, None)
    ]  # fmt: skip
    assert "| Paket | bis 31,5 kg | 23,99 € |" in text
    assert "Versand nach Österreich" in text
    page = words(owner.get("/backoffice/laden/versand").text)
    assert "Österreich, Niederlande (noch nicht unter „Sie liefern nach“) jedes Gewicht 17,49 €" in page


def test_the_form_shows_what_stands_and_changes_it_in_one_go(owner: FlaskClient, delivers: None, write: Write) -> None:
    owner.post("/backoffice/laden/versand/art", data=PARCEL)
    form = owner.get("/backoffice/laden/versand/art?name=Paket").text
    for typed in ('value="31,5\u00a0kg"', 'value="23,99"', 'name="z2-land-NL" value="ja" checked', 'name="z1-4-preis"'):
        assert typed in form
    changed = PARCEL | {"bisher": "Paket", "name": "DHL Paket", "z1-2-gewicht": "", "z1-2-preis": ""}
    assert owner.post("/backoffice/laden/versand/art", data=changed).status_code == 303
    with write() as session:
        assert [method.name for method in session.exec(select(ShippingMethod)).all()] == ["DHL Paket"]
        assert [tier.name for tier in session.exec(select(ShippingRate)).all()] == ["DHL Paket"] * 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Wie heißt die Versandart?"),
        ({"z1-1-preis": ""}, "Bitte den Preis eintragen"),
        ({"z1-1-preis": "viel"}, "ist kein Betrag"),
        ({"z1-1-gewicht": "schwer"}, "können wir nicht lesen"),
        ({"z1-1-gewicht": "0"}, "für jedes Gewicht"),
        ({"z1-1-dicke": "dick"}, "ist keine Dicke"),
        ({"z1-land-DE": ""}, "wohin diese Preise gelten"),
        ({"z1-1-ab": "60"}, "unter dem kleinsten Warenwert"),
        ({"dienst": "brieftaube"}, "Bitte wählen Sie etwas aus der Liste."),
        ({"name": "Abholung"}, "Die Abholung im Laden ist immer dabei"),
        ({"z1-1-preis": "", "z1-1-gewicht": "", "z1-1-dicke": "", "z1-1-bis": ""}, "mindestens einen Preis"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(
    owner: FlaskClient, delivers: None, write: Write, typed: dict[str, str], sentence: str
) -> None:
    answer = owner.post("/backoffice/laden/versand/art", data=LETTER | typed)
    assert answer.status_code == 422
    assert sentence in answer.text.replace("&#34;", '"')
    with write() as session:
        assert session.exec(select(ShippingRate)).all() == []


def test_two_ways_never_have_one_name(owner: FlaskClient, delivers: None) -> None:
    owner.post("/backoffice/laden/versand/art", data=PARCEL)
    answer = owner.post("/backoffice/laden/versand/art", data=PARCEL)
    assert answer.status_code == 422
    assert "gibt es schon" in answer.text


def test_a_rate_of_an_older_shop_is_found_and_becomes_a_way(owner: FlaskClient, delivers: None, write: Write) -> None:
    with write() as session:
        session.add(ShippingRate(name="Päckchen / klein", country="DE", price_cents=490))
    assert "Päckchen / klein" in owner.get("/backoffice/laden/versand").text
    form = owner.get("/backoffice/laden/versand/art", query_string={"name": "Päckchen / klein"}).text
    assert 'value="4,90"' in form
    owner.post(
        "/backoffice/laden/versand/art",
        data=LETTER | {"bisher": "Päckchen / klein", "name": "Päckchen / klein", "z1-1-muster": "ja"},
    )
    with write() as session:
        tier = session.exec(select(ShippingRate)).one()
        assert (tier.price_cents, tier.for_samples, tier.max_thickness_mm) == (180, True, 20)
        assert session.get_one(ShippingMethod, "Päckchen / klein").kind == "letter"


def test_ways_are_put_in_order_and_removed(owner: FlaskClient, delivers: None, write: Write) -> None:
    owner.post("/backoffice/laden/versand/art", data=PARCEL)
    owner.post("/backoffice/laden/versand/art", data=LETTER)
    with write() as session:
        assert rates.load(session).names() == ["Paket", "Brief"]
    owner.post("/backoffice/laden/versand/reihenfolge", data={"name": "Brief"})
    with write() as session:
        assert rates.load(session).names() == ["Brief", "Paket"]
        assert [rate.name for rate in rates.load(session).rates] == ["Brief", "Paket", "Paket", "Paket"]
    owner.post("/backoffice/laden/versand/art/entfernung", data={"bisher": "Paket"})
    with write() as session:
        assert rates.load(session).names() == ["Brief"]
    assert owner.get("/backoffice/laden/versand/art?name=Paket").status_code == 404


def test_surcharges_are_added_changed_renamed_and_removed(owner: FlaskClient, delivers: None, write: Write) -> None:
    owner.post("/backoffice/laden/versand/art", data=PARCEL)
    typed = {"name": "Inselzuschlag", "land": "DE", "plz": "25999, 25980-25998", "preis": "3,00", "fuer": "Paket"}
    assert owner.post("/backoffice/laden/versand/zuschlaege", data=typed).status_code == 303
    page = words(owner.get("/backoffice/laden/versand").text)
    assert "Inselzuschlag Deutschland, PLZ 25980–25998, 25999 Nur Paket +3,00 €" in page
    owner.post("/backoffice/laden/versand/art", data=PARCEL | {"bisher": "Paket", "name": "DHL Paket"})
    with write() as session:
        assert session.exec(select(ShippingSurcharge)).one().method == "DHL Paket"
    assert 'value="3,00"' in owner.get("/backoffice/laden/versand/zuschlaege/1").text
    barred = typed | {"preis": "", "nicht": "ja", "fuer": "alles"}
    owner.post("/backoffice/laden/versand/zuschlaege/1", data=barred)
    with write() as session:
        kept = session.exec(select(ShippingSurcharge)).one()
        assert (kept.cents, kept.method, kept.with_letters) == (None, "", True)
        assert "Dorthin schicken wir nichts." in pages.latest(session, "versand").body  # type: ignore[union-attr]
    owner.post("/backoffice/laden/versand/zuschlaege/1/entfernung")
    with write() as session:
        assert session.exec(select(ShippingSurcharge)).all() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"plz": ""}, "Bitte tragen Sie Postleitzahlen ein."), ({"plz": "Sylt"}, "ist keine Postleitzahl"),
     ({"preis": ""}, "oder ankreuzen"), ({"name": ""}, "Wie heißt das?"), ({"fuer": "Rohrpost"}, "aus der Liste")],
)  # fmt: skip
def test_a_surcharge_that_cannot_be_read_is_refused(
    owner: FlaskClient, delivers: None, typed: dict[str, str], sentence: str
) -> None:
    good = {"name": "Inselzuschlag", "land": "DE", "plz": "25980", "preis": "3,00", "fuer": ""}
    answer = owner.post("/backoffice/laden/versand/zuschlaege", data=good | typed)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_german_islands_are_suggested(owner: FlaskClient, delivers: None) -> None:
    form = owner.get("/backoffice/laden/versand/zuschlaege/neu?vorschlag=inseln").text
    assert "25988–25990" in form
    typed = {"name": "Inselzuschlag", "land": "DE", "preis": "3,00", "fuer": "", "plz": "18565"}
    assert owner.post("/backoffice/laden/versand/zuschlaege", data=typed).status_code == 303


def test_an_empty_shop_begins_with_the_usual_tariffs_once(owner: FlaskClient, delivers: None, write: Write) -> None:
    assert "Mit den üblichen Tarifen beginnen" in owner.get("/backoffice/laden/versand").text
    owner.post("/backoffice/laden/versand/anfang")
    with write() as session:
        tariff = rates.load(session)
        assert tariff.names() == ["Brief mit Stoffmustern", "Brief", "DHL Paket", "DHL Paket in die EU"]
        assert all(method.memo for method in tariff.methods.values())
        assert "10,49 €" in pages.latest(session, "versand").body.replace("\u00a0", " ")  # type: ignore[union-attr]
    page = owner.get("/backoffice/laden/versand").text
    assert "Bitte prüfen" in page
    assert "Mit den üblichen Tarifen beginnen" not in page
    owner.post("/backoffice/laden/versand/anfang")
    with write() as session:
        assert len(rates.load(session).rates) == len(tariff.rates)


def test_a_country_without_a_price_is_named_on_the_first_page(owner: FlaskClient, delivers: None) -> None:
    assert "Versandpreis" not in owner.get("/backoffice/").text  # who sends nothing lacks nothing
    owner.post("/backoffice/laden/versand/art", data=LETTER)
    text = words(owner.get("/backoffice/").text)
    assert "Sie liefern nach Österreich, aber dorthin gibt es keinen Versandpreis." in text
    assert "Nach Deutschland kann kein Paket von 1 kg gehen" in text
    owner.post("/backoffice/laden/versand/art", data=PARCEL)
    assert "Versandpreis" not in owner.get("/backoffice/").text


def test_the_trial_says_what_is_offered_and_why_nothing_else(owner: FlaskClient, delivers: None) -> None:
    owner.post("/backoffice/laden/versand/anfang")
    trial = {"probe": "ja", "gewicht": "60", "dicke": "4 mm", "wert": "24", "land": "DE", "plz": ""}
    text = words(owner.get("/backoffice/laden/versand", query_string=trial).text)
    assert "Brief: 1,80 €" in text
    assert "DHL Paket: 6,19 €" in text
    text = words(owner.get("/backoffice/laden/versand", query_string=trial | {"dicke": "6 cm", "wert": "80"}).text)
    assert "DHL Paket: kostenlos" in text
    assert "Brief: nur bis 50,00 € Warenwert versichert." in text
    text = words(owner.get("/backoffice/laden/versand", query_string=trial | {"plz": "27498"}).text)
    assert "Nichts passt." in text
    assert "Brief: nicht an die Postleitzahl 27498" in text
    text = words(owner.get("/backoffice/laden/versand", query_string=trial | {"land": "CH"}).text)
    assert "Für dieses Land gibt es keine Preise." in text
    assert "ist keine Dicke" in owner.get("/backoffice/laden/versand", query_string=trial | {"dicke": "viel"}).text


def test_g01_packing_is_reported_by_year_country_and_material(owner: FlaskClient, delivers: None, write: Write) -> None:
    plastic = PARCEL | {"verpackung-kunststoff": "20"}
    assert (
        owner.post("/backoffice/laden/versand/art", data=plastic | {"verpackung-kunststoff": "200"}).status_code == 422
    )
    assert owner.post("/backoffice/laden/versand/art", data=plastic).status_code == 303
    with write() as session:
        for country in ("DE", "DE", "AT"):
            order = make_order(session)
            order.delivery, order.country = "Paket", country
            session.add(Shipment(order_id=order.id or 0, shipped_at=NOW, author="test"))
        session.add(Shipment(order_id=order.id or 0, shipped_at=NOW, author="test", is_pickup=True))
        session.flush()
        told = sending.packing_between(session, NOW - timedelta(days=1), NOW + timedelta(days=1))
        assert sending.packing_between(session, NOW + timedelta(days=1), NOW + timedelta(days=2)) == []
    assert [(each.country, each.parcels, each.paper_g, each.plastic_g) for each in told] == [
        ("AT", 1, 130, 20), ("DE", 2, 260, 40)
    ]  # fmt: skip
    page = words(owner.get("/backoffice/laden/versand").text)
    assert "2026 Sendungen Papier, Pappe Kunststoff" in page
    assert "Paket nach Österreich 1 130 g 20 g" in page
    assert "Paket 2 260 g 40 g" in page
