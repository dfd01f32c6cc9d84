"""Samples: each once, never out of stock, and credited once with the fabric they are of."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog import attributes
from catalog.prices import CurrentPrice
from catalog.products import Product, Variant
from checkout import cart, contents, crediting, fulfilment, orders, refunds, samples
from checkout.buyable import NotForSale
from checkout.cart import Cart, CartLine
from checkout.contents import CartItem
from checkout.crediting import NOTHING_FOUND, AlreadyCredited
from checkout.orders import Order, State
from checkout.samples import EnoughSamples, SampleCredit, SampleTerms
from tests.checkout.ordering import id_of, make_cart, make_swatched, pay, place
from tests.make import NOW, make_fabric, make_variant

TERMS = SampleTerms(cents=50, limit=3, credit_days=42)
ERIKA = "erika@kundin.example"
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


def sample_cart(session: Session, *fabrics: Variant) -> Cart:
    basket = cart.open(session, NOW)
    for fabric in fabrics:
        samples.add(session, basket, id_of(fabric), TERMS, NOW)
    return basket


def sample_order(session: Session, *fabrics: Variant) -> Order:
    """Samples, ordered and paid."""
    order = place(session, sample_cart(session, *fabrics), shipping_cents=110)
    pay(session, order)
    return order


def credited(
    session: Session, basket: Cart, told: str, *, email: str = ERIKA, days: int = 0
) -> tuple[list[CartItem], str]:
    now = NOW + timedelta(days=days)
    items = contents.of(session, basket, now, TERMS)
    return crediting.credited(session, items, told=told, email=email, terms=TERMS, now=now)


def off(items: list[CartItem]) -> list[int]:
    return [item.credit_cents for item in items]


# In the cart


def test_a_sample_is_a_line_of_its_own_beside_its_fabric(session: Session) -> None:
    fabric = make_swatched(session, "Cord")
    basket = sample_cart(session, fabric)
    cart.add(session, basket, id_of(fabric), pieces=1, quantity=100, now=NOW)
    swatch, cut = contents.of(session, basket, NOW, TERMS)
    assert (swatch.name, swatch.is_sample, swatch.line_cents) == ("Stoffmuster: Cord", True, 50)
    assert (swatch.price, swatch.base_price, swatch.weight_g, swatch.problem) == (CurrentPrice(50), "", 5, "")
    assert (cut.name, cut.is_sample, cut.problem) == ("Cord", False, "")


def test_a_sample_is_not_as_wide_as_its_fabric(session: Session) -> None:
    fabric = make_swatched(session)
    attributes.ensure_types(session)
    attributes.set_values(session, fabric.product_id, {"width": "150"}, NOW)
    swatch = contents.of(session, sample_cart(session, fabric), NOW, TERMS)[0]
    assert contents.of(session, make_cart(session, (fabric, 1, 100)), NOW)[0].essentials
    assert swatch.essentials == ()


def test_a_sample_lies_in_the_cart_once(session: Session) -> None:
    fabric = make_swatched(session)
    basket = sample_cart(session, fabric, fabric)
    assert cart.count(session, basket.token) == 1


def test_a_sample_keeps_its_size(session: Session) -> None:
    basket = sample_cart(session, make_swatched(session))
    line = session.exec(select(CartLine)).one()
    cart.change(session, basket, id_of(line), 3, 1, NOW)
    assert session.exec(select(CartLine.pieces)).one() == 1
    cart.change(session, basket, id_of(line), 0, 1, NOW)
    assert cart.count(session, basket.token) == 0


def test_there_is_an_end_to_samples(session: Session) -> None:
    fabrics = [make_swatched(session) for _ in range(4)]
    basket = sample_cart(session, *fabrics[:3])
    with pytest.raises(EnoughSamples, match="Mehr als 3"):
        samples.add(session, basket, id_of(fabrics[3]), TERMS, NOW)
    samples.add(session, basket, id_of(fabrics[0]), TERMS, NOW)


def test_samples_are_given_of_what_offers_them(session: Session) -> None:
    with pytest.raises(NotForSale, match="keine Stoffmuster"):
        sample_cart(session, make_fabric(session))
    fabric = make_swatched(session)
    session.get_one(Product, fabric.product_id).published_at = None
    session.flush()
    with pytest.raises(NotForSale):
        sample_cart(session, fabric)


def test_a_sample_that_is_no_longer_offered_says_so(session: Session) -> None:
    fabric = make_swatched(session)
    basket = sample_cart(session, fabric)
    session.get_one(Product, fabric.product_id).offers_sample = False
    session.flush()
    assert "keine Stoffmuster" in contents.of(session, basket, NOW, TERMS)[0].problem


def test_a_sample_needs_and_holds_no_stock(session: Session) -> None:
    fabric = make_swatched(session, on_hand=0)
    order = place(session, sample_cart(session, fabric))
    session.refresh(fabric)
    assert (fabric.on_hand, fabric.held) == (0, 0)
    pay(session, order)
    fulfilment.cut(session, order, **BY)
    fulfilment.ship(session, order, carrier="", tracking="", **BY)
    line = orders.lines_of(session, order)[0]
    assert (order.state, line.is_sample, line.unit, line.line_cents) == (State.SHIPPED, True, "piece", 50)


# Credited


def test_a_sample_is_credited_with_its_fabric(session: Session) -> None:
    fabric, other = make_swatched(session), make_swatched(session)
    number = sample_order(session, fabric).number
    basket = make_cart(session, (other, 1, 100), (fabric, 1, 100))
    items, sentence = credited(session, basket, f" {number.lower()} ")
    assert (off(items), sentence) == ([0, 50], "")
    assert items[1].line_cents == 1290 - 50
    order = place(session, basket, items=items)
    line = orders.lines_of(session, order)[1]
    assert (line.credit_cents, line.line_cents, order.goods_cents) == (50, 1240, 2530)
    assert order.vat[0]["gross_cents"] == order.total_cents == 2530 + 490


def test_another_colour_of_the_same_fabric_counts(session: Session) -> None:
    fabric = make_swatched(session)
    number = sample_order(session, fabric).number
    red = make_variant(session, session.get_one(Product, fabric.product_id), price_cents=1290, on_hand=300)
    assert off(credited(session, make_cart(session, (red, 1, 100)), number)[0]) == [50]


def test_no_line_costs_less_than_nothing(session: Session) -> None:
    fabric = make_swatched(session, price_cents=60)
    number = sample_order(session, fabric).number
    items, _ = credited(session, make_cart(session, (fabric, 1, 50)), number)
    assert (items[0].credit_cents, items[0].line_cents) == (30, 0)


def test_two_samples_go_on_two_lines_where_one_is_too_cheap(session: Session) -> None:
    fabric = make_swatched(session, price_cents=60)
    numbers = " und ".join(sample_order(session, fabric).number for _ in range(2))
    basket = make_cart(session, (fabric, 1, 50), (fabric, 1, 200))
    assert off(credited(session, basket, numbers)[0]) == [30, 50]


@pytest.mark.parametrize(("days", "cents"), [(42, 50), (43, 0)])
def test_a_sample_is_credited_until_its_last_day(session: Session, days: int, cents: int) -> None:
    fabric = make_swatched(session)
    order = sample_order(session, fabric)
    assert crediting.until(order, orders.lines_of(session, order), TERMS) == NOW.date() + timedelta(days=42)
    assert off(credited(session, make_cart(session, (fabric, 1, 50)), order.number, days=days)[0]) == [cents]


@pytest.mark.parametrize("wrong", ["number", "e-mail", "fabric", "not paid", "cancelled", "used", "nonsense"])
def test_what_cannot_be_credited_gets_one_and_the_same_sentence(session: Session, wrong: str) -> None:
    fabric, other = make_swatched(session), make_swatched(session)
    order = sample_order(session, fabric)
    number, email = order.number, ERIKA
    if wrong == "number":
        number = place(session, sample_cart(session, other)).number
    elif wrong == "e-mail":
        email = "jemand@anders.example"
    elif wrong == "fabric":
        fabric = other
    elif wrong == "not paid":
        number = place(session, sample_cart(session, fabric)).number
    elif wrong == "cancelled":
        fulfilment.cancel(session, order, reason="", **BY)
    elif wrong == "used":
        first = make_cart(session, (fabric, 1, 50))
        place(session, first, items=credited(session, first, number)[0])
    else:
        number = "weiß ich nicht mehr"
    items, sentence = credited(session, make_cart(session, (fabric, 1, 50)), number, email=email)
    assert (off(items), sentence) == ([0], NOTHING_FOUND)


def test_nothing_is_asked_where_samples_are_never_credited(session: Session) -> None:
    fabric = make_swatched(session)
    items = contents.of(session, make_cart(session, (fabric, 1, 50)), NOW, TERMS)
    assert crediting.is_possible(items, TERMS)
    assert not crediting.is_possible(items, SampleTerms(credit_days=0))
    assert not crediting.is_possible(contents.of(session, sample_cart(session, fabric), NOW, TERMS), TERMS)
    assert SampleTerms(credit_days=0).credited_until(NOW) is None


def credits_of(session: Session, order: Order) -> list[int]:
    return list(session.exec(select(SampleCredit.cents).where(SampleCredit.order_id == order.id)).all())


@pytest.fixture
def buying(session: Session) -> tuple[Variant, str, Order]:
    """A fabric, the number of its sample's order, and an order with which that sample is credited."""
    fabric = make_swatched(session)
    number = sample_order(session, fabric).number
    basket = make_cart(session, (fabric, 1, 50))
    return fabric, number, place(session, basket, items=credited(session, basket, number)[0])


