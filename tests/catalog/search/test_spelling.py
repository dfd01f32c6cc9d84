"""Which words may have been meant by mistyped ones."""

import random
import time
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.search.analysis import fold
from catalog.search.likeness import errors_from, one_error_away, sound
from catalog.search.spelling import Spelling

GOODS = {
    "Reißverschluss": 40, "Baumwolle": 90, "Stoff": 300, "Knöpfe": 80, "Jersey": 60, "Vlies": 9, "Wachstuch": 4,
    "Musselin": 20, "Häkelnadel": 12, "Stecknadeln": 7, "Sticknadeln": 3, "Schrägband": 30, "Kordel": 15, "Garn": 200,
    "Gummiband": 25, "Viskose": 18, "Popeline": 11, "Waldtiere": 2, "Schere": 10, "Perlmutt": 5, "Cord": 6,
}  # fmt: skip


class Goods:
    """The words of some goods, as an overview knows them."""

    def __init__(self, articles: Mapping[str, int] = GOODS) -> None:
        self._shown = {fold(word): word for word in articles}
        self._count = {fold(word): number for word, number in articles.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._shown))

    def count(self, folded: str) -> int:
        return self._count.get(folded, 0)

    def shown(self, folded: str) -> str:
        return self._shown.get(folded, folded)


SPELLING, ALL = Spelling(), Goods()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Reisverschlus", "Reißverschluss"),  # two errors in a long word
        ("Rießverschluss", "Reißverschluss"),  # swapped
        ("Baumwole", "Baumwolle"),
        ("baumwolel", "Baumwolle"),
        ("Jersy", "Jersey"),
        ("Jesrey", "Jersey"),
        ("Knöfpe", "Knöpfe"),
        ("Knofp", "Knöpfe"),
        ("Fliess", "Vlies"),  # sounds the same
        ("Waxtuch", "Wachstuch"),
        ("Hekelnadel", "Häkelnadel"),
        ("Stecknadl", "Stecknadeln"),
        ("Kort", "Cord"),
        ("Kordl", "Kordel"),  # a forgotten vowel rather than a letter too much
        ("Schrehgband", "Schrägband"),
        ("Baumwolstoff", "Baumwollstoff"),  # compounds that no article has as a word
        ("Baumwollstof", "Baumwollstoff"),
        ("Knopfgarm", "Knöpfgarn"),
        ("Wiskose", "Viskose"),
    ],
)
def test_the_meant_word_is_guessed_first(typed: str, meant: str) -> None:
    assert SPELLING.meant_by(typed, ALL)[:1] == [meant]


@pytest.mark.parametrize(
    "typed", ["", "x", "Baumwolle", "knoepfe", "KNÖPFE", "12345", "B4umwolle", "1O", "Quarktasche"]
)
def test_nothing_is_guessed_for_known_words_codes_and_what_is_like_no_word(typed: str) -> None:
    assert SPELLING.meant_by(typed, ALL) == []


def test_a_short_word_is_forgiven_one_error_only() -> None:
    assert "Garn" in SPELLING.meant_by("Gern", ALL)
    assert "Garn" not in SPELLING.meant_by("Gurm", ALL)


def test_what_more_articles_have_is_guessed_before_what_is_as_like() -> None:
    both = {"Bord": 1, "Cord": 1, "Kord": 500}
    assert SPELLING.meant_by("Lord", Goods(both))[0] == "Kord"


def test_words_come_and_go_with_the_goods() -> None:
    spelling = Spelling()
    assert spelling.meant_by("Musslin", Goods({"Stoff": 1})) == []
    assert spelling.meant_by("Musslin", Goods({"Stoff": 1, "Musselin": 1})) == ["Musselin"]
    assert spelling.meant_by("Musslin", Goods({"Stoff": 1})) == []
    for season in "bcdfg":
        spelling.meant_by("Musslin", Goods({season + "".join(rest): 1 for rest in product("aeiou", repeat=4)}))
    assert len(spelling._words) < 3000
    assert spelling.meant_by("Musslin", Goods({"Stoff": 1, "Musselin": 1})) == ["Musselin"]


LONG = sorted(word for word in map(fold, GOODS) if len(word) >= 7)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LONG), st.data())
def test_every_single_error_in_a_long_word_is_undone(word: str, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from(sorted(each for each in set(one_error_away(word)) if fold(each) != word)))
    assert ALL.shown(word) in SPELLING.meant_by(typed, ALL)


@settings(max_examples=100, deadline=None)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_errors_are_counted_as_the_textbook_does(one: str, other: str) -> None:
    assert errors_from(one)(other) == _by_the_book(one, other)


@given(st.text("abcdeiwxß", min_size=1, max_size=8))
def test_a_text_one_error_away_is_one_error_away(word: str) -> None:
    errors = errors_from(word)
    assert {errors(other) for other in one_error_away(word)} <= {0, 1}


def _by_the_book(one: str, other: str) -> int:
    """Optimal string alignment by its recurrence."""
    table = [[max(i, j) if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
            if i > 1 < j and one[i - 2 : i] == other[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@pytest.mark.parametrize(
    ("one", "other"),
    [("vlies", "flies"), ("wachs", "wax"), ("nahgarn", "nagarn"), ("viskose", "wiskose"), ("kissen", "kisen"),
     ("stoffe", "stofe"), ("cord", "kort"), ("seide", "saide"), ("chiffon", "chifon"), ("spitze", "spize")],
)  # fmt: skip
def test_what_sounds_alike_is_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_ends_well(typed: str) -> None:
    assert len(SPELLING.meant_by(typed, ALL)) <= 3


def test_a_guess_among_thirty_thousand_words_takes_milliseconds() -> None:
    dice = random.Random(4)
    parts = [fold(word) for word in GOODS]
    middle = [dice.choice(parts) + letter for letter in "aeioubklmn" for _ in range(200)]
    words = {dice.choice(middle) + dice.choice(parts): 1 for _ in range(60_000)}
    goods, spelling = Goods(words), Spelling()
    spelling.meant_by("anfang", goods)
    took = []
    for word in dice.sample(sorted(words), 60):
        began = time.thread_time()
        spelling.meant_by(word[:3] + word[4:-1] + "x", goods)
        took.append(time.thread_time() - began)
    assert sorted(took)[56] < 0.05  # measured 4 ms; a busy machine may take longer
