"""What is offered to the owner for a word that nothing was found for."""

from catalog.search.near import near

KNOWN = ["baumwolle", "holzknopf", "jersey", "knopf", "reissverschluss", "schere", "stoffschere", "wolle"]


def test_words_that_look_alike_come_first() -> None:
    assert near("Jersei", KNOWN) == ["jersey"]
    assert near("Baumvolle", KNOWN)[0] == "baumwolle"


def test_what_it_contains_and_what_contains_it_is_offered() -> None:
    assert near("Schere", KNOWN) == ["stoffschere"]
    assert near("Zickzackschere", KNOWN) == ["schere"]


def test_nothing_is_offered_where_nothing_is_like_it() -> None:
    assert near("Autoreifen", KNOWN) == near("", KNOWN) == near("x" * 500, KNOWN) == []


def test_no_more_are_offered_than_wanted() -> None:
    assert len(near("wolle", [f"wolle{letter}" for letter in "abcdefghij"], limit=3)) == 3
