"""A shop that was open before money stood beside the state keeps every cent, every day to pay by and every page."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

import shop.tables  # noqa: F401
from checkout import pickup, refunds
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.payments import PaymentAttempt
from checkout.refunds import Refund
from checkout.shipping import ShippingRate
from shop import migrating, profile
from shop.db import Database, sqlite_url
from tests.shop.test_migrating_goods import Adder

RESERVED = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)  # in Berlin it is the 4th


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A shop at its second step, with orders in all kinds of trouble."""
    if request.param == "sqlite":
        database = Database(sqlite_url(tmp_path / "old.db"))
    else:
        database = request.getfixturevalue("postgres_database")
        with database.engine.begin() as connection:
            SQLModel.metadata.drop_all(connection)
    migrating.upgrade(database, "0002")
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        add = Adder(connection)
        for order_id, state, paid, attention in (
            (1, "awaiting_payment", 0, ""), (2, "paid", 1000, ""), (3, "cancelled", 1000, ""),
            (4, "cancelled", 1000, "bitte zurückzahlen"), (5, "shipped", 1600, ""), (6, "expired", 0, ""),
        ):  # fmt: skip
            add("order", id=order_id, number=f"D-{order_id}", token=f"t{order_id}", checkout_key=f"k{order_id}",
                state=state, total_cents=1000, paid_cents=paid, attention=attention, payment="transfer",
                reserved_until=RESERVED)  # fmt: skip
        for payment_id, order_id, cents in (
            (1, 2, 1000),
            (2, 3, 400),
            (3, 3, 600),
            (4, 4, 1000),
            (5, 5, 1000),
            (6, 5, 600),
        ):
            add("payment", id=payment_id, order_id=order_id, method="transfer", reference=f"r{payment_id}", cents=cents)
        for attempt_id, session_id in ((1, "cs_test_1"), (2, "cs_live_1")):
            add("paymentattempt", id=attempt_id, order_id=2, idempotency_key=f"i{attempt_id}", session_id=session_id)
        add("shipment", id=7, order_id=5, shipped_at=RESERVED)
        for letter_id, kind, sent_at in ((1, "shipped", None), (2, "order_received", None)):
            add("letter", id=letter_id, kind=kind, reason="order:5", recipient="erika@kundin.example",
                message_id=f"m{letter_id}", sent_at=sent_at)  # fmt: skip
        add("profile", id=1, opening_hours="Mo–Fr 9–18 Uhr")
        add("shippingrate", id=1, name="Paket", country="DE", price_cents=490)
    yield database
    database.close()


def migrated(database: Database) -> Session:
    migrating.upgrade(database)
    return database.read_session()


def test_what_was_settled_by_hand_counts_as_given_back(old_database: Database) -> None:
    with migrated(old_database) as session:
        overpaid = dict(session.exec(select(Order.id, Order.refunded_cents).order_by(col(Order.id))).all())
        assert overpaid == {1: 0, 2: 0, 3: 1000, 4: 0, 5: 600, 6: 0}
        assert {
            order.id: order.overpaid_cents for order in session.exec(select(Order)).all() if order.overpaid_cents
        } == {4: 1000}
        parts = session.exec(select(Refund.payment_id, Refund.cents, Refund.state).order_by(col(Refund.id))).all()
        assert parts == [(3, 600, "done"), (2, 400, "done"), (6, 600, "done")]
        assert refunds.owed_by(session, "transfer") == []


def test_whoever_waits_for_a_transfer_keeps_the_day(old_database: Database) -> None:
    with migrated(old_database) as session:
        assert session.get_one(Order, 1).pay_by == date(2026, 11, 30)


def test_test_pages_and_real_pages_are_told_apart(old_database: Database) -> None:
    with migrated(old_database) as session:
        found = select(PaymentAttempt.is_live).order_by(col(PaymentAttempt.id))
        assert session.exec(found).all() == [False, True]


def test_a_rate_stays_and_may_name_several_countries(old_database: Database) -> None:
    with migrated(old_database) as session:
        rate = session.exec(select(ShippingRate)).one()
        assert (rate.name, rate.countries, rate.price_cents) == ("Paket", ["DE"], 490)
        rate.country = "AT BE NL"


def test_opening_hours_promise_when_goods_can_be_fetched(old_database: Database) -> None:
    with migrated(old_database) as session:
        assert pickup.terms(session).hours == "Mo–Fr 9–18 Uhr"


def test_a_letter_that_waits_tells_of_its_parcel(old_database: Database) -> None:
    with migrated(old_database) as session:
        reasons = session.exec(select(Letter.reason).order_by(col(Letter.id))).all()
        assert reasons == ["shipment:7", "order:5"]


def test_a_shop_that_was_there_before_stays_open(old_database: Database) -> None:
    migrating.upgrade(old_database)
    with old_database.reading() as session:
        assert profile.load(session).is_open
