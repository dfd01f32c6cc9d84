"""Many products at once: added, changed, shown, put into categories; the rules are those of products.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalog import bulk, products, slugs
from catalog.products import OnSale, Product, ProductCategory, VariantOption


@dataclass(frozen=True)
class NewProduct:
    """What a product begins with: its name, the wished address ("": from the name), and other columns as the table
    holds them.
    """

    name: str
    slug: str = ""
    columns: Mapping[str, object] = field(default_factory=dict)


def add(session: Session, new: Sequence[NewProduct], *, now: datetime, author: str) -> list[int]:
    """Add products as drafts; gives their ids in the same order. Few statements, however many they are.

    A wished address is taken if it is free, else it gets a number, as products.add does. Flushes.
    """
    session.flush()
    ids = bulk.reserve(session, Product, len(new))
    addresses = _free_slugs(session, [each.slug or each.name for each in new])
    columns = dict.fromkeys(column for each in new for column in each.columns)
    usual = {column: Product.model_fields[column].default for column in columns}
    rows = [
        (product_id, address, each.name, *({**usual, **each.columns}).values())
        for product_id, address, each in zip(ids, addresses, new, strict=True)
    ]
    stamped = {"created_at": now, "updated_at": now, "updated_by": author}
    bulk.insert(session, Product, ("id", "slug", "name", *columns), rows, version=1, **stamped)
    products.touch_many(session, dict.fromkeys(ids, now))
    return list(ids)


def change(session: Session, changes: Mapping[int, Mapping[str, object]], *, now: datetime, author: str) -> None:
    """Set columns of products, by their ids, to values as the table holds them. Flushes."""
    session.flush()
    alike: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for product_id, columns in sorted(changes.items()):
        alike.setdefault(tuple(columns), []).append((*columns.values(), product_id))
    for names, rows in alike.items():
        bulk.update(session, Product, names, rows, updated_at=now, updated_by=author)
    products.touch_many(session, dict.fromkeys(changes, now))


def publish(session: Session, product_ids: Iterable[int], now: datetime) -> None:
    """Show products to shoppers, as products.publish does with one. Flushes."""
    session.flush()
    ids = sorted(set(product_ids))
    hidden: list[int] = []
    for part in bulk.some(ids):
        drafts = select(Product.id).where(col(Product.id).in_(part), col(Product.published_at).is_(None))
        hidden += sorted(filter(None, session.exec(drafts).all()))
    bulk.update(session, Product, ("published_at",), ((now, each) for each in hidden))
    bulk.update(session, Product, ("withdrawn_at",), ((None, each) for each in ids))
    bulk.insert(session, OnSale, ("product_id",), ((each,) for each in hidden), since=now)
    products.touch_many(session, dict.fromkeys(ids, now))


def place(session: Session, places: Mapping[int, Sequence[int]], now: datetime) -> None:
    """Put products into exactly these categories, as products.place_in does with one. Flushes."""
    session.flush()
    standing: dict[int, list[int]] = {each: [] for each in places}
    for part in bulk.some(places):
        rows = select(ProductCategory.product_id, ProductCategory.category_id).order_by(col(ProductCategory.position))
        for product_id, category_id in session.exec(rows.where(col(ProductCategory.product_id).in_(part))):
            standing[product_id].append(category_id)
    wanted = {each: list(dict.fromkeys(ids)) for each, ids in places.items()}
    changed = [each for each in sorted(places) if standing[each] != wanted[each]]
    for part in bulk.some([each for each in changed if standing[each]]):
        session.exec(delete(ProductCategory).where(col(ProductCategory.product_id).in_(part)))
    bulk.insert(
        session,
        ProductCategory,
        ("product_id", "category_id", "position"),
        ((each, category_id, place) for each in changed for place, category_id in enumerate(wanted[each])),
    )
    products.touch_many(session, dict.fromkeys(changed, now))


def set_options(
    session: Session, options: Mapping[int, tuple[int, Sequence[tuple[str, str, str]]]], now: datetime
) -> None:
    """Give variants, by their ids, exactly these options as (product, options).

    As products.set_options does with one. Flushes.
    """
    session.flush()
    standing: dict[int, list[tuple[str, str, str]]] = {each: [] for each in options}
    for part in bulk.some(options):
        rows = select(VariantOption.variant_id, VariantOption.name, VariantOption.value, VariantOption.swatch)
        for variant_id, *option in session.exec(
            rows.where(col(VariantOption.variant_id).in_(part)).order_by(col(VariantOption.position))
        ):
            standing[variant_id].append((option[0], option[1], option[2]))
    changed = [each for each in sorted(options) if standing[each] != list(options[each][1])]
    for part in bulk.some([each for each in changed if standing[each]]):
        session.exec(delete(VariantOption).where(col(VariantOption.variant_id).in_(part)))
    add_options(session, ((each, options[each][1]) for each in changed))
    products.touch_many(session, {options[each][0]: now for each in changed})


def add_options(session: Session, options: Iterable[tuple[int, Sequence[tuple[str, str, str]]]]) -> None:
    """Give variants that have none their options, as (variant, options)."""
    rows = (
        (variant_id, position, *option) for variant_id, several in options for position, option in enumerate(several)
    )
    bulk.insert(session, VariantOption, ("variant_id", "position", "name", "value", "swatch"), rows)


def _free_slugs(session: Session, wished: Sequence[str]) -> list[str]:
    """An address for each wish, in order, that neither a product has (or had) nor another of the wishes."""
    bases = [slugs.slugify(each) for each in wished]
    taken: set[str] = set()
    for part in bulk.some(dict.fromkeys(bases)):
        taken.update(session.exec(select(Product.slug).where(col(Product.slug).in_(part))).all())
        taken |= slugs.left_by_products_among(session, part)
    found = []
    for base in bases:
        if base in taken:
            taken |= products.slugs_like(session, base)
        found.append(slugs.free(base, taken))
        taken.add(found[-1])
    return found
