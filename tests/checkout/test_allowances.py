"""What is taken off an order adds up to the order, to the cent and in each rate of tax."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.vat import VatClass
from checkout import allowances, orders
from checkout.allowances import TooMuchTakenOff
from checkout.orders import Order
from tests.checkout.ordering import id_of, make_cart, make_order, place
from tests.make import NOW, make_product, make_variant

BY: dict[str, Any] = {"reason": "Probe", "now": NOW, "author": "test"}
at_will = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def order_of(session: Session, goods: list[tuple[int, VatClass]], shipping_cents: int) -> Order:
    wanted = []
    for cents, vat_class in goods:
        product = make_product(session, vat_class=vat_class.value)
        wanted.append((make_variant(session, product, price_cents=cents), 1, 1))
    return place(session, make_cart(session, *wanted), shipping_cents=shipping_cents)


@at_will
@given(
    goods=st.lists(st.tuples(st.integers(1, 9_999), st.sampled_from(VatClass)), min_size=1, max_size=4),
    shipping_cents=st.integers(0, 990),
    steps=st.lists(st.integers(1, 6_000), max_size=6),
)
def test_allowances_add_up_to_the_order_to_the_cent(
    session: Session, goods: list[tuple[int, VatClass]], shipping_cents: int, steps: list[int]
) -> None:
    order = order_of(session, goods, shipping_cents)
    for cents in steps:
        off, shipping_off = allowances.spread(session, order, min(cents, allowances.left_of(session, order).cents))
        allowances.grant(session, order, off, shipping_cents=shipping_off, **BY)
    left = allowances.left_of(session, order)
    allowances.grant(session, order, left.lines, shipping_cents=left.shipping_cents, **BY)
    made = allowances.of(session, order)
    assert order.reduced_cents == sum(each.cents for each in made) == order.total_cents
    assert (order.owed_cents, allowances.left_of(session, order).cents) == (0, 0)
    gross, tax = Counter[int](), Counter[int]()
    for share in (share for each in made for share in each.vat):
        assert share["vat_cents"] >= 0
        gross[share["permille"]] += share["gross_cents"]
        tax[share["permille"]] += share["vat_cents"]
    assert dict(gross) == {share["permille"]: share["gross_cents"] for share in order.vat if share["gross_cents"]}
    assert +tax == +Counter({share["permille"]: share["vat_cents"] for share in order.vat})


def test_a_line_gives_no_more_than_it_cost(session: Session) -> None:
    order = make_order(session)
    line = id_of(orders.lines_of(session, order)[0])
    assert allowances.grant(session, order, {line: 1000}, **BY)
    with pytest.raises(TooMuchTakenOff, match="So viel ist nicht mehr offen"):
        allowances.grant(session, order, {line: 936}, **BY)
    assert allowances.grant(session, order, {line: 935}, **BY)
    assert order.owed_cents == order.shipping_cents


def test_the_line_of_another_order_gives_nothing(session: Session) -> None:
    order, other = make_order(session), make_order(session)
    foreign = id_of(orders.lines_of(session, other)[0])
    with pytest.raises(TooMuchTakenOff):
        allowances.grant(session, order, {foreign: 1}, **BY)


def test_a_voucher_s_discount_was_never_owed(session: Session) -> None:
    order = make_order(session)
    line = orders.lines_of(session, order)[0]
    line.discount_cents = 435
    session.flush()
    assert allowances.left_of(session, order).lines[id_of(line)] == 1500


def test_a_small_business_has_no_tax_to_correct(session: Session) -> None:
    order = make_order(session, is_small_business=True)
    off, shipping = allowances.spread(session, order, 500)
    made = allowances.grant(session, order, off, shipping_cents=shipping, **BY)
    assert made is not None
    assert made.vat == []


def test_nothing_taken_off_is_no_reduction(session: Session) -> None:
    assert allowances.grant(session, make_order(session), {}, **BY) is None
