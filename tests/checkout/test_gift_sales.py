"""Gift vouchers sold online: no tax, issued once when paid, blocked when the money goes back."""

from contextlib import suppress

import pytest
from sqlmodel import Session, select

from catalog.refusals import Refusal
from checkout import allowances, concessions, fulfilment, gift_sales, gift_vouchers, orders, redeeming, refunds
from checkout import cart as carts
from checkout.cart import Cart
from checkout.gift_sales import GiftTerms, NotSold
from checkout.gift_vouchers import GiftMovement, GiftVoucher, Why
from checkout.orders import NotAllowedNow, Order, State
from checkout.outbox import Letter
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import id_of, make_cart, pay, place
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_variant

TERMS = GiftTerms(is_sold=True)


def basket_of(session: Session, *cents: int, goods: bool = False) -> Cart:
    basket = make_cart(session, *([(make_variant(session, price_cents=2000), 1, 1)] if goods else []))
    for each in cents:
        gift_sales.add(session, basket, each, " Änne  Muster ", TERMS, NOW)
    return basket


def order_of(session: Session, *cents: int, goods: bool = False) -> Order:
    return place(session, basket_of(session, *cents, goods=goods), shipping_cents=490 if goods else 0)


def mark_paid(session: Session, order: Order, cents: int, reference: str = "bank") -> None:
    fulfilment.mark_paid(session, order, cents=cents, reference=reference, method="transfer", now=NOW, author="test")


@pytest.mark.parametrize(
    ("cents", "terms"),
    [(999, TERMS), (25_001, TERMS), (2500, GiftTerms(is_sold=False))],
    ids=["little", "much", "shut"],
)
def test_only_what_the_owner_sells(session: Session, cents: int, terms: GiftTerms) -> None:
    with pytest.raises(NotSold):
        gift_sales.add(session, make_cart(session), cents, "", terms, NOW)


def test_no_tax_is_in_a_voucher(session: Session) -> None:
    order = order_of(session, 5000, goods=True)
    assert (order.goods_cents, order.gift_cents, order.total_cents) == (2000, 5000, 7490)
    assert [(share["permille"], share["gross_cents"]) for share in order.vat] == [(190, 2490)]


def test_it_is_issued_when_it_is_paid_and_not_before(session: Session) -> None:
    order = order_of(session, 5000, goods=True)
    assert not gift_sales.issued_with(session, order)
    pay(session, order)
    [gift] = gift_sales.issued_with(session, order)
    assert (gift.cents, gift.balance_cents, gift.for_whom) == (5000, 5000, "Änne Muster")
    assert session.exec(select(Letter.kind).where(Letter.reason == f"gift:{gift.id}")).all() == ["gift_voucher"]
    assert order.state == State.PAID


def test_an_order_of_vouchers_alone_is_delivered_by_its_letter(session: Session) -> None:
    order = order_of(session, 1000, 2500)
    pay(session, order)
    assert order.state == State.SHIPPED
    assert [each.cents for each in gift_sales.issued_with(session, order)] == [1000, 2500]


def test_the_same_money_again_issues_nothing_more(session: Session) -> None:
    order = order_of(session, 2500)
    for reference in ("bank", "bank", "bank 2"):
        mark_paid(session, order, 2500, reference)
    assert len(gift_sales.issued_with(session, order)) == 1


def test_a_part_of_the_money_issues_nothing(session: Session) -> None:
    order = order_of(session, 2500)
    mark_paid(session, order, 2499)
    assert not gift_sales.issued_with(session, order)


def test_a_gift_voucher_does_not_pay_for_another(session: Session) -> None:
    old = make_gift(session, 10_000)
    basket = basket_of(session, 5000, goods=True)
    redeeming.enter(session, basket, old.code, NOW)
    order = place(session, basket)
    assert (order.paid_cents, order.open_cents) == (2490, 5000)


def test_a_cancelled_order_blocks_its_voucher(session: Session) -> None:
    order = order_of(session, 5000, goods=True)
    pay(session, order)
    fulfilment.cancel(session, order, reason="", now=NOW, author="test")
    [gift] = gift_sales.issued_with(session, order)
    assert gift.blocked_at == NOW
    assert (order.refunded_cents, order.attention) == (7490, "")


