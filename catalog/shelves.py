"""Where each article on offer stands, and which variants have each mark: bits, patched where goods change.

Articles of many variants stand first when the shelves are filled anew, so that the planes of the hundredth
variant are short. Later ones stand where there is room; `is_worn` says when filling anew pays again.
Nothing that was handed out is ever changed: a patch shares what stays.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from catalog import bits
from catalog.bits import Few, Some, Variants
from catalog.offered import Article, Mark

_Toggles = dict[Mark, dict[int, list[int]]]  # by plane; _WHOLE: of the article as such
_WHOLE = -1
_ALL: Mark = ("", True)  # a mark that every variant has
_WORN_SHARE = 8
_NOBODY = Few(())

Marks = Mapping[str, Mapping[object, Some]]
"""The variants of each mark, by group and by what it is."""


@dataclass(frozen=True)
class Shelves:
    """The articles by place (None: an empty one), the place of each product, and who has which mark."""

    articles: tuple[Article | None, ...]
    place_of: dict[int, int]
    marks: Marks
    free: tuple[int, ...] = ()
    late: int = 0

    @classmethod
    def filled(cls, articles: Iterable[Article]) -> "Shelves":
        """New shelves."""
        ordered = sorted(articles, key=lambda each: (-len(each.cents), each.product_id))
        toggles: _Toggles = {}
        for place, each in enumerate(ordered):
            _toggle(toggles, place, None, each)
        return cls(
            articles=tuple(ordered),
            place_of={each.product_id: place for place, each in enumerate(ordered)},
            marks=_toggled({}, toggles),
        )

    @property
    def everything(self) -> Some:
        """All variants on offer."""
        return self.having("", True)

    @property
    def is_worn(self) -> bool:
        """Whether so much has come and gone that filling anew pays."""
        return (self.late + len(self.free)) * _WORN_SHARE > len(self.articles) + _WORN_SHARE * 50

    def having(self, group: str, mark: object) -> Some:
        """The variants that have a mark."""
        return self.marks.get(group, {}).get(mark, bits.NOTHING)

    def bits_of(self, product_ids: Iterable[int]) -> int:
        """The articles of some products; those that are not on offer have no say."""
        place_of = self.place_of
        return bits.of_places([place_of[each] for each in product_ids if each in place_of])

    def among(self, articles: int) -> list[Article]:
        """The articles of some bits, by place."""
        return [each for place in bits.places(articles) if (each := self.articles[place]) is not None]

    def patched(self, changes: Mapping[int, Article | None]) -> "Shelves":
        """The shelves after some products are as said here (None: no longer on offer)."""
        articles, place_of, free, late = list(self.articles), self.place_of, list(self.free), self.late
        if any((after is None) == (each in place_of) for each, after in changes.items()):
            place_of = dict(place_of)
        toggles: _Toggles = {}
        for product_id, after in changes.items():
            place = place_of.get(product_id)
            before = None if place is None else articles[place]
            if place is None:
                if after is None:
                    continue
                late += 1
                place = place_of[product_id] = free.pop() if free else len(articles)
                articles += [None] * (place + 1 - len(articles))
            elif after is None:
                del place_of[product_id]
                free.append(place)
            articles[place] = after
            _toggle(toggles, place, before, after)
        return Shelves(tuple(articles), place_of, _toggled(self.marks, toggles), tuple(free), late)


def _toggle(toggles: _Toggles, place: int, before: Article | None, after: Article | None) -> None:
    """Note which bits change at a place."""
    old, new = (set() if each is None else set(each.marks) for each in (before, after))
    for mark in old ^ new:
        toggles.setdefault(mark, {}).setdefault(_WHOLE, []).append(place)
    was, will_be = _own(before), _own(after)
    for mark in was.keys() | will_be.keys():
        changed = was.get(mark, 0) ^ will_be.get(mark, 0)
        while changed:
            lowest = changed & -changed
            toggles.setdefault(mark, {}).setdefault(lowest.bit_length() - 1, []).append(place)
            changed ^= lowest


def _own(article: Article | None) -> Mapping[Mark, int]:
    return {} if article is None else {**dict(article.own_marks), _ALL: (1 << len(article.cents)) - 1}


def _toggled(marks: Marks, toggles: _Toggles) -> Marks:
    changed: dict[str, dict[object, Some]] = {group: dict(marks.get(group, {})) for group, _ in toggles}
    for (group, mark), planes in toggles.items():
        variants = _variants(changed[group].get(mark, _NOBODY), planes)
        if isinstance(variants, Variants) or variants.spots:
            changed[group][mark] = variants
        else:
            changed[group].pop(mark, None)
    return {**marks, **changed}


def _variants(before: Some, toggled: Mapping[int, Collection[int]]) -> Some:
    """A set after what changes in it; few are always kept as such."""
    is_whole = _WHOLE in toggled
    if isinstance(before, Few) and sum(map(len, toggled.values())) <= bits.FEW:
        by_plane = {0: toggled[_WHOLE]} if is_whole else toggled
        return _few_or_many(Few(_toggled_spots(before, by_plane), is_whole))
    if is_whole:
        return _few_or_many(Variants(before.articles ^ bits.of_places(toggled[_WHOLE])))
    planes = dict(before.planes or {})
    for plane, places in toggled.items():
        planes[plane] = planes.get(plane, 0) ^ bits.of_places(places)
    return _few_or_many(Variants.of_planes(planes))


def _toggled_spots(before: Few, toggled: Mapping[int, Collection[int]]) -> tuple[int, ...]:
    return tuple(sorted(set(before.spots) ^ set(Few.of(toggled).spots)))


def _few_or_many(variants: Some) -> Some:
    if isinstance(variants, Few):
        many = len(variants.spots) > bits.FEW
        return Variants(variants.articles, variants.planes) if many else variants
    planes = {0: variants.articles} if variants.planes is None else variants.planes
    if sum(map(int.bit_count, planes.values())) > bits.FEW:
        return variants
    return Few.of({plane: bits.places(each) for plane, each in planes.items()}, is_whole=variants.planes is None)
