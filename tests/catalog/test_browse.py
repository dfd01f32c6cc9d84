"""What lists of goods read, on SQLite and PostgreSQL alike."""

from datetime import timedelta

from sqlmodel import Session

from catalog import article, browse, categories, prices, products, stock
from catalog.base_price import BasePrice
from catalog.products import Variant
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant


def put_in(session: Session, variant: Variant, *path: str) -> int:
    category = categories.at_path(session, path)
    assert category.id is not None
    products.place_in(session, variant.product_id, [category.id], NOW)
    return category.id


def test_cards_are_read_on_every_database(either_database: Database) -> None:
    with either_database.writing() as session:
        put_in(session, make_fabric(session, "Leinen"), "Stoffe")
        assert [card.name for card in browse.cards(session, browse.newest(session), NOW)] == ["Leinen"]
        assert browse.featured(session) == []
        browse.category_photos(session)


def test_card_shows_the_lowest_price_as_from(session: Session) -> None:
    button = make_product(session, "Knopf")
    make_variant(session, button, price_cents=90)
    make_variant(session, button, price_cents=45)
    (card,) = browse.cards(session, [button.id or 0], NOW)
    assert (card.offer.cents, card.offer.is_from, card.variant_count) == (45, True, 2)


def test_reduction_is_announced_with_its_reference(session: Session) -> None:
    fabric = make_fabric(session, now=NOW - timedelta(days=40))
    prices.reduce(session, fabric, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    (card,) = browse.cards(session, [fabric.product_id], NOW)
    assert (card.offer.cents, card.offer.reference_cents, card.offer.percent_off) == (990, 1290, 23)


def test_reduction_of_a_new_article_announces_nothing(session: Session) -> None:
    fabric = make_fabric(session)
    prices.reduce(session, fabric, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    (card,) = browse.cards(session, [fabric.product_id], NOW)
    assert (card.offer.cents, card.offer.reference_cents, card.offer.percent_off) == (990, None, 0)


def test_one_reduced_shade_among_many_of_one_price_makes_the_card(session: Session) -> None:
    yarn = make_product(session, "Wolle")
    shades = [make_variant(session, yarn, now=NOW - timedelta(days=40)) for _ in range(4)]
    (card,) = browse.cards(session, [yarn.id or 0], NOW)
    assert (card.offer.cents, card.offer.is_from, card.variant_count) == (495, False, 4)
    prices.reduce(session, shades[2], 395, starts_at=NOW, ends_at=NOW + timedelta(days=1), now=NOW, author="test")
    (card,) = browse.cards(session, [yarn.id or 0], NOW)
    assert (card.offer.cents, card.offer.reference_cents, card.offer.is_from) == (395, 495, True)
    (card,) = browse.cards(session, [yarn.id or 0], NOW + timedelta(days=2))
    assert (card.offer.cents, card.offer.is_from) == (495, False)


def test_card_of_short_rests_is_sold_out(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)
    stock.receive(session, fabric, 40, now=NOW, author="test")
    own = make_variant(session, make_product(session, "Knopf"), on_hand=4)
    own.minimum = 5
    session.flush()
    assert [card.is_sold_out for card in browse.cards(session, [fabric.product_id, own.product_id], NOW)] == [True] * 2


def test_base_price_is_left_out_where_it_is_the_price(session: Session) -> None:
    ribbon = make_variant(session, make_product(session, "Band"), content=100, content_unit=Unit.LENGTH)
    card_of_three = make_variant(session, make_product(session, "Karte"), content=300, content_unit=Unit.LENGTH)
    one, three = browse.cards(session, [ribbon.product_id, card_of_three.product_id], NOW)
    assert one.offer.base is None
    assert three.offer.base == BasePrice(165, "1\u00a0m")


def test_inactive_variants_are_not_offered(session: Session) -> None:
    variant = make_variant(session, make_product(session, "Knopf"))
    variant.is_active = False
    session.flush()
    assert article.read(session, "knopf", NOW) is None
    assert browse.cards(session, [variant.product_id], NOW) == []
