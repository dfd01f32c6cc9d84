"""What a process knows of all goods: always as the database has it, and read from many threads at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from catalog import browse, categories, overviews, prices, products, stock
from catalog.movements import StockMovement, Why
from catalog.orders import Order
from catalog.overviews import Overviews
from catalog.products import Product, Variant
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant


def button(session: Session, name: str, **facts: Any) -> int:
    return make_variant(session, make_product(session, name), **facts).product_id


def test_a_change_is_known_at_the_next_look(either_database: Database) -> None:
    overviews = Overviews()
    with either_database.writing() as session:
        horn = button(session, "Horn")
    with either_database.reading() as session:
        before = overviews.current(session, NOW)
    with either_database.writing() as session:
        button(session, "Perlmutt")
        products.unpublish(session, session.get_one(Product, horn), NOW)
    with either_database.reading() as session:
        after = overviews.current(session, NOW)
        assert overviews.current(session, NOW) is after
    assert [list(each.words) for each in (before, after)] == [["horn"], ["perlmutt"]]
    assert (before.article(horn) is not None, after.article(horn)) == (True, None)
    assert after.number > before.number


def test_a_look_costs_one_question(database: Database) -> None:
    overviews = Overviews()
    with database.writing() as session:
        button(session, "Horn")
    with database.reading() as session:
        overviews.current(session, NOW)
        with counted(session) as asked:
            overviews.current(session, NOW)
        assert len(asked) == 1


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    asked: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", listen)
    yield asked
    event.remove(session.get_bind(), "before_cursor_execute", listen)


@pytest.mark.postgres
def test_what_was_written_first_and_committed_last_is_not_missed(postgres_database: Database) -> None:
    overviews = Overviews()
    with postgres_database.reading() as session:
        overviews.current(session, NOW)
    with postgres_database.write_session() as slow:
        button(slow, "Horn")
        done = threading.Thread(target=commit, args=(postgres_database, "Perlmutt"))
        done.start()
        done.join(20)
        with postgres_database.reading() as session:
            assert list(overviews.current(session, NOW).words) == ["perlmutt"]
        slow.commit()
    with postgres_database.reading() as session:
        assert list(overviews.current(session, NOW).words) == ["horn", "perlmutt"]


def commit(database: Database, name: str) -> None:
    with database.writing() as session:
        button(session, name)


def test_what_a_writer_gives_up_is_told_to_nobody(database: Database) -> None:
    overviews = Overviews()
    with database.writing() as session:
        button(session, "Horn")
    with database.reading() as session:
        overviews.current(session, NOW)
    with database.write_session() as session:
        button(session, "Verworfen")
        assert "verworfen" in overviews.current(session, NOW).words
        session.rollback()
    with database.writing() as session:
        button(session, "Perlmutt")
    with database.reading() as session:
        assert list(overviews.current(session, NOW).words) == ["horn", "perlmutt"]


def test_a_reduction_begins_and_ends_by_the_clock(database: Database) -> None:
    overviews = Overviews()
    start, end = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
    with database.writing() as session:
        cheap = button(session, "Horn", price_cents=300)
        dear = make_variant(session, make_product(session, "Perlmutt"), price_cents=900, now=NOW - timedelta(days=40))
        prices.reduce(session, dear, 100, starts_at=start, ends_at=end, now=NOW, author="test")
        dear_id = dear.product_id
    for moment, first in ((NOW, cheap), (start, dear_id), (end - timedelta(minutes=1), dear_id), (end, cheap)):
        with database.reading() as session:
            goods = overviews.current(session, moment)
            assert goods.listed(goods.everything, Order.CHEAPEST, limit=1) == [first], moment


def test_who_began_earlier_turns_nothing_back(database: Database) -> None:
    """A reduction ends while a reader of yesterday's stock looks on: the others have seen more."""
    overviews, end = Overviews(), NOW + timedelta(hours=1)
    with database.writing() as session:
        horn = make_variant(session, make_product(session, "Horn"), price_cents=900, now=NOW - timedelta(days=40))
        prices.reduce(session, horn, 100, starts_at=NOW, ends_at=end, now=NOW, author="test")
        product_id = horn.product_id
    with database.reading() as early:
        overviews.current(early, NOW)
        with database.writing() as session:
            stock.move(session, session.get_one(Variant, horn.id), -10, Why.COUNTED, now=NOW, author="test")
        with database.reading() as session:
            assert overviews.current(session, NOW).is_sold_out(product_id)
        assert overviews.current(early, end).is_sold_out(product_id)
    with database.reading() as session:
        assert overviews.current(session, end).is_sold_out(product_id)


def test_the_first_overview_is_made_in_the_background(database: Database) -> None:
    with database.writing() as session:
        button(session, "Horn")
    overviews, made = Overviews(), threading.Event()

    def clock() -> datetime:
        made.set()
        return NOW

    overviews.begin(database.reading, clock)
    assert made.wait(20)
    with database.reading() as session:
        assert list(overviews.current(session, NOW).words) == ["horn"]


