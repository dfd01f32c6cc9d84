"""What stands in the shop, in the terms of files: all of it, or what a portion of a file is about."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import readiness
from catalog.attributes import AttributeType
from catalog.exchange import standing, surroundings
from catalog.exchange.articles import Article
from catalog.exchange.cells import tidy
from catalog.exchange.laying import StandingRoll
from catalog.exchange.standing import AT_ONCE, some
from catalog.exchange.standing import StandingProduct as StandingProduct
from catalog.exchange.standing import StandingVariant as StandingVariant
from catalog.exchange.surroundings import Surroundings
from catalog.products import Product, Variant
from catalog.rolls import Roll


@dataclass
class Shelf:
    """Goods of the shop, found by what files call them."""

    around: Surroundings
    products: dict[int, StandingProduct]
    by_slug: dict[str, StandingProduct]
    by_sku: dict[str, StandingVariant]
    by_gtin: dict[str, StandingVariant]  # those that one variant alone has
    holders: dict[str, list[int]]  # the ids of the variants that have a GTIN, of those that are asked for

    @property
    def kinds(self) -> dict[str, str]:
        """The labels of the kinds of goods by their keys."""
        return self.around.kinds

    @property
    def attribute_types(self) -> dict[str, AttributeType]:
        """The types of attributes by their normal labels."""
        return self.around.attribute_types


def load(session: Session, now: datetime) -> Shelf:
    """Look at all goods as they stand at a moment."""
    ids = session.exec(select(Product.id)).all()
    around = surroundings.load(session)
    return _shelf(around, standing.goods(session, filter(None, ids), around, now))


class Shelves:
    """Finds the goods that some articles of a file are about; the surroundings are looked at once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.around = surroundings.load(session)
        self._session = session
        self._now = now
        self._untidy = _untidy_numbers(session)

    def about(self, articles: Sequence[Article]) -> Shelf:
        """The goods that these articles mean by number, GTIN or address, with all their variants."""
        rows = [row for article in articles for row in article.variants]
        skus = {sku for row in rows for sku in (row.sku, row.suggested) if sku}
        slugs = {article.key for article in articles if article.joins and article.key}
        goods = standing.goods(self._session, self._owners(skus) | self._named(slugs), self.around, self._now)
        gtin_of = {each.sku: each.facts["gtin"] for product in goods.values() for each in product.variants}
        told = ((row.sku, row.facts.get("gtin")) for row in rows)
        holders = self._holders({gtin for sku, gtin in told if gtin and gtin_of.get(sku) != gtin})
        others = {product_id for _, _, product_id in holders} - goods.keys()
        goods |= standing.goods(self._session, others, self.around, self._now)
        return _shelf(self.around, goods, holders, are_tidy=not self._untidy)

    def of(self, product_ids: Collection[int], holders: Iterable[tuple[str, int, int]] = ()) -> Shelf:
        """Some products by their ids; `holders` are (GTIN, variant, product)."""
        goods = standing.goods(self._session, product_ids, self.around, self._now)
        return _shelf(self.around, goods, holders)

    def incomplete(self, drafts: Sequence[int]) -> frozenset[int]:
        """Those of some drafts that lack what the law wants shown."""
        gaps = readiness.missing_of(self._session, drafts)
        return frozenset(product_id for product_id, lacking in gaps.items() if lacking)

    def _owners(self, skus: Collection[str]) -> set[int]:
        wanted = skus if not self._untidy else {*skus, *(sku for each in skus for sku in self._untidy.get(each, ()))}
        found: set[int] = set()
        for part in some(wanted, AT_ONCE):
            found.update(self._session.exec(select(Variant.product_id).where(col(Variant.sku).in_(part))).all())
        return found

    def _named(self, slugs: Collection[str]) -> set[int]:
        found: set[int] = set()
        for part in some(slugs, AT_ONCE):
            found.update(filter(None, self._session.exec(select(Product.id).where(col(Product.slug).in_(part))).all()))
        return found

    def _holders(self, gtins: Collection[str]) -> list[tuple[str, int, int]]:
        found: list[tuple[str, int, int]] = []
        for part in some(gtins, AT_ONCE):
            holders = select(Variant.gtin, Variant.id, Variant.product_id).where(col(Variant.gtin).in_(part))
            found += [(gtin, variant_id or 0, owner) for gtin, variant_id, owner in self._session.exec(holders)]
        return found


def rolls_of(session: Session, variant_ids: Collection[int]) -> dict[int, list[StandingRoll]]:
    """The open rolls of some variants, by the variant's id; one query."""
    open_rolls = (
        select(Roll).where(col(Roll.ended_at).is_(None), col(Roll.variant_id).in_(variant_ids)).order_by(col(Roll.id))
    )
    found: dict[int, list[StandingRoll]] = {}
    for each in session.exec(open_rolls).all():
        roll = StandingRoll(each.id or 0, each.on_hand, each.held, each.lot, each.place)
        found.setdefault(each.variant_id, []).append(roll)
    return found


def _shelf(
    around: Surroundings,
    products: dict[int, StandingProduct],
    holders: Iterable[tuple[str, int, int]] | None = None,
    *,
    are_tidy: bool = False,
) -> Shelf:
    variants = {each.id: each for product in products.values() for each in product.variants}
    if holders is None:
        holders = [(gtin, each.id, each.product_id) for each in variants.values() if (gtin := each.facts["gtin"])]
    by_gtin: dict[str, list[int]] = {}
    for gtin, variant_id, _ in holders:
        by_gtin.setdefault(gtin, []).append(variant_id)
    return Shelf(
        around,
        products,
        {each.slug: each for each in products.values()},
        {each.sku if are_tidy else tidy(each.sku): each for each in variants.values()},
        {gtin: variants[alone[0]] for gtin, alone in by_gtin.items() if len(alone) == 1},
        by_gtin,
    )


def _untidy_numbers(session: Session) -> dict[str, list[str]]:
    """Article numbers that a file cannot hold to the letter (blanks around them), by what it makes of them."""
    found: dict[str, list[str]] = {}
    for (sku,) in session.connection().execute(select(Variant.sku)):
        if (tidied := tidy(sku)) != sku:
            found.setdefault(tidied, []).append(sku)
    return found
