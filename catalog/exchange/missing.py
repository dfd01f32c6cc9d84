"""Goods of the shop that a file does not name, where the owner wishes that something becomes of them."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from catalog.exchange.steps import Step, VariantStep
from catalog.exchange.wishes import Missing
from catalog.products import Product, Variant

_variant = Variant.__table__.c  # type: ignore[attr-defined]
_product = Product.__table__.c  # type: ignore[attr-defined]


def steps(session: Session, wish: Missing, named: Collection[int]) -> Iterator[tuple[Step, str, str]]:
    """What becomes of the goods without one of the `named` variants, as (step, name and unit of the article).

    DRAFT takes an article of which no variant is named out of the shop. ZERO books out of each variant what orders
    do not wait for, where stock is counted. Remnants come from no file and so are missing in none.
    """
    find = _drafts if wish is Missing.DRAFT else _sold_out
    yield from find(session, named)


def _drafts(session: Session, named: Collection[int]) -> Iterator[tuple[Step, str, str]]:
    on_sale = (
        select(_product.id, _product.version, _product.name, _product.unit, _variant.id, _variant.cut_from_id)
        .join(Variant, _variant.product_id == _product.id)
        .where(col(Product.published_at).is_not(None))
        .order_by(_product.id)
    )
    missing: dict[int, tuple[Step, str, str] | None] = {}
    for product_id, version, name, unit, variant_id, cut_from_id in session.connection().execute(on_sale):
        step = Step(0, "", product_id, version, {"is_published": False}, {"is_published": True}, [], True)
        found = missing.setdefault(product_id, (step, name, unit))
        if found is not None and (variant_id in named or cut_from_id is not None):
            missing[product_id] = None
    yield from filter(None, missing.values())


def _sold_out(session: Session, named: Collection[int]) -> Iterator[tuple[Step, str, str]]:
    counted = (
        select(
            _product.id, _product.version, _product.name, _product.unit,
            _product.published_at.is_not(None), _variant.id, _variant.sku, _variant.on_hand, _variant.held,
        )
        .join(Product, _variant.product_id == _product.id)
        .where(_variant.counts_stock, _variant.on_hand > _variant.held, _variant.cut_from_id.is_(None))
        .order_by(_product.id, _variant.position, _variant.id)
    )  # fmt: skip
    rows = session.connection().execute(counted)
    step: Step | None = None
    told = ("", "")
    for product_id, version, name, unit, is_published, variant_id, sku, on_hand, held in rows:
        if variant_id in named:
            continue
        if step is None or step.product_id != product_id:
            if step is not None:
                yield (step, *told)
            step, told = Step(0, "", product_id, version, {}, {}, [], is_published), (name, unit)
        step.variants.append(VariantStep(0, sku, variant_id, {"stock": held}, {"stock": on_hand}))
    if step is not None:
        yield (step, *told)
