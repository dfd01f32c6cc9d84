"""Any series of changes leaves every engine with what a plain dict would know."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.search.port import Alternative, Document
from tests.catalog.search.stands import EVERY_ENGINE, MAKERS

TERMS = ("knopf", "knopfloch", "horn", "band", "20.5", "a:b")
documents = st.builds(
    Document, st.integers(1, 12), st.dictionaries(st.sampled_from(TERMS), st.integers(1, 60), min_size=1)
)
changes = st.tuples(
    st.sampled_from(["change", "change", "change", "anew", "failing"]),
    st.lists(documents, max_size=6),
    st.lists(st.integers(1, 12), max_size=3),
)
alternatives = st.builds(
    Alternative,
    st.lists(st.sampled_from(TERMS), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from([0.1, 0.5, 1.0]),
)
queries = st.lists(st.lists(alternatives, min_size=1, max_size=3), min_size=1, max_size=3)


class Failed(Exception):
    """What a build is broken off with."""


@pytest.mark.parametrize("name", EVERY_ENGINE)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=st.lists(st.tuples(changes, queries), min_size=1, max_size=6))
def test_the_index_is_what_was_put_into_it(name: str, request: pytest.FixtureRequest, series: list[Any]) -> None:
    stand = MAKERS[name](request)
    known: dict[int, Document] = {}
    with stand.engine.anew() as fresh:
        fresh.replace([], [], up_to=0)
    for number, ((kind, made, gone), asked) in enumerate(series, 1):
        apply(stand.engine, known, kind, made, gone, number)
        for engine in (stand.engine, stand.again()):
            hits = engine.search(asked)
            assert sorted(hits.ids) == sorted(each for each in known if meets(known[each], asked))
            assert all(0 < score < math.inf for score in hits.scores)


def apply(engine: Any, known: dict[int, Document], kind: str, made: Any, gone: Any, number: int) -> None:
    """One change of the index and of what it should know."""
    if kind == "change":
        engine.replace(made, gone, up_to=number)
        for each in gone:
            known.pop(each, None)
    else:
        try:
            with engine.anew() as fresh:
                fresh.replace(made, gone, up_to=number)
                if kind == "failing":
                    raise Failed
        except Failed:
            return
        known.clear()
    known.update({each.product_id: each for each in made})


def meets(document: Document, asked: Any) -> bool:
    """What the port says of all words and their alternatives."""
    return all(any(set(one.terms) <= set(document.terms) for one in word) for word in asked)
