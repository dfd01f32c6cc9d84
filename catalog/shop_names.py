"""What the shop calls things that many goods share: categories, makers, attributes. Small, and read as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, col, select

from catalog.attributes import AttributeType
from catalog.categories import Category
from catalog.makers import Maker


@dataclass(frozen=True)
class Department:
    """A category as it stands in the tree; `parent_id` None: at the top."""

    category_id: int
    parent_id: int | None
    slug: str
    name: str


@dataclass(frozen=True)
class Fact:
    """An attribute by which shoppers may filter."""

    id: int
    key: str
    label: str
    kind: str
    unit: str
    decimals: int
    choices: str

    @cached_property
    def type(self) -> AttributeType:
        """As catalog.attributes writes its values; of no session."""
        return AttributeType(
            id=self.id, key=self.key, label=self.label, kind=self.kind, unit=self.unit, decimals=self.decimals,
            choices=self.choices,
        )  # fmt: skip


@dataclass(frozen=True)
class ShopNames:
    """The categories in the owner's order by id, the makers' names by id, the attributes shoppers may filter by."""

    categories: Mapping[int, Department]
    makers: Mapping[int, str]
    facts: tuple[Fact, ...]

    @cached_property
    def filters(self) -> frozenset[int]:
        """The ids of the attributes that are filters."""
        return frozenset(each.id for each in self.facts)

    @cached_property
    def below(self) -> Mapping[int | None, tuple[int, ...]]:
        """The categories right below each category, those at the top below None; in the owner's order."""
        found: dict[int | None, list[int]] = {}
        for each in self.categories.values():
            found.setdefault(each.parent_id, []).append(each.category_id)
        return {parent: tuple(children) for parent, children in found.items()}

    def tree_of(self, category_id: int) -> list[int]:
        """A category and all below it, each before those below it."""
        found = [category_id]
        for each in self.below.get(category_id, ()):
            found += self.tree_of(each)
        return found

    def path_of(self, category_id: int) -> list[int]:
        """The categories from this one up to the top."""
        path: list[int] = []
        above: int | None = category_id
        while above is not None and above in self.categories and above not in path:
            path.append(above)
            above = self.categories[above].parent_id
        return path

    def above(self, category_ids: Iterable[int]) -> list[str]:
        """What some categories and all above them are called."""
        return [self.categories[each].name for category_id in category_ids for each in self.path_of(category_id)]

    def moved(self, before: "ShopNames") -> set[int]:
        """The categories that are called or placed otherwise than before, with all that are below them now."""
        changed = [
            each.category_id
            for each in self.categories.values()
            if (was := before.categories.get(each.category_id)) is None
            or (was.name, was.parent_id) != (each.name, each.parent_id)
        ]
        return {each for category_id in changed for each in self.tree_of(category_id)}


_CATEGORIES = select(Category.id, Category.parent_id, Category.slug, Category.name).order_by(
    col(Category.position), col(Category.name), col(Category.id)
)
_MAKERS = select(Maker.id, Maker.name)
_FACTS = (
    select(  # type: ignore[call-overload]
        AttributeType.id, AttributeType.key, AttributeType.label, AttributeType.kind, AttributeType.unit,
        AttributeType.decimals, AttributeType.choices,
    )
    .where(col(AttributeType.is_filter))
    .order_by(col(AttributeType.position), col(AttributeType.id))
)  # fmt: skip


def read(session: Session) -> ShopNames:
    """All names as the session sees them. Three queries."""
    database = session.connection()
    return ShopNames(
        categories={row[0]: Department(*row) for row in database.execute(_CATEGORIES)},
        makers={row[0]: row[1] for row in database.execute(_MAKERS)},
        facts=tuple(Fact(*row) for row in database.execute(_FACTS)),
    )
