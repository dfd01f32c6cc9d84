"""What is indexed of a product: its words, weighted by where they stand."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from catalog import attributes, fibres
from catalog.categories import Category
from catalog.makers import Maker
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.search.analysis import code_terms, terms
from catalog.search.port import Document

_NAME, _OPTION, _CATEGORY, _FACT, _TEXT = 6, 3, 3, 2, 1  # how much each counts
_MOST = 60

ByProduct = dict[int, list[str]]


def documents(session: Session, product_ids: Sequence[int]) -> tuple[list[Document], list[int]]:
    """The documents of those products that shoppers may find, and the ids of all others.

    A fixed number of queries, however many products (hand in some hundred at a time).
    """
    found = session.exec(
        select(Product.id, Product.name, Product.summary, Product.description).where(
            col(Product.id).in_(product_ids), col(Product.published_at).is_not(None)
        )
    ).all()
    shown = [row[0] for row in found if row[0] is not None]
    options, codes = _variants(session, shown)
    groups = _categories(session, shown)
    facts = _facts(session, shown)
    made = []
    for product_id, name, summary, description in found:
        assert product_id is not None
        made.append(
            Document(
                product_id=product_id,
                terms=_weighed(
                    (terms(name), _NAME),
                    (_terms_of(options.get(product_id, ())), _OPTION),
                    (_terms_of(groups.get(product_id, ())), _CATEGORY),
                    (_terms_of(facts.get(product_id, ())), _FACT),
                    (terms(f"{summary} {description}"), _TEXT),
                    (codes.get(product_id, ()), 1),
                ),
            )
        )
    return made, sorted(set(product_ids) - set(shown))


def _weighed(*fields: tuple[Iterable[str], int]) -> Counter[str]:
    """How much each term counts: the weight of each field, as often as the term stands there."""
    counts = Counter[str]()
    for found, weight in fields:
        for term in found:
            counts[term] = min(counts[term] + weight, _MOST)
    return counts


def _variants(session: Session, product_ids: Sequence[int]) -> tuple[ByProduct, ByProduct]:
    """Option values and code terms by product."""
    shown = col(Variant.product_id).in_(product_ids) & col(Variant.is_active)
    numbers = session.exec(select(Variant.product_id, Variant.sku, Variant.gtin).where(shown)).all()
    codes: ByProduct = {}
    for product_id, sku, gtin in numbers:
        codes.setdefault(product_id, []).extend([*code_terms(sku), *code_terms(gtin)])
    values = session.exec(
        select(Variant.product_id, VariantOption.value)
        .join(VariantOption, col(VariantOption.variant_id) == Variant.id)
        .where(shown)
        .distinct()
    ).all()
    return _grouped(values), codes


def _categories(session: Session, product_ids: Sequence[int]) -> ByProduct:
    """The names of the categories and of all above them: what lies in "Knöpfe > Perlmutt" are buttons."""
    tree = {
        category_id: (name, parent_id)
        for category_id, name, parent_id in session.exec(select(Category.id, Category.name, Category.parent_id)).all()
    }
    placed = session.exec(
        select(ProductCategory.product_id, ProductCategory.category_id).where(
            col(ProductCategory.product_id).in_(product_ids)
        )
    ).all()
    groups: dict[int, dict[str, None]] = {}
    for product_id, category_id in placed:
        above: int | None = category_id
        while above is not None:
            name, above = tree[above]
            groups.setdefault(product_id, {})[name] = None
    return {product_id: list(names) for product_id, names in groups.items()}


def _facts(session: Session, product_ids: Sequence[int]) -> ByProduct:
    facts = {key: [value for _, value in shown] for key, shown in attributes.of(session, product_ids).items()}
    for product_id, composition in fibres.composition_of(session, product_ids).items():
        facts.setdefault(product_id, []).append(composition)
    makers = session.exec(
        select(Product.id, Maker.name)
        .join(Maker, col(Maker.id) == Product.maker_id)
        .where(col(Product.id).in_(product_ids))
    ).all()
    for made_id, name in makers:
        assert made_id is not None
        facts.setdefault(made_id, []).append(name)
    return facts


def _grouped(rows: Iterable[tuple[int, str]]) -> ByProduct:
    groups: ByProduct = {}
    for product_id, text in rows:
        groups.setdefault(product_id, []).append(text)
    return groups


def _terms_of(texts: Iterable[str]) -> list[str]:
    return terms(" ".join(texts))
