"""What to order again: goods that run out, by maker, with what was sold of them lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from catalog.makers import Maker
from catalog.products import Product, Variant
from catalog.stock import StockMovement, Why
from shop.backoffice import named
from shop.backoffice.named import Named
from shop.backoffice.product_list import any_scarce
from shop.context import now, session

blueprint = Blueprint("reorder", __name__, url_prefix="/nachbestellen")

LATELY = timedelta(days=60)
MOST = 500
_GONE = (Why.SOLD, Why.CUT, Why.SOLD_IN_STORE, Why.RETURNED)


@dataclass(frozen=True)
class Short:
    """A variant that runs out; `sold` within LATELY, what came back taken off; smallest units."""

    goods: Named
    maker: str
    reorder_at: int | None
    sold: int


@blueprint.get("")
def index() -> Any:
    """The list, to read at the telephone and to print."""
    found = running_short(session(), now())
    makers: dict[str, list[Short]] = {}
    for each in found[:MOST]:
        makers.setdefault(each.maker, []).append(each)
    return render_template("backoffice/reorder.html", makers=makers, has_more=len(found) > MOST, today=now())


def running_short(opened: Session, moment: datetime) -> list[Short]:
    """The goods to order again, by maker and name; at most one more than MOST."""
    rows = opened.connection().execute(
        select(col(Variant.id), col(Variant.reorder_at), func.coalesce(col(Maker.name), "").label("maker"))
        .join(Product, col(Product.id) == col(Variant.product_id))
        .outerjoin(Maker, col(Maker.id) == col(Product.maker_id))
        .where(is_short())
        .order_by(col(Maker.name).is_(None), col(Maker.name), col(Product.name), col(Product.id), col(Variant.position))
        .limit(MOST + 1)
    )
    short = list(rows)
    ids = [row.id for row in short]
    goods, sold = named.of(opened, ids), _sold(opened, ids, moment - LATELY)
    return [Short(goods[row.id], row.maker, row.reorder_at, sold.get(row.id, 0)) for row in short]


def how_many(opened: Session) -> int:
    """How many variants run out."""
    counted = select(func.count(col(Variant.id))).join(Product, col(Product.id) == col(Variant.product_id))
    return opened.connection().execute(counted.where(is_short())).scalar_one()


def is_short() -> ColumnElement[bool]:
    """The condition, on product joined with variant, that it should be ordered again; a remnant never is."""
    return and_(col(Product.published_at).is_not(None), any_scarce())


def _sold(opened: Session, variant_ids: list[int], since: datetime) -> dict[int, int]:
    rows = opened.connection().execute(
        select(col(StockMovement.variant_id), -func.sum(col(StockMovement.change)))
        .where(
            col(StockMovement.variant_id).in_(variant_ids),
            col(StockMovement.why).in_(_GONE),
            col(StockMovement.moved_at) > since,
        )
        .group_by(col(StockMovement.variant_id))
    )
    return {variant_id: max(0, quantity) for variant_id, quantity in rows}
