"""Narrowing a list of goods down by what they differ in, with the number of goods that each choice would leave.

One law: an article is shown if one of its variants fits all filters; a variant fits a filter if it has one of
the values chosen there. The number beside a value is how many articles are shown once it is chosen as well.

In a tree (of categories) a value that is chosen below another one counts instead of it: whoever has chosen
fabrics, and then jersey, is shown jersey.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from heapq import nlargest

from catalog import bits
from catalog.bits import Some, Variants
from catalog.facets import Facet, Goods, Span, Value

Asked = Mapping[str, Sequence[str]]  # what an address asks for: texts by parameter

FROM, TO = "von-", "bis-"
MOST_VALUES = 100  # of one filter: those of the most articles, and whatever is chosen
_PREFIXES = ("m-", "o-", FROM, TO)
_NAMES = ("kategorie", "faser", "hersteller", "lager", "reduziert", "meterware")


@dataclass(frozen=True)
class Choice:
    """A value to choose; `count`: how many articles are shown with it, None where it is chosen already.

    `level`: how deep it stands in a tree, 0 at the top.
    """

    token: str
    label: str
    swatch: str
    is_chosen: bool
    count: int | None
    level: int = 0


@dataclass(frozen=True)
class Filter:
    """A filter as shoppers see it: either `choices`, or a number from–to between `least` and `most`."""

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    least: str = ""
    most: str = ""
    typed_from: str = ""
    typed_to: str = ""

    @property
    def is_span(self) -> bool:
        """Whether two numbers are typed instead of values ticked."""
        return not self.choices

    @property
    def is_used(self) -> bool:
        """Whether something is chosen here."""
        return bool(self.typed_from or self.typed_to) or any(each.is_chosen for each in self.choices)


@dataclass(frozen=True)
class Chosen:
    """Something chosen, and the parameters of the address that say so."""

    label: str
    said_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Narrowed:
    """The articles that are left, as bits, the filters to show, what is chosen, and the address's parameters for it."""

    articles: int
    filters: tuple[Filter, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    def without(self, chosen: Chosen) -> list[tuple[str, str]]:
        """The parameters once something is chosen no longer."""
        return [each for each in self.parameters if each not in chosen.said_by]


def is_parameter(name: str) -> bool:
    """Whether a parameter of an address is one of a filter."""
    return name in _NAMES or name.startswith(_PREFIXES)


def narrow(goods: Goods, asked: Asked) -> Narrowed:
    """What is left of some goods. What is asked for but is no value of theirs has no say."""
    everything = Variants(goods.articles)
    used = [
        _UsedSpan(each, asked) if isinstance(each, Span) else _UsedFacet(each, asked, goods.articles)
        for each in goods.facets
    ]
    binding = [(each, each.fits) for each in used if each.chosen]
    left = _all_of(everything, [fits for _, fits in binding])
    filters = []
    for each in used:
        others = left if not each.chosen else _all_of(everything, [fits for one, fits in binding if one is not each])
        shown = each.shown(everything, others)
        if shown is not None:
            filters.append(shown)
    chosen = tuple(one for each in used for one in each.chosen)
    return Narrowed(
        articles=left.articles,
        filters=tuple(filters),
        chosen=chosen,
        parameters=tuple(said for one in chosen for said in one.said_by),
    )


def _all_of(everything: Some, sets: Iterable[Some]) -> Some:
    for each in sets:
        everything &= each
    return everything


class _UsedFacet:
    """A facet beside the values that are chosen of it; of its values those that some of the articles have."""

    def __init__(self, facet: Facet, asked: Asked, articles: int) -> None:
        self.facet = facet
        self.values = [each for each in facet.values if each.variants.articles & articles]
        tokens = set(asked.get(facet.name, ()))
        self.chosen_values = [each for each in self.values if each.token in tokens]
        self.chosen_tokens = {each.token for each in self.chosen_values}
        self.chosen = [Chosen(self._chip(each.label), ((facet.name, each.token),)) for each in self.chosen_values]
        above = {above for each in self.chosen_values for above in self._above(each)}
        self.binding = [each for each in self.chosen_values if each.token not in above]
        self.fits = bits.any_of([each.variants for each in self.binding])

    @cached_property
    def _by_token(self) -> dict[str, Value]:
        return {each.token: each for each in self.facet.values}

    def _above(self, value: Value) -> list[str]:
        """The tokens above a value, the next one first."""
        found: list[str] = []
        while value.above:
            found.append(value.above)
            value = self._by_token[value.above]
        return found

    def shown(self, everything: Some, others: Some) -> Filter | None:
        """The filter beside the variants that all other filters leave; None where it would narrow nothing."""
        if not self.values:
            return None
        offered = self._opened(everything.articles) if self.facet.is_tree else self.values
        left = [each.variants.having(others) for each in offered]
        if not (self.chosen or self._differs(offered, everything.articles, others.articles, left)):
            return None
        counts = self._counts(offered, left, others)
        choices = [self._choice(each, count) for each, count in self._most_counted(offered, counts)]
        return Filter(self.facet.name, self.facet.label, tuple(choices)) if choices else None

    def _differs(self, offered: Sequence[Value], every: int, found: int, left: Sequence[int]) -> bool:
        """Whether a value would leave fewer articles than there are, or than the other filters leave."""
        number = every.bit_count()
        if any((each.variants.articles & every).bit_count() < number for each in offered):
            return True
        number = found.bit_count()
        return any(articles.bit_count() < number for articles in left)

    def _counts(self, offered: Sequence[Value], left: Sequence[int], others: Some) -> list[int]:
        """How many articles each value would show beside what is chosen of the facet; 0 where it has none."""
        standing = self.fits.having(others)
        if not (self.facet.is_tree and self.binding):
            return [(standing | more).bit_count() if more else 0 for more in left]
        return [
            (self._beside(each).having(others) | more).bit_count() if more else 0
            for each, more in zip(offered, left, strict=True)
        ]

    def _beside(self, value: Value) -> Some:
        """What counts of a tree's chosen values when another one is chosen: no longer those above it."""
        above = self._above(value)
        return bits.any_of([each.variants for each in self.binding if each.token not in above])

    def _most_counted(self, offered: Sequence[Value], counts: Sequence[int]) -> list[tuple[Value, int]]:
        """The values that are chosen or count most, in their order."""
        pairs = [pair for pair in zip(offered, counts, strict=True) if pair[1] or pair[0].token in self.chosen_tokens]
        if len(pairs) <= MOST_VALUES:
            return pairs
        kept = set(nlargest(MOST_VALUES, range(len(pairs)), key=lambda place: (pairs[place][1], -place)))
        return [pair for place, pair in enumerate(pairs) if place in kept or pair[0].token in self.chosen_tokens]

    def _choice(self, value: Value, count: int) -> Choice:
        is_chosen = value.token in self.chosen_tokens
        level = len(self._above(value)) if self.facet.is_tree else 0
        return Choice(value.token, value.label, value.swatch, is_chosen, None if is_chosen else count, level)

    def _opened(self, articles: int) -> list[Value]:
        """The values of a tree that are offered: at the top, below a chosen one, beside one, and below an only one.

        Not those above a chosen value, which would change nothing.
        """
        below: dict[str, list[Value]] = {}
        for each in self.values:
            below.setdefault(each.above, []).append(each)
        above = {token for each in self.chosen_values for token in self._above(each)}
        opened = {"", *above, *self.chosen_tokens}
        only = below.get("", [])
        while len(only) == 1 and only[0].variants.articles & articles == articles:
            opened.add(only[0].token)
            only = below.get(only[0].token, [])
        return [
            each
            for each in self.values
            if each.above in opened and (each.token not in above or each.token in self.chosen_tokens)
        ]

    def _chip(self, label: str) -> str:
        return f"{self.facet.label}: {label}" if self.facet.label else label


class _UsedSpan:
    """A span beside the numbers that are typed for it."""

    def __init__(self, span: Span, asked: Asked) -> None:
        self.span = span
        self.least, self.most = self._end(asked, FROM), self._end(asked, TO)
        self.chosen = self._chosen()
        self.fits = span.between(self.least, self.most) if self.chosen else bits.NOTHING

    def _end(self, asked: Asked, prefix: str) -> int | None:
        text = next(iter(asked.get(prefix + self.span.name, ())), "").strip().replace(",", ".")
        whole, _, part = text.partition(".")
        if not (text.isascii() and whole.isdigit() and len(whole) <= 7) or (part and not part.isdigit()):
            return None
        exact = Fraction(f"{whole}.{part[:4] or 0}") * 10**self.span.decimals
        return int(exact) if exact.denominator == 1 or prefix == TO else int(exact) + 1

    def _chosen(self) -> list[Chosen]:
        least, most = self._written(self.least), self._written(self.most)
        said = tuple((prefix + self.span.name, typed) for prefix, typed in ((FROM, least), (TO, most)) if typed)
        if not said:
            return []
        numbers = f"{least}–{most}" if least and most else f"ab {least}" if least else f"bis {most}"
        return [Chosen(f"{self.span.label}: {numbers}\u00a0{self.span.unit}".strip(), said)]

    def _written(self, number: int | None) -> str:
        if number is None:
            return ""
        whole, part = divmod(number, 10**self.span.decimals)
        return f"{whole},{part:0{self.span.decimals}d}" if part else str(whole)

    def shown(self, everything: Some, others: Some) -> Filter | None:
        """The filter with what the goods lie between; None where they all have the same number."""
        least, most = self.span.ends
        if least == most and not self.chosen:
            return None
        return Filter(
            self.span.name,
            self.span.label,
            unit=self.span.unit,
            least=self._written(least),
            most=self._written(most),
            typed_from=self._written(self.least),
            typed_to=self._written(self.most),
        )
