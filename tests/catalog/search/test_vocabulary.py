"""The goods teach the search their words, and what is known late is indexed anew."""

from pathlib import Path

import pytest
from sqlmodel import Session

from catalog import categories, products
from catalog.products import Product
from catalog.search import index
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.vocabulary import Vocabulary
from tests.make import NOW, make_product, make_variant


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(WhooshEngine(tmp_path / "index"))


def replay(session: Session, search: Search) -> int:
    return index.replay(session, search.engine, vocabulary=search.vocabulary)


def names(session: Session, search: Search, text: str) -> set[str]:
    found = search.find(session, text, NOW, exactly=True)
    assert not found.left_out
    return {product.name for each in found.ids if (product := session.get(Product, each))}


def test_a_new_simple_word_splits_the_compounds_that_are_there(session: Session, search: Search) -> None:
    for name in ("Zumbelband rot", "Wollzumbel", "Zumbelgarn", "Leinen"):
        make_variant(session, make_product(session, name))
    replay(session, search)
    make_variant(session, make_product(session, "Zumbeln aus Wolle"))
    assert replay(session, search) == 1 + 3
    assert names(session, search, "Band Zumbel") == {"Zumbelband rot"}
    assert names(session, search, "Zumbel") == {"Zumbelband rot", "Wollzumbel", "Zumbelgarn", "Zumbeln aus Wolle"}
    make_variant(session, make_product(session, "Zumbeln aus Seide"))
    assert replay(session, search) == 1


def test_a_word_that_only_shares_letters_has_nothing_indexed_anew(session: Session, search: Search) -> None:
    make_variant(session, make_product(session, "Kranewittspitze"))
    replay(session, search)
    make_variant(session, make_product(session, "Kranew"))
    assert replay(session, search) == 1


def test_a_process_reads_the_words_of_the_goods_once(session: Session) -> None:
    product = make_product(session, "Zumbel")
    make_variant(session, product, options=[("Farbe", "Brimmel", "")])
    products.place_in(session, product.id or 0, [categories.at_path(session, ["Kranewitt"]).id or 0], NOW)
    vocabulary = Vocabulary()
    for word in ("Zumbelstoff", "Brimmelstoff", "Kranewittstoff"):
        assert len(vocabulary.language(session).parts_of(word)) == 2
    known = vocabulary.known
    assert vocabulary.language(session) is known
    assert vocabulary.learn(["zumbel", "Brimmel"]) is known


def test_what_was_known_once_stays_known(session: Session) -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(["Zumbel"])
    vocabulary.follow(["brimmel"])
    assert vocabulary.known.parts_of("Zumbelbrimmel") == ("zumbel", "brimmel")
