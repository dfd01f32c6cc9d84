"""Businesses and other countries: the price stays, the tax in it depends on who has declared and proved what."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from catalog.vat import GERMAN, Taxation
from checkout import (
    allowances,
    business,
    contents,
    customs,
    deliveries,
    distance_sales,
    fulfilment,
    orders,
    tax_proofs,
    trade,
)
from checkout.customers import CheckoutDetails
from checkout.orders import Order
from checkout.tax_proofs import NotConfirmed
from checkout.totals import totals
from checkout.trade import Sale
from tests.checkout.ordering import make_cart, pay, place, tell
from tests.make import NOW, make_fabric

OURS, THEIRS, GERMAN_ID = "DE136695976", "ATU12345675", "DE136695976"
BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


def make_sold(session: Session, country: str, category: str, **told: str) -> Order:
    """1,50 m of fabric (19,35 €) and shipping (4,90 €) to a country, taxed as this category says."""
    basket = make_cart(session, (make_fabric(session, weight_g=250), 1, 150))
    details = tell(session, basket, **{"company": "Näherei Wien"} | told)
    details.country = country

    items = contents.of(session, basket, NOW)
    taxation = Taxation(category=category)
    sums = totals(items, 490, is_small_business=False, on=NOW.date(), taxation=taxation)
    order = place(session, basket, details=details, sums=sums)
    pay(session, order)
    return order


@pytest.mark.parametrize(
    ("sale", "category"),
    [
        (Sale("DE", OURS, THEIRS), ""),
        (Sale("AT", OURS, THEIRS), "K"),
        (Sale("FR", OURS, THEIRS), "K"),  # another country's number will do (§ 6a Abs. 1 Nr. 2 UStG)
        (Sale("AT", OURS, GERMAN_ID), ""),
        (Sale("AT", OURS), ""),
        (Sale("AT", "", THEIRS), ""),  # without a number of her own the seller cannot
        (Sale("AT", "DE123456789-00001", THEIRS), ""),  # a W-IdNr is none
        (Sale("AT", OURS, "ATU12345674"), ""),  # a wrong check digit
        (Sale("AT", OURS, THEIRS, is_exempt=True), ""),
        (Sale("CH"), "G"),
        (Sale("CH", OURS, THEIRS), "G"),
        (Sale("NO"), "G"),
        (Sale("CH", is_exempt=True), ""),
    ],
)
def test_e17_d17_only_what_the_law_lets_go_untaxed_does(sale: Sale, category: str) -> None:
    assert sale.category == category


def test_d17_businesses_are_no_consumers_abroad(session: Session) -> None:
    always: dict[str, Any] = {"always_abroad": True, "now": NOW}
    assert trade.taxation_of(session, Sale("AT", OURS, GERMAN_ID), [], 0, **always) == GERMAN
    assert trade.taxation_of(session, Sale("AT", OURS), [], 0, **always).country == "AT"
    assert trade.taxation_of(session, Sale("AT", is_exempt=True), [], 0, **always) == GERMAN


@pytest.mark.parametrize(("country", "category"), [("AT", "K"), ("CH", "G")])
def test_e17_the_price_stays_and_no_tax_is_in_it(session: Session, country: str, category: str) -> None:
    order = make_sold(session, country, category)
    assert (order.total_cents, order.vat_category, order.vat_country) == (1935 + 490, category, "DE")
    assert order.vat == [{"permille": 0, "gross_cents": 1935 + 490, "vat_cents": 0}]
    assert {line.vat_permille for line in orders.lines_of(session, order)} == {0}
    (line,) = orders.lines_of(session, order)
    allowance = allowances.grant(session, order, {line.id or 0: 500}, shipping_cents=90, reason="Kulanz", **BY)
    assert allowance is not None
    assert allowance.vat == [{"permille": 0, "gross_cents": 590, "vat_cents": 0}]


def test_d17_sales_to_businesses_do_not_count_for_the_limit(session: Session) -> None:
    make_sold(session, "AT", "K", business="ja", buyer_vat_id=THEIRS)
    assert distance_sales.turnover_cents(session, NOW.year) == 0
    make_sold(session, "AT", "")
    assert distance_sales.turnover_cents(session, NOW.year) == 2425 - 387  # 19 % are in it


def test_d17_nothing_leaves_untaxed_before_the_number_is_confirmed(session: Session) -> None:
    order = make_sold(session, "AT", "K", business="ja", buyer_vat_id=THEIRS)
    assert f"USt-IdNr. {THEIRS}" in order.attention
    with pytest.raises(NotConfirmed, match="bestätigen"):
        fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    with pytest.raises(tax_proofs.NotThatDay):
        tax_proofs.note(session, order, tax_proofs.VAT_ID, NOW.date() + timedelta(days=1), "", **BY)
    tax_proofs.note(session, order, tax_proofs.VAT_ID, NOW.date(), "Ausdruck im Ordner", **BY)
    assert order.attention == ""
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)


def test_d17_the_declaration_is_kept_with_its_moment_and_a_firm_alone_is_none(session: Session) -> None:
    declared = make_sold(session, "DE", "", business="ja", buyer_vat_id="de 136.695.976", buyer_reference="Nr. 17")
    assert (declared.business_declared_at, declared.buyer_vat_id) == (NOW, GERMAN_ID)
    assert declared.buyer_reference == "Nr. 17"
    quiet = make_sold(session, "DE", "", business="", buyer_vat_id=GERMAN_ID, buyer_reference="Nr. 17")
    assert (quiet.is_for_business, quiet.buyer_vat_id, quiet.buyer_reference) == (False, "", "")
    assert quiet.company == "Näherei Wien"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({}, set()),
        ({"buyer_vat_id": THEIRS}, set()),
        ({"buyer_vat_id": "ATU12345674"}, {"buyer_vat_id"}),
        ({"buyer_vat_id": "CHE123456789"}, {"buyer_vat_id"}),
        ({"buyer_reference": "04011000-1234512345-06"}, set()),
        ({"buyer_reference": "991-33333TEST-33"}, set()),
        ({"buyer_reference": "04011000-1234512345-35"}, {"buyer_reference"}),
        ({"buyer_reference": "Best.-Nr. 2026-17"}, set()),
        ({"company": ""}, {"company"}),
        ({"company": "", "billing_company": "Näherei"}, set()),
        ({"delivery": "pickup"}, {"billing_company"}),
        ({"business": "", "company": "", "buyer_vat_id": "x"}, set()),
    ],
)
def test_d17_numbers_are_checked_by_their_digits(told: dict[str, str], wrong: set[str]) -> None:
    given: dict[str, Any] = {"business": "ja", "company": "Näherei", "delivery": "DHL"}
    details = CheckoutDetails(cart_id=1, **given | told)
    assert set(business.problems(details)) == wrong


def test_e17_an_export_is_proved_within_sixty_days(session: Session) -> None:
    order = make_sold(session, "CH", "G")
    fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    last = NOW.date() + timedelta(days=60)
    assert tax_proofs.unproved_exports(session, last) == []
    assert tax_proofs.unproved_exports(session, last + timedelta(days=1)) == [order]
    tax_proofs.note(session, order, tax_proofs.LEFT_THE_EU, date(2026, 11, 22), "MRN 26DE1", **BY)
    assert tax_proofs.unproved_exports(session, last + timedelta(days=1)) == []


def test_e17_what_the_customs_must_read(session: Session) -> None:
    order = make_sold(session, "CH", "G")
    lines = customs.declared(session, order, deliveries.deliverable(session, order))
    told = "\n".join(lines).replace("\u00a0", " ")
    for words in ("1 Stück à 1,50 m Jersey Waldtiere", "375 g", "19,35 €", "dazu Versand 4,90 €"):
        assert words in told
    other = make_sold(session, "AT", "")
    assert customs.declared(session, other, deliveries.deliverable(session, other)) == []
