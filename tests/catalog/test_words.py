"""The readable words of the goods: completed, counted, and followed by whoever learns them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.words import Words

texts = st.text("aäbÖs", min_size=1, max_size=3)


def sets(new: set[str], gone: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(new), frozenset(gone)


def test_words_are_completed_with_those_of_the_most_articles_first() -> None:
    words = Words({"Knopf": 3, "Knöpfe": 9, "Knäuel": 1, "Band": 99})
    assert words.complete("kn") == ["Knöpfe", "Knopf", "Knäuel"]
    assert words.complete("KNOEPFE") == ["Knöpfe"]
    assert words.complete("kn", limit=1) == ["Knöpfe"]
    assert words.complete("zz") == []


def test_a_word_is_shown_as_it_is_mostly_written() -> None:
    words = Words({"petrol": 2, "Petrol": 5})
    assert (words.shown("petrol"), words.count("petrol"), list(words)) == ("Petrol", 7, ["petrol"])


def test_one_who_follows_learns_what_is_new_and_what_is_gone() -> None:
    first = Words({"Samt": 1})
    second = first.patched([], ["Wolle"])
    third = second.patched(["Samt"], ["Wolle"])
    assert third.since(first.number) == sets({"wolle"}, {"samt"})
    assert third.since(second.number) == sets(set(), {"samt"})
    assert third.since(third.number) == (frozenset(), frozenset())
    assert list(first) == ["samt"]


def test_words_made_anew_go_on_telling_what_is_new() -> None:
    first = Words({"Samt": 1})
    assert Words({"Wolle": 1}, before=first).since(first.number) == sets({"wolle"}, {"samt"})


def test_what_was_too_long_ago_must_be_taken_anew() -> None:
    words = first = Words({"Samt": 1})
    for number in range(300):
        words = words.patched([], [f"Wort{chr(97 + number % 26)}{number}"])
    assert words.since(first.number) is None
    assert words.since(words.number + 1) is None


@given(st.lists(st.tuples(st.lists(texts), st.lists(texts)), max_size=6))
@settings(max_examples=40)
def test_following_gives_what_comparing_gives(steps: list[tuple[list[str], list[str]]]) -> None:
    """And patched words are the words that would be made anew."""
    articles: dict[str, int] = {}
    seen = [Words({})]
    for gone, came in steps:
        really_gone = [word for word in set(gone) if articles.get(word)]
        for word in came:
            articles[word] = articles.get(word, 0) + 1
        for word in really_gone:
            articles[word] -= 1
        seen.append(seen[-1].patched(really_gone, came))
        seen[-1].complete("a")
    last, anew = seen[-1], Words({word: count for word, count in articles.items() if count})
    assert [(each, last.count(each), last.shown(each)) for each in last] == [
        (each, anew.count(each), anew.shown(each)) for each in anew
    ]
    assert [last.complete(each) for each in ("a", "b", "")] == [anew.complete(each) for each in ("a", "b", "")]
    for before in seen:
        assert last.since(before.number) == sets(set(last) - set(before), set(before) - set(last))
