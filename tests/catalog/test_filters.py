"""Narrowing goods down: the number beside a value is what one sees after choosing it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session

from catalog import (
    attributes,
    bits,
    categories,
    fibres,
    filter_facts,
    filters,
    makers,
    offered,
    overviews,
    prices,
    products,
    shop_names,
)
from catalog.bits import Variants
from catalog.facets import Facet, Goods, Span, Value
from catalog.filters import Filter, Narrowed
from catalog.products import Kind
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_product, make_variant

VARIANTS = range(12)
Plain = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class PlainGoods:
    """Goods as plain sets: the article of each variant, who has which value, and the numbers of a span."""

    product_of: Mapping[int, int]
    values: Mapping[str, Plain]
    ends: Mapping[int, tuple[int, int]]

    @property
    def goods(self) -> Goods:
        """The same as bits: the article's number is its place, its variants lie on planes one after the other."""
        everything = self.bits(self.product_of)
        facets: list[Facet | Span] = [
            Facet(name, name, tuple(Value(token, token, self.bits(had)) for token, had in values.items()))
            for name, values in self.values.items()
            if name != "kategorie"
        ]
        tree = self.values["kategorie"]
        branches = {token: Variants(self.bits(had).articles) for token, had in tree.items()}
        values = tuple(Value(token, token, each, above=ABOVE[token]) for token, each in branches.items())
        facets.append(Facet("kategorie", "Kategorie", values, is_tree=True))
        numbers = [each for pair in self.ends.values() for each in pair]
        facets.append(Span("preis", "Preis", "€", 0, (min(numbers, default=0), max(numbers, default=0)), self.between))
        return Goods(everything.articles, tuple(facets))

    def bits(self, variants: Iterable[int]) -> Variants:
        planes: dict[int, int] = {}
        for each in variants:
            plane = sorted(v for v in self.product_of if self.product_of[v] == self.product_of[each]).index(each)
            planes[plane] = planes.get(plane, 0) | 1 << self.product_of[each]
        return Variants.of_planes(planes)

    def between(self, low: int | None, high: int | None) -> Variants:
        return self.bits(
            each
            for each, (least, most) in self.ends.items()
            if (low is None or most >= low) and (high is None or least <= high)
        )


ABOVE = {"a": "", "aa": "a", "aaa": "aa", "ab": "a", "b": ""}  # a tree of categories


@st.composite
def some_goods(draw: st.DrawFn) -> PlainGoods:
    """Up to twelve variants of five articles, with facets, a tree and a span, each variant with any values."""
    product_of = {variant: draw(st.integers(0, 4)) for variant in draw(st.sets(st.sampled_from(VARIANTS), min_size=1))}
    had = st.frozensets(st.sampled_from(sorted(product_of)))
    values: dict[str, Plain] = {name: {token: draw(had) for token in "abcd"} for name in ("o-x", "m-y", "lager")}
    own = {token: draw(st.frozensets(st.sampled_from(sorted(set(product_of.values()))))) for token in ABOVE}
    values["kategorie"] = {
        token: frozenset(v for v in product_of if any(product_of[v] in own[below] for below in under(token)))
        for token in ABOVE
    }
    ends = {each: draw(st.tuples(st.integers(0, 9), st.integers(0, 9))) for each in draw(had)}
    return PlainGoods(product_of, values, {each: (min(pair), max(pair)) for each, pair in ends.items()})


def under(token: str) -> set[str]:
    """A category and those below it."""
    return {token} | {below for each, above in ABOVE.items() if above == token for below in under(each)}


choices = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from("abcdz"), max_size=3) for name in ("o-x", "m-y", "lager")}
    | {"kategorie": st.lists(st.sampled_from([*ABOVE, "z"]), max_size=3)}
    | {
        name: st.lists(st.sampled_from(["0", "3", "7", "x", "²", ""]), max_size=1)
        for name in ("von-preis", "bis-preis")
    },
)


@settings(max_examples=40)
@given(plain=some_goods(), asked=choices)
def test_the_number_beside_a_value_is_what_choosing_it_shows(plain: PlainGoods, asked: dict[str, list[str]]) -> None:
    for each in filters.narrow(plain.goods, asked).filters:
        for choice in each.choices:
            more = asked | {each.name: [*asked.get(each.name, []), choice.token]}
            shown = filters.narrow(plain.goods, more).articles.bit_count()
            assert choice.count == (None if choice.is_chosen else shown)


@settings(max_examples=40)
@given(plain=some_goods(), asked=choices)
def test_an_article_is_shown_if_one_of_its_variants_fits_every_filter(
    plain: PlainGoods, asked: dict[str, list[str]]
) -> None:
    assert set(bits.places(filters.narrow(plain.goods, asked).articles)) == fitting(plain, asked)