def test_threads_read_whole_overviews_while_goods_change(database: Database) -> None:
    """Each look shows as many articles in the words as in the orders: nothing is seen half done."""
    overviews, wrong, stop = Overviews(), list[object](), threading.Event()
    with database.writing() as session:
        button(session, "Knopf 0")

    def read() -> None:
        while not stop.is_set():
            with database.reading() as session:
                goods = overviews.current(session, NOW)
            listed = goods.listed(goods.everything, Order.NAME)
            if not len(listed) == goods.words.count("knopf") == goods.everything.bit_count() == len(goods.standings):
                wrong.append((listed, goods.words.count("knopf")))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for each in readers:
        each.start()
    for number in range(1, 16):
        with database.writing() as session:
            button(session, f"Knopf {number}")
    stop.set()
    for each in readers:
        each.join(20)
    assert wrong == []
    with database.reading() as session:
        assert overviews.current(session, NOW).words.count("knopf") == 16


@pytest.mark.parametrize("facts", [{"on_hand": 10}, {"on_hand": 0}, {"on_hand": 0, "counts_stock": False}])
def test_sold_out_is_what_cards_say(session: Session, facts: dict[str, Any]) -> None:
    product_id = button(session, "Horn", **facts)
    goods, _ = overviews.read(session, NOW)
    (card,) = browse.cards(session, [product_id], NOW)
    assert goods.is_sold_out(product_id) == card.is_sold_out


def test_a_remnant_too_short_to_buy_is_sold_out(session: Session) -> None:
    fabric = make_fabric(session, on_hand=40)  # sold from half a metre
    goods, _ = overviews.read(session, NOW)
    assert goods.is_sold_out(fabric.product_id)


# --- names while someone types ---


def test_articles_are_found_by_the_beginnings_of_their_words(session: Session) -> None:
    jersey = button(session, "Jersey Waldtiere")
    button(session, "Jersey Streifen")
    knob = button(session, "Knöpfe Wald")
    goods, _ = overviews.read(session, NOW)
    assert goods.articles("jersey wal") == [jersey]
    assert sorted(goods.articles("wald")) == [jersey, knob]
    assert goods.articles("KNOEPFE") == [knob]
    assert goods.articles("  ") == goods.articles("xyz") == []


def test_what_sells_is_offered_first_and_what_is_sold_out_last(session: Session) -> None:
    known = [make_variant(session, make_product(session, f"Knopf {name}")) for name in ("eins", "zwei", "drei")]
    make_variant(session, make_product(session, "Knopf leer"), on_hand=0)
    for _ in range(3):
        stock.move(session, known[1], -1, Why.SOLD, now=NOW, author="test")
    stock.move(session, known[2], -1, Why.SOLD, now=NOW, author="test")
    goods, _ = overviews.read(session, NOW)
    names = [article.name for each in goods.articles("knopf") if (article := goods.article(each))]
    assert names == ["Knopf zwei", "Knopf drei", "Knopf eins", "Knopf leer"]


def test_departments_are_found_by_beginnings_with_the_fullest_first(session: Session) -> None:
    few, many, empty = (categories.at_path(session, [f"Knöpfe {name}"]).id or 0 for name in ("Horn", "Holz", "Stein"))
    for category in (few, many, many):
        products.place_in(session, button(session, "rund"), [category], NOW)
    goods, _ = overviews.read(session, NOW)
    assert goods.categories("knopf") == [many, few]
    assert goods.categories("knöpfe hor") == [few]
    assert empty not in goods.categories("knopf stein")


# --- how goods stand ---


def standing(session: Session, product_id: int, now: datetime = NOW) -> float:
    return overviews.read(session, now)[0].standing(product_id)


def test_new_goods_stand_better_than_old_ones(session: Session) -> None:
    product_id = button(session, "Horn")
    fresh, later, old = (standing(session, product_id, NOW + timedelta(days=days)) for days in (0, 45, 200))
    assert (fresh, later, old) == (0.5, 0.25, 0.0)


def test_only_sales_to_orders_of_ninety_days_count(session: Session) -> None:
    variant = make_variant(session, make_product(session, "Horn"), on_hand=100)
    before = standing(session, variant.product_id)
    add_movement(session, variant, Why.SOLD, NOW - timedelta(days=91))
    add_movement(session, variant, Why.COUNTED, NOW)
    assert standing(session, variant.product_id) == before
    add_movement(session, variant, Why.SOLD, NOW - timedelta(days=89))
    assert before < standing(session, variant.product_id) <= 1


def add_movement(session: Session, variant: Variant, why: Why, at: datetime) -> None:
    session.add(StockMovement(variant_id=variant.id or 0, change=-1, why=why, moved_at=at, author="test"))
    session.flush()


def test_what_was_sold_is_looked_at_every_ten_minutes(session: Session) -> None:
    variant = make_variant(session, make_product(session, "Horn"), on_hand=100)
    known = overviews.read(session, NOW)
    add_movement(session, variant, Why.SOLD, NOW)
    told: Callable[[int], float] = lambda minutes: overviews.refreshed(  # noqa: E731
        session, known, NOW + timedelta(minutes=minutes)
    )[0].standing(variant.product_id)
    assert told(9) == known[0].standing(variant.product_id) < told(10)
