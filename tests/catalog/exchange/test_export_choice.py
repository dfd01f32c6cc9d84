"""Parts of the goods in a file: filters and columns."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog import attributes, categories, holds, kinds, makers, products, stock
from catalog.exchange import extent, writers
from catalog.exchange.choice import Choice, NothingCalled
from catalog.exchange.columns import fact_of
from catalog.products import Kind
from catalog.units import Unit
from shop.db import Database
from tests.catalog.exchange.exporting import exported, rows_of, told
from tests.catalog.exchange.importing import Importer
from tests.catalog.exchange.test_export import LATER, articles, stock_up
from tests.make import NOW, make_product, make_variant

KEYS = sorted(
    {fact_of(name) for name in ("Preis", "Bestand", "Angebot", "Optionen", "Produktname", "Kategorie", "EAN", "Bilder")}
    | {"rolls", "steps", "unit", "minimum", "maker", "maker_street", "is_published", "Merkmal: Muster", "description"}
)
choices = st.builds(
    Choice,
    is_published=st.sampled_from([None, True, False]),
    only_in_stock=st.booleans(),
    only_low=st.booleans(),
    kind=st.sampled_from(["", "Stoff", "Knopf"]),
    since=st.sampled_from([None, NOW, LATER]),
)


def skus(session: Session, **wishes: Any) -> list[str]:
    return [row["Artikelnummer"] for row in rows_of(exported(session, choice=Choice(**wishes)), ";")]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.lists(articles, min_size=1, max_size=3), choices, st.frozensets(st.sampled_from(KEYS)))
def test_a_part_of_the_goods_comes_back_without_any_change(
    importer: Importer, catalogue: list[dict[str, Any]], choice: Choice, keys: frozenset[str]
) -> None:
    session = importer.session
    with session.begin_nested() as savepoint:
        attributes.ensure_types(session)
        kinds.ensure(session)
        stock_up(session, catalogue)
        written = exported(session, choice=choice, keys=keys)
        if rows_of(written, ";"):
            plan = importer.plan(written, now=LATER)
            assert (plan.refused, plan.questions, plan.changes, list(plan.steps)) == ([], [], [], [])
        savepoint.rollback()
    session.expunge_all()


def test_a_category_is_meant_with_all_below(session: Session) -> None:
    for number, path in enumerate((["Stoffe"], ["Stoffe", "Jersey"], ["Garne"])):
        product = make_product(session, f"Artikel {number}")
        products.place_in(session, product.id or 0, [categories.at_path(session, path).id or 0], NOW)
        make_variant(session, product, sku=f"A{number}")
    make_variant(session, sku="ohne")
    assert skus(session, category="stoffe") == ["A0", "A1"]
    assert skus(session, category="Stoffe > Jersey") == ["A1"]
    assert skus(session, category="jersey") == ["A1"]
    with pytest.raises(NothingCalled, match="Es gibt: Stoffe, Stoffe > Jersey, Garne"):
        skus(session, category="Knöpfe")


def test_maker_and_kind_are_known_by_their_names(session: Session) -> None:
    kinds.ensure(session)
    product = make_product(session, "Garn", kind=Kind.YARN)
    product.maker_id = makers.named(session, "Nordgarn GmbH").id
    make_variant(session, product, sku="G")
    make_variant(session, sku="X")
    assert skus(session, maker="nordgarn gmbh") == skus(session, kind="garn") == ["G"]
    assert skus(session, kind="Wolle und Strickgarn") == ["G"]
    with pytest.raises(NothingCalled, match="Den Hersteller „Südgarn“ gibt es nicht"):
        skus(session, maker="Südgarn")


def test_what_can_be_sold_is_on_hand_and_not_held(session: Session) -> None:
    product = make_product(session, "Band")
    held = make_variant(session, product, sku="held", on_hand=2)
    holds.hold(session, "B-1", [holds.Wanted(held.id or 0, 2)], now=NOW)
    make_variant(session, product, sku="leer", on_hand=0)
    make_variant(session, product, sku="da", on_hand=1)
    make_variant(session, product, sku="ungezählt", counts_stock=False, on_hand=0)
    assert skus(session, only_in_stock=True) == ["da", "ungezählt"]


def test_what_has_reached_its_mark_is_low(session: Session) -> None:
    for sku, on_hand, mark in (("knapp", 5, 5), ("genug", 6, 5), ("ohne Marke", 0, None)):
        make_variant(session, make_product(session, sku), sku=sku, on_hand=on_hand).reorder_at = mark
    session.flush()
    assert skus(session, only_low=True) == ["knapp"]


def test_a_sale_in_the_store_counts_as_a_change(session: Session) -> None:
    old = [make_variant(session, make_product(session, name), sku=name) for name in ("A", "B")]
    tomorrow = NOW + timedelta(days=1)
    stock.move(session, old[1], -1, stock.Why.SOLD_IN_STORE, now=tomorrow, author="test")
    assert skus(session, since=tomorrow) == ["B"]
    assert skus(session, since=NOW) == ["A", "B"]


def test_only_the_wished_columns_are_written_and_the_number_always(session: Session) -> None:
    make_variant(session, make_product(session, "Jersey", unit=Unit.LENGTH), sku="J", on_hand=150)
    written = exported(session, keys=frozenset({"price_cents", "stock"})).decode("utf-8-sig")
    assert written == "Artikelnummer;Preis;Bestand\r\nJ;4,95;1,50 m\r\n"
    assert exported(session, "plain", keys=frozenset({"stock"})) == b"sku,stock\nJ,1.5\n"


def test_an_unknown_dialect_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(writers.NoSuchDialect, match="own, woo, shopify, plain"):
        writers.named("magento")
    assert writers.named("excel-de").key == "own"


def test_goods_without_a_variant_are_counted(session: Session) -> None:
    make_product(session, "Nur ein Name")
    make_variant(session, sku="A")
    outcome = told(session)[1]
    assert (outcome.products, outcome.variants, outcome.left_out) == (1, 1, 1)


def test_a_plain_table_has_everything_in_every_row(session: Session) -> None:
    jersey = make_product(session, "Jersey, weich", unit=Unit.LENGTH, minimum=50, step=10)
    for sku in ("007", "=1"):
        make_variant(session, jersey, sku=sku, price_cents=1290, on_hand=1240, content=None)
    written = exported(session, "plain")
    assert b"\r" not in written
    assert written.startswith(b"sku,product,name,")
    rows = rows_of(written)
    assert [(row["sku"], row["name"], row["unit"], row["price"], row["stock"]) for row in rows] == [
        ("007", "Jersey, weich", "length", "12.90", "12.4"),
        ("=1", "Jersey, weich", "length", "12.90", "12.4"),
    ]
    assert (rows[1]["minimum"], rows[1]["step"]) == ("0.5", "0.1")


def test_every_wish_works_on_either_database(either_database: Database) -> None:
    with either_database.writing() as session:
        attributes.ensure_types(session)
        product = make_product(session, "Jersey", unit=Unit.LENGTH, kind=Kind.FABRIC)
        product.maker_id = makers.named(session, "Nordgarn GmbH").id
        products.place_in(session, product.id or 0, [categories.at_path(session, ["Stoffe"]).id or 0], NOW)
        attributes.set_values(session, product.id or 0, {"width": "140"}, NOW)
        make_variant(session, product, sku="J", on_hand=150, options=[("Farbe", "Rot", "")]).reorder_at = 200
    wished = Choice(
        category="Stoffe", maker="Nordgarn GmbH", kind="Stoff", is_published=True, only_in_stock=True, only_low=True,
        since=NOW,
    )  # fmt: skip
    with either_database.reading() as session:
        for dialect in ("own", "woo", "shopify", "plain"):
            assert told(session, dialect, wished)[1].variants == 1


@pytest.mark.parametrize("dialect", ["own", "woo", "shopify", "plain"])
def test_in_how_many_portions_it_is_written_makes_no_difference(
    session: Session, monkeypatch: pytest.MonkeyPatch, dialect: str
) -> None:
    for number in range(5):
        product = make_product(session, f"Band {number}")
        for place in range(number + 1):
            make_variant(session, product, sku=f"{number}-{place}", options=[(f"Art {number}", str(place), "")])
    whole = exported(session, dialect)
    monkeypatch.setattr(extent, "PORTION", 2)
    assert exported(session, dialect) == whole
