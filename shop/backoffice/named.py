"""Variants as people call them: article, colour and size, number; found by words or a hand scanner."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from catalog.products import Product, Variant, VariantOption
from catalog.rolls import Roll
from catalog.units import Unit

MOST = 20
_AT_ONCE = 5000  # databases take only so many values in one statement
_ROLL = re.compile(r"(?:#|ballen\s*)([0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """A variant with its article's name, its options as "petrol, breit", and its number."""

    variant_id: int
    product_id: int
    name: str
    options: str
    sku: str
    unit: Unit
    on_hand: int
    held: int
    counts_stock: bool
    longest: int | None

    @property
    def title(self) -> str:
        """Article and options in one line."""
        return f"{self.name}, {self.options}" if self.options else self.name

    @property
    def free(self) -> int:
        """What is not put aside, in smallest units."""
        return self.on_hand - self.held


def of(session: Session, variant_ids: Iterable[int]) -> dict[int, Named]:
    """Some variants by id; two queries for each few thousand of them."""
    found: dict[int, Named] = {}
    every = list(variant_ids)
    for begin in range(0, len(every), _AT_ONCE):
        wanted = every[begin : begin + _AT_ONCE]
        options = _options(session, wanted)
        rows = session.connection().execute(_columns().where(col(Variant.id).in_(wanted))).all()
        found |= {row.variant_id: _named(dict(row._mapping), options.get(row.variant_id, "")) for row in rows}
    return found


def find(session: Session, text: str) -> list[Named]:
    """What a scanner has read or a person has typed: a number (SKU, EAN, "#12" for a roll), else words.

    A number that fits exactly gives that one alone; of words at most MOST variants are given, by name.
    """
    text = text.strip()
    if not text:
        return []
    ids = _by_number(session, text) or _by_words(session, text)
    found = of(session, ids)
    return [found[variant_id] for variant_id in ids]


def roll_number(text: str) -> int | None:
    """The number of a roll that was typed as it stands on its label: "#12", "Ballen 12"."""
    match = _ROLL.fullmatch(text.strip())
    return int(match[1]) if match else None


def _by_number(session: Session, text: str) -> list[int]:
    number = roll_number(text)
    if number is not None:
        return _ids(session, col(Variant.id).in_(select(col(Roll.variant_id)).where(col(Roll.id) == number)))
    conditions = [func.lower(col(Variant.sku)) == text.lower()]
    if text.isascii() and text.isdigit():
        bare = text.lstrip("0")  # one scanner says twelve digits, another thirteen
        conditions.append(col(Variant.gtin).in_({bare, *(bare.zfill(width) for width in (8, 12, 13, 14))} - {""}))
    return _ids(session, or_(*conditions))


def _by_words(session: Session, text: str) -> list[int]:
    return _ids(session, *(_has(word) for word in text.split()[:6]))


def _ids(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    wanted = (
        select(col(Variant.id))
        .join(Product, col(Product.id) == col(Variant.product_id))
        .where(*conditions)
        .order_by(col(Variant.is_active).desc(), col(Product.name), col(Product.id), col(Variant.position))
        .limit(MOST)
    )
    return [variant_id for variant_id in session.connection().execute(wanted).scalars() if variant_id is not None]


def _has(word: str) -> ColumnElement[bool]:
    """The word in the article's name, in an option or in the number; LIKE of SQLite folds a to z only."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    patterns = {f"%{each}%" for each in (escaped, escaped.lower(), escaped.capitalize())}
    valued = select(col(VariantOption.variant_id)).where(
        or_(*(col(VariantOption.value).ilike(pattern, escape="\\") for pattern in patterns))
    )
    columns = (col(Product.name), col(Variant.sku))
    return or_(
        *(column.ilike(pattern, escape="\\") for column in columns for pattern in patterns),
        col(Variant.id).in_(valued),
    )


def _options(session: Session, variant_ids: Sequence[int]) -> dict[int, str]:
    rows = session.connection().execute(
        select(col(VariantOption.variant_id), col(VariantOption.value))
        .where(col(VariantOption.variant_id).in_(variant_ids))
        .order_by(col(VariantOption.variant_id), col(VariantOption.position))
    )
    found: dict[int, list[str]] = {}
    for variant_id, value in rows:
        found.setdefault(variant_id, []).append(value)
    return {variant_id: ", ".join(values) for variant_id, values in found.items()}


def _columns() -> Any:
    return select(
        col(Variant.id).label("variant_id"),
        col(Product.id).label("product_id"),
        col(Product.name).label("name"),
        col(Variant.sku).label("sku"),
        col(Product.unit).label("unit"),
        col(Variant.on_hand).label("on_hand"),
        col(Variant.held).label("held"),
        col(Variant.counts_stock).label("counts_stock"),
        col(Variant.longest).label("longest"),
    ).join(Product, col(Product.id) == col(Variant.product_id))


def _named(facts: dict[str, Any], options: str) -> Named:
    return Named(**facts | {"unit": Unit(facts["unit"]), "options": options})
