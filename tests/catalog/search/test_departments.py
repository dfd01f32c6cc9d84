"""Departments by what shoppers call them."""

import pytest
from sqlmodel import Session

from catalog import categories
from catalog.search import departments
from catalog.search.departments import Department


@pytest.fixture
def every(session: Session) -> list[Department]:
    for path in (["Stoffe", "Wolle"], ["Stoffe", "Jersey"], ["Wolle & Garne", "Wolle"], ["Knöpfe", "Holz"]):
        categories.at_path(session, path)
    return departments.every(session)


def paths(found: list[Department]) -> list[str]:
    return [" › ".join((*each.above, each.name)) for each in found]


def test_the_top_comes_first(every: list[Department]) -> None:
    assert [len(each.above) for each in every] == [0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("knöpfe", ["Knöpfe"]),
        ("KNOEPFE", ["Knöpfe"]),
        ("Knopf Holz", ["Knöpfe › Holz"]),
        ("wolle", ["Stoffe › Wolle", "Wolle & Garne › Wolle", "Wolle & Garne"]),
        ("jersey blau", []),
        ("kno", []),
        ("", []),
    ],
)
def test_whole_words_call_a_department(every: list[Department], text: str, found: list[str]) -> None:
    assert paths(departments.called(every, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kno", ["Knöpfe"]),
        ("knoe", ["Knöpfe"]),
        ("ga", ["Wolle & Garne"]),
        ("stoffe je", ["Stoffe › Jersey"]),
        ("knöpfe je", []),
        ("", []),
    ],
)
def test_the_last_word_may_be_a_beginning(every: list[Department], text: str, found: list[str]) -> None:
    assert paths(departments.beginning(every, text)) == found
