"""What goods of a file refer to and is few: kinds, attribute types, makers, categories. Loaded once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, select

from catalog import attributes, kinds
from catalog.attributes import AttributeType
from catalog.categories import Category
from catalog.exchange.articles import Facts
from catalog.exchange.cells import tidy
from catalog.exchange.fields import MAKER_FIELDS
from catalog.exchange.headers import normal
from catalog.makers import Maker

NO_ADDRESS: Facts = {each.key: "" for each in MAKER_FIELDS}


@dataclass(frozen=True)
class Surroundings:
    """They stay the same while a plan is made."""

    attribute_types: dict[str, AttributeType]  # by normal label
    types_by_id: dict[int, AttributeType]
    kinds: dict[str, str]  # key → label
    kinds_by_label: dict[str, str]  # normal label → key
    textile_kinds: frozenset[str]
    makers: dict[str, Facts]  # the addresses by name
    maker_names: dict[int, str]
    category_paths: dict[int, tuple[str, ...]]


def load(session: Session) -> Surroundings:
    """Look at them as they stand."""
    session.flush()
    types, every_kind = attributes.types(session), kinds.of(session)
    makers = session.exec(select(Maker)).all()
    return Surroundings(
        {normal(each.label): each for each in types},
        {each.id or 0: each for each in types},
        {each.key: each.label for each in every_kind},
        {normal(each.label): each.key for each in every_kind},
        frozenset(each.key for each in every_kind if each.is_textile),
        {tidy(maker.name): _address(maker) for maker in makers},
        {maker.id or 0: tidy(maker.name) for maker in makers},
        category_paths(session.exec(select(Category)).all()),
    )


def category_paths(every: Iterable[Category]) -> dict[int, tuple[str, ...]]:
    """The names from the top down to each category, by its id."""
    by_id = {each.id: each for each in every}
    paths: dict[int, tuple[str, ...]] = {}
    for category_id, category in by_id.items():
        assert category_id is not None
        names: tuple[str, ...] = ()
        above: Category | None = category
        while above is not None:
            names = (tidy(above.name), *names)
            above = by_id.get(above.parent_id)
        paths[category_id] = names
    return paths


def _address(maker: Maker) -> Facts:
    return {each.key: tidy(getattr(maker, each.key.removeprefix("maker_"))) for each in MAKER_FIELDS}
