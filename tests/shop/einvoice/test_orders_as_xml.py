"""What real orders lead to, shown to the official rules: sold, reduced, given back, cancelled, untaxed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.vat import VatClass
from checkout import fulfilment, invoices
from checkout.documents import Document, Kind
from checkout.orders import Order
from shop.einvoice import cii
from shop.einvoice.profiles import XRECHNUNG
from shop.papers import invoice
from shop.profile import Profile
from tests.checkout.ordering import make_cart, pay, place
from tests.checkout.test_invoicing import (
    SENT,
    _happen,
    amounts,
    comes_back,
    give,
    goods,
    make_length,
    make_paid,
    make_untaxed,
    sent,
    settle,
)
from tests.conftest import THEME
from tests.shop.einvoice import oracle
from tests.shop.einvoice.test_cii import IS_LONG


def faults(document: Document) -> list[str]:
    profile = cii.profile_of(document)
    find = oracle.xrechnung_faults if profile is XRECHNUNG else oracle.faults
    return find(cii.write(document, profile))


def documents_of(session: Session, order: Order) -> list[Document]:
    return [each.content for each in invoices.of(session, order)]


@pytest.mark.parametrize("is_small", [False, True])
def test_e12_a_whole_life_of_an_order_passes_the_rules(session: Session, is_small: bool) -> None:
    order = make_paid(session, is_small_business=is_small)
    give(session, order, 7_77, "before")
    sent(session, order)
    give(session, order, 3_33, "after")
    comes_back(session, order, [2, 3], shipping_cents=0)
    every = documents_of(session, order)
    assert {each.kind for each in every} >= {Kind.INVOICE, Kind.CORRECTION}
    for document in every:
        assert faults(document) == []
        assert invoice.write(document, owner=Profile(), themes=THEME)


@pytest.mark.parametrize("category", ["K", "G"])
def test_e12_what_leaves_without_tax_passes_as_an_xrechnung(session: Session, category: str) -> None:
    document = sent(session, make_untaxed(session, category))
    assert cii.profile_of(document) is XRECHNUNG
    assert faults(document) == []


@given(goods, amounts, amounts, st.booleans())
@settings(max_examples=60 if IS_LONG else 2, deadline=None, suppress_health_check=list(HealthCheck))
def test_e12_whatever_happens_to_an_order_passes_the_rules(
    session: Session, lines: list[tuple[VatClass, int, int, int]], before: Any, after: Any, is_small: bool
) -> None:
    with session.begin_nested() as savepoint:
        wanted = [(make_length(session, kind, cents), pieces, 10 * tens) for kind, cents, pieces, tens in lines]
        order = place(session, make_cart(session, *wanted), is_small_business=is_small)
        pay(session, order)
        _happen(session, order, before)
        fulfilment.ship(session, order, **SENT)
        settle(session)
        _happen(session, order, after, "after")
        for document in documents_of(session, order):
            assert faults(document) == []
        savepoint.rollback()
    session.expunge_all()
