"""Adding a variant: its row, options, first price and first stock in one step."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import editing, prices, products, stock
from catalog.editing import VariantFacts
from catalog.products import Product, Variant
from catalog.units import Unit


def add(
    session: Session,
    product: Product,
    *,
    sku: str,
    price_cents: int,
    now: datetime,
    author: str,
    options: Iterable[tuple[str, str, str]] = (),
    on_hand: int = 0,
    counts_stock: bool = True,
    why: stock.Why = stock.Why.RECEIVED,
    content: int | None = None,
    content_unit: Unit | None = None,
    weight_g: int = 0,
    gtin: str = "",
) -> Variant:
    """Add a variant as the last of its product. `price_cents` is gross per price unit, `on_hand` and
    `content` are in smallest units, `options` are (name, value, swatch). Flushes.
    """
    assert product.id is not None
    positions = session.exec(select(Variant.position).where(col(Variant.product_id) == product.id)).all()
    variant = Variant(
        product_id=product.id,
        sku=sku,
        gtin=gtin,
        position=max(positions, default=-1) + 1,
        price_cents=price_cents,
        counts_stock=counts_stock,
        on_hand=on_hand,
        content=content,
        content_unit=content_unit.value if content_unit else None,
        weight_g=weight_g,
    )
    session.add(variant)
    session.flush()
    _begin_ledgers(session, variant, why, now, author)
    products.set_options(session, variant, options, now)
    products.touch(session, product.id, now)
    return variant


def add_with(
    session: Session, product: Product, facts: VariantFacts, *, on_hand: int, now: datetime, author: str
) -> Variant:
    """Add a variant with all the facts of a form. Raises NothingFits, StepsDoNotFit, NotARecommendation. Flushes."""
    variant = add(
        session, product, sku=facts.sku, price_cents=facts.price_cents, now=now, author=author, options=facts.options,
        on_hand=on_hand, counts_stock=facts.counts_stock, content=facts.content,
        content_unit=Unit(facts.content_unit) if facts.content_unit else None, weight_g=facts.weight_g,
        gtin=facts.gtin,
    )  # fmt: skip
    bare = editing.fingerprint(editing.variant_facts_of(session, variant))
    editing.change_variant(session, variant, facts, seen=bare, now=now, author=author)
    return variant


def _begin_ledgers(session: Session, variant: Variant, why: stock.Why, now: datetime, author: str) -> None:
    """The first price and the first goods; of a new row no condition has to be asked."""
    stock.begin(session, variant, why, now=now, author=author)
    assert variant.id is not None
    session.add(
        prices.PriceChange(variant_id=variant.id, price_cents=variant.price_cents, changed_at=now, author=author)
    )
    session.flush()
