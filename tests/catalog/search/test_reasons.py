"""Why an article was found."""

from pathlib import Path

import pytest
from sqlmodel import Session

from catalog import categories, products
from catalog.search import index, reasons, synonyms
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.reasons import Place, Reason
from tests.make import NOW, make_product, make_variant


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(WhooshEngine(tmp_path / "index"))


def why(session: Session, search: Search, text: str) -> list[Reason]:
    """The reasons for the one article that is found."""
    index.rebuild(session, search.engine)
    inquiry = search.inquiry(session, text)
    (found,) = search.find(session, text, NOW).ids
    return reasons.of(session, inquiry, search.language, [found])[found]


@pytest.fixture
def jersey(session: Session) -> None:
    product = make_product(session, "Jersey Waldtiere", description="Für den Herbst")
    make_variant(session, product, sku="JER-001", options=[("Farbe", "Grün", "#0f0"), ("Größe", "Breit", "")])
    assert product.id is not None
    products.place_in(session, product.id, [categories.add(session, "Stoffe").id or 0], NOW)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("jersey", Reason("jersey", Place.NAME, "Jersey Waldtiere")),
        ("waldtier", Reason("waldtier", Place.NAME, "Jersey Waldtiere")),
        ("grüne", Reason("grüne", Place.OPTION, "Grün")),
        ("Stoff", Reason("Stoff", Place.CATEGORY, "Stoffe")),
        ("herbst", Reason("herbst", Place.TEXT, "Für den Herbst")),
        ("JER-001", Reason("JER-001", Place.CODE, "JER-001")),
    ],
)
def test_a_reason_says_where_the_word_stands(
    session: Session, search: Search, jersey: None, text: str, reason: Reason
) -> None:
    assert why(session, search, text) == [reason]


def test_each_word_has_its_reason(session: Session, search: Search, jersey: None) -> None:
    assert [reason.place for reason in why(session, search, "grüner Jersey")] == [Place.OPTION, Place.NAME]


def test_a_synonym_is_met_by_what_it_stands_for(session: Session, search: Search, jersey: None) -> None:
    synonyms.add(session, "Jersey = Trikotstoff", now=NOW, author="Anna")
    assert why(session, search, "Trikotstoff") == [Reason("Trikotstoff", Place.NAME, "Jersey Waldtiere")]


def test_drafts_have_no_reasons(session: Session, search: Search) -> None:
    draft = make_product(session, "Jersey", published=False)
    assert reasons.of(session, search.inquiry(session, "jersey"), search.language, [draft.id or 0]) == {}
