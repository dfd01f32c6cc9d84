"""What stands in the shop, in the terms of files: loaded in a few queries, however many goods there are."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog import attributes, categories, kinds, readiness
from catalog.attributes import AttributeType, AttributeValue
from catalog.categories import Category
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.cells import tidy
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS
from catalog.exchange.headers import normal
from catalog.exchange.laying import StandingRoll
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.makers import Maker
from catalog.price_steps import PriceStep, Step
from catalog.prices import Reduction
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.rolls import Roll
from catalog.units import Unit
from catalog.vat import VatClass


@dataclass
class StandingVariant:
    """A variant of the shop and all its facts; `on_hand` and `held` in smallest units."""

    id: int
    product_id: int
    sku: str
    on_hand: int
    held: int
    facts: Facts
    rolls: list[StandingRoll] = field(default_factory=list)


@dataclass
class StandingProduct:
    """A product of the shop, all its facts, and its variants in order."""

    id: int
    slug: str
    facts: Facts
    variants: list[StandingVariant] = field(default_factory=list)

    @property
    def has_stock(self) -> bool:
        """Whether something lies in the store or is promised, so that the unit cannot change."""
        return any(each.on_hand or each.held for each in self.variants)


@dataclass
class Shelf:
    """All goods of the shop."""

    products: dict[int, StandingProduct]
    by_slug: dict[str, StandingProduct]
    by_sku: dict[str, StandingVariant]
    by_gtin: dict[str, StandingVariant]  # those that one variant alone has
    attribute_types: dict[str, AttributeType]  # by normal label
    kinds: dict[str, str]  # key → label
    textile_kinds: frozenset[str]
    makers: dict[str, Facts]
    incomplete: frozenset[int]  # the ids of drafts that lack what the law wants shown


def load(session: Session, now: datetime) -> Shelf:
    """Look at all goods as they stand at a moment."""
    makers = {maker.name: (maker.id, _maker_facts(maker)) for maker in session.exec(select(Maker)).all()}
    products = _products(session, {maker_id: (name, facts) for name, (maker_id, facts) in makers.items() if maker_id})
    _add_categories(session, products)
    _add_fibres(session, products)
    types, every_kind = attributes.types(session), kinds.of(session)
    _add_attributes(session, products, types)
    variants = _add_variants(session, products)
    _add_options(session, variants)
    _add_sales(session, variants, now)
    _add_steps(session, variants)
    _add_rolls(session, variants)
    _add_pictures(session, products, variants)
    return Shelf(
        products,
        {each.slug: each for each in products.values()},
        {tidy(each.sku): each for each in variants.values()},
        _by_gtin(variants.values()),
        {normal(each.label): each for each in types},
        {each.key: each.label for each in every_kind},
        frozenset(each.key for each in every_kind if each.is_textile),
        {name: facts for name, (_, facts) in makers.items()},
        _incomplete(session, [each.id for each in products.values() if not each.facts["is_published"]]),
    )


def _by_gtin(variants: Iterable[StandingVariant]) -> dict[str, StandingVariant]:
    """The variants by their GTIN, where it tells them apart."""
    every = list(variants)
    often = Counter(each.facts["gtin"] for each in every)
    return {gtin: each for each in every if (gtin := each.facts["gtin"]) and often[gtin] == 1}


def _incomplete(session: Session, drafts: Sequence[int]) -> frozenset[int]:
    gaps = readiness.missing_of(session, drafts)
    return frozenset(product_id for product_id, lacking in gaps.items() if lacking)


def _products(session: Session, makers: dict[int, tuple[str, Facts]]) -> dict[int, StandingProduct]:
    found = {}
    for product in session.exec(select(Product).order_by(col(Product.id))).all():
        assert product.id is not None
        maker, address = makers.get(product.maker_id or 0, ("", {}))
        facts: Facts = {
            "name": tidy(product.name),
            "categories": (),
            "kind": str(product.kind),
            "unit": Unit(product.unit),
            "minimum": product.minimum,
            "step": product.step,
            "maximum": product.maximum,
            "shown_per": product.shown_per,
            "remnant_below": product.remnant_below,
            "offers_sample": product.offers_sample,
            "vat_class": VatClass(product.vat_class),
            "summary": tidy(product.summary),
            "description": tidy(product.description),
            "fibres": (),
            "maker": maker,
            "delivery_days": (product.delivery_days_min, product.delivery_days_max),
            "is_published": product.is_published,
            "is_featured": product.is_featured,
            "pictures": (),
            "warnings": tidy(product.warnings),
            "needs_no_warnings": product.needs_no_warnings,
        }
        found[product.id] = StandingProduct(product.id, product.slug, facts | address)
    return found


def _maker_facts(maker: Maker) -> Facts:
    return {each.key: tidy(getattr(maker, each.key.removeprefix("maker_"))) for each in MAKER_FIELDS}


def _add_categories(session: Session, products: dict[int, StandingProduct]) -> None:
    paths = category_paths(session.exec(select(Category)).all())
    placed = session.exec(
        select(ProductCategory.product_id, ProductCategory.category_id).order_by(col(ProductCategory.position))
    ).all()
    for product_id, category_id in placed:
        products[product_id].facts["categories"] += (paths[category_id],)


def category_paths(every: Iterable[Category]) -> dict[int, tuple[str, ...]]:
    """The names from the top down to each category, by its id."""
    by_id = {each.id: each for each in every}
    paths: dict[int, tuple[str, ...]] = {}
    for category_id, category in by_id.items():
        assert category_id is not None
        names: tuple[str, ...] = ()
        above: categories.Category | None = category
        while above is not None:
            names = (tidy(above.name), *names)
            above = by_id.get(above.parent_id)
        paths[category_id] = names
    return paths


def _add_fibres(session: Session, products: dict[int, StandingProduct]) -> None:
    for share in session.exec(select(FibreShare).order_by(col(FibreShare.id))).all():
        facts = products[share.product_id].facts
        facts["fibres"] = tuple(sorted((*facts["fibres"], (share.fibre, share.percent)), key=lambda each: -each[1]))


def _add_attributes(session: Session, products: dict[int, StandingProduct], types: list[AttributeType]) -> None:
    by_id = {each.id: each for each in types}
    for value in session.exec(select(AttributeValue)).all():
        fact = by_id[value.type_id]
        shown = attributes.written(fact, value)
        products[value.product_id].facts[f"{ATTRIBUTE_PREFIX}{fact.label}"] = tidy(shown)


def _add_variants(session: Session, products: dict[int, StandingProduct]) -> dict[int, StandingVariant]:
    rows = session.exec(select(Variant).order_by(col(Variant.product_id), col(Variant.position), col(Variant.id))).all()
    found = {}
    for variant in rows:
        assert variant.id is not None
        facts: Facts = {
            "price_cents": variant.price_cents,
            "stock": variant.on_hand if variant.counts_stock else None,
            "options": (),
            "content": (variant.content, Unit(variant.content_unit))
            if variant.content and variant.content_unit
            else None,
            "weight_g": variant.weight_g,
            "thickness_mm": variant.thickness_mm,
            "per_layer": variant.per_layer,
            "gtin": variant.gtin,
            "sale": None,
            "pictures": (),
            "rolls": (),
            "steps": (),
            "rrp_cents": variant.rrp_cents,
            "reorder_at": variant.reorder_at,
            "own_minimum": variant.minimum,
            "own_step": variant.step,
            "own_maximum": variant.maximum,
        }
        standing = StandingVariant(variant.id, variant.product_id, variant.sku, variant.on_hand, variant.held, facts)
        found[variant.id] = standing
        products[variant.product_id].variants.append(standing)
    return found


def _add_options(session: Session, variants: dict[int, StandingVariant]) -> None:
    rows = session.exec(
        select(VariantOption.variant_id, VariantOption.name, VariantOption.value, VariantOption.swatch).order_by(
            col(VariantOption.variant_id), col(VariantOption.position)
        )
    ).all()
    for variant_id, name, value, swatch in rows:
        variants[variant_id].facts["options"] += ((tidy(name), tidy(value), swatch),)


def _add_sales(session: Session, variants: dict[int, StandingVariant], now: datetime) -> None:
    """The reduction that runs or comes next; a later one is none of a file's business."""
    rows = session.exec(
        select(Reduction)
        .where(or_(col(Reduction.ends_at).is_(None), col(Reduction.ends_at) > now))
        .order_by(col(Reduction.starts_at).desc(), col(Reduction.id).desc())
    ).all()
    for each in rows:
        if each.ends_at is None or each.ends_at > each.starts_at:
            variants[each.variant_id].facts["sale"] = Sale(each.price_cents, each.starts_at, each.ends_at)


