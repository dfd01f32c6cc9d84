"""Rules about invoices: kept by what the shop writes itself, told as soon as anything else stands there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session

from checkout import invoicing, series, wordings
from checkout.documents import Document, Kind, Reference
from checkout.invoices import Invoice
from checkout.orders import Order
from shop import invoice_files, invoice_terms
from shop.context import Shop
from shop.law.einvoice import Sale, must_be_issued
from shop.law.invoicing import lacks
from tests.checkout.documenting import SELLER, make_document
from tests.checkout.test_invoicing import give
from tests.make import NOW
from tests.shop.invoiced import make_sent, tell_seller
from tests.shop.law.looking import break_page, faults
from tests.shop.storefront.selling import open_shop

MINE = ("E04", "E06", "E07", "E08", "E10", "E11", "E12")
WRITTEN = Callable[[], Any]


@pytest.fixture
def selling(shop_app: Flask, write: WRITTEN) -> Flask:
    """A shop that has sent one order and taken something off it."""
    with write() as session:
        tell_seller(session)
    with write() as session:
        make_sent(session)
    with write() as session:
        give(session, session.get_one(Order, 1), 300, "k")
    return shop_app


def forge(session: Session, document: Document, **facts: Any) -> None:
    """Keep a document that no rule of ours would write."""
    told: dict[str, Any] = {
        "kind": document.kind.value, "series": "RE", "number": document.number, "order_id": 1, "issued_at": NOW,
        "issued_on": document.issued_on, "author": "x", "gross_cents": document.gross_cents,
        "vat_cents": document.vat_cents, "document": document.to_json(), "sha256": document.sha256,
        "keep_until": date(2034, 12, 31), "refers_to_id": None,
    }  # fmt: skip
    session.add(Invoice(**(told | facts)))
    session.flush()


def test_what_the_shop_writes_keeps_every_rule(selling: Flask) -> None:
    assert {name: found for name in MINE if (found := faults(selling, name))} == {}


def test_e04_a_small_business_must_be_able_to_write_invoices(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        tell_seller(session, is_small_business=True, tax_number="", vat_id="")
    assert "Steuernummer" in faults(selling, "E04")[0]
    assert faults(selling, "E06") == []


def test_e04_an_exempt_invoice_without_its_sentence_is_told(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        forge(session, make_document((10_00, 0), category="E", number="RE-2026-00009"))
    assert "RE-2026-00009 sagt nicht" in faults(selling, "E04")[0]


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"seller": replace(SELLER, street="")}, "Nr. 1"),
        ({"buyer": replace(SELLER, name="", company="")}, "Name der Kundin"),
        ({"seller": replace(SELLER, tax_number="", vat_id="")}, "Nr. 2"),
        ({"number": ""}, "Nr. 3, 4"),
    ],
)
def test_e06_what_an_invoice_lacks_is_named(changes: dict[str, Any], lacking: str) -> None:
    assert list(lacks(make_document())) == []
    assert lacking in next(lacks(make_document(**changes)))


def test_e06_a_forged_invoice_is_told_and_a_cancelled_one_no_more(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        forge(session, make_document(number="RE-2026-00009", seller=replace(SELLER, tax_number="", vat_id="")))
    assert "RE-2026-00009" in faults(selling, "E06")[0]


def test_e06_a_seller_without_number_is_told(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        tell_seller(session, tax_number="", vat_id="")
    assert "Steuernummer" in faults(selling, "E06")[0]


def test_e07_above_250_euros_the_address_is_owed(selling: Flask, write: WRITTEN) -> None:
    nowhere = replace(SELLER, street="")
    with write() as session:
        forge(session, make_document((250_00, 190), number="RE-2026-00008", buyer=nowhere))
    assert faults(selling, "E07") == []
    with write() as session:
        forge(session, make_document((250_01, 190), number="RE-2026-00009", buyer=nowhere))
    assert "RE-2026-00009" in faults(selling, "E07")[0]


def test_e08_what_left_without_an_invoice_is_told_after_a_day(shop_app: Flask, write: WRITTEN) -> None:
    with write() as session:
        make_sent(session)  # nobody has told who sells yet
    today = NOW.date()
    assert faults(shop_app, "E08", today + timedelta(days=1)) == []
    assert "1 Bestellungen" in faults(shop_app, "E08", today + timedelta(days=2))[0]
    with write() as session:
        tell_seller(session)
        shop: Shop = shop_app.extensions["dorfladen"]
        order = session.get_one(Order, 1)
        invoicing.issue(session, order, invoice_terms.reader(shop.payments)(session), now=NOW, author="x")
    assert faults(shop_app, "E08", today + timedelta(days=2)) == []


def test_e09_who_orders_reads_how_the_invoice_comes(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(shop_app)
    assert faults(shop_app, "E09") == []
    break_page(monkeypatch, shop_app, "confirm", wordings.INVOICE_BY_EMAIL, "")
    assert "auf Wunsch auf Papier" in faults(shop_app, "E09")[0]


def test_e10_a_missing_number_is_told(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        series.take(session, "RE", 2026)
    assert "fehlen 1 Nummern" in faults(selling, "E10")[0]


def test_e10_a_document_that_was_changed_is_told(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        forge(session, make_document(number="RE-2026-00002"), sha256="0" * 64)
        series.take(session, "RE", 2026)
    assert "RE-2026-00002 ist nicht mehr das Dokument" in faults(selling, "E10")[0]


def test_e10_a_database_without_its_guard_is_told(selling: Flask, write: WRITTEN) -> None:
    with write() as session:
        session.connection().execute(text("DROP TRIGGER invoice_never_changes"))
    assert "schützt die Tabelle „invoice“ nicht mehr" in faults(selling, "E10")[0]


def test_e11_a_cancellation_that_does_not_come_to_nothing_is_told(selling: Flask, write: WRITTEN) -> None:
    refers = Reference("RE-2026-00001", date(2026, 11, 22))
    with write() as session:
        storno = make_document((-1_00, 190), kind=Kind.CANCELLATION, number="ST-2026-00001", refers_to=refers)
        forge(session, storno, refers_to_id=1, series="ST")
    assert "nicht null" in faults(selling, "E11")[0]


def test_e11_a_document_with_the_wrong_name_is_told(selling: Flask, write: WRITTEN) -> None:
    refers = Reference("RE-2026-00001", date(2026, 11, 22))
    with write() as session:
        wrong = make_document((-1_00, 190), kind=Kind.CORRECTION, number="KO-2026-00002", refers_to=refers,
                              reason="Gutschrift")  # fmt: skip
        forge(session, wrong, refers_to_id=1, series="KO")
    assert "KO-2026-00002" in faults(selling, "E11")[0]


@pytest.mark.parametrize(
    ("day", "turnover", "is_owed"),
    [
        (date(2026, 12, 31), 900_000_00, False),
        (date(2027, 1, 1), 800_000_00, False),
        (date(2027, 1, 1), 800_000_01, True),
        (date(2027, 12, 31), 10_000_00, False),
        (date(2028, 1, 1), 10_000_00, True),
    ],
)
def test_e12_the_duty_to_issue_begins_by_turnover_and_then_for_all(day: date, turnover: int, is_owed: bool) -> None:
    sale = Sale(300_00, is_to_german_business=True, is_small_business=False, turnover_before_cents=turnover)
    assert must_be_issued(sale, day) is is_owed
    for free in (
        replace(sale, gross_cents=250_00),
        replace(sale, is_small_business=True),
        replace(sale, is_to_german_business=False),
    ):
        assert not must_be_issued(free, date(2030, 1, 1))


def test_e12_without_an_address_no_e_invoice_comes_in(selling: Flask, write: WRITTEN) -> None:
    assert faults(selling, "E12") == []
    with write() as session:
        tell_seller(session, email="")
    assert "annehmen" in faults(selling, "E12")[0]


def test_e12_each_invoice_is_an_e_invoice_already(selling: Flask) -> None:
    shop: Shop = selling.extensions["dorfladen"]
    assert b"factur-x.xml" in invoice_files.get(shop, 1, "pdf").content
    assert b"CrossIndustryInvoice" in invoice_files.get(shop, 1, "xml").content
