"""Words in all their forms, by classes of rules; the word list itself is what they are measured on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search.folding import fold
from catalog.search.stems import readings, stem
from catalog.search.wordlist import word_list

FORMS = {
    "plural": (
        "Knopf Knöpfe Knöpfen · Nadel Nadeln · Stoff Stoffe Stoffes · Schnalle Schnallen · Spitze Spitzen · "
        "Faden Fäden · Garn Garne Garns · Wolle Wollen · Band Bänder Bändern Bandes · Tuch Tücher · Loch "
        "Löcher · Öse Ösen · Feder Federn · Kissen Kissens · Maus Mäuse · Küche Küchen · Lineal Lineale · "
        "Muster Mustern · Kleid Kleider"
    ),
    "foreign plural": (
        "Cut Cuts · Patch Patches · Charm Charms · Baby Babys Babies · Button Buttons · Zipper Zippers · "
        "Sweatshirt Sweatshirts · Fat Fats · Quarter Quarters · Jersey Jerseys · Label Labels · Album Alben"
    ),
    "adjective": (
        "rot rote roter rotes roten rotem · blau blaue blauer · dunkel dunkle dunkler · neu neue neuer · "
        "elastisch elastische · kariert karierte karierter · breit breite breiter · rund runde runder"
    ),
    "verb": (
        "häkeln Häkel gehäkelt gehäkelte · nähen Näh genäht · stricken Strick gestrickt · sticken gestickt · "
        "waschen gewaschen · bügeln gebügelt · falten gefaltet · aufnähen aufgenäht aufzunähen"
    ),
    "participle of a noun": (
        "Punkt gepunktet gepunktete · Blume geblümt geblümter · Streifen gestreift · Muster gemustert"
    ),
    "diminutive": (
        "Knopf Knöpfchen · Schleife Schleifchen · Stern Sternchen Sternchens · Blume Blümchen · Band Bändchen"
    ),
    "elided": ("Baumwolle Baumwoll · Farbe Farb · Wolle Woll · Schule Schul"),
    "unknown to the list": ("Zumbel Zumbeln · Brimm Brimme Brimmen · Kranewitt Kranewitte · Wollbommel Wollbommeln"),
    "compound": (
        "Baumwollstoff Baumwollstoffe · Samtband Samtbänder · Stricknadel Stricknadeln · Druckknopf Druckknöpfe"
    ),
}
CASES = [(kind, words) for kind, groups in FORMS.items() for words in groups.split(" · ")]


@pytest.mark.parametrize(("kind", "words"), CASES, ids=[f"{kind}: {words.split()[0]}" for kind, words in CASES])
def test_forms_of_a_word_have_a_stem_in_common(kind: str, words: str) -> None:
    first, *others = (set(readings(fold(word))) for word in words.split())
    assert all(first & other for other in others), [first, *others]


@pytest.mark.parametrize("words", [
    "Leder LED", "Schal Schale", "Spitze Spitzer", "Kuchen Küche", "Rand Band", "Faden Fad", "Hase Hast",
    "Karte Karton", "Feder Fee", "Kordel Kord", "Perle Perlon", "Stoff Stopf", "Nessel Nest", "Strass Straße",
    "Eisen Eis", "Reis Reise", "Falter Falte", "Tasche Tasse", "Woche Wolle", "Knopf Kopf",
])  # fmt: skip
def test_different_words_have_different_stems(words: str) -> None:
    one, other = words.split()
    assert stem(fold(one)) != stem(fold(other))


NOUNS = st.sampled_from(sorted(word for word in word_list().nouns if len(word) > 3))


@settings(max_examples=200, deadline=None)
@given(NOUNS, st.sampled_from(["", "s", "n", "en", "e", "es", "er", "ern"]))
def test_each_noun_of_the_list_is_known_by_its_forms(noun: str, ending: str) -> None:
    """Unless the form is another word of the list: Ball and Ballen."""
    assert noun in readings(noun + ending) or (noun + ending) in word_list().nouns or _is_shorter_form(noun, ending)


def _is_shorter_form(noun: str, ending: str) -> bool:
    """Kissen + es may be a form of another noun that begins alike: the longest one counts."""
    return any((noun + ending).startswith(other) for other in readings(noun + ending) if other != noun)


@settings(max_examples=200, deadline=None)
@given(st.text("abcdefghiklmnoprstuwz", min_size=3, max_size=12))
def test_a_stem_is_never_empty_and_known_words_stand_for_themselves(word: str) -> None:
    assert all(readings(fold(word)))
    assert all(stem(noun) == noun for noun in readings(word) if noun in word_list().nouns)