def _add_steps(session: Session, variants: dict[int, StandingVariant]) -> None:
    running = select(PriceStep).where(col(PriceStep.ended_at).is_(None)).order_by(col(PriceStep.from_quantity))
    for each in session.exec(running).all():
        variants[each.variant_id].facts["steps"] += (Step(each.from_quantity, each.price_cents),)


def _add_rolls(session: Session, variants: dict[int, StandingVariant]) -> None:
    for variant_id, rolls in rolls_of(session).items():
        variants[variant_id].rolls = rolls
        variants[variant_id].facts["rolls"] = tuple(sorted(roll.lying for roll in rolls))


def rolls_of(session: Session, variant_ids: Collection[int] | None = None) -> dict[int, list[StandingRoll]]:
    """The open rolls of some variants (None: of all), by the variant's id; one query."""
    open_rolls = select(Roll).where(col(Roll.ended_at).is_(None)).order_by(col(Roll.id))
    if variant_ids is not None:
        open_rolls = open_rolls.where(col(Roll.variant_id).in_(variant_ids))
    found: dict[int, list[StandingRoll]] = {}
    for each in session.exec(open_rolls).all():
        standing = StandingRoll(each.id or 0, each.on_hand, each.held, each.lot, each.place)
        found.setdefault(each.variant_id, []).append(standing)
    return found


def _add_pictures(session: Session, products: dict[int, StandingProduct], variants: dict[int, StandingVariant]) -> None:
    rows = session.exec(
        select(Picture.product_id, Picture.variant_id, Picture.hash).order_by(col(Picture.position), col(Picture.id))
    ).all()
    for product_id, variant_id, picture_hash in rows:
        facts = variants[variant_id].facts if variant_id is not None else products[product_id].facts
        facts["pictures"] += (picture_hash,)
