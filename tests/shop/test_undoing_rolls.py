"""The way back of an import that made the shop forget, or know, on which rolls goods lie."""

import pytest
from sqlmodel import Session, col, select

from catalog import holds, stock
from catalog.exchange.lying_back import UNKNOWN
from catalog.holds import Wanted
from catalog.rolls import Roll
from shop.importing import House
from shop.settings import Settings
from tests.make import NOW, make_fabric, make_variant
from tests.shop.goods_files import bring_in, house_of, take_back, variant

UNCOUNTED = "Artikelnummer;Bestand\nG-1;(leer)\nS-1;(leer)\n"


@pytest.fixture
def house(settings: Settings) -> House:
    opened = house_of(settings)
    with opened.database.writing() as session:
        yarn = make_variant(session, sku="G-1", on_hand=0)
        stock.receive(session, yarn, 12, lot="7", now=NOW, author="x")
        stock.receive(session, yarn, 5, lot="8", now=NOW, author="x")
        fabric = make_fabric(session, sku="S-1")
        stock.receive(session, fabric, 200, lot="4711", now=NOW, author="x")
        make_variant(session, sku="K-1", on_hand=30)
    return opened


def lying(session: Session, sku: str) -> list[tuple[int, str]]:
    rolls = select(Roll).where(Roll.variant_id == variant(session, sku).id, col(Roll.ended_at).is_(None))
    return sorted((each.on_hand, each.lot) for each in session.exec(rolls).all())


def test_goods_that_were_not_counted_lie_on_their_rolls_again(house: House) -> None:
    report = take_back(house, bring_in(house, UNCOUNTED))
    assert report.left == []
    with house.database.reading() as session:
        assert lying(session, "G-1") == [(5, "8"), (12, "7")]
        assert lying(session, "S-1") == [(200, "4711"), (500, "")]


def test_what_orders_hold_since_lies_on_the_largest_roll(house: House) -> None:
    run_id = bring_in(house, UNCOUNTED)
    with house.database.writing() as session:
        holds.hold(session, "D-1", [Wanted(variant(session, "G-1").id or 0, 11, 1)], now=NOW)
        holds.hold(session, "D-2", [Wanted(variant(session, "S-1").id or 0, 300, 2)], now=NOW)
    report = take_back(house, run_id)
    assert [(each.sku, each.reason) for each in report.left] == [("S-1", UNKNOWN)]
    with house.database.reading() as session:
        assert lying(session, "G-1") == [(5, "8"), (12, "7")]
        assert lying(session, "S-1") == [(700, "")]


def test_pieces_stay_in_the_lots_that_an_import_named_and_that_is_told(house: House) -> None:
    report = take_back(house, bring_in(house, 'Artikelnummer;Ballen\nK-1;"12; Partie 7"\n'))
    assert [each.reason for each in report.left] == [UNKNOWN]
    with house.database.reading() as session:
        assert variant(session, "K-1").on_hand == 30


def test_pieces_that_came_in_lots_are_gone_again(house: House) -> None:
    bring_in(house, "Artikelnummer;Bestand\nK-1;0\n")
    report = take_back(house, bring_in(house, 'Artikelnummer;Ballen\nK-1;"12; Partie 7"\n'))
    assert report.left == []
    with house.database.reading() as session:
        assert lying(session, "K-1") == []
