"""Changing an article as one form does: all its facts at once, and never over somebody else's change."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select
from stdnum import ean

from catalog import attributes, duties, fibres, prices, products, redirects, stock
from catalog.attributes import AttributeType, AttributeValue
from catalog.duties import Duties
from catalog.exclusions import Exclusion
from catalog.prices import PriceStep
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.refusals import Refusal
from catalog.units import format_quantity

CONFLICT = (
    "Inzwischen hat jemand anderes diesen Artikel geändert. Gespeichert ist noch nichts von Ihnen. "
    "Bitte vergleichen Sie; wenn Sie noch einmal speichern, gilt Ihre Fassung."
)


@dataclass(frozen=True)
class ProductFacts:
    """What a person says about a product. Quantities in smallest units, `composition` as on a label,
    `values` by attribute key as typed, `category_ids` with the main one first; `slug` "" keeps the address.
    """

    name: str
    kind: str
    unit: str
    minimum: int = 1
    step: int = 1
    maximum: int | None = None
    shown_per: int | None = None
    remnant_below: int = 0
    offers_sample: bool = False
    vat_class: str = "standard"
    summary: str = ""
    description: str = ""
    composition: str = ""
    warnings: str = ""
    needs_no_warnings: bool = False
    withdrawal: str = Exclusion.NORMAL.value
    withdrawal_reason: str = ""
    delivery_days_min: int = 2
    delivery_days_max: int = 4
    maker_id: int | None = None
    is_featured: bool = False
    category_ids: tuple[int, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    slug: str = ""
    duties: Duties = field(default_factory=Duties)


@dataclass(frozen=True)
class VariantFacts:
    """What a person says about a variant. `options` are (name, value, swatch); prices in gross cents per price unit;
    `steps` are (from quantity, cents); minimum, step and maximum None are the product's.
    """

    sku: str
    price_cents: int
    gtin: str = ""
    options: tuple[tuple[str, str, str], ...] = ()
    content: int | None = None
    content_unit: str | None = None
    weight_g: int = 0
    thickness_mm: int | None = None
    per_layer: int = 1
    is_active: bool = True
    counts_stock: bool = True
    minimum: int | None = None
    step: int | None = None
    maximum: int | None = None
    rrp_cents: int | None = None
    rrp_since: datetime | None = None
    steps: tuple[tuple[int, int], ...] = ()
    reorder_at: int | None = None


class EditedMeanwhile(Refusal):
    """Somebody else has saved since this form was opened; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(CONFLICT)


class NotThisUnit(Refusal):
    """The unit of goods that lie in the store or were sold cannot change."""


class NotASku(Refusal):
    """The article number is empty or belongs to another article."""


class NotAnEan(Refusal):
    """The number under the bar code has a wrong check digit."""


class NotCountable(Refusal):
    """More is promised than lies in the store."""


class NothingFits(Refusal):
    """No quantity fits the variant's (or its product's) minimum, step and maximum."""


def fingerprint(facts: ProductFacts | VariantFacts) -> str:
    """A short text that differs as soon as one of the facts does.

    Better than the product's version for two people at one form: a sale meanwhile is no conflict.
    """
    return hashlib.sha256(repr(sorted(asdict(facts).items())).encode()).hexdigest()[:20]


def facts_of(session: Session, product: Product) -> ProductFacts:
    """The facts of a product as they stand."""
    assert product.id is not None
    return ProductFacts(
        name=product.name,
        kind=str(product.kind),
        unit=str(product.unit),
        minimum=product.minimum,
        step=product.step,
        maximum=product.maximum,
        shown_per=product.shown_per,
        remnant_below=product.remnant_below,
        offers_sample=product.offers_sample,
        vat_class=str(product.vat_class),
        summary=product.summary,
        description=product.description,
        composition=fibres.composition_of(session, [product.id]).get(product.id, ""),
        warnings=product.warnings,
        needs_no_warnings=product.needs_no_warnings,
        withdrawal=str(product.withdrawal),
        withdrawal_reason=product.withdrawal_reason,
        delivery_days_min=product.delivery_days_min,
        delivery_days_max=product.delivery_days_max,
        maker_id=product.maker_id,
        is_featured=product.is_featured,
        category_ids=_category_ids(session, product.id),
        values=_values(session, product.id),
        slug=product.slug,
        duties=duties.of(product),
    )


