"""What each article on offer is, in plain words and numbers: read in a fixed number of queries, for all or for some."""

import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from catalog import prices, slugs
from catalog.attributes import AttributeValue
from catalog.base_price import comparable
from catalog.fibres import FibreShare
from catalog.offers import at_once, is_sold_out
from catalog.prices import Reduction
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.search.analysis import fold
from catalog.shop_names import ShopNames
from catalog.units import QuantityRule, Unit

CATEGORY, FIBRE, MAKER, UNIT, BASE_UNIT, ATTRIBUTE = "kategorie", "faser", "hersteller", "einheit", "grundpreis", "m-"
OPTION, IN_STOCK, REDUCED = "o-", "lager", "reduziert"

Mark = tuple[str, Hashable]
"""A fact that goods are told apart by: its group (one of the names above, or one that begins so), and what it is."""

THERE: Mark = (IN_STOCK, True)
ANNOUNCED: Mark = (REDUCED, True)

_READABLE = re.compile(r"[^\W\d_][^\W_]{2,}")
_WORD = re.compile(r"[^\W_]+")
_AT_ONCE = 1000
_UNITS = {each.value: each for each in Unit}

_PRODUCTS = select(  # type: ignore[call-overload]
    Product.id, Product.name, Product.unit, Product.minimum, Product.step, Product.maker_id, Product.published_at
).where(col(Product.published_at).is_not(None))
_VARIANTS = (
    select(  # type: ignore[call-overload, misc]
        Variant.product_id, Variant.id, Variant.price_cents, Variant.minimum, Variant.step, Variant.content,
        Variant.content_unit, Variant.counts_stock, Variant.on_hand, Variant.held, Variant.longest,
    )
    .where(col(Variant.is_active))
    .order_by(col(Variant.product_id), col(Variant.id))
)  # fmt: skip
_OPTIONS = select(VariantOption.variant_id, VariantOption.name, VariantOption.value, VariantOption.swatch)
_PLACED = select(ProductCategory.product_id, ProductCategory.category_id)
_FIBRES = select(FibreShare.product_id, FibreShare.fibre)
_FACTS = select(  # type: ignore[call-overload]
    AttributeValue.product_id, AttributeValue.type_id, AttributeValue.text, AttributeValue.number, AttributeValue.most
).where(col(AttributeValue.type_id).in_(bindparam("types", expanding=True)))
_REDUCTIONS = select(
    Reduction.variant_id, Reduction.price_cents, Reduction.starts_at, Reduction.ends_at
).where(or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > bindparam("now")))  # fmt: skip
_BEGUN_OR_ENDED = (
    select(Variant.product_id)
    .join(Reduction, col(Reduction.variant_id) == Variant.id)
    .where(
        or_(
            col(Reduction.starts_at).between(bindparam("since"), bindparam("now")),
            col(Reduction.ends_at).between(bindparam("since"), bindparam("now")),
        )
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article on offer.

    `marks`: what all its variants are. `own_marks`: what some of them are, each with bits for which (bit j: the
    j-th variant). `cents`: what each variant costs now, from `least_cents` to `most_cents`. `base_cents`: its
    lowest base price per price unit of its BASE_UNIT mark. `words`: the readable ones of its name, options and
    categories, as written. `sort_name`: its name as dictionaries sort it. `changes_at`: when the clock alone changes
    a price of it next.
    """

    product_id: int
    name: str
    sort_name: str
    published_at: datetime
    marks: tuple[Mark, ...]
    own_marks: tuple[tuple[Mark, int], ...]
    cents: tuple[int, ...]
    least_cents: int
    most_cents: int
    base_cents: float | None
    words: tuple[str, ...]
    is_sold_out: bool
    changes_at: datetime | None = None

    @property
    def name_words(self) -> frozenset[str]:
        """All words of its name, folded."""
        return frozenset(map(_folded, _WORD.findall(self.name)))


def begun_or_ended(session: Session, since: datetime, now: datetime) -> frozenset[int]:
    """The products of which a reduction began or ended between two moments."""
    return frozenset(session.connection().execute(_BEGUN_OR_ENDED, {"since": since, "now": now}).scalars())


def read(session: Session, names: ShopNames, now: datetime, ids: Collection[int] | None = None) -> list[Article]:
    """All articles on offer, or those of some products (some hundred at a time): published, with an active variant.

    Prices are those of `now`.
    """
    source = _Source(session, ids)
    products = {row[0]: row for row in source.rows(_PRODUCTS, Product.id)}
    variants: dict[int, list[Any]] = {}
    for row in source.rows(_VARIANTS, Variant.product_id):
        if row[0] in products:
            variants.setdefault(row[0], []).append(row)
    about = _About(source, names, now, [row[1] for rows in variants.values() for row in rows])
    return [about.article(products[each], variants.pop(each)) for each in list(variants)]


class _Source:
    """The rows of all products, or of some."""

    def __init__(self, session: Session, ids: Collection[int] | None) -> None:
        self.session = session
        self.ids = None if ids is None else sorted(ids)

    def rows(self, statement: Any, column: Any, **bound: Any) -> Iterable[Any]:
        """Those of a statement; `column` holds the product."""
        return self._rows(statement, column, self.ids, bound)

    def rows_of(self, variants: Iterable[int], statement: Any, column: Any, **bound: Any) -> Iterable[Any]:
        """Those of a statement for the variants of the products; `column` holds the variant."""
        return self._rows(statement, column, None if self.ids is None else sorted(variants), bound)

    def _rows(self, statement: Any, column: Any, ids: list[int] | None, bound: dict[str, Any]) -> Iterable[Any]:
        connection = self.session.connection()
        if ids is None:
            return chain.from_iterable(connection.execute(statement, bound).partitions(_AT_ONCE))
        return connection.execute(_among(statement, column), bound | {"ids": ids})


@lru_cache(32)
def _among(statement: Any, column: Any) -> Any:
    return statement.where(column.in_(bindparam("ids", expanding=True)))


class _About:
    """What is known of some articles, by product or by variant."""

    def __init__(self, source: _Source, names: ShopNames, now: datetime, variants: Collection[int]) -> None:
        self.names = names
        self.known: dict[Any, Any] = {}  # equal things are kept once
        self.placed = self._by_first(source.rows(_PLACED, ProductCategory.product_id))
        self.marks = self._by_first(self._marks(source))
        self.reductions = _Reductions(source, variants, now)
        self.options = self._by_first(
            (variant_id, (_option_group(name), (name, value, swatch)))
            for variant_id, name, value, swatch in source.rows_of(variants, _OPTIONS, VariantOption.variant_id)
        )

    def _marks(self, source: _Source) -> Iterator[tuple[int, Mark]]:
        for product_id, fibre in source.rows(_FIBRES, FibreShare.product_id):
            yield product_id, (FIBRE, fibre)
        types = sorted(self.names.filters)
        for product_id, type_id, *value in source.rows(_FACTS, AttributeValue.product_id, types=types):
            yield product_id, (f"{ATTRIBUTE}{type_id}", tuple(value))

    def _by_first(self, rows: Iterable[Any]) -> dict[int, tuple[Any, ...]]:
        found: dict[int, tuple[Any, ...]] = {}
        once = self.known.setdefault
        for first, second in rows:
            second = once(second, second)
            found[first] = (*found[first], second) if first in found else (second,)
        return found

    def article(self, product: Any, variants: list[Any]) -> Article:
        product_id, name, unit_name, minimum, step, maker_id, published_at = product
        once = self.known.setdefault
        unit = _UNITS[unit_name]
        own, cents = self._own_marks(variants, unit, minimum, step)
        base = _lowest_base(variants, cents, unit)
        placed = self.placed.get(product_id, ())
        marks = [*self.marks.get(product_id, ()), (UNIT, unit_name), *((CATEGORY, each) for each in placed)]
        if maker_id is not None:
            marks.append((MAKER, maker_id))
        if base is not None:
            marks.append((BASE_UNIT, base[0]))
        called = [name, *self.names.above(placed), *(mark[1][1] for mark in own if mark[0].startswith(OPTION))]  # type: ignore[index]
        return Article(
            product_id=product_id,
            name=name,
            sort_name=" ".join(map(_collated, _WORD.findall(name))),
            published_at=published_at,
            marks=tuple(sorted((once(each, each) for each in marks), key=hash)),
            own_marks=tuple(sorted(own.items(), key=hash)),
            cents=tuple(once(each, each) for each in cents),
            least_cents=once(min(cents), 0),
            most_cents=once(max(cents), 0),
            base_cents=None if base is None else base[1],
            words=tuple(sorted(dict.fromkeys(word for text in called for word in _readable(text)))),
            is_sold_out=THERE not in own,
            changes_at=self.reductions.next_of(variants),
        )

    def _own_marks(self, variants: list[Any], unit: Unit, minimum: int, step: int) -> tuple[dict[Mark, int], list[int]]:
        """The marks of some of the variants, and what each variant costs."""
        own: dict[Mark, int] = {}
        cents = []
        bit = 1
        for _, variant_id, regular, own_minimum, own_step, _, _, counts, on_hand, held, longest in variants:
            left = at_once(counts, on_hand, held, longest, unit)
            if not is_sold_out(left, _rule(unit, own_minimum or minimum, own_step or step)):
                own[THERE] = own.get(THERE, 0) | bit
            for mark in self.options.get(variant_id, ()):
                own[mark] = own.get(mark, 0) | bit
            if variant_id in self.reductions.announced:
                own[ANNOUNCED] = own.get(ANNOUNCED, 0) | bit
            cents.append(min(self.reductions.cents.get(variant_id, regular), regular))
            bit <<= 1
        return own, cents


class _Reductions:
    """Which variants are reduced, which of them may be announced as such, and what is still to come."""

    def __init__(self, source: _Source, variants: Collection[int], now: datetime) -> None:
        self.cents: dict[int, int] = {}
        self._next: dict[int, datetime] = {}
        rows = source.rows_of(variants, _REDUCTIONS, Reduction.variant_id, now=now)
        for variant_id, cents, starts_at, ends_at in rows:
            if starts_at <= now:
                self.cents[variant_id] = min(cents, self.cents.get(variant_id, cents))
            upcoming = starts_at if starts_at > now else ends_at
            if upcoming is not None:
                self._next[variant_id] = min(upcoming, self._next.get(variant_id, upcoming))
        reduced = sorted(self.cents.keys() & set(variants)) if self.cents else []
        self.announced: set[int] = set()
        for start in range(0, len(reduced), _AT_ONCE):
            current = prices.current(source.session, reduced[start : start + _AT_ONCE], now)
            self.announced |= {each for each, price in current.items() if price.is_reduced}

    def next_of(self, variants: Iterable[Any]) -> datetime | None:
        """When the clock next changes a price of some variants (as rows)."""
        if not self._next:
            return None
        return min((self._next[row[1]] for row in variants if row[1] in self._next), default=None)


def _lowest_base(variants: list[Any], cents: list[int], unit: Unit) -> tuple[str, float] | None:
    told = {(each, row[5], row[6]) for row, each in zip(variants, cents, strict=True)}
    found = (_comparable(each, unit, content, content_unit) for each, content, content_unit in told)
    return min((each for each in found if each is not None), key=lambda pair: (pair[1], pair[0]), default=None)


@lru_cache(4096)
def _comparable(cents: int, unit: Unit, content: int | None, content_unit: str | None) -> tuple[str, float] | None:
    found = comparable(cents, unit, content, Unit(content_unit) if content_unit else None)
    return None if found is None else (found[0].value, found[1])


@lru_cache(1024)
def _rule(unit: Unit, minimum: int, step: int) -> QuantityRule:
    return QuantityRule(unit, minimum, step)


@lru_cache(4096)
def _option_group(name: str) -> str:
    return f"{OPTION}{slugs.slugify(name)}"


@lru_cache(8192)
def _readable(text: str) -> tuple[str, ...]:
    return tuple(_READABLE.findall(text))


@lru_cache(32_768)
def _collated(word: str) -> str:
    """As DIN 5007-1 sorts: ä as a, ß as ss, and no difference between small and large letters."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    return "".join(each for each in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(each))


@lru_cache(32_768)
def _folded(word: str) -> str:
    return word if word.isascii() and word.isdecimal() else fold(word)
