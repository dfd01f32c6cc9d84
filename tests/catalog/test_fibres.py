"""Fibre compositions: only the legal names, 100 % in sum, and a sentence that helps."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import fibres
from catalog.fibres import OTHER_FIBRES, NotAComposition, format_composition, legal_names, parse_composition

FIBRES = [each for each in legal_names() if each != OTHER_FIBRES]


@pytest.mark.parametrize("text", [
    "5% Elasthan, 95 % baumwolle", "95 % Baumwolle; 5 % Elasthan", "Baumwolle 95%, Elasthan 5%",
    "95 % Baumwolle und 5 % Elasthan.", "95\u00a0% Baumwolle\n5\u00a0% Elasthan",
    "95 Prozent Baumwolle, 5 Prozent Elasthan",
])  # fmt: skip
def test_a_composition_is_read_and_written_largest_first(text: str) -> None:
    assert format_composition(parse_composition(text)).replace("\u00a0", " ") == "95 % Baumwolle, 5 % Elasthan"


@pytest.mark.parametrize(("text", "sentence"), [
    ("70 % Merino, 30 % Alpaka",
     "„Merino“ ist keine gesetzliche Faserbezeichnung. "
     "Bitte als „Wolle“ oder „Schurwolle“ eintragen; „Merino“ darf im Namen stehen."),
    ("100 % Baby-Alpaka", "Bitte als „Alpaka“ eintragen; „Baby-Alpaka“ darf im Namen stehen."),
    ("100 % Cotton", "Bitte als „Baumwolle“ eintragen."),
    ("100 % Baumwole", "„Baumwole“ ist keine gesetzliche Faserbezeichnung. Meinten Sie „Baumwolle“?"),
    ("100 % Wunderfaser", "keine gesetzliche Faserbezeichnung. Erlaubt sind zum Beispiel"),
    ("95 % Baumwolle", "95 % statt 100 %. Es fehlen 5 %"),
    ("95 % Baumwolle, 10 % Elasthan", "Das sind 5 % zu viel"),
    ("50 % Wolle, 50 % Wolle", "zweimal"),
    ("0 % Wolle, 100 % Seide", "Bitte 1 bis 100 % eintragen"),
    ("97,5 % Wolle, 2,5 % Elasthan", "ganze Prozent"),
    ("80 % Wolle, 20 % sonstige Fasern", "höchstens 15 %"),
    ("² % Wolle", "Bitte so"),
    ("Baumwolle", "Bitte so"),
    ("", "Bitte so"),
])  # fmt: skip
def test_an_unlawful_composition_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    with pytest.raises(NotAComposition, match=re.escape(sentence)):
        parse_composition(text)


def test_hair_may_be_called_wool() -> None:
    """Annex I number 2: "mit oder ohne zusätzliche Bezeichnung „Wolle“"."""
    assert parse_composition("100 % Alpakawolle") == [("Alpaka", 100)]


def test_no_name_stands_twice_in_the_list() -> None:
    assert len({each.casefold() for each in legal_names()}) == len(legal_names())


def test_c08_the_list_has_a_name_for_every_number_of_the_annex() -> None:
    lines = fibres._NAMES.read_text(encoding="utf-8").splitlines()
    numbers = [int(line.partition("\t")[0]) for line in lines if not line.startswith("#")]
    assert set(numbers) == set(range(1, 51))
    assert numbers == sorted(numbers)
    assert len(legal_names()) == len(numbers) + 1


@given(st.lists(st.sampled_from(FIBRES), min_size=1, max_size=6, unique=True), st.data())
def test_every_lawful_composition_is_understood_as_it_is_written(names: list[str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, 99), min_size=len(names) - 1, max_size=len(names) - 1)))
    percents = [upper - lower for lower, upper in zip([0, *cuts], [*cuts, 100], strict=True)]
    shares = sorted(zip(names, percents, strict=True), key=lambda share: -share[1])
    assert parse_composition(format_composition(shares)) == shares
