"""Writing what a plan says of variants: new ones, and those that change, many with few statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog import bulk, many_prices, many_products, many_stocks, prices, products, rolls, stock, variants
from catalog.exchange import shelf as shelves
from catalog.exchange import table_columns
from catalog.exchange.articles import Sale
from catalog.exchange.laying import Lying, lay
from catalog.exchange.steps import VariantStep
from catalog.products import Product, Variant
from catalog.rolls import Roll
from catalog.stock import Why
from catalog.units import QuantityRule, Unit
from catalog.variants import NewVariants

Goods = Sequence[tuple[int, VariantStep]]
"""Steps of variants with the ids of their products."""


class VariantWriter:
    """Writes variants; their pictures are hung elsewhere."""

    def __init__(self, session: Session, now: datetime, author: str, reason: str) -> None:
        self._session = session
        self._now = now
        self._author = author
        self._reason = reason

    def add(self, new: Goods) -> list[int]:
        """Add new variants and give their ids, in this order; those of a product stand together."""
        rules = _rules(self._session, {product_id for product_id, _ in new})
        by_product: dict[int, list[VariantStep]] = {}
        for product_id, step in new:
            by_product.setdefault(product_id, []).append(step)
        goods = [
            NewVariants(
                product_id, rules[product_id], [table_columns.new_variant(each.sku, each.facts) for each in of_it]
            )
            for product_id, of_it in by_product.items()
        ]
        ids = variants.add_many(
            self._session, goods, why=Why.IMPORTED, now=self._now, author=self._author, note=self._reason
        )
        steps = [each for of_it in by_product.values() for each in of_it]
        many_prices.reduce_new(self._session, _first_sales(ids, steps), now=self._now, author=self._author)
        return ids

    def change(self, goods: Goods) -> None:
        """Change variants that stand."""
        session, now, author = self._session, self._now, self._author
        columns = {
            each.id: (product_id, of_it)
            for product_id, each in goods
            if each.id is not None and (of_it := table_columns.of_variant(each.facts))
        }
        variants.change_many(session, columns, now=now, author=author)
        options = {
            each.id: (product_id, each.facts["options"])
            for product_id, each in goods
            if each.id is not None and "options" in each.facts
        }
        many_products.set_options(session, options, now)
        steps = [each for _, each in goods]
        asked = _facts(steps, "price_cents")
        many_prices.set_regular(session, asked, now=now, author=author, reason=self._reason)
        self._change_stock(steps)
        many_prices.set_rrp(session, _facts(steps, "rrp_cents"), now=now)
        self._one_by_one(steps, "steps", self._set_steps)
        self._one_by_one(steps, "sale", self._reduce)

    def _change_stock(self, steps: Sequence[VariantStep]) -> None:
        to_count = [each for each in steps if "stock" in each.facts and not each.facts.get("rolls")]
        counted = [each for each in to_count if each.facts["stock"] is not None and each.old.get("stock") is not None]
        told: dict[str, Any] = {"now": self._now, "author": self._author, "note": self._reason}
        many_stocks.count(self._session, _facts(counted, "stock"), Why.IMPORTED, **told)
        many_stocks.move(self._session, _facts(steps, "stock_change"), Why.IMPORTED, **told)
        known = {each.id for each in counted}
        self._one_by_one([each for each in to_count if each.id not in known], "stock", self._count)
        self._one_by_one(steps, "rolls", self._lay_on_rolls)

    def _one_by_one(self, steps: Iterable[VariantStep], key: str, write: Callable[[Variant, Any], None]) -> None:
        """What is seldom in a file and needs a look at the variant itself."""
        for each in steps:
            if key in each.facts:
                write(self._session.get_one(Variant, each.id), each.facts[key])

    def _count(self, variant: Variant, on_hand: int | None) -> None:
        """None: the stock is no longer counted, what was on hand stays in the ledger."""
        session, now, author = self._session, self._now, self._author
        if on_hand is not None:
            stock.count(session, variant, on_hand, Why.IMPORTED, now=now, author=author, note=self._reason)
            if not variant.counts_stock:
                stock.begin_counting(session, variant, now=now, author=author)
        elif variant.counts_stock:
            stock.stop_counting(session, variant, now=now, author=author)
            session.flush()
            products.touch(session, variant.product_id, now)

    def _lay_on_rolls(self, variant: Variant, wanted: tuple[Lying, ...]) -> None:
        """Measure the rolls that lie there, and take in those that are new."""
        session = self._session
        told: dict[str, Any] = {"why": Why.IMPORTED, "now": self._now, "author": self._author, "note": self._reason}
        standing = shelves.rolls_of(session, [variant.id or 0]).get(variant.id or 0, [])
        if not standing and wanted:
            self._lay_on_largest(variant, max(wanted))
            standing = shelves.rolls_of(session, [variant.id or 0])[variant.id or 0]
        laying = lay(standing, wanted)
        for roll, quantity in laying.measured:
            stock.measure(session, session.get_one(Roll, roll.id), quantity, **told)
        for quantity, lot, place in laying.arrived:
            stock.receive(session, variant, quantity, lot=lot, place=place, **told)

    def _lay_on_largest(self, variant: Variant, largest: Lying) -> None:
        """What lay on no roll, with all that is held of it, becomes the largest one of the file."""
        session, (quantity, lot, place) = self._session, largest
        self._count(variant, quantity)
        roll = stock.on_one_roll(session, variant, now=self._now, author=self._author)
        rolls.describe(session, roll, lot=lot, place=place, now=self._now)

    def _set_steps(self, variant: Variant, steps: Sequence[prices.Step]) -> None:
        prices.set_steps(self._session, variant, steps, now=self._now, author=self._author)

    def _reduce(self, variant: Variant, sale: Sale | None) -> None:
        session, now = self._session, self._now
        if sale is None:
            prices.end_reduction(session, variant, at=now, now=now)
            return
        starts_at, ends_at = sale.starts_at or now, sale.ends_at
        prices.reduce(
            session, variant, sale.price_cents, starts_at=starts_at, ends_at=ends_at, now=now, author=self._author
        )


def _facts(steps: Iterable[VariantStep], key: str) -> dict[int, Any]:
    """One fact by the variants' ids."""
    return {each.id: each.facts[key] for each in steps if each.id is not None and key in each.facts}


def _first_sales(
    ids: Iterable[int], steps: Iterable[VariantStep]
) -> Iterable[tuple[int, int, int, datetime | None, datetime | None]]:
    for variant_id, each in zip(ids, steps, strict=True):
        sale: Sale | None = each.facts.get("sale")
        if sale is not None:
            yield variant_id, each.facts["price_cents"], sale.price_cents, sale.starts_at, sale.ends_at


def _rules(session: Session, product_ids: Iterable[int]) -> Mapping[int, QuantityRule]:
    """What may be bought at once of some products."""
    found: dict[int, QuantityRule] = {}
    for part in bulk.some(product_ids):
        rows = select(Product.id, Product.unit, Product.minimum, Product.step, Product.maximum)  # type: ignore[call-overload]
        for product_id, unit, minimum, step, maximum in session.exec(rows.where(col(Product.id).in_(part))):
            found[product_id] = QuantityRule(Unit(unit), minimum, step, maximum)
    return found
