"""The last metre is sold once, whoever else wants it at the very same moment."""

import multiprocessing
import threading
from collections import Counter
from contextlib import suppress
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlmodel import func, select

from catalog import holds, stock
from catalog.holds import StockHold, Wanted
from catalog.products import Variant
from catalog.stock import OutOfStock, StockMovement
from catalog.units import Unit
from checkout import cart, contents, fulfilment, orders
from checkout.orders import Order, OrderLine
from checkout.outbox import Letter
from checkout.placing import CartChanged, EmptyCart
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, place, tell
from tests.make import NOW, make_fabric, make_product, make_variant

RACERS, ROUNDS = 20, 50
MEETINGS = 25


def race(url: str, racer: int, variants: list[int], start: Barrier, results: "Queue[tuple[int, list[int]]]") -> None:
    """Run in a process of its own: grab half a metre in every round, and tell which rounds were won."""
    database = Database(url)
    won = []
    for number, variant_id in enumerate(variants):
        start.wait(timeout=60)
        try:
            with database.writing() as session:
                holds.hold(session, f"racer {racer}", [Wanted(variant_id, 50)], now=NOW)
            won.append(number)
        except OutOfStock:
            pass
    database.close()
    results.put((racer, won))


@pytest.mark.slow
def test_twenty_processes_race_for_the_last_half_metre(either_database: Database) -> None:
    with either_database.writing() as session:
        variants = [id_of(make_fabric(session, on_hand=50)) for _ in range(ROUNDS)]
    either_database.close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.checkout.test_race"])
    start, results = context.Barrier(RACERS), context.Queue()
    url = either_database.url
    racers = [context.Process(target=race, args=(url, number, variants, start, results)) for number in range(RACERS)]
    for each in racers:
        each.start()
    told = [results.get(timeout=120) for _ in racers]
    for each in racers:
        each.join()
    assert Counter(number for _, won in told for number in won) == dict.fromkeys(range(ROUNDS), 1)
    with either_database.reading() as session:
        assert set(session.exec(select(Variant.on_hand, Variant.held)).all()) == {(50, 50)}
        assert len(session.exec(select(StockHold)).all()) == ROUNDS
        assert set(session.exec(select(StockMovement.change)).all()) == {50}


def test_eight_clicks_on_the_order_button_are_one_order(either_database: Database) -> None:
    with either_database.writing() as session:
        basket = make_cart(session, (make_fabric(session, on_hand=500), 1, 150))
        tell(session, basket)
        token, key = basket.token, basket.checkout_key
    placed: list[int] = []

    def click(_: int) -> None:
        with either_database.writing() as session:
            mine = cart.find(session, token)
            assert mine is not None
            details = tell(session, mine)
            placed.append(id_of(place(session, mine, details=details, checkout_key=key, seen_total_cents=1935 + 490)))

    in_threads(8, click)
    assert len(placed) == 8
    assert len(set(placed)) == 1
    with either_database.reading() as session:
        assert len(session.exec(select(Order)).all()) == 1
        assert len(session.exec(select(Letter)).all()) == 2
        assert session.exec(select(Variant.held)).one() == 150


def test_eight_shoppers_and_one_last_button(either_database: Database) -> None:
    with either_database.writing() as session:
        button = make_variant(session, on_hand=1)
        carts = [make_cart(session, (button, 1, 1)) for _ in range(8)]
        for each in carts:
            tell(session, each)
        tokens = [each.token for each in carts]
    outcomes: list[str] = []

    def order(which: int) -> None:
        with either_database.reading() as session:
            mine = cart.find(session, tokens[which])
            assert mine is not None
            seen = contents.of(session, mine, NOW)
        try:
            with either_database.writing() as session:
                mine = cart.find(session, tokens[which])
                assert mine is not None
                place(session, mine, items=seen)
            outcomes.append("sold")
        except OutOfStock:
            outcomes.append("gone")

    in_threads(8, order)
    assert Counter(outcomes) == {"sold": 1, "gone": 7}
    with either_database.reading() as session:
        assert session.exec(select(Variant.on_hand, Variant.held)).one() == (1, 1)
        assert len(session.exec(select(Order)).all()) == 1


