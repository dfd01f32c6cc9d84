"""What an invoice costs in the transaction that ships its order, and what printing it costs outside of it.

The same orders of three lines are shipped with and without invoices, one transaction each, on SQLite and PostgreSQL.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, select

import shop.tables  # noqa: F401
from catalog import kinds
from checkout import fulfilment, invoicing
from checkout.invoices import Invoice
from checkout.orders import Order
from shop import themes
from shop.db import Database, sqlite_url
from shop.einvoice import cii
from shop.papers import invoice as printing
from shop.profile import Profile
from tests import postgres
from tests.checkout.documenting import TERMS
from tests.checkout.ordering import id_of, make_cart, pay, place
from tests.make import NOW, make_variant

ORDERS = 60
SENT: dict[str, Any] = {"carrier": "DHL", "tracking": "", "now": NOW, "author": "Probe"}


def measure() -> dict[str, float]:
    """Milliseconds (median) of shipping without and with an invoice, of writing it (CPU), and of printing one."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures |= _measure("SQLite", sqlite_url(Path(folder) / "shop.db"))
    if postgres.programs() is None:
        print(f"left out: {postgres.MISSING} is not on this machine", file=sys.stderr)
        return figures
    with postgres.serving(is_durable=True) as url:
        return figures | _measure("PostgreSQL", url)


def _measure(name: str, url: str) -> dict[str, float]:
    database = Database(url)
    with database.writing() as session:
        SQLModel.metadata.create_all(session.connection())
        kinds.ensure(session)
        orders = _orders(session)
    without = [_ship(database, order_id) for order_id in orders[:ORDERS]]
    written: list[float] = []
    database.at_commit(lambda session: _settle(session, written))
    with_invoice = [_ship(database, order_id) for order_id in orders[ORDERS:]]
    figures = {
        f"{name}, shipping without invoice ms": statistics.median(without),
        f"{name}, shipping with invoice ms": statistics.median(with_invoice),
        f"{name}, writing the invoice, CPU ms": statistics.median(written),
    }
    figures |= _print(database) if name == "SQLite" else {}
    database.close()
    return figures


def _orders(session: Session) -> list[int]:
    goods = [make_variant(session, on_hand=10 * ORDERS) for _ in range(3)]
    made = []
    for _ in range(2 * ORDERS):
        order = place(session, make_cart(session, *((each, 2, 1) for each in goods)))
        pay(session, order)
        made.append(id_of(order))
    return made


def _ship(database: Database, order_id: int) -> float:
    began = time.perf_counter()
    with database.writing() as session:
        fulfilment.ship(session, session.get_one(Order, order_id), **SENT)
    return (time.perf_counter() - began) * 1000


def _settle(session: Session, written: list[float]) -> None:
    began = time.process_time()
    invoicing.settle(session, lambda _: TERMS)
    session.flush()
    written.append((time.process_time() - began) * 1000)


def _print(database: Database) -> dict[str, float]:
    with database.reading() as session:
        documents = [row.content for row in session.exec(select(Invoice).limit(8)).all()]
    folders = themes.chain(Path(__file__).parents[2] / "themes", "schnuckidu")
    owner = Profile(shop_name="Schnuckidu")
    took: dict[str, list[float]] = {"PDF": [], "XML": []}
    for document in documents:
        for form in took:
            began = time.perf_counter()
            if form == "PDF":
                printing.write(document, owner=owner, themes=folders)
            else:
                cii.write(document)
            took[form].append((time.perf_counter() - began) * 1000)
    return {f"{form}, printed outside ms": statistics.median(times) for form, times in took.items()}