def fitting(plain: PlainGoods, asked: Mapping[str, Sequence[str]]) -> set[int]:
    """The law in its plainest words."""
    return {
        product_id
        for variant, product_id in plain.product_of.items()
        if all(fits(plain, name, variant, asked) for name in plain.values) and fits_span(plain, variant, asked)
    }


def fits(plain: PlainGoods, name: str, variant: int, asked: Mapping[str, Sequence[str]]) -> bool:
    values = {token: had for token, had in plain.values[name].items() if had}
    chosen = {token for token in asked.get(name, []) if token in values}
    if name == "kategorie":
        chosen = {token for token in chosen if not any(each in chosen for each in under(token) - {token})}
    return not chosen or any(variant in values[token] for token in chosen)


def fits_span(plain: PlainGoods, variant: int, asked: Mapping[str, Sequence[str]]) -> bool:
    least, most = (
        [int(text) for text in asked.get(prefix, []) if text in ("0", "3", "7")]
        for prefix in ("von-preis", "bis-preis")
    )
    low, high = plain.ends.get(variant, (99, -1))
    return not (least or most) or (
        variant in plain.ends and all(high >= each for each in least) and all(low <= each for each in most)
    )


@settings(max_examples=40)
@given(plain=some_goods(), asked=choices)
def test_every_value_that_would_show_something_is_offered(plain: PlainGoods, asked: dict[str, list[str]]) -> None:
    """With the number that the law in its plainest words counts."""
    shown = {each.name: each for each in filters.narrow(plain.goods, asked).filters}
    for name in ("o-x", "m-y", "lager"):
        for choice in shown[name].choices if name in shown else ():
            more = {**asked, name: [*asked.get(name, []), choice.token]}
            assert choice.is_chosen or choice.count == len(fitting(plain, more))
        offered = {choice.token for choice in shown[name].choices} if name in shown else set()
        others = {each: texts for each, texts in asked.items() if each != name}
        for token in "abcd":
            alone = fitting(plain, {**others, name: [token]}) if plain.values[name][token] else set()
            if name in shown and alone:
                assert token in offered


@settings(max_examples=40)
@given(plain=some_goods(), asked=choices)
def test_what_is_chosen_can_be_taken_back_one_by_one(plain: PlainGoods, asked: dict[str, list[str]]) -> None:
    goods = plain.goods
    narrowed = filters.narrow(goods, asked)
    while narrowed.chosen:
        fewer = as_asked(narrowed.without(narrowed.chosen[0]))
        assert len(filters.narrow(goods, fewer).chosen) == len(narrowed.chosen) - 1
        narrowed = filters.narrow(goods, fewer)
    assert narrowed.articles == goods.articles


