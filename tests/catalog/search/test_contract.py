"""What every engine promises of its answers (catalog/search/port.py)."""

import pytest

from catalog.search.port import Alternative, Document, Engine
from tests.catalog.search.stands import Stand, found, goods, ids, words

ODD = [
    '"', "'", "''", "*", ":", "a:b", "a*", "^", "-", "-a", "(", ")", "+", "%", "_", "a%b", "\\", "NOT", "AND", "or",
    "near", "20.5", "1.5", "4.0", "0", "jer-001", "a/b", "ß", "é", "e\u0301", "日本語", "🧵", "\u200d", "x" * 5_000,
    "terms:knopf", "{a}", "[a]", "$1", "&", "|", "!", "<->", "<b>", "~", "?", ";", "--", "/*", "#", "@", "=", ",",
]  # fmt: skip


def test_all_words_must_be_met(engine: Engine) -> None:
    engine.replace(goods("knopf horn rund", "knopf holz", "horn", "band"), [], up_to=1)
    assert ids(engine, "knopf") == {1, 2}
    assert ids(engine, "knopf horn") == {1}
    assert ids(engine, "horn knopf rund") == {1}
    assert ids(engine, "knopf zwirn") == set()
    assert ids(engine, "zwirn") == set()


def test_a_beginning_is_not_the_word(engine: Engine) -> None:
    engine.replace(goods("knopfloch", "knopf"), [], up_to=1)
    assert ids(engine, "knopf") == {2}


def test_any_alternative_meets_a_word_and_all_its_terms_are_needed(engine: Engine) -> None:
    engine.replace(goods("baumwollstoff", "stoff baumwolle", "stoff leinen", "baumwolle garn"), [], up_to=1)
    cotton = [Alternative(("baumwollstoff",)), Alternative(("stoff", "baumwolle"), 0.5)]
    assert set(engine.search([cotton]).ids) == {1, 2}
    assert set(engine.search([cotton, [Alternative(("stoff",))]]).ids) == {2}
    assert set(engine.search([[Alternative(("zwirn",)), Alternative(("garn",))]]).ids) == {4}
    assert set(engine.search([[Alternative(("stoff", "zwirn"))]]).ids) == set()


def test_a_term_that_counts_more_scores_higher(engine: Engine) -> None:
    engine.replace([Document(1, {"knopf": 2, "horn": 1}), Document(2, {"knopf": 60}), Document(3, {"knopf": 9})], [],
                   up_to=1)  # fmt: skip
    assert found(engine, [Alternative(("knopf",))]) == [2, 3, 1]


def test_a_heavier_alternative_scores_higher(engine: Engine) -> None:
    engine.replace(goods("knopf", "taste", "schalter") + goods(*["band"] * 20, first=10), [], up_to=1)
    heavy, light, lightest = Alternative(("knopf",)), Alternative(("taste",), 0.4), Alternative(("schalter",), 0.1)
    assert found(engine, [light, heavy, lightest]) == [1, 2, 3]


def test_what_two_alternatives_meet_scores_at_least_as_the_better_one(engine: Engine) -> None:
    engine.replace(goods("knopf band", "knopf taste"), [], up_to=1)
    hits = engine.search([[Alternative(("knopf",)), Alternative(("taste",), 0.1)]])
    score = dict(zip(hits.ids, hits.scores, strict=True))
    assert score[2] >= score[1]


def test_more_words_met_well_score_higher(engine: Engine) -> None:
    made = [Document(1, {"knopf": 6, "horn": 1}), Document(2, {"knopf": 6, "horn": 6}), Document(3, {"knopf": 6})]
    engine.replace(made, [], up_to=1)
    assert found(engine, *words("knopf horn")) == [2, 1]


def test_scores_are_above_zero_and_stand_beside_their_ids(engine: Engine) -> None:
    engine.replace(goods(*["knopf horn"] * 50), [], up_to=1)
    hits = engine.search([[Alternative(("knopf",), 0.01)], [Alternative(("horn",))]])
    assert len(hits.ids) == len(hits.scores) == 50
    assert len(set(hits.ids)) == 50
    assert all(score > 0 for score in hits.scores)


def test_a_word_that_all_goods_have_finds_all(engine: Engine) -> None:
    engine.replace(goods(*["knopf"] * 3), [], up_to=1)
    hits = engine.search(words("knopf"))
    assert sorted(hits.ids) == [1, 2, 3]
    assert all(score > 0 for score in hits.scores)


def test_nothing_asked_finds_nothing(engine: Engine) -> None:
    assert not engine.search([]).ids
    assert not engine.search(words("knopf")).ids
    assert engine.beginning_with("k") == []
    engine.replace(goods("knopf"), [], up_to=1)
    assert not engine.search([]).ids
    assert not engine.search([[]]).ids
    assert not engine.search([[Alternative(("knopf",))], []]).ids


