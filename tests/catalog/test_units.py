"""Quantities are whole, never rounded, read as people type them, and lines follow from them."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.units import (
    PRICE_UNIT_NAME,
    SMALLEST_PER_PRICE_UNIT,
    NotAQuantity,
    QuantityDoesNotFit,
    QuantityRule,
    Unit,
    check_quantity,
    format_quantity,
    line_cents,
    parse_quantity,
    shown_cents,
    shown_name,
)

units = st.sampled_from(list(Unit))
FABRIC = QuantityRule(Unit.LENGTH, minimum=50, step=10, maximum=340)


def plain(sentence: str) -> str:
    return sentence.replace("\u00a0", " ")


@given(st.integers(0, 9_999_999), units)
def test_what_is_written_is_read_back(quantity: int, unit: Unit) -> None:
    assert parse_quantity(format_quantity(quantity, unit), unit) == quantity


@pytest.mark.parametrize(("quantity", "unit", "written"), [
    (3, Unit.PIECE, "3 Stück"), (150, Unit.LENGTH, "1,50 m"), (7, Unit.LENGTH, "0,07 m"),
    (250, Unit.WEIGHT, "250 g"), (1250, Unit.WEIGHT, "1,25 kg"), (7500, Unit.WEIGHT, "7,5 kg"),
    (2500, Unit.AREA, "0,25 m²"), (10_000, Unit.AREA, "1,00 m²"), (2501, Unit.AREA, "2501 cm²"),
    (100, Unit.VOLUME, "100 ml"), (1000, Unit.VOLUME, "1 l"), (1250, Unit.VOLUME, "1,25 l"),
])  # fmt: skip
def test_quantities_are_written_for_people(quantity: int, unit: Unit, written: str) -> None:
    assert plain(format_quantity(quantity, unit)) == written


@pytest.mark.parametrize("text", [
    "1,5", "1.5", "1,50", "1.5 m", "1,5m", "150 cm", "150cm", " 1,5 M ", "1,5 Meter", "1,500 m", "1,5\u00a0m",
    "1,5\u202fm", "\u00a01,5", "1½", "1½ m", "1 ½ m", "1 1/2", "1 1/2 m", "3/2 m", "1500 mm", "15 dm", "1,5 lfm",
    "1,5 m.", "150 Zentimeter",
])  # fmt: skip
def test_one_and_a_half_metres_can_be_typed_in_many_ways(text: str) -> None:
    assert parse_quantity(text, Unit.LENGTH) == 150


@pytest.mark.parametrize(("text", "unit", "quantity"), [
    ("½", Unit.LENGTH, 50), ("¾ m", Unit.LENGTH, 75), (",5", Unit.LENGTH, 50), ("0,5 cm2", Unit.AREA, None),
    ("0,5 m²", Unit.AREA, 5000), ("0,5", Unit.AREA, 5000), ("2500 cm²", Unit.AREA, 2500), ("2500cm2", Unit.AREA, 2500),
    ("50 x 50 cm", Unit.AREA, 2500), ("50×50", Unit.AREA, 2500), ("50x50cm", Unit.AREA, 2500),
    ("0,5 x 0,5 m", Unit.AREA, 2500), ("50 cm x 0,5 m", Unit.AREA, 2500), ("½ qm", Unit.AREA, 5000),
    ("20,5 x 10 cm", Unit.AREA, 205), ("100 ml", Unit.VOLUME, 100), ("0,1 l", Unit.VOLUME, 100),
    ("100", Unit.VOLUME, 100), ("1/4 Liter", Unit.VOLUME, 250), ("250", Unit.WEIGHT, 250), ("¼ kg", Unit.WEIGHT, 250),
    ("0,25 kg", Unit.WEIGHT, 250), ("3", Unit.PIECE, 3), ("3 Stk.", Unit.PIECE, 3), ("3,0", Unit.PIECE, 3),
])  # fmt: skip
def test_every_unit_can_be_typed_as_people_do(text: str, unit: Unit, quantity: int | None) -> None:
    if quantity is None:
        with pytest.raises(NotAQuantity):
            parse_quantity(text, unit)
    else:
        assert parse_quantity(text, unit) == quantity


@pytest.mark.parametrize(("text", "unit"), [
    ("", Unit.LENGTH), (" ", Unit.LENGTH), ("eins", Unit.LENGTH), ("m", Unit.LENGTH), ("1,5 kg", Unit.LENGTH),
    ("1,555", Unit.LENGTH), ("1/3", Unit.LENGTH), ("1/0", Unit.LENGTH), ("1,5,5", Unit.LENGTH), ("1 5", Unit.LENGTH),
    ("50 x 50", Unit.LENGTH), ("50 x 50 x 50 cm", Unit.AREA), ("50 x", Unit.AREA), ("x", Unit.AREA),
    ("50 x 50 m²", Unit.AREA), ("0,5", Unit.PIECE), ("½", Unit.PIECE), ("-1", Unit.PIECE), ("−1", Unit.PIECE),
    ("1e2", Unit.PIECE), ("99999999", Unit.PIECE), ("٣", Unit.PIECE), ("0,5 g", Unit.WEIGHT), ("0,5 ml", Unit.VOLUME),
    ("inf", Unit.LENGTH), ("1" * 500, Unit.LENGTH),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused(text: str, unit: Unit) -> None:
    with pytest.raises(NotAQuantity) as refused:
        parse_quantity(text, unit)
    assert len(refused.value.sentence) < 150


@pytest.mark.parametrize(("text", "unit", "sentence"), [
    ("", Unit.LENGTH, "Bitte so eingeben: 1,50 m"),
    ("eins", Unit.AREA, "„eins“ können wir nicht lesen. Bitte so eingeben: 0,25 m²"),
    ("1,555 m", Unit.LENGTH, "„1,555 m“ ist feiner, als wir messen. Möglich wäre 1,55 m oder 1,56 m."),
    ("0,5", Unit.PIECE, "„0,5“ ist feiner, als wir messen. Möglich wäre 1 Stück."),
    ("1.500", Unit.PIECE, "„1.500“ kann zweierlei heißen. Möglich wäre 1500 Stück."),
    ("1.500 m", Unit.LENGTH, "„1.500 m“ kann zweierlei heißen. Möglich wäre 1,50 m oder 1500,00 m."),
    ("1.250 kg", Unit.WEIGHT, "„1.250 kg“ kann zweierlei heißen. Möglich wäre 1,25 kg oder 1250 kg."),
])  # fmt: skip
def test_the_sentence_shows_how_to_say_it(text: str, unit: Unit, sentence: str) -> None:
    with pytest.raises(NotAQuantity) as refused:
        parse_quantity(text, unit)
    assert plain(refused.value.sentence) == sentence


@given(st.text(max_size=12), units)
def test_any_text_is_a_quantity_or_refused(text: str, unit: Unit) -> None:
    with suppress(NotAQuantity):
        assert parse_quantity(text, unit) >= 0


@given(st.integers(0, 9999), st.integers(0, 999), st.sampled_from([",", "."]), units)
def test_a_decimal_is_read_exactly_or_refused(whole: int, part: int, sign: str, unit: Unit) -> None:
    text = f"{whole}{sign}{part}"
    assume(sign == "," or len(str(part)) != 3)  # "1.500" is refused: it means two things
    bare = {Unit.WEIGHT: 1, Unit.VOLUME: 1}.get(unit, SMALLEST_PER_PRICE_UNIT[unit])
    exact = Fraction(f"{whole}.{part}") * bare
    if exact.denominator == 1:
        assert parse_quantity(text, unit) == exact
        return
    with pytest.raises(NotAQuantity):
        parse_quantity(text, unit)


rules = st.builds(QuantityRule, units, st.integers(1, 500), st.integers(1, 100), st.none() | st.integers(1, 2000))


def fits(quantity: int, rule: QuantityRule) -> bool:
    is_within = quantity >= rule.minimum and (rule.maximum is None or quantity <= rule.maximum)
    return is_within and quantity % rule.step == 0


@given(st.integers(0, 1000), rules)
def test_a_quantity_fits_or_is_refused_with_the_nearest_that_do(quantity: int, rule: QuantityRule) -> None:
    if fits(quantity, rule):
        check_quantity(quantity, rule)
        return
    with pytest.raises(QuantityDoesNotFit) as refused:
        check_quantity(quantity, rule)
    below = [each for each in range(quantity + 1) if fits(each, rule)]
    above = [each for each in range(quantity, 2001) if fits(each, rule)]
    assert list(refused.value.nearest) == [*below[-1:], *above[:1]]
    for each in refused.value.nearest:
        check_quantity(each, rule)
        assert format_quantity(each, rule.unit) in refused.value.sentence


@pytest.mark.parametrize(("quantity", "sentence"), [
    (30, "Wir verkaufen ab 0,50 m. Möglich wäre 0,50 m."),
    (155, "1,55 m passt nicht: Wir verkaufen in Schritten von 0,10 m. Möglich wäre 1,50 m oder 1,60 m."),
    (400, "Höchstens 3,40 m sind möglich. Möglich wäre 3,40 m."),
])  # fmt: skip
def test_the_sentence_says_why_and_what_is_possible(quantity: int, sentence: str) -> None:
    with pytest.raises(QuantityDoesNotFit) as refused:
        check_quantity(quantity, FABRIC)
    assert plain(refused.value.sentence) == sentence


def test_what_is_finer_than_we_measure_names_what_can_be_bought() -> None:
    with pytest.raises(NotAQuantity) as refused:
        parse_quantity("1,555", Unit.LENGTH, FABRIC)
    assert plain(refused.value.sentence) == "„1,555“ ist feiner, als wir messen. Möglich wäre 1,50 m oder 1,60 m."


def test_a_rule_that_nothing_fits_lets_nothing_through() -> None:
    for quantity in (40, 50, 60):
        with pytest.raises(QuantityDoesNotFit) as refused:
            check_quantity(quantity, QuantityRule(Unit.LENGTH, minimum=50, step=10, maximum=40))
        assert refused.value.nearest == ()


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(1, 50), units)
def test_a_line_is_its_cuts_each_rounded_once(price_cents: int, quantity: int, pieces: int, unit: Unit) -> None:
    one = line_cents(price_cents, quantity, unit)
    assert abs(one - Fraction(price_cents * quantity, SMALLEST_PER_PRICE_UNIT[unit])) <= Fraction(1, 2)
    assert line_cents(price_cents, quantity, unit, pieces) == one * pieces


def test_half_a_cent_is_rounded_up() -> None:
    assert line_cents(1299, 50, Unit.LENGTH) == 650


@pytest.mark.parametrize(("unit", "per", "name", "cents"), [
    (Unit.LENGTH, None, "m", 1290), (Unit.LENGTH, 100, "m", 1290), (Unit.LENGTH, 50, "0,5 m", 645),
    (Unit.LENGTH, 10, "10 cm", 129), (Unit.LENGTH, 25, "25 cm", 323), (Unit.LENGTH, 150, "1,5 m", 1935),
    (Unit.LENGTH, 300, "3 m", 3870), (Unit.WEIGHT, None, "kg", 1290), (Unit.WEIGHT, 100, "100 g", 129),
    (Unit.AREA, None, "m²", 1290), (Unit.AREA, 2500, "0,25 m²", 323), (Unit.AREA, 100, "100 cm²", 13),
    (Unit.VOLUME, 100, "100 ml", 129), (Unit.PIECE, None, "Stück", 1290), (Unit.PIECE, 10, "10 Stück", 12900),
])  # fmt: skip
def test_a_price_is_shown_per_what_the_owner_likes(unit: Unit, per: int | None, name: str, cents: int) -> None:
    assert plain(shown_name(unit, per)) == name
    assert shown_cents(1290, unit, per) == cents


@given(st.integers(1, 10**5), units)
def test_the_name_of_a_shown_unit_says_its_size(per: int, unit: Unit) -> None:
    name = shown_name(unit, per)
    assert parse_quantity(name if name[0].isdigit() else f"1 {name}", unit) == per
    assert shown_name(unit, None) == PRICE_UNIT_NAME[unit]
