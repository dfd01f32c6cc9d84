"""Stock never lies: ledgers add up, holds end once, nothing is sold twice."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from catalog import holds, stock
from catalog.holds import StockHold, Wanted
from catalog.products import Variant
from catalog.stock import OutOfStock, StockMovement, Why
from tests.make import NOW, make_fabric, make_variant


def hold(session: Session, variant: Variant, quantity: int, holder: str = "A") -> None:
    assert variant.id is not None
    holds.hold(session, holder, [Wanted(variant.id, quantity)], now=NOW)
    session.refresh(variant)


def test_holding_and_taking_moves_the_metres_once(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    hold(session, fabric, 150)
    assert (fabric.on_hand, fabric.held, fabric.available) == (500, 150, 350)
    for _ in range(2):
        holds.take(session, "A", now=NOW, author="test")
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (350, 0)


def test_releasing_twice_gives_back_once(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    hold(session, fabric, 150)
    for _ in range(2):
        holds.release(session, "A", now=NOW)
    holds.take(session, "A", now=NOW, author="test")
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (500, 0)
    assert not holds.is_holding(session, "A")


def test_more_than_is_left_is_refused_and_says_how_much_is(session: Session) -> None:
    fabric = make_fabric(session, on_hand=340)
    hold(session, fabric, 300)
    with pytest.raises(OutOfStock) as refused:
        hold(session, fabric, 50, "B")
    assert (refused.value.left, refused.value.variant_id) == (40, fabric.id)


def test_what_is_held_cannot_be_counted_away(session: Session) -> None:
    fabric = make_fabric(session, on_hand=340)
    hold(session, fabric, 300)
    with pytest.raises(OutOfStock):
        stock.count(session, fabric, 200, now=NOW, author="test")


def test_uncounted_goods_are_never_refused(session: Session) -> None:
    variant = make_variant(session, counts_stock=False, on_hand=0)
    hold(session, variant, 1000)
    assert variant.available is None


def test_counting_appends_the_difference_and_nothing_when_there_is_none(session: Session) -> None:
    variant = make_variant(session, on_hand=10)
    for _ in range(2):
        stock.count(session, variant, 7, now=NOW, author="test")
    rows = session.exec(select(StockMovement.change, StockMovement.why).where(StockMovement.variant_id == variant.id))
    assert rows.all() == [(10, Why.RECEIVED), (-3, Why.COUNTED)]


def test_goods_sold_uncounted_can_be_counted_from_now_on(session: Session) -> None:
    variant = make_variant(session, counts_stock=False, on_hand=0)
    hold(session, variant, 3)
    holds.take(session, "A", now=NOW, author="test")
    hold(session, variant, 2, "B")
    with pytest.raises(OutOfStock):
        stock.begin_counting(session, variant, now=NOW, author="test")
    stock.count(session, variant, 7, now=NOW, author="test")
    stock.begin_counting(session, variant, now=NOW, author="test")
    assert (variant.on_hand, variant.held, variant.available) == (7, 2, 5)


def test_what_was_taken_is_put_back_with_a_note(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    hold(session, fabric, 150)
    holds.take(session, "A", now=NOW, author="test")
    assert fabric.id is not None
    holds.put_back(session, "A", now=NOW, author="test", note="A")
    assert (fabric.on_hand, fabric.held) == (500, 0)
    last = session.exec(select(StockMovement).order_by(col(StockMovement.id).desc())).first()
    assert last is not None
    assert (last.change, last.why, last.note) == (150, Why.RETURNED, "A")


steps = st.lists(
    st.tuples(
        st.sampled_from(["hold", "take", "release", "count", "move"]), st.integers(1, 400), st.sampled_from("ABC")
    ),
    max_size=30,
)


@given(steps)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_no_sequence_of_deeds_breaks_the_ledgers(session: Session, deeds: list[tuple[str, int, str]]) -> None:
    fabric = make_fabric(session, on_hand=500)
    for deed, quantity, holder in deeds:
        try:
            with session.begin_nested():
                _do(session, fabric, deed, quantity, f"{fabric.id}-{holder}")
        except OutOfStock:
            pass
        session.refresh(fabric)
        assert 0 <= fabric.held <= fabric.on_hand
        assert fabric.on_hand == _sum(session, StockMovement.change, col(StockMovement.variant_id) == fabric.id)
        is_open = (col(StockHold.variant_id) == fabric.id) & col(StockHold.ended_at).is_(None)
        assert fabric.held == _sum(session, StockHold.quantity, is_open)


def _do(session: Session, fabric: Variant, deed: str, quantity: int, holder: str) -> None:
    assert fabric.id is not None
    if deed == "hold":
        holds.hold(session, holder, [Wanted(fabric.id, quantity)], now=NOW)
    elif deed == "take":
        holds.take(session, holder, now=NOW, author="test")
    elif deed == "release":
        holds.release(session, holder, now=NOW)
    elif deed == "count":
        stock.count(session, fabric, quantity, now=NOW, author="test")
    else:
        stock.move(session, fabric, quantity - 200, Why.DAMAGED, now=NOW, author="test")


def _sum(session: Session, column: Any, condition: Any) -> Any:
    return session.exec(select(func.coalesce(func.sum(column), 0)).where(condition)).one()
