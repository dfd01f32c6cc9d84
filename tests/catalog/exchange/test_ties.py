"""Who knows goods: every table that refers to them is either their own, or counts as somebody who knows them."""

import pytest
from sqlmodel import Session, SQLModel, select

import shop.tables  # noqa: F401  (all tables are known)
from catalog.exchange import ties
from catalog.photo_inbox import IncomingPhoto
from catalog.products import Product, Variant
from catalog.rolls import Roll
from checkout import cart
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant

OWN_OF_PRODUCTS = {str(each.__tablename__) for each in ties.OF_PRODUCTS}
OWN_OF_VARIANTS = {str(each.__tablename__) for each in ties.OF_VARIANTS}


@pytest.mark.parametrize(
    ("table", "own"), [(Product, OWN_OF_PRODUCTS), (Variant, OWN_OF_VARIANTS), (Roll, OWN_OF_VARIANTS)]
)
def test_every_table_that_refers_to_goods_is_thought_of(table: type[Product], own: set[str]) -> None:
    """A new table that refers to goods: does it belong to them and goes with them, or does it know them?"""
    referring = {column.table.name for column in ties.references(table)} - own
    assert referring <= set(ties.KNOWN_FROM), "say in catalog/exchange/ties.py where goods are met by it"


def test_nothing_refers_to_what_goes_with_goods() -> None:
    own: set[type[SQLModel]] = {*ties.OF_PRODUCTS, *ties.OF_VARIANTS}
    for table in own - {Roll}:
        assert [*ties.references(table)] == []


def test_goods_that_nobody_knows_go_without_a_trace(session: Session) -> None:
    fabric = make_fabric(session)
    product = make_ready(session, session.get_one(Product, fabric.product_id))
    assert ties.known_variants(session, [fabric.id or 0]) == {}
    ties.remove_variants(session, [fabric.id or 0])
    ties.remove_products(session, [product.id or 0])
    for table in (Product, Variant, *ties.OF_PRODUCTS, *ties.OF_VARIANTS):
        assert session.exec(select(table)).all() == []


def test_what_lies_in_a_cart_is_known(session: Session) -> None:
    button, ribbon = make_variant(session), make_variant(session)
    basket = cart.open(session, NOW)
    cart.add(session, basket, button.id or 0, pieces=1, quantity=1, now=NOW)
    ids = [button.id or 0, ribbon.id or 0]
    assert ties.known_variants(session, ids) == {button.id: "in einem Warenkorb"}


def test_what_a_photograph_waits_for_is_known(session: Session) -> None:
    product, other = make_product(session), make_product(session, "Samt")
    session.add(IncomingPhoto(batch="a", name="a.jpg", product_id=product.id, arrived_at=NOW, author="Anna"))
    session.flush()
    assert ties.known_products(session, [product.id or 0, other.id or 0]) == {product.id: "in einem Stapel Fotos"}
