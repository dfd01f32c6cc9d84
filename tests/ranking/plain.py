"""Plain SQLite FTS5, as a sensible programmer uses it without any analysis of ours: what our search is compared with.

It gets the same texts in five columns (article numbers stand with the options), weighed as our fields are, and the
usual help with queries: quoted tokens, all of them wanted, the last as a beginning; if that finds nothing, any of
them. The trigram tokeniser matches parts of words anyway and knows no token below three letters, so those are left out.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, select

from catalog import attributes, fibres
from catalog.categories import Category
from catalog.makers import Maker
from catalog.products import Product, ProductCategory, Variant, VariantOption
from shop.db import sqlite_module

UNICODE61 = "unicode61 remove_diacritics 2"
TRIGRAM = "trigram remove_diacritics 1"
_WEIGHTS = "6.0, 3.0, 3.0, 2.0, 1.0"
_TOKEN = re.compile(r"\w+(?:[-.,/]\w+)*")
_SHORTEST = {UNICODE61: 1, TRIGRAM: 3}

Row = tuple[int, str, str, str, str, str]
"""Product id, name, options, categories, attributes, description."""


class PlainFts5:
    """A table of FTS5 in memory with one of its own tokenisers."""

    def __init__(self, tokeniser: str, rows: Iterable[Row]) -> None:
        self._shortest, self._is_trigram = _SHORTEST[tokeniser], tokeniser == TRIGRAM
        self._connection: sqlite3.Connection = sqlite_module().connect(":memory:")
        columns = "name, options, categories, attributes, description"
        self._connection.execute(f'CREATE VIRTUAL TABLE goods USING fts5({columns}, tokenize="{tokeniser}")')
        self._connection.executemany(f"INSERT INTO goods(rowid, {columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)

    def find(self, text: str) -> Sequence[int]:
        """Product ids, best first."""
        tokens = [f'"{each}"' for each in _TOKEN.findall(text) if len(each) >= self._shortest]
        if not tokens:
            return []
        last = tokens[-1] if self._is_trigram else f"{tokens[-1]}*"
        wanted = [*tokens[:-1], last]
        return self._matching(" AND ".join(wanted)) or self._matching(" OR ".join(wanted))

    def _matching(self, expression: str) -> list[int]:
        asked = f"SELECT rowid FROM goods WHERE goods MATCH ? ORDER BY bm25(goods, {_WEIGHTS}), rowid"
        return [rowid for (rowid,) in self._connection.execute(asked, (expression,))]


def rows(session: Session) -> list[Row]:
    """The texts of all products on offer."""
    shown = col(Product.published_at).is_not(None)
    goods = session.execute(
        select(Product.id, Product.name, Product.summary, Product.description, Product.maker_id).where(shown)  # type: ignore[call-overload]
    ).all()
    ids = [product_id or 0 for product_id, *_ in goods]
    options, groups = _options(session), _categories(session)
    facts = attributes.of(session, ids)
    composed = fibres.composition_of(session, ids)
    makers: dict[int | None, str] = dict(session.exec(select(Maker.id, Maker.name)).all())
    return [
        (
            product_id or 0,
            name,
            options.get(product_id or 0, ""),
            groups.get(product_id or 0, ""),
            " ".join(
                [
                    *(f"{label} {value}" for label, value in facts.get(product_id or 0, ())),
                    composed.get(product_id or 0, ""),
                    makers.get(maker_id, ""),
                ]
            ),
            f"{summary} {description}",
        )
        for product_id, name, summary, description, maker_id in goods
    ]


def _options(session: Session) -> dict[int, str]:
    values = session.exec(
        select(Variant.product_id, VariantOption.value).join(VariantOption, col(VariantOption.variant_id) == Variant.id)
    ).all()
    numbers = session.exec(select(Variant.product_id, Variant.sku, Variant.gtin)).all()
    return _joined([*values, *((each, f"{sku} {gtin}") for each, sku, gtin in numbers)])


def _categories(session: Session) -> dict[int, str]:
    tree: dict[Any, tuple[str, Any]] = {
        each: (name, parent)
        for each, name, parent in session.exec(select(Category.id, Category.name, Category.parent_id))
    }

    def path(category_id: int | None) -> str:
        if category_id is None:
            return ""
        name, parent = tree[category_id]
        return f"{path(parent)} {name}"

    placed = session.exec(select(ProductCategory.product_id, ProductCategory.category_id)).all()
    return _joined((product_id, path(category_id)) for product_id, category_id in placed)


def _joined(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    found: dict[int, dict[str, None]] = {}
    for product_id, text in pairs:
        found.setdefault(product_id, {})[text] = None
    return {product_id: " ".join(texts) for product_id, texts in found.items()}
