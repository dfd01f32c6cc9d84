"""What is indexed of a product: what its name, options, categories, facts and texts say."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from catalog import attributes, fibres
from catalog.categories import Category
from catalog.makers import Maker
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.search.language import Texts
from catalog.search.markup import without_marks
from catalog.search.port import Document
from catalog.search.vocabulary import Vocabulary

ByProduct = dict[int, list[str]]


def documents(session: Session, product_ids: Sequence[int], vocabulary: Vocabulary) -> tuple[list[Document], list[int]]:
    """The documents of those products that shoppers may find, and the ids of all others.

    A fixed number of queries, however many products (hand in some hundred at a time). The vocabulary learns their
    words.
    """
    said = texts_of(session, product_ids)
    vocabulary.language(session)
    language = vocabulary.learn(
        text for texts in said.values() for text in (*texts.names, *texts.options, *texts.categories)
    )
    made = [Document(product_id, language.terms_of(texts)) for product_id, texts in said.items()]
    return made, sorted(set(product_ids) - said.keys())


def texts_of(session: Session, product_ids: Sequence[int]) -> dict[int, Texts]:
    """What is said of those products that shoppers may find, by product. A fixed number of queries."""
    found = session.exec(
        select(Product.id, Product.name, Product.summary, Product.description).where(
            col(Product.id).in_(product_ids), col(Product.published_at).is_not(None)
        )
    ).all()
    shown = [row[0] for row in found if row[0] is not None]
    options, codes = _variants(session, shown)
    groups = _categories(session, shown)
    facts = _facts(session, shown)
    said = {}
    for product_id, name, summary, description in found:
        assert product_id is not None
        said[product_id] = Texts(
            names=[name],
            options=options.get(product_id, ()),
            categories=groups.get(product_id, ()),
            facts=facts.get(product_id, ()),
            texts=[without_marks(summary), without_marks(description)],
            codes=codes.get(product_id, ()),
        )
    return said


def _variants(session: Session, product_ids: Sequence[int]) -> tuple[ByProduct, ByProduct]:
    """Option values and codes by product."""
    shown = col(Variant.product_id).in_(product_ids) & col(Variant.is_active)
    numbers = session.exec(select(Variant.product_id, Variant.sku, Variant.gtin).where(shown)).all()
    codes: ByProduct = {}
    for product_id, sku, gtin in numbers:
        codes.setdefault(product_id, []).extend([sku, gtin])
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
