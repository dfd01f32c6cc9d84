"""Small businesses: their turnover, the limits of § 19 UStG, and the order that crosses one."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from checkout import allowances, fulfilment, small_business
from checkout.orders import Order
from checkout.small_business import NOW_CENTS
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric


def sold(session: Session, cents: int, *, exempt: bool = True, now: datetime = NOW) -> Order:
    """An order of one metre at some price, without shipping."""
    fabric = make_fabric(session, price_cents=cents)
    return make_order(session, fabric, quantity=100, shipping_cents=0, now=now, is_small_business=exempt)


def is_exempt(session: Session, gross_cents: int, now: datetime = NOW) -> bool:
    return small_business.is_exempt(session, is_small_business=True, gross_cents=gross_cents, now=now)


@pytest.mark.parametrize(("cents", "exempt"), [(30_000_00, True), (30_000_01, False)])
def test_e03_the_order_that_crosses_the_limit_is_taxed(session: Session, cents: int, exempt: bool) -> None:
    sold(session, 10_000_00)
    small_business.set_other_turnover(session, 2026, 60_000_00)
    assert small_business.turnover_cents(session, 2026) == 70_000_00
    assert is_exempt(session, cents) is exempt


def test_e03_a_shop_that_is_none_is_never_exempt(session: Session) -> None:
    assert not small_business.is_exempt(session, is_small_business=False, gross_cents=100, now=NOW)


def test_e03_what_ended_or_was_taken_off_is_no_turnover(session: Session) -> None:
    order, other = sold(session, 10_000), sold(session, 20_000)
    line = session.get_one(Order, order.id)
    allowances.grant(session, line, *allowances.spread(session, line, 4_000)[:1], reason="x", now=NOW, author="A")
    fulfilment.cancel(session, other, reason="x", now=NOW, author="A")
    assert small_business.turnover_cents(session, 2026) == 6_000


def test_e03_taxed_orders_count_without_their_tax(session: Session) -> None:
    sold(session, 119_00, exempt=False)
    assert small_business.turnover_cents(session, 2026) == 100_00


def test_e03_years_begin_in_berlin(session: Session) -> None:
    sold(session, 10_00, now=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    sold(session, 20_00, now=datetime(2026, 12, 31, 23, 1, tzinfo=UTC))
    assert small_business.turnover_cents(session, 2026) == 10_00
    assert small_business.turnover_cents(session, 2027) == 20_00


def test_e03_a_planned_change_holds_from_its_first_moment_in_berlin(session: Session) -> None:
    small_business.plan(session, date(2027, 1, 1), is_small_business=False, now=NOW, author="Ada")
    assert is_exempt(session, 100, datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    assert not is_exempt(session, 100, datetime(2026, 12, 31, 23, 0, tzinfo=UTC))


@pytest.mark.parametrize(("cents", "near"), [(79_999_99, False), (80_000_00, True)])
def test_e03_four_fifths_of_a_limit_are_near(cents: int, near: bool) -> None:
    assert small_business.is_near(cents, NOW_CENTS) is near