def change(session: Session, product: Product, facts: ProductFacts, *, seen: str, now: datetime, author: str) -> None:
    """Give a product these facts; `seen` is the fingerprint that the form was opened with.

    Raises EditedMeanwhile, NotThisUnit, NotAComposition, NotAValue, NotAnAddress, TakenAddress. Flushes.
    """
    assert product.id is not None
    session.refresh(product, with_for_update=True)
    before = facts_of(session, product)
    if fingerprint(before) != seen:
        raise EditedMeanwhile
    if facts.unit != before.unit:
        _check_unit_may_change(session, product.id)
    shares = fibres.parse_composition(facts.composition) if facts.composition else []
    changed = _set_columns(product, facts)
    if facts.unit != before.unit:
        stock.fit_unit(session, product)
        begin_prices_anew(session, product, now=now, author=author)
    fibres.set_composition(session, product.id, shares, now)
    products.place_in(session, product.id, facts.category_ids, now)
    attributes.set_values(session, product.id, facts.values, now)
    if facts.slug:
        redirects.rename_product(session, product, facts.slug, now)
    if changed:
        product.updated_at, product.updated_by = now, author
        session.add(product)
        session.flush()
        products.touch(session, product.id, now)


def begin_prices_anew(session: Session, product: Product, *, now: datetime, author: str) -> None:
    """Let the prices of a product whose unit has changed begin anew: per metre is not per piece. Steps end. Flushes."""
    for variant in session.exec(select(Variant).where(Variant.product_id == product.id)).all():
        prices.set_steps(session, variant, (), now=now, author=author)
        prices.begin_anew(session, variant, now=now, author=author, reason="andere Verkaufseinheit")


def variant_facts_of(session: Session, variant: Variant) -> VariantFacts:
    """The facts of a variant as they stand."""
    options = session.exec(
        select(VariantOption).where(VariantOption.variant_id == variant.id).order_by(col(VariantOption.position))
    ).all()
    return VariantFacts(
        sku=variant.sku,
        price_cents=variant.price_cents,
        gtin=variant.gtin,
        options=tuple((each.name, each.value, each.swatch) for each in options),
        content=variant.content,
        content_unit=variant.content_unit,
        weight_g=variant.weight_g,
        thickness_mm=variant.thickness_mm,
        per_layer=variant.per_layer,
        is_active=variant.is_active,
        counts_stock=variant.counts_stock,
        minimum=variant.minimum,
        step=variant.step,
        maximum=variant.maximum,
        rrp_cents=variant.rrp_cents,
        rrp_since=variant.rrp_since,
        steps=_steps(session, variant),
        reorder_at=variant.reorder_at,
    )


def change_variant(
    session: Session, variant: Variant, facts: VariantFacts, *, seen: str, now: datetime, author: str
) -> None:
    """Give a variant these facts; a new price goes into its history.

    Raises EditedMeanwhile, NotASku, NotCountable, NothingFits, StepsDoNotFit, NotARecommendation. Flushes.
    """
    session.refresh(variant, with_for_update=True)
    if fingerprint(variant_facts_of(session, variant)) != seen:
        raise EditedMeanwhile
    check_sku(session, facts.sku, of=variant)
    is_another_pack = variant.content not in (None, facts.content) or (
        variant.content is not None and variant.content_unit != facts.content_unit
    )
    if facts.counts_stock and variant.on_hand < variant.held:
        raise NotCountable("Davon ist mehr bestellt, als im Laden liegt. Bitte zählen Sie zuerst den Bestand.")
    for name in (
        "sku", "gtin", "content", "content_unit", "weight_g", "thickness_mm", "per_layer", "is_active", "minimum",
        "step", "maximum", "reorder_at",
    ):  # fmt: skip
        setattr(variant, name, getattr(facts, name))
    _check_measures(session, variant)
    set_counting = stock.begin_counting if facts.counts_stock else stock.stop_counting
    set_counting(session, variant, now=now, author=author)
    session.add(variant)
    session.flush()
    products.set_options(session, variant, facts.options, now)
    _set_prices(session, variant, facts, now=now, author=author)
    if is_another_pack:
        prices.begin_anew(session, variant, now=now, author=author, reason="anderer Inhalt")
    session.exec(update(Product).where(col(Product.id) == variant.product_id).values(updated_at=now, updated_by=author))
    products.touch(session, variant.product_id, now)


