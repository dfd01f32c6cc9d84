"""How lists of goods are sorted."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from catalog import overviews, prices, products, stock
from catalog.orders import Order
from catalog.products import Variant
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant


def listed(session: Session, order: Order) -> list[str]:
    goods, _ = overviews.read(session, NOW)
    ids = goods.listed(goods.everything, order)
    return [article.name for each in ids if (article := goods.article(each))]


def yarn(session: Session, name: str, cents: int, grams: int) -> Variant:
    return make_variant(
        session, make_product(session, name), price_cents=cents, content=grams, content_unit=Unit.WEIGHT
    )


@pytest.mark.parametrize("order", [each for each in Order if each is not Order.RELEVANCE])
def test_every_order_lists_on_every_database(either_database: Database, order: Order) -> None:
    with either_database.writing() as session:
        make_fabric(session, "Cord")
        make_fabric(session, "Leinen")
        make_product(session, "nur geplant", published=False)
        assert sorted(listed(session, order)) == ["Cord", "Leinen"]


@pytest.mark.parametrize("order", [each for each in Order if each is not Order.RELEVANCE])
def test_what_is_sold_out_stands_last_in_every_order(session: Session, order: Order) -> None:
    gone = [yarn(session, name, cents, 50) for name, cents in (("Atlasgarn", 1), ("Zwirn", 900))]
    make_fabric(session, "Cord", price_cents=500)
    yarn(session, "Leinengarn", 400, 50)
    for each in gone:
        stock.count(session, each, 0, now=NOW, author="test")
    names = listed(session, order)
    assert (sorted(names[:2]), sorted(names[2:])) == (["Cord", "Leinengarn"], ["Atlasgarn", "Zwirn"])


def test_prices_are_those_of_the_moment(session: Session) -> None:
    make_variant(session, make_product(session, "günstig"), price_cents=300)
    was_dear = make_variant(session, make_product(session, "war teuer"), price_cents=900)
    prices.reduce(session, was_dear, 200, starts_at=NOW, ends_at=None, now=NOW, author="test")
    will_be_cheap = make_variant(session, make_product(session, "wird billig"), price_cents=800)
    later = NOW + timedelta(days=1)
    prices.reduce(session, will_be_cheap, 100, starts_at=later, ends_at=None, now=NOW, author="test")
    assert listed(session, Order.CHEAPEST) == ["war teuer", "günstig", "wird billig"]
    assert listed(session, Order.DEAREST) == ["wird billig", "günstig", "war teuer"]


def test_the_base_price_is_compared_within_one_unit(session: Session) -> None:
    """Most goods here are weighed, so they come first; what has no base price comes last."""
    make_variant(session, make_product(session, "Knopf"), price_cents=5)
    make_fabric(session, "Stoff", price_cents=100)
    yarn(session, "Garn zu 80 €/kg", 400, 50)
    yarn(session, "Garn zu 60 €/kg", 600, 100)
    make_variant(
        session, make_product(session, "Band zu 50 ct/m"), price_cents=150, content=300, content_unit=Unit.LENGTH
    )
    yarn(session, "Garn zu 90 €/kg", 900, 100)
    assert listed(session, Order.BASE_PRICE) == [
        "Garn zu 60 €/kg", "Garn zu 80 €/kg", "Garn zu 90 €/kg", "Band zu 50 ct/m", "Stoff", "Knopf",
    ]  # fmt: skip


def test_names_are_sorted_as_germans_do(session: Session) -> None:
    for name in ("Zwirn", "Öse", "Ofenhandschuh", "alte Borte", "Älteste Spitze", "Cord", "Dekostoff"):
        make_variant(session, make_product(session, name))
    assert listed(session, Order.NAME) == [
        "alte Borte", "Älteste Spitze", "Cord", "Dekostoff", "Ofenhandschuh", "Öse", "Zwirn",
    ]  # fmt: skip


def test_the_newest_are_those_published_last(session: Session) -> None:
    for name, days in (("alt", 30), ("neu", 1), ("älter", 60)):
        product = make_product(session, name, published=False)
        make_variant(session, product)
        products.publish(session, product, NOW - timedelta(days=days))
    assert listed(session, Order.NEWEST) == ["neu", "alt", "älter"]
