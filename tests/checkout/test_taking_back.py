"""Goods that come back: in the stock once, off what is owed to the cent, and the money with them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog import rolls
from catalog.holds import StockHold
from catalog.products import Variant
from checkout import allowances, deliveries, fulfilment, orders, refunds, taking_back
from checkout.deliveries import Return, Size
from checkout.orders import Order, State
from checkout.taking_back import NotBack
from tests.checkout.ordering import id_of, make_cart, make_order, make_yarn, pay, place
from tests.make import NOW, make_fabric, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
SENT: dict[str, Any] = {"carrier": "DHL", "tracking": ""} | BY
at_will = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def make_sent(session: Session) -> Order:
    """2 pieces of 1,50 m, 6 balls and 3 buttons, paid and sent."""
    yarn = make_yarn(session, ("4711", 4), ("4802", 4))
    basket = make_cart(session, (make_fabric(session), 2, 150), (yarn, 6, 1), (make_variant(session), 3, 1))
    order = place(session, basket)
    pay(session, order)
    fulfilment.ship(session, order, **SENT)
    return order


def sizes(session: Session, order: Order) -> list[Size]:
    return [part.size for part in deliveries.deliverable(session, order)]


def come_back(session: Session, order: Order, pieces: Sequence[int], key: str = "k", **facts: Any) -> Return:
    back = dict(zip(sizes(session, order), pieces, strict=True))
    given: dict[str, Any] = {"reason": "Widerruf", "shipping_cents": 0} | facts
    return taking_back.take_back(session, order, back, **given, **BY, key=key)


def test_everything_comes_back_with_its_shipping(session: Session) -> None:
    order = make_sent(session)
    come_back(session, order, [2, 6, 3], shipping_cents=490)
    assert (order.state, order.owed_cents, order.held_cents) == (State.SHIPPED, 0, 0)
    assert sum(each.cents for each in refunds.of(session, order)) == order.total_cents
    assert taking_back.out_there(session, order) == []


def test_a_piece_of_fabric_comes_back_as_a_roll_of_its_own(session: Session) -> None:
    order = make_sent(session)
    fabric = session.get_one(Variant, sizes(session, order)[0][1])
    come_back(session, order, [1, 0, 0])
    session.refresh(fabric)
    assert (fabric.on_hand, order.reduced_cents) == (350, 1935)
    assert [roll.on_hand for roll in rolls.of(session, [id_of(fabric)])[id_of(fabric)]] == [200, 150]
    outcomes = session.exec(select(StockHold.outcome).where(StockHold.variant_id == fabric.id)).all()
    assert sorted(outcomes) == ["returned", "taken"]


def test_what_lost_its_value_is_kept_of_it_for_good(session: Session) -> None:
    order = make_sent(session)
    come_back(session, order, [1, 0, 0], deduction_cents=500, deduction_reason="gewaschen")
    assert order.reduced_cents == 1935 - 500
    come_back(session, order, [1, 6, 3], key="m", shipping_cents=490)
    assert order.owed_cents == 500 == order.held_cents


def test_the_same_form_is_one_return(session: Session) -> None:
    order = make_sent(session)
    first, second = (come_back(session, order, [1, 0, 0], key="same") for _ in range(2))
    assert first.id == second.id
    assert order.reduced_cents == 1935


@pytest.mark.parametrize(
    ("pieces", "facts"),
    [
        ([3, 0, 0], {}),
        ([0, 0, 0], {}),
        ([1, 0, 0], {"shipping_cents": 490}),
        ([2, 6, 3], {"shipping_cents": 491}),
        ([1, 0, 0], {"deduction_cents": 1936}),
    ],
)
def test_no_more_comes_back_than_there_is(session: Session, pieces: list[int], facts: dict[str, Any]) -> None:
    order = make_sent(session)
    with pytest.raises(NotBack):
        come_back(session, order, pieces, **facts)
    assert (order.reduced_cents, taking_back.of(session, order)) == (0, [])


def test_nothing_comes_back_of_what_is_still_here(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    with pytest.raises(NotBack):
        come_back(session, order, [1])


def test_what_came_back_does_not_go_out_again_with_the_rest(session: Session) -> None:
    order = make_order(session, pieces=3, quantity=100)
    pay(session, order)
    size = sizes(session, order)[0]
    fulfilment.ship(session, order, **SENT, going=[fulfilment.Going(size, 1)])
    come_back(session, order, [1])
    fulfilment.cut(session, order, **BY)
    fulfilment.ship(session, order, **SENT)
    assert (order.state, order.owed_cents) == (State.SHIPPED, order.total_cents - 1290)
    assert session.get_one(Variant, size[1]).on_hand == 300


@at_will
@given(steps=st.lists(st.tuples(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.integers(0, 900)), max_size=5))
def test_money_and_goods_add_up_whatever_comes_back(session: Session, steps: list[tuple[list[int], int]]) -> None:
    order = make_sent(session)
    ordered = {
        size: part.goods.pieces
        for size, part in zip(sizes(session, order), deliveries.deliverable(session, order), strict=True)
    }
    received = {size[1]: session.get_one(Variant, size[1]).on_hand for size in ordered}
    kept_cents = 0
    for number, (pieces, deduction_cents) in enumerate(steps):
        with suppress(NotBack):
            come_back(session, order, pieces, key=f"{number}", deduction_cents=deduction_cents)
            kept_cents += deduction_cents
        left = allowances.left_of(session, order)
        assert left.cents + order.reduced_cents == order.total_cents
        assert order.held_cents == order.owed_cents
        back = deliveries.back_of(session, order)
        for size, count in ordered.items():
            assert 0 <= back[size] <= count
            variant = session.get_one(Variant, size[1])
            session.refresh(variant)
            assert variant.on_hand == received[size[1]] + back[size] * size[2]
        if not taking_back.out_there(session, order):
            assert order.owed_cents == 490 + kept_cents
    assert orders.lines_of(session, order)[0].pieces == 2