def test_what_was_used_of_it_stays_paid(session: Session) -> None:
    order = order_of(session, 5000, goods=True)
    pay(session, order)
    [gift] = gift_sales.issued_with(session, order)
    gift_vouchers.redeem(session, id_of(gift), 1200, order_id=None, now=NOW, author="test")
    fulfilment.cancel(session, order, reason="", now=NOW, author="test")
    assert (order.refunded_cents, order.kept_cents) == (7490 - 1200, 1200)
    assert "12,00" in order.attention


@pytest.mark.parametrize("used_cents", [0, 900])
def test_who_withdraws_gets_back_what_is_left_on_it(session: Session, used_cents: int) -> None:
    order = order_of(session, 2500, goods=True)
    pay(session, order)
    [gift] = gift_sales.issued_with(session, order)
    if used_cents:
        gift_vouchers.redeem(session, id_of(gift), used_cents, order_id=None, now=NOW, author="test")
    for _ in range(2):
        [refund] = concessions.take_gifts_back(session, order, reason="Widerruf", now=NOW, author="test")
        assert refund.cents == 2500 - used_cents
    session.refresh(gift)
    assert gift.blocked_at is not None
    assert (order.owed_cents, order.held_cents) == (2490 + used_cents, 2490 + used_cents)
    assert bool(order.attention) == bool(used_cents)
    assert (order.state, allowances.left_of(session, order).cents) == (State.PAID, 2490)


def test_without_a_voucher_there_is_nothing_to_take_back(session: Session) -> None:
    order = order_of(session, 2500)
    with pytest.raises(NotAllowedNow):
        concessions.take_gifts_back(session, order, reason="Widerruf", now=NOW, author="test")
    assert (order.state, order.owed_cents) == (State.AWAITING_PAYMENT, 2500)


def test_what_was_used_stays_owed_where_the_payment_is_disputed(session: Session) -> None:
    order = order_of(session, 2500, goods=True)
    pay(session, order)
    [gift] = gift_sales.issued_with(session, order)
    gift_vouchers.redeem(session, id_of(gift), 900, order_id=None, now=NOW, author="test")
    order.disputed_cents = order.total_cents
    fulfilment.cancel(session, order, reason="Widerruf", now=NOW, author="test")
    assert refunds.of(session, order) == []
    order.disputed_cents = 0  # won
    assert (order.owed_cents, order.overpaid_cents) == (900, order.total_cents - 900)


def test_goods_that_are_paid_back_leave_the_voucher_alone(session: Session) -> None:
    order = order_of(session, 5000, goods=True)
    pay(session, order)
    refunds.owe(session, order, 2490, reason="Widerruf", now=NOW, author="test")
    assert gift_sales.issued_with(session, order)[0].blocked_at is None
    refunds.owe(session, order, 5000, reason="Widerruf", now=NOW, author="test")
    assert gift_sales.issued_with(session, order)[0].blocked_at == NOW


def test_the_cart_counts_them(session: Session) -> None:
    basket = basket_of(session, 2500, 5000, goods=True)
    assert carts.count(session, basket.token) == 3
    gift_sales.remove(session, basket, id_of(gift_sales.of_cart(session, basket)[0]), NOW)
    assert carts.count(session, basket.token) == 2


def test_two_bookings_at_once_issue_it_once(either_database: Database) -> None:
    with either_database.writing() as session:
        order_id = id_of(order_of(session, 2500))

    def book(which: int) -> None:
        with suppress(Refusal), either_database.writing() as session:
            mark_paid(session, orders.lock(session, order_id), 2500, f"bank {which}")

    in_threads(4, book)
    with either_database.reading() as session:
        assert len(session.exec(select(GiftVoucher)).all()) == 1


def test_money_goes_back_onto_vouchers_in_the_order_in_which_they_are_locked(session: Session) -> None:
    basket = make_cart(session, (make_variant(session, price_cents=2000), 1, 1))
    gifts = [make_gift(session, 500), make_gift(session, 700)]
    for gift in reversed(gifts):
        redeeming.enter(session, basket, gift.code, NOW)
    order = place(session, basket)
    fulfilment.cancel(session, order, reason="Widerruf", now=NOW, author="test")
    came_back = select(GiftMovement.gift_id).where(GiftMovement.why == Why.GIVEN_BACK.value).order_by(GiftMovement.id)  # type: ignore[arg-type]
    assert list(session.exec(came_back)) == [id_of(gift) for gift in gifts]
