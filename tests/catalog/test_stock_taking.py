"""Stock-taking: what is counted holds at once, while the shop goes on selling."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from catalog import holds, promises, rolls, stock, stock_sheet, stock_taking
from catalog.holds import Wanted
from catalog.movements import StockMovement, Why
from catalog.products import Variant
from catalog.rolls import Roll
from catalog.stock_sheet import Only
from catalog.stock_taking import AlreadyClosed, CountedBelowHeld, LiesOnRolls, NotCounted, StockTaking
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_fabric, make_product, make_variant


def begin(session: Session) -> StockTaking:
    return stock_taking.begin(session, "Inventur 2026", now=NOW, author="Anna")


def count(session: Session, taking: StockTaking, variant: Variant, counted: int, roll: Roll | None = None) -> None:
    stock_taking.count(session, taking, variant, counted, roll=roll, now=NOW, author="Anna")


def rolls_of(session: Session, variant: Variant) -> list[Roll]:
    return rolls.of(session, [variant.id or 0]).get(variant.id or 0, [])


def test_what_was_counted_holds_at_once(either_database: Database) -> None:
    with either_database.writing() as session:
        buttons, taking = make_variant(session, on_hand=10), begin(session)
        count(session, taking, buttons, 8)
        assert buttons.on_hand == 8
        (result,) = stock_taking.results(session, taking)
        assert (result.expected, result.counted, result.difference) == (10, 8, -2)
        assert result.value_cents(Unit.PIECE) == -990


def test_the_books_being_right_is_a_count_without_a_difference(session: Session) -> None:
    buttons, taking = make_variant(session, on_hand=10), begin(session)
    count(session, taking, buttons, 10)
    (result,) = stock_taking.results(session, taking)
    assert (result.difference, result.author) == (0, "Anna")


def test_the_newest_count_holds_and_differences_add_up(session: Session) -> None:
    buttons, taking = make_variant(session, on_hand=8), begin(session)
    count(session, taking, buttons, 5)
    count(session, taking, buttons, 6)
    (result,) = stock_taking.results(session, taking)
    assert (buttons.on_hand, result.counted, result.expected, result.difference) == (6, 6, 8, -2)


def test_what_is_sold_between_start_and_count_is_no_difference(session: Session) -> None:
    buttons, taking = make_variant(session, on_hand=10), begin(session)
    stock.move(session, buttons, -3, Why.SOLD_IN_STORE, now=NOW, author="Anna")
    count(session, taking, buttons, 7)
    (result,) = stock_taking.results(session, taking)
    assert (buttons.on_hand, result.expected, result.difference) == (7, 7, 0)


def test_what_is_sold_between_two_counts_is_no_difference_either(session: Session) -> None:
    buttons, taking = make_variant(session, on_hand=8), begin(session)
    count(session, taking, buttons, 5)
    stock.move(session, buttons, -2, Why.SOLD_IN_STORE, now=NOW, author="Anna")
    count(session, taking, buttons, 3)
    (result,) = stock_taking.results(session, taking)
    assert (buttons.on_hand, result.expected, result.difference) == (3, 6, -3)


def test_goods_put_aside_are_counted_with_the_rest(either_database: Database) -> None:
    with either_database.writing() as session:
        buttons, taking = make_variant(session, on_hand=10), begin(session)
        holds.hold(session, "KXAB-1234", [Wanted(buttons.id or 0, 1, 4)], now=NOW)
        count(session, taking, buttons, 4)
        assert (buttons.on_hand, buttons.available) == (4, 0)


def test_less_than_is_put_aside_is_refused_and_names_the_orders(either_database: Database) -> None:
    with either_database.writing() as session:
        buttons, taking = make_variant(session, on_hand=10), begin(session)
        for number in ("KXAB-1234", "MNPQ-5678"):
            holds.hold(session, number, [Wanted(buttons.id or 0, 1, 2)], now=NOW)
        with pytest.raises(CountedBelowHeld, match="4\u00a0Stück sind für die Bestellungen KXAB-1234 und MNPQ-5678"):
            count(session, taking, buttons, 3)
        assert (buttons.on_hand, stock_taking.results(session, taking)) == (10, [])


def test_a_roll_is_refused_what_it_has_promised_only(session: Session) -> None:
    fabric, taking = make_fabric(session, on_hand=300), begin(session)
    stock.receive(session, fabric, 500, now=NOW, author="Anna")
    holds.hold(session, "KXAB-1234", [Wanted(fabric.id or 0, 400)], now=NOW)
    short, long = rolls_of(session, fabric)
    count(session, taking, fabric, 50, short)
    with pytest.raises(CountedBelowHeld, match="4,00\u00a0m sind für Bestellung KXAB-1234"):
        count(session, taking, fabric, 390, long)
    assert (fabric.on_hand, fabric.longest) == (550, 100)


def test_rolls_are_counted_one_by_one(either_database: Database) -> None:
    with either_database.writing() as session:
        fabric, taking = make_fabric(session, on_hand=300), begin(session)
        stock.receive(session, fabric, 500, lot="4711", now=NOW, author="Anna")
        with pytest.raises(LiesOnRolls):
            count(session, taking, fabric, 800)
        first, second = rolls_of(session, fabric)
        count(session, taking, fabric, 290, first)
        count(session, taking, fabric, 0, second)
        assert (fabric.on_hand, fabric.longest) == (290, 290)
        assert [result.difference for result in stock_taking.results(session, taking)] == [-10, -500]
        assert stock_sheet.progress(session, taking) == stock_sheet.Progress(2, 2)


def test_a_roll_that_was_given_up_too_soon_comes_back(session: Session) -> None:
    fabric, taking = make_fabric(session, on_hand=300), begin(session)
    (roll,) = rolls_of(session, fabric)
    count(session, taking, fabric, 0, roll)
    count(session, taking, fabric, 120, roll)
    (result,) = stock_taking.results(session, taking)
    assert (fabric.on_hand, fabric.longest, result.difference) == (120, 120, -180)


def test_a_roll_that_the_books_do_not_know_is_found(session: Session) -> None:
    fabric, taking = make_fabric(session, on_hand=300), begin(session)
    stock_taking.find_roll(session, taking, fabric, 80, lot="4711", place="Regal 3", now=NOW, author="Anna")
    _, found = rolls_of(session, fabric)
    assert (found.on_hand, found.lot, found.place, fabric.on_hand) == (80, "4711", "Regal 3", 380)
    assert stock_sheet.progress(session, taking) == stock_sheet.Progress(1, 2)
    (result,) = stock_taking.results(session, taking)
    assert (result.roll_id, result.expected, result.difference) == (found.id, 0, 80)


def test_fabric_of_which_the_books_know_nothing_lies_on_a_roll_when_it_is_found(session: Session) -> None:
    fabric, taking = make_fabric(session, on_hand=0), begin(session)
    count(session, taking, fabric, 120)
    assert [roll.on_hand for roll in rolls_of(session, fabric)] == [120]
    assert stock_sheet.progress(session, taking) == stock_sheet.Progress(1, 1)


def test_more_balls_of_a_known_lot_are_a_count_of_that_lot(session: Session) -> None:
    yarn, taking = make_variant(session, on_hand=0), begin(session)
    lot = stock.receive(session, yarn, 5, lot="77", now=NOW, author="Anna")
    stock_taking.find_roll(session, taking, yarn, 2, lot="77", now=NOW, author="Anna")
    (result,) = stock_taking.results(session, taking)
    assert lot is not None
    assert (result.roll_id, result.expected, result.counted, result.difference) == (lot.id, 5, 7, 2)


def test_a_closed_stock_taking_takes_no_more_counts(session: Session) -> None:
    buttons, taking = make_variant(session), begin(session)
    stock_taking.close(session, taking, now=NOW + timedelta(hours=2), author="Berta")
    assert (taking.closed_at, taking.closed_by) == (NOW + timedelta(hours=2), "Berta")
    with pytest.raises(AlreadyClosed, match="Inventur 2026"):
        count(session, taking, buttons, 3)
    with pytest.raises(AlreadyClosed):
        stock_taking.close(session, taking, now=NOW, author="Anna")


def test_running_stock_takings_come_first(session: Session) -> None:
    first, second = begin(session), begin(session)
    stock_taking.close(session, second, now=NOW, author="Anna")
    assert stock_taking.newest_first(session) == [first, second]


def test_goods_whose_stock_is_not_counted_are_not_on_the_sheet(session: Session) -> None:
    endless, taking = make_variant(session, counts_stock=False), begin(session)
    with pytest.raises(NotCounted):
        count(session, taking, endless, 3)
    assert stock_sheet.progress(session, taking) == stock_sheet.Progress(0, 0)


def test_a_difference_is_worth_what_the_goods_cost_when_they_were_counted(session: Session) -> None:
    fabric, taking = make_fabric(session, on_hand=300, price_cents=1290), begin(session)
    (roll,) = rolls_of(session, fabric)
    count(session, taking, fabric, 250, roll)
    fabric.price_cents = 2000
    (result,) = stock_taking.results(session, taking)
    assert result.value_cents(Unit.LENGTH) == -645


def test_the_sheet_is_chosen_by_what_is_left_to_count_and_by_place(either_database: Database) -> None:
    with either_database.writing() as session:
        taking = begin(session)
        fabric = make_fabric(session, "Jersey", on_hand=300)
        buttons = make_variant(session, make_product(session, "Knopf"), on_hand=10)
        make_variant(session, make_product(session, "Ausverkauft"), on_hand=0)
        (roll,) = rolls_of(session, fabric)
        rolls.describe(session, roll, place="Regal 3", now=NOW)
        count(session, taking, buttons, 9)
        assert names(stock_sheet.sheet(session, taking)) == ["Jersey", "Knopf"]
        assert names(stock_sheet.sheet(session, taking, only=Only.TO_COUNT)) == ["Jersey"]
        assert names(stock_sheet.sheet(session, taking, only=Only.COUNTED)) == ["Knopf"]
        assert names(stock_sheet.sheet(session, taking, place="Regal 3")) == ["Jersey"]
        assert names(stock_sheet.sheet(session, taking, place="")) == ["Knopf"]
        assert stock_sheet.places(session) == ["Regal 3"]
        (line,) = stock_sheet.of_variants(session, taking, [fabric.id or 0])
        assert (line.key, line.on_hand, line.place, line.result) == (f"r{roll.id}", 300, "Regal 3", None)


def test_two_stock_takings_do_not_know_of_each_other(session: Session) -> None:
    buttons, first, second = make_variant(session, on_hand=10), begin(session), begin(session)
    count(session, first, buttons, 9)
    assert stock_sheet.progress(session, first).counted == 1
    assert stock_sheet.progress(session, second).counted == 0


def test_promises_say_which_orders_wait_for_which_roll(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    holds.hold(session, "KXAB-1234", [Wanted(fabric.id or 0, 50, 2)], now=NOW)
    (roll,) = rolls_of(session, fabric)
    (promise,) = promises.made(session, [fabric.id or 0])
    assert (promise.roll_id, promise.holder, promise.pieces, promise.quantity) == (roll.id, "KXAB-1234", 2, 50)
    holds.release(session, "KXAB-1234", now=NOW)
    assert promises.made_to(session, fabric.id or 0) == ()


def names(sheet: stock_sheet.Sheet) -> list[str]:
    return [line.name for line in sheet.lines]


def test_two_people_count_at_once_while_the_shop_sells(either_database: Database) -> None:
    with either_database.writing() as session:
        taking_id = begin(session).id
        variant_ids = [make_variant(session, on_hand=20).id for _ in range(6)]

    def work(author: str, order: int) -> None:
        for variant_id in variant_ids[::order]:
            with either_database.writing() as session:
                taking = session.get_one(StockTaking, taking_id)
                variant = session.get_one(Variant, variant_id)
                stock_taking.count(session, taking, variant, 15, now=NOW, author=author)
                stock.move(session, variant, -1, Why.SOLD_IN_STORE, now=NOW, author=author)

    with ThreadPoolExecutor(max_workers=2) as people:
        for done in [people.submit(work, "Anna", 1), people.submit(work, "Berta", -1)]:
            done.result()
    with either_database.reading() as session:
        taking = session.get_one(StockTaking, taking_id)
        for variant_id in variant_ids:
            variant = session.get_one(Variant, variant_id)
            moved = session.exec(
                select(func.sum(StockMovement.change)).where(StockMovement.variant_id == variant_id)
            ).one()
            (result,) = stock_taking.results(session, taking, [variant_id or 0])
            assert variant.on_hand == moved == 14
            assert (result.counted, result.difference) == (15, -4)
