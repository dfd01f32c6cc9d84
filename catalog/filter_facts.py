"""What some goods of the overview differ by: their marks told as filters, in the words of the shop."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog import attributes, bits, offered, slugs
from catalog.attributes import AttributeKind
from catalog.bits import Some, Variants
from catalog.facets import Facet, Goods, Span, Value
from catalog.offered import ANNOUNCED, THERE
from catalog.overview import Overview
from catalog.shop_names import Fact
from catalog.units import PRICE_UNIT_NAME, Unit

_MOST_NUMBERS = 12  # with more, shoppers type from–to
_Marked = Mapping[Any, Some]


def goods(overview: Overview, articles: int, *, with_categories: bool = False) -> Goods:
    """Some articles of an overview (bits), with what they differ by, in the order in which it is asked.

    `with_categories`: they may stand in any categories, as what a search finds.
    """
    tree = [_categories(overview)] if with_categories else []
    return Goods(
        articles,
        (
            *tree,
            *_simple(overview),
            _price(overview, articles),
            *_options(overview, articles),
            *_facts(overview, articles),
            overview.kept((offered.FIBRE,), lambda: _fibres(overview)),
            overview.kept((offered.MAKER,), lambda: _makers(overview)),
        ),
    )


def _marked(overview: Overview, group: str) -> _Marked:
    return overview.shelves.marks.get(group, {})


def _simple(overview: Overview) -> list[Facet]:
    """What is so or not. Reduced is only what may be announced so (§ 11 PAngV): to stand here is an announcement."""
    having = overview.shelves.having
    by_the_metre = having(offered.UNIT, Unit.LENGTH.value)
    return [
        Facet("lager", "", (Value("ja", "auf Lager", having(*THERE)),)),
        Facet("reduziert", "", (Value("ja", "reduziert", having(*ANNOUNCED)),)),
        Facet("meterware", "", (Value("ja", "Meterware", by_the_metre),)),
    ]


def _categories(overview: Overview) -> Facet:
    """The tree of departments, in the owner's order, each with what stands below it."""

    def make() -> Facet:
        names = overview.names
        values = []
        for top in names.below.get(None, ()):
            for each in names.tree_of(top):
                known, above = names.categories[each], names.categories.get(names.categories[each].parent_id or 0)
                standing = Variants(overview.below(each))
                values.append(Value(known.slug, known.name, standing, above=above.slug if above else ""))
        return Facet("kategorie", "Abteilung", tuple(values), is_tree=True)

    return overview.kept((offered.CATEGORY, "tree"), make)


def _price(overview: Overview, articles: int) -> Span:
    units = [unit for unit, marked in _marked(overview, offered.UNIT).items() if marked.articles & articles]
    per = f" je {PRICE_UNIT_NAME[Unit(units[0])]}" if len(units) == 1 and units[0] != Unit.PIECE else ""
    ends = _price_ends(overview, articles)

    def between(low: int | None, high: int | None) -> Some:
        return _priced(overview, articles, 0 if low is None else low, ends[1] if high is None else high)

    return Span("preis", f"Preis{per}", "€", 2, ends, between)


def _price_ends(overview: Overview, articles: int) -> tuple[int, int]:
    found = overview.shelves.among(articles)
    return min((each.least_cents for each in found), default=0), max((each.most_cents for each in found), default=0)


def _priced(overview: Overview, articles: int, low: int, high: int) -> Some:
    """The variants of some articles that cost so much: all of most articles, of others those that do."""
    on_shelf = overview.shelves.articles
    whole: list[int] = []
    planes: dict[int, list[int]] = {}
    for place in bits.places(articles):
        article = on_shelf[place]
        if article is None or article.most_cents < low or article.least_cents > high:
            continue
        if low <= article.least_cents and article.most_cents <= high:
            whole.append(place)
            continue
        for plane, cents in enumerate(article.cents):
            if low <= cents <= high:
                planes.setdefault(plane, []).append(place)
    wholly, everything = bits.of_places(whole), overview.shelves.everything.planes or {}
    parts = Variants.of_planes({plane: bits.of_places(places) for plane, places in planes.items()})
    return bits.any_of([Variants.of_planes({plane: each & wholly for plane, each in everything.items()}), parts])


def _options(overview: Overview, articles: int) -> list[Facet]:
    """What variants are chosen by: what most of the goods have first, and that is mostly the colour."""
    facets = []
    for group in overview.shelves.marks:
        if group.startswith(offered.OPTION):
            facet = overview.kept((group,), lambda group=group: _option(group, _marked(overview, group)))  # type: ignore[misc]
            every = overview.kept((group, "all"), lambda facet=facet: bits.any_of([v.variants for v in facet.values]))  # type: ignore[misc]
            number = (every.articles & articles).bit_count()
            if number:
                facets.append((-number, facet.name, facet))
    return [facet for _, _, facet in sorted(facets, key=lambda each: each[:2])]


