"""Departments by what shoppers call them."""

import pytest
from sqlmodel import Session

from catalog import categories, products
from catalog.overview import Overview
from catalog.overviews import Overviews
from catalog.search import departments
from catalog.search.departments import Department
from tests.make import NOW, make_fabric


@pytest.fixture
def goods(session: Session) -> Overview:
    for path in (["Stoffe", "Wolle"], ["Stoffe", "Jersey"], ["Wolle & Garne", "Wolle"], ["Knöpfe", "Holz"]):
        category = categories.at_path(session, path)
        assert category.id is not None
        products.place_in(session, make_fabric(session, "Ware").product_id, [category.id], NOW)
    categories.at_path(session, ["Knöpfe", "Perlmutt"])
    return Overviews().current(session, NOW)


def paths(found: list[Department]) -> list[str]:
    return [" › ".join((*each.above, each.name)) for each in found]


@pytest.mark.usefixtures("goods")
def test_the_top_comes_first_of_all(session: Session) -> None:
    assert [len(each.above) for each in departments.every(session)] == [0, 0, 0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("knöpfe", ["Knöpfe"]),
        ("KNOEPFE", ["Knöpfe"]),
        ("Knopf Holz", ["Knöpfe › Holz"]),
        ("wolle", ["Stoffe › Wolle", "Wolle & Garne › Wolle", "Wolle & Garne"]),
        ("perlmutt", []),  # nothing lies there
        ("jersey blau", []),
        ("kno", []),
        ("", []),
    ],
)
def test_whole_words_call_a_department(goods: Overview, text: str, found: list[str]) -> None:
    assert paths(departments.called(goods, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("knoe", ["Knöpfe"]),
        ("ga", ["Wolle & Garne"]),
        ("per", []),  # nothing lies there
        ("", []),
    ],
)
def test_words_may_be_beginnings(goods: Overview, text: str, found: list[str]) -> None:
    assert paths(departments.begun(goods, text)) == found
