"""Buying by invoice: only hers, only within her limit, also when she orders in two tabs at once."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from checkout import fulfilment, numbers, outbox, trusted
from checkout.bank import deadlines
from checkout.bank_days import is_bank_day
from checkout.orders import Order, State
from checkout.payments import Account, Payment, Purchase, Surroundings
from checkout.payments.invoice import create
from checkout.reserving import TransferTerms
from checkout.trusted import OverLimit, TrustedBuyer
from shop.db import Database
from tests.at_once import in_threads
from tests.checkout.ordering import make_cart, pay, place, tell
from tests.make import NOW, make_fabric

TERMS = TransferTerms()
EMAIL = "hilde@kundin.example"
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


def make_buyer(session: Session, limit_cents: int = 10_000, **facts: Any) -> TrustedBuyer:
    given: dict[str, Any] = {"name": "Hilde Huber", "email": EMAIL, "days_to_pay": 14} | facts
    return trusted.add(session, limit_cents=limit_cents, **given, **BY)


def on_invoice(session: Session, buyer: TrustedBuyer, quantity: int = 200, delivery: str = "DHL") -> Order:
    """An order by invoice: 2 m of fabric at 12,90 €/m and 4,90 € for the parcel are 30,70 €."""
    basket = make_cart(session, (make_fabric(session), 1, quantity))
    details = tell(session, basket, payment="invoice", delivery=delivery)
    facts: dict[str, Any] = {
        "payment": "invoice",
        "first_state": State.CONFIRMED,
        "reserved_until": None,
        "buyer": buyer,
    }
    return place(session, basket, details=details, **facts)


def test_a_number_counts_only_with_its_email_address(session: Session) -> None:
    buyer = make_buyer(session)
    assert numbers.is_valid(buyer.number)
    loose = buyer.number.lower().replace("-", " ")
    assert trusted.find(session, number=loose, email=" Hilde@Kundin.example ") == buyer
    for number, email in ((buyer.number, "eve@fremd.example"), ("K7QM-2XHV", EMAIL), ("", EMAIL), (buyer.number, "")):
        assert trusted.find(session, number=number, email=email) is None


def test_who_is_trusted_no_longer_is_a_stranger(session: Session) -> None:
    buyer = make_buyer(session)
    buyer.is_active = False
    session.flush()
    assert trusted.find(session, number=buyer.number, email=EMAIL) is None
    assert not trusted.is_any(session)
    with pytest.raises(OverLimit):
        on_invoice(session, buyer)


def test_a_buyer_without_email_is_found_by_nobody_but_the_owner(session: Session) -> None:
    buyer = make_buyer(session, email="")
    assert trusted.find(session, number=buyer.number, email="") is None
    assert trusted.by_number(session, buyer.number) == buyer


def test_all_open_invoices_together_stay_within_the_limit(session: Session) -> None:
    buyer = make_buyer(session, 6_200)
    first = on_invoice(session, buyer)
    on_invoice(session, buyer)
    assert (trusted.open_cents(session, buyer), trusted.left_cents(session, buyer)) == (6_140, 60)
    with pytest.raises(OverLimit) as refused:
        on_invoice(session, buyer)
    assert "noch für 0,60\u00a0€" in refused.value.sentence
    pay(session, first)
    assert trusted.left_cents(session, buyer) == 3_130
    on_invoice(session, buyer)


def test_a_limit_may_be_used_to_the_last_cent(session: Session) -> None:
    buyer = make_buyer(session, 3_070)
    on_invoice(session, buyer)
    assert trusted.left_cents(session, buyer) == 0


def test_what_is_cancelled_counts_no_longer(session: Session) -> None:
    buyer = make_buyer(session, 3_070)
    fulfilment.cancel(session, on_invoice(session, buyer), reason="", **BY)
    assert trusted.left_cents(session, buyer) == 3_070


def test_an_order_over_the_limit_leaves_nothing_behind(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 200))
    facts: dict[str, Any] = {"payment": "invoice", "first_state": State.CONFIRMED, "buyer": make_buyer(session, 100)}
    with pytest.raises(OverLimit):
        place(session, basket, details=tell(session, basket, payment="invoice"), **facts)
    session.refresh(fabric)
    assert (fabric.held, session.exec(select(Order)).all()) == (0, [])


def test_the_days_to_pay_begin_when_the_goods_leave(session: Session) -> None:
    order = on_invoice(session, make_buyer(session))
    assert (order.state, order.pay_by, order.open_cents) == (State.CONFIRMED, None, 3_070)
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    assert order.pay_by == date(2026, 12, 7)  # 14 days after a Sunday are a Sunday
    assert is_bank_day(order.pay_by)
    pay(session, order)
    assert (order.state, order.open_cents, order.attention) == (State.SHIPPED, 0, "")


def test_money_before_the_parcel_calls_for_nobody(session: Session) -> None:
    order = on_invoice(session, make_buyer(session))
    pay(session, order)
    assert order.attention == ""
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)


def test_an_invoice_order_that_is_fetched_is_not_paid_at_the_counter(session: Session) -> None:
    order = on_invoice(session, make_buyer(session), delivery="pickup")
    assert not fulfilment.is_paid_at_counter(order)
    fulfilment.pick_up(session, order, till_receipt="4711", **BY)
    assert order.pay_by is not None
    assert session.exec(select(Payment)).all() == []


def test_the_way_to_pay_is_for_trusted_buyers_of_a_shop_with_an_account() -> None:
    account = Account("Petra Probe", "DE89370400440532013000")
    method = create(Surroundings({}, lambda: account))
    assert not method.missing()
    assert [method.fits(Purchase(is_pickup=True, is_trusted=each)) for each in (True, False)] == [True, False]
    assert create(Surroundings({}, Account)).missing()


def test_two_tabs_at_once_do_not_exceed_the_limit(either_database: Database) -> None:
    with either_database.writing() as session:
        buyer = make_buyer(session, 4_000)
        fabric = make_fabric(session, on_hand=5000)
        buyer_id, baskets = buyer.id, [make_cart(session, (fabric, 1, 200)) for _ in range(6)]
        for basket in baskets:
            tell(session, basket, payment="invoice")
        tokens = [basket.token for basket in baskets]

    def order(which: int) -> None:
        from checkout import cart, customers

        with suppress(OverLimit), either_database.writing() as session:
            basket = cart.find(session, tokens[which])
            assert basket is not None
            facts: dict[str, Any] = {"payment": "invoice", "first_state": State.CONFIRMED, "reserved_until": None}
            buyer = session.get_one(TrustedBuyer, buyer_id)
            place(session, basket, details=customers.load(session, basket), buyer=buyer, **facts)

    in_threads(6, order)
    with either_database.reading() as session:
        placed = session.exec(select(Order)).all()
    assert [each.total_cents for each in placed] == [3_070]


def test_an_invoice_is_reminded_of_once_and_never_ended(session: Session) -> None:
    order = on_invoice(session, make_buyer(session))
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    assert order.id is not None
    done = [
        (deadlines.remind(session, order.id, TERMS, now=later), deadlines.end(session, order.id, TERMS, now=later))
        for later in (NOW + timedelta(days=days) for days in (14, 16, 18, 60, 90))
    ]
    assert done == [(False, False), (False, False), (True, False), (False, False), (False, False)]
    assert (order.state, order.reserved_until) == (State.SHIPPED, None)
    kinds = [letter.kind for letter in outbox.letters_about(session, f"order:{order.id}")]
    assert kinds.count("invoice_reminder") == 1
    assert "payment_reminder" not in kinds


def test_a_paid_invoice_is_not_reminded_of(session: Session) -> None:
    order = on_invoice(session, make_buyer(session))
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    pay(session, order)
    assert deadlines.due(session, TERMS, now=NOW + timedelta(days=60)) == deadlines.Due()
