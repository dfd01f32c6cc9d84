"""Fibres, attributes, categories and addresses."""

import pytest
from sqlmodel import Session, select

from catalog import attributes, categories, fibres, products, revisions
from catalog.attributes import NotAValue
from catalog.fibres import NotAComposition, format_composition, parse_composition
from catalog.products import Kind, Product
from catalog.search.queue import SearchChange
from catalog.slugs import slugify
from tests.make import NOW, make_product


def test_a_composition_is_read_and_written_largest_first() -> None:
    shares = parse_composition("5% Elasthan, 95 % baumwolle")
    assert format_composition(shares).replace("\u00a0", " ") == "95 % Baumwolle, 5 % Elasthan"


@pytest.mark.parametrize(("text", "hint"), [
    ("70 % Merino, 30 % Baby-Alpaka", "gesetzliche Faserbezeichnung"),
    ("95 % Baumwolle", "statt 100 %"),
    ("50 % Wolle, 50 % Wolle", "zweimal"),
    ("Baumwolle", "Bitte so"),
    ("", "Bitte so"),
])  # fmt: skip
def test_an_unlawful_composition_is_refused(text: str, hint: str) -> None:
    with pytest.raises(NotAComposition, match=hint):
        parse_composition(text)


def test_attributes_are_typed_and_shown_with_their_unit(session: Session) -> None:
    attributes.ensure_types(session)
    product = make_product(session, kind=Kind.YARN)
    assert product.id is not None
    typed = {"needle_size": "3,50 mm", "run_length": "210", "care": "Handwäsche", "divisible": "ja"}
    attributes.set_values(session, product.id, typed, NOW)
    shown = {label: value.replace("\u00a0", " ") for label, value in attributes.of(session, [product.id])[product.id]}
    assert shown == {"Pflege": "Handwäsche", "Lauflänge": "210 m", "Nadelstärke": "3,5 mm", "Teilbar": "ja"}


@pytest.mark.parametrize(("key", "typed"), [("width", "breit"), ("width", "1,5"), ("divisible", "vielleicht")])
def test_a_value_of_the_wrong_kind_is_refused(session: Session, key: str, typed: str) -> None:
    attributes.ensure_types(session)
    product = make_product(session)
    assert product.id is not None
    with pytest.raises(NotAValue):
        attributes.set_values(session, product.id, {key: typed}, NOW)


def test_setting_the_same_again_changes_nothing(session: Session) -> None:
    attributes.ensure_types(session)
    product = make_product(session)
    assert product.id is not None
    for _ in range(2):
        attributes.set_values(session, product.id, {"width": "140 cm"}, NOW)
        fibres.set_composition(session, product.id, [("Baumwolle", 100)], NOW)
        category = categories.at_path(session, ["Stoffe", "Jersey"])
        assert category.id is not None
        products.place_in(session, product.id, [category.id], NOW)
        session.flush()
    queued = session.exec(select(SearchChange.id).where(SearchChange.product_id == product.id)).all()
    assert len(queued) == 2 + 3, "added, published, and three changes once each"


def test_a_path_of_categories_is_made_once(session: Session) -> None:
    first = categories.at_path(session, ["Garne", "Sockengarn"])
    assert categories.at_path(session, ["Garne", "Sockengarn"]).id == first.id
    assert [each.name for each in categories.path_of(session, first)] == ["Garne", "Sockengarn"]
    top = categories.path_of(session, first)[0]
    assert top.id is not None
    assert categories.ids_below(session, top.id) == [top.id, first.id]


def test_a_new_category_stales_every_page(session: Session) -> None:
    before = revisions.current(session)
    categories.add(session, "Knöpfe")
    assert revisions.current(session) == before + 1


def test_the_same_name_gets_another_address(session: Session) -> None:
    slugs = [make_product(session, "Jersey Türkis").slug for _ in range(3)]
    assert slugs == ["jersey-tuerkis", "jersey-tuerkis-2", "jersey-tuerkis-3"]


@pytest.mark.parametrize(("name", "slug"), [
    ("Jersey Waldtiere, türkis", "jersey-waldtiere-tuerkis"), ("Größe 3 & Co.", "groesse-3-co"),
    ("★★★", "artikel"), ("Crêpe à la mode", "crepe-a-la-mode"), ("x" * 200, "x" * 80),
])  # fmt: skip
def test_addresses_are_readable(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_touching_counts_the_version(session: Session) -> None:
    product = make_product(session)
    assert product.id is not None
    session.refresh(product)
    before = product.version
    products.touch(session, product.id, NOW)
    session.refresh(product)
    assert product.version == before + 1
    assert session.get(Product, product.id) is product
