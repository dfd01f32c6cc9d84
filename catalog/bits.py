"""Sets of articles and of their variants as bits of whole numbers: Python joins 100,000 of them in a microsecond.

Each article has a place; bit p of a number is the article at place p. Plane j holds the j-th variant of each
article, so the articles of some variants are all planes, one over the other.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import compress, zip_longest
from operator import and_, or_

_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")
_FEW = 12  # so many bits are shifted one by one, more are written down as digits first


@dataclass(frozen=True, slots=True)
class Variants:
    """A set of variants: bits of `articles` beyond which none lies, and one number for each plane.

    `planes` None: all variants of these articles.
    """

    articles: int
    planes: tuple[int, ...] | None = None

    @classmethod
    def of_planes(cls, planes: Iterable[int]) -> "Variants":
        """The set of some planes; those at the end that are empty fall away."""
        kept = list(planes)
        while kept and not kept[-1]:
            kept.pop()
        return cls(reduce(or_, kept, 0), tuple(kept))

    def __and__(self, other: "Variants") -> "Variants":
        articles = self.articles & other.articles
        if self.planes is None or other.planes is None:
            return Variants(articles, other.planes if self.planes is None else self.planes)
        return Variants(articles, tuple(map(and_, self.planes, other.planes)))

    def having(self, other: "Variants") -> int:
        """The articles that have one of these variants which is among the others, too."""
        articles = self.articles & other.articles
        if not articles or (self.planes is None and other.planes is None):
            return articles
        if self.planes is None or other.planes is None:
            planes = other.planes if self.planes is None else self.planes
            return articles & reduce(or_, planes or (), 0)
        return articles & reduce(or_, map(and_, self.planes, other.planes), 0)

    @property
    def owners(self) -> int:
        """The articles that have one of these variants."""
        return self.articles if self.planes is None else self.articles & reduce(or_, self.planes, 0)


NOTHING = Variants(0)


def any_of(sets: Collection[Variants]) -> Variants:
    """The variants of any of some sets, which are all of whole articles, or all of planes within their articles."""
    articles = reduce(or_, (each.articles for each in sets), 0)
    planes = [each.planes for each in sets if each.planes is not None]
    if not planes:
        return Variants(articles)
    return Variants(articles, tuple(reduce(or_, column) for column in zip_longest(*planes, fillvalue=0)))


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
