"""Facts of goods: read as people type them, shown with their unit, refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import attributes
from catalog.attributes import AttributeKind, AttributeType, NotAValue, format_value, parse_value
from catalog.products import Kind
from tests.make import NOW, make_product

NEEDLES = AttributeType(key="needle_size", label="Nadelstärke", kind=AttributeKind.NUMBER, unit="mm", decimals=2)
WIDTH = AttributeType(key="width", label="Stoffbreite", kind=AttributeKind.NUMBER, unit="cm")
GRAMMAGE = AttributeType(key="grammage", label="Gewicht je m²", kind=AttributeKind.NUMBER, unit="g/m²")
COIL = AttributeType(key="coil", label="Verzahnung", kind=AttributeKind.CHOICE, choices="Spirale\nMetall\nKunststoff")
DIVISIBLE = AttributeType(key="divisible", label="Teilbar", kind=AttributeKind.YES_NO)
CARE = AttributeType(key="care", label="Pflege")


@pytest.mark.parametrize(("fact", "typed", "shown"), [
    (NEEDLES, "3,50 mm", "3,5 mm"), (NEEDLES, "2.25", "2,25 mm"), (NEEDLES, "4", "4 mm"),
    (NEEDLES, "3–4 mm", "3–4 mm"), (NEEDLES, "3-4", "3–4 mm"), (NEEDLES, "3 bis 4,5", "3–4,5 mm"),
    (NEEDLES, "3 mm – 4 mm", "3–4 mm"), (NEEDLES, "4–3", "3–4 mm"), (NEEDLES, "4–4", "4 mm"),
    (WIDTH, "140cm", "140 cm"), (WIDTH, "145 CM", "145 cm"), (WIDTH, "1.250", "1250 cm"), (WIDTH, "145,0", "145 cm"),
    (GRAMMAGE, "220 g/m2", "220 g/m²"), (GRAMMAGE, "220\u00a0g/m²", "220 g/m²"),
    (COIL, "metall", "Metall"), (DIVISIBLE, "Ja", "ja"), (DIVISIBLE, "n", "nein"), (CARE, " Handwäsche ", "Handwäsche"),
])  # fmt: skip
def test_a_value_is_read_as_people_type_it(fact: AttributeType, typed: str, shown: str) -> None:
    assert format_value(fact, *parse_value(fact, typed)).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(("fact", "typed", "sentence"), [
    (WIDTH, "breit", "Stoffbreite: „breit“ passt nicht. Bitte so eintragen: 140 cm"),
    (WIDTH, "1,5", "Bitte so eintragen: 140 cm"), (WIDTH, "-5", "passt nicht"), (WIDTH, "140 mm", "passt nicht"),
    (WIDTH, "1234567", "passt nicht"), (WIDTH, "1–2–3", "passt nicht"), (WIDTH, "²", "passt nicht"),
    (NEEDLES, "3,125", "Bitte so eintragen: 3,5 mm"), (NEEDLES, "3.500", "nicht eindeutig"),
    (COIL, "Holz", "Möglich sind: Spirale, Metall, Kunststoff"), (DIVISIBLE, "vielleicht", "„ja“ oder „nein“"),
    (CARE, "x" * 301, "höchstens 300 Zeichen"),
])  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_an_example(fact: AttributeType, typed: str, sentence: str) -> None:
    with pytest.raises(NotAValue, match=sentence):
        parse_value(fact, typed)


@given(decimals=st.integers(0, 3), ends=st.lists(st.integers(0, 999_999), min_size=1, max_size=2, unique=True))
def test_every_number_and_range_is_understood_as_it_is_shown(decimals: int, ends: list[int]) -> None:
    fact = AttributeType(key="x", label="X", kind=AttributeKind.NUMBER, unit="mm", decimals=decimals)
    stored = (min(ends), max(ends) if len(ends) == 2 else None)
    assert parse_value(fact, format_value(fact, "", *stored)) == ("", *stored)


def test_each_kind_is_asked_for_its_own_facts(session: Session) -> None:
    attributes.ensure_types(session)
    asked = {kind: {each.key for each in attributes.asked(session, kind)} for kind in Kind}
    assert asked[Kind.FABRIC] == {"width", "grammage", "repeat", "shrinkage", "care"}
    assert asked[Kind.YARN] == {"ball_weight", "run_length", "needle_size", "gauge", "care"}
    assert asked[Kind.BUTTON] == {"diameter", "holes", "material"}
    assert asked[Kind.ZIP] == {"length", "divisible", "coil"}
    assert asked[Kind.THREAD] == {"run_length", "thickness"}
    assert asked[Kind.RIBBON] == {"band_width", "care"}
    assert asked[Kind.TOOL] == {"material"}


def test_a_built_in_fact_does_not_collide_with_one_of_the_same_label(session: Session) -> None:
    own = attributes.labelled(session, "Verzahnung")
    attributes.ensure_types(session)
    assert [each.id for each in attributes.types(session) if each.label == "Verzahnung"] == [own.id]


def test_long_labels_get_keys_of_their_own(session: Session) -> None:
    keys = {attributes.labelled(session, f"{'ä' * 60}{number}").key for number in range(3)}
    assert len(keys) == 3
    assert max(map(len, keys)) <= 40


def test_values_are_stored_and_shown_in_the_owners_order(session: Session) -> None:
    attributes.ensure_types(session)
    product = make_product(session, kind=Kind.YARN)
    assert product.id is not None
    typed = {"needle_size": "3–4", "run_length": "210", "care": "Handwäsche", "divisible": "ja"}
    attributes.set_values(session, product.id, typed, NOW)
    shown = {label: value.replace("\u00a0", " ") for label, value in attributes.of(session, [product.id])[product.id]}
    assert shown == {"Pflege": "Handwäsche", "Lauflänge": "210 m", "Nadelstärke": "3–4 mm", "Teilbar": "ja"}


def test_a_range_becomes_a_number_again_and_nothing_goes_away(session: Session) -> None:
    attributes.ensure_types(session)
    product = make_product(session)
    assert product.id is not None
    for typed, shown in (("3–4", "3–4 mm"), ("3", "3 mm"), ("", None)):
        attributes.set_values(session, product.id, {"needle_size": typed}, NOW)
        session.flush()
        values = dict(attributes.of(session, [product.id]).get(product.id, []))
        assert (values.get("Nadelstärke", "").replace("\u00a0", " ") or None) == shown
