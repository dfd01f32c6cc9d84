"""No code path changes an invoice, deletes it early, or counts back: the databases themselves refuse it."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel, col, select

from checkout import fulfilment, invoices, invoicing, numbers, orders, series
from checkout.invoices import Invoice, InvoicePaper
from checkout.orders import Order, OrderLine, State
from checkout.series import NumberSeries
from shop import migrating
from shop.db import Database, sqlite_url
from tests.at_once import in_threads
from tests.checkout.documenting import TERMS
from tests.checkout.ordering import id_of, make_order, pay
from tests.make import NOW, make_variant

SENT: dict[str, Any] = {"carrier": "DHL", "tracking": "", "now": NOW, "author": "Anna"}
ORDERS, HANDS = 100, 8


def make_invoice(session: Session) -> Invoice:
    """The invoice of a paid order, with a paper."""
    order = make_order(session)
    pay(session, order)
    fulfilment.ship(session, order, **SENT)
    (invoice,) = invoicing.settle(session, lambda _: TERMS)
    session.add(
        InvoicePaper(
            invoice_id=id_of(invoice),
            form="pdf",
            file_name="a.pdf",
            sha256="0" * 64,
            size=1,
            written_at=NOW,
            keep_until=invoice.keep_until,
        )
    )
    session.flush()
    return invoice


ATTEMPTS: dict[str, Callable[[Session, Invoice], object]] = {
    "raw update": lambda session, _: session.connection().execute(text("UPDATE invoice SET gross_cents = 1")),
    "raw delete": lambda session, _: session.connection().execute(text("DELETE FROM invoice")),
    "bulk update": lambda session, _: session.exec(update(Invoice).values(document="{}")),
    "bulk delete": lambda session, _: session.exec(delete(Invoice)),
    "object": lambda session, invoice: _changed(session, invoice),
    "object deleted": lambda session, invoice: _deleted(session, invoice),
    "keep until": lambda session, _: session.exec(update(Invoice).values(keep_until=date(2000, 1, 1))),
    "paper changed": lambda session, _: session.exec(update(InvoicePaper).values(sha256="1" * 64)),
    "paper deleted": lambda session, _: session.exec(delete(InvoicePaper)),
    "number set back": lambda session, _: session.exec(update(NumberSeries).values(last=0)),
    "number skipped": lambda session, _: session.exec(update(NumberSeries).values(last=NumberSeries.last + 2)),
    "series deleted": lambda session, _: session.exec(delete(NumberSeries)),
    "series begun late": lambda session, _: session.exec(insert(NumberSeries).values(prefix="X", year=2026, last=7)),
}
ONLY_ON_SQLITE = {
    "replaced": "INSERT OR REPLACE INTO invoice SELECT * FROM invoice",
    "paper replaced": "INSERT OR REPLACE INTO invoicepaper SELECT * FROM invoicepaper",
    "series replaced": "INSERT OR REPLACE INTO numberseries (prefix, year, last) VALUES ('RE', 2026, 0)",
}


def _changed(session: Session, invoice: Invoice) -> None:
    invoice.gross_cents += 1
    session.flush()


def _deleted(session: Session, invoice: Invoice) -> None:
    session.delete(invoice)
    session.flush()


def refuse(session: Session, attempt: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match=r"never changed|go on one by one"), session.begin_nested():
        attempt()
    session.expire_all()


def test_e10_an_invoice_is_never_changed_nor_deleted_early(either_database: Database) -> None:
    with either_database.write_session() as session:
        invoice = make_invoice(session)
        kept = invoice.document
        for attempt in ATTEMPTS.values():
            refuse(session, lambda do=attempt: do(session, invoice))  # type: ignore[misc]
        if either_database.is_sqlite:
            for statement in ONLY_ON_SQLITE.values():
                refuse(session, lambda words=statement: session.connection().execute(text(words)))  # type: ignore[misc]
        else:
            refuse(session, lambda: session.connection().execute(text("TRUNCATE invoice CASCADE")))
        assert session.exec(select(Invoice.document)).all() == [kept]
        assert session.exec(select(NumberSeries.last)).all() == [1]
        session.rollback()


def test_e10_when_its_time_is_over_an_invoice_may_go(either_database: Database) -> None:
    with either_database.write_session() as session:
        old = make_invoice(session)
        facts = old.model_dump(exclude={"id"}) | {"number": "RE-2010-00001", "keep_until": date(2018, 12, 31)}
        session.add(Invoice(**facts))
        session.flush()
        session.exec(delete(Invoice).where(col(Invoice.number) == "RE-2010-00001"))
        assert session.exec(select(Invoice.number)).all() == [old.number]
        session.rollback()


def _triggers(engine: Engine) -> set[tuple[str, str]]:
    """All triggers by name and text, and on PostgreSQL what their functions do."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name != "sqlite":
        found = (
            "SELECT tgname, pg_get_triggerdef(t.oid) || prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid "
            "WHERE NOT tgisinternal"
        )
    with engine.connect() as connection:
        return {(name, words) for name, words in connection.execute(text(found)) if words}


