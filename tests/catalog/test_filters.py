"""Narrowing goods down: the number beside a value is what one sees after choosing it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session

from catalog import attributes, categories, fibres, filter_facts, filters, makers, prices, products
from catalog.filters import Facet, Filter, Goods, Narrowed, Span, Value
from catalog.products import Kind
from catalog.units import Unit
from shop.db import Database
from tests.make import NOW, make_product, make_variant

VARIANTS = range(12)


@st.composite
def some_goods(draw: st.DrawFn) -> Goods:
    """Up to twelve variants of five products, with three facets and a span, each variant with any values."""
    product_of = {variant: draw(st.integers(0, 4)) for variant in draw(st.sets(st.sampled_from(VARIANTS), min_size=1))}
    had = st.frozensets(st.sampled_from(sorted(product_of)))
    facets: list[Facet | Span] = [
        Facet(name, name, tuple(Value(token, token, draw(had)) for token in "abcd")) for name in ("o-x", "m-y", "lager")
    ]
    numbers = {each: sorted(draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))) for each in draw(had)}
    facets.append(Span("preis", "Preis", "€", 0, {each: (low, high) for each, (low, high) in numbers.items()}))
    return Goods(product_of, tuple(facets))


choices = st.fixed_dictionaries(
    {},
    optional={name: st.lists(st.sampled_from("abcdz"), max_size=3) for name in ("o-x", "m-y", "lager")}
    | {
        name: st.lists(st.sampled_from(["0", "3", "7", "x", "²", ""]), max_size=1)
        for name in ("von-preis", "bis-preis")
    },
)


@given(goods=some_goods(), asked=choices)
def test_the_number_beside_a_value_is_what_choosing_it_shows(goods: Goods, asked: dict[str, list[str]]) -> None:
    for each in filters.narrow(goods, asked).filters:
        for choice in each.choices:
            more = asked | {each.name: [*asked.get(each.name, []), choice.token]}
            shown = filters.narrow(goods, more).product_ids
            assert choice.count == (None if choice.is_chosen else len(shown))


@given(goods=some_goods(), asked=choices)
def test_an_article_is_shown_if_one_of_its_variants_fits_every_filter(
    goods: Goods, asked: dict[str, list[str]]
) -> None:
    fitting = {
        product_id
        for variant, product_id in goods.product_of.items()
        if all(fits(facet, variant, asked) for facet in goods.facets)
    }
    assert filters.narrow(goods, asked).product_ids == fitting


def fits(facet: Facet | Span, variant: int, asked: Mapping[str, Sequence[str]]) -> bool:
    """The law in its plainest words."""
    if isinstance(facet, Facet):
        chosen = [value for value in facet.values if value.token in asked.get(facet.name, [])]
        return not chosen or any(variant in value.variants for value in chosen)
    least, most = (
        [int(text) for text in asked.get(prefix + facet.name, []) if text in ("0", "3", "7")]
        for prefix in (filters.FROM, filters.TO)
    )
    low, high = facet.ends.get(variant, (99, -1))
    return not (least or most) or (
        variant in facet.ends and all(high >= each for each in least) and all(low <= each for each in most)
    )


@given(goods=some_goods(), asked=choices)
def test_what_is_chosen_can_be_taken_back_one_by_one(goods: Goods, asked: dict[str, list[str]]) -> None:
    narrowed = filters.narrow(goods, asked)
    while narrowed.chosen:
        fewer = as_asked(narrowed.without(narrowed.chosen[0]))
        assert len(filters.narrow(goods, fewer).chosen) == len(narrowed.chosen) - 1
        narrowed = filters.narrow(goods, fewer)
    assert narrowed.product_ids == set(goods.product_of.values())


def as_asked(parameters: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for name, text in parameters:
        asked.setdefault(name, []).append(text)
    return asked


@given(goods=some_goods(), asked=choices)
def test_the_parameters_of_a_narrowed_list_say_the_same_again(goods: Goods, asked: dict[str, list[str]]) -> None:
    narrowed = filters.narrow(goods, asked)
    assert filters.narrow(goods, as_asked(narrowed.parameters)) == narrowed


# What real goods differ by.


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
        goods = filter_facts.read(session, [stock(session)], NOW)
        assert shown(filters.narrow(goods, {})) == {
            "reduziert": {"reduziert": 1},
            "Preis je m": {},
            "Farbe": {"Petrol": 1, "Senf": 2},
            "Stoffbreite": {"140 cm": 1, "150 cm": 1},
            "Faser": {"Baumwolle": 2, "Elasthan": 1},
            "Hersteller": {"Nord": 1, "Süd": 1},
        }


def names(session: Session, category: int, asked: dict[str, list[str]]) -> set[str]:
    found = filters.narrow(filter_facts.read(session, [category], NOW), asked).product_ids
    return {session.get_one(products.Product, each).name for each in found}


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
    return filters.narrow(filter_facts.read(session, [category], NOW), {})


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
    few = queries(session, category)
    for number in range(30):
        more = fabric(session, category, f"Samt {number}", str(100 + number), "100 % Seide", f"Haus {number}")
        reduced = colour(session, more, f"Ton {number}", price_cents=2000, now=NOW - timedelta(days=40))
        prices.reduce(session, reduced, 990, starts_at=NOW, ends_at=None, now=NOW, author="test")
    assert queries(session, category) == few <= 12


def queries(session: Session, category: int) -> int:
    seen: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    filter_facts.read(session, [category], NOW)
    event.remove(engine, "before_cursor_execute", listen)
    return len(seen)


def test_a_filter_that_begins_to_matter_appears(session: Session) -> None:
    """Everything is to be had in some colour, so "auf Lager" says nothing; of what there is in senf, not all is."""
    goods = filter_facts.read(session, [stock(session)], NOW)
    assert "auf Lager" not in shown(filters.narrow(goods, {}))
    assert shown(filters.narrow(goods, {"o-farbe": ["senf"]}))["auf Lager"] == {"auf Lager": 1}


def test_a_filter_knows_whether_it_is_used(session: Session) -> None:
    goods = filter_facts.read(session, [stock(session)], NOW)
    used: list[Filter] = [each for each in filters.narrow(goods, {"o-farbe": ["senf"]}).filters if each.is_used]
    assert [each.label for each in used] == ["Farbe"]


def test_chips_say_what_was_chosen(session: Session) -> None:
    goods = filter_facts.read(session, [stock(session)], NOW)
    asked = {"o-farbe": ["senf"], "lager": ["ja"], "von-preis": ["5"], "bis-preis": ["12,5"], "m-width": ["150"]}
    chips = [each.label.replace("\u00a0", " ") for each in filters.narrow(goods, asked).chosen]
    assert chips == ["auf Lager", "Preis je m: 5–12,50 €", "Farbe: Senf", "Stoffbreite: 150 cm"]
