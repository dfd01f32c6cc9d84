"""The list of invoices: found by number, order or name, by month and kind, with what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from checkout.documents import Kind
from checkout.invoices import Invoice
from checkout.orders import Order
from shop.personal import archive

PAGE = 40


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words, a month as its first day, a kind; each may be missing."""

    words: str = ""
    month: date | None = None
    kind: Kind | None = None


@dataclass(frozen=True)
class Total:
    """What the documents of a kind come to, in cents."""

    kind: Kind
    count: int
    gross_cents: int
    vat_cents: int

    @property
    def net_cents(self) -> int:
        """Without the tax."""
        return self.gross_cents - self.vat_cents


@dataclass(frozen=True)
class Listed:
    """A page of documents with the numbers of their orders, newest first."""

    rows: Sequence[tuple[Invoice, str]]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.count // PAGE))


def listed(session: Session, wanted: Wanted, page: int) -> Listed:
    """A page of what is wanted; what stands in the locked archive is not listed."""
    conditions = [*_conditions(wanted), archive.is_in_sight(Order)]
    count = session.exec(
        select(func.count(col(Invoice.id))).join(Order, col(Order.id) == Invoice.order_id).where(*conditions)
    ).one()
    page = min(max(1, page), max(1, -(-count // PAGE)))
    rows = select(Invoice, Order.number).join(Order, col(Order.id) == Invoice.order_id).where(*conditions)
    rows = rows.order_by(col(Invoice.id).desc()).offset((page - 1) * PAGE).limit(PAGE)
    return Listed(session.exec(rows).all(), count, page)


def totals(session: Session, wanted: Wanted) -> list[Total]:
    """What is wanted, summed up by kind; the archive counts as well, unless somebody is searched for."""
    sums: Any = (func.count(col(Invoice.id)), func.sum(Invoice.gross_cents), func.sum(Invoice.vat_cents))
    summed: Any = select
    rows = summed(Invoice.kind, *sums).join(Order, col(Order.id) == Invoice.order_id)
    every = session.exec(rows.where(*_conditions(wanted)).group_by(Invoice.kind)).all()
    found = {kind: Total(Kind(kind), count, int(gross), int(vat)) for kind, count, gross, vat in every}
    return [found[kind] for kind in Kind if kind in found]


def months(session: Session) -> list[date]:
    """The months in which documents were issued, newest first, each as its first day."""
    days = session.exec(select(col(Invoice.issued_on)).distinct()).all()
    return sorted({day.replace(day=1) for day in days}, reverse=True)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_has(word) for word in wanted.words.split()[:6]]
    if found:
        found.append(archive.is_in_sight(Order))
    if wanted.kind is not None:
        found.append(col(Invoice.kind) == wanted.kind.value)
    if wanted.month is not None:
        found += [col(Invoice.issued_on) >= wanted.month, col(Invoice.issued_on) < _month_after(wanted.month)]
    return found


def _has(word: str) -> ColumnElement[bool]:
    """A word of the number, the order's number, or whatever the document says: names stand in it."""
    return or_(
        col(Invoice.number).icontains(word, autoescape=True),
        col(Order.number).icontains(word, autoescape=True),
        col(Invoice.document).icontains(word, autoescape=True),
    )


def _month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
