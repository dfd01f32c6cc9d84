"""Gift vouchers and the till in the books: whatever happens to an order, in the end nothing is open for it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from checkout import (
    account_bookings,
    allowances,
    concessions,
    fulfilment,
    gift_sales,
    gift_vouchers,
    invoicing,
    orders,
    periods,
    redeeming,
    refunds,
)
from checkout.booked import Booking
from checkout.orders import Order, State
from checkout.refunds import Refund, RefundState
from tests.checkout.documenting import TERMS
from tests.checkout.ordering import id_of, make_cart, make_order, pay, place
from tests.checkout.test_book_exports import extf_rows
from tests.checkout.test_gift_sales import order_of
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_fabric

LATER: dict[str, Any] = {"now": NOW + timedelta(hours=1), "author": "Ada"}
EVENING: dict[str, Any] = {"now": NOW + timedelta(hours=2), "author": "Ada"}


def booked(session: Session) -> list[Booking]:
    return account_bookings.bookings(session, periods.year(2026))


def balances(session: Session) -> dict[str, int]:
    """What stands on each account, debit above zero; accounts with nothing are left out."""
    sums: Counter[str] = Counter()
    for each in booked(session):
        cents = -each.cents if each.is_credit else each.cents
        sums[each.account] += cents
        sums[each.contra] -= cents
    return {account: cents for account, cents in sums.items() if cents}


def all_money_goes(session: Session) -> None:
    for refund in session.exec(select(Refund).where(Refund.state == RefundState.OWED.value)).all():
        refunds.settled(session, refund, **EVENING)


@pytest.mark.parametrize("used_cents", [0, 1200])
@pytest.mark.parametrize("how", ["cancelled", "taken back"])
def test_a_voucher_that_is_taken_back_is_owed_no_more(session: Session, how: str, used_cents: int) -> None:
    order = order_of(session, 5000, goods=True)
    pay(session, order)
    [gift] = gift_sales.issued_with(session, order)
    if used_cents:
        gift_vouchers.redeem(session, id_of(gift), used_cents, order_id=None, **LATER)
    assert balances(session)["gifts"] == used_cents - 5000
    if how == "cancelled":
        fulfilment.cancel(session, order, reason="", **EVENING)
    else:
        concessions.take_gifts_back(session, order, reason="Widerruf", **EVENING)
    all_money_goes(session)
    rest = (
        {"bank": used_cents, "till": -used_cents}
        if how == "cancelled"
        else {
            "bank": used_cents + 2490,
            "till": -used_cents,
            "debtors": -2490,  # the goods are still to be invoiced
        }
    )
    assert balances(session) == {account: cents for account, cents in rest.items() if cents}


def pay_with_voucher(session: Session) -> Order:
    """An order of 24,25 €, 10 € of them by a gift voucher from the store, the rest at the till."""
    gift = make_gift(session, 1000)
    basket = make_cart(session, (make_fabric(session), 1, 150))
    redeeming.enter(session, basket, gift.code, NOW)
    return place(session, basket, payment="on_pickup", first_state=State.CONFIRMED)


def test_what_a_voucher_paid_goes_to_the_till_that_takes_the_rest(session: Session) -> None:
    order = pay_with_voucher(session)
    assert balances(session) == {"till": 1000, "debtors": -1000}  # the voucher was sold at the till
    fulfilment.pick_up(session, order, **LATER)
    assert invoicing.settle(session, lambda _: TERMS) == []
    assert balances(session) == {}
    lines, shipping_cents = allowances.spread(session, order, order.owed_cents)
    concessions.concede(session, order, lines, shipping_cents=shipping_cents, reason="zurück", key="k", **EVENING)
    assert balances(session) == {"till": 1000, "gifts": -1000}


def test_the_month_of_the_tax_is_told_where_it_is_another_one(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    fulfilment.ship(session, order, carrier="DHL", tracking="", now=NOW, author="Ada")
    later: dict[str, Any] = {"now": NOW + timedelta(days=30), "author": "Ada"}
    invoicing.issue(session, order, TERMS, **later)
    lines, shipping_cents = allowances.spread(session, orders.lock(session, id_of(order)), 100)
    concessions.concede(session, order, lines, shipping_cents=shipping_cents, reason="Fleck", key="k", **later)
    invoicing.settle(session, lambda _: TERMS)
    _, rows = extf_rows([each for each in booked(session) if each.account == "debtors"])
    told = [(row["Leistungsdatum"], row["Datum Zuord. Steuerperiode"]) for row in rows]
    assert told == [("22112026", "22112026"), ("", "")]
