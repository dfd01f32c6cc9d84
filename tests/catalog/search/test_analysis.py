"""What is the same word to a German."""

import pytest

from catalog.search.analysis import fold, terms
from catalog.search.language import Language


@pytest.mark.parametrize("words", [
    ("Knöpfe", "Knoepfe", "Knopfe", "knopf", "KNÖPFE", "Knöpfen"),
    ("Reißverschluss", "Reissverschluß", "reissverschluesse", "Reißverschlüsse"),
    ("Bänder", "Baender", "Band", "bänder"),
    ("Nähgarn", "Naehgarn", "nähgarne"),
    ("Stoffe", "Stoff", "stoffen"),
])  # fmt: skip
def test_forms_of_a_word_are_one_term(words: tuple[str, ...]) -> None:
    assert len({tuple(terms(word)) for word in words}) == 1


def test_decomposed_letters_are_the_composed_ones() -> None:
    assert fold("Kno\u0308pfe") == fold("Knöpfe")


def test_stop_words_are_left_out() -> None:
    assert terms("Garn für die Maschine") == [*terms("Garn"), *terms("Maschine")]


def test_an_article_number_is_asked_for_as_a_whole() -> None:
    assert [(word.term, word.is_code) for word in Language().asked("JER-001")] == [("jer001", True)]


def test_a_hyphenated_word_is_one_and_may_be_met_by_its_words() -> None:
    (word,) = Language().asked("Baby-Wolle")
    assert [each.terms for each in word.alternatives] == [("babywolle",), ("baby", "wolle")]
