"""Departments by the words that shoppers type: "perlmutt" leads to Knöpfe › Perlmutt."""

from dataclasses import dataclass

from sqlmodel import Session

from catalog import shop_names
from catalog.overview import Overview
from catalog.search.analysis import terms
from catalog.shop_names import ShopNames


@dataclass(frozen=True)
class Department:
    """A category, and the names of those above it from the top down."""

    slug: str
    name: str
    above: tuple[str, ...]


def every(session: Session) -> list[Department]:
    """All departments, with goods or without, those at the top first and else in the owner's order."""
    names = shop_names.read(session)
    return sorted((_department(names, each) for each in names.categories), key=lambda each: len(each.above))


def called(goods: Overview, text: str, *, limit: int = 4) -> list[Department]:
    """Those with goods whose name, with the names above it, has all words of a text, and one of them itself.

    Those that are called by nothing else come first, then those nearer to the top.
    """
    asked = set(terms(text))
    fitting: list[tuple[int, int, int, Department]] = []
    for category_id, (found, own, path) in goods.kept(("departments",), lambda: _terms(goods)).items():
        if asked & own and asked <= path and goods.below(category_id):
            fitting.append((len(own - asked), len(found.above), len(fitting), found))
    return [found for *_, found in sorted(fitting, key=lambda each: each[:3])[:limit]]


def begun(goods: Overview, text: str, *, limit: int = 3) -> list[Department]:
    """Those with goods whose names have a word for each typed one that begins so; the fullest first."""
    return [_department(goods.names, each) for each in goods.categories(text, limit=limit)]


def _terms(goods: Overview) -> dict[int, tuple[Department, frozenset[str], frozenset[str]]]:
    """Each department with its own terms, and with those of its whole path."""
    every = {each: _department(goods.names, each) for each in goods.names.categories}
    return {
        category_id: (each, frozenset(terms(each.name)), frozenset(terms(" ".join((*each.above, each.name)))))
        for category_id, each in every.items()
    }


def _department(names: ShopNames, category_id: int) -> Department:
    here, *above = (names.categories[each] for each in names.path_of(category_id))
    return Department(here.slug, here.name, tuple(each.name for each in reversed(above)))
