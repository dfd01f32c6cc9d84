"""Goods on which others have worked since an import: nothing of it gets lost on the way back, or goes untold."""

from datetime import timedelta

import pytest
from sqlmodel import select

from catalog import stock
from catalog.exchange.wishes import Missing, Wishes
from catalog.movements import StockMovement
from catalog.products import Product, Variant
from catalog.stock import Why
from shop.importing import House
from shop.settings import Settings
from tests.make import NOW, make_product, make_ready, make_variant
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


def test_an_article_that_lacks_something_by_now_stays_a_draft_and_is_told(house: House) -> None:
    with house.database.writing() as session:
        make_variant(session, make_ready(session, make_product(session, "Garn")), sku="GARN-1")
    run_id = bring_in(house, "Artikelnummer;Veröffentlicht\nGARN-1;nein\n")
    with house.database.writing() as session:
        session.exec(select(Product)).one().maker_id = None
    report = take_back(house, run_id)
    assert [str(each) for each in report.left] == ["„Garn“, Veröffentlicht: bleibt Entwurf, denn es fehlt: Hersteller."]
    with house.database.reading() as session:
        assert not session.exec(select(Product)).one().is_published


def test_an_article_that_is_missing_and_became_a_draft_by_its_maker_is_on_sale_again(house: House) -> None:
    with house.database.writing() as session:
        for sku in ("GARN-1", "GARN-2"):
            make_variant(session, make_ready(session, make_product(session, sku)), sku=sku)
    file = "Artikelnummer;Hersteller Ort\nGARN-1;(leer)\n"
    run_id = bring_in(house, file, wished=Wishes(missing=Missing.ZERO))
    take_back(house, run_id)
    with house.database.reading() as session:
        assert [each.is_published for each in session.exec(select(Product)).all()] == [True, True]
    assert stock_of(house) == {"GARN-1": 10, "GARN-2": 10}
