"""What to order again: by the owner's mark or the usual one, with what went lately, alike on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from catalog import holds, stock
from catalog.holds import Wanted
from catalog.makers import Maker
from catalog.movements import Why
from catalog.products import Product, Variant
from shop.backoffice import reorder
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]


def test_what_runs_out_stands_by_maker_with_what_was_sold(either_database: Database) -> None:
    with either_database.writing() as session:
        fabric = make_fabric(session, "Jersey", on_hand=500)
        made_by(session, fabric, "Zwirn & Co")
        for days, change, why in (
            (70, -50, Why.SOLD),
            (20, -200, Why.SOLD),
            (10, -110, Why.CUT),
            (5, -30, Why.SOLD_IN_STORE),
            (4, 30, Why.SOLD_IN_STORE),
            (3, -10, Why.DAMAGED),
        ):
            stock.move(session, fabric, change, why, now=NOW - timedelta(days=days), author="Anna")
        make_variant(session, make_product(session, "Ohne Namen"), on_hand=1)
        make_variant(session, make_product(session, "Genug"), on_hand=9)
    with either_database.reading() as session:
        found = reorder.running_short(session, NOW)
        assert [(each.goods.name, each.maker, each.sold) for each in found] == [
            ("Jersey", "Zwirn & Co", 310),
            ("Ohne Namen", "", 0),
        ]
        assert reorder.how_many(session) == 2


def test_the_owners_mark_comes_before_the_usual_one(session: Session) -> None:
    many, few = make_variant(session, on_hand=20), make_variant(session, on_hand=2)
    many.reorder_at, few.reorder_at = 20, 0
    session.flush()
    assert [each.goods.variant_id for each in reorder.running_short(session, NOW)] == [many.id]


def test_what_is_put_aside_is_no_longer_there(session: Session) -> None:
    buttons = make_variant(session, on_hand=10)
    assert reorder.how_many(session) == 0
    holds.hold(session, "KXAB-1234", [Wanted(buttons.id or 0, 1, 8)], now=NOW)
    assert reorder.how_many(session) == 1


def test_drafts_remnants_and_uncounted_goods_are_not_ordered_again(session: Session) -> None:
    source = make_variant(session)
    make_variant(session, make_product(session, published=False), on_hand=0)
    make_variant(session, on_hand=0, counts_stock=False)
    make_variant(session, on_hand=1).cut_from_id = source.id
    session.flush()
    assert reorder.how_many(session) == 0


def test_the_list_stands_on_its_page_and_on_today(owner: FlaskClient, write: Write) -> None:
    assert "Es ist von allem genug da." in owner.get("/backoffice/nachbestellen").text
    with write() as session:
        made_by(session, make_variant(session, make_product(session, "Holzknopf"), on_hand=2), "Knopf & Söhne")
    page = owner.get("/backoffice/nachbestellen").text
    assert "Knopf &amp; Söhne" in page
    assert "2\u00a0Stück" in page
    assert "Sorte wird knapp" in owner.get("/backoffice/").text


def made_by(session: Session, variant: Variant, name: str) -> None:
    maker = Maker(name=name)
    session.add(maker)
    session.flush()
    session.get_one(Product, variant.product_id).maker_id = maker.id
