"""Whatever brings the last of an order out of the store writes its invoice; nothing can be shipped without."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session

from checkout import answers, deliveries, fulfilment, inquiries, invoices, invoicing
from checkout.fulfilment import Going
from checkout.orders import Order, State
from shop import invoice_terms
from shop.db import Database
from tests.checkout.ordering import id_of, make_cart, make_order, pay, place
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_fabric, make_variant
from tests.shop.invoiced import SENT, tell_seller

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(database: Database) -> Database:
    """A shop that may write invoices."""
    invoice_terms.write_along(database, {})
    with database.writing() as session:
        tell_seller(session)
    return database


def two_lines(session: Session) -> Order:
    order = place(session, make_cart(session, (make_fabric(session), 2, 150), (make_variant(session), 3, 1)))
    pay(session, order)
    return order


def shipped(session: Session, order: Order) -> None:
    fulfilment.ship(session, order, **SENT)


def fetched(session: Session, order: Order) -> None:
    fulfilment.pick_up(session, order, **BY)


def shipped_in_parts(session: Session, order: Order) -> None:
    for part in deliveries.to_come(session, order):
        fulfilment.ship(session, order, going=[Going(part.size, part.left)], **SENT)


def partly_fetched_then_shipped(session: Session, order: Order) -> None:
    part = deliveries.to_come(session, order)[0]
    fulfilment.pick_up(session, order, going=[Going(part.size, 1)], **BY)
    fulfilment.ship(session, order, **SENT)


def rest_dropped_by_the_shopper(session: Session, order: Order) -> None:
    """A part is away; asked about the rest, she does without it."""
    first, second = deliveries.to_come(session, order)
    fulfilment.ship(session, order, going=[Going(first.size, first.left)], **SENT)
    inquiries.ask(session, order, second.line, happened="Ausverkauft", options=[[]], **BY)
    inquiry = inquiries.of(session, order)[0]
    nothing = next(each for each in answers.offers(session, order, inquiry) if not each.goods)
    answers.answer(session, inquiry, nothing.number, seen_cents=nothing.less_cents, **BY)


PATHS = (shipped, fetched, shipped_in_parts, partly_fetched_then_shipped, rest_dropped_by_the_shopper)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_e08_every_path_out_of_the_store_writes_the_invoice(
    shop: Database, path: Callable[[Session, Order], None]
) -> None:
    with shop.writing() as session:
        order_id = id_of(two_lines(session))
    with shop.writing() as session:
        path(session, session.get_one(Order, order_id))
    with shop.reading() as session:
        order = session.get_one(Order, order_id)
        assert order.state in (State.SHIPPED, State.PICKED_UP)
        (invoice,) = invoices.of(session, order)
        assert invoice.gross_cents == order.owed_cents
        assert invoicing.without(session) == []


def test_paid_with_a_gift_voucher_an_order_has_its_invoice_all_the_same(shop: Database) -> None:
    from checkout import redeeming

    with shop.writing() as session:
        basket = make_cart(session, (make_fabric(session), 1, 150))
        redeeming.enter(session, basket, make_gift(session, 10_000).code, NOW)
        order = place(session, basket)
        fulfilment.ship(session, order, **SENT)
    with shop.reading() as session:
        document = invoices.of(session, session.get_one(Order, 1))[0].content
        assert (document.paid_cents, document.due_cents) == (document.gross_cents, 0)
        assert "mit Gutschein" in document.payment


def test_a_correction_comes_years_later_with_the_series_of_its_year(shop: Database) -> None:
    from tests.checkout.test_invoicing import give

    with shop.writing() as session:
        order = make_order(session)
        pay(session, order)
        shipped(session, order)
    with shop.writing() as session:
        give(session, session.get_one(Order, 1), 100, "late", now=NOW + timedelta(days=400))
    with shop.reading() as session:
        numbers = [each.number for each in invoices.of(session, session.get_one(Order, 1))]
        assert numbers == ["RE-2026-00001", "KO-2027-00001"]


def test_what_is_rolled_back_leaves_neither_invoice_nor_gap(shop: Database) -> None:
    with shop.writing() as session:
        order_id = id_of(two_lines(session))
    with shop.write_session() as session:
        shipped(session, session.get_one(Order, order_id))
        shop.before_commit(session)
        session.rollback()
    with shop.writing() as session:
        shipped(session, session.get_one(Order, order_id))
    with shop.reading() as session:
        assert [each.number for each in invoices.of(session, session.get_one(Order, order_id))] == ["RE-2026-00001"]


def test_only_one_function_moves_an_order() -> None:
    """So the invoice hangs on one place: orders.move notes what has left, and nothing else writes the state."""
    writes = re.compile(r"\border\.state\s*=[^=]|update\(Order\)(?:(?!\n\n).)*?values\([^)]*state", re.DOTALL)
    found = {
        file.relative_to(ROOT).as_posix()
        for floor in ("catalog", "checkout", "shop")
        for file in (ROOT / floor).rglob("*.py")
        if writes.search(file.read_text(encoding="utf-8"))
    }
    assert found == {"checkout/orders.py"}


def test_the_invoice_is_written_by_every_shop_that_is_put_together(shop_app: Flask) -> None:
    """A session of any shop writes, whether a page, a job or a command opened it."""
    database: Database = shop_app.extensions["dorfladen"].database
    with database.write_session() as session:
        tell_seller(session)
        order = make_order(session)
        pay(session, order)
        shipped(session, order)
        assert invoices.of(session, order) == []
        session.commit()
        assert len(invoices.of(session, order)) == 1
