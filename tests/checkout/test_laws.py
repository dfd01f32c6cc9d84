"""Laws of money and goods: whatever happens in whatever order, nothing is sold twice or lost."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog import holds
from catalog.holds import StockHold, Wanted
from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.stock import OutOfStock, StockMovement
from checkout import fulfilment, orders
from checkout.buyable import TooMuch
from checkout.orders import Order, State
from shop.db import Database
from tests.checkout.ordering import id_of, make_order
from tests.make import NOW, make_fabric

BY: dict[str, Any] = {"now": NOW, "author": "test"}
at_will = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def check_stock(session: Session, variant: Variant) -> None:
    """The kept numbers are the sums of their ledgers, and nobody holds what is not there."""
    session.refresh(variant)
    moved = session.exec(select(StockMovement.change).where(StockMovement.variant_id == variant.id)).all()
    holds = select(StockHold.quantity).where(StockHold.variant_id == variant.id)
    held = session.exec(holds.where(StockHold.ended_at == None)).all()  # noqa: E711
    assert variant.on_hand == sum(moved)
    assert variant.held == sum(held)
    assert 0 <= variant.held <= variant.on_hand


@at_will
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["hold", "release", "take"]), st.sampled_from("abc"), st.integers(1, 300)),
        max_size=25,
    )
)
def test_stock_is_never_negative_whatever_is_held_released_and_taken(session: Session, steps: list[Any]) -> None:
    fabric = make_fabric(session, on_hand=500)
    holder_of = {letter: f"{letter}{fabric.id}" for letter in "abc"}
    for step, letter, quantity in steps:
        if step == "hold":
            with suppress(OutOfStock):
                holds.hold(session, holder_of[letter], [Wanted(id_of(fabric), quantity)], now=NOW)
        elif step == "release":
            holds.release(session, holder_of[letter], now=NOW)
        else:
            holds.take(session, holder_of[letter], **BY)
        check_stock(session, fabric)


def _do(session: Session, order: Order, step: str, cents: int) -> None:
    if step == "pay":
        count = len(fulfilment.payments_of(session, order))
        fulfilment.mark_paid(session, order, cents=cents, reference=f"{order.number} {count}", method="transfer", **BY)
    elif step == "ship":
        fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    elif step == "pick up":
        fulfilment.pick_up(session, order, **BY)
    elif step == "cancel":
        fulfilment.cancel(session, order, reason="", **BY)
    else:
        fulfilment.expire(session, order, now=NOW)


def check_order(session: Session, order: Order) -> None:
    """Money, goods, events and state tell the same story."""
    session.refresh(order)
    assert order.paid_cents == sum(payment.cents for payment in fulfilment.payments_of(session, order))
    is_waiting = order.state in (State.AWAITING_PAYMENT, State.PROCESSING, State.CONFIRMED, State.PAID)
    assert holds.is_holding(session, order.number) is is_waiting
    states = [event.kind for event in orders.events_of(session, order) if event.kind in set(State)]
    assert states[-1] == order.state
    assert all(State(to) in orders.MOVES[State(since)] for since, to in pairwise(states))
    if order.held_cents and order.state in (State.EXPIRED, State.CANCELLED):
        assert order.attention


@at_will
@given(
    first=st.sampled_from([State.AWAITING_PAYMENT, State.CONFIRMED]),
    steps=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from(["pay", "ship", "pick up", "cancel", "expire"]),
            st.sampled_from([500, 1290 + 490, 3000]),
        ),
        max_size=12,
    ),
)
def test_money_and_goods_agree_whatever_happens_to_three_orders(
    session: Session, first: State, steps: list[Any]
) -> None:
    fabric = make_fabric(session, on_hand=350)
    placed = [make_order(session, fabric, quantity=100, first_state=first) for _ in range(3)]
    for which, step, cents in steps:
        with suppress(Refusal):
            _do(session, placed[which], step, cents)
        with suppress(TooMuch):  # another shopper, for whom expired goods are there again
            make_order(session, fabric, quantity=100, reserved_until=NOW + timedelta(days=1))
        check_stock(session, fabric)
        for order in placed:
            check_order(session, order)


@pytest.mark.postgres
def test_a_whole_life_on_postgresql(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        fabric = make_fabric(session, on_hand=350)
        order = make_order(session, fabric, quantity=150)
        fulfilment.expire(session, order, now=NOW)
        for reference in ("B1", "B1", "B2"):
            fulfilment.mark_paid(session, order, cents=order.total_cents, reference=reference, method="transfer", **BY)
        fulfilment.ship(session, order, carrier="DHL", tracking="1", **BY)
        check_stock(session, fabric)
        assert (order.state, fabric.on_hand, fabric.held) == (State.SHIPPED, 200, 0)
        assert "zu viel bezahlt" in order.attention
