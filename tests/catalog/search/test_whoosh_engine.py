"""What only Whoosh needs: few pieces, a folder that may vanish, damage that shows late, memory that is shared."""

import random
import shutil
from pathlib import Path

import pytest

from catalog.search.engines import whoosh_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.port import Document, IndexGone
from tests.catalog.search.stands import goods, ids


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    return WhooshEngine(tmp_path / "index")


def test_a_shop_that_changes_all_the_time_has_few_pieces(engine: WhooshEngine) -> None:
    engine.replace(goods(*["knopf"] * 400), [], up_to=1)
    most = 0
    for number in range(40):
        product_id = random.randint(1, 400)
        engine.replace(goods(f"knopf neu{number}", first=product_id), [], up_to=number)
        opened = engine._current()
        assert opened is not None
        most = max(most, opened.pieces)
    assert most <= 6
    assert ids(engine, "knopf") == set(range(1, 401))
    assert not engine.is_worn
    assert len(list((engine._folder.path).rglob("*.pst"))) == engine_pieces(engine)  # no file stays of what is merged


def test_an_index_of_which_half_is_gone_is_worn(engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.replace(goods(*["knopf"] * 1_500), [], up_to=1)
    engine.replace([], list(range(1, 700)), up_to=2)
    assert not engine.is_worn
    engine.replace([], list(range(700, 800)), up_to=3)
    assert engine.is_worn
    with engine.anew() as fresh:
        fresh.replace(goods(*["knopf"] * 700), [], up_to=3)
    assert not engine.is_worn
    monkeypatch.setattr(whoosh_engine, "_MOST_PIECES", 0)
    assert engine.is_worn


def test_changes_do_not_begin_a_new_index_where_one_was_deleted(engine: WhooshEngine, tmp_path: Path) -> None:
    engine.replace(goods("knopf", "knopf"), [], up_to=5)
    assert ids(engine, "knopf") == {1, 2}
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexGone):
        engine.replace(goods("knopf"), [], up_to=6)
    assert ids(engine, "knopf") == {1, 2}
    assert engine.last_change is None
    with engine.anew() as fresh:
        fresh.replace(goods("band"), [], up_to=7)
    assert ids(engine, "band") == {1}


def test_damage_that_shows_late_is_built_anew(engine: WhooshEngine, tmp_path: Path) -> None:
    made = [Document(number, {f"wort{number % 40:02}": 1 + number % 9}) for number in range(1, 400)]
    engine.replace(made, [], up_to=5)
    (file,) = (tmp_path / "index").rglob("*.pst")
    content = bytearray(file.read_bytes())
    content[: len(content) // 2] = bytes(len(content) // 2)
    file.write_bytes(content)
    other = WhooshEngine(tmp_path / "index")
    assert other.last_change == 5  # its last posting list is whole
    assert ids(other, "wort03") == set()
    assert other.last_change is None
    assert not other.is_ready
    with other.anew() as fresh:
        fresh.replace(made, [], up_to=6)
    assert ids(other, "wort03") == {number for number in range(1, 400) if number % 40 == 3}
    assert other.last_change == 6


def engine_pieces(engine: WhooshEngine) -> int:
    opened = engine._current()
    assert opened is not None
    return opened.pieces
