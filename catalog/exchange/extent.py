"""How much the goods of an export have at most: what decides on its columns, found without reading the goods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from catalog import attributes, kinds
from catalog.attributes import AttributeValue
from catalog.products import Variant, VariantOption

PORTION = 250  # products; as many as are in memory at once


@dataclass
class Extent:
    """`options`: of one variant; `named_options`: different names within one product; `attributes`: the labels of
    those that are used, in the owner's order; `most_attributes`: of one product. `kinds`: key → label.
    """

    options: int = 0
    named_options: int = 0
    attributes: tuple[str, ...] = ()
    most_attributes: int = 0
    kinds: dict[str, str] = field(default_factory=dict)


def of(session: Session, product_ids: Sequence[int]) -> Extent:
    """Measure some products; two queries for each portion of them."""
    found = Extent(kinds={each.key: each.label for each in kinds.of(session)})
    used: set[int] = set()
    for some in portions(product_ids):
        _measure_options(session, some, found)
        types_of: dict[int, set[int]] = {}
        values = select(AttributeValue.product_id, AttributeValue.type_id)
        for product_id, type_id in session.exec(values.where(col(AttributeValue.product_id).in_(some))).all():
            types_of.setdefault(product_id, set()).add(type_id)
        used = used.union(*types_of.values())
        found.most_attributes = max(found.most_attributes, *map(len, types_of.values()), 0)
    found.attributes = tuple(each.label for each in attributes.types(session) if each.id in used)
    return found


def portions(product_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Some products after the others."""
    return (product_ids[start : start + PORTION] for start in range(0, len(product_ids), PORTION))


def _measure_options(session: Session, product_ids: Sequence[int], found: Extent) -> None:
    of_product = (
        select(Variant.product_id, func.count(func.distinct(VariantOption.name)))
        .join(VariantOption, col(VariantOption.variant_id) == col(Variant.id))
        .where(col(Variant.product_id).in_(product_ids))
        .group_by(col(Variant.product_id))
    )
    of_variant = (
        select(func.count(col(VariantOption.id)))
        .join(Variant, col(VariantOption.variant_id) == col(Variant.id))
        .where(col(Variant.product_id).in_(product_ids))
        .group_by(col(VariantOption.variant_id))
    )
    found.named_options = max(found.named_options, *(number for _, number in session.exec(of_product).all()), 0)
    found.options = max(found.options, *session.exec(of_variant).all(), 0)
