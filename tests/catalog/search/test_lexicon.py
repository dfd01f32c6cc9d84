"""Compounds taken apart."""

import random
import threading
import time

import pytest

from catalog.search.folding import fold
from catalog.search.lexicon import Lexicon
from catalog.search.wordlist import word_list

LEXICON = Lexicon()


def parts(word: str, lexicon: Lexicon = LEXICON) -> list[str]:
    return [terms[0] for terms in lexicon.split(fold(word)).parts]


@pytest.mark.parametrize(("word", "expected"), [
    ("Baumwollstoff", "baumwolle stoff"),  # an e is lost
    ("Nähmaschinennadeln", "nah maschine nadel"),  # the stem of a verb, n
    ("Reißverschlussfuß", "reiss verschluss fuss"),
    ("Weihnachtsstoffe", "weihnacht stoff"),  # s
    ("Kinderkleid", "kind kleid"),  # er
    ("Blumenwiese", "blume wiese"),  # n
    ("Sternenhimmel", "stern himmel"),  # en
    ("Hundehalsband", "hund hals band"),  # e
    ("Jahreszeit", "jahr zeit"),  # es
    ("Herzensdame", "herz dame"),  # ens
    ("Stoffarbe", "stoff farbe"),  # a letter that was lost before 1996
    ("Handarbeitskorb", "hand arbeit korb"),
    ("dunkelblau", "dunkel blau"),
    ("handgenähte", "hand nah"),
    ("Einfassband", "einfass band"),  # a verb with a prefix
    ("Sternchenstoff", "sternchen stoff"),
    ("Sweatshirtstoff", "sweat shirt stoff"),
    ("Jellyroll", "jelly roll"),
    ("Perlmuttknöpfchen", "perlmutt knopfchen"),
    ("Kirschkernkissen", "kirsche kern kissen"),
    ("Sofaecke", "sofa ecke"),  # "ae" that was no ä
    ("Kunststoffknopf", "kunststoff knopf"),  # what is one thing stays one
])  # fmt: skip
def test_a_compound_falls_into_its_parts(word: str, expected: str) -> None:
    assert parts(word) == expected.split()


@pytest.mark.parametrize("word", [
    "Verband", "insgesamt", "Motor", "Brand", "Verschluss", "Restaurant", "Standard", "Damast", "Baumwolle",
    "Handschuh",
    "Kontrast", "Elefant", "Organza", "Popeline", "Musselin", "Polyester", "Kundinnen", "waschbar", "aufbügelbar",
    "dickeren", "strahlende", "Bernstein", "Karneval", "Schmetterling", "Strand", "Gewand", "Zustand", "Rosine",
    "Garten",
    "Kissen", "Wasser", "Sandale", "Kartoffel", "Vorstand", "Spannung", "Fenster", "Schulter", "Stofftier",
])  # fmt: skip
def test_what_only_looks_like_a_compound_stays_whole(word: str) -> None:
    assert parts(word) == []


def test_the_compounds_that_a_long_one_begins_with_are_told() -> None:
    assert LEXICON.split(fold("Nähmaschinennadel")).wholes == ("nahmaschine",)


def test_the_words_of_the_shop_split_what_the_list_does_not_know() -> None:
    assert parts("Zumbelstoff") == []
    assert parts("Zumbelstoff", Lexicon([fold("Zumbeln")])) == ["zumbel", "stoff"]


def test_a_lexicon_only_grows_and_the_one_before_stays_as_it_was() -> None:
    before = Lexicon([fold("Zumbel")])
    assert parts("Brimmstoff", before) == []
    after = before.with_more([fold("Brimm")])
    assert (parts("Brimmstoff", after), parts("Zumbelstoff", after)) == (["brimm", "stoff"], ["zumbel", "stoff"])
    assert parts("Brimmstoff", before) == []
    assert after.with_more([fold("Brimm")]) is after


def test_a_shop_word_that_is_but_an_ending_splits_nothing() -> None:
    assert parts("Wollschaft", Lexicon(["schaft", "lich"])) == []


SIMPLE = sorted(
    word for word in word_list().nouns
    if len(word) > 3 and word not in word_list().wholes and not LEXICON.split(word).parts
)  # fmt: skip
LINKS = ("", "s", "n", "en", "e", "es")


def test_two_words_of_the_list_with_any_link_are_split_into_them() -> None:
    """But for those that may be read otherwise, too: Tannen + Est is Tanne + Nest."""
    chance = random.Random(6)
    made = [(chance.choice(SIMPLE), chance.choice(LINKS), chance.choice(SIMPLE)) for _ in range(1500)]
    splits = [(first, second, LEXICON.split(fold(first + link + second)).parts) for first, link, second in made]
    right = [split for first, second, split in splits if split and first in split[0] and second in split[-1]]
    assert len(right) > 0.97 * len(made)
    assert sum(not split for _, _, split in splits) < 0.01 * len(made)


def test_threads_may_split_at_once() -> None:
    words = [fold(first + "stoff") for first in SIMPLE[:300]]
    lexicon, found = Lexicon(), list[list[object]]()
    threads = [threading.Thread(target=lambda: found.append(list(map(lexicon.split, words)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)


def test_a_known_word_is_split_in_a_tenth_of_a_millisecond() -> None:
    words = [fold(first + "nadel") for first in SIMPLE[:500]]
    for word in words:
        LEXICON.split(word)
    start = time.process_time()
    for word in words:
        LEXICON.split(word)
    assert (time.process_time() - start) / len(words) < 100e-6
