"""What a new article takes over from the last one of its kind, so that little has to be typed."""

from dataclasses import replace

from sqlmodel import Session, case, col, select

from catalog import editing, fibres, kinds
from catalog.duties import Duties
from catalog.editing import ProductFacts, VariantFacts
from catalog.exclusions import Exclusion
from catalog.fibres import FibreShare
from catalog.kinds import GoodsKind
from catalog.products import Kind, Product, Variant
from catalog.units import Unit

_LOOKED_AT = 60  # articles, for their compositions


def kind_to_begin_with(session: Session) -> str:
    """The kind of the last article that was added; the first kind of the shop where there is none."""
    last = _last(session)
    every = [each.key for each in kinds.of(session)]
    return last.kind if last is not None and last.kind in every else next(iter(every), Kind.OTHER.value)


def product_facts(session: Session, kind: str) -> ProductFacts:
    """How the last article of a kind is sold and by whom it was made; usual measures where there is none.

    What makes an article itself (name, texts, fibres, attributes, address) is left out, and so is that it may not be
    sent back: that wants a reason of each article's own.
    """
    last = _last(session, kind)
    if last is None:
        known = kinds.find(session, kind)
        unit = Unit(known.unit) if known is not None and known.unit != Unit.VOLUME else Unit.PIECE
        minimum, step = usual_measures(unit)
        return ProductFacts(name="", kind=kind, unit=unit.value, minimum=minimum, step=step)
    facts = editing.facts_of(session, last)
    return replace(
        facts, name="", summary="", description="", composition="", values={}, slug="", is_featured=False,
        category_ids=facts.category_ids[:1], duties=Duties(), withdrawal=Exclusion.NORMAL.value,
        withdrawal_reason="",
    )  # fmt: skip


def variant_facts(session: Session, kind: str) -> VariantFacts:
    """What the last article's first variant weighs and holds, and what its variants differ in."""
    last = _last(session, kind)
    first = None if last is None else _first_variant(session, last)
    if first is None:
        return VariantFacts(sku="", price_cents=0)
    facts = editing.variant_facts_of(session, first)
    return VariantFacts(
        sku="",
        price_cents=0,
        options=tuple((name, "", "") for name, _, _ in facts.options[:1]),
        content=facts.content,
        content_unit=facts.content_unit,
        weight_g=facts.weight_g,
        thickness_mm=facts.thickness_mm,
        per_layer=facts.per_layer,
    )


def compositions(session: Session, kind: str, most: int = 5) -> list[str]:
    """The compositions that were given last to articles of a kind, the latest first."""
    with_fibres = select(FibreShare.product_id).distinct()
    ids = session.exec(
        select(Product.id)
        .where(Product.kind == kind, col(Product.id).in_(with_fibres))
        .order_by(col(Product.id).desc())
        .limit(_LOOKED_AT)
    ).all()
    written = fibres.composition_of(session, [each for each in ids if each is not None])
    latest_first = dict.fromkeys(written[each] for each in ids if each in written)
    return list(latest_first)[:most]


def usual_measures(unit: Unit) -> tuple[int, int]:
    """Minimum and step that suit goods of a unit, in smallest units: from half a metre in steps of 10 cm …"""
    return {Unit.LENGTH: (50, 10), Unit.WEIGHT: (50, 10), Unit.AREA: (100, 100)}.get(unit, (1, 1))


def _last(session: Session, kind: str | None = None) -> Product | None:
    """The article that was added last (of a kind: of those sold as its goods usually are, if there are any).

    Remnants are no model for anything.
    """
    remnants = select(Variant.product_id).where(col(Variant.cut_from_id).is_not(None))
    wanted = select(Product).where(col(Product.id).not_in(remnants)).limit(1)
    if kind is None:
        return session.exec(wanted.order_by(col(Product.id).desc())).first()
    usual = select(GoodsKind.unit).where(GoodsKind.key == kind).scalar_subquery()
    unusual = case((col(Product.unit) == usual, 0), else_=1)
    return session.exec(wanted.where(Product.kind == kind).order_by(unusual, col(Product.id).desc())).first()


def _first_variant(session: Session, product: Product) -> Variant | None:
    of_it = select(Variant).where(Variant.product_id == product.id)
    return session.exec(of_it.order_by(col(Variant.position), col(Variant.id))).first()
