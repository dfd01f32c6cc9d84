"""Many at once is the same as one by one: the ledgers, the rolls and the sums that come of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, col, func, select

from catalog import (
    attributes,
    bulk,
    fibres,
    holds,
    many_attributes,
    many_prices,
    many_products,
    many_stocks,
    prices,
    products,
    rolls,
    stock,
    variants,
)
from catalog.fibres import FibreShare
from catalog.many_products import NewProduct
from catalog.prices import PriceChange
from catalog.products import OnSale, Product, ProductCategory, Variant, VariantOption
from catalog.rolls import Roll
from catalog.search.queue import SearchChange
from catalog.stock import StockMovement, Why
from catalog.units import Unit
from catalog.variants import NewVariant, NewVariants
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant

LATER = NOW + timedelta(days=1)
LAYING = ((7, "A", ""), (3, "", "Regal"))
ids = ("id", "variant_id", "product_id", "roll_id")

goods = st.sampled_from(["pieces", "lots", "fabric", "uncounted"])
counted = st.lists(st.tuples(goods, st.integers(0, 900), st.integers(0, 5)), min_size=1, max_size=6)
asked = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=6)


def make(session: Session, sort: str, held: int) -> Variant:
    """A variant of a sort, of which so much is held."""
    if sort == "fabric":
        variant = make_fabric(session)
        stock.receive(session, variant, 120, now=NOW, author="x")
    elif sort == "lots":
        variant = variants.add_all(
            session, make_product(session), [NewVariant(f"L-{session.exec(select(func.count(col(Variant.id)))).one()}",
                                                        495, lying=LAYING)], now=NOW, author="x",
        )[0]  # fmt: skip
    else:
        variant = make_variant(session, counts_stock=sort != "uncounted")
    if held and sort != "uncounted":
        holds.hold(session, "order", [holds.Wanted(variant.id or 0, held)], now=NOW)
        session.refresh(variant)
    return variant


def told(session: Session, table: type[SQLModel], of: Sequence[int], column: Any) -> list[tuple[Any, ...]]:
    """The rows of a table that belong to some goods, in order, with places instead of ids."""
    session.flush()
    place = {each: number for number, each in enumerate(of)}
    rows = session.exec(select(table).where(column.in_(of)).execution_options(populate_existing=True)).all()
    names = [each for each in table.model_fields if each not in (*ids, "sku", "slug")]
    kept = [
        (place[getattr(row, column.key)], *(getattr(row, name) for name in names))
        for row in sorted(rows, key=lambda row: getattr(row, "id", 0))
    ]
    return sorted(kept, key=lambda row: row[0])


@settings(max_examples=40, deadline=None)
@given(counted)
def test_stock_counted_in_bulk_leaves_what_stock_counted_singly_leaves(
    shared_database: Database, wanted: list[tuple[str, int, int]]
) -> None:
    with shared_database.write_session() as session:
        pairs = [[make(session, sort, held) for sort, _, held in wanted] for _ in range(2)]
        single, many = ([each.id or 0 for each in some] for some in pairs)
        targets = [max(held, on_hand) for _, on_hand, held in wanted]
        for variant, on_hand in zip(pairs[0], targets, strict=True):
            stock.count(session, variant, on_hand, Why.IMPORTED, now=LATER, author="x", note="Import 1")
        bulk_counted = dict(zip(many, targets, strict=True))
        many_stocks.count(session, bulk_counted, Why.IMPORTED, now=LATER, author="x", note="Import 1")
        for table, column in ((Variant, col(Variant.id)), (Roll, col(Roll.variant_id)),
                              (StockMovement, col(StockMovement.variant_id))):  # fmt: skip
            assert told(session, table, single, column) == told(session, table, many, column)
        session.rollback()


@settings(max_examples=30, deadline=None)
@given(asked)
def test_prices_set_in_bulk_leave_what_prices_set_singly_leave(
    shared_database: Database, wanted: list[tuple[int, int]]
) -> None:
    with shared_database.write_session() as session:
        pairs = [[make_variant(session, price_cents=before) for before, _ in wanted] for _ in range(2)]
        single, many = ([each.id or 0 for each in some] for some in pairs)
        for variant, (_, cents) in zip(pairs[0], wanted, strict=True):
            prices.set_regular(session, variant, cents, now=LATER, author="x", reason="Import 1")
        cents_of = {each: cents for each, (_, cents) in zip(many, wanted, strict=True)}
        many_prices.set_regular(session, cents_of, now=LATER, author="x", reason="Import 1")
        for table, column in ((Variant, col(Variant.id)), (PriceChange, col(PriceChange.variant_id))):
            assert told(session, table, single, column) == told(session, table, many, column)
        session.rollback()


def test_goods_added_in_bulk_are_those_added_singly(either_database: Database) -> None:
    with either_database.writing() as session:
        facts = {"unit": Unit.LENGTH.value, "minimum": 50, "step": 10, "summary": "weich"}
        one = products.add(session, name="Jersey", now=NOW, unit=Unit.LENGTH, minimum=50, step=10, summary="weich")
        one.updated_by = "x"
        (two,) = many_products.add(session, [NewProduct("Jersey", "", facts)], now=NOW, author="x")
        new = [
            NewVariant(sku, 1290, (("Farbe", "Rot", "#f00"),), lying=((300, "7", "Regal"), (120, "", "")), gtin="",
                       steps=(prices.Step(500, 1190),), rrp_cents=1490)
            for sku in ("A", "B")
        ]  # fmt: skip
        first = variants.add_all(session, one, new[:1], now=NOW, author="x")[0]
        goods = [NewVariants(two, one.quantity_rule, new[1:])]
        (second,) = variants.add_many(session, goods, now=NOW, author="x")
        assert told(session, Product, [one.id or 0], col(Product.id)) == told(session, Product, [two], col(Product.id))
        for table, column in (
            (Variant, col(Variant.id)), (PriceChange, col(PriceChange.variant_id)),
            (VariantOption, col(VariantOption.variant_id)), (Roll, col(Roll.variant_id)),
            (StockMovement, col(StockMovement.variant_id)), (prices.PriceStep, col(prices.PriceStep.variant_id)),
        ):  # fmt: skip
            assert told(session, table, [first.id or 0], column) == told(session, table, [second], column)
        assert [each.slug for each in session.exec(select(Product).order_by(col(Product.id)))] == ["jersey", "jersey-2"]


def test_an_address_is_given_once_among_many(session: Session) -> None:
    make_product(session, "Jersey")
    added = many_products.add(session, [NewProduct("Jersey"), NewProduct("X", "jersey")], now=NOW, author="x")
    assert [session.get_one(Product, each).slug for each in added] == ["jersey-2", "jersey-3"]


def test_what_is_said_in_bulk_touches_each_article_once(session: Session) -> None:
    one, other = make_product(session, published=False), make_product(session)
    attributes.ensure_types(session)
    seen = session.exec(select(func.count(col(SearchChange.id)))).one()
    both = [one.id or 0, other.id or 0]
    with products.touched_once(session):
        fibres.set_compositions(session, {each: [("Baumwolle", 100)] for each in both}, NOW)
        many_attributes.set_values(session, {each: {"width": "145", "care": "30 Grad"} for each in both}, NOW)
        many_products.publish(session, both, NOW)
    assert session.exec(select(func.count(col(SearchChange.id)))).one() == seen + 2
    assert told(session, FibreShare, both[:1], col(FibreShare.product_id)) == told(
        session, FibreShare, both[1:], col(FibreShare.product_id)
    )
    assert attributes.of(session, both)[both[0]] == [("Stoffbreite", "145\u00a0cm"), ("Pflege", "30 Grad")]
    assert session.exec(select(func.count(col(OnSale.id))).where(OnSale.product_id == one.id)).one() == 1
    session.refresh(one)
    assert one.is_published


def test_what_stands_so_already_is_not_touched(session: Session) -> None:
    product = make_product(session)
    variant = make_variant(session, product)
    session.flush()
    session.refresh(product)
    before = product.version
    fibres.set_compositions(session, {product.id or 0: []}, NOW)
    many_attributes.set_values(session, {product.id or 0: {}}, NOW)
    many_products.place(session, {product.id or 0: []}, NOW)
    many_products.set_options(session, {variant.id or 0: (product.id or 0, [])}, NOW)
    many_prices.set_regular(session, {variant.id or 0: variant.price_cents}, now=NOW, author="x")
    many_stocks.count(session, {variant.id or 0: variant.on_hand}, now=NOW, author="x")
    session.refresh(product)
    assert product.version == before
    assert session.exec(select(ProductCategory).where(ProductCategory.product_id == product.id)).all() == []


def test_rows_that_the_session_knows_are_read_anew(session: Session) -> None:
    variant = make_variant(session, price_cents=100)
    bulk.update(session, Variant, ("price_cents",), [(200, variant.id)])
    assert variant.price_cents == 200
    assert rolls.free_of(session, [variant.id or 0]) == {}
