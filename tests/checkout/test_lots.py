"""Balls of one line come from one dye lot, or the cart says plainly that they cannot."""

import pytest
from sqlmodel import Session, select

from catalog import holds, stock
from catalog.products import Variant
from catalog.rolls import Roll
from checkout import contents, lots, orders, samples
from checkout.placing import LotsChanged
from tests.checkout.ordering import id_of, make_cart, make_order, make_swatched, make_yarn, place
from tests.make import NOW, make_variant

TOLD = (
    "Diese 10 Knäuel gibt es nicht aus einer Farbpartie: 7 aus Partie 4711 und 3 aus Partie 4802. "
    "Die Farbtöne können leicht abweichen. Bis 7 Knäuel bekommen Sie aus einer Partie."
)


@pytest.fixture
def yarn(session: Session) -> Variant:
    return make_yarn(session, ("4711", 7), ("4802", 5))


def notice(session: Session, yarn: Variant, balls: int) -> str:
    return contents.of(session, make_cart(session, (yarn, balls, 1)), NOW)[0].notice


def test_balls_of_one_lot_need_no_word(session: Session, yarn: Variant) -> None:
    assert notice(session, yarn, 7) == ""
    assert notice(session, make_variant(session), 10) == ""


def test_balls_of_two_lots_are_named(session: Session, yarn: Variant) -> None:
    assert notice(session, yarn, 10) == TOLD


def test_balls_whose_lot_nobody_knows_are_named_so(session: Session) -> None:
    yarn = make_variant(session, on_hand=4)
    stock.receive(session, yarn, 6, lot="12", now=NOW, author="test")
    assert "6 aus Partie 12 und 2 ohne Partienummer" in notice(session, yarn, 8)
    assert "Diese 8 Stück" in notice(session, yarn, 8)


def test_the_order_keeps_what_was_said_and_holds_just_that(session: Session, yarn: Variant) -> None:
    order = place(session, make_cart(session, (yarn, 10, 1)))
    assert orders.lines_of(session, order)[0].notice == TOLD
    assert lots.split_of(session, order.number) == {id_of(yarn): [("4711", 7), ("4802", 3)]}


def test_a_split_that_the_shopper_has_not_seen_is_shown_first(session: Session, yarn: Variant) -> None:
    basket = make_cart(session, (yarn, 6, 1))
    make_order(session, yarn, pieces=3, quantity=1)  # of the lot of which there are five
    make_order(session, yarn, pieces=3, quantity=1)
    with pytest.raises(LotsChanged):
        place(session, basket, seen_notices="")
    place(session, basket)


def test_a_split_that_is_no_longer_needed_is_shown_too(session: Session, yarn: Variant) -> None:
    basket = make_cart(session, (yarn, 10, 1))
    seen = contents.notices(contents.of(session, basket, NOW))
    stock.receive(session, yarn, 10, lot="4711", now=NOW, author="test")
    with pytest.raises(LotsChanged):
        place(session, basket, seen_notices=seen)


def test_a_sample_beside_fabric_of_two_lots_can_be_ordered(session: Session) -> None:
    """A sample comes from no lot, whatever its fabric does."""
    fabric = make_swatched(session, on_hand=0)
    for lot in ("4711", "4802"):
        stock.receive(session, fabric, 200, lot=lot, now=NOW, author="test")
    basket = make_cart(session, (fabric, 2, 150))
    samples.add(session, basket, id_of(fabric), samples.USUAL, NOW)
    order = place(session, basket)
    assert len(lots.split_of(session, order.number)[id_of(fabric)]) == 2


def test_goods_from_other_lots_than_were_looked_at_are_not_sold(session: Session, yarn: Variant) -> None:
    """The items are those of a moment before somebody else took a lot."""
    basket = make_cart(session, (yarn, 6, 1))
    items = contents.of(session, basket, NOW)
    holds.hold(session, "somebody-else", [holds.Wanted(id_of(yarn), 1, 6)], now=NOW)
    with pytest.raises((LotsChanged, stock.OutOfStock)):
        place(session, basket, items=items)
    stock.receive(session, yarn, 2, lot="9", now=NOW, author="test")
    with pytest.raises(LotsChanged):
        place(session, basket, items=items)
    assert session.exec(select(Roll.held).order_by(Roll.lot)).all().count(6) == 1


def test_the_mark_of_notices_changes_with_their_words(session: Session, yarn: Variant) -> None:
    basket = make_cart(session, (yarn, 10, 1))
    first = contents.notices(contents.of(session, basket, NOW))
    assert first
    assert contents.notices(contents.of(session, make_cart(session, (yarn, 11, 1)), NOW)) not in ("", first)
    assert contents.notices(contents.of(session, make_cart(session, (yarn, 2, 1)), NOW)) == ""
