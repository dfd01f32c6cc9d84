"""One spelling for all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search.folding import fold

GERMAN = st.text("abcdefghijklmnopqrstuvwxyzäöüßéèêçñABCDEFÄÖÜ", max_size=14)


@pytest.mark.parametrize("spellings", [
    "Knöpfe Knoepfe Knopfe KNÖPFE Kno\u0308pfe",
    "Reißverschluß Reissverschluss reissverschluß REISSVERSCHLUẞ",
    "Knäuel Knaeuel Knauel",
    "Cord Kord",
    "Crêpe Crepe Krepp",
    "Viscose Viskose",
    "Microfaser Mikrofaser",
    "Acryl Akryl",
    "Phantasie Fantasie",
    "Graphik Grafik",
    "Photo Foto",
    "Stofffarbe Stoffarbe",
    "Décor Dekor",
    "Celluloid Zelluloid",
    "Lycra Lykra",
    "Bouclé Bouclé Boucle",
])  # fmt: skip
def test_spellings_of_one_word_are_one(spellings: str) -> None:
    assert len(set(map(fold, spellings.split()))) == 1


@pytest.mark.parametrize(
    "words", ["blaue blau", "neue neu", "Quelle Qulle", "Mauer Maur", "Pumphose Pumfose", "Decke Dekke"]
)
def test_what_looks_like_an_umlaut_or_an_old_spelling_is_none(words: str) -> None:
    one, other = words.split()
    assert fold(one) != fold(other)


@settings(max_examples=100, deadline=None)
@given(st.one_of(GERMAN, st.text(max_size=12)))
def test_folding_twice_changes_nothing(word: str) -> None:
    folded = fold(word)
    assert fold(folded) == folded
    assert folded == "" or folded.isalnum()


@settings(max_examples=100, deadline=None)
@given(GERMAN)
def test_capitals_and_written_out_umlauts_change_nothing(word: str) -> None:
    spelled = word.replace("ä", "ae").replace("ö", "oe").replace("ß", "ss")
    assert fold(word.upper()) == fold(word)
    assert fold(spelled) == fold(word)
