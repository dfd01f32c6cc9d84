"""The last metre is sold once, whoever else wants it at the very same moment."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlmodel import select

from catalog import stock
from catalog.products import Variant
from catalog.stock import OutOfStock, StockHold, StockMovement, Wanted
from checkout import cart
from checkout.orders import Order
from checkout.outbox import Letter
from shop.db import Database
from tests.checkout.ordering import id_of, make_cart, place, tell
from tests.make import NOW, make_fabric, make_variant

RACERS, ROUNDS = 20, 50


def race(url: str, racer: int, variants: list[int], start: Barrier, results: "Queue[tuple[int, list[int]]]") -> None:
    """Run in a process of its own: grab half a metre in every round, and tell which rounds were won."""
    database = Database(url)
    won = []
    for number, variant_id in enumerate(variants):
        start.wait(timeout=60)
        try:
            with database.writing() as session:
                stock.hold(session, f"racer {racer}", [Wanted(variant_id, 50)], now=NOW)
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


def in_threads(number: int, work: Callable[[int], None]) -> None:
    """Let threads begin together and wait for all; what one of them raises is raised here."""
    start = threading.Barrier(number)

    def run(which: int) -> None:
        start.wait()
        work(which)

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(run, range(number)))


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
            seen = cart.items(session, mine, NOW)
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
