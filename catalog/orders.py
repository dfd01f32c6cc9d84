"""The orders in which lists of goods can be sorted; each is sorted once and then patched where goods change."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import compress
from typing import Any

from catalog import bits
from catalog.offered import Article


class Order(StrEnum):
    """How a list of goods is sorted, sold-out ones behind all others; the values stand in addresses.

    `BASE_PRICE`: by the lowest base price (Grundpreis) of an article's variants, cheapest first, within the same
    base unit, for a metre and a kilogram cannot be compared: first the unit that most of the list's goods have, then
    the others; goods for which none is owed stand last, by their price.
    `CHEAPEST` and `DEAREST` go by the lowest current price of an article's variants, per price unit as it is.
    `RELEVANCE` is that of a search; no list of departments has it.
    """

    RELEVANCE = "relevanz"
    NEWEST = "neu"
    CHEAPEST = "preis-auf"
    DEAREST = "preis-ab"
    BASE_PRICE = "grundpreis"
    NAME = "name"


Key = Callable[[Article], tuple[Any, ...]]
PlaceKey = Callable[[int], Any]
"""What stands at a place is sorted by; a tuple, None where nothing stands."""

KEYS: dict[Order, Key] = {
    Order.NEWEST: lambda each: (-each.published_at.timestamp(), -each.product_id),
    Order.CHEAPEST: lambda each: (each.least_cents, each.sort_name, each.product_id),
    Order.DEAREST: lambda each: (-each.least_cents, each.sort_name, each.product_id),
    Order.BASE_PRICE: lambda each: (
        each.base_cents is None, each.base_cents or each.least_cents, each.sort_name, each.product_id,
    ),
    Order.NAME: lambda each: (each.sort_name, each.product_id),
}  # fmt: skip


class Sorted:
    """The places of all articles by one key; never changed, a patch copies."""

    def __init__(self, places: Sequence[int]) -> None:
        self.places = places

    @classmethod
    def of(cls, key: PlaceKey, size: int) -> "Sorted":
        """Sort the places below `size` that have a key; keys are never equal."""
        keyed = ((key(place), place) for place in range(size))
        return cls([place for _, place in sorted(pair for pair in keyed if pair[0] is not None)])

    def among(self, articles: int, size: int) -> Iterable[int]:
        """The places of some articles (as bits, of so many places in all) in this order."""
        flags = bits.flags(articles, size)
        return compress(self.places, map(flags.__getitem__, self.places))

    def patched(self, before: PlaceKey, after: PlaceKey, changed: Iterable[int]) -> "Sorted":
        """The order after the keys of some places have become others; a place may have had none."""
        moved = [each for each in changed if before(each) != after(each)]
        if not moved:
            return self
        places = list(self.places)
        for place in moved:
            key = before(place)
            if key is not None:
                del places[bisect_left(places, key, key=before)]
        for place in moved:
            if after(place) is not None:
                insort(places, place, key=after)
        return Sorted(places)
