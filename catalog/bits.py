"""Sets of articles and of their variants as bits of whole numbers: Python joins 100,000 of them in a microsecond.

Each article has a place; bit p of a number is the article at place p. Plane j holds the j-th variant of each
article, so the articles of some variants are all planes, one over the other.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_

_AS_FLAGS = bytes.maketrans(b"01", b"\0\1")
FEW = 12  # so many bits are shifted one by one, more are written down as digits first
_PLACE_BITS = 32  # of a spot: the rest is its plane


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

    def __and__(self, other: "Some") -> "Variants":
        articles = self.articles & other.articles
        if self.planes is None or other.planes is None:
            return Variants(articles, other.planes if self.planes is None else self.planes)
        fewer, more = sorted((self.planes, other.planes), key=len)
        planes = {plane: both for plane, each in fewer.items() if plane in more and (both := each & more[plane])}
        return Variants(articles & reduce(or_, planes.values(), 0), planes)

    def having(self, other: "Some") -> int:
        """The articles that have one of these variants which is among the others, too."""
        articles = self.articles & other.articles
        if not articles or self.planes is None or other.planes is None:
            return articles
        found, others = 0, other.planes
        for plane, each in self.planes.items():
            if plane in others:
                found |= each & others[plane]
        return articles & found


@dataclass(frozen=True, slots=True)
class Few:
    """A set of a few variants, or of whole articles: what thousands of names have once each would fill the memory.

    `spots` are ascending, each a place and above it the plane (0 where `is_whole`).
    """

    spots: tuple[int, ...]
    is_whole: bool = False

    @classmethod
    def of(cls, places_of: Mapping[int, Iterable[int]], *, is_whole: bool = False) -> "Few":
        """The variants at some places of some planes."""
        return cls(tuple(sorted(spot(plane, each) for plane, found in places_of.items() for each in found)), is_whole)

    @property
    def articles(self) -> int:
        """The bits of the articles that have one of them."""
        return reduce(or_, (1 << place_of(each) for each in self.spots), 0)

    @property
    def planes(self) -> Mapping[int, int] | None:
        """The bits of each plane; None: all variants of these articles."""
        if self.is_whole:
            return None
        planes: dict[int, int] = {}
        for each in self.spots:
            plane = each >> _PLACE_BITS
            planes[plane] = planes.get(plane, 0) | 1 << place_of(each)
        return planes

    def __and__(self, other: "Some") -> Variants:
        return Variants(self.articles, self.planes) & other

    def having(self, other: "Some") -> int:
        """The articles that have one of these variants which is among the others, too."""
        return Variants(self.articles, self.planes).having(other)


Some = Variants | Few
NOTHING = Variants(0)


def spot(plane: int, place: int) -> int:
    """Where a variant stands, as one number."""
    return plane << _PLACE_BITS | place


def place_of(found: int) -> int:
    """The place of a spot."""
    return found & (1 << _PLACE_BITS) - 1


def any_of(sets: Collection[Some]) -> Some:
    """The variants of any of some sets, which are all of whole articles, or all of planes within their articles."""
    many = [each for each in sets if isinstance(each, Variants)]
    few = [each for each in sets if isinstance(each, Few)]
    if not many and sum(len(each.spots) for each in few) <= FEW and len({each.is_whole for each in few}) == 1:
        return Few(tuple(sorted({each for one in few for each in one.spots})), few[0].is_whole)
    articles = reduce(
        or_, (each.articles for each in many), of_places([place_of(s) for each in few for s in each.spots])
    )
    if all(each.planes is None for each in many) and all(each.is_whole for each in few):
        return Variants(articles)
    planes: dict[int, int] = {}
    for each in many:
        for plane, variants in (each.planes or {}).items():
            planes[plane] = planes.get(plane, 0) | variants
    for plane, found in _by_plane(few).items():
        planes[plane] = planes.get(plane, 0) | of_places(found)
    return Variants(articles, planes)


def _by_plane(sets: Iterable[Few]) -> dict[int, list[int]]:
    """The places of some sets by plane; those of whole articles stand in none."""
    found: dict[int, list[int]] = {}
    for each in sets:
        for one in () if each.is_whole else each.spots:
            found.setdefault(one >> _PLACE_BITS, []).append(place_of(one))
    return found


def of_places(places: Collection[int]) -> int:
    """The number whose bits stand at some places (from 0), each named once or more."""
    if len(places) <= FEW:
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