def _option(group: str, marked: _Marked) -> Facet:
    values = _Values()
    names = Counter[str]()
    for (name, value, swatch), variants in marked.items():
        names[name] += variants.articles.bit_count()
        values.add(value, variants, swatch=swatch)
    label = max(names, key=lambda name: (names[name], name), default="")
    return values.facet(group, label)


def _facts(overview: Overview, articles: int) -> Iterable[Facet | Span]:
    for fact in overview.names.facts:
        group = f"{offered.ATTRIBUTE}{fact.id}"
        marked = _marked(overview, group)
        if not marked:
            continue
        if fact.kind == AttributeKind.NUMBER:
            yield _numbers(fact, {pair: each for pair, each in marked.items() if each.articles & articles})
        else:
            yield overview.kept((group,), lambda fact=fact, marked=marked: _texts(fact, marked))  # type: ignore[misc]


def _texts(fact: Fact, marked: _Marked) -> Facet:
    values = _Values()
    for (text, number, _), variants in marked.items():
        values.add(attributes.format_value(fact.type, text, number), variants)
    if fact.kind != AttributeKind.CHOICE:
        return values.facet(f"m-{fact.key}", fact.label)
    place = {choice: number for number, choice in enumerate(attributes.choices_of(fact.type))}
    return values.facet(f"m-{fact.key}", fact.label, lambda value: (place.get(value.label, len(place)), value.order))


def _numbers(fact: Fact, marked: _Marked) -> Facet | Span:
    """Single numbers to tick while they are few, else from–to. "3–4 mm" fits every number between."""
    ends = {(low, low if high is None else high): each for (_, low, high), each in marked.items() if low is not None}
    numbers = sorted({number for pair in ends for number in pair})

    def between(least: int | None, most: int | None) -> Some:
        fitting = [
            each
            for (low, high), each in ends.items()
            if (least is None or high >= least) and (most is None or low <= most)
        ]
        return bits.any_of(fitting)

    if len(numbers) > _MOST_NUMBERS:
        return Span(f"m-{fact.key}", fact.label, fact.unit, fact.decimals, (numbers[0], numbers[-1]), between)
    values = (
        Value(
            attributes.format_number(fact.type, number).replace(",", "."),
            attributes.format_value(fact.type, "", number),
            between(number, number),
        )
        for number in numbers
    )
    return Facet(f"m-{fact.key}", fact.label, tuple(values))


def _fibres(overview: Overview) -> Facet:
    values = _Values()
    for fibre, variants in _marked(overview, offered.FIBRE).items():
        values.add(fibre, variants)
    return values.facet("faser", "Faser")


def _makers(overview: Overview) -> Facet:
    values = _Values()
    for maker_id, variants in _marked(overview, offered.MAKER).items():
        values.add(overview.names.makers[maker_id], variants)
    return values.facet("hersteller", "Hersteller")


@dataclass
class _Gathered:
    """A value while it is gathered: who has it, how it is written, with which swatches, by how many articles each."""

    order: Any
    variants: list[Some] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)
    swatches: Counter[str] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        """As it is mostly written; of two as frequent ones with the capital letter."""
        return min(self.labels, key=lambda text: (-self.labels[text], text))

    @property
    def swatch(self) -> str:
        """The most frequent one."""
        return min(self.swatches, key=lambda swatch: (-self.swatches[swatch], swatch), default="")


class _Values:
    """The values of a facet while they are gathered; those that are spelled alike in an address are one."""

    def __init__(self) -> None:
        self.by_token: dict[str, _Gathered] = {}

    def add(self, text: str, variants: Some, *, swatch: str = "") -> None:
        """Say that variants have this text."""
        token = slugs.spelled(text) or text
        found = self.by_token.get(token) or self.by_token.setdefault(token, _Gathered(_sorted_by(token)))
        number = variants.articles.bit_count()
        found.variants.append(variants)
        found.labels[text] += number
        if swatch:
            found.swatches[swatch] += number

    def facet(self, name: str, label: str, order: Callable[[_Gathered], Any] = lambda value: value.order) -> Facet:
        """The facet, its values sorted."""
        ordered = sorted(self.by_token.items(), key=lambda pair: order(pair[1]))
        return Facet(
            name,
            label,
            tuple(Value(token, each.label, bits.any_of(each.variants), each.swatch) for token, each in ordered),
        )


def _sorted_by(token: str) -> tuple[int, str]:
    """ "Größe 9" stands before "Größe 10"."""
    digits = "".join(filter(str.isdigit, token))
    return (int(digits[:9]) if digits and digits.isascii() else 0, token)
