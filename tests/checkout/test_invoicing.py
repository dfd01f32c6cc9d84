"""Invoices: one with the last delivery, a correction for what is taken off later, and always what is owed in all."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.money import format_cents
from catalog.products import Variant
from catalog.units import Unit
from catalog.vat import Taxation, VatClass, contained_cents
from checkout import (
    allowances,
    concessions,
    contents,
    deliveries,
    fulfilment,
    invoices,
    invoicing,
    orders,
    paperwork,
    taking_back,
    tax_proofs,
    wordings,
)
from checkout.documents import Document, Kind, content_hash
from checkout.fulfilment import Going
from checkout.invoice_terms import CannotIssue, Terms
from checkout.invoices import Invoice
from checkout.orders import Order, State
from checkout.totals import totals
from tests.checkout.documenting import SELLER, TERMS
from tests.checkout.ordering import make_cart, make_order, pay, place
from tests.make import NOW, make_fabric, make_product, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
SENT: dict[str, Any] = {"carrier": "DHL", "tracking": ""} | BY
IS_LONG = os.environ.get("DORFLADEN_TEST_MACHINE") == "long"
at_will = settings(max_examples=400 if IS_LONG else 12, deadline=None, suppress_health_check=list(HealthCheck))


def settle(session: Session, terms: Terms = TERMS) -> list[Invoice]:
    """What the end of a transaction does."""
    return invoicing.settle(session, lambda _: terms)


def make_paid(session: Session, **facts: Any) -> Order:
    """2 pieces of 1,50 m of fabric and three pattern books at 7 %, paid."""
    book = make_variant(session, make_product(session, "Schnittheft", vat_class=VatClass.REDUCED), price_cents=799)
    order = place(session, make_cart(session, (make_fabric(session), 2, 150), (book, 3, 1)), **facts)
    pay(session, order)
    return order


def sent(session: Session, order: Order, terms: Terms = TERMS, **facts: Any) -> Document:
    """Ship an order and give its invoice."""
    fulfilment.ship(session, order, **(SENT | facts))
    (invoice,) = settle(session, terms)
    return invoice.content


def give(session: Session, order: Order, cents: int, key: str, **facts: Any) -> list[Invoice]:
    """Take so much off, over everything."""
    lines, shipping_cents = allowances.spread(session, order, cents)
    concessions.concede(session, order, lines, shipping_cents=shipping_cents, reason="Kulanz", key=key, **(BY | facts))
    return settle(session)


def comes_back(session: Session, order: Order, pieces: Sequence[int], key: str = "k", **facts: Any) -> list[Invoice]:
    sizes = [part.size for part in deliveries.deliverable(session, order)]
    given: dict[str, Any] = {"reason": "Widerruf", "shipping_cents": 0} | facts
    taking_back.take_back(session, order, dict(zip(sizes, pieces, strict=True)), **given, **BY, key=key)
    return settle(session)


def owed(order: Order) -> int:
    """What is owed for goods and shipping."""
    return order.owed_cents - order.gift_cents


def test_the_invoice_is_there_with_the_last_delivery(session: Session) -> None:
    order = make_paid(session)
    first, second = deliveries.to_come(session, order)
    fulfilment.ship(session, order, going=[Going(first.size, 2)], **SENT)
    assert settle(session) == []
    later = NOW + timedelta(days=3)
    fulfilment.ship(session, order, going=[Going(second.size, 3)], **SENT | {"now": later})
    (invoice,) = settle(session)
    document = invoice.content
    assert (document.number, document.gross_cents) == ("RE-2026-00001", order.total_cents)
    assert (document.delivered_from, document.delivered_to) == (date(2026, 11, 22), date(2026, 11, 25))
    assert (invoice.keep_until, invoice.sha256) == (date(2034, 12, 31), content_hash(invoice.document))


def test_e06_an_invoice_says_all_that_the_law_asks_for(session: Session) -> None:
    order = make_paid(session, now=NOW - timedelta(days=2))
    document = sent(session, order)
    assert document.seller == SELLER
    assert document.seller.tax_number
    assert document.seller.vat_id
    buyer = document.buyer
    assert (buyer.name, buyer.street, buyer.postal_code, buyer.city) == (
        "Erika Muster", "Am Anger 1", "01234", "Lindow-Wiesental",
    )  # fmt: skip
    assert (document.issued_on, document.number) == (date(2026, 11, 22), "RE-2026-00001")
    assert (document.delivered_from, document.delivered_to) == (date(2026, 11, 22), date(2026, 11, 22))
    fabric, book = document.items[:2]
    assert (fabric.name, fabric.amount, fabric.unit, fabric.quantity) == (
        "Jersey Waldtiere", "2 Stücke à 1,50\u00a0m", "MTR", "3",
    )  # fmt: skip
    assert (fabric.price_cents, fabric.gross_cents, fabric.permille) == (1290, 3870, 190)
    assert (book.amount, book.unit, book.quantity, book.gross_cents, book.permille) == (
        "3\u00a0Stück",
        "C62",
        "3",
        2397,
        70,
    )
    assert [item.name for item in document.items[2:]] == ["Versandkosten", "Versandkosten"]
    assert [(tax.permille, tax.gross_cents) for tax in document.taxes] == [
        (share["permille"], share["gross_cents"]) for share in order.vat
    ]


def test_e06_the_tax_is_the_net_of_its_rate_times_the_rate(session: Session) -> None:
    for tax in sent(session, make_paid(session)).taxes:
        assert abs(tax.vat_cents - round(Decimal(tax.net_cents) * tax.permille / 1000)) <= 1
        assert tax.vat_cents == contained_cents(tax.gross_cents, tax.permille)


def test_e06_a_discount_stands_beside_the_price(session: Session) -> None:
    order = make_order(session)
    pay(session, order)
    line = orders.lines_of(session, order)[0]
    concessions.concede(session, order, {line.id or 0: 500}, reason="Webfehler", key="w", **BY)
    settle(session)
    item = sent(session, order).items[0]
    assert (item.price_cents, item.discount_cents, item.gross_cents) == (1290, 500, 1435)


def test_e07_an_invoice_below_250_euros_says_as_much(session: Session) -> None:
    document = sent(session, make_paid(session))
    assert document.gross_cents < 250_00
    assert document.buyer.street
    assert document.items[0].net_cents
    assert document.taxes[0].vat_cents


def test_e04_a_small_business_names_no_tax_and_says_why(session: Session) -> None:
    order = make_paid(session, is_small_business=True)
    document = sent(session, order)
    assert document.notes == (wordings.SMALL_BUSINESS_INVOICE_NOTE,)
    assert [(tax.category, tax.permille, tax.vat_cents) for tax in document.taxes] == [("E", 0, 0)]
    assert (document.gross_cents, document.net_cents) == (order.total_cents, order.total_cents)
    assert document.seller.street
    assert document.buyer.street
    assert document.seller.tax_number


def test_e06_tax_of_another_country_is_named_with_it(session: Session) -> None:
    fabric = make_fabric(session)
    basket = make_cart(session, (fabric, 1, 100))
    items = contents.of(session, basket, NOW)
    sums = totals(items, 490, is_small_business=False, on=date(2026, 11, 22), taxation=Taxation("AT"))
    order = place(session, basket, items=items, sums=sums)
    pay(session, order)
    document = sent(session, order)
    assert [(tax.category, tax.permille) for tax in document.taxes] == [("S", 200)]
    assert document.vat_country == "AT"
    assert "Österreich" in document.notes[0]
    assert "§ 3c UStG" in document.notes[0]


@pytest.mark.parametrize(
    ("category", "note"), [("K", "Steuerfreie innergemeinschaftliche Lieferung"), ("G", wordings.EXPORT_INVOICE_NOTE)]
)
def test_e06_what_leaves_without_tax_says_why(session: Session, category: str, note: str) -> None:
    document = sent(session, make_untaxed(session, category))
    assert document.notes == (note,)
    assert [(tax.category, tax.vat_cents, tax.reason) for tax in document.taxes] == [(category, 0, note)]
    assert (document.seller.vat_id, document.buyer.vat_id) == ("DE123456788", "ATU12345675")


def make_untaxed(session: Session, category: str) -> Order:
    order = make_order(session)
    order.vat = [{"permille": 0, "gross_cents": order.total_cents, "vat_cents": 0}]
    order.vat_category, order.buyer_vat_id, order.buyer_reference = category, "ATU12345675", "04011000-1234-67"
    for line in orders.lines_of(session, order):
        line.vat_permille = 0
    session.flush()
    pay(session, order)
    if category == "K":
        tax_proofs.note(session, order, tax_proofs.VAT_ID, NOW.date(), "", now=NOW, author="test")
    return order


def test_e12_the_reference_of_an_authority_stands_on_its_invoice(session: Session) -> None:
    assert sent(session, make_untaxed(session, "G")).buyer_reference == "04011000-1234-67"


def test_an_intra_eu_supply_without_both_numbers_gets_no_invoice(session: Session) -> None:
    order = make_untaxed(session, "K")
    fulfilment.ship(session, order, **SENT)
    assert settle(session, replace(TERMS, seller=replace(SELLER, vat_id=""))) == []
    with pytest.raises(CannotIssue, match="beide Umsatzsteuer-Identifikationsnummern"):
        invoicing.issue(session, order, replace(TERMS, seller=replace(SELLER, vat_id="")), **BY)
    assert invoicing.issue(session, order, TERMS, **BY).number == "RE-2026-00001"


@pytest.mark.parametrize(
    "lacking",
    [
        {"name": ""},
        {"street": ""},
        {"tax_number": "", "vat_id": ""},
        {"tax_number": "", "vat_id": "DE123456788-00001"},
    ],
)
def test_e06_nothing_is_issued_while_the_seller_is_incomplete(session: Session, lacking: dict[str, str]) -> None:
    order = make_paid(session)
    fulfilment.ship(session, order, **SENT)
    assert settle(session, replace(TERMS, seller=replace(SELLER, **lacking))) == []
    assert invoicing.without(session) == [order]


def test_what_is_paid_says_so_and_what_is_not_says_until_when(session: Session) -> None:
    paid = sent(session, make_paid(session))
    assert (paid.due_cents, paid.pay_by, paid.account) == (0, None, None)
    order = make_order(session, payment="invoice", first_state=State.CONFIRMED)
    order.days_to_pay = 14
    unpaid = sent(session, order)
    assert (unpaid.due_cents, unpaid.pay_by, unpaid.account) == (order.total_cents, date(2026, 12, 7), TERMS.account)


def test_e11_a_return_makes_one_correction_that_names_the_invoice(session: Session) -> None:
    order = make_paid(session)
    invoice = sent(session, order)
    (row,) = comes_back(session, order, [1, 0])
    assert settle(session) == []
    document = row.content
    assert (document.title, document.number) == ("Rechnungskorrektur", "KO-2026-00001")
    assert document.refers_to is not None
    assert document.refers_to.number == invoice.number
    assert (document.gross_cents, document.items[0].quantity, document.items[0].amount) == (
        -1935, "-1.5", "1 Stück à 1,50\u00a0m",
    )  # fmt: skip
    assert invoices.gross_cents(session, order) == owed(order)


def test_e11_everything_given_back_cancels_the_invoice_to_zero(session: Session) -> None:
    order = make_paid(session)
    invoice = sent(session, order)
    (row,) = comes_back(session, order, [2, 3], shipping_cents=490)
    document = row.content
    assert (document.kind, document.number) == (Kind.CANCELLATION, "ST-2026-00001")
    assert document.gross_cents + invoice.gross_cents == 0
    for mine, theirs in zip(document.items, invoice.items, strict=True):
        assert mine.net_cents + theirs.net_cents == 0 == Decimal(mine.quantity) + Decimal(theirs.quantity)
    assert invoices.standing(session, order) == []
    assert invoicing.without(session) == []


def test_e11_a_cancellation_after_corrections_takes_them_into_account(session: Session) -> None:
    order = make_paid(session)
    sent(session, order)
    comes_back(session, order, [1, 0])
    (row,) = comes_back(session, order, [1, 3], key="rest", shipping_cents=490)
    assert row.kind == Kind.CANCELLATION
    assert "KO-2026-00001" in row.content.notes[-1]
    assert invoices.gross_cents(session, order) == 0 == sum(each.vat_cents for each in invoices.of(session, order))


def test_what_was_taken_off_before_the_delivery_is_inside_the_invoice(session: Session) -> None:
    order = make_paid(session)
    assert give(session, order, 700, "before") == []
    assert sent(session, order).gross_cents == order.total_cents - 700
    assert [each.kind for each in give(session, order, 300, "after")] == ["correction"]


def test_e11_wrong_data_are_mended_by_a_cancellation_and_a_new_invoice(session: Session) -> None:
    order = make_paid(session)
    first = sent(session, order)
    buyer = replace(first.buyer, company="Nähstube Muster GmbH")
    cancelled, renewed = invoicing.rectify(session, order, buyer, TERMS, reason="Firma fehlte", **BY)
    assert (cancelled.gross_cents, renewed.number) == (-first.gross_cents, "RE-2026-00002")
    assert renewed.content.buyer.company == "Nähstube Muster GmbH"
    assert invoicing.rectify(session, order, buyer, TERMS, reason="noch einmal", **BY) == []
    (after,) = give(session, order, 100, "later")
    assert after.content.refers_to is not None
    assert after.content.refers_to.number == "RE-2026-00002"
    assert invoices.gross_cents(session, order) == owed(order)


def test_no_invoice_for_what_the_till_was_paid(session: Session) -> None:
    order = make_order(session, payment="on_pickup", first_state=State.CONFIRMED)
    fulfilment.pick_up(session, order, **BY)
    assert settle(session) == []
    assert give(session, order, owed(order), "in the store", now=NOW + timedelta(hours=1)) == []
    assert invoicing.without(session) == []


def test_e08_money_that_comes_after_the_till_was_paid_makes_no_invoice_due(session: Session) -> None:
    order = make_order(session, payment="on_pickup", first_state=State.CONFIRMED)
    fulfilment.pick_up(session, order, **BY)
    pay(session, order, now=NOW + timedelta(days=1))
    assert settle(session) == []
    assert invoicing.without(session) == []


def test_what_was_paid_before_it_was_fetched_gets_its_invoice(session: Session) -> None:
    order = make_paid(session)
    fulfilment.pick_up(session, order, **BY)
    assert [each.kind for each in settle(session)] == ["invoice"]


def test_e08_what_left_without_an_invoice_is_found_and_gets_one(session: Session) -> None:
    order = make_paid(session)
    fulfilment.ship(session, order, **SENT)
    paperwork.take(session)  # as before there were invoices
    give(session, order, 200, "before")
    assert invoicing.without(session) == [order]
    invoice = invoicing.issue(session, order, TERMS, **BY)
    assert invoicing.issue(session, order, TERMS, **BY).id == invoice.id
    assert invoice.gross_cents == owed(order)
    assert invoicing.without(session) == []
    with pytest.raises(CannotIssue):
        invoicing.issue(session, make_paid(session), TERMS, **BY)


def test_e10_a_year_begins_at_midnight_in_berlin(session: Session) -> None:
    old, new = datetime(2026, 12, 31, 22, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert sent(session, make_paid(session), now=old).number == "RE-2026-00001"
    assert sent(session, make_paid(session), now=new).number == "RE-2027-00001"
    assert sent(session, make_paid(session), now=new).number == "RE-2027-00002"


def test_e10_a_demonstration_counts_in_series_of_its_own(session: Session) -> None:
    test = replace(TERMS, is_test=True)
    document = sent(session, make_paid(session), test)
    assert (document.number, document.is_test) == ("TEST-RE-2026-00001", True)
    assert sent(session, make_paid(session)).number == "RE-2026-00001"


def test_what_does_not_add_up_calls_a_person_and_leaves_no_gap(session: Session) -> None:
    order = make_paid(session)
    order.vat = [{"permille": 190, "gross_cents": order.total_cents, "vat_cents": 1}]
    session.flush()
    fulfilment.ship(session, order, **SENT)
    assert settle(session) == []
    assert invoicing.FAILED in order.attention
    assert sent(session, make_paid(session)).number == "RE-2026-00001"


def test_e11_no_document_calls_itself_gutschrift(session: Session) -> None:
    order = make_paid(session)
    sent(session, order)
    comes_back(session, order, [1, 0])
    comes_back(session, order, [1, 3], key="rest", shipping_cents=490)
    told = [row.document + row.content.title for row in invoices.of(session, order)]
    assert len(told) == 3
    assert not any("gutschrift" in text.casefold() for text in told)


def test_e11_not_even_where_the_owner_has_typed_it(session: Session) -> None:
    order = make_paid(session)
    sent(session, order)
    line = orders.lines_of(session, order)[0]
    concessions.concede(session, order, {line.id or 0: 100}, reason="Gutschrift wegen Webfehler", key="g", **BY)
    (row,) = settle(session)
    assert row.content.reason == "Nachlass wegen Webfehler"
    assert "gutschrift" not in row.document.casefold()


amounts = st.lists(st.tuples(st.sampled_from(["give", "back", "rectify"]), st.integers(1, 3000)), max_size=5)
goods = st.lists(
    st.tuples(st.sampled_from(VatClass), st.integers(1, 5000), st.integers(1, 3), st.integers(5, 20)),
    min_size=1, max_size=4,
)  # fmt: skip


@at_will
@given(goods, amounts, amounts, st.booleans())
def test_the_documents_always_come_to_what_is_owed(
    session: Session, lines: list[tuple[VatClass, int, int, int]], before: Any, after: Any, is_small: bool
) -> None:
    with session.begin_nested() as savepoint:
        wanted = [
            (make_length(session, vat_class, cents), pieces, 10 * tens) for vat_class, cents, pieces, tens in lines
        ]
        order = place(session, make_cart(session, *wanted), is_small_business=is_small)
        pay(session, order)
        _happen(session, order, before)
        fulfilment.ship(session, order, **SENT)
        settle(session)
        _holds(session, order)
        for number, step in enumerate(after):
            _happen(session, order, [step], f"after {number}")
            _holds(session, order)
        savepoint.rollback()
    session.expunge_all()


def make_length(session: Session, vat_class: VatClass, cents: int) -> Variant:
    product = make_product(session, unit=Unit.LENGTH, minimum=10, step=10, vat_class=vat_class)
    return make_variant(session, product, price_cents=cents, on_hand=5000)


def _happen(session: Session, order: Order, steps: Any, key: str = "before") -> None:
    for number, (what, cents) in enumerate(steps):
        there = taking_back.out_there(session, order)
        if what == "back" and there and order.state == State.SHIPPED:
            part = there[cents % len(there)]
            is_last = len(there) == 1 and part.gone == 1
            shipping_cents = allowances.left_of(session, order).shipping_cents if is_last else 0
            taking_back.take_back(session, order, {part.size: 1}, reason="Widerruf", shipping_cents=shipping_cents,
                                  key=f"{key}-{number}", **BY)  # fmt: skip
        elif what == "rectify" and (chain := invoices.standing(session, order)):
            invoicing.rectify(
                session, order, replace(chain[0].content.buyer, name=f"N {cents}"), TERMS, reason="x", **BY
            )
        else:
            lines, shipping = allowances.spread(session, order, min(cents, allowances.left_of(session, order).cents))
            concessions.concede(session, order, lines, shipping_cents=shipping, reason="Kulanz",
                                key=f"{key}-{number}", **BY)  # fmt: skip
        settle(session)


def _holds(session: Session, order: Order) -> None:
    assert invoicing.FAILED not in order.attention
    every = invoices.of(session, order)
    assert sum(each.gross_cents for each in every) == owed(order), format_cents(owed(order))
    falls_away = sum(share["vat_cents"] for each in allowances.of(session, order) for share in each.vat)
    assert sum(each.vat_cents for each in every) == sum(share["vat_cents"] for share in order.vat) - falls_away
    assert all(content_hash(each.document) == each.sha256 for each in every)
