"""Categories: a tree through which shoppers walk."""

from collections.abc import Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from catalog import revisions, slugs


class Category(SQLModel, table=True):
    """A department of the shop; `parent_id` None stands at the top."""

    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="category.id", index=True)
    slug: str = Field(unique=True, max_length=90)
    name: str = Field(max_length=120)
    description: str = ""
    position: int = 0


def add(session: Session, name: str, parent_id: int | None = None) -> Category:
    """Add a category as the last one below its parent. Flushes."""
    siblings = session.exec(select(Category.position).where(Category.parent_id == parent_id)).all()
    category = Category(
        name=name, parent_id=parent_id, slug=slugs.free(name, _slugs(session)), position=max(siblings, default=-1) + 1
    )
    session.add(category)
    session.flush()
    revisions.bump(session)
    return category


def at_path(session: Session, names: Sequence[str]) -> Category:
    """Find the category at a path such as ["Stoffe", "Jersey"], making what is missing. Flushes."""
    found: Category | None = None
    for name in names:
        parent_id = found.id if found else None
        standing = session.exec(
            select(Category).where(Category.name == name, col(Category.parent_id).is_not_distinct_from(parent_id))
        ).first()
        found = standing or add(session, name, parent_id)
    assert found is not None, "a path has at least one name"
    return found


def path_of(session: Session, category: Category) -> list[Category]:
    """The categories from the top down to this one, itself included."""
    path = [category]
    while path[0].parent_id is not None:
        parent = session.get(Category, path[0].parent_id)
        assert parent is not None
        path.insert(0, parent)
    return path


def tree(session: Session) -> list[tuple[Category, list[Category]]]:
    """The top categories with their children, in the owner's order; one query."""
    ordered = session.exec(select(Category).order_by(col(Category.position), col(Category.name))).all()
    below: dict[int | None, list[Category]] = {}
    for each in ordered:
        below.setdefault(each.parent_id, []).append(each)
    return [(top, below.get(top.id, [])) for top in below.get(None, [])]


def ids_below(session: Session, category_id: int) -> list[int]:
    """The ids of a category and of all below it, however deep; one query."""
    pairs = session.exec(select(Category.id, Category.parent_id)).all()
    found = [category_id]
    for each in found:
        found += [child for child, parent in pairs if parent == each and child is not None]
    return found


def _slugs(session: Session) -> set[str]:
    return set(session.exec(select(Category.slug)).all()) | slugs.left_by_categories(session)
