from pathlib import Path

import pytest
from sqlmodel import select

from catalog.exchange import dialects
from catalog.exchange.apply import apply
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.planning import make_plan
from catalog.products import Product, Variant
from catalog.search.queue import SearchChange
from shop.db import Database
from tests.catalog.exchange.test_own import HABERDASHERY
from tests.make import NOW


class PowerCut(Exception):
    pass


def cut_power(done: int, total: int) -> None:
    if done == total:
        raise PowerCut


def bring_in(database: Database, folder: Path, progress: object = lambda done, total: None) -> int:
    """Import the haberdashery in one transaction; how many articles that changed."""
    pictures = PictureFolders(folder, [folder])
    with database.writing() as session:
        plan = make_plan(session, dialects.read(HABERDASHERY.encode()), pictures, NOW)
        apply(session, plan, pictures, now=NOW, author="import", progress=progress)  # type: ignore[arg-type]
    return len(plan.steps)


def test_the_same_goods_come_in_once_on_either_database(either_database: Database, tmp_path: Path) -> None:
    assert [bring_in(either_database, tmp_path) for _ in range(2)] == [2, 0]
    with either_database.reading() as session:
        assert set(session.exec(select(Variant.sku)).all()) == {"JER-1", "JER-2", "GAR-1"}


def test_an_import_that_breaks_off_has_written_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(PowerCut):
        bring_in(database, tmp_path, cut_power)
    with database.reading() as session:
        assert session.exec(select(Product)).all() == []
    assert bring_in(database, tmp_path) == 2


def test_an_import_queues_each_product_for_search_once(database: Database, tmp_path: Path) -> None:
    bring_in(database, tmp_path)
    with database.reading() as session:
        assert sorted(session.exec(select(SearchChange.product_id)).all()) == [1, 2]
