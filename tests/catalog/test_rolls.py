"""Where goods lie: what is received, measured, cut and brought back changes the right roll."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from catalog import editing, holds, rolls, stock
from catalog.holds import StockHold, Wanted
from catalog.products import Product, Variant
from catalog.rolls import Free, Roll
from catalog.stock import NothingReceived, OutOfStock, StillHeld, StockMovement, Why
from catalog.units import Unit
from tests.make import NOW, make_fabric, make_product, make_variant

LATER = NOW + timedelta(hours=1)


def lying(session: Session, variant: Variant) -> list[tuple[str, int, int]]:
    """The open rolls of a variant as (lot, on hand, held)."""
    assert variant.id is not None
    return [(each.lot, each.on_hand, each.held) for each in rolls.of(session, [variant.id]).get(variant.id, [])]


def receive(session: Session, variant: Variant, quantity: int, lot: str = "", place: str = "") -> Roll:
    roll = stock.receive(session, variant, quantity, lot=lot, place=place, now=NOW, author="test")
    assert roll is not None
    return roll


def hold(session: Session, variant: Variant, quantity: int, pieces: int = 1, holder: str = "A") -> None:
    assert variant.id is not None
    holds.hold(session, holder, [Wanted(variant.id, quantity, pieces)], now=NOW)


def movements(session: Session, roll: Roll) -> list[tuple[int, str]]:
    of_roll = select(StockMovement.change, StockMovement.why).where(StockMovement.roll_id == roll.id)
    return list(session.exec(of_roll.order_by(col(StockMovement.id))).all())


def test_new_fabric_lies_on_a_roll_and_every_delivery_on_another(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    roll = receive(session, fabric, 300, lot="4711", place="Regal 3")
    assert lying(session, fabric) == [("", 500, 0), ("4711", 300, 0)]
    assert (roll.place, fabric.on_hand, fabric.longest) == ("Regal 3", 800, 500)
    assert movements(session, roll) == [(300, Why.RECEIVED)]


def test_the_longest_piece_is_told_after_every_change(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    short = receive(session, fabric, 300)
    hold(session, fabric, 250)
    assert fabric.longest == 500  # the shorter roll gives it
    hold(session, fabric, 400, holder="B")
    assert fabric.longest == 100
    holds.release(session, "B", now=NOW)
    assert fabric.longest == 500
    stock.measure(session, short, 290, now=NOW, author="test")
    stock.count(session, fabric, 380, now=NOW, author="test")
    assert (fabric.longest, lying(session, fabric)) == (90, [("", 90, 0), ("", 290, 250)])


def test_a_piece_is_never_promised_from_two_rolls(session: Session) -> None:
    fabric = make_fabric(session, on_hand=100)
    receive(session, fabric, 100)
    with pytest.raises(OutOfStock, match="Am Stück") as refused:
        hold(session, fabric, 150)
    assert refused.value.left == 100


def test_a_rest_that_nobody_buys_is_avoided(session: Session) -> None:
    fabric = make_fabric(session, on_hand=170)  # sold from 50 cm on
    receive(session, fabric, 500)
    hold(session, fabric, 150)
    assert lying(session, fabric) == [("", 170, 0), ("", 500, 150)]


def test_a_variants_own_minimum_decides_what_rest_can_be_sold(session: Session) -> None:
    fabric = make_fabric(session, on_hand=170)
    fabric.minimum = 20
    receive(session, fabric, 500)
    hold(session, fabric, 150)
    assert lying(session, fabric) == [("", 170, 150), ("", 500, 0)]


def test_cutting_takes_from_the_roll_and_ends_it_when_nothing_is_left(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    hold(session, fabric, 150, pieces=2)
    (roll,) = rolls.of(session, [fabric.id or 0])[fabric.id or 0]
    holds.take(session, "A", now=LATER, author="test", cut_only=True)
    assert (roll.on_hand, roll.held, roll.ended_at) == (0, 0, LATER)
    assert (fabric.on_hand, fabric.held, fabric.longest) == (0, 0, 0)
    assert movements(session, roll)[-1] == (-300, Why.CUT)


def test_only_what_is_cut_leaves_at_cutting(session: Session) -> None:
    fabric, yarn = make_fabric(session, on_hand=300), make_variant(session, on_hand=10)
    receive(session, yarn, 10, lot="4711")
    hold(session, fabric, 150)
    hold(session, yarn, 1, pieces=3)
    holds.take(session, "A", now=NOW, author="test", cut_only=True)
    assert [each.variant_id for each in holds.of(session, "A")] == [yarn.id]
    assert (fabric.on_hand, yarn.on_hand, yarn.held) == (150, 20, 3)


def test_a_cut_piece_comes_back_as_a_short_roll_of_its_lot(session: Session) -> None:
    fabric = make_fabric(session, on_hand=0)
    receive(session, fabric, 500, lot="4711", place="Regal 3")
    hold(session, fabric, 100, pieces=2)
    holds.take(session, "A", now=NOW, author="test", cut_only=True)
    for _ in range(2):
        holds.put_back(session, "A", now=NOW, author="test", note="A")
    assert lying(session, fabric) == [("4711", 300, 0), ("4711", 100, 0), ("4711", 100, 0)]
    assert (fabric.on_hand, fabric.longest) == (500, 300)
    assert {each.place for each in rolls.of(session, [fabric.id or 0])[fabric.id or 0]} == {"Regal 3"}


def test_balls_come_back_to_their_dye_lot_even_if_it_was_used_up(session: Session) -> None:
    yarn = make_variant(session, on_hand=0)
    roll = receive(session, yarn, 3, lot="4711")
    hold(session, yarn, 1, pieces=3)
    holds.take(session, "A", now=NOW, author="test")
    assert (lying(session, yarn), yarn.longest) == ([], 0)
    holds.put_back(session, "A", now=NOW, author="test", note="A")
    assert (lying(session, yarn), roll.ended_at, yarn.longest) == ([("4711", 3, 0)], None, 3)


def test_the_first_dye_lot_makes_the_other_balls_the_unknown_lot(session: Session) -> None:
    yarn = make_variant(session, on_hand=10)
    hold(session, yarn, 1, pieces=4)
    assert stock.receive(session, yarn, 5, now=NOW, author="test") is None
    assert (yarn.longest, lying(session, yarn)) == (None, [])
    receive(session, yarn, 20, lot="4711")
    receive(session, yarn, 2, lot="4711", place="Fach 2")
    assert lying(session, yarn) == [("", 15, 4), ("4711", 22, 0)]
    assert (yarn.on_hand, yarn.held, yarn.longest) == (37, 4, 22)
    assert {each.roll_id for each in holds.of(session, "A")} == {rolls.of(session, [yarn.id or 0])[yarn.id or 0][0].id}


def test_balls_of_one_line_come_from_one_lot_if_one_has_them_all(session: Session) -> None:
    yarn = make_variant(session, on_hand=0)
    for lot, balls in (("A", 6), ("B", 8), ("C", 30)):
        receive(session, yarn, balls, lot=lot)
    hold(session, yarn, 1, pieces=7)
    assert lying(session, yarn) == [("A", 6, 0), ("B", 8, 7), ("C", 30, 0)]
    hold(session, yarn, 1, pieces=35, holder="B")
    assert lying(session, yarn) == [("A", 6, 5), ("B", 8, 7), ("C", 30, 30)]


def test_counting_more_is_a_new_roll_and_less_is_taken_from_the_longest(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    receive(session, fabric, 200)
    stock.count(session, fabric, 520, now=NOW, author="test")
    assert lying(session, fabric) == [("", 300, 0), ("", 200, 0), ("", 20, 0)]
    stock.count(session, fabric, 250, now=NOW, author="test")
    assert lying(session, fabric) == [("", 30, 0), ("", 200, 0), ("", 20, 0)]


def test_measuring_sets_one_roll_and_says_why(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    roll = receive(session, fabric, 200)
    for _ in range(2):
        stock.measure(session, roll, 180, why=Why.DAMAGED, now=NOW, author="test", note="Mottenloch")
    assert (lying(session, fabric), fabric.on_hand) == ([("", 300, 0), ("", 180, 0)], 480)
    assert movements(session, roll) == [(200, Why.RECEIVED), (-20, Why.DAMAGED)]


def test_what_is_promised_of_a_roll_cannot_be_measured_away(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    hold(session, fabric, 250, holder="D-7")
    (roll,) = rolls.of(session, [fabric.id or 0])[fabric.id or 0]
    with pytest.raises(StillHeld, match=r"2,50.m sind für Bestellung D-7 .* zuerst zu oder stornieren"):
        stock.measure(session, roll, 200, now=NOW, author="test")


def test_a_roll_that_is_found_again_is_open_again(session: Session) -> None:
    fabric = make_fabric(session, on_hand=0)
    roll = receive(session, fabric, 200)
    stock.measure(session, roll, 0, now=NOW, author="test")
    assert (lying(session, fabric), fabric.longest) == ([], 0)
    stock.measure(session, roll, 150, now=NOW, author="test")
    assert (lying(session, fabric), fabric.longest, roll.ended_at) == ([("", 150, 0)], 150, None)


def test_goods_that_nobody_counts_lie_on_no_roll_until_they_are_counted(session: Session) -> None:
    fabric = make_fabric(session, on_hand=0, counts_stock=False)
    hold(session, fabric, 150)
    assert stock.receive(session, fabric, 400, now=NOW, author="test") is None
    assert (fabric.longest, lying(session, fabric)) == (None, [])
    stock.begin_counting(session, fabric, now=NOW, author="test")
    assert (fabric.longest, lying(session, fabric)) == (250, [("", 400, 150)])
    stock.stop_counting(session, fabric, now=NOW, author="test")
    assert (fabric.longest, fabric.on_hand, fabric.held, lying(session, fabric)) == (None, 400, 150, [])
    assert {each.roll_id for each in holds.of(session, "A")} == {None}
    holds.take(session, "A", now=NOW, author="test")
    assert fabric.on_hand == 250


def test_counting_is_switched_on_and_off_in_the_form_of_a_variant(session: Session) -> None:
    fabric = make_fabric(session, on_hand=300)
    for counts, longest in ((False, None), (True, 300)):
        facts = editing.variant_facts_of(session, fabric)
        seen = editing.fingerprint(facts)
        wanted = editing.VariantFacts(**(vars(facts) | {"counts_stock": counts}))
        editing.change_variant(session, fabric, wanted, seen=seen, now=NOW, author="test")
        assert (fabric.counts_stock, fabric.longest) == (counts, longest)


def test_goods_that_come_to_be_sold_by_length_come_on_rolls(session: Session) -> None:
    ribbon = make_variant(session, on_hand=0)
    product = session.get_one(Product, ribbon.product_id)
    for unit, longest in ((Unit.LENGTH, 0), (Unit.PIECE, None)):
        facts = editing.facts_of(session, product)
        seen = editing.fingerprint(facts)
        wanted = editing.ProductFacts(**(vars(facts) | {"unit": unit.value}))
        editing.change(session, product, wanted, seen=seen, now=NOW, author="test")
        session.refresh(ribbon)
        assert ribbon.longest == longest


def test_nothing_cannot_be_received(session: Session) -> None:
    with pytest.raises(NothingReceived):
        stock.receive(session, make_fabric(session), 0, now=NOW, author="test")


def test_what_is_free_of_every_roll_is_read_at_once(session: Session) -> None:
    fabric, sold_out, button = make_fabric(session, on_hand=300), make_fabric(session, on_hand=0), make_variant(session)
    receive(session, fabric, 200, lot="A")
    hold(session, fabric, 120)
    ids = [each.id or 0 for each in (fabric, sold_out, button)]
    first, second = rolls.of(session, ids)[ids[0]]
    assert rolls.free_of(session, ids) == {
        ids[0]: (Free(first.id or 0, "", 300), Free(second.id or 0, "A", 80)),
        ids[1]: (),
    }


def test_a_roll_is_described_by_lot_and_place(session: Session) -> None:
    fabric = make_fabric(session)
    roll = receive(session, fabric, 200, lot="A", place="Regal")
    version = session.get_one(Product, fabric.product_id).version
    rolls.describe(session, roll, lot="B", now=NOW)
    rolls.describe(session, roll, place="Fenster", now=NOW)
    session.refresh(session.get_one(Product, fabric.product_id))
    assert (roll.lot, roll.place) == ("B", "Fenster")
    assert session.get_one(Product, fabric.product_id).version == version + 2


def test_history_tells_what_was_on_hand_and_when(session: Session) -> None:
    product = make_product(session, unit=Unit.LENGTH)
    fabric = make_variant(session, product, on_hand=300, now=NOW)
    roll = stock.receive(session, fabric, 200, now=LATER, author="test")
    assert roll is not None
    stock.measure(session, roll, 150, now=LATER, author="test")
    assert stock.history(session, fabric.id or 0, NOW + timedelta(minutes=1)) == [
        (NOW + timedelta(minutes=1), 300),
        (LATER, 450),
    ]
    assert stock.history(session, fabric.id or 0, NOW - timedelta(days=1))[:2] == [
        (NOW - timedelta(days=1), 0),
        (NOW, 300),
    ]


def test_goods_without_rolls_are_held_and_taken_without_a_query_more_for_each(session: Session) -> None:
    buttons = [make_variant(session) for _ in range(8)]
    assert session.bind is not None
    few = statements(session, [Wanted(each.id or 0, 1, 2) for each in buttons[:1]])
    many = statements(session, [Wanted(each.id or 0, 1, 2) for each in buttons])
    assert many - few <= 7 * 4  # of each: the variant, its product's version, the queue; never a roll
    assert session.exec(select(StockHold).where(col(StockHold.roll_id).is_not(None))).all() == []


def statements(session: Session, wanted: list[Wanted]) -> int:
    """How many statements it takes to hold some goods."""
    told: list[str] = []
    connection = session.connection()

    def note(*arguments: object) -> None:
        told.append(str(arguments[2]))

    event.listen(connection, "before_cursor_execute", note)
    holds.hold(session, f"H-{len(wanted)}", wanted, now=NOW)
    event.remove(connection, "before_cursor_execute", note)
    return len(told)
