"""Sets of articles and of their variants as bits of whole numbers: Python joins 100,000 of them in a microsecond.

Each article has a place; bit p of a number is the article at place p. Plane j holds the j-th variant of each
article, so the articles of some variants are all planes, one over the other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_

_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")
_FEW = 12  # so many bits are shifted one by one, more are written down as digits first


@dataclass(frozen=True, slots=True)
class Variants:
    """A set of variants: the bits of the articles that have one of them, and those of each plane, empty ones left out.

    `planes` None: all variants of these articles. Planes may have bits of other articles, too, which do not count.
    """

    articles: int
    planes: Mapping[int, int] | None = None

    @classmethod
    def of_planes(cls, planes: Mapping[int, int]) -> "Variants":
        """The set of some planes."""
        kept = {plane: each for plane, each in planes.items() if each}
        return cls(reduce(or_, kept.values(), 0), kept)

    def __and__(self, other: "Variants") -> "Variants":
        articles = self.articles & other.articles
        if self.planes is None or other.planes is None:
            return Variants(articles, other.planes if self.planes is None else self.planes)
        fewer, more = sorted((self.planes, other.planes), key=len)
        planes = {plane: both for plane, each in fewer.items() if plane in more and (both := each & more[plane])}
        return Variants(articles & reduce(or_, planes.values(), 0), planes)

    def having(self, other: "Variants") -> int:
        """The articles that have one of these variants which is among the others, too."""
        articles = self.articles & other.articles
        if not articles or self.planes is None or other.planes is None:
            return articles
        found, others = 0, other.planes
        for plane, each in self.planes.items():
            if plane in others:
                found |= each & others[plane]
        return articles & found


NOTHING = Variants(0)


def any_of(sets: Collection[Variants]) -> Variants:
    """The variants of any of some sets, which are all of whole articles, or all of planes within their articles."""
    articles = reduce(or_, (each.articles for each in sets), 0)
    if all(each.planes is None for each in sets):
        return Variants(articles)
    planes: dict[int, int] = {}
    for each in sets:
        for plane, variants in (each.planes or {}).items():
            planes[plane] = planes.get(plane, 0) | variants
    return Variants(articles, planes)


def of_places(places: Collection[int]) -> int:
    """The number whose bits stand at some places (from 0), each named once or more."""
    if len(places) <= _FEW:
        return reduce(or_, (1 << place for place in places), 0)
    digits = bytearray(b"0") * (max(places) + 1)
    for place in places:
        digits[-1 - place] = 49  # "1"
    return int(digits, 2)


def flags(articles: int, size: int) -> bytes:
    """A byte for each of `size` places: 1 where the bit stands, else 0."""
    return f"{articles:0{size}b}".encode().translate(_AS_FLAGS)[::-1]


def places(articles: int) -> list[int]:
    """The places whose bits stand, ascending."""
    size = articles.bit_length()
    return list(compress(range(size), flags(articles, size))) if size else []