def test_thousands_are_all_given(engine: Engine) -> None:
    for start in range(0, 4_000, 1_000):
        engine.replace(goods(*["knopf horn" if number % 4 else "knopf" for number in range(1_000)], first=start + 1),
                       [], up_to=start + 1)  # fmt: skip
    assert ids(engine, "knopf") == set(range(1, 4_001))
    assert len(engine.search(words("knopf horn")).ids) == 3_000


def test_large_numbers_are_ids_too(engine: Engine) -> None:
    engine.replace([Document(2**31 - 1, {"knopf": 1})], [], up_to=2**40)
    assert ids(engine, "knopf") == {2**31 - 1}
    assert engine.last_change == 2**40


def test_odd_terms_are_terms_like_others(engine: Engine) -> None:
    engine.replace([Document(number, {term: 1, "alles": 1}) for number, term in enumerate(ODD, 1)], [], up_to=1)
    for number, term in enumerate(ODD, 1):
        assert list(engine.search([[Alternative((term,))]]).ids) == [number], term
        assert list(engine.search([[Alternative((term, "alles"))]]).ids) == [number], term
        assert term in engine.beginning_with(term, limit=len(ODD)), term
    assert len(engine.search(words("alles")).ids) == len(ODD)


def test_asking_for_what_is_no_term_is_no_error(engine: Engine) -> None:
    engine.replace(goods("knopf"), [], up_to=1)
    for text in ("", " ", "zwei worte", "\n", *ODD):
        assert not engine.search([[Alternative((text,))]]).ids, text
        assert engine.beginning_with(text) == (["knopf"] if not text else []), text


def test_beginnings_come_by_the_number_of_their_goods(engine: Engine) -> None:
    engine.replace(goods("knopf knopfloch", "knopf", "knopf knopfdose", "knopfdose kordel", "kabel"), [], up_to=1)
    assert engine.beginning_with("knopf") == ["knopf", "knopfdose", "knopfloch"]
    assert engine.beginning_with("knopf", limit=2) == ["knopf", "knopfdose"]
    assert engine.beginning_with("knopfl") == ["knopfloch"]
    assert engine.beginning_with("zw") == []
    assert set(engine.beginning_with("k")) == {"knopf", "knopfdose", "knopfloch", "kordel", "kabel"}


def test_beginnings_know_what_came_later(engine: Engine) -> None:
    engine.replace(goods("band", "knopf"), [], up_to=1)
    engine.replace(goods("band bandana"), [2], up_to=2)
    assert engine.beginning_with("ba") == ["band", "bandana"]


@pytest.mark.parametrize("limit", [1, 20])
def test_beginnings_are_limited(engine: Engine, limit: int) -> None:
    engine.replace(goods(" ".join(f"knopf{number}" for number in range(40))), [], up_to=1)
    assert len(engine.beginning_with("knopf", limit=limit)) == limit


def test_replacing_forgets_what_was_there(engine: Engine) -> None:
    engine.replace(goods("knopf horn", "knopf"), [], up_to=1)
    engine.replace(goods("band"), [], up_to=2)
    assert ids(engine, "horn") == set()
    assert ids(engine, "knopf") == {2}
    assert ids(engine, "band") == {1}


def test_removing_forgets_and_may_be_repeated(engine: Engine) -> None:
    engine.replace(goods("knopf", "knopf", "knopf"), [], up_to=1)
    engine.replace([], [2, 77], up_to=2)
    engine.replace([], [2], up_to=3)
    assert ids(engine, "knopf") == {1, 3}
    engine.replace(goods("knopf", first=2), [], up_to=4)
    assert ids(engine, "knopf") == {1, 2, 3}


def test_a_document_that_comes_twice_at_once_counts_as_it_came_last(engine: Engine) -> None:
    engine.replace([Document(1, {"knopf": 1}), Document(1, {"band": 1})], [1], up_to=1)
    assert list(engine.search(words("band")).ids) == [1]
    assert ids(engine, "knopf") == set()


def test_a_document_without_terms_is_none(engine: Engine) -> None:
    engine.replace(goods("knopf"), [], up_to=1)
    engine.replace([Document(1, {})], [], up_to=2)
    assert ids(engine, "knopf") == set()


def test_how_far_the_queue_is_taken_in_is_kept(stand: Stand) -> None:
    assert stand.engine.last_change is None
    assert stand.engine.gaps == ()
    stand.engine.replace([], [], up_to=0)
    assert stand.engine.last_change == 0
    stand.engine.replace(goods("knopf"), [], up_to=12, gaps=((3, 5), (9, 9)))
    for each in (stand.engine, stand.again()):
        assert each.last_change == 12
        assert each.gaps == ((3, 5), (9, 9))
    stand.engine.replace([], [], up_to=13)
    assert stand.again().last_change == 13
    assert stand.again().gaps == ()
