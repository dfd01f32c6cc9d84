"""Attributes of many products at once; the rules are those of attributes.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalog import attributes, bulk, products
from catalog.attributes import AttributeValue

_Stored = tuple[str, int | None, int | None]


def set_values(session: Session, texts: Mapping[int, Mapping[str, str]], now: datetime) -> None:
    """Set values of products by the type's key, each as a person types it, as attributes.set_values does with one.

    "" removes, absent keys stay. Raises NotAValue. Flushes.
    """
    session.flush()
    by_key = {each.key: each for each in attributes.types(session)}
    standing = _standing(session, texts)
    new: list[tuple[Any, ...]] = []
    other: list[tuple[Any, ...]] = []
    gone: list[int] = []
    changed: set[int] = set()
    for product_id, told in sorted(texts.items()):
        for key, typed in told.items():
            fact = by_key[key]
            value_id, stored = standing.get((product_id, fact.id or 0), (None, None))
            wanted = attributes.parse_value(fact, typed.strip()) if typed.strip() else None
            if wanted == stored:
                continue
            changed.add(product_id)
            if value_id is None and wanted is not None:
                new.append((product_id, fact.id, *wanted))
            elif value_id is not None and wanted is not None:
                other.append((*wanted, value_id))
            elif value_id is not None:
                gone.append(value_id)
    bulk.insert(session, AttributeValue, ("product_id", "type_id", "text", "number", "most"), new)
    bulk.update(session, AttributeValue, ("text", "number", "most"), other)
    for part in bulk.some(gone):
        session.exec(delete(AttributeValue).where(col(AttributeValue.id).in_(part)))
    products.touch_many(session, dict.fromkeys(changed, now))


def _standing(
    session: Session, texts: Mapping[int, Mapping[str, str]]
) -> dict[tuple[int, int], tuple[int | None, _Stored | None]]:
    """The id and what is stored of each value, by product and type."""
    found: dict[tuple[int, int], tuple[int | None, _Stored | None]] = {}
    for part in bulk.some(texts):
        for each in session.exec(select(AttributeValue).where(col(AttributeValue.product_id).in_(part))):
            found[each.product_id, each.type_id] = (each.id, (each.text, each.number, each.most))
    return found
