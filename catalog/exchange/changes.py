"""The facts that a plan changes: all counted, the first of them in words."""

from collections.abc import Sequence
from typing import Any

from catalog.exchange.articles import Facts
from catalog.exchange.comparing import product_field, variant_field
from catalog.exchange.plan import Added, Change, Plan
from catalog.exchange.steps import Step, VariantStep
from catalog.units import Unit

MOST = 1000  # changes that a plan tells of; more are only counted


class Changes:
    """Writes them into a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def of(self, step: Step, article: str, unit: Unit) -> None:
        """Note what a step adds and changes of an article; `unit` is the one that it will have."""
        added = [each for each in step.variants if each.id is None]
        if added and len(self._plan.added) < MOST:
            self._plan.added.append(_added(step, article, added))
        if step.product_id is None:
            return
        for key, new in step.facts.items():
            self._note(step.row, article, "", key, step.old.get(key), new, unit)
        for each in step.variants:
            if each.id is not None:
                for key, new in each.facts.items():
                    self._note(each.row, article, each.sku, *_stock(key, each.old, new), unit)

    def _note(self, row: int, article: str, sku: str, key: str, old: Any, new: Any, unit: Unit) -> None:
        column = variant_field(key, unit) if sku else product_field(key, unit)
        self._plan.tally.count(key, column.column, old, new)
        if len(self._plan.changes) >= MOST:
            return
        shown = [column.show(value) if value not in (None, "", ()) else "" for value in (old, new)]
        self._plan.changes.append(Change(row, article, sku, column.column, *shown))


def _added(step: Step, article: str, variants: Sequence[VariantStep]) -> Added:
    prices = [each.facts["price_cents"] for each in variants if "price_cents" in each.facts]
    skus = tuple(each.sku for each in variants)
    return Added(
        variants[0].row, article, skus, step.product_id is None, min(prices, default=0), max(prices, default=0)
    )


def _stock(key: str, old: Facts, new: Any) -> tuple[str, Any, Any]:
    """A fact and what it was and becomes; of a stock that is changed, not counted, what it becomes."""
    if key != "stock_change":
        return key, old.get(key), new
    return "stock", old["stock"], old["stock"] + new
