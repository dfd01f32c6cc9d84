"""The extra list of the fault cases: clocks, limits, keys, locks, nothing to pay, long lists, neighbours, backups."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event, make_url, text
from sqlmodel import SQLModel, select

from checkout.orders import Order, State
from checkout.payments import comparing
from shop.db import sqlite_module
from tests.checkout.payments.ordering import Clock
from tests.checkout.payments.store import CREATE, Store
from tests.make import make_variant
from tests.shop.storefront import selling

HOST = "127.0.0.1:8000"
Rows = dict[str, list[dict[str, Any]]]


@pytest.mark.parametrize("minutes", [-3, 3])
@pytest.mark.parametrize("is_told", [True, False])
def test_extra_clock_three_minutes_off(store: Store, clock: Clock, minutes: int, is_told: bool) -> None:
    store.stripe.account.clock = lambda: clock.timestamp() + 60 * minutes
    placed, ends = store.order(quantity=50), store.order(quantity=50)
    store.stripe.account.pay(store.go_to_pay(placed))
    store.go_to_pay(ends)
    if is_told:
        assert store.deliver() == [200]
    store.lose_webhooks()
    store.hour(minutes=10)
    store.tick()
    assert (store.state(placed), store.payments(placed)) == (State.PAID, [placed.total_cents])
    store.tick(hours=3)
    assert store.state(ends) is State.EXPIRED
    assert store.payments(placed) == [placed.total_cents]


def test_extra_stripe_says_too_many_requests(store: Store) -> None:
    placed = store.order()
    store.stripe.fail("POST", CREATE, "429")
    assert store.go_to_pay(placed).endswith("?zahlung=gestoert")
    session_id = store.go_to_pay(placed)
    assert len(store.stripe.account.sessions) == 1
    store.stripe.account.pay(session_id)
    store.stripe.fail("GET", CREATE + r"/\w+", "429", times=2)
    assert store.deliver(times=2) == [503, 503]
    assert store.deliver() == [200]
    assert store.is_paid_once(placed)
    store.refund(placed, 500)
    store.stripe.fail("POST", "/v1/refunds", "429")
    store.tick()
    store.tick(minutes=1)
    assert (store.refunds(placed), store.given_back_at_stripe()) == ([(500, "done")], [(500, "succeeded")])


def test_extra_secret_key_revoked_offers_a_transfer(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    selling.open_shop(store.app)
    shopper = store.visitor()
    keys = set(store.stripe.accepted_keys)
    store.stripe.accepted_keys.clear()
    led_to = selling.place_order(shopper, payment="stripe")
    assert led_to.endswith("?zahlung=gestoert")
    page = shopper.get(led_to).text
    assert "antwortet gerade nicht" in page
    assert "Lieber überweisen" in page
    address = led_to.partition("?")[0]
    assert shopper.post(f"{address}/ueberweisung").location == address
    page = shopper.get(address).text
    assert "Bitte überweisen Sie" in page
    assert "DE89" in page
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert (order.payment, order.state) == ("transfer", State.AWAITING_PAYMENT)
    assert order.reserved_until is not None
    assert order.reserved_until > store.clock.now + timedelta(days=7)
    assert store.letters_of("transfer_instead") == 1
    store.tick(hours=3)
    assert "does not accept the shop's key" in caplog.text
    store.stripe.accepted_keys |= keys
    store.tick(hours=3)
    assert store.read(lambda session: session.exec(select(Order)).one()).state == State.AWAITING_PAYMENT


def test_extra_transfer_instead_ends_the_page_first(store: Store) -> None:
    selling.open_shop(store.app)
    shopper = store.visitor()
    page = selling.place_order(shopper, payment="stripe")
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert shopper.post(f"/bestellung/{order.token}/ueberweisung").status_code == 303
    session_id = page.rsplit("/", 1)[1]
    assert store.stripe.account.sessions[session_id]["status"] == "expired"
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert (order.payment, order.state) == ("transfer", State.AWAITING_PAYMENT)


def test_extra_transfer_is_refused_to_who_has_just_paid(store: Store) -> None:
    selling.open_shop(store.app)
    shopper = store.visitor()
    page = selling.place_order(shopper, payment="stripe")
    store.stripe.account.pay(page.rsplit("/", 1)[1])
    order = store.read(lambda session: session.exec(select(Order)).one())
    shopper.post(f"/bestellung/{order.token}/ueberweisung")
    order = store.read(lambda session: session.exec(select(Order)).one())
    assert (order.payment, order.state) == ("stripe", State.PAID)


def test_extra_database_locked_during_the_webhook(store: Store) -> None:
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    with locked_by_somebody_else(store):
        assert store.deliver() == [500]
    assert store.state(placed) is State.AWAITING_PAYMENT
    assert store.deliver() == [200]  # Stripe comes again
    assert store.is_paid_once(placed)


@contextmanager
def locked_by_somebody_else(store: Store) -> Iterator[None]:
    """A program of somebody else keeps the database; the shop is made impatient, so that the test is quick."""
    engine = store.database.engine
    impatient = "PRAGMA busy_timeout = 50" if store.database.is_sqlite else "SET lock_timeout = '50ms'"

    def be_impatient(raw: Any, record: Any) -> None:
        with closing(raw.cursor()) as cursor:
            cursor.execute(impatient)
        raw.commit()

    event.listen(engine, "connect", be_impatient)
    engine.dispose()  # connections made before are patient
    with closing(foreign_connection(store)) as other:
        other.execute("BEGIN IMMEDIATE" if store.database.is_sqlite else "LOCK TABLE stripeevent IN EXCLUSIVE MODE")
        yield
        other.rollback()
    event.remove(engine, "connect", be_impatient)
    engine.dispose()


def foreign_connection(store: Store) -> Any:
    url = make_url(store.database.url)
    if store.database.is_sqlite:
        return sqlite_module().connect(url.database, isolation_level=None)
    return psycopg.connect(host=url.host, port=url.port, user=url.username, dbname=url.database)


def test_extra_free_order_skips_stripe(store: Store) -> None:
    selling.open_shop(store.app, offers_pickup=True)
    with store.database.writing() as session:
        make_variant(session, sku="GESCHENKT", price_cents=0)
    shopper = store.visitor()
    shopper.post("/warenkorb", data={"variante": "GESCHENKT", "stuecke": "1"})
    selling.tell(shopper, delivery="pickup", payment="stripe")
    placed = shopper.post("/kasse/bestellen", data=selling.seen(shopper))
    assert placed.location.startswith("/bestellung/")
    assert "Sie brauchen nichts zu bezahlen" in shopper.get(placed.location).text
    assert store.stripe.calls == []
    assert store.read(lambda session: session.exec(select(Order)).one()).state == State.PAID


def test_extra_events_over_several_pages_after_a_week_off(store: Store) -> None:
    store.hour()
    placed = store.order()
    store.stripe.account.pay(store.go_to_pay(placed))
    for number in range(130):  # another application's customers mistype their cards
        intent = {"id": f"pi_{number}", "object": "payment_intent", "metadata": {}}
        store.stripe.account.make_up("payment_intent.payment_failed", intent)
    store.stripe.notes.problems.clear()  # those objects are only sketched
    store.lose_webhooks()
    store.hour(days=8)
    assert store.is_paid_once(placed)
    assert len(store.inbox()) == 131
    asked = len(store.stripe.calls_of("GET", "/v1/events"))
    store.hour(hours=1)  # nothing of last week is asked for again
    assert len(store.stripe.calls_of("GET", "/v1/events")) == asked + 1


def test_extra_second_shop_on_the_same_account(store: Store) -> None:
    asked = {"mode": "payment", "success_url": "https://other.example", "metadata": {
        "order": "ZZ99-ZZZZ", "attempt": "ZZ99-ZZZZ-1", "shop": "other.example"}, "line_items": [
        {"quantity": "1", "price_data": {"currency": "eur", "unit_amount": "900", "product_data": {"name": "Kuchen"}}},
    ]}  # fmt: skip
    account = store.stripe.account
    theirs = account.create_session(asked, is_live=False)["id"]
    account.decline(theirs)
    intent = account.pay(theirs)["data"]["object"]["payment_intent"]
    account.refund_by_hand(intent, 100)
    account.open_dispute(intent)
    assert set(store.deliver(times=2, backwards=True)) == {200}
    store.tick(minutes=3)
    store.hour(hours=1)
    report = comparing.compare(store.database, store.payment, store.clock.now, shop=HOST)
    assert (report.sessions, report.refunds, report.disputes) == (1, 1, 1)
    assert report.is_fine
    assert report.made_up == []
    assert None not in [row.done_at for row in store.inbox()]
    assert store.read(lambda session: session.exec(select(Order)).all()) == []


def test_extra_backup_restored_from_yesterday(store: Store) -> None:
    """What Stripe knows comes back, nothing is charged or paid back again, and what is lost is named."""
    unpaid, refunded = store.order(quantity=50), store.paid(quantity=50)
    session_id = store.go_to_pay(unpaid)
    store.refund(refunded, 500)
    yesterday = snapshot(store)
    store.stripe.account.pay(session_id)
    store.tick()
    (given,) = store.stripe.account.refunds.values()
    store.stripe.account.refund_by_hand(given["payment_intent"], 100)
    store.deliver()
    lost = store.paid(quantity=50)
    store.lose_webhooks()
    restore(store, yesterday)
    made = (len(store.stripe.account.sessions), len(store.stripe.account.refunds))
    store.tick(minutes=5)
    store.hour(hours=20)
    report = comparing.compare(store.database, store.payment, store.clock.now, shop=HOST)
    assert (len(store.stripe.account.sessions), len(store.stripe.account.refunds)) == made
    assert (store.state(unpaid), store.payments(unpaid)) == (State.PAID, [unpaid.total_cents])
    assert sorted(store.refunds(refunded)) == [(100, "done"), (500, "done")]
    assert [lost.number in sentence for sentence in report.differences] == [True]
    assert "alte Sicherung" in report.differences[0]


def snapshot(store: Store) -> Rows:
    """All rows of all tables."""
    with store.database.reading() as session:
        return {
            table.name: [dict(row._mapping) for row in session.connection().execute(table.select())]
            for table in SQLModel.metadata.sorted_tables
        }


def restore(store: Store, rows: Rows) -> None:
    """Bring all tables back to what they were."""
    with store.database.writing() as session:
        connection = session.connection()
        lift_guards(connection)
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in SQLModel.metadata.sorted_tables:
            if rows[table.name]:
                connection.execute(table.insert(), rows[table.name])


def lift_guards(connection: Connection) -> None:
    """Let rows that are never changed go all the same, as they do with a whole database."""
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        lifts = [f"DROP TRIGGER {name}" for name in names]
    else:
        lifts = [f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER' for table in SQLModel.metadata.sorted_tables]
    for lift in lifts:
        connection.execute(text(lift))
