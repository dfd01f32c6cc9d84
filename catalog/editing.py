"""Changing an article as one form does: all its facts at once, and never over somebody else's change."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select
from stdnum import ean

from catalog import attributes, fibres, prices, products
from catalog.attributes import AttributeType, AttributeValue
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.refusals import Refusal

CONFLICT = (
    "Inzwischen hat jemand anderes diesen Artikel geändert. Gespeichert ist noch nichts von Ihnen. "
    "Bitte vergleichen Sie; wenn Sie noch einmal speichern, gilt Ihre Fassung."
)


@dataclass(frozen=True)
class ProductFacts:
    """What a person says about a product. Quantities in smallest units, `composition` as on a label,
    `values` by attribute key as typed, `category_ids` with the main one first.
    """

    name: str
    kind: str
    unit: str
    minimum: int = 1
    step: int = 1
    vat_class: str = "standard"
    summary: str = ""
    description: str = ""
    composition: str = ""
    warnings: str = ""
    delivery_days_min: int = 2
    delivery_days_max: int = 4
    maker_id: int | None = None
    is_featured: bool = False
    category_ids: tuple[int, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VariantFacts:
    """What a person says about a variant. `options` are (name, value, swatch); price in gross cents."""

    sku: str
    price_cents: int
    gtin: str = ""
    options: tuple[tuple[str, str, str], ...] = ()
    content: int | None = None
    content_unit: str | None = None
    weight_g: int = 0
    is_active: bool = True
    counts_stock: bool = True


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
        vat_class=str(product.vat_class),
        summary=product.summary,
        description=product.description,
        composition=fibres.composition_of(session, [product.id]).get(product.id, ""),
        warnings=product.warnings,
        delivery_days_min=product.delivery_days_min,
        delivery_days_max=product.delivery_days_max,
        maker_id=product.maker_id,
        is_featured=product.is_featured,
        category_ids=_category_ids(session, product.id),
        values=_values(session, product.id),
    )


def change(session: Session, product: Product, facts: ProductFacts, *, seen: str, now: datetime) -> None:
    """Give a product these facts; `seen` is the fingerprint that the form was opened with.

    Raises EditedMeanwhile, NotThisUnit, NotAComposition, NotAValue. Flushes.
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
    fibres.set_composition(session, product.id, shares, now)
    products.place_in(session, product.id, facts.category_ids, now)
    attributes.set_values(session, product.id, facts.values, now)
    if changed:
        product.updated_at = now
        session.add(product)
        session.flush()
        products.touch(session, product.id, now)


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
        is_active=variant.is_active,
        counts_stock=variant.counts_stock,
    )


def change_variant(
    session: Session, variant: Variant, facts: VariantFacts, *, seen: str, now: datetime, author: str
) -> None:
    """Give a variant these facts; a new price goes into its history.

    Raises EditedMeanwhile, NotASku, NotAnEan, NotCountable. Flushes.
    """
    session.refresh(variant, with_for_update=True)
    if fingerprint(variant_facts_of(session, variant)) != seen:
        raise EditedMeanwhile
    check_sku(session, facts.sku, of=variant)
    if facts.counts_stock and variant.on_hand < variant.held:
        raise NotCountable("Davon ist mehr bestellt, als im Laden liegt. Bitte zählen Sie zuerst den Bestand.")
    for name in ("sku", "gtin", "content", "content_unit", "weight_g", "is_active", "counts_stock"):
        setattr(variant, name, getattr(facts, name))
    session.add(variant)
    session.flush()
    products.set_options(session, variant, facts.options, now)
    prices.set_regular(session, variant, facts.price_cents, now=now, author=author)
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


def _set_columns(product: Product, facts: ProductFacts) -> bool:
    changed = False
    for name in (
        "name", "kind", "unit", "minimum", "step", "vat_class", "summary", "description", "warnings",
        "delivery_days_min", "delivery_days_max", "maker_id", "is_featured",
    ):  # fmt: skip
        if getattr(product, name) != getattr(facts, name):
            setattr(product, name, getattr(facts, name))
            changed = True
    return changed


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
    return {fact.key: attributes.format_value(fact, value.text, value.number) for value, fact in rows}
