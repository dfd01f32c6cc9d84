"""The journal of an import: what it changed of which article, before and after, so that it can be taken back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from catalog import bulk
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.plan import Step, VariantStep
from catalog.exchange.runs import ImportChange
from catalog.price_steps import Step as PriceStep
from catalog.products import Variant
from catalog.readiness import Withdrawn
from catalog.units import Unit
from catalog.vat import VatClass

_AT_ONCE = 500  # databases limit how many values may stand in a query
_T = TypeVar("_T")


@dataclass(frozen=True)
class Written:
    """What was written of a product (`variant_id` None) or a variant: the facts that changed, before and after.

    `old` is empty for what is new.
    """

    product_id: int
    variant_id: int | None
    is_new: bool
    old: Facts = field(default_factory=dict)
    new: Facts = field(default_factory=dict)


def note(session: Session, run_id: int, written: Iterable[Written]) -> None:
    """Write down what a batch has written, in few statements. Belongs in the batch's own transaction."""
    session.flush()
    columns = ("product_id", "variant_id", "is_new", "old", "new")
    for some in bulk.some(map(_row, written), 5000):
        bulk.insert(session, ImportChange, columns, some, run_id=run_id)


def written(session: Session, steps: Sequence[Step], withdrawn: Iterable[Withdrawn]) -> Iterator[Written]:
    """What these steps have just written in this session, and which articles that were on sale became drafts by it.

    What was asked for and did not come about is left out: an article that lacks something is not published.
    """
    by_sku = _ids_by_sku(session, [each.sku for step in steps for each in step.variants if each.id is None])
    drafts = {each.product_id for each in withdrawn}
    for step in steps:
        product_id = step.product_id or by_sku[step.variants[0].sku][1]
        yield from _of_product(step, product_id, drafts)
        for each in step.variants:
            if each.id is None:
                yield Written(product_id, by_sku[each.sku][0], is_new=True, new=each.facts)
            else:
                yield Written(product_id, each.id, is_new=False, old=each.old, new=_counted(each))
    concerned = {step.product_id for step in steps}
    for product_id in sorted(drafts - concerned - {product_id for _, product_id in by_sku.values()}):
        yield Written(product_id, None, is_new=False, old={"is_published": True}, new={"is_published": False})


def as_json(facts: Facts) -> dict[str, Any]:
    """Facts as JSON keeps them: tuples as lists, moments in ISO 8601."""
    return {key: _WRITERS[key](value) if key in _WRITERS else value for key, value in facts.items()}


def from_json(kept: dict[str, Any]) -> Facts:
    """Give back the facts that `as_json` wrote."""
    return {key: _READERS.get(key, _tuples)(value) for key, value in kept.items()}


def portions(every: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    """So many at a time, in order."""
    return (every[start : start + most] for start in range(0, len(every), most))


def _row(each: Written) -> tuple[Any, ...]:
    return each.product_id, each.variant_id, each.is_new, as_json(each.old), as_json(each.new)


def _ids_by_sku(session: Session, skus: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Variant and product of each of these numbers."""
    found: dict[str, tuple[int, int]] = {}
    for some in portions(skus, _AT_ONCE):
        rows = select(Variant.sku, Variant.id, Variant.product_id).where(col(Variant.sku).in_(some))
        found.update({sku: (variant_id or 0, product_id) for sku, variant_id, product_id in session.exec(rows)})
    return found


def _of_product(step: Step, product_id: int, drafts: set[int]) -> Iterator[Written]:
    new = dict(step.facts)
    is_draft_by_it = product_id in drafts
    if step.product_id is None:
        yield Written(product_id, None, is_new=True, new=new | ({"is_published": False} if is_draft_by_it else {}))
        return
    was_on_sale = step.was_published
    if is_draft_by_it:
        new.pop("is_published", None)
        if was_on_sale:
            new["is_published"] = False
    if new:
        yield Written(product_id, None, is_new=False, old={key: _before(step, key) for key in new}, new=new)


def _counted(each: VariantStep) -> Facts:
    """The facts of a step; a stock that was added to is told as what it became."""
    if "stock_change" not in each.facts:
        return each.facts
    told = {key: value for key, value in each.facts.items() if key != "stock_change"}
    return told | {"stock": each.old["stock"] + each.facts["stock_change"]}


def _before(step: Step, key: str) -> Any:
    """A fact as the step found it; a maker's address or an attribute that was not there is an empty text."""
    return step.was_published if key == "is_published" else step.old.get(key, "")


def _sale_as_json(sale: Sale | None) -> list[Any] | None:
    if sale is None:
        return None
    return [sale.price_cents, *(each and each.isoformat() for each in (sale.starts_at, sale.ends_at))]


def _sale(kept: list[Any] | None) -> Sale | None:
    if kept is None:
        return None
    starts_at, ends_at = (each and datetime.fromisoformat(each) for each in kept[1:])
    return Sale(kept[0], starts_at, ends_at)


def _content(kept: list[Any] | None) -> tuple[int, Unit] | None:
    return (kept[0], Unit(kept[1])) if kept else None


def _tuples(kept: Any) -> Any:
    """Lists become tuples, however deep: categories, options, fibres, rolls, pictures, days."""
    return tuple(_tuples(each) for each in kept) if isinstance(kept, list) else kept


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "sale": _sale_as_json,
    "steps": lambda steps: [[each.from_quantity, each.cents] for each in steps],
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "sale": _sale,
    "steps": lambda kept: tuple(PriceStep(*each) for each in kept),
    "unit": Unit,
    "vat_class": VatClass,
    "content": _content,
}
