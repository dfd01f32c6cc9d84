"""Names that an import makes beside its goods: categories, makers and attributes that were not there before."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from catalog import revisions
from catalog.attributes import AttributeKind, AttributeType
from catalog.categories import Category
from catalog.exchange import ties
from catalog.exchange.articles import Facts
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS
from catalog.exchange.surroundings import category_paths
from catalog.makers import Maker

Path = tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """Categories by their paths, makers and the labels of attributes."""

    categories: frozenset[Path] = frozenset()
    makers: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()

    def __sub__(self, others: "Names") -> "Names":
        return Names(
            self.categories - others.categories, self.makers - others.makers, self.attributes - others.attributes
        )

    def __or__(self, others: "Names") -> "Names":
        return Names(
            self.categories | others.categories, self.makers | others.makers, self.attributes | others.attributes
        )

    def as_json(self) -> dict[str, Any]:
        """As an import keeps them."""
        return {
            "categories": sorted(map(list, self.categories)),
            "makers": sorted(self.makers),
            "attributes": sorted(self.attributes),
        }


def from_json(kept: dict[str, Any]) -> Names:
    """Give back the names that `as_json` wrote; none where nothing was kept."""
    return Names(
        frozenset(map(tuple, kept.get("categories", ()))),
        frozenset(kept.get("makers", ())),
        frozenset(kept.get("attributes", ())),
    )


def standing(session: Session) -> Names:
    """All names that there are."""
    return Names(
        frozenset(category_paths(session.exec(select(Category)).all()).values()),
        frozenset(session.exec(select(Maker.name)).all()),
        frozenset(session.exec(select(AttributeType.label)).all()),
    )


def wanted(every: Iterable[Facts]) -> Names:
    """The names that facts of products ask for; above a category stand others."""
    paths: set[Path] = set()
    asked_makers: set[str] = set()
    labels: set[str] = set()
    for facts in every:
        paths.update(path[:depth] for path in facts.get("categories", ()) for depth in range(1, len(path) + 1))
        asked_makers.update(filter(None, [facts.get("maker")]))
        labels.update(key.removeprefix(ATTRIBUTE_PREFIX) for key in facts if key.startswith(ATTRIBUTE_PREFIX))
    return Names(frozenset(paths), frozenset(asked_makers), frozenset(labels))


def remove_empty(session: Session, made: Names, addresses: dict[str, Facts]) -> Names:
    """Take away those names that an import has made and that nobody uses or has worked on since. Flushes.

    `addresses` are what it has said of makers: one that the owner has described further stays. Gives what is gone.
    """
    return Names(
        frozenset(_remove_categories(session, made.categories)),
        frozenset(_remove_makers(session, made.makers, addresses)),
        frozenset(_remove_attributes(session, made.attributes)),
    )


def _remove_categories(session: Session, paths: Iterable[Path]) -> set[Path]:
    gone = set()
    for path in sorted(paths, key=len, reverse=True):
        by_path = {each: number for number, each in category_paths(session.exec(select(Category)).all()).items()}
        category = session.get(Category, by_path.get(path, 0))
        if category is not None and not category.description and not _is_used(session, Category, category.id):
            session.delete(category)
            session.flush()
            gone.add(path)
    if gone:
        revisions.bump(session)
    return gone


def _remove_makers(session: Session, wished: Iterable[str], addresses: dict[str, Facts]) -> set[str]:
    gone = set()
    for maker in session.exec(select(Maker).order_by(Maker.name)).all():
        if maker.name in set(wished) and _is_as_told(maker, addresses) and not _is_used(session, Maker, maker.id):
            session.delete(maker)
            gone.add(maker.name)
    session.flush()
    return gone


def _is_as_told(maker: Maker, addresses: dict[str, Facts]) -> bool:
    said = addresses.get(maker.name, {})
    fresh = Maker(name=maker.name)
    columns = {each.key: each.key.removeprefix("maker_") for each in MAKER_FIELDS}
    return all(getattr(maker, column) == said.get(key, getattr(fresh, column)) for key, column in columns.items())


def _remove_attributes(session: Session, labels: Iterable[str]) -> set[str]:
    gone = set()
    for fact in session.exec(select(AttributeType).order_by(AttributeType.label)).all():
        is_as_made = fact.kind == AttributeKind.TEXT and not (fact.goods or fact.choices or fact.unit)
        if fact.label in set(labels) and is_as_made and not _is_used(session, AttributeType, fact.id):
            session.delete(fact)
            gone.add(fact.label)
    session.flush()
    return gone


def _is_used(session: Session, table: type[SQLModel], row_id: int | None) -> bool:
    return any(
        session.execute(select_columns(column).where(column == row_id).limit(1)).first() is not None
        for column in ties.references(table)
    )
