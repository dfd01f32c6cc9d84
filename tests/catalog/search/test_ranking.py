"""The order of what was found."""

import random
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import products, stock
from catalog.overviews import Overviews
from catalog.search import article_numbers, ranking
from catalog.search.port import Hits
from tests.make import NOW, make_fabric, make_product, make_variant


def overview_of(there: frozenset[int], standings: dict[int, float] | None = None) -> Any:
    return SimpleNamespace(standings=standings or {}, kept=lambda name, make: there, article=lambda product_id: None)


def ordered(hits: Hits, overview: Any, text: str = "x") -> tuple[list[int], list[float]]:
    return ranking.best_first(None, SimpleNamespace(text=text), hits, overview)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article_numbers, "having", lambda *asked: set())


@settings(max_examples=60)
@given(st.dictionaries(st.integers(1, 60), st.floats(0.01, 9)), st.frozensets(st.integers(1, 60)))
def test_what_is_there_comes_first_and_nothing_is_lost(scores: dict[int, float], there: frozenset[int]) -> None:
    ids, worth = ordered(Hits(list(scores), list(scores.values())), overview_of(there))
    assert sorted(ids) == sorted(scores)
    left = [each in there for each in ids]
    assert left == sorted(left, reverse=True)
    for some in (True, False):
        shown = [score for each, score in zip(ids, worth, strict=True) if (each in there) == some]
        assert shown == sorted(shown, reverse=True)


def test_standing_decides_between_goods_that_fit_alike_only() -> None:
    overview = overview_of(frozenset({1, 2, 3}), {1: 0.2, 2: 0.9, 3: 0.0})
    assert ordered(Hits([1, 2, 3], [2.0, 2.0, 2.5]), overview)[0] == [3, 2, 1]


def test_what_is_sold_out_or_comes_back_moves_at_once(session: Session) -> None:
    overviews = Overviews()
    first, second = make_fabric(session, "Cord rot"), make_fabric(session, "Cord blau")
    hits = Hits([first.product_id, second.product_id], [2.0, 1.0])

    def first_shown() -> int:
        return ordered(hits, overviews.current(session, NOW), "Cord")[0][0]

    assert first_shown() == first.product_id
    stock.count(session, first, 0, now=NOW, author="test")
    assert first_shown() == second.product_id
    stock.count(session, first, 500, now=NOW, author="test")
    assert first_shown() == first.product_id


def test_new_goods_that_are_sold_out_come_last(session: Session) -> None:
    overviews = Overviews()
    there = make_fabric(session, "Cord rot")
    overview = overviews.current(session, NOW)
    assert ordered(Hits([there.product_id], [1.0]), overview, "Cord")[0] == [there.product_id]
    gone = make_product(session, "Cord blau", published=False)
    make_variant(session, gone, on_hand=0)
    products.publish(session, gone, NOW)
    hits = Hits([gone.id or 0, there.product_id], [2.0, 1.0])
    assert ordered(hits, overviews.current(session, NOW), "Cord")[0] == [there.product_id, gone.id]


def test_ordering_thousands_of_hits_takes_milliseconds() -> None:
    dice = random.Random(1)
    ids = dice.sample(range(25_000), 6_500)
    hits = Hits(ids, [dice.choice([1.2, 2.2, dice.random() * 3]) for _ in ids])
    overview = overview_of(
        frozenset(dice.sample(range(25_000), 24_000)), {each: dice.random() for each in range(25_000)}
    )
    took = []
    for _ in range(9):
        began = time.thread_time()
        ordered(hits, overview)
        took.append(time.thread_time() - began)
    assert min(took) < 0.015  # measured 4 ms; a busy machine may take longer
