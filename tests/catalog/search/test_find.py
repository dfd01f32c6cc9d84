"""Searching through a real index of real rows."""

import gc
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from catalog import categories, products, stock
from catalog.search import index
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.port import Alternative
from tests.make import NOW, make_fabric, make_product, make_variant


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


def names(session: Session, engine: WhooshEngine, text: str) -> list[str]:
    found = Search(engine).find(session, text, NOW)
    return [product.name for product_id in found.ids if (product := session.get(products.Product, product_id))]


def test_a_product_is_found_by_any_form_and_beginning(session: Session, engine: WhooshEngine) -> None:
    make_variant(session, make_product(session, "Hornknöpfe rund"), sku="KNO-17")
    make_fabric(session, "Jersey Waldtiere")
    index.replay(session, engine)
    for text in ("Hornknopf", "hornknoepfe", "HORNKNÖPFEN", "Hornk", "runde", "kno-17", "KNO17"):
        assert names(session, engine, text) == ["Hornknöpfe rund"], text
    assert names(session, engine, "Jersey") == ["Jersey Waldtiere"]
    assert names(session, engine, "Quarktasche") == []
    assert names(session, engine, "  ") == []


def test_the_name_counts_more_than_the_description(session: Session, engine: WhooshEngine) -> None:
    make_variant(session, make_product(session, "Nähnadeln", description="passt zu Jersey"))
    make_fabric(session, "Jersey uni")
    index.replay(session, engine)
    assert names(session, engine, "jersey") == ["Jersey uni", "Nähnadeln"]


def test_the_word_itself_comes_before_longer_words_that_begin_with_it(session: Session, engine: WhooshEngine) -> None:
    buttons = categories.at_path(session, ["Knöpfe", "Besondere"]).id or 0
    for name in ("Perlmutt rund", "Horn oval", "Olive", "Buche", "Altgold"):
        product = make_product(session, name)
        make_variant(session, product)
        products.place_in(session, product.id or 0, [buttons], NOW)
    make_variant(session, make_product(session, "Knopflochgarn", summary="Für Knopflöcher"))
    for number in range(60):
        make_variant(session, make_product(session, f"Band {number}"))
    index.replay(session, engine)
    assert names(session, engine, "Knöpfe")[-1] == "Knopflochgarn"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves what it cannot read open
@pytest.mark.parametrize("files", ["*", "*.toc", "*.trm", "*.pst", "*.col", "*.json"])
@pytest.mark.parametrize("length", [0, 30, 200])
def test_an_index_that_a_power_loss_has_damaged_is_built_again(
    session: Session, tmp_path: Path, files: str, length: int
) -> None:
    make_fabric(session, "Musselin")
    index.replay(session, WhooshEngine(tmp_path / "index"))
    damaged = [file for file in (tmp_path / "index").rglob(files) if file.is_file()]
    assert damaged
    for file in damaged:
        file.write_bytes(b"\0" * length)
    engine = WhooshEngine(tmp_path / "index")
    index.replay(session, engine)
    assert names(session, engine, "musselin") == ["Musselin"]
    gc.collect()


def test_the_word_itself_counts_more_than_a_longer_one(session: Session, engine: WhooshEngine) -> None:
    make_variant(session, make_product(session, "Knopflochgarn Knopflochgarn"))
    for name in ("Knopf rund", "Knopf oval", "Perlmutt, ein Knopf für Hemden"):
        make_variant(session, make_product(session, name))
    index.replay(session, engine)
    assert names(session, engine, "Knöpfe")[-1] == "Knopflochgarn Knopflochgarn"


def test_sold_out_goods_come_last_but_are_not_hidden(session: Session, engine: WhooshEngine) -> None:
    gone = make_fabric(session, "Cord Cord Cord")
    make_variant(session, make_product(session, "Hose", description="aus Cord"))
    stock.count(session, gone, 0, now=NOW, author="test")
    index.replay(session, engine)
    assert names(session, engine, "cord") == ["Hose", "Cord Cord Cord"]


def test_category_and_option_words_find(session: Session, engine: WhooshEngine) -> None:
    product = make_product(session, "Waldtiere")
    make_variant(session, product, options=[("Farbe", "Petrol", "#0f6b6e")])
    category = categories.at_path(session, ["Stoffe", "Sweat"])
    assert product.id
    assert category.id
    products.place_in(session, product.id, [category.id], NOW)
    index.replay(session, engine)
    assert names(session, engine, "petrol") == ["Waldtiere"]
    assert names(session, engine, "sweat petrol") == ["Waldtiere"]


def test_a_change_is_found_after_the_next_replay_and_a_draft_is_not(session: Session, engine: WhooshEngine) -> None:
    product = make_product(session, "Samt", published=False)
    index.replay(session, engine)
    assert names(session, engine, "samt") == []
    products.publish(session, product, NOW)
    assert index.replay(session, engine) == 1
    assert names(session, engine, "samt") == ["Samt"]
    products.unpublish(session, product, NOW + timedelta(days=1))
    index.replay(session, engine)
    assert names(session, engine, "samt") == []
    assert index.replay(session, engine) == 0


def test_a_deleted_index_is_built_again(session: Session, engine: WhooshEngine, tmp_path: Path) -> None:
    make_fabric(session, "Musselin")
    index.replay(session, engine)
    shutil.rmtree(tmp_path / "index")
    index.replay(session, engine)
    assert names(session, engine, "musselin") == ["Musselin"]


def test_suggestions_complete_the_last_word_in_its_own_spelling(session: Session, engine: WhooshEngine) -> None:
    make_fabric(session, "Jersey Waldtiere")
    make_variant(session, make_product(session, "Knöpfe"))
    index.replay(session, engine)
    assert Search(engine).suggest(session, "jersey wal", NOW) == ["jersey Waldtiere"]
    assert Search(engine).suggest(session, "knoe", NOW) == ["Knöpfe"]
    assert Search(engine).suggest(session, "k", NOW) == []


def test_threads_may_search_while_the_index_changes(session: Session, engine: WhooshEngine) -> None:
    make_fabric(session, "Popeline")
    index.replay(session, engine)
    problems: list[BaseException] = []

    def searching() -> None:
        try:
            for _ in range(50):
                assert len(engine.search([[Alternative(("popeline",))]]).ids) == 1
        except BaseException as error:  # noqa: BLE001
            problems.append(error)

    threads = [threading.Thread(target=searching) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        make_fabric(session, f"Leinen {number}")
        index.replay(session, engine)
    for thread in threads:
        thread.join()
    assert problems == []