@pytest.mark.parametrize("end", ["expire", "cancel"])
def test_an_order_that_ends_gives_the_credit_back(
    session: Session, buying: tuple[Variant, str, Order], end: str
) -> None:
    fabric, number, order = buying
    assert credits_of(session, order) == [50]
    if end == "expire":
        fulfilment.expire(session, order, now=NOW)
    else:
        fulfilment.cancel(session, order, reason="", **BY)
    assert credits_of(session, order) == []
    assert off(credited(session, make_cart(session, (fabric, 1, 50)), number)[0]) == [50]


def test_an_order_that_is_paid_late_takes_its_credit_again(
    session: Session, buying: tuple[Variant, str, Order]
) -> None:
    fabric, number, order = buying
    fulfilment.expire(session, order, now=NOW)
    pay(session, order)
    assert (order.state, credits_of(session, order), order.attention) == (State.PAID, [50], "")
    assert credited(session, make_cart(session, (fabric, 1, 50)), number)[1] == NOTHING_FOUND


def test_a_late_order_whose_sample_is_used_elsewhere_calls_for_attention(
    session: Session, buying: tuple[Variant, str, Order]
) -> None:
    fabric, number, order = buying
    fulfilment.expire(session, order, now=NOW)
    basket = make_cart(session, (fabric, 1, 50))
    place(session, basket, items=credited(session, basket, number)[0])
    pay(session, order)
    assert order.state == State.PAID
    assert "woanders angerechnet" in order.attention


def test_a_sample_is_never_credited_twice(session: Session, buying: tuple[Variant, str, Order]) -> None:
    """The items are those of a moment before the other order came."""
    fabric, number, order = buying
    fulfilment.expire(session, order, now=NOW)
    baskets = [make_cart(session, (fabric, 1, 50)) for _ in range(2)]
    first, second = (credited(session, basket, number)[0] for basket in baskets)
    place(session, baskets[0], items=first)
    with pytest.raises(AlreadyCredited):
        place(session, baskets[1], items=second)


def test_what_was_credited_of_samples_stays_paid_when_they_are_cancelled(
    session: Session, buying: tuple[Variant, str, Order]
) -> None:
    _, number, _ = buying
    of_samples = orders.find_by_number(session, number)
    assert of_samples is not None
    fulfilment.cancel(session, of_samples, reason="", **BY)
    assert (of_samples.kept_cents, of_samples.owed_cents, of_samples.overpaid_cents) == (50, 50, 0)
    assert sum(refund.cents for refund in refunds.of(session, of_samples)) == of_samples.paid_cents - 50
