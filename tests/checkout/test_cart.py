"""The cart: whole units, cuts that a roll can give, and sentences that say what is left."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, col, select

from catalog import fibres, prices, products, stock
from catalog.images import Picture
from catalog.units import QuantityDoesNotFit, Unit
from checkout import cart, contents, customers
from checkout.buyable import MOST_PIECES, NotForSale, TooMuch
from checkout.cart import CartLine
from checkout.customers import CheckoutDetails
from tests.checkout.ordering import id_of, make_cart, tell
from tests.make import NOW, make_fabric, make_product, make_variant

TODAY: dict[str, Any] = {"now": NOW}


def lines(session: Session) -> list[tuple[int, int]]:
    return [(line.pieces, line.quantity) for line in session.exec(select(CartLine).order_by(col(CartLine.id))).all()]


def test_a_cart_is_found_by_its_secret_only(session: Session) -> None:
    basket = cart.open(session, NOW)
    assert cart.find(session, basket.token) is basket
    assert cart.find(session, "guessed") is None
    assert len(basket.token) >= 40
    assert basket.token != basket.checkout_key


def test_two_cuts_of_one_length_are_one_line(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 150), (fabric, 1, 150), (fabric, 1, 200))
    assert lines(session) == [(2, 150), (1, 200)]
    assert cart.count(session, basket.token) == 3


def test_the_badge_counts_cuts_and_knows_no_stranger(session: Session) -> None:
    assert cart.count(session, "unknown") == 0
    assert cart.count(session, cart.open(session, NOW).token) == 0


@pytest.mark.parametrize(
    ("pieces", "quantity", "sentence"),
    [
        (1, 45, "Wir verkaufen ab 0,50 m. Möglich wäre 0,50 m."),
        (1, 155, "1,55 m passt nicht: Wir verkaufen in Schritten von 0,10 m. Möglich wäre 1,50 m oder 1,60 m."),
        (1, 350, "Davon haben wir höchstens 3,40 m am Stück; zwei Stücke à 1,70 m gingen."),
        (1, 800, "Davon haben wir höchstens 3,40 m am Stück."),
        (3, 150, "Davon können wir nur noch 2 Stücke à 1,50 m schneiden."),
        (0, 100, "Bitte nehmen Sie mindestens ein Stück."),
        (-1, 100, "Bitte nehmen Sie mindestens ein Stück."),
        (MOST_PIECES + 1, 100, "Für so große Mengen rufen Sie uns bitte an, dann finden wir einen Weg."),
    ],
)
def test_what_cannot_be_cut_is_refused_with_a_sentence(
    session: Session, pieces: int, quantity: int, sentence: str
) -> None:
    fabric = make_fabric(session, on_hand=340)
    with pytest.raises((QuantityDoesNotFit, TooMuch)) as refused:
        make_cart(session, (fabric, pieces, quantity))
    assert refused.value.sentence.replace("\u00a0", " ") == sentence
    assert lines(session) == []


def test_all_cuts_of_a_fabric_together_must_be_there(session: Session) -> None:
    fabric = make_fabric(session, on_hand=340)
    basket = make_cart(session, (fabric, 1, 200))
    with pytest.raises(TooMuch) as refused:
        cart.add(session, basket, id_of(fabric), pieces=1, quantity=150, **TODAY)
    assert refused.value.sentence.replace("\u00a0", " ") == (
        "Neben 1 Stück à 2,00 m in Ihrem Warenkorb haben wir davon höchstens 1,40 m am Stück; "
        "zwei Stücke à 0,70 m gingen."
    )
    assert refused.value.left == 140
    cart.add(session, basket, id_of(fabric), pieces=1, quantity=140, **TODAY)


@pytest.mark.parametrize(
    ("on_hand", "sentence"),
    [
        (300, "Mehr haben wir davon nicht: 2 Stücke à 1,50 m liegen schon in Ihrem Warenkorb."),
        (420, "Neben 2 Stücken à 1,50 m in Ihrem Warenkorb haben wir davon höchstens 1,20 m am Stück."),
        (500, "Neben 2 Stücken à 1,50 m in Ihrem Warenkorb können wir nur noch 1 Stück à 1,50 m schneiden."),
    ],
)
def test_the_sentence_counts_what_was_typed_beside_what_lies_in_the_cart(
    session: Session, on_hand: int, sentence: str
) -> None:
    fabric = make_fabric(session, on_hand=on_hand)
    basket = make_cart(session, (fabric, 2, 150))
    with pytest.raises(TooMuch) as refused:
        cart.add(session, basket, id_of(fabric), pieces=2 if on_hand == 500 else 1, quantity=150, **TODAY)
    assert refused.value.sentence.replace("\u00a0", " ") == sentence


def test_pieces_in_the_cart_are_named_where_more_of_them_do_not_fit(session: Session) -> None:
    button = make_variant(session, on_hand=6)
    button.maximum = 9
    basket = make_cart(session, (button, 5, 1))
    with pytest.raises(TooMuch, match="noch 6\u00a0Stück, und 5\u00a0Stück liegen schon in Ihrem Warenkorb"):
        cart.add(session, basket, id_of(button), pieces=2, quantity=1, **TODAY)
    with pytest.raises(QuantityDoesNotFit, match="5\u00a0Stück liegen schon in Ihrem Warenkorb"):
        cart.add(session, basket, id_of(button), pieces=5, quantity=1, **TODAY)


def test_held_goods_are_not_offered(session: Session) -> None:
    button = make_variant(session, on_hand=3)
    make_cart(session, (button, 3, 1))  # a cart holds nothing
    button.held = 2
    session.flush()
    with pytest.raises(TooMuch, match="noch 1\u00a0Stück"):
        make_cart(session, (button, 2, 1))


def test_sold_out_goods_say_so(session: Session) -> None:
    with pytest.raises(TooMuch, match="nichts mehr da"):
        make_cart(session, (make_variant(session, on_hand=0), 1, 1))


def test_goods_whose_stock_nobody_counts_never_run_out(session: Session) -> None:
    make_cart(session, (make_variant(session, on_hand=0, counts_stock=False), 500, 1))


def test_goods_by_the_piece_step_by_pieces(session: Session) -> None:
    sold_in_fives = make_variant(session, make_product(session, minimum=5, step=5), on_hand=100)
    make_cart(session, (sold_in_fives, 10, 1))
    with pytest.raises(QuantityDoesNotFit, match="Schritten von 5"):
        make_cart(session, (sold_in_fives, 7, 1))
    with pytest.raises(QuantityDoesNotFit, match="nach Stück"):
        make_cart(session, (sold_in_fives, 5, 2))


def test_drafts_and_unknown_goods_are_not_for_sale(session: Session) -> None:
    draft = make_variant(session, make_product(session, published=False))
    with pytest.raises(NotForSale):
        make_cart(session, (draft, 1, 1))
    with pytest.raises(NotForSale):
        cart.add(session, cart.open(session, NOW), 999_999, pieces=1, quantity=1, **TODAY)


def test_a_changed_line_joins_its_like(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 100), (fabric, 2, 150))
    first = contents.of(session, basket, NOW)[0]
    cart.change(session, basket, first.line_id, 1, 150, NOW)
    assert lines(session) == [(3, 150)]


def test_zero_pieces_remove_a_line_and_a_gone_line_stays_gone(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 100))
    line_id = contents.of(session, basket, NOW)[0].line_id
    cart.change(session, basket, line_id, 0, 100, NOW)
    cart.change(session, basket, line_id, 5, 100, NOW)
    cart.remove(session, basket, line_id, NOW)
    assert lines(session) == []


def test_a_strangers_line_cannot_be_touched(session: Session) -> None:
    fabric = make_fabric(session)
    line_id = contents.of(session, basket := make_cart(session, (fabric, 1, 100)), NOW)[0].line_id
    stranger = cart.open(session, NOW)
    cart.remove(session, stranger, line_id, NOW)
    cart.change(session, stranger, line_id, 2, 100, NOW)
    assert cart.count(session, basket.token) == 1


def test_every_change_makes_the_pages_that_show_the_old_cart_stale(session: Session) -> None:
    fabric = make_fabric(session)
    basket = cart.open(session, NOW)
    keys = [basket.checkout_key]
    cart.add(session, basket, id_of(fabric), pieces=1, quantity=100, **TODAY)
    keys.append(basket.checkout_key)
    cart.change(session, basket, contents.of(session, basket, NOW)[0].line_id, 2, 100, NOW)
    keys.append(basket.checkout_key)
    cart.empty(session, basket, NOW)
    assert len({*keys, basket.checkout_key}) == 4


def test_an_item_carries_all_that_pages_and_orders_need(session: Session) -> None:
    product = make_product(session, "Jersey", unit=Unit.LENGTH, minimum=50, step=10)
    fibres.set_composition(session, id_of(product), [("Baumwolle", 95), ("Elasthan", 5)], NOW)
    fabric = make_variant(session, product, sku="J-1", price_cents=1290, on_hand=500, weight_g=333,
                          options=[("Farbe", "Petrol", "#0f6b6e"), ("Muster", "Füchse", "")])  # fmt: skip
    session.add(Picture(product_id=id_of(product), hash="common", alt="Jersey", width=800, height=600))
    session.add(Picture(product_id=id_of(product), variant_id=id_of(fabric), hash="own", alt="Petrol", position=3,
                        width=600, height=800))  # fmt: skip
    session.flush()
    item = contents.of(session, make_cart(session, (fabric, 2, 150)), NOW)[0]
    assert (item.name, item.options, item.sku) == ("Jersey", "Farbe: Petrol, Muster: Füchse", "J-1")
    assert (item.pieces, item.quantity, item.total_quantity, item.line_cents) == (2, 150, 300, 2 * 1935)
    assert item.base_price == "12,90\u00a0€ / 1\u00a0m"
    assert item.fibres == "95\u00a0% Baumwolle, 5\u00a0% Elasthan"
    assert item.delivery_time == "2–4 Werktage"
    assert (item.picture_hash, item.picture_width, item.picture_height) == ("own", 600, 800)
    assert item.weight_g == 999
    assert item.problem == ""


def test_a_reduction_is_what_the_cart_asks(session: Session) -> None:
    button = make_variant(session, price_cents=500)
    later = NOW + timedelta(days=40)
    prices.reduce(session, button, 400, starts_at=later, ends_at=None, now=later, author="test")
    assert contents.of(session, make_cart(session, (button, 2, 1)), later)[0].line_cents == 800


def test_a_line_says_when_it_can_no_longer_be_bought(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 200), (fabric, 1, 150))
    stock.count(session, fabric, 300, now=NOW, author="test")
    told = [item.problem.replace("\u00a0", " ") for item in contents.of(session, basket, NOW)]
    assert ["höchstens 1,50 m am Stück" in told[0], "höchstens 1,00 m am Stück" in told[1]] == [True, True]
    product = session.get(products.Product, fabric.product_id)
    assert product is not None
    products.unpublish(session, product, NOW)
    assert all("verkaufen wir zurzeit nicht" in item.problem for item in contents.of(session, basket, NOW))


def test_a_long_cart_needs_no_more_queries_than_a_short_one(session: Session) -> None:
    def queries(basket: cart.Cart) -> int:
        seen: list[str] = []
        note = lambda connection, cursor, statement, *rest: seen.append(statement)  # noqa: E731
        event.listen(session.connection().engine, "before_cursor_execute", note)
        contents.of(session, basket, NOW)
        event.remove(session.connection().engine, "before_cursor_execute", note)
        return len(seen)

    short = make_cart(session, (make_variant(session), 1, 1))
    long = make_cart(session, *[(make_variant(session), 1, 1) for _ in range(12)])
    session.flush()
    assert queries(long) == queries(short) <= 10


def test_forgotten_carts_go_with_all_they_knew(session: Session) -> None:
    old = make_cart(session, (make_variant(session), 1, 1), now=NOW - timedelta(days=60))
    tell(session, old)
    fresh = cart.open(session, NOW)
    session.flush()
    assert cart.forget_old(session, NOW - timedelta(days=30)) == 1
    assert lines(session) == []
    assert session.exec(select(CheckoutDetails)).all() == []
    assert cart.find(session, fresh.token) is not None


def test_details_are_kept_with_their_cart(session: Session) -> None:
    basket = cart.open(session, NOW)
    assert customers.load(session, basket).name == ""
    tell(session, basket)
    tell(session, basket, name="Erika Beispiel")
    assert customers.load(session, basket).name == "Erika Beispiel"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wishes=st.lists(st.tuples(st.integers(1, 4), st.integers(5, 30).map(lambda tens: tens * 10)), max_size=8))
def test_a_cart_never_holds_more_than_is_there(session: Session, wishes: list[tuple[int, int]]) -> None:
    fabric = make_fabric(session, on_hand=500)
    basket = cart.open(session, NOW)
    for pieces, quantity in wishes:
        with suppress(TooMuch):
            cart.add(session, basket, id_of(fabric), pieces=pieces, quantity=quantity, **TODAY)
    items = contents.of(session, basket, NOW)
    assert sum(item.total_quantity for item in items) <= 500
    assert not any(item.problem for item in items)
    assert cart.count(session, basket.token) == sum(item.pieces for item in items)