def test_two_orders_of_the_same_goods_in_other_order_never_block_each_other(either_database: Database) -> None:
    with either_database.writing() as session:
        goods = [make_fabric(session, on_hand=100_000) for _ in range(2)]
        ids = [id_of(each) for each in goods]

    def order(which: int) -> None:
        for _ in range(MEETINGS):
            with either_database.writing() as session:
                mine = [session.get_one(Variant, variant_id) for variant_id in (ids if which else ids[::-1])]
                made = place(session, make_cart(session, *((each, 1, 50) for each in mine)))
            pay_and_cancel(either_database, id_of(made))

    in_threads(4, lambda which: order(which % 2))
    with either_database.reading() as session:
        assert set(session.exec(select(Variant.on_hand, Variant.held)).all()) == {(100_000, 0)}


def pay_and_cancel(database: Database, order_id: int) -> None:
    """Let an order's goods be taken, and put back."""
    with database.writing() as session:
        order = orders.lock(session, order_id)
        fulfilment.mark_paid(
            session, order, cents=order.total_cents, reference=order.number, method="transfer", now=NOW, author="test"
        )
    with database.writing() as session:
        order = orders.lock(session, order_id)
        fulfilment.cancel(session, order, reason="", now=NOW, author="test")


def test_two_colours_of_one_fabric_are_put_back_while_one_is_ordered(either_database: Database) -> None:
    with either_database.writing() as session:
        jersey = make_product(session, unit=Unit.LENGTH, minimum=50, step=10)
        ids = [id_of(make_variant(session, jersey, on_hand=100_000)) for _ in range(3)]

    def order(which: int) -> None:
        for _ in range(MEETINGS):
            with either_database.writing() as session:
                mine = [session.get_one(Variant, variant_id) for variant_id in (ids if which else ids[2:])]
                made = place(session, make_cart(session, *((each, 1, 50) for each in mine)))
            pay_and_cancel(either_database, id_of(made))

    in_threads(4, lambda which: order(which % 2))
    with either_database.reading() as session:
        assert set(session.exec(select(Variant.on_hand, Variant.held)).all()) == {(100_000, 0)}


def test_what_two_people_count_at_once_is_what_was_counted(either_database: Database) -> None:
    with either_database.writing() as session:
        variant_id = id_of(make_variant(session, on_hand=10))
    seen = threading.Barrier(2)

    def count(_: int) -> None:
        with either_database.reading() as session:
            session.get_one(Variant, variant_id)
            seen.wait()
        with either_database.writing() as session:
            variant = session.get_one(Variant, variant_id)
            stock.count(session, variant, 8, now=NOW, author="test")

    for _ in range(MEETINGS):
        with either_database.writing() as session:
            stock.count(session, session.get_one(Variant, variant_id), 10, now=NOW, author="test")
        in_threads(2, count)
        with either_database.reading() as session:
            assert session.exec(select(Variant.on_hand)).one() == 8


def test_putting_things_into_the_cart_and_taking_them_out_meets_an_order(either_database: Database) -> None:
    with either_database.writing() as session:
        variant_id = id_of(make_variant(session, on_hand=100_000))
        token = make_cart(session).token

    def work(which: int) -> None:
        for _ in range(MEETINGS):
            with either_database.writing() as session:
                mine = cart.find(session, token)
                assert mine is not None
                if which == 0:
                    line = cart.add(session, mine, variant_id, pieces=1, quantity=1, now=NOW)
                    line_ids.append(id_of(line))
                elif which == 1 and line_ids:
                    cart.remove(session, mine, line_ids[-1], NOW)
                else:
                    with suppress(EmptyCart, CartChanged):
                        place(session, mine)

    line_ids: list[int] = []
    in_threads(3, work)
    with either_database.reading() as session:
        ordered = session.exec(select(func.coalesce(func.sum(OrderLine.pieces), 0))).one()
        assert session.exec(select(Variant.held)).one() == ordered
