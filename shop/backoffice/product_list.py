"""The list of articles: a page of plain rows in a few queries, quick also with ten thousand articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from catalog import readiness
from catalog.images import Picture
from catalog.products import Product, Variant
from catalog.readiness import Gap
from catalog.units import Unit

PAGE = 40
_SCARCE = {Unit.PIECE: 3, Unit.LENGTH: 200, Unit.WEIGHT: 250, Unit.AREA: 5000}  # at or below this, in smallest units


class Show(StrEnum):
    """Which articles are wanted."""

    ALL = "alle"
    DRAFTS = "entwuerfe"
    PUBLISHED = "im-laden"
    SCARCE = "knapp"


@dataclass(frozen=True)
class Row:
    """One article of the list; stock in smallest units over all its counted variants, None uncounted."""

    id: int
    name: str
    unit: str
    is_published: bool
    cents: int | None
    has_several_prices: bool
    stock: int | None
    scarce: int  # how many of its variants run out
    variants: int
    picture_hash: str | None
    withdrawn_at: datetime | None = None
    lacks: tuple[str, ...] = ()  # what a draft still lacks, in a few words


@dataclass(frozen=True)
class Listed:
    """A page of articles, and how many there are in all."""

    rows: list[Row]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def listed(session: Session, words: str, show: Show, page: int) -> Listed:
    """A page of the articles whose name or numbers have all the words; newest first."""
    wanted = [*(_has(word) for word in words.split()[:8]), *_shown(show)]
    total = session.connection().execute(select(func.count()).select_from(Product).where(*wanted)).scalar_one()
    page = max(1, min(page, -(-total // PAGE)))
    found = session.connection().execute(_page_of(wanted, page)).all()
    gaps = readiness.missing_of(session, [each.id for each in found if each.published_at is None])
    return Listed([_row(each, gaps.get(each.id, [])) for each in found], total, page)


def is_scarce(unit: Unit) -> ColumnElement[bool]:
    """The condition that a variant of this unit is running out; a remnant is one of a kind and never does."""
    mark = func.coalesce(col(Variant.reorder_at), _SCARCE[unit])
    is_sold = and_(col(Variant.is_active), col(Variant.counts_stock), col(Variant.cut_from_id).is_(None))
    return and_(is_sold, col(Variant.on_hand) - col(Variant.held) <= mark)


def any_scarce() -> ColumnElement[bool]:
    """The condition, on product joined with variant, that the variant is running out."""
    return or_(*(and_(col(Product.unit) == unit, is_scarce(unit)) for unit in _SCARCE))


def _page_of(wanted: list[ColumnElement[bool]], page: int) -> Select[*tuple[Any, ...]]:
    """The products of the page first, then their sums: nothing is summed that is not shown."""
    ids = (
        select(col(Product.id)).where(*wanted).order_by(col(Product.id).desc()).offset((page - 1) * PAGE).limit(PAGE)
    ).subquery()
    picture = (
        select(col(Picture.hash))
        .where(col(Picture.product_id) == col(Product.id))
        .order_by(col(Picture.position), col(Picture.id))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            col(Product.id),
            col(Product.name),
            col(Product.unit),
            col(Product.published_at),
            col(Product.withdrawn_at),
            func.min(col(Variant.price_cents)).label("least"),
            func.max(col(Variant.price_cents)).label("most"),
            func.sum(case((col(Variant.counts_stock), col(Variant.on_hand) - col(Variant.held)))).label("stock"),
            func.sum(case((any_scarce(), 1), else_=0)).label("scarce"),
            func.count(col(Variant.id)).label("variants"),
            picture.label("picture"),
        )
        .join(ids, ids.c.id == col(Product.id))
        .outerjoin(Variant, and_(col(Variant.product_id) == col(Product.id), col(Variant.is_active)))
        .group_by(
            col(Product.id), col(Product.name), col(Product.unit), col(Product.published_at), col(Product.withdrawn_at)
        )
        .order_by(col(Product.id).desc())
    )


def _row(each: Any, gaps: Sequence[Gap]) -> Row:
    return Row(
        id=each.id,
        name=each.name,
        unit=each.unit,
        is_published=each.published_at is not None,
        cents=each.least,
        has_several_prices=each.least != each.most,
        stock=each.stock,
        scarce=each.scarce,
        variants=each.variants,
        picture_hash=each.picture,
        withdrawn_at=each.withdrawn_at,
        lacks=tuple(dict.fromkeys(gap.short for gap in gaps)),
    )


def _shown(show: Show) -> list[ColumnElement[bool]]:
    if show is Show.DRAFTS:
        return [col(Product.published_at).is_(None)]
    if show is Show.PUBLISHED:
        return [col(Product.published_at).is_not(None)]
    if show is Show.SCARCE:
        running_out = select(col(Variant.id)).where(col(Variant.product_id) == col(Product.id), any_scarce())
        return [running_out.exists()]
    return []


def _has(word: str) -> ColumnElement[bool]:
    """The word in the name, or in a number of a variant. LIKE of SQLite folds a to z only, hence both cases."""
    patterns = {f"%{_escaped(each)}%" for each in (word, word.lower(), word.capitalize(), word.upper())}
    in_name = or_(*(col(Product.name).ilike(pattern, escape="\\") for pattern in patterns))
    has_number = or_(
        col(Variant.sku).ilike(f"%{_escaped(word)}%", escape="\\"),
        col(Variant.gtin).like(f"{_escaped(word)}%", escape="\\"),
    )
    by_number = select(col(Variant.product_id)).where(has_number)
    return or_(in_name, col(Product.id).in_(by_number))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