def check_sku(session: Session, sku: str, of: Variant | None = None) -> None:
    """Refuse an article number that another variant has. Raises NotASku."""
    holder = session.exec(select(Variant).where(Variant.sku == sku)).first()
    if holder is not None and (of is None or holder.id != of.id):
        raise NotASku(f"Die Artikelnummer „{sku}“ hat schon ein anderer Artikel.")


def parse_gtin(text: str) -> str:
    """Read the number under a bar code (8, 12, 13 or 14 digits). Raises NotAnEan."""
    compact = ean.compact(text)
    if not ean.is_valid(compact):
        raise NotAnEan("Diese Nummer hat einen Zahlendreher. Bitte vom Strichcode abschreiben oder leer lassen.")
    return compact


def _set_prices(session: Session, variant: Variant, facts: VariantFacts, *, now: datetime, author: str) -> None:
    """Give a variant the regular price, the price steps and the recommended price of these facts.

    Raises StepsDoNotFit, NotARecommendation. Flushes.
    """
    prices.set_regular(session, variant, facts.price_cents, now=now, author=author)
    prices.set_steps(session, variant, [prices.Step(*step) for step in facts.steps], now=now, author=author)
    prices.set_rrp(session, variant, facts.rrp_cents, now=now, since=facts.rrp_since)


def _set_columns(product: Product, facts: ProductFacts) -> bool:
    wished = duties.columns(facts.duties)
    for name in (
        "name", "kind", "unit", "minimum", "step", "maximum", "shown_per", "remnant_below", "offers_sample",
        "vat_class", "summary", "description", "warnings", "needs_no_warnings", "withdrawal",
        "withdrawal_reason", "delivery_days_min", "delivery_days_max", "maker_id", "is_featured",
    ):  # fmt: skip
        wished[name] = getattr(facts, name)
    changed = {name: value for name, value in wished.items() if getattr(product, name) != value}
    for name, value in changed.items():
        setattr(product, name, value)
    return bool(changed)


def _check_measures(session: Session, variant: Variant) -> None:
    rule = session.get_one(Product, variant.product_id).rule_of(variant)
    if rule.most is not None and rule.most < rule.least:
        least, most = format_quantity(rule.least, rule.unit), format_quantity(rule.maximum or 0, rule.unit)
        raise NothingFits(f"Ab {least} und höchstens {most}: Dazwischen passt nichts. Bitte das Höchste größer wählen.")


def _check_unit_may_change(session: Session, product_id: int) -> None:
    lying = session.exec(
        select(Variant.id).where(
            Variant.product_id == product_id, (col(Variant.on_hand) != 0) | (col(Variant.held) != 0)
        )
    ).first()
    if lying is not None:
        raise NotThisUnit(
            "Die Verkaufseinheit kann nicht geändert werden, solange Bestand eingetragen ist. "
            "Setzen Sie den Bestand zuerst auf 0 oder legen Sie einen neuen Artikel an."
        )


def _steps(session: Session, variant: Variant) -> tuple[tuple[int, int], ...]:
    rows = session.exec(
        select(PriceStep.from_quantity, PriceStep.price_cents)
        .where(PriceStep.variant_id == variant.id, col(PriceStep.ended_at).is_(None))
        .order_by(col(PriceStep.from_quantity))
    ).all()
    return tuple((from_quantity, cents) for from_quantity, cents in rows)


def _category_ids(session: Session, product_id: int) -> tuple[int, ...]:
    rows = session.exec(
        select(ProductCategory.category_id)
        .where(ProductCategory.product_id == product_id)
        .order_by(col(ProductCategory.position))
    ).all()
    return tuple(rows)


def _values(session: Session, product_id: int) -> dict[str, str]:
    rows = session.exec(
        select(AttributeValue, AttributeType)
        .join(AttributeType, col(AttributeType.id) == AttributeValue.type_id)
        .where(AttributeValue.product_id == product_id)
        .order_by(col(AttributeType.position), col(AttributeType.id))
    ).all()
    return {fact.key: attributes.written(fact, value) for value, fact in rows}
