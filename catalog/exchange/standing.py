"""The facts of some goods as they stand: a few queries of columns, however many goods there are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Row, Select, bindparam, or_, select
from sqlmodel import Session, col

from catalog import attributes
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.cells import tidy
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.laying import StandingRoll
from catalog.exchange.surroundings import NO_ADDRESS, Surroundings
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.price_steps import PriceStep, Step
from catalog.prices import Reduction
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.rolls import Roll
from catalog.units import Unit
from catalog.vat import VatClass

AT_ONCE = 1000  # ids in one query: databases limit how many may stand there
_T = TypeVar("_T")
_Rows = Callable[[Any], Iterable[Any]]


@dataclass(slots=True)
class StandingVariant:
    """A variant of the shop and all its facts; `on_hand` and `held` in smallest units."""

    id: int
    product_id: int
    sku: str
    on_hand: int
    held: int
    is_remnant: bool
    facts: Facts
    rolls: list[StandingRoll] = field(default_factory=list)


@dataclass(slots=True)
class StandingProduct:
    """A product of the shop, all its facts, and its variants in order. `version` is Product.version."""

    id: int
    slug: str
    version: int
    facts: Facts
    variants: list[StandingVariant] = field(default_factory=list)

    @property
    def has_stock(self) -> bool:
        """Whether something lies in the store or is promised, so that the unit cannot change."""
        return any(each.on_hand or each.held for each in self.variants)


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_product = Product.__table__.c  # type: ignore[attr-defined]
_variant = Variant.__table__.c  # type: ignore[attr-defined]
_PRODUCTS = select(
    _product.id, _product.slug, _product.version, _product.name, _product.kind, _product.unit, _product.minimum,
    _product.step, _product.maximum, _product.shown_per, _product.remnant_below, _product.offers_sample,
    _product.vat_class, _product.summary, _product.description, _product.maker_id, _product.delivery_days_min,
    _product.delivery_days_max, _product.published_at.is_not(None).label("is_published"), _product.is_featured,
    _product.warnings, _product.needs_no_warnings,
).where(_product.id.in_(_ids)).order_by(_product.id)  # fmt: skip
_VARIANTS = select(
    _variant.id, _variant.product_id, _variant.sku, _variant.on_hand, _variant.held, _variant.cut_from_id,
    _variant.price_cents, _variant.counts_stock, _variant.content, _variant.content_unit, _variant.weight_g,
    _variant.thickness_mm, _variant.per_layer, _variant.gtin, _variant.rrp_cents, _variant.reorder_at,
    _variant.minimum, _variant.step, _variant.maximum,
).where(_variant.product_id.in_(_ids)).order_by(_variant.product_id, _variant.position, _variant.id)  # fmt: skip
_CATEGORIES = (
    select(col(ProductCategory.product_id), col(ProductCategory.category_id))
    .where(col(ProductCategory.product_id).in_(_ids))
    .order_by(col(ProductCategory.position))
)
_FIBRES = (
    select(col(FibreShare.product_id), col(FibreShare.fibre), col(FibreShare.percent))
    .where(col(FibreShare.product_id).in_(_ids))
    .order_by(col(FibreShare.id))
)
_value = attributes.AttributeValue
_ATTRIBUTES = select(
    col(_value.product_id), col(_value.type_id), col(_value.text), col(_value.number), col(_value.most)
).where(col(_value.product_id).in_(_ids))


def _of_variants(*columns: Any) -> Select[Any]:
    """Rows beside the variants of some products; the first column refers to the variant."""
    return select(*columns).join(Variant, _variant.id == columns[0]).where(_variant.product_id.in_(_ids))


_OPTIONS = _of_variants(
    col(VariantOption.variant_id), col(VariantOption.name), col(VariantOption.value), col(VariantOption.swatch)
).order_by(col(VariantOption.variant_id), col(VariantOption.position))
_SALES = (
    _of_variants(
        col(Reduction.variant_id), col(Reduction.price_cents), col(Reduction.starts_at), col(Reduction.ends_at)
    )
    .where(or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > bindparam("now")))
    .order_by(col(Reduction.starts_at).desc(), col(Reduction.id).desc())
)
_STEPS = (
    _of_variants(col(PriceStep.variant_id), col(PriceStep.from_quantity), col(PriceStep.price_cents))
    .where(col(PriceStep.ended_at).is_(None))
    .order_by(col(PriceStep.from_quantity))
)
_ROLLS = (
    _of_variants(col(Roll.variant_id), col(Roll.id), col(Roll.on_hand), col(Roll.held), col(Roll.lot), col(Roll.place))
    .where(col(Roll.ended_at).is_(None))
    .order_by(col(Roll.id))
)
_PICTURES = (
    select(col(Picture.product_id), col(Picture.variant_id), col(Picture.hash))
    .where(col(Picture.product_id).in_(_ids))
    .order_by(col(Picture.position), col(Picture.id))
)
_tidy = lru_cache(4096)(tidy)


def goods(
    session: Session, product_ids: Iterable[int], around: Surroundings, now: datetime
) -> dict[int, StandingProduct]:
    """Some products as they stand at a moment, with all their variants, by id in ascending order."""
    found: dict[int, StandingProduct] = {}
    session.flush()
    for ids in some(sorted(set(product_ids)), AT_ONCE):
        found |= _goods(session, ids, around, now)
    return found


def some(every: Iterable[_T], number: int) -> Iterator[list[_T]]:
    """Part what is many into lists of at most so many."""
    rest = iter(every)
    while part := list(islice(rest, number)):
        yield part


def _goods(session: Session, ids: Sequence[int], around: Surroundings, now: datetime) -> dict[int, StandingProduct]:
    connection = session.connection()

    def rows(query: Any) -> Iterable[Any]:
        return connection.execute(query, {"ids": ids, "now": now}).all()

    products = {each.id: _standing_product(each, around) for each in rows(_PRODUCTS)}
    variants: dict[int, StandingVariant] = {}
    for each in rows(_VARIANTS):
        standing = _standing_variant(each)
        variants[standing.id] = standing
        products[standing.product_id].variants.append(standing)
    _add_to_products(rows, products, around)
    _add_to_variants(rows, variants)
    for product_id, variant_id, picture_hash in rows(_PICTURES):
        facts = products[product_id].facts if variant_id is None else variants[variant_id].facts
        facts["pictures"] += (picture_hash,)
    return products


def _standing_product(row: Row[Any], around: Surroundings) -> StandingProduct:
    maker = around.maker_names.get(row.maker_id, "")
    facts: Facts = {
        "name": tidy(row.name),
        "categories": (),
        "kind": row.kind,
        "unit": Unit(row.unit),
        "minimum": row.minimum,
        "step": row.step,
        "maximum": row.maximum,
        "shown_per": row.shown_per,
        "remnant_below": row.remnant_below,
        "offers_sample": row.offers_sample,
        "vat_class": VatClass(row.vat_class),
        "summary": tidy(row.summary),
        "description": tidy(row.description),
        "fibres": (),
        "maker": maker,
        "delivery_days": (row.delivery_days_min, row.delivery_days_max),
        "is_published": row.is_published,
        "is_featured": row.is_featured,
        "pictures": (),
        "warnings": tidy(row.warnings),
        "needs_no_warnings": row.needs_no_warnings,
        **(around.makers[maker] if maker else {}),
    }
    return StandingProduct(row.id, row.slug, row.version, facts)


def _standing_variant(row: Sequence[Any]) -> StandingVariant:
    (
        variant_id, product_id, sku, on_hand, held, cut_from_id, price_cents, counts_stock, content, content_unit,
        weight_g, thickness_mm, per_layer, gtin, rrp_cents, reorder_at, minimum, step, maximum,
    ) = row  # fmt: skip
    facts: Facts = {
        "price_cents": price_cents,
        "stock": on_hand if counts_stock else None,
        "options": (),
        "content": (content, Unit(content_unit)) if content and content_unit else None,
        "weight_g": weight_g,
        "thickness_mm": thickness_mm,
        "per_layer": per_layer,
        "gtin": gtin,
        "sale": None,
        "pictures": (),
        "rolls": (),
        "steps": (),
        "rrp_cents": rrp_cents,
        "reorder_at": reorder_at,
        "own_minimum": minimum,
        "own_step": step,
        "own_maximum": maximum,
    }
    return StandingVariant(variant_id, product_id, sku, on_hand, held, cut_from_id is not None, facts)


def _add_to_products(rows: _Rows, products: Mapping[int, StandingProduct], around: Surroundings) -> None:
    for product_id, category_id in rows(_CATEGORIES):
        products[product_id].facts["categories"] += (around.category_paths[category_id],)
    for product_id, fibre, percent in rows(_FIBRES):
        facts = products[product_id].facts
        facts["fibres"] = tuple(sorted((*facts["fibres"], (fibre, percent)), key=lambda each: -each[1]))
    for product_id, type_id, text, number, most in rows(_ATTRIBUTES):
        fact = around.types_by_id[type_id]
        shown = attributes.format_value(fact, text, number, most)
        products[product_id].facts[f"{ATTRIBUTE_PREFIX}{fact.label}"] = _tidy(shown)


def _add_to_variants(rows: _Rows, variants: Mapping[int, StandingVariant]) -> None:
    for variant_id, name, value, swatch in rows(_OPTIONS):
        variants[variant_id].facts["options"] += ((_tidy(name), _tidy(value), swatch),)
    for variant_id, cents, starts_at, ends_at in rows(_SALES):  # the one that runs or comes next is the last
        if ends_at is None or ends_at > starts_at:
            variants[variant_id].facts["sale"] = Sale(cents, starts_at, ends_at)
    for variant_id, from_quantity, cents in rows(_STEPS):
        variants[variant_id].facts["steps"] += (Step(from_quantity, cents),)
    for variant_id, *roll in rows(_ROLLS):
        variants[variant_id].rolls.append(StandingRoll(*roll))
    for each in variants.values():
        if each.rolls:
            each.facts["rolls"] = tuple(sorted(roll.lying for roll in each.rolls))


def address_of(product: StandingProduct, maker: str, around: Surroundings) -> Facts:
    """The facts of a product as they would stand if it were of this maker."""
    return product.facts if maker == product.facts["maker"] else product.facts | around.makers.get(maker, NO_ADDRESS)
