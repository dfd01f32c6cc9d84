"""Rules about rates, small businesses, the journal, retention, vouchers and cash, each broken once."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlmodel import Session, select

from checkout import fulfilment, gift_vouchers, retention, small_business, wordings
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order, OrderLine
from checkout.payments import Payment
from shop import journal_heads, profile
from shop.context import Shop
from shop.db import Database
from shop.law import books
from tests.checkout.documenting import make_document
from tests.checkout.ordering import make_order, pay
from tests.make import NOW, make_fabric
from tests.shop.law.looking import faults
from tests.shop.law.test_invoicing import forge
from tests.shop.storefront.selling import open_shop, place_order

IDS = ("E01", "E02", "E03", "E05", "E13", "E14", "E15", "E16")


class Moment:
    """A clock that stands."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def shop_of(app: Flask) -> Shop:
    shop: Shop = app.extensions["dorfladen"]
    return shop


@pytest.fixture
def selling(shop_app: Flask, client: FlaskClient) -> Flask:
    """A shop that has sold something."""
    open_shop(shop_app)
    place_order(client)
    return shop_app


def test_all_of_them_are_kept_by_a_shop_that_sells(selling: Flask) -> None:
    assert [fault for name in IDS for fault in faults(selling, name)] == []
    assert [rule.id for rule in books.RULES] == list(IDS)


def test_e01_a_rate_that_did_not_hold_is_seen(selling: Flask) -> None:
    with shop_of(selling).database.writing() as session:
        session.exec(select(OrderLine)).one().vat_permille = 160
    assert "galt an diesem Tag nicht" in faults(selling, "E01")[0]
    with shop_of(selling).database.writing() as session:
        session.exec(select(Order)).one().placed_at = datetime(2020, 8, 1, tzinfo=UTC)
    assert faults(selling, "E01") == []


def test_e02_shares_that_do_not_add_up_are_seen(selling: Flask) -> None:
    with shop_of(selling).database.writing() as session:
        order = session.exec(select(Order)).one()
        order.vat = [share | {"gross_cents": share["gross_cents"] - 1} for share in order.vat]
    assert "ergeben nicht die Summe" in faults(selling, "E02")[0]


@pytest.mark.parametrize(("year", "cents", "words"), [(2025, 25_000_01, "Vorjahres"), (2026, 100_000_01, "100.000")])
def test_e03_a_limit_that_was_passed_is_seen(shop_app: Flask, year: int, cents: int, words: str) -> None:
    open_shop(shop_app, is_small_business=True)
    with shop_of(shop_app).database.writing() as session:
        small_business.set_other_turnover(session, year, cents - 1)
    assert faults(shop_app, "E03") == []
    with shop_of(shop_app).database.writing() as session:
        small_business.set_other_turnover(session, year, cents)
    assert words in faults(shop_app, "E03")[0]


def test_e03_no_page_and_no_letter_of_a_small_business_speaks_of_tax(
    shop_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_shop(shop_app, is_small_business=True)
    assert faults(shop_app, "E03") == []
    monkeypatch.setattr(books, "_TAX", re.compile("Warenkorb"))
    assert any("Die Seite" in each for each in faults(shop_app, "E03"))


def test_e03_an_invoice_of_a_small_business_speaks_of_no_tax(selling: Flask) -> None:
    with shop_of(selling).database.writing() as session:
        profile.load(session).is_small_business = True
    for note, told in ((wordings.SMALL_BUSINESS_INVOICE_NOTE, 0), ("darin 19 % MwSt.", 1)):
        document = make_document((10_01, 0), category="E", notes=(note,), number=f"RE-{told}")
        with shop_of(selling).database.writing() as session:
            forge(session, document)
        assert len([each for each in faults(selling, "E03") if "MwSt" in each and "RE-" in each]) == told


def test_e05_a_sale_taxed_at_home_beyond_the_limit_is_seen(shop_app: Flask) -> None:
    open_shop(shop_app)
    with shop_of(shop_app).database.writing() as session:
        for cents, now in ((12_000_00, datetime(2025, 5, 1, tzinfo=UTC)), (20_00, NOW)):
            order = make_order(session, make_fabric(session, price_cents=cents), quantity=100, now=now)
            order.country = "AT"
    assert "hier versteuert" in faults(shop_app, "E05")[0]


def test_e13_a_changed_entry_and_a_lost_guard_are_seen(selling: Flask) -> None:
    with shop_of(selling).database.engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DROP TRIGGER journalentry_never_changes"))
    assert "Der Schutz des Journals" in faults(selling, "E13")[0]
    with shop_of(selling).database.engine.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE journalentry SET author = 'Niemand' WHERE number = 3"))
    assert "Eintrag 3" in faults(selling, "E13")[0]


def test_e13_both_databases_are_asked_for_their_guards(either_database: Database) -> None:
    with either_database.reading() as session:
        assert books._is_guarded(session)
    of = "" if either_database.is_sqlite else " ON journalentry"
    trigger = "journalentry_is_kept" if either_database.is_sqlite else "is_kept"
    with either_database.writing() as session:
        session.execute(text(f"DROP TRIGGER {trigger}{of}"))
    with either_database.reading() as session:
        assert not books._is_guarded(session)


def test_e13_what_the_nightly_look_found_is_told(selling: Flask) -> None:
    shop = shop_of(selling)
    assert journal_heads.note(shop.settings, shop.database, NOW).fault == ""
    assert journal_heads.is_there_for(shop.settings, NOW)
    with shop.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(text("DELETE FROM stockmovement"))
        connection.execute(text('UPDATE "order" SET total_cents = total_cents + 1'))
    assert "total_cents" in journal_heads.note(shop.settings, shop.database, NOW).fault
    assert any("nächtliche Prüfung" in each for each in faults(selling, "E13"))


def test_e14_what_is_kept_too_long_is_seen_unless_somebody_holds_it(selling: Flask) -> None:
    shop = shop_of(selling)
    assert faults(selling, "E14", date(2036, 3, 1)) == []
    for at, is_late in ((datetime(2036, 1, 15, tzinfo=UTC), False), (datetime(2036, 3, 1, tzinfo=UTC), True)):
        selling.extensions["dorfladen"] = replace(shop, clock=Moment(at))
        assert bool(faults(selling, "E14", at.date())) is is_late
    with shop.database.writing() as session:
        retention.hold(session, "Betriebsprüfung", now=NOW, author="Ada")
    assert faults(selling, "E14", date(2036, 3, 1)) == []


def test_e15_a_voucher_that_lapses_early_is_seen(shop_app: Flask) -> None:
    with shop_of(shop_app).database.writing() as session:
        gift_vouchers.issue(session, 50_00, now=NOW, author="Ada")
    assert faults(shop_app, "E15") == []
    with shop_of(shop_app).database.writing() as session:
        session.exec(select(GiftVoucher)).one().valid_until = date(2029, 12, 30)
    assert "drei Jahre" in faults(shop_app, "E15")[0]


def test_e16_the_program_refuses_to_book_cash_and_a_look_finds_it(session: Session, shop_app: Flask) -> None:
    order = make_order(session)
    with pytest.raises(fulfilment.TillsBusiness):
        fulfilment.mark_paid(session, order, cents=1, reference="x", method="on_pickup", now=NOW, author="Ada")
    with shop_of(shop_app).database.writing() as opened:
        sold = make_order(opened)
        pay(opened, sold)
        opened.exec(select(Payment)).one().method = "on_pickup"
    assert "Bargeld" in faults(shop_app, "E16")[0]