def test_the_steps_lay_the_same_triggers_as_the_models(either_database: Database, tmp_path: Path) -> None:
    of_models = _triggers(either_database.engine)
    if either_database.is_sqlite:
        stepped = Database(sqlite_url(tmp_path / "stepped.db"))
    else:
        stepped = either_database
        with stepped.engine.begin() as connection:
            SQLModel.metadata.drop_all(connection)
    migrating.upgrade(stepped)
    assert _triggers(stepped.engine) == of_models
    assert len(of_models) >= 9
    stepped.close()


def _orders(session: Session) -> list[int]:
    """Paid orders of a sample each, which needs no stock: written down as quickly as can be."""
    variant_id = id_of(make_variant(session))
    made = [
        Order(
            number=numbers.new(), token=f"t{number}", checkout_key=f"k{number}", state=State.PAID, placed_at=NOW,
            email="erika@kundin.example", name="Erika Muster", delivery="DHL", payment="transfer", goods_cents=119,
            shipping_cents=0, total_cents=119, paid_cents=119,
            vat=[{"permille": 190, "gross_cents": 119, "vat_cents": 19}],
        )
        for number in range(ORDERS)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    session.add_all(
        OrderLine(
            order_id=id_of(order), position=1, variant_id=variant_id, sku="M-1", name="Stoffmuster", unit="piece",
            pieces=1, quantity=1, price_cents=119, line_cents=119, vat_permille=190, is_sample=True,
        )
        for order in made
    )  # fmt: skip
    return [id_of(order) for order in made]


def _ship(database: Database, order_id: int, *, fails: bool = False) -> None:
    """Ship one order as a door does; one that fails has its number already."""
    with suppress(RuntimeError), database.writing() as session:
        fulfilment.ship(session, session.get_one(Order, order_id), **SENT)
        if fails:
            invoicing.settle(session, lambda _: TERMS)
            raise RuntimeError("changed her mind")


def _numbers(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.exec(select(Invoice.number)).all())


def _no_gap(count: int) -> list[str]:
    return [f"RE-2026-{number:05d}" for number in range(1, count + 1)]


def test_e10_a_hundred_orders_at_once_have_numbers_without_gap_or_double(either_database: Database) -> None:
    either_database.at_commit(_settle)
    with either_database.writing() as session:
        made = _orders(session)

    def pack(hand: int) -> None:
        for place_, order_id in enumerate(made[hand::HANDS]):
            _ship(either_database, order_id, fails=place_ % 4 == 3)
            if place_ % 4 == 3:
                _ship(either_database, order_id)

    in_threads(HANDS, pack)
    assert _numbers(either_database) == _no_gap(ORDERS)
    with either_database.reading() as session:
        assert session.exec(select(NumberSeries.last)).all() == [ORDERS]
        every = [session.get_one(Order, order_id) for order_id in made]
        assert all(invoices.gross_cents(session, order) == order.owed_cents for order in every)


def _settle(session: Session) -> None:
    invoicing.settle(session, lambda _: TERMS)


def _die_with_a_number(url: str) -> None:
    """In a process of its own: take a number, and be killed before the commit."""
    database = Database(url)
    with database.writing() as session:
        order = orders.find_by_number(session, session.exec(select(Order.number)).first() or "")
        assert order is not None
        fulfilment.ship(session, order, **SENT)
        (invoice,) = invoicing.settle(session, lambda _: TERMS)
        assert invoice.number == "RE-2026-00001"
        os.kill(os.getpid(), signal.SIGKILL)


def test_e10_a_process_that_dies_with_a_number_gives_it_back(either_database: Database) -> None:
    with either_database.writing() as session:
        order = make_order(session)
        pay(session, order)
        order_id = id_of(order)
    either_database.close()
    dying = multiprocessing.get_context("forkserver").Process(target=_die_with_a_number, args=(either_database.url,))
    dying.start()
    dying.join(timeout=60)
    assert dying.exitcode == -signal.SIGKILL
    either_database.at_commit(_settle)
    _ship(either_database, order_id)
    assert _numbers(either_database) == _no_gap(1)


def test_each_kind_counts_for_itself(session: Session) -> None:
    assert [series.take(session, prefix, 2026) for prefix in ("RE", "ST", "RE", "TEST-RE")] == [
        "RE-2026-00001", "ST-2026-00001", "RE-2026-00002", "TEST-RE-2026-00001",
    ]  # fmt: skip
