"""Writing some steps of a plan: products first, then what they refer to, then their variants and pictures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog import bulk, editing, fibres, many_attributes, many_products, products, stock
from catalog.exchange import table_columns
from catalog.exchange.hanging import Hanger, alt_of
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.references import References
from catalog.exchange.steps import Step, VariantStep
from catalog.exchange.variant_writer import VariantWriter
from catalog.many_products import NewProduct
from catalog.products import Product

_OWED = {"price_cents", "content", "pictures"}  # what the law wants shown of a variant


class GoodsWriter:
    """Writes one portion of steps after the other.

    Afterwards `to_publish` are the products that are wished into the shop, `changed` those of which something was
    changed that the law wants shown.
    """

    def __init__(self, session: Session, pictures: PictureFolders, now: datetime, author: str, reason: str) -> None:
        self._session = session
        self._now = now
        self._author = author
        self._references = References(session, now)
        self._variants = VariantWriter(session, now, author, reason)
        self._hanger = Hanger(session, pictures, now)
        self.to_publish: list[int] = []
        self._concerned: list[int] = []

    @property
    def changed(self) -> list[int]:
        """The ids of products that may lack something by now."""
        return list(dict.fromkeys([*self._concerned, *self._references.concerned]))

    def write(self, steps: Sequence[Step]) -> None:
        """Write some products and their variants."""
        self._describe_makers(steps)
        ids = self._add_products([step for step in steps if step.product_id is None])
        goods = [(step.product_id or ids[id(step)], step) for step in steps]
        self._change_products([(product_id, step) for product_id, step in goods if step.product_id is not None])
        self._relate(goods)
        variant_ids = self._add_variants(goods)
        self._variants.change(
            [(product_id, each) for product_id, step in goods for each in step.variants if each.id is not None]
        )
        self._hang(goods, variant_ids)
        for product_id, step in goods:
            self._set_published(product_id, step)

    def _describe_makers(self, steps: Sequence[Step]) -> None:
        makers = self._makers_of(
            [step.product_id for step in steps if step.product_id is not None and "maker" not in step.facts]
        )
        for step in steps:
            named = step.facts.get("maker")
            maker_id = self._references.maker(named) if named else makers.get(step.product_id or 0)
            self._references.describe(maker_id, step.facts)

    def _makers_of(self, product_ids: Sequence[int]) -> dict[int, int | None]:
        found: dict[int, int | None] = {}
        for part in bulk.some(product_ids):
            rows = select(Product.id, Product.maker_id).where(col(Product.id).in_(part))
            found.update({product_id or 0: maker_id for product_id, maker_id in self._session.exec(rows)})
        return found

    def _add_products(self, steps: Sequence[Step]) -> dict[int, int]:
        """Add the new ones; gives their ids by the identity of the step."""
        new = []
        for step in steps:
            columns = self._columns(step)
            new.append(NewProduct(columns.pop("name"), step.key, columns))
        ids = many_products.add(self._session, new, now=self._now, author=self._author)
        return {id(step): product_id for step, product_id in zip(steps, ids, strict=True)}

    def _change_products(self, goods: Sequence[tuple[int, Step]]) -> None:
        changes: dict[int, dict[str, Any]] = {}
        for product_id, step in goods:
            if step.facts:
                changes.setdefault(product_id, {}).update(self._columns(step))
        many_products.change(self._session, changes, now=self._now, author=self._author)
        for product_id, step in goods:
            if "unit" in step.facts:
                product = self._session.get_one(Product, product_id)
                stock.fit_unit(self._session, product)
                editing.begin_prices_anew(self._session, product, now=self._now, author=self._author)

    def _columns(self, step: Step) -> dict[str, Any]:
        columns = table_columns.of_product(step.facts)
        if "maker" in step.facts:
            columns["maker_id"] = self._references.maker(step.facts["maker"])
        return columns

    def _relate(self, goods: Sequence[tuple[int, Step]]) -> None:
        refer = self._references
        placed = {each: refer.categories(step.facts["categories"]) for each, step in _with(goods, "categories")}
        many_products.place(self._session, placed, self._now)
        shares = {each: step.facts["fibres"] for each, step in _with(goods, "fibres")}
        fibres.set_compositions(self._session, shares, self._now)
        texts: dict[int, Mapping[str, str]] = {}
        for product_id, step in goods:
            if told := refer.attribute_texts(step.facts):
                texts[product_id] = {**texts.get(product_id, {}), **told}
        many_attributes.set_values(self._session, texts, self._now)

    def _add_variants(self, goods: Sequence[tuple[int, Step]]) -> dict[str, int]:
        """Add the new ones; gives their ids by their article numbers."""
        new = [(product_id, each) for product_id, step in goods for each in step.variants if each.id is None]
        new.sort(key=lambda each: each[0])  # those of a product stand together
        return {each.sku: variant_id for variant_id, (_, each) in zip(self._variants.add(new), new, strict=True)}

    def _hang(self, goods: Sequence[tuple[int, Step]], variant_ids: Mapping[str, int]) -> None:
        def of(step: Step) -> list[tuple[int, VariantStep]]:
            return [(each.id or variant_ids[each.sku], each) for each in step.variants if "pictures" in each.facts]

        self._hanger.new(
            (product_id, step.facts["name"], step.facts.get("pictures", ()), of(step))
            for product_id, step in goods
            if step.product_id is None
        )
        for product_id, step in goods:
            if step.product_id is None or not ("pictures" in step.facts or of(step)):
                continue
            name = self._session.get_one(Product, product_id).name
            if "pictures" in step.facts:
                self._hanger.exactly(product_id, None, step.facts["pictures"], name)
            for variant_id, each in of(step):
                self._hanger.exactly(product_id, variant_id, each.facts["pictures"], alt_of(name, each))

    def _set_published(self, product_id: int, step: Step) -> None:
        wanted = step.facts.get("is_published")
        if wanted:
            self.to_publish.append(product_id)
        elif wanted is False and step.product_id is not None:
            product = self._session.get_one(Product, product_id)
            if product.is_published:
                products.unpublish(self._session, product, self._now)
        elif wanted is None and (step.facts or any(_may_lack_something(each) for each in step.variants)):
            self._concerned.append(product_id)


def _with(goods: Sequence[tuple[int, Step]], key: str) -> list[tuple[int, Step]]:
    return [(product_id, step) for product_id, step in goods if key in step.facts]


def _may_lack_something(step: VariantStep) -> bool:
    """Whether a variant of an article on sale is new, or something is changed that the law wants shown of it."""
    return step.id is None or bool(step.facts.keys() & _OWED)
