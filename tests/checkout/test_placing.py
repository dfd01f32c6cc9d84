"""Placing an order: once, as it was seen, with the goods held and the letters owed."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from catalog import prices
from catalog.holds import StockHold
from catalog.products import Product, Variant
from catalog.stock import OutOfStock
from checkout import cart, contents, numbers, orders, outbox
from checkout.cart import CartLine
from checkout.orders import Order, OrderLine, State
from checkout.placing import CartChanged, EmptyCart, NotBuyable, PriceChanged
from tests.checkout.ordering import id_of, make_cart, make_order, place, tell
from tests.make import NOW, make_fabric, make_variant


def test_an_order_copies_what_was_sold(session: Session) -> None:
    fabric = make_fabric(session, sku="J-1", on_hand=500)
    order = make_order(session, fabric, pieces=2, quantity=150)
    line = orders.lines_of(session, order)[0]
    assert numbers.is_valid(order.number)
    assert (order.goods_cents, order.shipping_cents, order.total_cents) == (3870, 490, 4360)
    assert order.vat == [{"permille": 190, "gross_cents": 4360, "vat_cents": 696}]
    assert (line.sku, line.pieces, line.quantity, line.price_cents, line.line_cents) == ("J-1", 2, 150, 1290, 3870)
    assert (line.vat_permille, line.base_price, line.delivery_time) == (190, "12,90\u00a0€ / 1\u00a0m", "2–4 Werktage")
    assert (order.terms_version, order.withdrawal_version, order.privacy_version) == (1, 2, 3)


def test_a_later_change_of_the_product_leaves_the_order_alone(session: Session) -> None:
    fabric = make_fabric(session, "Jersey Füchse")
    order = make_order(session, fabric)
    prices.set_regular(session, fabric, 1990, now=NOW, author="test")
    product = session.get(Product, fabric.product_id)
    assert product is not None
    product.name = "Anders"
    session.flush()
    line = orders.lines_of(session, order)[0]
    assert (line.name, line.price_cents, line.line_cents) == ("Jersey Füchse", 1290, 1935)


def test_every_piece_is_held(session: Session) -> None:
    fabric = make_fabric(session, on_hand=500)
    order = place(session, make_cart(session, (fabric, 1, 150), (fabric, 2, 100)))
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (500, 350)
    of_order = select(StockHold.quantity, StockHold.pieces).where(StockHold.holder == order.number)
    assert sorted(session.exec(of_order).all()) == [(100, 2), (150, 1)]


def test_the_cart_is_empty_afterwards_and_ready_for_the_next_order(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 100))
    first_key = basket.checkout_key
    first = place(session, basket)
    assert session.exec(select(CartLine)).all() == []
    assert basket.checkout_key != first_key
    cart.add(session, basket, id_of(fabric), pieces=1, quantity=100, now=NOW)
    assert place(session, basket).id != first.id


def test_both_letters_are_owed_with_the_order(session: Session) -> None:
    order = make_order(session)
    letters = outbox.letters_about(session, f"order:{order.id}")
    assert [(letter.kind, letter.recipient) for letter in letters] == [
        ("order_received", "erika@kundin.example"),
        ("order_for_owner", outbox.OWNER),
    ]


def test_a_double_click_gets_the_same_order(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 150))
    key = basket.checkout_key
    first = place(session, basket)
    assert place(session, basket, checkout_key=key, seen_total_cents=0) is first
    assert len(session.exec(select(Order)).all()) == 1
    assert len(outbox.letters_about(session, f"order:{first.id}")) == 2


def test_a_cart_that_changed_in_another_tab_is_shown_again(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 150))
    seen = basket.checkout_key
    cart.add(session, basket, id_of(fabric), pieces=1, quantity=100, now=NOW)
    with pytest.raises(CartChanged):
        place(session, basket, checkout_key=seen)
    assert session.exec(select(Order)).all() == []


def test_another_total_than_the_shopper_saw_is_shown_again(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 150))
    with pytest.raises(PriceChanged, match=r"von 19,00.€ auf 24,25.€"):
        place(session, basket, seen_total_cents=1900)


def test_an_empty_cart_is_no_order(session: Session) -> None:
    with pytest.raises(EmptyCart):
        place(session, cart.open(session, NOW))


def test_a_line_that_cannot_be_bought_any_more_names_the_article(session: Session) -> None:
    fabric = make_fabric(session, "Cord")
    basket = make_cart(session, (fabric, 1, 150))
    fabric.is_active = False
    session.flush()
    with pytest.raises(NotBuyable, match="Cord: ") as refused:
        place(session, basket)
    assert refused.value.variant_id == fabric.id


def test_goods_sold_since_they_were_shown_leave_nothing_behind(session: Session) -> None:
    """The items are those of a page that was shown before the last piece went."""
    button, other = make_variant(session, on_hand=1), make_variant(session, on_hand=5)
    basket = make_cart(session, (other, 2, 1), (button, 1, 1))
    details, items = tell(session, basket), contents.of(session, basket, NOW)
    make_order(session, button, quantity=1)
    with pytest.raises(OutOfStock) as refused:
        place(session, basket, details=details, items=items)
    assert (refused.value.variant_id, refused.value.left) == (button.id, 0)
    session.refresh(other)
    assert other.held == 0
    assert len(session.exec(select(Order)).all()) == 1
    assert cart.count(session, basket.token) == 3


def test_a_small_business_shows_no_tax(session: Session) -> None:
    order = make_order(session, is_small_business=True)
    assert order.vat == []
    assert orders.lines_of(session, order)[0].vat_permille == 0
    assert order.total_cents == 1935 + 490


def test_pickup_takes_no_address_along(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 150))
    details = tell(session, basket, delivery="pickup", payment="on_pickup")
    order = place(session, basket, details=details, first_state=State.CONFIRMED, payment="on_pickup")
    assert (order.name, order.street, order.city, order.delivery) == ("Erika Muster", "", "", "pickup")


def test_the_tax_is_that_of_the_german_day(session: Session) -> None:
    last_evening = NOW.replace(year=2020, month=12, day=31, hour=22, minute=59)
    fabric = make_fabric(session)
    assert orders.lines_of(session, make_order(session, fabric, now=last_evening))[0].vat_permille == 160
    next_minute = last_evening + timedelta(minutes=1)
    assert orders.lines_of(session, make_order(session, fabric, now=next_minute))[0].vat_permille == 190


def test_positions_follow_the_cart(session: Session) -> None:
    wanted = [make_variant(session) for _ in range(3)]
    order = place(session, make_cart(session, *[(each, 1, 1) for each in wanted]))
    assert [line.sku for line in orders.lines_of(session, order)] == [each.sku for each in wanted]
    assert len(session.exec(select(OrderLine)).all()) == 3
    assert session.exec(select(Variant.held).where(Variant.id == wanted[0].id)).one() == 1


def test_what_costs_nothing_waits_for_no_money(session: Session) -> None:
    gift = make_variant(session, price_cents=0, on_hand=3)
    order = place(session, make_cart(session, (gift, 1, 1)), shipping_cents=0)
    assert (order.total_cents, order.state) == (0, State.PAID)
    session.refresh(gift)
    assert (gift.on_hand, gift.held) == (3, 1)
