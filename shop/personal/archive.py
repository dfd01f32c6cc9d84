"""The locked archive: rows that the law wants kept, out of sight of daily work (Art. 17 Abs. 3 lit. b, Art. 18 DSGVO).

A locked order stands in no list, is found by no search, and its page opens to nobody; who must see it (the tax
office asks) says why, and that is written down. When its time is over, the deletion job takes it away.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

from catalog.times import moment
from checkout.orders import Order


class LockedRow(SQLModel, table=True):
    """A row of a table (`table_name`, `row_id`) that is kept for the law alone, at least until the day `until`."""

    __table_args__ = (UniqueConstraint("table_name", "row_id"),)

    id: int | None = Field(default=None, primary_key=True)
    table_name: str = Field(max_length=40)
    row_id: int
    locked_at: datetime = moment()
    until: date = Field(index=True)
    author: str


class ArchiveLook(SQLModel, table=True):
    """Somebody has looked at a locked order, and why."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(index=True)
    looked_at: datetime = moment()
    author: str
    reason: str


def lock(session: Session, table: type[SQLModel], row_id: int, *, until: date, now: datetime, author: str) -> None:
    """Take a row out of sight; one that is locked stays so, until the later of both days. Flushes."""
    name = str(table.__tablename__)
    known = session.exec(select(LockedRow).where(LockedRow.table_name == name, LockedRow.row_id == row_id)).first()
    row = known or LockedRow(table_name=name, row_id=row_id, locked_at=now, until=until, author=author)
    row.until = max(row.until, until)
    session.add(row)
    session.flush()


def is_in_sight(table: type[SQLModel], row_id: Any = None) -> ColumnElement[bool]:
    """The condition that a row is not locked; `row_id` is the column that names it, its own id if not given.

    A row that names none (NULL) is in sight.
    """
    named = col(table.id) if row_id is None else col(row_id)  # type: ignore[attr-defined]
    hidden = select(LockedRow.id).where(LockedRow.table_name == str(table.__tablename__), LockedRow.row_id == named)
    return ~hidden.exists()


def is_locked(session: Session, row_id: int, table: type[SQLModel] = Order) -> bool:
    """Whether an order (or a row of another table) stands in the locked archive. One indexed query."""
    name = str(table.__tablename__)
    found = select(LockedRow.id).where(LockedRow.table_name == name, LockedRow.row_id == row_id)
    return session.exec(found).first() is not None


def locked_orders(session: Session) -> list[tuple[LockedRow, Order]]:
    """The orders of the archive, the newest lock first."""
    found = (
        select(LockedRow, Order)
        .where(LockedRow.table_name == str(Order.__tablename__), LockedRow.row_id == Order.id)
        .order_by(col(LockedRow.id).desc())
    )
    return list(session.exec(found).all())


def look(session: Session, order_id: int, *, reason: str, now: datetime, author: str) -> None:
    """Note that somebody looks at a locked order, and why. Flushes."""
    session.add(ArchiveLook(order_id=order_id, looked_at=now, author=author, reason=reason))
    session.flush()


def looks(session: Session, order_id: int) -> list[ArchiveLook]:
    """Who has looked at a locked order, newest first."""
    found = select(ArchiveLook).where(ArchiveLook.order_id == order_id)
    return list(session.exec(found.order_by(col(ArchiveLook.id).desc())).all())


def forget_gone(session: Session, tables: dict[str, type[SQLModel]], today: date) -> int:
    """Delete locks whose rows the deletion job has taken away, with who looked at them; give how many. Flushes."""
    over = session.exec(select(LockedRow).where(LockedRow.until < today)).all()
    gone = [each for each in over if session.get(tables[each.table_name], each.row_id) is None]
    for each in gone:
        session.exec(delete(ArchiveLook).where(_is_of(each)))
        session.delete(each)
    session.flush()
    return len(gone)


def _is_of(lock: LockedRow) -> ColumnElement[bool]:
    """The condition that somebody has looked at the order that a lock was on."""
    is_order = lock.table_name == str(Order.__tablename__)
    return col(ArchiveLook.order_id) == (lock.row_id if is_order else 0)
