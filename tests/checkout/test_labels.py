"""Addresses as carriers' files want them."""

import csv
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import labels
from checkout.labels import FRANKING, LAYOUTS, STAMPS, VLS, Layout, Sender, Shipping
from checkout.rates import ShippingMethod

SENDER = Sender("Nähladen Probe", "Dorfstraße 1 a", "16835", "Musterow", email="laden@probe.example")
PARCEL = ShippingMethod(name="DHL Paket", carrier="dhl", billing_number="33333333330101")
LETTER = ShippingMethod(name="Brief", kind="letter", carrier="deutschepost")
ON = date(2026, 11, 27)


def shipping(**facts: Any) -> Shipping:
    usual: dict[str, Any] = {
        "reference": "K7QM-2XHV", "name": "Erika Käufer", "company": "", "street": "Am Anger 1 a",
        "postal_code": "01234", "city": "Lindow", "country": "DE", "weight_g": 1234, "method": PARCEL,
    }  # fmt: skip
    return Shipping(**usual | facts)


def rows(layout: Layout, *shippings: Shipping) -> list[dict[str, str]]:
    text = labels.to_csv(layout, SENDER, shippings, ON).decode("iso-8859-1")
    assert text.endswith("\r\n")
    header, *lines = [line.split(";") for line in text.removesuffix("\r\n").split("\r\n")]
    assert all(len(line) == len(header) for line in lines)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_a_parcel_with_a_contract_has_all_that_dhl_asks_for() -> None:
    (row,) = rows(VLS, shipping())
    told = {column: text for column, text in row.items() if text}
    assert told == {
        "Sendungsreferenz": "K7QM-2XHV",
        "Sendungsdatum": "27.11.2026",
        "Absender Name 1": "Nähladen Probe",
        "Absender Straße": "Dorfstraße",
        "Absender Hausnummer": "1 a",
        "Absender PLZ": "16835",
        "Absender Ort": "Musterow",
        "Absender Land": "DEU",
        "Empfänger Name 1": "Erika Käufer",
        "Empfänger Straße": "Am Anger",
        "Empfänger Hausnummer": "1 a",
        "Empfänger PLZ": "01234",
        "Empfänger Ort": "Lindow",
        "Empfänger Land": "DEU",
        "Gewicht": "1,24",
        "Produkt- und Servicedetails": "V01PAK",
        "Abrechnungsnummer": "33333333330101",
    }
    assert len(row) == 44


@pytest.mark.parametrize(
    ("facts", "product"),
    [({"country": "AT"}, "V53WPAK"), ({"method": LETTER}, "V62KP"), ({}, "V01PAK")],
)
def test_the_product_follows_country_and_kind(facts: dict[str, Any], product: str) -> None:
    assert rows(VLS, shipping(**facts))[0]["Produkt- und Servicedetails"] == product


@pytest.mark.parametrize(
    ("weight_g", "country", "product"),
    [(0, "DE", "PAK02.DEU"), (2_000, "DE", "PAK02.DEU"), (2_001, "DE", "PAK05.DEU"), (9_999, "DE", "PAK10.DEU"),
     (15_000, "DE", "PAK31.DEU"), (400, "AT", "PAK05.EU"), (40_000, "AT", "PAK315.EU")],
)  # fmt: skip
def test_without_a_contract_the_weight_chooses_the_product(weight_g: int, country: str, product: str) -> None:
    assert rows(FRANKING, shipping(weight_g=weight_g, country=country))[0]["PRODUCT"] == product


def test_a_packstation_gets_its_post_number_where_the_carrier_looks_for_it() -> None:
    at_station = shipping(street="Packstation 123", company="Postnummer 12345678")
    row = rows(VLS, at_station)[0]
    parts = ("Name 1", "Name 2 / Postnummer", "Name 3", "Straße", "Hausnummer")
    told = [row[f"Empfänger {part}"] for part in parts]
    assert told == ["Erika Käufer", "12345678", "", "Packstation", "123"]
    row = rows(FRANKING, at_station)[0]
    assert (row["RECV_NAME2"], row["RECV_STREET"], row["RECV_HOUSENUMBER"]) == ("12345678", "Packstation", "123")
    assert at_station.problem == ""
    assert "Postnummer" in shipping(street="Packstation 123").problem


def test_what_a_person_should_look_at_is_said() -> None:
    assert shipping().problem == ""
    assert "Hausnummer" in shipping(street="Schlossgut").problem
    assert "Postfach" in shipping(street="Postfach 1234").problem
    assert shipping(street="Postfach 1234", method=LETTER).problem == ""


def test_a_company_and_what_is_added_have_lines_of_their_own() -> None:
    row = rows(VLS, shipping(company="Atelier Faden", street="Am Anger 1, Hinterhaus"))[0]
    assert (row["Empfänger Name 1"], row["Empfänger Name 2 / Postnummer"], row["Empfänger Name 3"]) == (
        "Atelier Faden", "Erika Käufer", "Hinterhaus"
    )  # fmt: skip


def test_stamps_begin_with_the_sender_and_carry_the_reference() -> None:
    sender, house, box = rows(STAMPS, shipping(method=LETTER), shipping(street="Postfach 12 34", country="AT"))
    assert list(sender.values()) == [
        "Nähladen Probe", "", "Dorfstraße", "1 a", "16835", "Musterow", "DEU", "HOUSE", ""
    ]  # fmt: skip
    assert (house["NUMMER"], house["LAND"], house["ADRESS_TYP"], house["REFERENZ"]) == (
        "1 a",
        "DEU",
        "HOUSE",
        "K7QM-2XHV",
    )
    assert (box["STRASSE"], box["NUMMER"], box["LAND"], box["ADRESS_TYP"]) == ("Postfach", "12 34", "AUT", "POBOX")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.key)
def test_letters_that_the_file_lacks_lose_their_signs_and_nothing_becomes_a_formula(layout: Layout) -> None:
    odd = shipping(name="＝=SUMME(A1)", city="Łódź\u037e", company='A;B "C"\r\n+49', street="Čapkova – 3")
    written = labels.to_csv(layout, SENDER, [odd], ON).decode("iso-8859-1")
    assert "Lódz" in written
    assert "Capkova" in written
    assert "A,B 'C' +49" in written
    assert not any(cell[:1] in "=+@-" for line in written.splitlines() for cell in line.split(";") if cell)
    assert "erika@" not in written


texts = st.text(max_size=60)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.key)
@given(name=texts, company=texts, street=texts, city=texts, weight_g=st.integers(0, 60_000))
def test_whatever_was_typed_the_file_keeps_its_columns(
    layout: Layout, name: str, company: str, street: str, city: str, weight_g: int
) -> None:
    each = shipping(name=name, company=company, street=street, city=city, weight_g=weight_g)
    read = list(csv.reader(labels.to_csv(layout, SENDER, [each], ON).decode("iso-8859-1").split("\r\n"), delimiter=";"))
    assert len({len(row) for row in read if row}) == 1
    assert not any(cell[:1] in ("=", "+", "@", "-") for row in read for cell in row if cell)
