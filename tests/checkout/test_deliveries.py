"""Parcels: any part of an order may leave by itself, each piece once, and the last one ends the order."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from catalog import holds, stock
from catalog.holds import TAKEN, StockHold
from catalog.products import Variant
from checkout import deliveries, fulfilment, inquiries, orders
from checkout.fulfilment import Going, NotToGo
from checkout.orders import NotAllowedNow, Order, State
from checkout.outbox import Letter
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, make_order, make_yarn, pay, place
from tests.make import NOW, make_fabric, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
SENT: dict[str, Any] = {"carrier": "DHL", "tracking": ""} | BY
at_will = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def make_large(session: Session) -> Order:
    """A paid order: 2 pieces of 1,00 m, 6 balls of two lots, 3 buttons."""
    fabric = make_fabric(session, on_hand=500)
    yarn = make_yarn(session, ("4711", 4), ("4802", 4))
    button = make_variant(session)
    order = place(session, make_cart(session, (fabric, 2, 100), (yarn, 6, 1), (button, 3, 1)))
    pay(session, order)
    return order


def part(session: Session, order: Order, position: int, pieces: int) -> Going:
    """So many pieces of the line at a position."""
    return Going(deliveries.deliverable(session, order)[position].size, pieces)


def pieces_by_outcome(session: Session, order: Order) -> dict[str, Counter[tuple[int, int]]]:
    session.flush()
    return {outcome: holds.pieces_of(session, order.number, outcome) for outcome in ("", TAKEN)}


def test_the_first_part_leaves_the_last_one_ends_it(session: Session) -> None:
    order = make_large(session)
    first = fulfilment.ship(session, order, **SENT, going=[part(session, order, 0, 1), part(session, order, 1, 6)])
    assert order.state == State.PARTLY_DELIVERED
    assert [(each.goods.pieces, each.left) for each in deliveries.deliverable(session, order)] == [
        (2, 1),
        (6, 0),
        (3, 3),
    ]
    second = fulfilment.ship(session, order, **SENT, going=[part(session, order, 2, 3)])
    assert order.state == State.PARTLY_DELIVERED
    fulfilment.ship(session, order, **SENT)
    assert (order.state, deliveries.to_come(session, order)) == (State.SHIPPED, [])
    assert [each.goods.pieces for each in deliveries.contents(session, order, first)] == [1, 6]
    assert [each.left for each in deliveries.to_come_after(session, order, first)] == [1, 3]
    assert [each.left for each in deliveries.to_come_after(session, order, second)] == [1]
    moves = [event.kind for event in orders.events_of(session, order) if event.kind in set(State)]
    assert moves[-3:] == ["partly_delivered", "partly_delivered", "shipped"]
    letters = session.exec(select(Letter.reason).where(Letter.kind == "shipped")).all()
    assert letters == [f"shipment:{each.id}" for each in deliveries.of(session, order)]


@at_will
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from(["ship", "hand over", "cut"])), max_size=10
    )
)
def test_what_is_held_and_what_has_gone_is_what_was_ordered(
    session: Session, steps: list[tuple[int, int, str]]
) -> None:
    order = make_large(session)
    ordered = Counter({(line.variant_id, line.quantity): line.pieces for line in orders.lines_of(session, order)})
    variants = {variant_id: session.get_one(Variant, variant_id) for variant_id, _ in ordered}
    received = {variant_id: variant.on_hand for variant_id, variant in variants.items()}
    gone = Counter[tuple[int, int]]()
    for position, pieces, how in steps:
        going = [part(session, order, position, pieces)]
        left = deliveries.deliverable(session, order)[position].left
        try:
            if how == "cut":
                fulfilment.cut(session, order, **BY)
                continue
            if how == "ship":
                fulfilment.ship(session, order, **SENT, going=going)
            else:
                fulfilment.pick_up(session, order, **BY, going=going)
            assert 0 < pieces <= left
            gone[going[0].size[1:]] += pieces
        except NotToGo:
            assert not 0 < pieces <= left
        except NotAllowedNow:
            assert order.state in (State.SHIPPED, State.PICKED_UP)
        found = pieces_by_outcome(session, order)
        assert found[""] + found[TAKEN] == ordered
        assert all(found[TAKEN][size] >= count for size, count in gone.items())
        assert sum(each.goods.pieces - each.left for each in deliveries.deliverable(session, order)) == gone.total()
        assert (order.state in (State.SHIPPED, State.PICKED_UP)) == (gone == ordered)
        for variant_id, variant in variants.items():
            session.refresh(variant)
            taken = sum(count * size[1] for size, count in found[TAKEN].items() if size[0] == variant_id)
            assert variant.on_hand == received[variant_id] - taken


def test_what_was_cut_leaves_its_roll_once(session: Session) -> None:
    order = make_large(session)
    fulfilment.cut(session, order, **BY)
    fabric = session.get_one(Variant, orders.lines_of(session, order)[0].variant_id)
    session.refresh(fabric)
    assert fabric.on_hand == 300
    fulfilment.ship(session, order, **SENT, going=[part(session, order, 0, 1)])
    fulfilment.ship(session, order, **SENT)
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (300, 0)


def test_the_same_form_is_one_parcel(session: Session) -> None:
    order = make_large(session)
    going = [part(session, order, 0, 1)]
    parcels = [fulfilment.ship(session, order, **SENT, going=going, key="abc") for _ in range(2)]
    assert parcels[0].id == parcels[1].id
    assert deliveries.deliverable(session, order)[0].left == 1
    fulfilment.ship(session, order, **SENT, key="def")
    assert fulfilment.ship(session, order, **SENT, key="def").id != parcels[0].id
    assert len(deliveries.of(session, order)) == 2


@pytest.mark.parametrize("pieces", [0, 3])
def test_nothing_goes_that_is_not_there(session: Session, pieces: int) -> None:
    order = make_large(session)
    with pytest.raises(NotToGo):
        fulfilment.ship(session, order, **SENT, going=[part(session, order, 0, pieces)])
    with pytest.raises(NotToGo):
        fulfilment.ship(session, order, **SENT, going=[])
    assert (order.state, deliveries.of(session, order)) == (State.PAID, [])


def test_a_part_may_be_fetched_and_the_rest_sent(session: Session) -> None:
    order = make_large(session)
    fulfilment.pick_up(session, order, **BY, going=[part(session, order, 2, 3)])
    fulfilment.ship(session, order, **SENT)
    assert order.state == State.SHIPPED
    assert [each.is_pickup for each in deliveries.of(session, order)] == [True, False]


def test_what_is_being_asked_about_stays_and_all_else_may_go(session: Session) -> None:
    order = make_large(session)
    line = orders.lines_of(session, order)[0]
    inquiry = inquiries.ask(session, order, line, happened="Ein Fleck", options=[], **BY)
    with pytest.raises(NotToGo, match="noch nicht geantwortet"):
        fulfilment.ship(session, order, **SENT)
    fulfilment.cut(session, order, **BY)
    assert holds.pieces_of(session, order.number)[line.variant_id, 100] == 2
    fulfilment.ship(session, order, **SENT, going=[part(session, order, 1, 6), part(session, order, 2, 3)])
    assert order.state == State.PARTLY_DELIVERED
    inquiries.take_back(session, inquiry, note="doch noch ein Ballen", **BY)
    fulfilment.ship(session, order, **SENT)
    assert order.state == State.SHIPPED


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
def test_only_allowed_moves_move_and_all_others_write_nothing(session: Session, state: State, to: State) -> None:
    order = make_order(session)
    order.state = state.value
    session.flush()
    events = len(orders.events_of(session, order))
    if to in orders.MOVES[state]:
        orders.move(session, order, to, now=NOW, author="Anna", note="so")
        (*_, last) = orders.events_of(session, order)
        assert (order.state, last.kind, last.author, last.happened_at) == (to, to, "Anna", NOW)
    else:
        with pytest.raises(NotAllowedNow):
            orders.move(session, order, to, now=NOW, author="Anna")
        session.refresh(order)
        assert (order.state, len(orders.events_of(session, order))) == (state, events)


def test_shipping_and_cancelling_at_once_have_one_winner(either_database: Database) -> None:
    with either_database.writing() as session:
        order = make_order(session)
        order_id = id_of(order)
        pay(session, order)
        stock_before = session.exec(select(Variant.on_hand)).one()

    def end(which: int) -> None:
        with suppress(NotAllowedNow), either_database.writing() as session:
            order = session.get_one(Order, order_id)
            if which:
                fulfilment.ship(session, order, **SENT)
            else:
                fulfilment.cancel(session, order, reason="", **BY)

    in_threads(2, end)
    with either_database.reading() as session:
        order = session.get_one(Order, order_id)
        is_sent = order.state == State.SHIPPED
        assert is_sent or order.state == State.CANCELLED
        assert len(deliveries.of(session, order)) == is_sent
        on_hand, held = session.exec(select(Variant.on_hand, Variant.held)).one()
        assert (on_hand, held) == (stock_before - 150 * is_sent, 0)
        assert (order.refunded_cents == 0) == is_sent


def test_two_halves_sent_at_once_are_two_parcels(either_database: Database) -> None:
    with either_database.writing() as session:
        order = make_order(session, pieces=2, quantity=100)
        order_id = id_of(order)
        pay(session, order)

    def send(which: int) -> None:
        with either_database.writing() as session:
            order = session.get_one(Order, order_id)
            fulfilment.ship(session, order, **SENT, going=[part(session, order, 0, 1)], key=f"form {which}")

    in_threads(2, send)
    with either_database.reading() as session:
        order = session.get_one(Order, order_id)
        assert order.state == State.SHIPPED
        assert len(deliveries.of(session, order)) == 2
        every = session.exec(select(StockHold).order_by(col(StockHold.id))).all()
        assert [(each.pieces, each.outcome) for each in every] == [(1, TAKEN), (1, TAKEN)]
        assert stock.history(session, every[0].variant_id, NOW)[-1][1] == 300
