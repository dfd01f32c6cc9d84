"""Files that are longer than what is looked up at once, and what is remembered over the whole of them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, col, select

from catalog import holds, products, remnants, stock
from catalog.exchange import portions
from catalog.exchange.changes import MOST
from catalog.exchange.plan import Plan
from catalog.exchange.wishes import Missing, Only, Wishes
from catalog.products import Product, Variant
from tests.catalog.exchange.importing import Importer
from tests.make import NOW, make_fabric, make_product, make_variant

HEADER = "Artikelnummer;Artikel;Produktname;Preis;Option 1 Name;Option 1 Wert\n"


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "_MOST_ARTICLES", 3)


def bands(number: int, price: str = "1,00") -> str:
    return HEADER + "".join(f"B-{n};band-{n};Band {n};{price};;\n" for n in range(number))


def wishing(importer: Importer, **wishes: Any) -> Importer:
    return replace(importer, wishes=Wishes(**wishes))


def counts(plan: Plan) -> tuple[int, int, int]:
    return plan.variants.new, plan.variants.changed, plan.variants.unchanged


def test_a_file_of_several_portions_comes_in_and_the_second_time_changes_nothing(importer: Importer) -> None:
    assert counts(importer.write(bands(10))) == (10, 0, 0)
    assert counts(importer.write(bands(10, "1,20"))) == (0, 10, 0)
    again = importer.plan(bands(10, "1,20"))
    assert (counts(again), again.changes_nothing) == ((0, 0, 10), True)


def test_rows_of_an_article_may_stand_far_apart(importer: Importer, session: Session) -> None:
    far = f"{HEADER}K-1;knopf;Knopf;2,00;Farbe;Rot\n{bands(9).removeprefix(HEADER)}K-2;knopf;;2,00;Farbe;Blau\n"
    assert importer.write(far).refused == []
    knopf = session.exec(select(Product).where(Product.slug == "knopf")).one()
    assert session.exec(select(Variant.sku).where(Variant.product_id == knopf.id)).all() == ["K-1", "K-2"]


def test_a_number_that_comes_again_much_later_leaves_out_both_articles(importer: Importer) -> None:
    plan = importer.write(f"{bands(9)}B-0;zwilling;Zwilling;1,00;;\n")
    assert [(each.row, each.column) for each in plan.refused] == [(1, "Artikelnummer"), (10, "Artikelnummer")]
    assert "Zeile 1 und Zeile 10" in plan.refused[0].reason
    assert (counts(plan), plan.products.new, len(plan.steps)) == ((8, 0, 0), 8, 8)


def test_two_rows_that_mean_one_article_by_its_ean_are_refused(importer: Importer, session: Session) -> None:
    make_variant(session, sku="A", gtin="4006381333931")
    plan = importer.plan("EAN;Produktname;Preis\n4006381333931;Band;1,00\n4006381333931;Borte;1,10\n")
    assert [each.row for each in plan.refused] == [1, 2]
    assert "meinen beide den Artikel „A“" in plan.refused[0].reason


def test_an_ean_that_comes_again_is_asked_about_and_left_out(importer: Importer, session: Session) -> None:
    file = "Artikelnummer;Produktname;Preis;EAN\nA;Band;1,00;4006381333931\nB;Borte;1,00;4006381333931\n"
    assert [(each.row, each.column) for each in importer.write(file).questions] == [(2, "EAN")]
    assert dict(session.exec(select(Variant.sku, Variant.gtin)).all()) == {"A": "4006381333931", "B": ""}
    assert importer.plan(file).changes_nothing


def test_an_ean_of_another_article_in_the_shop_is_asked_about_and_left_out(
    importer: Importer, session: Session
) -> None:
    make_variant(session, sku="A", gtin="4006381333931")
    plan = importer.write("Artikelnummer;Produktname;Preis;EAN\nB;Borte;1,00;4006381333931\n")
    assert ["im Laden schon ein anderer Artikel" in each.reason for each in plan.questions] == [True]
    assert session.exec(select(Variant.gtin).where(Variant.sku == "B")).one() == ""


def test_all_changes_are_counted_and_the_first_are_told(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    importer.write(bands(9, "2,00"))
    monkeypatch.setattr("catalog.exchange.changes.MOST", 5)
    plan = importer.plan(bands(8, "1,50") + "B-8;band-8;Band 8;2,50;;\n")
    assert (len(plan.changes), plan.tally.changes, plan.tally.by_column) == (5, 9, {"Preis": 9})
    assert (plan.tally.prices_down, plan.tally.prices_up) == (8, 1)
    assert (plan.tally.largest_fall_percent, plan.tally.largest_rise_percent) == (25, 25)
    assert MOST == 1000


def test_only_new_adds_and_changes_nothing_that_stands(importer: Importer, session: Session) -> None:
    importer.write(bands(2))
    plan = wishing(importer, only=Only.NEW).write(bands(4, "9,00"))
    assert (counts(plan), plan.notes[-1]) == (
        (2, 0, 0),
        "2 Varianten der Datei sind schon im Laden und bleiben deshalb, wie Sie es wünschen, außen vor.",
    )
    assert session.exec(select(Variant.price_cents).order_by(col(Variant.sku))).all() == [100, 100, 900, 900]


def test_only_update_changes_and_refuses_nothing_that_it_does_not_know(importer: Importer) -> None:
    importer.write(bands(2))
    plan = wishing(importer, only=Only.UPDATE).write("Artikelnummer;Preis\nB-0;2,00\nB-1;2,00\nUNBEKANNT;3,00\n")
    assert (counts(plan), plan.refused) == ((0, 2, 0), [])


def test_stock_that_is_a_change_is_added_to_what_is_there(importer: Importer, session: Session) -> None:
    make_variant(session, sku="A", on_hand=10)
    fabric = make_fabric(session, sku="STOFF")
    added = "Artikelnummer;Bestand\nA;-3\nSTOFF;+1,50 m\n"
    plan = wishing(importer, stock_is_change=True).write(added)
    assert [(each.column, each.old, each.new) for each in plan.changes] == [
        ("Bestand", "10\u00a0Stück", "7\u00a0Stück"),
        ("Bestand", "5,00\u00a0m", "6,50\u00a0m"),
    ]
    assert dict(session.exec(select(Variant.sku, Variant.on_hand)).all()) == {"A": 7, "STOFF": 650}
    session.refresh(fabric)
    assert fabric.longest == 500


def test_no_more_stock_is_taken_away_than_there_is(importer: Importer, session: Session) -> None:
    make_variant(session, sku="A", on_hand=2)
    make_variant(session, sku="B", counts_stock=False)
    plan = wishing(importer, stock_is_change=True).plan("Artikelnummer;Bestand\nA;-3\nB;1\n")
    assert [each.column for each in plan.refused] == ["Bestand", "Bestand"]


def test_articles_that_the_file_does_not_name_leave_the_shop_if_that_is_wished(
    importer: Importer, session: Session
) -> None:
    named, missing, draft = (make_product(session, name) for name in ("Band", "Borte", "Spitze"))
    products.unpublish(session, draft, NOW)
    for product, sku in ((named, "A"), (named, "A2"), (missing, "B"), (draft, "C")):
        make_variant(session, product, sku=sku)
    plan = wishing(importer, missing=Missing.DRAFT).write("Artikelnummer;Preis\nA;4,95\n")
    assert [(each.article, each.column, each.new) for each in plan.changes] == [("Borte", "Veröffentlicht", "nein")]
    assert [each.is_published for each in (named, missing, draft)] == [True, False, False]


def test_stock_that_the_file_does_not_name_is_booked_out_but_for_what_orders_wait_for(
    importer: Importer, session: Session
) -> None:
    a, b, c, d = (
        make_variant(session, sku=sku, on_hand=10, counts_stock=counts)
        for sku, counts in (("A", True), ("B", True), ("C", True), ("D", False))
    )
    holds.hold(session, "order", [holds.Wanted(c.id or 0, 3)], now=NOW)
    wishing(importer, missing=Missing.ZERO).write("Artikelnummer;Preis\nA;4,95\n")
    for each in (a, b, c, d):
        session.refresh(each)
    assert [each.on_hand for each in (a, b, c, d)] == [10, 0, 3, 10]


def test_remnants_are_missing_in_no_file(importer: Importer, session: Session) -> None:
    fabric = make_fabric(session, sku="STOFF", on_hand=500)
    roll = stock.receive(session, fabric, 40, now=NOW, author="x")
    assert roll is not None
    made = remnants.make(session, roll, percent=20, now=NOW, author="x", publish=False)
    products.publish(session, made, NOW)
    for wish in (Missing.ZERO, Missing.DRAFT):
        plan = wishing(importer, missing=wish).plan("Artikelnummer;Preis\nSTOFF;12,90\n")
        assert plan.changes_nothing


def test_what_is_missing_beside_refused_rows_is_asked_first(importer: Importer, session: Session) -> None:
    make_variant(session, sku="A", on_hand=10)
    plan = wishing(importer, missing=Missing.ZERO).plan("Artikelnummer;Produktname;Preis\nB;Band;abc\n")
    assert plan.must_be_answered
