"""Money that goes back: never more than came, never twice, and never lost where it does not arrive."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from checkout import fulfilment, orders, refunds
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.refunds import RefundState, TooMuchToRefund
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_order, pay
from tests.make import NOW

BY: dict[str, Any] = {"now": NOW, "author": "test"}
WHY: dict[str, Any] = {"reason": "Probe"} | BY
at_will = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def paid_in(session: Session, *cents: int) -> Order:
    order = make_order(session)
    for number, each in enumerate(cents):
        fulfilment.mark_paid(session, order, cents=each, reference=f"{order.number}/{number}", method="transfer", **BY)
    return order


@at_will
@given(
    paid=st.lists(st.integers(1, 3_000), min_size=1, max_size=4),
    steps=st.lists(st.tuples(st.sampled_from(["owe", "settle", "fail"]), st.integers(0, 4_000)), max_size=12),
)
def test_what_goes_back_is_never_more_than_what_came(
    session: Session, paid: list[int], steps: list[tuple[str, int]]
) -> None:
    order = paid_in(session, *paid)
    for step, number in steps:
        standing = refunds.of(session, order)
        if step == "owe":
            left = sum(paid) - order.refunded_cents
            try:
                refunds.owe(session, order, number, **WHY)
                assert number <= left
            except TooMuchToRefund:
                assert number > left
        elif standing and step == "settle":
            refunds.settled(session, standing[number % len(standing)], **BY)
        elif standing:
            refunds.failed(session, standing[number % len(standing)], "Konto erloschen", **BY)
        every = refunds.of(session, order)
        assert order.refunded_cents == sum(each.cents for each in every if each.state in refunds.STANDING)
        for payment in fulfilment.payments_of(session, order):
            assert 0 <= refunds.left_of(session, payment) <= payment.cents


def test_the_same_key_gives_back_once(session: Session) -> None:
    order = paid_in(session, 1000, 1425, 500)
    first = refunds.owe(session, order, 1200, key="late-pi_1", **WHY)
    again = refunds.owe(session, order, 1200, key="late-pi_1", **WHY)
    assert [each.id for each in first] == [each.id for each in again]
    assert [each.cents for each in first] == [500, 700]
    assert order.refunded_cents == 1200


def test_a_cancelled_order_gives_its_money_back(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    fulfilment.cancel(session, order, reason="ausverkauft", **BY)
    assert [each.cents for each in refunds.of(session, order)] == [order.total_cents]
    assert (order.owed_cents, order.held_cents, order.overpaid_cents, order.open_cents) == (0, 0, 0, 0)


def test_money_that_went_back_is_told_once(session: Session) -> None:
    order = paid_in(session, 2425)
    refund = refunds.owe(session, order, 100, **WHY)[0]
    assert refunds.settled(session, refund, **BY)
    assert not refunds.settled(session, refund, **BY)
    letters = session.exec(select(Letter.kind).where(Letter.reason == f"refund:{refund.id}")).all()
    assert letters == ["refunded"]


@pytest.mark.parametrize("was_done", [False, True])
def test_money_that_came_back_is_the_shopper_s_still(session: Session, was_done: bool) -> None:
    order = paid_in(session, 2425)
    refund = refunds.owe(session, order, 1000, **WHY)[0]
    refunds.pending(session, refund, provider_ref=f"re_{order.number}")
    if was_done:
        refunds.settled(session, refund, **BY)
    assert refunds.failed(session, refund, "Konto erloschen", **BY)
    assert not refunds.failed(session, refund, "Konto erloschen", **BY)
    assert (refund.state, order.refunded_cents) == (RefundState.FAILED, 0)
    assert "gescheitert (Konto erloschen)" in order.attention
    assert refunds.owe(session, order, 2425, **WHY)


def test_called_back_money_is_not_given_back_as_well(session: Session) -> None:
    order = paid_in(session, 2425)
    order.disputed_cents = 2425
    session.flush()
    with pytest.raises(TooMuchToRefund, match="höchstens noch 0,00"):
        refunds.owe(session, order, 1, **WHY)


def test_a_shortfall_of_an_expired_order_is_no_debt(session: Session) -> None:
    order = make_order(session)
    fulfilment.expire(session, order, now=NOW)
    assert (order.state, order.owed_cents, order.open_cents) == (State.EXPIRED, 0, 0)


@pytest.mark.slow
def test_two_refunds_at_once_do_not_exceed_the_rest(either_database: Database) -> None:
    with either_database.writing() as session:
        order = paid_in(session, 2425)
        order_id = id_of(order)

    def give_back(_: int) -> None:
        with suppress(TooMuchToRefund), either_database.writing() as session:
            refunds.owe(session, orders.lock(session, order_id), 1500, **WHY)

    in_threads(4, give_back)
    with either_database.reading() as session:
        assert session.get_one(Order, order_id).refunded_cents == 1500
