"""The sheet of a stock-taking: which lines are to be counted, and how far it has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from catalog.products import Product, ProductCategory, Variant
from catalog.rolls import Roll
from catalog.stock_taking import Result, StockCount, StockTaking, results

PAGE = 40


class Only(StrEnum):
    """Which lines are wanted."""

    TO_COUNT = "offen"
    COUNTED = "gezaehlt"
    ALL = "alle"


@dataclass(frozen=True)
class Line:
    """A variant, or one roll of it, on the sheet; quantities in smallest units.

    `on_hand` is what the books say now, with what is put aside for orders (`held`). `result` is None
    until it is counted.
    """

    variant_id: int
    product_id: int
    name: str
    sku: str
    unit: str
    on_hand: int
    held: int
    roll_id: int | None = None
    lot: str = ""
    place: str = ""
    result: Result | None = None

    @property
    def key(self) -> str:
        """A short name of the line: "v12", or "r7" for a roll."""
        return f"v{self.variant_id}" if self.roll_id is None else f"r{self.roll_id}"


@dataclass(frozen=True)
class Progress:
    """How many lines there are, and how many of them have been counted."""

    counted: int
    total: int


@dataclass(frozen=True)
class Sheet:
    """A page of lines, and how many there are in all."""

    lines: list[Line]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def progress(session: Session, taking: StockTaking) -> Progress:
    """How far the counting has come; one query.

    On the sheet stands whatever the books say is there, and whatever was counted. What the books call
    empty is not asked for: who finds some of it counts it all the same.
    """
    is_counted = _is_counted(taking)
    counts = _lines(taking, func.count(), func.count(case((is_counted, 1))))
    total, counted = session.connection().execute(counts).one()
    return Progress(counted, total)


def sheet(
    session: Session,
    taking: StockTaking,
    *,
    only: Only = Only.ALL,
    category_ids: Sequence[int] = (),
    place: str | None = None,
    page: int = 1,
) -> Sheet:
    """A page of the sheet by name: of some categories, of a place ("": goods without one), or of all."""
    wanted = _wanted(taking, only, category_ids, place)
    total = session.connection().execute(_lines(taking, func.count()).where(*wanted)).scalar_one()
    page = max(1, min(page, -(-total // PAGE)))
    rows = (
        _rows(taking)
        .where(*wanted)
        .order_by(col(Product.name), col(Product.id), col(Variant.position), col(Variant.id), col(Roll.id))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return Sheet(_read(session, taking, rows), total, page)


def of_variants(session: Session, taking: StockTaking, variant_ids: Sequence[int]) -> list[Line]:
    """The lines of some variants, also of what the books call empty."""
    rows = _rows(taking, with_empty=True).where(col(Variant.id).in_(variant_ids))
    return _read(session, taking, rows.order_by(col(Variant.id), col(Roll.id)))


def line(session: Session, taking: StockTaking, variant_id: int, roll_id: int | None) -> Line | None:
    """One line, or None where there is no such variant or roll."""
    return next((each for each in of_variants(session, taking, [variant_id]) if each.roll_id == roll_id), None)


def everything(session: Session, taking: StockTaking) -> list[Line]:
    """The whole sheet by name, for the report."""
    rows = _rows(taking).order_by(col(Product.name), col(Variant.position), col(Variant.id), col(Roll.id))
    return _with_results(session.connection().execute(rows).all(), results(session, taking))


def places(session: Session) -> list[str]:
    """The places in the store where rolls lie, by name."""
    named = select(col(Roll.place)).where(col(Roll.ended_at).is_(None), col(Roll.place) != "").distinct()
    return sorted(session.connection().execute(named).scalars())


def _read(session: Session, taking: StockTaking, rows: Select[Any]) -> list[Line]:
    found = session.connection().execute(rows).all()
    return _with_results(found, results(session, taking, {each.variant_id for each in found}))


def _with_results(found: Sequence[Row[Any]], counted: Iterable[Result]) -> list[Line]:
    by_line = {(each.variant_id, each.roll_id): each for each in counted}
    return [Line(**each._mapping, result=by_line.get((each.variant_id, each.roll_id))) for each in found]


def _rows(taking: StockTaking, *, with_empty: bool = False) -> Select[Any]:
    on_roll = col(Roll.id).is_not(None)
    return _lines(
        taking,
        col(Variant.id).label("variant_id"),
        col(Product.id).label("product_id"),
        col(Product.name).label("name"),
        col(Variant.sku).label("sku"),
        col(Product.unit).label("unit"),
        case((on_roll, col(Roll.on_hand)), else_=col(Variant.on_hand)).label("on_hand"),
        case((on_roll, col(Roll.held)), else_=col(Variant.held)).label("held"),
        col(Roll.id).label("roll_id"),
        func.coalesce(col(Roll.lot), "").label("lot"),
        func.coalesce(col(Roll.place), "").label("place"),
        with_empty=with_empty,
    )


def _lines(taking: StockTaking, *columns: Any, with_empty: bool = False) -> Select[Any]:
    """Each roll that is open or was counted; a variant itself where it has none."""
    on_sheet = and_(col(Roll.variant_id) == col(Variant.id), or_(col(Roll.ended_at).is_(None), _roll_counted(taking)))
    lines = (
        select(*columns)
        .select_from(Variant)
        .join(Product, col(Product.id) == col(Variant.product_id))
        .outerjoin(Roll, on_sheet)
        .where(col(Variant.counts_stock))
    )
    return lines if with_empty else lines.where(or_(col(Variant.on_hand) > 0, _is_counted(taking)))


def _wanted(
    taking: StockTaking, only: Only, category_ids: Sequence[int], place: str | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if only is Only.TO_COUNT:
        wanted.append(~_is_counted(taking))
    if only is Only.COUNTED:
        wanted.append(_is_counted(taking))
    if category_ids:
        placed = select(col(ProductCategory.product_id)).where(col(ProductCategory.category_id).in_(category_ids))
        wanted.append(col(Product.id).in_(placed))
    if place is not None:
        wanted.append(func.coalesce(col(Roll.place), "") == place)
    return wanted


def _is_counted(taking: StockTaking) -> ColumnElement[bool]:
    """Whether the line, a roll or a variant without any, was counted.

    The lists stand in brackets of their own, not beside each line: the database reads them once.
    """
    itself = select(col(StockCount.variant_id)).where(_of(taking), col(StockCount.roll_id).is_(None))
    return or_(and_(col(Roll.id).is_(None), col(Variant.id).in_(itself)), _roll_counted(taking))


def _roll_counted(taking: StockTaking) -> ColumnElement[bool]:
    counted = select(col(StockCount.roll_id)).where(_of(taking), col(StockCount.roll_id).is_not(None))
    return and_(col(Roll.id).is_not(None), col(Roll.id).in_(counted))


def _of(taking: StockTaking) -> ColumnElement[bool]:
    return col(StockCount.taking_id) == taking.id
