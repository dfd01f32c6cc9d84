"""All goods on offer at one moment, in memory: what they differ by, their orders, what they are called."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import chain, islice
from operator import or_
from typing import Any, TypeVar

from catalog import bits, offered
from catalog.name_words import NameWords
from catalog.offered import Article
from catalog.orders import KEYS, Key, Order, PlaceKey, Sorted
from catalog.search.analysis import fold
from catalog.shelves import Shelves
from catalog.shop_names import ShopNames
from catalog.standing import Sales
from catalog.words import Words

T = TypeVar("T")

_POPULAR = "popular"  # an order that stands in no address


@dataclass(frozen=True)
class Overview:
    """The goods on offer at one moment. `number` grows with any change of goods or of the shop's frame."""

    number: int
    shelves: Shelves
    names: ShopNames
    words: Words
    name_words: NameWords
    sales: Sales
    standings: dict[int, float]
    changes_at: datetime | None
    _orders: dict[str, Sorted] = field(default_factory=dict, compare=False)
    _kept: dict[tuple[str, ...], Any] = field(default_factory=dict, compare=False)

    def article(self, product_id: int) -> Article | None:
        """An article on offer; None for others."""
        place = self.shelves.place_of.get(product_id)
        return None if place is None else self.shelves.articles[place]

    def is_sold_out(self, product_id: int) -> bool:
        """Whether nothing of an article can be bought; goods that are not on offer cannot."""
        article = self.article(product_id)
        return article is None or article.is_sold_out

    def standing(self, product_id: int) -> float:
        """How well an article stands, 0 to 1: how new it is and how often it was sold. See catalog/standing.py."""
        return self.standings.get(product_id, 0.0)

    @property
    def everything(self) -> int:
        """All articles, as bits."""
        return self.shelves.everything.articles

    def found(self, product_ids: Iterable[int]) -> int:
        """Some articles, as bits."""
        return self.shelves.bits_of(product_ids)

    def in_categories(self, category_ids: Iterable[int]) -> int:
        """The articles that stand in some categories themselves, as bits."""
        articles = 0
        for each in category_ids:
            articles |= self.shelves.having(offered.CATEGORY, each).articles
        return articles

    def below(self, category_id: int) -> int:
        """The articles of a category and of all below it, as bits."""
        return self.in_categories(self.names.tree_of(category_id))

    def listed(self, articles: int, order: Order, *, offset: int = 0, limit: int | None = None) -> list[int]:
        """The ids of some articles in an order other than relevance, from `offset` on; sold-out ones last in each."""
        until = None if limit is None else offset + limit
        there = articles & self.shelves.having(*offered.THERE).articles
        parts = (there, articles & ~there)
        groups = [
            group for part in parts for group in (self._by_base_unit(part) if order is Order.BASE_PRICE else [part])
        ]
        sorted_, size = self._sorted(order), len(self.shelves.articles)
        places = chain.from_iterable(sorted_.among(each, size) for each in groups)
        return self._ids(islice(places, offset, until))

    def _by_base_unit(self, articles: int) -> list[int]:
        """The articles apart by the unit of their base price, the most first, those without one last."""
        units = self.shelves.marks.get(offered.BASE_UNIT, {})
        groups = [articles & units[each].articles for each in sorted(units, key=str)]
        without = articles & ~reduce(or_, groups, 0)
        return [*sorted(groups, key=int.bit_count, reverse=True), without]

    def _ids(self, places: Iterable[int]) -> list[int]:
        on_shelf = self.shelves.articles
        return [each.product_id for place in places if (each := on_shelf[place]) is not None]

    def those_of(self, product_ids: Iterable[int], articles: int) -> Iterator[int]:
        """Those of some ids whose articles are among these (bits), in the order given."""
        place_of, size = self.shelves.place_of, len(self.shelves.articles)
        flags = bits.flags(articles, size) + b"\0"
        return (each for each in product_ids if flags[place_of.get(each, size)])

    def articles(self, text: str, limit: int = 8) -> list[int]:
        """The ids of articles whose names have a word for each typed one, which it is or begins with.

        Those that stand best first, sold-out ones last.
        """
        found = self.everything
        typed = [fold(word) for word in text.split()]
        for beginning in typed:
            found &= self.name_words.having(beginning)
        if not typed or not found:
            return []
        ordered = self._sorted(_POPULAR).among(found, len(self.shelves.articles))
        return self._ids(islice(ordered, limit))

    def categories(self, text: str, limit: int = 4) -> list[int]:
        """The ids of categories with goods whose names have a word for each typed one; the fullest first."""
        typed = [fold(word) for word in text.split()]
        found = [
            (-articles, category_id)
            for category_id, words, articles in self._category_words()
            if typed and all(any(word.startswith(beginning) for word in words) for beginning in typed)
        ]
        return [category_id for _, category_id in sorted(found)[:limit]]

    def _sorted(self, order: str) -> Sorted:
        """All places in an order; sorted when it is asked for the first time."""
        known = self._orders.get(order)
        if known is None:
            known = self._orders[order] = Sorted.of(self._keys(order), len(self.shelves.articles))
        return known

    def _keys(self, order: str) -> PlaceKey:
        """What an order sorts the places by; None for an empty one."""
        articles, standings = self.shelves.articles, self.standings
        if order == _POPULAR:
            key: Key = lambda each: (each.is_sold_out, -standings[each.product_id], each.product_id)  # noqa: E731
        else:
            key = KEYS[Order(order)]

        def key_at(place: int) -> tuple[Any, ...] | None:
            article = articles[place] if place < len(articles) else None
            return None if article is None else key(article)

        return key_at

    def prepare(self) -> None:
        """Sort all orders now, so that nobody has to wait for it later."""
        for order in (*KEYS, _POPULAR):
            self._sorted(order)

    def kept(self, name: tuple[str, ...], make: Callable[[], T]) -> T:
        """Something made of the marks of a group, which its name begins with, and of the names: made once.

        Overviews of the next numbers have it until these change.
        """
        if name not in self._kept:
            self._kept[name] = make()
        made: T = self._kept[name]
        return made

    def _category_words(self) -> list[tuple[int, tuple[str, ...], int]]:
        def make() -> list[tuple[int, tuple[str, ...], int]]:
            counted = ((each, self.below(each.category_id).bit_count()) for each in self.names.categories.values())
            return [
                (each.category_id, tuple(fold(word) for word in each.name.replace("-", " ").split()), count)
                for each, count in counted
                if count
            ]

        return self.kept((offered.CATEGORY, "words"), make)

    @classmethod
    def of(
        cls, articles: Iterable[Article], names: ShopNames, sales: Sales, before: "Overview | None" = None
    ) -> "Overview":
        """The overview of all articles on offer; `before` is the one whose place it takes."""
        every = list(articles)
        shelves = Shelves.filled(every)
        made = cls(
            number=before.number + 1 if before else 1,
            shelves=shelves,
            names=names,
            words=Words(Counter(word for each in every for word in each.words), before.words if before else None),
            name_words=NameWords.of(shelves.articles),
            sales=sales,
            standings={each.product_id: sales.standing(each.product_id, each.published_at) for each in every},
            changes_at=min((each.changes_at for each in every if each.changes_at), default=None),
        )
        for order in list(before._orders) if before else ():
            made._sorted(order)
        return made

    def patched(self, changes: Mapping[int, Article | None]) -> "Overview":
        """The overview after some products have become what is said here (None: no longer on offer)."""
        before = {product_id: self.article(product_id) for product_id in changes}
        told = {product_id: after for product_id, after in changes.items() if after != before[product_id]}
        if not told:
            return self
        shelves = self.shelves.patched(told)
        moved = [
            ((shelves if after else self.shelves).place_of[each], before[each], after) for each, after in told.items()
        ]
        moments = [each.changes_at for each in told.values() if each and each.changes_at]
        made = replace(
            self,
            number=self.number + 1,
            shelves=shelves,
            words=self.words.patched(
                (word for each in told for word in _words(before[each])),
                (word for each in told.values() for word in _words(each)),
            ),
            name_words=self.name_words.patched(moved),
            standings=self._standings(told),
            changes_at=min([*moments, *([self.changes_at] if self.changes_at else [])], default=None),
            _orders={},
            _kept=self._kept_of(shelves),
        )
        return made._sorted_as(self, [place for place, *_ in moved])

    def with_sales(self, sales: Sales) -> "Overview":
        """The overview after a look at what was sold."""
        if sales.counted_at != self.sales.counted_at:
            every = [each for each in self.shelves.articles if each is not None]
            anew = {each.product_id: sales.standing(each.product_id, each.published_at) for each in every}
            kept = {name: order for name, order in list(self._orders.items()) if name != _POPULAR}
            return replace(self, number=self.number + 1, sales=sales, standings=anew, _orders=kept)
        sold = [
            each
            for each, number in sales.by_product.items()
            if number != self.sales.by_product.get(each) and each in self.shelves.place_of
        ]
        if not sold:
            return replace(self, sales=sales)
        made = replace(self, number=self.number + 1, sales=sales, _orders={})
        standings = made._standings({each: made.article(each) for each in sold})
        made = replace(made, standings=standings)
        return made._sorted_as(self, [self.shelves.place_of[each] for each in sold])

    def with_names(self, names: ShopNames) -> "Overview":
        """The overview with other names; goods for which they make a difference are patched beside that."""
        return replace(self, number=self.number + 1, names=names, _kept={})

    def _kept_of(self, shelves: Shelves) -> dict[tuple[str, ...], Any]:
        """What was made of marks that other shelves share with these."""
        before, after = self.shelves.marks, shelves.marks
        return {name: made for name, made in list(self._kept.items()) if before.get(name[0]) is after.get(name[0])}

    def _standings(self, changes: Mapping[int, Article | None]) -> dict[int, float]:
        told = {
            product_id: None if after is None else self.sales.standing(product_id, after.published_at)
            for product_id, after in changes.items()
        }
        if all(self.standings.get(product_id) == standing for product_id, standing in told.items()):
            return self.standings
        return {each: standing for each, standing in (self.standings | told).items() if standing is not None}

    def _sorted_as(self, before: "Overview", places: Iterable[int]) -> "Overview":
        """This overview with the orders that the one before had sorted, patched at some places."""
        moved = list(places)
        for name, order in list(before._orders.items()):
            self._orders[name] = order.patched(before._keys(name), self._keys(name), moved)
        return self


def _words(article: Article | None) -> tuple[str, ...]:
    return () if article is None else article.words
