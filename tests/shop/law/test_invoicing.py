"""Rules about invoices: kept by what the shop writes itself, told as soon as anything else stands there."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, col, select

from checkout import invoicing, series, wordings
from checkout.documents import Document, Kind, Reference
from checkout.invoices import Invoice
from checkout.orders import Order
from shop import invoice_terms, profile, themes
from shop.einvoice import cii
from shop.law.einvoice import Sale, must_be_issued
from shop.law.invoicing import lacks
from shop.law.rules import Sight
from shop.papers import invoice as printing
from tests.checkout.documenting import SELLER, make_document
from tests.checkout.test_invoicing import give
from tests.make import NOW
from tests.shop.invoiced import make_sent, tell_seller
from tests.shop.law.looking import break_page, faults, rule
from tests.shop.storefront.selling import open_shop

TODAY = NOW.date()
MINE = ("E04", "E06", "E07", "E08", "E10", "E11", "E12")


@pytest.fixture
def selling(session: Session) -> Session:
    """A shop that has sent one order and taken something off it."""
    tell_seller(session)
    make_sent(session)
    settle(session)
    give(session, session.exec(select(Order)).one(), 300, "k")
    return session


def settle(session: Session) -> None:
    """What the end of a transaction does."""
    invoicing.settle(session, invoice_terms.reader({}))


def told(session: Session, name: str, today: date = TODAY) -> list[str]:
    """What one rule finds; these look at rows and at the profile alone."""
    nothing = cast("Any", None)
    sight = Sight(nothing, nothing, session, profile.load(session), today)
    return [fault.message for fault in rule(name).look(sight)]


def first(session: Session) -> int | None:
    """The id of the first document."""
    return session.exec(select(Invoice.id).order_by(col(Invoice.id))).first()


def forge(session: Session, document: Document, **facts: Any) -> None:
    """Keep a document that no rule of ours would write."""
    order_id = session.exec(select(col(Order.id))).one()
    told: dict[str, Any] = {
        "kind": document.kind.value, "series": "RE", "number": document.number, "order_id": order_id, "issued_at": NOW,
        "issued_on": document.issued_on, "author": "x", "gross_cents": document.gross_cents,
        "vat_cents": document.vat_cents, "document": document.to_json(), "sha256": document.sha256,
        "keep_until": date(2034, 12, 31), "refers_to_id": None,
    }  # fmt: skip
    session.add(Invoice(**(told | facts)))
    session.flush()


def test_what_the_shop_writes_keeps_every_rule(selling: Session) -> None:
    assert {name: found for name in MINE if (found := told(selling, name))} == {}


def test_e04_a_small_business_must_be_able_to_write_invoices(selling: Session) -> None:
    tell_seller(selling, is_small_business=True, tax_number="", vat_id="")
    assert "Steuernummer" in told(selling, "E04")[0]
    assert told(selling, "E06") == []


def test_e04_an_exempt_invoice_without_its_sentence_is_told(selling: Session) -> None:
    forge(selling, make_document((10_00, 0), category="E", number="RE-2026-00009"))
    assert "RE-2026-00009 sagt nicht" in told(selling, "E04")[0]


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


def test_e06_a_forged_invoice_is_told_and_a_cancelled_one_no_more(selling: Session) -> None:
    forge(selling, make_document(number="RE-2026-00009", seller=replace(SELLER, tax_number="", vat_id="")))
    assert "RE-2026-00009" in told(selling, "E06")[0]


def test_e06_a_seller_without_number_is_told(selling: Session) -> None:
    tell_seller(selling, tax_number="", vat_id="")
    assert "Steuernummer" in told(selling, "E06")[0]


def test_e07_above_250_euros_the_address_is_owed(selling: Session) -> None:
    nowhere = replace(SELLER, street="")
    forge(selling, make_document((250_00, 190), number="RE-2026-00008", buyer=nowhere))
    assert told(selling, "E07") == []
    forge(selling, make_document((250_01, 190), number="RE-2026-00009", buyer=nowhere))
    assert "RE-2026-00009" in told(selling, "E07")[0]


def test_e08_what_left_without_an_invoice_is_told_after_a_day(session: Session) -> None:
    order = make_sent(session)
    settle(session)  # nobody has told who sells yet
    assert told(session, "E08", NOW.date() + timedelta(days=1)) == []
    assert "1 Bestellung ist" in told(session, "E08", NOW.date() + timedelta(days=2))[0]
    tell_seller(session)
    invoicing.issue(session, order, invoice_terms.reader({})(session), now=NOW, author="x")
    assert told(session, "E08", NOW.date() + timedelta(days=2)) == []


def test_e09_who_orders_reads_how_the_invoice_comes(shop_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop(shop_app)
    assert faults(shop_app, "E09") == []
    break_page(monkeypatch, shop_app, "confirm", wordings.INVOICE_BY_EMAIL, "")
    assert "auf Wunsch auf Papier" in faults(shop_app, "E09")[0]


def test_e10_a_missing_number_is_told(selling: Session) -> None:
    series.take(selling, "RE", 2026)
    assert "fehlen 1 Nummern" in told(selling, "E10")[0]


def test_e10_a_document_that_was_changed_is_told(selling: Session) -> None:
    forge(selling, make_document(number="RE-2026-00002"), sha256="0" * 64)
    series.take(selling, "RE", 2026)
    assert "RE-2026-00002 ist nicht mehr das Dokument" in told(selling, "E10")[0]


def test_e10_a_database_without_its_guard_is_told(selling: Session) -> None:
    selling.connection().execute(text("DROP TRIGGER invoice_never_changes"))
    assert "schützt die Tabelle „invoice“ nicht mehr" in told(selling, "E10")[0]


def test_e11_a_cancellation_that_does_not_come_to_nothing_is_told(selling: Session) -> None:
    refers = Reference("RE-2026-00001", date(2026, 11, 22))
    storno = make_document((-1_00, 190), kind=Kind.CANCELLATION, number="ST-2026-00001", refers_to=refers)
    forge(selling, storno, refers_to_id=first(selling), series="ST")
    assert "nicht null" in told(selling, "E11")[0]


def test_e11_a_document_with_the_wrong_name_is_told(selling: Session) -> None:
    refers = Reference("RE-2026-00001", date(2026, 11, 22))
    wrong = make_document((-1_00, 190), kind=Kind.CORRECTION, number="KO-2026-00002", refers_to=refers,
                          reason="Gutschrift")  # fmt: skip
    forge(selling, wrong, refers_to_id=first(selling), series="KO")
    assert "KO-2026-00002" in told(selling, "E11")[0]


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


def test_e12_without_an_address_no_e_invoice_comes_in(selling: Session) -> None:
    assert told(selling, "E12") == []
    tell_seller(selling, email="")
    assert "annehmen" in told(selling, "E12")[0]


def test_e12_each_invoice_is_an_e_invoice_already(selling: Session) -> None:
    document = selling.exec(select(Invoice)).all()[0].content
    folders = themes.chain(Path(__file__).parents[3] / "themes", "default")
    assert b"factur-x.xml" in printing.write(document, owner=profile.load(selling), themes=folders)
    assert b"CrossIndustryInvoice" in cii.write(document, cii.profile_of(document))
