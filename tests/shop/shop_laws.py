"""What always holds in a shop, whatever was done there: books, histories, readiness; and how it stands."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlmodel import Session, col, func, select

from catalog import readiness
from catalog.exchange import standing, surroundings
from catalog.holds import StockHold
from catalog.movements import StockMovement
from catalog.prices import PriceChange, Reduction
from catalog.products import OnSale, Product, Variant
from catalog.rolls import Roll
from shop.importing import House


def state(house: House, now: datetime) -> dict[str, Any]:
    """All facts of all goods, by number, as an owner sees them."""
    found: dict[str, Any] = {}
    with house.database.reading() as session:
        ids = [each or 0 for each in session.exec(select(Product.id)).all()]
        active = dict(session.exec(select(Variant.id, Variant.is_active)).all())
        for product in standing.goods(session, ids, surroundings.load(session), now).values():
            found |= {f"{product.slug} {key}": value for key, value in product.facts.items()}
            for each in product.variants:
                facts = dict(each.facts)
                sale = facts["sale"]
                if sale is not None:
                    begins = sale.starts_at if sale.starts_at and sale.starts_at > now else None
                    facts["sale"] = (sale.price_cents, begins, sale.ends_at)
                facts |= {"on hand": each.on_hand, "held": each.held, "active": active[each.id]}
                found |= {f"{each.sku} {key}": value for key, value in facts.items()}
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    """What is not alike of two states."""
    keys = sorted(before.keys() | after.keys())
    return [(each, before.get(each), after.get(each)) for each in keys if before.get(each) != after.get(each)]


def check_stock(session: Session) -> None:
    """Sums, ledger, rolls and holds say the same of every variant."""
    moved = _sums(session, StockMovement, StockMovement.change, True)
    held = _sums(session, StockHold, StockHold.quantity * StockHold.pieces, col(StockHold.ended_at).is_(None))
    every = session.exec(select(Variant)).all()
    rolls = session.exec(select(Roll)).all()
    for variant in every:
        assert variant.on_hand == sum(total for (each, _), total in moved.items() if each == variant.id), variant.sku
        assert variant.held == sum(total for (each, _), total in held.items() if each == variant.id)
        assert not variant.counts_stock or variant.on_hand >= variant.held >= 0
        lying = [roll for roll in rolls if roll.variant_id == variant.id and roll.ended_at is None]
        if variant.longest is None:
            assert not lying
            continue
        assert variant.longest == max((roll.free for roll in lying), default=0)
        assert variant.on_hand == sum(roll.on_hand for roll in lying)
        assert variant.held == sum(roll.held for roll in lying)
    for roll in rolls:
        assert 0 <= roll.held <= roll.on_hand
        assert (roll.on_hand == 0) == (roll.ended_at is not None)
        assert roll.on_hand == moved.get((roll.variant_id, roll.id), 0)
        assert roll.held == held.get((roll.variant_id, roll.id), 0)


def check_prices(session: Session) -> None:
    """Each price has a history that ends with it; no two reductions of a variant run at once."""
    for variant in session.exec(select(Variant)).all():
        changes = session.exec(
            select(PriceChange).where(PriceChange.variant_id == variant.id).order_by(col(PriceChange.id))
        ).all()
        assert changes, variant.sku
        assert changes[-1].price_cents == variant.price_cents
        assert [each.changed_at for each in changes] == sorted(each.changed_at for each in changes)
        sales = session.exec(
            select(Reduction).where(Reduction.variant_id == variant.id).order_by(col(Reduction.starts_at))
        ).all()
        real = [each for each in sales if each.ends_at is None or each.ends_at > each.starts_at]
        for before, after in pairwise(real):
            assert before.ends_at is not None
            assert before.ends_at <= after.starts_at, (before, after)


def check_sale(session: Session) -> None:
    """What is on sale lacks nothing, and its times on sale are written down."""
    for product in session.exec(select(Product)).all():
        times = session.exec(select(OnSale).where(OnSale.product_id == product.id, col(OnSale.until).is_(None))).all()
        assert len(times) == int(product.is_published), product.slug
        if product.is_published:
            assert not readiness.missing(session, product), product.slug


def _sums(session: Session, table: Any, column: Any, condition: Any) -> dict[tuple[int, int | None], int]:
    rows = session.exec(
        select(table.variant_id, table.roll_id, func.sum(column))
        .where(condition)
        .group_by(table.variant_id, table.roll_id)
    ).all()
    return {(variant_id, roll_id): total for variant_id, roll_id, total in rows}
