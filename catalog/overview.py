"""What all goods on offer are, kept in memory: what is left of them, and the words that they are called by.

Each process keeps one. It asks the database with each use whether any goods have changed (one indexed read).
"""

import re
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import not_, or_
from sqlmodel import Session, col, select

from catalog import browse
from catalog.categories import Category
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.search.analysis import fold

_READABLE = re.compile(r"[^\W\d_][^\W_]{2,}")
_is_left = or_(not_(col(Variant.counts_stock)), col(Variant.on_hand) > col(Variant.held))
_OFFERED = select(Product.id).where(col(Product.published_at).is_not(None))
_IN_STOCK = select(Variant.product_id).where(col(Variant.is_active), _is_left).distinct()
_NAMES = select(Product.id, Product.name).where(col(Product.published_at).is_not(None))
_OPTIONS = (
    select(Variant.product_id, VariantOption.value)
    .join(VariantOption, col(VariantOption.variant_id) == Variant.id)
    .where(col(Variant.is_active), col(Variant.product_id).in_(_OFFERED))
    .distinct()
)
_CATEGORIES = (
    select(ProductCategory.product_id, Category.name)
    .join(Category, col(Category.id) == ProductCategory.category_id)
    .where(col(ProductCategory.product_id).in_(_OFFERED))
)


class Words:
    """The readable words of the goods, each with the number of articles that have it."""

    def __init__(self, articles_of: Mapping[str, int]) -> None:
        spellings: dict[str, Counter[str]] = {}
        for word, count in articles_of.items():
            spellings.setdefault(fold(word), Counter())[word] += count
        self._shown = {folded: max(each, key=lambda word: (each[word], word)) for folded, each in spellings.items()}
        self._count = {folded: each.total() for folded, each in spellings.items()}
        self._sorted = sorted(self._shown)

    def __iter__(self) -> Iterator[str]:
        """All words, folded and sorted."""
        return iter(self._sorted)

    def count(self, folded: str) -> int:
        """How many articles have a word; 0 for an unknown one."""
        return self._count.get(folded, 0)

    def shown(self, folded: str) -> str:
        """How a word is mostly written."""
        return self._shown.get(folded, folded)

    def complete(self, beginning: str, *, limit: int = 8) -> list[str]:
        """Readable words that begin with a text (umlauts and case forgiven), those of the most articles first."""
        start = fold(beginning)
        found = []
        for folded in self._sorted[bisect_left(self._sorted, start) :]:
            if not folded.startswith(start):
                break
            found.append(folded)
        return [self._shown[each] for each in sorted(found, key=lambda word: (-self._count[word], word))[:limit]]


@dataclass(frozen=True)
class Overview:
    """The goods on offer at one moment."""

    in_stock: frozenset[int]
    words: Words

    def is_sold_out(self, product_id: int) -> bool:
        """Whether nothing is left of an article."""
        return product_id not in self.in_stock


class Overviews:
    """The newest overview, made again when goods have changed. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._newest: Overview | None = None

    def current(self, session: Session, now: datetime) -> Overview:
        """The overview of the goods as this session sees them."""
        with self._lock:
            stamp = browse.stamp(session)
            if self._newest is None or stamp != self._stamp:
                self._newest, self._stamp = _read(session), stamp
            return self._newest


def _read(session: Session) -> Overview:
    database = session.connection()
    texts: Iterable[Any] = (row for query in (_NAMES, _OPTIONS, _CATEGORIES) for row in database.execute(query))
    by_word: dict[str, set[int]] = {}
    for product_id, text in texts:
        for word in _READABLE.findall(text):
            by_word.setdefault(word, set()).add(product_id)
    return Overview(
        in_stock=frozenset(database.execute(_IN_STOCK).scalars()),
        words=Words({word: len(ids) for word, ids in by_word.items()}),
    )
