"""Goods that an import has brought and whose stock others have moved since: nothing of it gets lost on the way back."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog import stock
from catalog.movements import StockMovement
from catalog.products import Variant
from catalog.stock import Why
from shop.importing import House
from shop.settings import Settings
from tests.make import NOW
from tests.shop.goods_files import bring_in, house_of, stock_of, take_back, variant

LATER = NOW + timedelta(days=1)


@pytest.fixture
def house(settings: Settings) -> House:
    return house_of(settings)


@pytest.mark.parametrize("file", ["LITZE-1;Litze;0,80;50\n", "LITZE-1;Litze;0,80;\n", "LITZE-1;Litze;0,80;0\n"])
def test_new_goods_of_which_more_has_come_are_not_deleted(house: House, file: str) -> None:
    run_id = bring_in(house, "Artikelnummer;Produktname;Preis;Bestand\n" + file)
    with house.database.writing() as session:
        stock.receive(session, variant(session, "LITZE-1"), 20, now=LATER, author="Clara")
    report = take_back(house, run_id)
    assert report.deleted == 0
    assert stock_of(house)["LITZE-1"] == 20


def test_new_goods_without_stock_that_were_sold_in_the_store_are_not_deleted(house: House) -> None:
    run_id = bring_in(house, "Artikelnummer;Produktname;Preis;Bestand\nLITZE-1;Litze;0,80;\n")
    with house.database.writing() as session:
        litze = variant(session, "LITZE-1")
        stock.receive(session, litze, 20, now=LATER, author="Clara")
        stock.move(session, litze, -20, Why.SOLD_IN_STORE, now=LATER, author="Clara")
    take_back(house, run_id)
    with house.database.reading() as session:
        assert len(session.exec(select(StockMovement)).all()) == 2
        assert session.exec(select(Variant)).one().sku == "LITZE-1"
