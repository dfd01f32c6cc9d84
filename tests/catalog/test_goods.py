"""Attributes, categories and addresses."""

import pytest
from sqlmodel import Session, select

from catalog import attributes, categories, fibres, products, revisions
from catalog.products import Product
from catalog.search.queue import SearchChange
from catalog.slugs import slugify
from tests.make import NOW, make_product


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
