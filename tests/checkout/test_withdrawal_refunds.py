"""What withdrawals give back: each piece once, whether it is paid before or after it comes, or never leaves."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from checkout import deliveries, fulfilment, orders, refunds, returns, taking_back, withdrawal_cases, withdrawal_refunds
from checkout.deliveries import Size
from checkout.fulfilment import Going
from checkout.orders import NotAllowedNow, Order, State
from checkout.returns import Declared, Withdrawal, WithdrawalRefund
from checkout.taking_back import NotBack
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import make_cart, pay, place
from tests.make import NOW, make_fabric, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
EXPRESS, CHEAPEST = 990, 490
at_will = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def make_sent(session: Session, going: list[int]) -> Order:
    """3 pieces of fabric and 4 buttons, paid, of which so many have left the store."""
    basket = make_cart(session, (make_fabric(session), 3, 110), (make_variant(session, price_cents=333), 4, 1))
    order = place(session, basket, shipping_cents=EXPRESS, cheapest_shipping_cents=CHEAPEST)
    pay(session, order)
    parts = deliveries.deliverable(session, order)
    leaving = [Going(part.size, pieces) for part, pieces in zip(parts, going, strict=True) if pieces]
    if leaving:
        fulfilment.ship(session, order, carrier="DHL", tracking="", going=leaving, **BY)
    return order


def declare(session: Session, order: Order, number: int) -> Withdrawal:
    withdrawal = returns.declare(
        session, Declared("E", order.email, f"{order.number} {number}"), key=f"k{number}", now=NOW
    )
    returns.look_up(session, NOW)
    return withdrawal


def given_back(session: Session, order: Order) -> int:
    return sum(each.cents for each in refunds.of(session, order))


@at_will
@given(
    going=st.tuples(st.integers(0, 3), st.integers(0, 4)),
    steps=st.lists(
        st.tuples(st.sampled_from(["pay", "back"]), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=4
    ),
)
def test_b10_in_whatever_order_each_piece_is_paid_back_once(
    session: Session, going: tuple[int, int], steps: list[tuple[str, int, int]]
) -> None:
    savepoint = session.begin_nested()
    order = make_sent(session, list(going))
    sizes = [part.size for part in map(deliveries.as_ordered, orders.lines_of(session, order))]
    for number, (how, *wanted) in enumerate([*steps, ("pay", 3, 4), ("back", 3, 4)]):
        before = given_back(session, order)
        _step(session, order, number, how, dict(zip(sizes, wanted, strict=True)))
        assert before <= given_back(session, order) <= order.total_cents
    held = order.total_cents - given_back(session, order)
    assert held == (0 if order.state == State.CANCELLED else EXPRESS - CHEAPEST)
    assert order.overpaid_cents == 0
    assert taking_back.out_there(session, order) == []
    savepoint.rollback()


def _step(session: Session, order: Order, number: int, how: str, wanted: dict[Size, int]) -> None:
    """Pay for some pieces, or let some come back, as far as there are so many."""
    there = (
        {part.size: part.goods.pieces for part in withdrawal_refunds.may_be_withdrawn(session, order)}
        if how == "pay" else {part.size: part.gone for part in taking_back.out_there(session, order)}
    )  # fmt: skip
    pieces = {size: min(count, there.get(size, 0)) for size, count in wanted.items()}
    pieces = {size: count for size, count in pieces.items() if count}
    if not pieces or order.state == State.CANCELLED:
        return
    if how == "pay":
        counted = withdrawal_refunds.calculate(session, order, pieces)
        withdrawal_refunds.pay_back(
            session, declare(session, order, number), order, pieces, shipping_cents=counted.shipping_cents, **BY
        )
        return
    worth = taking_back.worth(session, order, pieces)
    taking_back.take_back(
        session, order, pieces, reason="Widerruf", shipping_cents=worth.standard_shipping_cents, key=f"r{number}", **BY
    )


def test_b10_the_same_withdrawal_is_paid_once(session: Session) -> None:
    order = make_sent(session, [3, 4])
    withdrawal = declare(session, order, 1)
    pieces = withdrawal_cases.wanted(session, withdrawal, order)
    told: dict[str, Any] = {"shipping_cents": CHEAPEST} | BY
    first = withdrawal_refunds.pay_back(session, withdrawal, order, pieces, **told)
    assert withdrawal_refunds.pay_back(session, withdrawal, order, pieces, **told).id == first.id
    assert given_back(session, order) == order.total_cents - (EXPRESS - CHEAPEST)


def test_b10_a_second_withdrawal_finds_nothing_left(session: Session) -> None:
    order = make_sent(session, [3, 4])
    pieces = withdrawal_cases.wanted(session, declare(session, order, 1), order)
    withdrawal_refunds.pay_back(session, declare(session, order, 1), order, pieces, shipping_cents=CHEAPEST, **BY)
    assert withdrawal_cases.wanted(session, declare(session, order, 2), order) == {}


@pytest.mark.parametrize("is_the_same", [True, False])
def test_b10_two_browsers_at_once_pay_each_piece_back_once(either_database: Database, is_the_same: bool) -> None:
    with either_database.writing() as session:
        order = make_sent(session, [3, 4])
        order_id, whole = order.id, {part.size: part.goods.pieces for part in deliveries.deliverable(session, order)}
        first, second = (declare(session, order, number).id for number in range(2))

    def pay_back(which: int) -> None:
        with suppress(NotBack, NotAllowedNow), either_database.writing() as session:
            withdrawal = session.get_one(Withdrawal, first if is_the_same or not which else second)
            order = session.get_one(Order, order_id)
            withdrawal_refunds.calculate(session, order, whole)  # as the page does, before the order is locked
            if not either_database.is_sqlite:  # which lets one write at a time
                seen.wait(timeout=5)
            withdrawal_refunds.pay_back(session, withdrawal, order, whole, shipping_cents=CHEAPEST, **BY)

    seen = threading.Barrier(2)
    in_threads(2, pay_back)
    with either_database.reading() as session:
        assert given_back(session, session.get_one(Order, order_id)) == 3 * 1419 + 4 * 333 + CHEAPEST
        assert len(session.exec(select(WithdrawalRefund)).all()) == 1
