"""Prices of many variants at once; the rules are those of prices.py, and so are the ledgers that come of them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import bulk, products
from catalog.prices import NotAReduction, PriceChange, Reduction
from catalog.products import Variant


def set_regular(session: Session, prices: Mapping[int, int], *, now: datetime, author: str, reason: str = "") -> None:
    """Set the regular prices (gross cents per price unit) of variants by their ids, as prices.set_regular does.

    Nothing happens to those that have this price, and a history. Flushes.
    """
    session.flush()
    changed: dict[int, int] = {}  # variant → product
    for part in bulk.some(sorted(prices)):
        begun = set(
            session.exec(select(PriceChange.variant_id).where(col(PriceChange.variant_id).in_(part)).distinct()).all()
        )
        changed |= {
            variant_id: product_id
            for variant_id, product_id, cents in _standing(session, part)
            if prices[variant_id] != cents or variant_id not in begun
        }
    bulk.update(session, Variant, ("price_cents",), ((prices[each], each) for each in changed))
    _note(session, ((each, prices[each]) for each in changed), now=now, author=author, reason=reason)
    products.touch_many(session, dict.fromkeys(changed.values(), now), words=False)


def begin_anew(session: Session, variant_ids: Collection[int], *, now: datetime, author: str, reason: str) -> None:
    """Say of variants that their price is one of something else from now on, as prices.begin_anew does. Flushes."""
    session.flush()
    standing = [row for part in bulk.some(sorted(variant_ids)) for row in _standing(session, part)]
    rows = ((variant_id, cents) for variant_id, _, cents in standing)
    _note(session, rows, now=now, author=author, reason=reason, begins_anew=True)
    products.touch_many(session, {product_id: now for _, product_id, _ in standing}, words=False)


def set_rrp(session: Session, recommended: Mapping[int, int | None], *, now: datetime) -> None:
    """Set the makers' recommended prices as of now, None for none, as prices.set_rrp does. Flushes."""
    session.flush()
    rows = ((cents, None if cents is None else now, each) for each, cents in sorted(recommended.items()))
    bulk.update(session, Variant, ("rrp_cents", "rrp_since"), rows)
    standing = (row for part in bulk.some(recommended) for row in _standing(session, part))
    products.touch_many(session, {product_id: now for _, product_id, _ in standing}, words=False)


def reduce_new(
    session: Session,
    reductions: Iterable[tuple[int, int, int, datetime | None, datetime | None]],
    *,
    now: datetime,
    author: str,
) -> None:
    """Reduce variants that were never reduced: (variant, regular cents, cents, from, until), as prices.reduce does.

    A start in the past, or None, is now. Raises NotAReduction.
    """
    rows = []
    for variant_id, regular_cents, cents, starts_at, ends_at in reductions:
        start = max(starts_at or now, now)
        if cents >= regular_cents:
            raise NotAReduction("Der reduzierte Preis muss unter dem normalen Preis liegen.")
        if ends_at is not None and ends_at <= start:
            raise NotAReduction("Die Reduzierung muss nach ihrem Beginn enden.")
        rows.append((variant_id, cents, start, ends_at))
    columns = ("variant_id", "price_cents", "starts_at", "ends_at")
    bulk.insert(session, Reduction, columns, rows, created_at=now, author=author)


def _standing(session: Session, variant_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """(variant, product, cents), by the variants' ids."""
    rows = select(Variant.id, Variant.product_id, Variant.price_cents).where(col(Variant.id).in_(variant_ids))
    return [(each or 0, product_id, cents) for each, product_id, cents in session.exec(rows.order_by(col(Variant.id)))]


def _note(
    session: Session,
    rows: Iterable[tuple[int, int]],
    *,
    now: datetime,
    author: str,
    reason: str,
    begins_anew: bool = False,
) -> None:
    same = {"changed_at": now, "author": author, "reason": reason, "begins_anew": begins_anew}
    bulk.insert(session, PriceChange, ("variant_id", "price_cents"), rows, **same)
