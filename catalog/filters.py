"""Narrowing a list of goods down by what they differ in, with the number of goods that each choice would leave.

One law: an article is shown if one of its variants fits all filters; a variant fits a filter if it has one of
the values chosen there. The number beside a value is how many articles are shown once it is chosen as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Asked = Mapping[str, Sequence[str]]  # what an address asks for: texts by parameter
Variants = frozenset[int]

FROM, TO = "von-", "bis-"
_PREFIXES = ("m-", "o-", FROM, TO)
_NAMES = ("faser", "hersteller", "lager", "reduziert")


@dataclass(frozen=True)
class Value:
    """One value that variants have: as in the address, as shown, and who has it."""

    token: str
    label: str
    variants: Variants
    swatch: str = ""


@dataclass(frozen=True)
class Facet:
    """One thing that goods differ by, with its values in the order in which they are shown.

    `label` is "" where the values speak for themselves ("auf Lager").
    """

    name: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Span:
    """A number by which goods differ: the (least, most) of each variant, in 10^-`decimals` of `unit`."""

    name: str
    label: str
    unit: str
    decimals: int
    ends: Mapping[int, tuple[int, int]]


@dataclass(frozen=True)
class Goods:
    """What can be narrowed down: the product of each variant, and what they may differ by."""

    product_of: Mapping[int, int]
    facets: tuple[Facet | Span, ...]


@dataclass(frozen=True)
class Choice:
    """A value to choose; `count`: how many articles are shown with it, None where it is chosen already."""

    token: str
    label: str
    swatch: str
    is_chosen: bool
    count: int | None


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
    """The articles that are left, the filters to show, what is chosen, and the address's parameters for it."""

    product_ids: frozenset[int]
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
    everything = frozenset(goods.product_of)
    used = [_UsedSpan(each, asked) if isinstance(each, Span) else _UsedFacet(each, asked) for each in goods.facets]
    binding = [(each, each.fits) for each in used if each.chosen]
    left = _all_of(everything, [fits for _, fits in binding])
    filters = []
    for each in used:
        others = left if not each.chosen else _all_of(everything, [fits for one, fits in binding if one is not each])
        shown = each.shown(goods, others)
        if shown is not None:
            filters.append(shown)
    chosen = tuple(one for each in used for one in each.chosen)
    return Narrowed(
        product_ids=_products(goods, left),
        filters=tuple(filters),
        chosen=chosen,
        parameters=tuple(said for one in chosen for said in one.said_by),
    )


def _all_of(everything: Variants, sets: Iterable[Variants]) -> Variants:
    for each in sets:
        everything &= each
    return everything


def _products(goods: Goods, variants: Iterable[int]) -> frozenset[int]:
    return frozenset(map(goods.product_of.__getitem__, variants))


class _UsedFacet:
    """A facet beside the values that are chosen of it."""

    def __init__(self, facet: Facet, asked: Asked) -> None:
        self.facet = facet
        tokens = set(asked.get(facet.name, ()))
        self.values = [each for each in facet.values if each.token in tokens]
        self.chosen = [Chosen(self._chip(each.label), ((facet.name, each.token),)) for each in self.values]
        self.fits: Variants = frozenset().union(*(each.variants for each in self.values))

    def shown(self, goods: Goods, others: Variants) -> Filter | None:
        """The filter beside the variants that all other filters leave; None where it would narrow nothing."""
        if not (self.chosen or self._differs(goods, frozenset(goods.product_of)) or self._differs(goods, others)):
            return None
        standing = _products(goods, self.fits & others)
        choices = tuple(self._choices(goods, others, standing))
        return Filter(self.facet.name, self.facet.label, choices) if choices else None

    def _differs(self, goods: Goods, among: Variants) -> bool:
        """Whether a value would leave fewer articles than these variants belong to."""
        number = len(_products(goods, among))
        return any(len(_products(goods, each.variants & among)) < number for each in self.facet.values)

    def _choices(self, goods: Goods, others: Variants, standing: frozenset[int]) -> Iterable[Choice]:
        for each in self.facet.values:
            if each in self.values:
                yield Choice(each.token, each.label, each.swatch, is_chosen=True, count=None)
                continue
            more = _products(goods, each.variants & others)
            if more:
                yield Choice(each.token, each.label, each.swatch, is_chosen=False, count=len(standing | more))

    def _chip(self, label: str) -> str:
        return f"{self.facet.label}: {label}" if self.facet.label else label


class _UsedSpan:
    """A span beside the numbers that are typed for it."""

    def __init__(self, span: Span, asked: Asked) -> None:
        self.span = span
        self.least, self.most = self._end(asked, FROM), self._end(asked, TO)
        self.fits = frozenset(
            variant
            for variant, (least, most) in span.ends.items()
            if (self.least is None or most >= self.least) and (self.most is None or least <= self.most)
        )
        self.chosen = self._chosen()

    def _end(self, asked: Asked, prefix: str) -> int | None:
        text = next(iter(asked.get(prefix + self.span.name, ())), "").strip().replace(",", ".")
        whole, _, part = text.partition(".")
        if not (whole.isascii() and whole.isdigit() and len(whole) <= 7) or (part and not part.isdigit()):
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

    def shown(self, goods: Goods, others: Variants) -> Filter | None:
        """The filter with what the goods lie between; None where they all have the same number."""
        ends = self.span.ends.values()
        least, most = min((low for low, _ in ends), default=0), max((high for _, high in ends), default=0)
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