def as_asked(parameters: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for name, text in parameters:
        asked.setdefault(name, []).append(text)
    return asked


@settings(max_examples=40)
@given(plain=some_goods(), asked=choices)
def test_the_parameters_of_a_narrowed_list_say_the_same_again(plain: PlainGoods, asked: dict[str, list[str]]) -> None:
    goods = plain.goods
    narrowed = filters.narrow(goods, asked)
    assert filters.narrow(goods, as_asked(narrowed.parameters)) == narrowed


def tree(goods: Mapping[str, Sequence[int]], chosen: Sequence[str]) -> dict[str, int | None]:
    """What a tree of categories offers when some articles stand below them, with the numbers."""
    every = {token: {n for below in under(token) for n in goods.get(below, ())} for token in ABOVE}
    plain = PlainGoods(
        {n: n for n in every["a"] | every["b"]}, {"kategorie": {t: frozenset(each) for t, each in every.items()}}, {}
    )
    shown = filters.narrow(plain.goods, {"kategorie": chosen}).filters
    return {choice.token: choice.count for each in shown for choice in each.choices}


def test_a_tree_opens_below_what_is_chosen() -> None:
    goods = {"aaa": [1, 2], "ab": [3], "b": [4]}
    assert tree(goods, []) == {"a": 3, "b": 1}
    assert tree(goods, ["a"]) == {"a": None, "aa": 2, "ab": 1, "b": 4}
    assert tree(goods, ["a", "ab"]) == {"a": None, "aa": 3, "ab": None, "b": 2}


def test_a_tree_opens_where_everything_stands_in_one_branch() -> None:
    assert tree({"aaa": [1, 2], "ab": [3]}, []) == {"a": 3, "aa": 2, "ab": 1}


def test_of_very_many_values_those_of_the_most_articles_are_offered() -> None:
    """And what is chosen, however rare."""
    rare = tuple(Value(f"r{n}", f"r{n}", Variants(1 << n)) for n in range(200))
    goods = Goods((1 << 200) - 1, (Facet("o-x", "Farbe", (*rare, Value("viel", "viel", Variants(0b11)))),))
    (shown,) = filters.narrow(goods, {"o-x": ["r150"]}).filters
    tokens = [each.token for each in shown.choices]
    assert len(tokens) == filters.MOST_VALUES + 1
    assert {"viel", "r150"} < set(tokens)


# What real goods differ by.


def goods_in(session: Session, category: int) -> Goods:
    """The goods of a category, with what they differ by."""
    goods, _ = overviews.read(session, NOW)
    return filter_facts.goods(goods, goods.below(category))


def stock(session: Session) -> int:
    """Two fabrics and a yarn: petrol and senf, 140 and 150 cm, cotton, wool, two makers, one reduced."""
    attributes.ensure_types(session)
    stoffe = categories.add(session, "Stoffe").id
    assert stoffe is not None
    jersey = fabric(session, stoffe, "Jersey", "140", "95 % Baumwolle, 5 % Elasthan", "Nord")
    colour(session, jersey, "Petrol", price_cents=1290, now=NOW - timedelta(days=40))
    colour(session, jersey, "Senf", price_cents=1490, on_hand=0)
    cord = fabric(session, stoffe, "Cord", "150", "100 % Baumwolle", "Süd")
    reduced = colour(session, cord, "Senf", price_cents=1990, now=NOW - timedelta(days=40))
    prices.reduce(session, reduced, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    draft = fabric(session, stoffe, "Entwurf", "90", "100 % Leinen", "Ost", published=False)
    colour(session, draft, "Rot", price_cents=100)
    return stoffe


def fabric(
    session: Session, category: int, name: str, width: str, composition: str, maker: str, **facts: Any
) -> products.Product:
    product = make_product(session, name, kind=Kind.FABRIC, unit=Unit.LENGTH, minimum=50, step=10, **facts)
    assert product.id is not None
    products.place_in(session, product.id, [category], NOW)
    attributes.set_values(session, product.id, {"width": width, "grammage": "200"}, NOW)
    fibres.set_composition(session, product.id, fibres.parse_composition(composition), NOW)
    product.maker_id = makers.named(session, maker).id
    session.flush()
    return product


def colour(session: Session, product: products.Product, value: str, **facts: Any) -> products.Variant:
    return make_variant(session, product, options=[("Farbe", value, "#336699")], **({"on_hand": 500} | facts))


def shown(narrowed: Narrowed) -> dict[str, dict[str, int | None]]:
    return {
        each.label or each.choices[0].label: {
            choice.label.replace("\u00a0", " "): choice.count for choice in each.choices
        }
        for each in narrowed.filters
    }


def test_only_what_differs_is_a_filter_and_drafts_do_not_count(either_database: Database) -> None:
    with either_database.writing() as session:
        goods = goods_in(session, stock(session))
        assert shown(filters.narrow(goods, {})) == {
            "reduziert": {"reduziert": 1},
            "Preis je m": {},
            "Farbe": {"Petrol": 1, "Senf": 2},
            "Stoffbreite": {"140 cm": 1, "150 cm": 1},
            "Faser": {"Baumwolle": 2, "Elasthan": 1},
            "Hersteller": {"Nord": 1, "Süd": 1},
        }


def names(session: Session, category: int, asked: dict[str, list[str]]) -> set[str]:
    goods, _ = overviews.read(session, NOW)
    found = filters.narrow(filter_facts.goods(goods, goods.below(category)), asked).articles
    return {each.name for each in goods.shelves.among(found)}


@pytest.mark.parametrize(("asked", "expected"), [
    ({}, {"Jersey", "Cord"}),
    ({"o-farbe": ["petrol"]}, {"Jersey"}),
    ({"o-farbe": ["petrol", "senf"]}, {"Jersey", "Cord"}),
    ({"o-farbe": ["senf"], "lager": ["ja"]}, {"Cord"}),  # Jersey in senf is sold out, though it is there in petrol
    ({"m-width": ["140"], "faser": ["elasthan"]}, {"Jersey"}),
    ({"m-width": ["140"], "hersteller": ["sued"]}, set()),
    ({"reduziert": ["ja"]}, {"Cord"}),
    ({"bis-preis": ["9,90"]}, {"Cord"}),
    ({"von-preis": ["9.91"], "bis-preis": ["14"]}, {"Jersey"}),
    ({"o-farbe": ["senf"], "bis-preis": ["12,90"]}, {"Cord"}),
    ({"m-width": ["999"], "x": ["y"]}, {"Jersey", "Cord"}),
])  # fmt: skip
def test_goods_are_narrowed_down(session: Session, asked: dict[str, list[str]], expected: set[str]) -> None:
    assert names(session, stock(session), asked) == expected


def test_a_reduction_that_may_not_be_announced_is_no_filter(session: Session) -> None:
    """§ 11 PAngV: a new article has no price of the last 30 days, so "reduziert" would announce too much."""
    category = stock(session)
    new = fabric(session, category, "Neu", "140", "100 % Seide", "Nord")
    variant = colour(session, new, "Weiß", price_cents=2000)
    prices.reduce(session, variant, 1000, starts_at=NOW, ends_at=None, now=NOW, author="test")
    assert names(session, category, {"reduziert": ["ja"]}) == {"Cord"}
    assert names(session, category, {"von-preis": ["10"], "bis-preis": ["10"]}) == {"Neu"}


def test_a_range_fits_every_number_between(session: Session) -> None:
    attributes.ensure_types(session)
    garne = categories.add(session, "Garne").id
    assert garne is not None
    for name, needles in (("dünn", "2–3"), ("mittel", "3–4"), ("dick", "3,5")):
        yarn = make_variant(session, make_product(session, name, kind=Kind.YARN))
        products.place_in(session, yarn.product_id, [garne], NOW)
        attributes.set_values(session, yarn.product_id, {"needle_size": needles}, NOW)
    assert names(session, garne, {"m-needle_size": ["3"]}) == {"dünn", "mittel"}
    assert names(session, garne, {"m-needle_size": ["3.5"]}) == {"mittel", "dick"}


def test_many_numbers_are_typed_from_to(session: Session) -> None:
    attributes.ensure_types(session)
    stoffe = categories.add(session, "Stoffe").id
    assert stoffe is not None
    for number in range(20):
        product = fabric(session, stoffe, f"Stoff {number}", str(100 + number), "100 % Seide", "Nord")
        colour(session, product, "Rot", price_cents=100)
    assert names(session, stoffe, {"von-m-width": ["117"], "bis-m-width": ["118"]}) == {"Stoff 17", "Stoff 18"}
    (width,) = [each for each in narrowed(session, stoffe).filters if each.label == "Stoffbreite"]
    assert (width.is_span, width.least, width.most, width.unit) == (True, "100", "119", "cm")


def narrowed(session: Session, category: int) -> Narrowed:
    return filters.narrow(goods_in(session, category), {})


def test_values_that_are_spelled_alike_are_one(session: Session) -> None:
    category = stock(session)
    colour(session, fabric(session, category, "Samt", "150", "100 % Seide", "Nord"), "petrol", price_cents=2500)
    colours = shown(narrowed(session, category))["Farbe"]
    assert colours == {"Petrol": 2, "Senf": 2}


def test_the_owner_decides_what_is_no_filter(session: Session) -> None:
    category = stock(session)
    for fact in attributes.types(session):
        fact.is_filter = False
    session.flush()
    assert "Stoffbreite" not in shown(narrowed(session, category))


def test_many_goods_need_no_more_queries(session: Session) -> None:
    category = stock(session)
    few = queries(session)
    for number in range(30):
        more = fabric(session, category, f"Samt {number}", str(100 + number), "100 % Seide", f"Haus {number}")
        reduced = colour(session, more, f"Ton {number}", price_cents=2000, now=NOW - timedelta(days=40))
        prices.reduce(session, reduced, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    assert queries(session) == few <= 15


def queries(session: Session) -> int:
    seen: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    offered.read(session, shop_names.read(session), NOW)
    event.remove(engine, "before_cursor_execute", listen)
    return len(seen)


def test_a_filter_that_begins_to_matter_appears(session: Session) -> None:
    """Everything is to be had in some colour, so "auf Lager" says nothing; of what there is in senf, not all is."""
    goods = goods_in(session, stock(session))
    assert "auf Lager" not in shown(filters.narrow(goods, {}))
    assert shown(filters.narrow(goods, {"o-farbe": ["senf"]}))["auf Lager"] == {"auf Lager": 1}


def test_a_filter_knows_whether_it_is_used(session: Session) -> None:
    goods = goods_in(session, stock(session))
    used: list[Filter] = [each for each in filters.narrow(goods, {"o-farbe": ["senf"]}).filters if each.is_used]
    assert [each.label for each in used] == ["Farbe"]


def test_chips_say_what_was_chosen(session: Session) -> None:
    goods = goods_in(session, stock(session))
    asked = {"o-farbe": ["senf"], "lager": ["ja"], "von-preis": ["5"], "bis-preis": ["12,5"], "m-width": ["150"]}
    chips = [each.label.replace("\u00a0", " ") for each in filters.narrow(goods, asked).chosen]
    assert chips == ["auf Lager", "Preis je m: 5–12,50 €", "Farbe: Senf", "Stoffbreite: 150 cm"]
