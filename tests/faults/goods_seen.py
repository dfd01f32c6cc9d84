"""All goods of a shop as rows that can be compared: without moments, and with names where rows have numbers."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel, select

from catalog.attributes import AttributeType
from catalog.categories import Category
from catalog.exchange import ties
from catalog.makers import Maker
from catalog.products import Product, Variant
from shop.db import Database

_NAMES: dict[str, Callable[[Any], object]] = {
    "product": lambda row: row.slug,
    "variant": lambda row: row.sku,
    "category": lambda row: row.slug,
    "maker": lambda row: row.name,
    "attributetype": lambda row: row.label,
    "roll": lambda row: (row.lot, row.on_hand),
}
_TABLES: tuple[type[SQLModel], ...] = (
    Category, Maker, AttributeType, Product, Variant, *ties.OF_PRODUCTS, *ties.OF_VARIANTS,
)  # fmt: skip

Seen = dict[str, list[str]]
"""The rows of each article by its address, "" for what belongs to none."""


def look(database: Database) -> Seen:
    """Everything that an import may change."""
    with database.reading() as session:
        every: dict[str, Sequence[Any]] = {
            str(table.__tablename__): session.exec(select(table)).all() for table in _TABLES
        }
    known = {(name, row.id): _NAMES[name](row) for name, rows in every.items() if name in _NAMES for row in rows}
    owners = {row.id: row.product_id for row in every["variant"]}
    seen: dict[str, list[str]] = defaultdict(list)
    for name, rows in every.items():
        for row in rows:
            seen[_owner(name, row, owners, known)].append(_told(name, row, known))
    return {owner: sorted(rows) for owner, rows in seen.items()}


def _owner(name: str, row: Any, owners: dict[int, int], known: dict[tuple[str, int], Any]) -> str:
    if name == "product":
        return str(row.slug)
    product_id = getattr(row, "product_id", None) or owners.get(getattr(row, "variant_id", None) or 0, 0)
    return str(known.get(("product", product_id), ""))


def _told(name: str, row: Any, known: dict[tuple[str, int], Any]) -> str:
    told = [name]
    for column in SQLModel.metadata.tables[name].columns:
        value = getattr(row, column.name)
        keys = [key.column.table.name for key in column.foreign_keys]
        if column.name == "id" or isinstance(value, datetime):
            continue
        if keys and value is not None:
            value = known[keys[0], value]
        told.append(f"{column.name}={re.sub(r'Import [0-9]+', 'Import', str(value))}")
    return " ".join(told)
