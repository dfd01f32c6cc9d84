"""All that an article's page shows, in a fixed number of queries, and the stamps that say how long it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, or_
from sqlmodel import Session, col, func, select

from catalog import attributes, choices, duties, exclusions, fibres
from catalog.choices import Choice, Group
from catalog.duties import Duties
from catalog.makers import Maker
from catalog.offers import PHOTOS, Photo, is_offered
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.revisions import Revision
from catalog.units import QuantityRule, Unit

MANY = 24  # variants; more are laid out as a colour card


@dataclass(frozen=True)
class Source:
    """The article from whose roll a remnant was cut; `label` is "Petrol" or ""."""

    slug: str
    sku: str
    name: str
    label: str


@dataclass(frozen=True)
class Remnant:
    """What is said of a remnant; `source` is None where shoppers do not see the article of its roll, `product_id`."""

    length_cm: int | None
    product_id: int
    source: Source | None


@dataclass(frozen=True)
class Page:
    """An article's page. `option_name` is "Farbe" or "Farbe und Größe", "" without options."""

    product_id: int
    slug: str
    name: str
    summary: str
    description: str
    unit: Unit
    rule: QuantityRule
    kind: str
    option_name: str
    choices: tuple[Choice, ...]
    groups: tuple[Group, ...]
    remnant: Remnant | None
    offers_sample: bool
    photos: tuple[Photo, ...]
    fibres: str
    facts: tuple[tuple[str, str], ...]
    warnings: str
    withdrawal_note: str
    maker: Maker | None
    delivery_days: tuple[int, int]
    category_id: int | None
    duties: Duties
    guarantee_label: str

    @property
    def has_one_price(self) -> bool:
        """Whether all variants cost the same."""
        return len({choice.offer for choice in self.choices}) <= 1

    @property
    def has_many(self) -> bool:
        """Whether there are so many variants that they are laid out as a colour card."""
        return len(self.choices) > MANY

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing of it can be bought now."""
        return all(choice.is_sold_out for choice in self.choices)

    def chosen(self, sku: str | None) -> Choice:
        """The variant of a number, else the first that can be bought, else the first."""
        named = [choice for choice in self.choices if choice.sku == sku]
        buyable = [choice for choice in self.choices if not choice.is_sold_out]
        return (named or buyable or list(self.choices))[0]


_SOURCE = (
    select(  # type: ignore[call-overload]
        Product.id, Product.slug, Variant.sku, Product.name,
        and_(col(Variant.is_active), col(Product.published_at).is_not(None)).label("is_seen"),
    )
    .join(Variant, col(Variant.product_id) == Product.id)
    .where(Variant.id == bindparam("variant"))
)  # fmt: skip
_VALUES = (
    select(VariantOption.value)
    .where(VariantOption.variant_id == bindparam("variant"))
    .order_by(col(VariantOption.position), col(VariantOption.id))
)
_MAIN_CATEGORY = (
    select(ProductCategory.category_id)
    .where(ProductCategory.product_id == bindparam("product"))
    .order_by(col(ProductCategory.position))
    .limit(1)
)
_RELATED = (
    select(Product.id)
    .join(ProductCategory, col(ProductCategory.product_id) == Product.id)
    .where(is_offered, col(ProductCategory.category_id).in_(bindparam("categories", expanding=True)))
    .where(Product.id != bindparam("product"))
    .group_by(col(Product.id))
    .order_by(
        func.max(case((col(ProductCategory.category_id) == bindparam("main"), 1), else_=0)).desc(),
        col(Product.is_featured).desc(),
        col(Product.published_at).desc(),
        col(Product.id).desc(),
    )
    .limit(bindparam("most"))
)
_MOST_ON_A_PAGE = 6  # an article, the related ones, and where a remnant was cut from
_stamped: list[BindParameter[int]] = [bindparam(f"id_{number}") for number in range(_MOST_ON_A_PAGE)]
_goods, _revisions = Product.__table__.c, Revision.__table__.c  # type: ignore[attr-defined]
_STAMPS = select(  # type: ignore[call-overload]
    _goods.id,
    _goods.version,
    _goods.slug,
    _goods.published_at.is_not(None),
    select(_revisions.number).where(_revisions.name == "shop").scalar_subquery(),
).where(or_(*(_goods.id == each for each in _stamped)))


def read(session: Session, slug: str, now: datetime) -> Page | None:
    """All that an article's page shows; None if there is none of this address, or it is not offered."""
    product = session.exec(select(Product).where(Product.slug == slug, is_offered)).first()
    if product is None or product.id is None:
        return None
    bound = {"product": product.id}
    offered = choices.read(session, product, now)
    rule = product.quantity_rule
    return Page(
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        summary=product.summary,
        description=product.description,
        unit=rule.unit,
        rule=rule,
        kind=product.kind,
        option_name=offered.option_name,
        choices=offered.every,
        groups=offered.groups,
        remnant=_remnant(session, *offered.remnant) if offered.remnant else None,
        offers_sample=product.offers_sample,
        photos=tuple(Photo(*row[1:]) for row in session.execute(PHOTOS, {"ids": [product.id]})),
        fibres=fibres.composition_of(session, [product.id]).get(product.id, ""),
        facts=tuple(attributes.of(session, [product.id]).get(product.id, ())),
        warnings=product.warnings,
        withdrawal_note=exclusions.note(product.withdrawal, product.withdrawal_reason),
        maker=session.get(Maker, product.maker_id) if product.maker_id else None,
        delivery_days=(product.delivery_days_min, product.delivery_days_max),
        category_id=session.execute(_MAIN_CATEGORY, bound).scalar(),
        duties=duties.of(product),
        guarantee_label=product.guarantee_label,
    )


def related(session: Session, page: Page, department_ids: Sequence[int], limit: int = 4) -> list[int]:
    """The ids of other goods of the page's department, those of its own category first."""
    bound = {"categories": list(department_ids), "main": page.category_id, "product": page.product_id, "most": limit}
    return list(session.execute(_RELATED, bound).scalars())


def stamps(session: Session, product_ids: Sequence[int]) -> frozenset[tuple[Any, ...]]:
    """What up to six products and the shop's frame are now: a page made of them holds while this does.

    One read without the ORM, for it is all that a kept page costs.
    """
    padded = [*product_ids, *[0] * _MOST_ON_A_PAGE][:_MOST_ON_A_PAGE]
    bound = {each.key: number for each, number in zip(_stamped, padded, strict=True)}
    return frozenset(map(tuple, session.connection().execute(_STAMPS, bound)))


def _remnant(session: Session, cut_from_id: int, length_cm: int | None) -> Remnant:
    found = session.execute(_SOURCE, {"variant": cut_from_id}).one()
    label = ", ".join(session.execute(_VALUES, {"variant": cut_from_id}).scalars())
    source = Source(slug=found.slug, sku=found.sku, name=found.name, label=label) if found.is_seen else None
    return Remnant(length_cm, found.id, source)
