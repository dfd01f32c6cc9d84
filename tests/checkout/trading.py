"""A few weeks of trade for exports: orders of many kinds with their documents, money and gift vouchers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from catalog.vat import contained_cents
from checkout import allowances, fulfilment, gift_vouchers, invoicing, orders, refunds
from checkout.documents import Party
from checkout.invoice_terms import Terms
from checkout.orders import Order
from checkout.refunds import Refund
from checkout.totals import split
from shop.db import Database
from tests.checkout.ordering import id_of, make_cart, pay, place
from tests.make import NOW, make_fabric, make_variant

SELLER = Party("Anna Beispielhaft", "Schnuckidu", "Marktplatz 3", "91550", "Dinkelsbühl", tax_number="203/123/45678")
TERMS = Terms(seller=SELLER, account=None, is_test=False, ways={}, country_name=lambda code: code)


def trade(database: Database) -> None:
    """Five orders: plain, of two rates, taxed abroad, corrected and paid back, exempt; and a gift voucher used up."""
    database.at_commit(lambda session: _settle(session))
    plain = _sell(database, lambda session, order: None)
    _sell(database, _two_rates)
    _sell(database, _abroad)
    back = _sell(database, lambda session, order: None)
    _sell(database, lambda session, order: None, is_small_business=True)
    with database.writing() as session:
        order = session.get_one(Order, back)
        lines, shipping = allowances.spread(session, order, 5_00)
        allowances.grant(
            session, order, lines, shipping_cents=shipping, reason="Fleck", now=NOW + timedelta(days=2), author="Ada"
        )
        refunds.owe_overpaid(session, order, reason="Fleck", now=NOW + timedelta(days=2), author="Ada")
    with database.writing() as session:
        refunds.settled(session, session.exec(select(Refund)).one(), now=NOW + timedelta(days=3), author="Ada")
        gift = gift_vouchers.issue(session, 50_00, now=NOW, author="Ada", order_id=plain)
        gift_vouchers.redeem(session, id_of(gift), 20_00, order_id=None, now=NOW, author="Ada")


def _settle(session: Session) -> None:
    invoicing.settle(session, lambda opened: TERMS)


def _sell(database: Database, change: Callable[[Session, Order], None], **facts: Any) -> int:
    """An order that was paid and sent."""
    with database.writing() as session:
        wanted = [(make_fabric(session), 2, 150), (make_variant(session), 3, 1)]
        order = place(session, make_cart(session, *wanted), **facts)
        change(session, order)
        session.flush()
    with database.writing() as session:
        pay(session, session.get_one(Order, order.id))
    with database.writing() as session:
        sent = session.get_one(Order, order.id)
        fulfilment.ship(session, sent, carrier="DHL", tracking="x", now=NOW + timedelta(days=1), author="Ada")
    return id_of(order)


def _two_rates(session: Session, order: Order) -> None:
    """The buttons at 7 %, with the shipping split."""
    first, second = orders.lines_of(session, order)
    second.vat_permille = 70
    parts = split(order.shipping_cents, [first.line_cents, second.line_cents])
    order.vat = [_share(190, first.line_cents + parts[0]), _share(70, second.line_cents + parts[1])]


def _abroad(session: Session, order: Order) -> None:
    """Taxed in Austria."""
    order.country = order.vat_country = "AT"
    for line in orders.lines_of(session, order):
        line.vat_permille = 200
    order.vat = [_share(200, order.total_cents)]


def _share(permille: int, cents: int) -> dict[str, int]:
    return {"permille": permille, "gross_cents": cents, "vat_cents": contained_cents(cents, permille)}
