"""The lists of articles and orders, alike on SQLite and PostgreSQL."""

from catalog import holds
from catalog.holds import Wanted
from checkout.orders import State
from checkout.shipping import PICKUP
from shop.backoffice import order_list, product_list
from shop.db import Database
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric, make_product, make_variant


def test_an_article_shows_its_lowest_price_and_what_is_free(either_database: Database) -> None:
    with either_database.writing() as session:
        product = make_product(session, "Knöpfe", published=False)
        dear = make_variant(session, product, price_cents=900, on_hand=2)
        make_variant(session, product, price_cents=450, on_hand=5)
        assert dear.id is not None
        holds.hold(session, "2026-1", [Wanted(dear.id, 1)], now=NOW)
    with either_database.reading() as session:
        found = product_list.listed(session, "knöpfe", product_list.Show.DRAFTS, 1)
        (row,) = found.rows
        assert (row.cents, row.has_several_prices, row.stock, row.scarce, row.variants) == (450, True, 6, 1, 2)
        assert found.total == 1


def test_scarce_is_measured_in_the_unit_of_the_goods(either_database: Database) -> None:
    with either_database.writing() as session:
        make_fabric(session, "Fünf Meter")
        make_fabric(session, "Ein Rest", on_hand=150)
        make_variant(session, make_product(session, "Ungezählt"), on_hand=0, counts_stock=False)
    with either_database.reading() as session:
        found = product_list.listed(session, "", product_list.Show.SCARCE, 1)
        assert [row.name for row in found.rows] == ["Ein Rest"]


def test_a_remnant_does_not_run_out(either_database: Database) -> None:
    with either_database.writing() as session:
        source = make_fabric(session)
        make_variant(session, make_product(session, "Reststück"), on_hand=1).cut_from_id = source.id
    with either_database.reading() as session:
        assert product_list.listed(session, "", product_list.Show.SCARCE, 1).rows == []


def test_pages_beyond_the_last_show_the_last(either_database: Database) -> None:
    with either_database.writing() as session:
        for number in range(product_list.PAGE + 1):
            make_product(session, f"Artikel {number}")
    with either_database.reading() as session:
        found = product_list.listed(session, "", product_list.Show.ALL, 99)
        assert (found.page, found.pages, [row.name for row in found.rows]) == (2, 2, ["Artikel 0"])


def test_orders_are_counted_by_the_work_they_want(either_database: Database) -> None:
    with either_database.writing() as session:
        make_order(session)
        make_order(session, first_state=State.PAID)
        make_order(session, first_state=State.CONFIRMED).delivery = PICKUP
    with either_database.reading() as session:
        show = order_list.Show
        assert order_list.counts(session) == {
                show.TO_PACK: 1, show.TO_PICK_UP: 1, show.TO_PAY: 1, show.ON_INVOICE: 0, show.ASKED: 0,
            }  # fmt: skip
        assert order_list.listed(session, "MUSTER", show.TO_PACK, 1).total == 1
