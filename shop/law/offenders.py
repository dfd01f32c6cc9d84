"""Goods that break a rule, told so that the owner finds them: the first few by name, each with a link to its field."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col, select

from catalog.offers import is_offered
from catalog.products import Product
from shop.law.rules import Fault

MOST = 5

Offender = tuple[int, str, str]  # product id, name, what is wrong with it


def faults(found: Iterable[Offender], field: str = "") -> Iterator[Fault]:
    """A fault for each of the first few goods, and one that counts the others; `field` is an id of their form."""
    every = iter(found)
    for product_id, name, wrong in islice(every, MOST):
        yield Fault(f"„{name}“: {wrong}", f"/backoffice/artikel/{product_id}{'#' if field else ''}{field}")
    others = sum(1 for _ in every)
    if others:
        yield Fault(
            f"Dasselbe gilt für {'einen weiteren' if others == 1 else f'{others} weitere'} Artikel.",
            "/backoffice/artikel",
        )


def on_sale(*columns: Any) -> Select[Any]:
    """Columns of the goods that shoppers can buy, after their ids and names, in the order of their ids."""
    return select(Product.id, Product.name, *columns).where(is_offered).order_by(col(Product.id))


def that(session: Session, broken: ColumnElement[bool], wrong: str) -> list[Offender]:
    """The goods on sale of which something is true, with what is wrong with them; one query."""
    return [(product_id, name, wrong) for product_id, name in session.execute(on_sale().where(broken))]


def texts(session: Session) -> Iterator[tuple[int, str, str]]:
    """What is said freely of each good on sale: id, name, and name, summary and description as one text."""
    rows: Sequence[Any] = session.execute(on_sale(Product.summary, Product.description)).all()
    for product_id, name, summary, description in rows:
        yield product_id, name, f"{name}\n{summary}\n{description}"
