"""Adding variants: their rows, options, first prices and first stock in one step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, SQLModel, col, func, select

from catalog import editing, opening, price_steps, products
from catalog.editing import VariantFacts
from catalog.movements import Why
from catalog.opening import Lying, Opening
from catalog.price_steps import Step
from catalog.prices import PriceChange
from catalog.products import Product, Variant, VariantOption
from catalog.units import Unit


@dataclass(frozen=True)
class NewVariant:
    """What a variant begins with.

    `price_cents` and `rrp_cents` are gross per price unit, `options` are (name, value, swatch). Quantities are
    in smallest units; `lying` on several rolls or lots takes the place of `on_hand`.
    """

    sku: str
    price_cents: int
    options: Sequence[tuple[str, str, str]] = ()
    on_hand: int = 0
    lying: Sequence[Lying] = ()
    counts_stock: bool = True
    content: int | None = None
    content_unit: Unit | None = None
    weight_g: int = 0
    thickness_mm: int | None = None
    per_layer: int = 1
    gtin: str = ""
    minimum: int | None = None
    step: int | None = None
    maximum: int | None = None
    reorder_at: int | None = None
    rrp_cents: int | None = None
    steps: Sequence[Step] = ()


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
    why: Why = Why.RECEIVED,
    content: int | None = None,
    content_unit: Unit | None = None,
    weight_g: int = 0,
    thickness_mm: int | None = None,
    per_layer: int = 1,
    gtin: str = "",
) -> Variant:
    """Add a variant as the last of its product. `price_cents` is gross per price unit, `on_hand` and
    `content` are in smallest units, `options` are (name, value, swatch). Flushes.
    """
    new = NewVariant(
        sku, price_cents, tuple(options), on_hand, counts_stock=counts_stock, content=content,
        content_unit=content_unit, weight_g=weight_g, thickness_mm=thickness_mm, per_layer=per_layer, gtin=gtin,
    )  # fmt: skip
    return add_all(session, product, [new], why=why, now=now, author=author)[0]


def add_all(
    session: Session,
    product: Product,
    new: Sequence[NewVariant],
    *,
    why: Why = Why.RECEIVED,
    now: datetime,
    author: str,
    note: str = "",
) -> list[Variant]:
    """Add variants, in this order, as the last of their product; few statements, however many they are.

    `note` stands beside their first movement of stock. Of rows that nobody else knows yet no condition has to be
    asked. Raises StepsDoNotFit. Flushes.
    """
    assert product.id is not None
    goods = [opening.of(Unit(product.unit), each.on_hand, each.lying, counts_stock=each.counts_stock) for each in new]
    first = _next_position(session, product.id)
    added = [
        _row(product.id, position, *of_it, now)
        for position, of_it in enumerate(zip(new, goods, strict=True), start=first)
    ]
    session.add_all(added)
    session.flush()
    beside = [
        row
        for variant, each in zip(added, new, strict=True)
        for row in _rows_beside(product, variant, each, now, author)
    ]
    session.bulk_save_objects(beside, preserve_order=False)
    opening.lay(session, zip(added, goods, strict=True), why, now=now, author=author, note=note)
    products.touch(session, product.id, now)
    return added


def add_with(
    session: Session, product: Product, facts: VariantFacts, *, on_hand: int, now: datetime, author: str
) -> Variant:
    """Add a variant with all the facts of a form. Raises NothingFits, StepsDoNotFit, NotARecommendation. Flushes."""
    variant = add(
        session, product, sku=facts.sku, price_cents=facts.price_cents, now=now, author=author, options=facts.options,
        on_hand=on_hand, counts_stock=facts.counts_stock, content=facts.content,
        content_unit=Unit(facts.content_unit) if facts.content_unit else None, weight_g=facts.weight_g,
        thickness_mm=facts.thickness_mm, per_layer=facts.per_layer, gtin=facts.gtin,
    )  # fmt: skip
    bare = editing.fingerprint(editing.variant_facts_of(session, variant))
    editing.change_variant(session, variant, facts, seen=bare, now=now, author=author)
    return variant


def _next_position(session: Session, product_id: int) -> int:
    last = session.exec(select(func.max(col(Variant.position))).where(Variant.product_id == product_id)).one()
    return 0 if last is None else last + 1


def _row(product_id: int, position: int, new: NewVariant, goods: Opening, now: datetime) -> Variant:
    return Variant(
        product_id=product_id,
        sku=new.sku,
        gtin=new.gtin,
        position=position,
        price_cents=new.price_cents,
        counts_stock=new.counts_stock,
        on_hand=goods.on_hand,
        longest=goods.longest,
        content=new.content,
        content_unit=new.content_unit.value if new.content_unit else None,
        weight_g=new.weight_g,
        thickness_mm=new.thickness_mm,
        per_layer=new.per_layer,
        minimum=new.minimum,
        step=new.step,
        maximum=new.maximum,
        reorder_at=new.reorder_at,
        rrp_cents=new.rrp_cents,
        rrp_since=None if new.rrp_cents is None else now,
    )


def _rows_beside(product: Product, variant: Variant, new: NewVariant, now: datetime, author: str) -> Iterable[SQLModel]:
    """The first price, the price steps and the options of a new variant."""
    assert variant.id is not None
    yield PriceChange(variant_id=variant.id, price_cents=variant.price_cents, changed_at=now, author=author)
    yield from price_steps.first_steps(variant, product.rule_of(variant), new.steps, now=now, author=author)
    for position, (name, value, swatch) in enumerate(new.options):
        yield VariantOption(variant_id=variant.id, position=position, name=name, value=value, swatch=swatch)
