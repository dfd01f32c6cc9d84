"""What an article's page reads, on SQLite and PostgreSQL alike."""

from sqlmodel import Session

from catalog import article, categories, products, revisions
from catalog.products import Variant
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant


def put_in(session: Session, variant: Variant, *path: str) -> int:
    category = categories.at_path(session, path)
    assert category.id is not None
    products.place_in(session, variant.product_id, [category.id], NOW)
    return category.id


def test_article_page_reads_on_every_database(either_database: Database) -> None:
    with either_database.writing() as session:
        first = make_fabric(session)
        stoffe = put_in(session, first, "Stoffe")
        cord = make_fabric(session, "Cord")
        put_in(session, cord, "Stoffe")
        page = article.read(session, "jersey-waldtiere", NOW)
        assert page is not None
        assert article.related(session, page, [stoffe]) == [cord.product_id]
        before = article.stamps(session, [first.product_id])
        revisions.bump(session)
        assert article.stamps(session, [first.product_id]) != before


def test_related_goods_of_the_same_category_come_first(session: Session) -> None:
    jersey = make_fabric(session)
    near = make_fabric(session, "Jersey Punkte")
    far = make_fabric(session, "Cord")
    put_in(session, jersey, "Stoffe", "Jersey")
    put_in(session, near, "Stoffe", "Jersey")
    put_in(session, far, "Stoffe", "Cord")
    department = categories.ids_below(session, categories.at_path(session, ["Stoffe"]).id or 0)
    page = article.read(session, "jersey-waldtiere", NOW)
    assert page is not None
    assert article.related(session, page, department) == [near.product_id, far.product_id]


def test_rest_below_the_minimum_is_sold_out(session: Session) -> None:
    make_fabric(session, on_hand=45)
    page = article.read(session, "jersey-waldtiere", NOW)
    assert page is not None
    assert page.is_sold_out
    assert page.choices[0].available == 45


def test_first_buyable_variant_is_chosen(session: Session) -> None:
    wool = make_product(session, "Wolle")
    make_variant(session, wool, sku="W1", on_hand=0)
    make_variant(session, wool, sku="W2")
    page = article.read(session, "wolle", NOW)
    assert page is not None
    assert page.chosen(None).sku == "W2"
    assert page.chosen("W1").sku == "W1"
