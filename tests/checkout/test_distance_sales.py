"""Sales to other EU countries: taxed at home up to the limit, by the sale that goes beyond it abroad."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.vat import GERMAN, OwnRate, Taxation, VatClass
from checkout import allowances, concessions, contents, distance_sales, fulfilment, gift_sales, orders
from checkout.distance_sales import OssRow
from checkout.gift_sales import GiftTerms
from checkout.orders import Order
from checkout.totals import totals
from tests.checkout.ordering import make_cart, make_order, pay, place
from tests.make import NOW, make_fabric

TODAY = date(2026, 11, 22)
BY: dict[str, Any] = {"now": NOW, "author": "test"}


@dataclass(frozen=True)
class Line:
    line_cents: int
    vat_class: VatClass = VatClass.STANDARD
    discount_cents: int = 0


def taxed(session: Session, country: str, cents: int, *, always: bool = False, now: datetime = NOW) -> str:
    return distance_sales.taxation_of(session, country, [Line(cents)], 0, always_abroad=always, now=now).country


def sent(session: Session, country: str, cents: int, *, now: datetime = NOW, abroad: bool = False) -> Order:
    """An order of one line over some cents that goes to a country."""
    order = make_order(session, make_fabric(session, price_cents=cents), quantity=100, shipping_cents=0, now=now)
    order.country, order.vat_country = country, country if abroad else "DE"
    permille = Taxation(order.vat_country).permille(VatClass.STANDARD, TODAY)
    share = totals([Line(cents)], 0, is_small_business=False, on=TODAY, taxation=Taxation(order.vat_country)).vat[0]
    order.vat = [{"permille": permille, "gross_cents": cents, "vat_cents": share.vat_cents}]
    orders.lines_of(session, order)[0].vat_permille = permille
    session.flush()
    return order


def test_germany_and_the_rest_of_the_world_are_taxed_at_home(session: Session) -> None:
    assert {taxed(session, country, 50_000_00) for country in ("DE", "CH", "US")} == {"DE"}


@pytest.mark.parametrize(("net_cents", "country"), [(10_000_00, "DE"), (10_000_01, "AT")])
def test_e05_the_sale_that_goes_beyond_the_limit_is_taxed_abroad(
    session: Session, net_cents: int, country: str
) -> None:
    gross_before = 119_00
    sent(session, "FR", gross_before)
    assert distance_sales.turnover_cents(session, 2026) == 100_00
    distance_sales.set_sales_elsewhere(session, 2026, 5_000_00)
    left = net_cents - 5_100_00
    assert taxed(session, "AT", left * 119 // 100 + (left * 119 % 100 > 0)) == country


def test_e05_a_year_beyond_the_limit_tells_the_next_one(session: Session) -> None:
    distance_sales.set_sales_elsewhere(session, 2025, 10_000_01)
    assert taxed(session, "AT", 100) == "AT"
    assert taxed(session, "AT", 100, now=datetime(2027, 6, 1, tzinfo=UTC)) == "DE"


def test_whoever_does_without_the_limit_is_taxed_abroad_from_the_first_cent(session: Session) -> None:
    assert taxed(session, "AT", 100, always=True) == "AT"


def test_what_was_cancelled_fetched_or_taken_off_does_not_count(session: Session) -> None:
    cancelled, fetched, shorter = (sent(session, "AT", 119_00) for _ in range(3))
    fulfilment.cancel(session, cancelled, reason="", **BY)
    fetched.delivery = "pickup"
    off, shipping = allowances.spread(session, shorter, 59_50)
    allowances.grant(session, shorter, off, shipping_cents=shipping, reason="kürzer", **BY)
    assert distance_sales.turnover_cents(session, 2026) == 50_00


def test_e15_a_gift_voucher_is_no_sale_sold_or_taken_back(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 150))
    gift_sales.add(session, basket, 2500, "", GiftTerms(is_sold=True), NOW)
    order = place(session, basket, is_small_business=True)
    order.country = "AT"
    pay(session, order)
    for _ in range(2):
        assert distance_sales.turnover_cents(session, TODAY.year) == 1935 + 490
        concessions.take_gifts_back(session, order, reason="Widerruf", now=NOW, author="test")


def test_the_first_hour_of_a_year_is_that_year_in_berlin(session: Session) -> None:
    sent(session, "AT", 119_00, now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert (distance_sales.turnover_cents(session, 2026), distance_sales.turnover_cents(session, 2027)) == (0, 100_00)


@given(st.lists(st.tuples(st.integers(1, 500_00), st.sampled_from(VatClass)), max_size=6), st.integers(0, 990),
       st.sampled_from(["AT", "FI", "HU", "LU"]))  # fmt: skip
def test_where_it_is_taxed_never_changes_the_price(
    goods: list[tuple[int, VatClass]], shipping_cents: int, country: str
) -> None:
    items = [Line(*each) for each in goods]
    home, abroad = (
        totals(items, shipping_cents, is_small_business=False, on=TODAY, taxation=taxation)
        for taxation in (GERMAN, Taxation(country))
    )
    assert home.total_cents == abroad.total_cents
    assert sum(share.gross_cents for share in abroad.vat) == (abroad.total_cents if items else 0)


def test_the_order_keeps_the_rate_of_its_destination(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 1, 100))
    items = contents.of(session, basket, NOW)
    sums = totals(items, 490, is_small_business=False, on=TODAY, taxation=Taxation("FI"))
    order = place(session, basket, items=items, sums=sums)
    assert (order.vat_country, [share["permille"] for share in order.vat]) == ("FI", [255])


def test_an_own_rate_holds_from_its_day(session: Session) -> None:
    distance_sales.enter_rate(session, "AT", VatClass.REDUCED, 100, since=date(2026, 7, 1), **BY)
    distance_sales.enter_rate(session, "AT", VatClass.STANDARD, 220, since=date(2027, 1, 1), **BY)
    austria = Taxation("AT", distance_sales.own_rates(session))
    assert [austria.permille(VatClass.REDUCED, day) for day in (date(2026, 6, 30), TODAY)] == [200, 100]
    assert [austria.permille(VatClass.STANDARD, day) for day in (TODAY, date(2027, 1, 1))] == [200, 220]
    assert austria.permille(VatClass.ZERO, TODAY) == 0
    assert Taxation("FI", distance_sales.own_rates(session)).permille(VatClass.REDUCED, TODAY) == 255


def test_of_one_day_the_last_rate_holds(session: Session) -> None:
    for permille in (210, 200):
        distance_sales.enter_rate(session, "NL", VatClass.STANDARD, permille, since=TODAY, **BY)
    assert distance_sales.own_rates(session) == (OwnRate("NL", VatClass.STANDARD, TODAY, 200),)


def test_a_country_outside_the_union_has_no_rate() -> None:
    with pytest.raises(ValueError, match="no rates known for CH"):
        Taxation("CH").permille(VatClass.STANDARD, TODAY)


def test_e05_the_quarters_add_up_to_the_orders(session: Session) -> None:
    first = sent(session, "AT", 120_00, abroad=True, now=datetime(2026, 8, 15, tzinfo=UTC))
    sent(session, "AT", 60_00, abroad=True)
    sent(session, "FI", 125_50, abroad=True)
    sent(session, "FR", 119_00)  # before the limit: taxed at home, not told to the one-stop shop
    off, shipping = allowances.spread(session, first, 12_00)
    allowances.grant(session, first, off, shipping_cents=shipping, reason="Kulanz", **BY)
    assert distance_sales.oss_rows(session, 2026, 3) == [OssRow("AT", 200, 100_00, 20_00)]
    assert distance_sales.oss_rows(session, 2026, 4) == [
        OssRow("AT", 200, 50_00, 10_00), OssRow("FI", 255, 100_00, 25_50),
        OssRow("AT", 200, -10_00, -2_00, corrects="2026-3"),
    ]  # fmt: skip
