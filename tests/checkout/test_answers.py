"""Questions to the shopper: goods, money and papers follow her answer in one step, or nothing changes."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog import holds, rolls, stock
from catalog.holds import TAKEN
from catalog.products import Variant
from catalog.stock import OutOfStock
from catalog.units import Unit
from checkout import (
    allowances,
    amendments,
    answers,
    contents,
    crediting,
    deliveries,
    fulfilment,
    gift_sales,
    inquiries,
    orders,
    outbox,
    refunds,
    samples,
    taking_back,
)
from checkout.amendments import Goods
from checkout.answers import OfferChanged
from checkout.gift_sales import GiftTerms
from checkout.inquiries import AlreadyAnswered, CannotAsk, Inquiry
from checkout.orders import NotAllowedNow, Order, State
from checkout.outbox import Letter
from checkout.refunds import RefundState
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, make_order, make_swatched, make_yarn, pay, place, tell
from tests.make import NOW, make_fabric, make_product, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
SENT: dict[str, Any] = {"carrier": "DHL", "tracking": ""} | BY
at_will = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def goods(session: Session, order: Order, *pieces: tuple[int, int], position: int = 0) -> list[Goods]:
    """(quantity, pieces) of what a line was sold as."""
    line = orders.lines_of(session, order)[position]
    return [replace(amendments.ordered(line), quantity=quantity, pieces=count) for quantity, count in pieces]


def ask(session: Session, order: Order, *options: list[Goods], position: int = 0, **facts: Any) -> Inquiry:
    line = orders.lines_of(session, order)[position]
    return inquiries.ask(session, order, line, happened="Der Stoff reicht nicht.", options=options, **facts, **BY)


def choose(session: Session, inquiry: Inquiry, number: int, **facts: Any) -> Order:
    order = session.get_one(Order, inquiry.order_id)
    offer = answers.offers(session, order, inquiry)[number]
    given: dict[str, Any] = {"seen_cents": offer.less_cents, "now": NOW, "author": "Kundin"} | facts
    return answers.answer(session, inquiry, number, **given)


def held(session: Session, order: Order) -> dict[tuple[int, int], int]:
    return {size: pieces for size, pieces in holds.pieces_of(session, order.number).items() if pieces}


def test_a_shorter_piece_is_held_instead_and_the_difference_goes_back(session: Session) -> None:
    fabric = make_fabric(session)
    order = make_order(session, fabric)
    pay(session, order)
    inquiry = ask(session, order, goods(session, order, (120, 1)))
    choose(session, inquiry, 0)
    assert held(session, order) == {(id_of(fabric), 120): 1}
    less = 1935 - 1548
    assert (order.state, order.reduced_cents, order.owed_cents) == (State.PAID, less, order.total_cents - less)
    assert [(each.cents, each.state) for each in refunds.of(session, order)] == [(less, RefundState.OWED)]
    (allowance,) = allowances.of(session, order)
    assert allowance.vat == [{"permille": 190, "gross_cents": less, "vat_cents": 62}]
    assert [letter.kind for letter in outbox.letters_about(session, f"inquiry:{inquiry.id}")] == [
        "inquiry",
        "inquiry_answered",
    ]
    (part,) = deliveries.deliverable(session, order)
    assert (part.words, part.is_changed) == ("1 Stück à 1,20\u00a0m", True)
    assert orders.events_of(session, order)[-3].author == "Kundin"


def test_what_was_short_leaves_the_books_with_the_answer(session: Session) -> None:
    """The roll has 1,20 m, the books say 2,00 m, and 1,50 m of them were promised."""
    fabric = make_fabric(session, on_hand=200)
    order = make_order(session, fabric)
    pay(session, order)
    roll = rolls.of(session, [id_of(fabric)])[id_of(fabric)][0]
    inquiry = ask(session, order, goods(session, order, (120, 1)), there=120, roll=roll)
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held, inquiry.missing) == (150, 150, 30)  # nobody else is promised what is not there
    choose(session, inquiry, 0)
    session.refresh(fabric)
    session.refresh(roll)
    assert (fabric.on_hand, fabric.held, roll.on_hand) == (120, 120, 120)
    fulfilment.ship(session, order, **SENT)
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (0, 0)


def test_the_same_length_in_two_pieces_costs_the_same(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    choose(session, ask(session, order, goods(session, order, (100, 1), (50, 1))), 0)
    assert (order.reduced_cents, refunds.of(session, order)) == (0, [])
    assert [part.words for part in deliveries.deliverable(session, order)] == [
        "1 Stück à 1,00\u00a0m",
        "1 Stück à 0,50\u00a0m",
    ]


def test_other_goods_come_at_the_price_that_was_agreed(session: Session) -> None:
    other = make_fabric(session, "Jersey Wolken", price_cents=1990)
    order = make_order(session)
    pay(session, order)
    cloud = Goods(id_of(other), other.sku, "Jersey Wolken", "", 150, 1)
    ordered = orders.lines_of(session, order)[0].variant_id
    choose(session, ask(session, order, [cloud]), 0)
    assert held(session, order) == {(id_of(other), 150): 1}
    assert session.get_one(Variant, ordered).held == 0
    assert order.reduced_cents == 0


def test_the_last_line_left_out_cancels_and_gives_all_back(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    choose(session, ask(session, order), 0)
    assert (order.state, order.held_cents, held(session, order)) == (State.CANCELLED, 0, {})
    assert sum(each.cents for each in refunds.of(session, order)) == order.total_cents


def test_one_line_left_out_leaves_the_others_and_the_shipping(session: Session) -> None:
    button = make_variant(session)
    order = place(session, make_cart(session, (make_fabric(session), 1, 150), (button, 3, 1)))
    pay(session, order)
    choose(session, ask(session, order), 0)
    assert (order.state, order.owed_cents) == (State.PAID, 3 * 495 + 490)
    fulfilment.ship(session, order, **SENT)
    assert order.state == State.SHIPPED


def test_a_transfer_that_has_not_come_is_for_less_then(session: Session) -> None:
    order = make_order(session)
    choose(session, ask(session, order, goods(session, order, (120, 1))), 0)
    assert (order.state, order.open_cents, refunds.of(session, order)) == (State.AWAITING_PAYMENT, 1548 + 490, [])
    fulfilment.mark_paid(session, order, cents=1548 + 490, reference="B", method="transfer", **BY)
    assert (order.state, order.attention) == (State.PAID, "")


def test_money_that_was_too_little_may_be_enough_then(session: Session) -> None:
    order = make_order(session)
    fulfilment.mark_paid(session, order, cents=1548 + 490, reference="B", method="transfer", **BY)
    assert order.state == State.AWAITING_PAYMENT
    choose(session, ask(session, order, goods(session, order, (120, 1))), 0)
    assert (order.state, order.open_cents) == (State.PAID, 0)


def test_what_is_gone_meanwhile_changes_nothing_and_all_else_may_be_chosen(session: Session) -> None:
    other = make_fabric(session, "Jersey Wolken", on_hand=200)
    order = make_order(session)
    pay(session, order)
    inquiry = ask(
        session, order, [Goods(id_of(other), other.sku, "Jersey Wolken", "", 150, 1)], goods(session, order, (100, 1))
    )
    stock.count(session, other, 100, **BY)
    before = held(session, order)
    with pytest.raises(OutOfStock):
        choose(session, inquiry, 0)
    session.expire_all()
    assert (held(session, order), order.reduced_cents, inquiry.is_open) == (before, 0, True)
    choose(session, inquiry, 1)
    assert order.reduced_cents == 1935 - 1290


def test_what_was_cut_already_goes_back_as_a_short_roll(session: Session) -> None:
    fabric = make_fabric(session)
    order = make_order(session, fabric)
    pay(session, order)
    fulfilment.cut(session, order, **BY)
    choose(session, ask(session, order, goods(session, order, (100, 1))), 0)
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (500, 100)
    assert held(session, order) == {(id_of(fabric), 100): 1}


def test_balls_of_a_lot_and_weighed_goods_can_be_fewer(session: Session) -> None:
    yarn = make_yarn(session, ("4711", 4), ("4802", 4))
    loose = make_variant(
        session, make_product(session, "Pailletten", unit=Unit.WEIGHT, minimum=10, step=10), on_hand=500
    )
    order = place(session, make_cart(session, (yarn, 6, 1), (loose, 1, 250)))
    pay(session, order)
    choose(session, ask(session, order, goods(session, order, (1, 4))), 0)
    choose(session, ask(session, order, goods(session, order, (200, 1), position=1), position=1), 0)
    assert held(session, order) == {(id_of(yarn), 1): 4, (id_of(loose), 200): 1}
    assert order.reduced_cents == 2 * 495 + 25  # 4,95 € a kilogram


def test_the_rest_of_a_line_of_which_a_part_has_gone(session: Session) -> None:
    order = make_order(session, pieces=2, quantity=100)
    pay(session, order)
    size = deliveries.deliverable(session, order)[0].size
    fulfilment.ship(session, order, **SENT, going=[fulfilment.Going(size, 1)])
    choose(session, ask(session, order), 0)
    assert (order.state, order.reduced_cents) == (State.SHIPPED, 1290)


def test_fewer_of_a_size_of_which_a_part_has_gone_are_still_to_come(session: Session) -> None:
    order = make_order(session, pieces=3, quantity=100)
    pay(session, order)
    size = deliveries.deliverable(session, order)[0].size
    fulfilment.ship(session, order, **SENT, going=[fulfilment.Going(size, 1)])
    choose(session, ask(session, order, goods(session, order, (100, 1))), 0)
    (part,) = deliveries.to_come(session, order)
    assert (order.state, part.goods.pieces, part.left) == (State.PARTLY_DELIVERED, 2, 1)
    assert held(session, order) == {size[1:]: 1}
    fulfilment.ship(session, order, **SENT)
    assert (order.state, held(session, order), order.reduced_cents) == (State.SHIPPED, {}, 1290)


def test_what_came_back_before_is_not_paid_once_more(session: Session) -> None:
    order = make_order(session, pieces=3, quantity=100)
    pay(session, order)
    size = deliveries.deliverable(session, order)[0].size
    fulfilment.ship(session, order, **SENT, going=[fulfilment.Going(size, 1)])
    taking_back.take_back(session, order, {size: 1}, reason="Widerruf", shipping_cents=0, key="k", **BY)
    choose(session, ask(session, order), 0)
    assert (order.state, order.owed_cents, order.held_cents) == (State.SHIPPED, 490, 490)


@pytest.mark.parametrize("is_paid", [True, False])
def test_where_only_gift_vouchers_are_left_nothing_is_sent_or_owed_for_sending(session: Session, is_paid: bool) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 150))
    gift_sales.add(session, basket, 2500, "", GiftTerms(is_sold=True), NOW)
    order = place(session, basket)
    if is_paid:
        pay(session, order)
    choose(session, ask(session, order), 0)
    assert (order.owed_cents, allowances.left_of(session, order).cents) == (2500, 0)
    if not is_paid:
        fulfilment.mark_paid(session, order, cents=2500, reference="b", method="transfer", **BY)
    assert (order.state, order.held_cents, order.attention) == (State.SHIPPED, 2500, "")
    assert gift_sales.left_cents(session, order) == 2500


def test_a_question_has_one_answer(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    inquiry = ask(session, order, goods(session, order, (120, 1)))
    with pytest.raises(CannotAsk, match="schon eine Frage"):
        ask(session, order)
    with pytest.raises(OfferChanged):
        choose(session, inquiry, 0, seen_cents=1)
    choose(session, inquiry, 0)
    with pytest.raises(AlreadyAnswered):
        answers.answer(session, inquiry, 1, seen_cents=0, now=NOW, author="Kundin")
    assert inquiry.choice == 0


def test_an_ended_order_is_asked_nothing_and_answers_nothing(session: Session) -> None:
    order = make_order(session)
    inquiry = ask(session, order)
    fulfilment.cancel(session, order, reason="", **BY)
    with pytest.raises(NotAllowedNow):
        answers.answer(session, inquiry, 0, seen_cents=0, now=NOW, author="Kundin")
    with pytest.raises(NotAllowedNow):
        ask(session, order)
    assert inquiries.waiting(session) == []


def test_other_goods_must_be_measured_and_taxed_alike(session: Session) -> None:
    order = make_order(session)
    (line,) = orders.lines_of(session, order)
    with pytest.raises(CannotAsk):
        inquiries.goods_like(session, line, make_variant(session))


@at_will
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["ship", "cut", "ask", "goodwill"]), st.integers(0, 2), st.integers(1, 12)),
        max_size=8,
    )
)
def test_goods_and_money_add_up_whatever_is_asked_and_sent(session: Session, steps: list[tuple[str, int, int]]) -> None:
    fabric, yarn = make_fabric(session, on_hand=2000), make_yarn(session, ("4711", 6), ("4802", 6))
    order = place(session, make_cart(session, (fabric, 2, 150), (yarn, 6, 1), (make_variant(session), 3, 1)))
    pay(session, order)
    lines = orders.lines_of(session, order)
    received = {each.id: each.on_hand for each in session.exec(select(Variant)).all()}
    for step, position, number in steps:
        with suppress(NotAllowedNow, CannotAsk, fulfilment.NotToGo, allowances.TooMuchTakenOff):
            if step == "cut":
                fulfilment.cut(session, order, **BY)
            elif step == "ship":
                mine = [part for part in deliveries.to_come(session, order) if part.line.id == lines[position].id]
                going = [fulfilment.Going(mine[0].size, min(number, mine[0].left))] if mine else []
                fulfilment.ship(session, order, **SENT, going=going)
            elif step == "goodwill":
                allowances.grant(session, order, {lines[position].id or 0: number * 10}, reason="Kulanz", **BY)
                refunds.owe_overpaid(session, order, reason="Kulanz", **BY)
            else:
                pieces = [(number * 10 + 40, 1), (50, 1)] if position == 0 else [(1, (number + 1) // 2)]
                inquiry = ask(session, order, goods(session, order, *pieces, position=position), position=position)
                choose(session, inquiry, number % 2)
        session.refresh(order)
        is_over = order.state in orders.ENDED
        parts = [part for part in deliveries.deliverable(session, order) if not is_over]
        still, gone = holds.pieces_of(session, order.number), holds.pieces_of(session, order.number, TAKEN)
        wanted = Counter[tuple[int, int]]()
        for part in parts:
            wanted[part.size[1:]] += part.goods.pieces
        assert +(still + gone) == +wanted
        for variant in session.exec(select(Variant)).all():
            session.refresh(variant)
            taken = sum(count * size[1] for size, count in gone.items() if size[0] == variant.id)
            assert variant.on_hand == received[variant.id] - taken
        left = allowances.left_of(session, order)
        assert left.cents + order.reduced_cents == order.total_cents
        assert all(cents >= 0 for cents in left.lines.values())
        assert order.held_cents == order.owed_cents


@pytest.mark.parametrize("number", [0, 1])
def test_two_tabs_have_one_answer(either_database: Database, number: int) -> None:
    with either_database.writing() as session:
        order = make_order(session)
        pay(session, order)
        inquiry_id = id_of(ask(session, order, goods(session, order, (120, 1))))

    def click(which: int) -> None:
        with suppress(AlreadyAnswered, NotAllowedNow, OfferChanged), either_database.writing() as session:
            choose(session, session.get_one(Inquiry, inquiry_id), number * which)

    in_threads(2, click)
    with either_database.reading() as session:
        inquiry = session.get_one(Inquiry, inquiry_id)
        order = session.get_one(Order, inquiry.order_id)
        assert inquiry.outcome == inquiries.ANSWERED
        assert len(amendments.of(session, order)) == 1
        assert order.held_cents == order.owed_cents
        assert len(session.exec(select(Letter).where(Letter.kind == "inquiry_answered")).all()) == 1


def test_the_samples_of_a_line_that_falls_away_count_again(session: Session) -> None:
    fabric = make_swatched(session)
    basket = make_cart(session)
    samples.add(session, basket, id_of(fabric), samples.USUAL, NOW)
    sampled = place(session, basket)
    pay(session, sampled)
    basket = make_cart(session, (fabric, 1, 150), (make_variant(session), 1, 1))
    told = tell(session, basket, sample_order=sampled.number)
    items, _ = crediting.credited(
        session, contents.of(session, basket, NOW), told=sampled.number, email=told.email, terms=samples.USUAL, now=NOW
    )
    order = place(session, basket, items=items)
    pay(session, order)
    assert crediting.used_of(session, sampled) == 50
    choose(session, ask(session, order), 0)
    assert crediting.used_of(session, sampled) == 0
    assert order.owed_cents == 495 + 490
