"""Laying a generated catalogue into a shop's database, by the rules for many rows at once."""

import random
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog import attributes, categories, fibres, kinds, makers, many_attributes, many_products, products, variants
from catalog.many_products import NewProduct
from catalog.units import QuantityRule, Unit
from catalog.variants import NewVariant, NewVariants
from tests.ranking.catalogue import SEED, Article
from tests.ranking.grades import Truth

_AUTHOR = "Sammlung"
_RULES = {"length": QuantityRule(Unit.LENGTH, 50, 10), "piece": QuantityRule(Unit.PIECE, 1, 1)}
_SOLD_OUT = 0.03  # of all variants


def lay(session: Session, articles: Sequence[Article], now: datetime) -> dict[int, Truth]:
    """Put articles on sale and give their truths by product id. Flushes."""
    kinds.ensure(session)
    attributes.ensure_types(session)
    with products.touched_once(session):
        ids = many_products.add(session, [_new(session, each) for each in articles], now=now, author=_AUTHOR)
        _relate(session, ids, articles, now)
        chance = random.Random(SEED)
        goods = [_variants(each, article, chance) for each, article in zip(ids, articles, strict=True)]
        variants.add_many(session, goods, now=now, author=_AUTHOR)
        many_products.publish(session, ids, now)
    return {each: article.truth for each, article in zip(ids, articles, strict=True)}


def _new(session: Session, article: Article) -> NewProduct:
    rule = _RULES[article.sort.unit]
    return NewProduct(
        article.name,
        columns={
            "summary": article.summary,
            "description": article.description,
            "kind": article.sort.goods,
            "unit": rule.unit.value,
            "minimum": rule.minimum,
            "step": rule.step,
            "maker_id": makers.named(session, article.maker).id,
        },
    )


def _relate(session: Session, ids: Sequence[int], articles: Sequence[Article], now: datetime) -> None:
    """Categories, fibres and attributes."""
    paths = {each.sort.place: 0 for each in articles}
    for path in paths:
        paths[path] = categories.at_path(session, path).id or 0
    told = list(zip(ids, articles, strict=True))
    many_products.place(session, {each: [paths[article.sort.place]] for each, article in told}, now)
    shares = {each: fibres.parse_composition(article.fibres) for each, article in told if article.fibres}
    fibres.set_compositions(session, shares, now)
    keys = {each.key: each.key for each in attributes.types(session)} | {
        label: attributes.labelled(session, label).key for label in _own_labels(session, articles)
    }
    texts = {each: {keys[key]: value for key, value in article.attributes.items()} for each, article in told}
    many_attributes.set_values(session, texts, now)


def _own_labels(session: Session, articles: Sequence[Article]) -> list[str]:
    built_in = {each.key for each in attributes.types(session)}
    return sorted({key for each in articles for key in each.attributes} - built_in)


def _variants(product_id: int, article: Article, chance: random.Random) -> NewVariants:
    rule = _RULES[article.sort.unit]
    new = [
        NewVariant(each.sku, article.cents, each.options, _on_hand(rule, chance), gtin=each.gtin)
        for each in article.variants
    ]
    return NewVariants(product_id, rule, new)


def _on_hand(rule: QuantityRule, chance: random.Random) -> int:
    return 0 if chance.random() < _SOLD_OUT else chance.randrange(3, 40) * rule.minimum
