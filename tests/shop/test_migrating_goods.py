"""A shop that was open before its fabrics lay on rolls keeps every metre, every promise and every cart."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Connection, DateTime, Integer, MetaData
from sqlmodel import Session, SQLModel, col, select

import shop.tables  # noqa: F401
from catalog import holds, stock
from catalog.holds import StockHold
from catalog.products import Variant
from catalog.rolls import Roll
from catalog.stock import StockMovement
from checkout.cart import CartLine
from shop import migrating
from shop.db import Database, sqlite_url
from tests.make import NOW

FABRIC, SOLD_OUT, UNCOUNTED, BUTTON = 1, 2, 3, 4


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A shop at its first step: 5 m of a fabric, of which 3 m are ordered and 1 m is paid, but not shipped."""
    if request.param == "sqlite":
        database = Database(sqlite_url(tmp_path / "old.db"))
    else:
        database = request.getfixturevalue("postgres_database")
        with database.engine.begin() as connection:
            SQLModel.metadata.drop_all(connection)
    migrating.upgrade(database, "0001")
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        fill(connection)
    yield database
    database.close()


def fill(connection: Connection) -> None:
    """Goods, orders, holds and a cart, as the first version wrote them."""
    add = Adder(connection)
    add("product", id=1, slug="jersey", name="Jersey", unit="length", minimum=50, step=10)
    add("product", id=2, slug="knopf", name="Knopf", unit="piece", minimum=1, step=1)
    for variant_id, product_id, on_hand, held, counts in (
        (FABRIC, 1, 500, 300, True), (SOLD_OUT, 1, 0, 0, True), (UNCOUNTED, 1, -50, 0, False), (BUTTON, 2, 10, 2, True),
    ):  # fmt: skip
        add("variant", id=variant_id, product_id=product_id, sku=f"V{variant_id}", on_hand=on_hand, held=held,
            counts_stock=counts)  # fmt: skip
        add("stockmovement", variant_id=variant_id, change=on_hand, why="received")
    add("stockmovement", variant_id=FABRIC, change=100, why="received")
    add("stockmovement", variant_id=FABRIC, change=-100, why="sold", note="D-2")
    add("order", id=1, number="D-1", token="a", checkout_key="a", state="awaiting_payment")
    add("order", id=2, number="D-2", token="b", checkout_key="b", state="paid")
    add("order", id=3, number="D-3", token="c", checkout_key="c", state="shipped")
    for order_id, variant_id, pieces, quantity in (
        (1, FABRIC, 1, 100), (1, FABRIC, 2, 100), (1, BUTTON, 2, 1), (2, FABRIC, 2, 50), (3, FABRIC, 1, 70),
    ):  # fmt: skip
        add("orderline", order_id=order_id, variant_id=variant_id, pieces=pieces, quantity=quantity)
    add("stockhold", variant_id=FABRIC, holder="D-1", quantity=300, ended_at=None, outcome="")
    add("stockhold", variant_id=BUTTON, holder="D-1", quantity=2, ended_at=None, outcome="")
    add("stockhold", variant_id=FABRIC, holder="D-2", quantity=100, ended_at=NOW, outcome="taken")
    add("stockhold", variant_id=FABRIC, holder="D-3", quantity=70, ended_at=NOW, outcome="taken")
    add("cart", id=1, token="c", checkout_key="c")
    add("cartline", cart_id=1, variant_id=FABRIC, pieces=2, quantity=150)


class Adder:
    """Adds rows to old tables; what must be there and is not said is empty."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)

    def __call__(self, into: str, /, **values: Any) -> None:
        """Add a row to a table."""
        table = self.tables.tables[into]
        empty = {
            column.name: self._empty(column.type)
            for column in table.columns
            if not column.nullable and not column.primary_key
        }
        self.connection.execute(table.insert().values(empty | values))

    @staticmethod
    def _empty(kind: Any) -> Any:
        known = {Boolean: False, Integer: 0, DateTime: NOW, JSON: []}
        return next((value for each, value in known.items() if isinstance(kind, each)), "")


def test_every_metre_lies_on_a_roll_after_the_upgrade(old_database: Database) -> None:
    migrating.upgrade(old_database)
    with old_database.reading() as session:
        roll = session.exec(select(Roll)).one()
        assert (roll.variant_id, roll.on_hand, roll.held, roll.lot, roll.ended_at) == (FABRIC, 600, 400, "", None)
        longest = select(Variant.id, Variant.on_hand, Variant.held, Variant.longest).order_by(col(Variant.id))
        assert session.exec(longest).all() == [
            (FABRIC, 600, 400, 200), (SOLD_OUT, 0, 0, 0), (UNCOUNTED, -50, 0, None), (BUTTON, 10, 2, None),
        ]  # fmt: skip
        moved = session.exec(select(StockMovement.change, StockMovement.roll_id)).all()
        assert sum(change for change, on in moved if on == roll.id) == 600
        assert sum(change for change, on in moved if on is None) == -50 + 10


def test_orders_keep_their_pieces_and_what_is_paid_is_cut_when_it_leaves(old_database: Database) -> None:
    migrating.upgrade(old_database)
    with old_database.writing() as session:
        assert pieces_of(session, "D-1") == [(FABRIC, 3, 100), (BUTTON, 2, 1)]
        assert pieces_of(session, "D-2") == [(FABRIC, 2, 50)]
        assert pieces_of(session, "D-3") == []
        assert {each.roll_id for each in holds.of(session, "D-1") if each.variant_id == FABRIC} == {
            session.exec(select(Roll.id)).one()
        }
        holds.take(session, "D-2", now=NOW, author="test", cut_only=True)
        holds.release(session, "D-1", now=NOW)
        roll = session.exec(select(Roll)).one()
        assert (roll.on_hand, roll.held, session.get_one(Variant, FABRIC).longest) == (500, 0, 500)
        stock.receive(session, session.get_one(Variant, SOLD_OUT), 300, lot="A", now=NOW, author="test")


def test_a_cart_survives_the_upgrade(old_database: Database) -> None:
    migrating.upgrade(old_database)
    with old_database.reading() as session:
        line = session.exec(select(CartLine)).one()
        assert (line.variant_id, line.pieces, line.quantity, line.is_sample) == (FABRIC, 2, 150, False)


def pieces_of(session: Session, holder: str) -> list[tuple[int, int, int]]:
    """What an order still holds."""
    of_holder = select(StockHold.variant_id, StockHold.pieces, StockHold.quantity).where(StockHold.holder == holder)
    found = session.exec(of_holder.where(col(StockHold.ended_at).is_(None)).order_by(col(StockHold.variant_id)))
    return list(found.all())
