"""Ein Stück oder zwei? Nothing is joined, and nothing is added, before the shopper has said so."""

import pytest
from sqlmodel import Session

from catalog import prices, stock
from catalog.prices import Step
from catalog.products import Product, Variant
from checkout import cart, joining
from checkout.buyable import TooMuch
from checkout.cart import Cart
from checkout.joining import Answer, Question
from tests.checkout.ordering import id_of, make_cart
from tests.make import NOW, make_fabric, make_variant


@pytest.fixture
def fabric(session: Session) -> Variant:
    return make_fabric(session, on_hand=1000)


def lines(session: Session, basket: Cart, variant: Variant) -> list[tuple[int, int]]:
    return [(line.pieces, line.quantity) for line in cart.cuts_of(session, basket, id_of(variant))]


def ask(session: Session, basket: Cart, variant: Variant, *, pieces: int = 1, quantity: int = 300) -> Question | None:
    return joining.question(session, basket, id_of(variant), pieces=pieces, quantity=quantity, now=NOW)


def asked(session: Session, basket: Cart, variant: Variant, *, pieces: int = 1, quantity: int = 300) -> Question:
    found = ask(session, basket, variant, pieces=pieces, quantity=quantity)
    assert found is not None
    return found


def answer(
    session: Session, basket: Cart, variant: Variant, wish: Answer, *, pieces: int = 1, quantity: int = 300, key: str
) -> Question | None:
    return joining.answer(
        session, basket, id_of(variant), pieces=pieces, quantity=quantity, wish=wish, key=key, now=NOW
    )  # fmt: skip


def test_a_first_length_is_not_asked_about(session: Session, fabric: Variant) -> None:
    other = make_fabric(session)
    assert ask(session, make_cart(session, (other, 1, 200)), fabric) is None


def test_buttons_are_not_asked_about(session: Session) -> None:
    button = make_variant(session)
    assert ask(session, make_cart(session, (button, 1, 1)), button, quantity=1) is None


@pytest.mark.parametrize("quantity", [200, 300])
def test_another_or_the_same_length_is_asked_about(session: Session, fabric: Variant, quantity: int) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    found = asked(session, basket, fabric, quantity=quantity)
    assert found.standing == ((200, 1),)
    assert found.one_length == 200 + quantity
    assert (found.one_piece.number, found.apart.number) == (1, 2)
    assert lines(session, basket, fabric) == [(1, 200)]


def test_both_ways_say_what_they_cost(session: Session, fabric: Variant) -> None:
    """Each cut is rounded by itself: 12,95 €/m makes a cent of difference."""
    prices.set_regular(session, fabric, 1295, now=NOW, author="test")
    found = asked(session, make_cart(session, (fabric, 1, 50)), fabric, quantity=50)
    assert (found.one_piece.cents, found.apart.cents) == (1295, 2 * 648)


def test_price_steps_count_for_both_ways(session: Session, fabric: Variant) -> None:
    prices.set_steps(session, fabric, [Step(500, 1000)], now=NOW, author="test")
    found = asked(session, make_cart(session, (fabric, 1, 200)), fabric)
    assert (found.one_piece.cents, found.apart.cents) == (5000, 5000)


def test_one_piece_replaces_the_one_in_the_cart(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    key = asked(session, basket, fabric).key
    assert answer(session, basket, fabric, Answer.ONE_PIECE, key=key) is None
    assert lines(session, basket, fabric) == [(1, 500)]


def test_single_pieces_stay_single(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    answer(session, basket, fabric, Answer.APART, key=asked(session, basket, fabric).key)
    assert lines(session, basket, fabric) == [(1, 200), (1, 300)]


def test_of_several_lines_the_last_may_grow(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 200), (fabric, 2, 60))
    found = asked(session, basket, fabric)
    assert found.one_piece.pieces == ((200, 1), (420, 1))
    answer(session, basket, fabric, Answer.ONE_PIECE, key=found.key)
    assert lines(session, basket, fabric) == [(1, 200), (1, 420)]


def test_a_piece_that_comes_to_the_length_of_another_joins_its_line(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 300), (fabric, 1, 100))
    found = asked(session, basket, fabric, quantity=200)
    assert found.one_piece.pieces == ((300, 2),)
    answer(session, basket, fabric, Answer.ONE_PIECE, quantity=200, key=found.key)
    assert lines(session, basket, fabric) == [(2, 300)]


@pytest.mark.parametrize("wish", list(Answer))
def test_the_same_answer_twice_counts_once(session: Session, fabric: Variant, wish: Answer) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    key = asked(session, basket, fabric).key
    answer(session, basket, fabric, wish, key=key)
    once = lines(session, basket, fabric)
    assert answer(session, basket, fabric, wish, key=key) is None
    assert lines(session, basket, fabric) == once


def test_a_cart_that_changed_meanwhile_is_asked_about_anew(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    key = asked(session, basket, fabric).key
    cart.add(session, basket, id_of(make_variant(session)), pieces=1, quantity=1, now=NOW)
    again = answer(session, basket, fabric, Answer.ONE_PIECE, key=key)
    assert again is not None
    assert lines(session, basket, fabric) == [(1, 200)]
    answer(session, basket, fabric, Answer.ONE_PIECE, key=again.key)
    assert lines(session, basket, fabric) == [(1, 500)]


def test_what_was_taken_out_meanwhile_leaves_the_new_length(session: Session, fabric: Variant) -> None:
    basket = make_cart(session, (fabric, 1, 200))
    key = asked(session, basket, fabric).key
    cart.empty(session, basket, NOW)
    assert answer(session, basket, fabric, Answer.ONE_PIECE, key=key) is None
    assert lines(session, basket, fabric) == [(1, 300)]


def test_two_rolls_give_two_pieces_but_not_the_long_one(session: Session) -> None:
    fabric = make_fabric(session, on_hand=350)
    stock.receive(session, fabric, 300, now=NOW, author="test")
    basket = make_cart(session, (fabric, 1, 200))
    found = asked(session, basket, fabric)
    assert "höchstens 3,50\u00a0m am Stück" in found.one_piece.problem
    assert found.apart.problem == ""
    with pytest.raises(TooMuch):
        answer(session, basket, fabric, Answer.ONE_PIECE, key=found.key)
    assert lines(session, basket, fabric) == [(1, 200)]


def test_more_than_one_may_buy_at_once_is_not_made_one_piece(session: Session, fabric: Variant) -> None:
    session.get_one(Product, fabric.product_id).maximum = 400
    session.flush()
    found = asked(session, make_cart(session, (fabric, 1, 200)), fabric)
    assert "Höchstens" in found.one_piece.problem
    assert found.apart.problem == ""


def test_a_bit_that_is_too_short_by_itself_may_lengthen_a_piece(session: Session, fabric: Variant) -> None:
    found = asked(session, make_cart(session, (fabric, 1, 200)), fabric, quantity=30)
    assert found.one_piece.problem == ""
    assert "ab 0,50" in found.apart.problem


def test_where_neither_way_goes_nothing_is_asked(session: Session) -> None:
    fabric = make_fabric(session, on_hand=250)
    assert ask(session, make_cart(session, (fabric, 1, 200)), fabric) is None
