"""Which goods go into a file: the part of the shop that an export is asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from catalog import categories, kinds, makers
from catalog.categories import Category
from catalog.exchange.cells import split_list
from catalog.exchange.fields import KINDS
from catalog.exchange.headers import normal
from catalog.exchange.shelf import StandingVariant
from catalog.exchange.surroundings import category_paths
from catalog.movements import StockMovement
from catalog.prices import PriceChange
from catalog.products import Product, ProductCategory, Variant
from catalog.refusals import Refusal
from catalog.search.queue import SearchChange

_MOST_NAMED = 12


class NothingCalled(Refusal):
    """No category, maker or kind is called so."""


@dataclass(frozen=True)
class Choice:
    """A part of the goods; every wish narrows it down, without any it is all of them.

    category: a path such as "Stoffe > Jersey", or the last name of one; what stands below belongs to it.
    maker, kind: their names.
    is_published: True for what shoppers see, False for drafts.
    only_in_stock: variants of which something can be sold; uncounted ones are.
    only_low: variants with no more than their own mark to reorder.
    since: what was changed at this moment or later, be it only its stock.
    """

    category: str = ""
    maker: str = ""
    kind: str = ""
    is_published: bool | None = None
    only_in_stock: bool = False
    only_low: bool = False
    since: datetime | None = None


ALL = Choice()


def product_ids(session: Session, choice: Choice) -> list[int]:
    """The ids of the chosen products that have a variant to write, ascending. Raises NothingCalled."""
    wanted = [*_conditions(session, choice), _has_variant(choice)]
    found = session.exec(select(Product.id).where(*wanted).order_by(col(Product.id))).all()
    return [each for each in found if each is not None]


def without_variant(session: Session, choice: Choice) -> int:
    """How many of the chosen products have no variant at all, so that no file can tell of them."""
    any_variant = select(Variant.id).where(col(Variant.product_id) == col(Product.id)).exists()
    return len(session.exec(select(Product.id).where(*_conditions(session, choice), ~any_variant)).all())


def takes(choice: Choice, variant: StandingVariant) -> bool:
    """Whether a variant of a chosen product belongs to what is asked for."""
    is_counted, free = variant.facts["stock"] is not None, variant.on_hand - variant.held
    if choice.only_in_stock and is_counted and free <= 0:
        return False
    mark = variant.facts["reorder_at"]
    return not choice.only_low or (is_counted and mark is not None and free <= mark)


def _conditions(session: Session, choice: Choice) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if choice.category:
        placed = select(ProductCategory.product_id).where(
            col(ProductCategory.category_id).in_(_category_ids(session, choice.category))
        )
        wanted.append(col(Product.id).in_(placed))
    if choice.maker:
        every = [_Named(each.name, each.id) for each in makers.by_name(session)]
        wanted.append(col(Product.maker_id) == _called(choice.maker, every, "Den Hersteller"))
    if choice.kind:
        wanted.append(col(Product.kind) == _called(choice.kind, _kinds(session), "Die Warenart"))
    if choice.is_published is not None:
        published = col(Product.published_at)
        wanted.append(published.is_not(None) if choice.is_published else published.is_(None))
    if choice.since is not None:
        wanted.append(_changed_since(choice.since))
    return wanted


def _has_variant(choice: Choice) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [col(Variant.product_id) == col(Product.id)]
    free = col(Variant.on_hand) - col(Variant.held)
    if choice.only_in_stock:
        wanted.append(or_(~col(Variant.counts_stock), free > 0))
    if choice.only_low:
        wanted += [col(Variant.counts_stock).is_(True), free <= col(Variant.reorder_at)]
    return select(Variant.id).where(*wanted).exists()


def _changed_since(since: datetime) -> ColumnElement[bool]:
    """Each rule queues what it changes for the search; the ledgers remember longer than that queue."""
    touched = select(SearchChange.product_id).where(col(SearchChange.queued_at) >= since)
    moved = select(StockMovement.variant_id).where(col(StockMovement.moved_at) >= since)
    repriced = select(PriceChange.variant_id).where(col(PriceChange.changed_at) >= since)
    variants = select(Variant.product_id).where(or_(col(Variant.id).in_(moved), col(Variant.id).in_(repriced)))
    ids = col(Product.id)
    return or_(col(Product.updated_at) >= since, ids.in_(touched), ids.in_(variants))


class _Named(NamedTuple):
    name: str
    means: str | int | None


def _kinds(session: Session) -> Iterator[_Named]:
    """A kind is called by our word for it, by the owner's, and by its key."""
    for each in kinds.of(session):
        yield _Named(each.label, each.key)
        yield _Named(KINDS.get(each.key, each.label), each.key)
        yield _Named(each.key, each.key)


def _called(name: str, every: Iterable[_Named], noun: str) -> str | int | None:
    known = list(every)
    found = next((each for each in known if normal(each.name) == normal(name)), None)
    if found is None:
        raise _nothing_called(noun, name, (each.name for each in known))
    return found.means


def _category_ids(session: Session, path: str) -> list[int]:
    """The categories at a path, or of this name, with all below."""
    wanted = [normal(name) for name in split_list(path, ">")]
    paths = category_paths(session.exec(select(Category)).all())
    found = [each for each, names in paths.items() if [normal(name) for name in names] == wanted]
    found = found or [each for each, names in paths.items() if [normal(name) for name in names[-1:]] == wanted]
    if not found:
        raise _nothing_called("Die Kategorie", path, (" > ".join(names) for names in paths.values()))
    return sorted({below for each in found for below in categories.ids_below(session, each)})


def _nothing_called(noun: str, name: str, every: Iterable[str]) -> NothingCalled:
    known = list(dict.fromkeys(every))
    shown = ", ".join(known[:_MOST_NAMED]) + (" …" if len(known) > _MOST_NAMED else "")
    hint = f"Es gibt: {shown}" if known else "Es gibt noch keine."
    return NothingCalled(f"{noun} „{name}“ gibt es nicht. {hint}")
