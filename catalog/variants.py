"""Adding variants: their rows, options, first prices and first stock in one step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from catalog import bulk, editing, many_prices, many_products, opening, price_steps, products
from catalog.editing import VariantFacts
from catalog.movements import Why
from catalog.opening import Lying, Opening
from catalog.price_steps import Step
from catalog.prices import PriceChange
from catalog.products import Product, Variant
from catalog.units import QuantityRule, Unit


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


@dataclass(frozen=True)
class NewVariants:
    """New variants of one product, whose own rule says what may be bought of it at once."""

    product_id: int
    rule: QuantityRule
    variants: Sequence[NewVariant]


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

    `note` stands beside their first movement of stock. Raises StepsDoNotFit. Flushes.
    """
    assert product.id is not None
    goods = [NewVariants(product.id, product.quantity_rule, new)]
    ids = add_many(session, goods, why=why, now=now, author=author, note=note)
    found: list[Variant] = []
    for part in bulk.some(ids):
        found += session.exec(select(Variant).where(col(Variant.id).in_(part)).order_by(col(Variant.id))).all()
    return found


def add_many(
    session: Session,
    goods: Sequence[NewVariants],
    *,
    why: Why = Why.RECEIVED,
    now: datetime,
    author: str,
    note: str = "",
) -> list[int]:
    """Add variants of many products, each as the last of its product; gives their ids in the same order.

    Of rows that nobody else knows yet no condition has to be asked. Raises StepsDoNotFit. Flushes.
    """
    session.flush()
    first = _next_positions(session, [each.product_id for each in goods])
    ids = bulk.reserve(session, Variant, sum(len(each.variants) for each in goods))
    numbers = iter(ids)
    added = [
        _Added(next(numbers), each, new, first.get(each.product_id, 0) + place, _opening(each, new))
        for each in goods
        for place, new in enumerate(each.variants)
    ]
    bulk.insert(session, Variant, ("id", "product_id", "position", *_COLUMNS), (_row(each, now) for each in added))
    cents = ((each.id, each.new.price_cents) for each in added)
    bulk.insert(session, PriceChange, ("variant_id", "price_cents"), cents, changed_at=now, author=author)
    steps = ((each.id, each.new.price_cents, _rule(each), each.new.steps) for each in added if each.new.steps)
    price_steps.begin(session, steps, now=now, author=author)
    many_products.add_options(session, ((each.id, each.new.options) for each in added))
    opened = ((each.id, each.opening) for each in added)
    opening.lay(session, opened, why, now=now, author=author, note=note)
    products.touch_many(session, {each.product_id: now for each in goods})
    return list(ids)


def change_many(
    session: Session, changes: Mapping[int, tuple[int, Mapping[str, object]]], *, now: datetime, author: str
) -> None:
    """Set columns of variants, by their ids, to values as the table holds them, as (product, columns). Flushes.

    Where `content` is that of another pack than before, the price begins anew.
    """
    session.flush()
    repacked = [each for each, (_, columns) in changes.items() if "content" in columns]
    packs: list[int] = []
    for part in bulk.some(repacked):
        with_content = select(Variant.id).where(col(Variant.id).in_(part), col(Variant.content).is_not(None))
        packs += filter(None, session.exec(with_content).all())
    alike: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for variant_id, (_, columns) in sorted(changes.items()):
        alike.setdefault(tuple(columns), []).append((*columns.values(), variant_id))
    for names, rows in alike.items():
        bulk.update(session, Variant, names, rows)
    many_prices.begin_anew(session, packs, now=now, author=author, reason="anderer Inhalt")
    products.touch_many(session, {product_id: now for product_id, _ in changes.values()})


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


@dataclass(frozen=True, slots=True)
class _Added:
    """A variant on its way into the tables."""

    id: int
    goods: NewVariants
    new: NewVariant
    position: int
    opening: Opening


_COLUMNS = ("sku", "gtin", "price_cents", "counts_stock", "on_hand", "longest", "content", "content_unit", "weight_g",
            "thickness_mm", "per_layer", "minimum", "step", "maximum", "reorder_at", "rrp_cents", "rrp_since",
            )  # fmt: skip


def _next_positions(session: Session, product_ids: Iterable[int]) -> dict[int, int]:
    """The first free position of those products that have variants."""
    found: dict[int, int] = {}
    for part in bulk.some(product_ids):
        last = select(Variant.product_id, func.max(col(Variant.position))).where(col(Variant.product_id).in_(part))
        found.update({each: position + 1 for each, position in session.exec(last.group_by(col(Variant.product_id)))})
    return found


def _opening(goods: NewVariants, new: NewVariant) -> Opening:
    return opening.of(goods.rule.unit, new.on_hand, new.lying, counts_stock=new.counts_stock)


def _row(added: _Added, now: datetime) -> tuple[object, ...]:
    new, goods = added.new, added.opening
    return (
        added.id, added.goods.product_id, added.position, new.sku, new.gtin, new.price_cents, new.counts_stock,
        goods.on_hand, goods.longest, new.content, new.content_unit.value if new.content_unit else None, new.weight_g,
        new.thickness_mm, new.per_layer, new.minimum, new.step, new.maximum, new.reorder_at, new.rrp_cents,
        None if new.rrp_cents is None else now,
    )  # fmt: skip


def _rule(added: _Added) -> QuantityRule:
    """What may be bought of a new variant at once, as Product.rule_of says it of one that stands."""
    new, rule = added.new, added.goods.rule
    return QuantityRule(rule.unit, new.minimum or rule.minimum, new.step or rule.step, new.maximum or rule.maximum)
