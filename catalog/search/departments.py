"""Departments by the words that shoppers type: "perlmutt" leads to Knöpfe › Perlmutt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.categories import Category
from catalog.search.analysis import fold, terms

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Department:
    """A category, and the names of those above it from the top down."""

    category_id: int
    slug: str
    name: str
    above: tuple[str, ...]


def every(session: Session) -> list[Department]:
    """All departments, those at the top first, and else in the owner's order; one query."""
    rows = session.execute(
        select(Category.id, Category.slug, Category.name, Category.parent_id).order_by(
            col(Category.position), col(Category.name)
        )
    ).all()
    placed = {row.id: row for row in rows}

    def above(parent_id: int | None) -> tuple[str, ...]:
        parent = placed.get(parent_id)
        return (*above(parent.parent_id), parent.name) if parent else ()

    found = [Department(row.id, row.slug, row.name, above(row.parent_id)) for row in rows]
    return sorted(found, key=lambda each: len(each.above))


def called(departments: Sequence[Department], text: str, *, limit: int = 4) -> list[Department]:
    """Those whose name, with the names above it, has all words of a text, and one of them itself.

    Those that are called by nothing else come first.
    """
    asked = set(terms(text))
    fitting = []
    for each in departments:
        own = set(terms(each.name))
        if asked & own and asked <= own.union(*map(terms, each.above)):
            fitting.append((len(own - asked), each))
    return [each for _, each in sorted(fitting, key=lambda pair: pair[0])[:limit]]


def beginning(departments: Sequence[Department], text: str, *, limit: int = 3) -> list[Department]:
    """Those that have a word which begins as the last one typed does; the words before it must be met in full."""
    *before, last = text.split() or [""]
    if not last:
        return []
    start, asked = fold(last), set(terms(" ".join(before)))
    return [
        each
        for each in departments
        if any(fold(word).startswith(start) for word in _WORD.findall(each.name))
        and asked <= set(terms(" ".join((*each.above, each.name))))
    ][:limit]
