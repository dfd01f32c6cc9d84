"""Writing a plan: through the rules of the catalogue, in the one transaction of the session handed in."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from catalog import (
    attributes,
    categories,
    editing,
    fibres,
    images,
    makers,
    prices,
    products,
    readiness,
    stock,
    variants,
)
from catalog.exchange import shelf as shelves
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS
from catalog.exchange.laying import Lying, lay
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Step, VariantStep
from catalog.images import Picture
from catalog.products import Kind, Product, Variant
from catalog.readiness import Withdrawn
from catalog.rolls import Roll
from catalog.stock import Why
from catalog.units import Unit
from catalog.variants import NewVariant
from catalog.vat import VatClass

_COLUMNS = ("name", "kind", "unit", "minimum", "step", "maximum", "shown_per", "remnant_below", "offers_sample",
            "vat_class", "summary", "description", "warnings", "needs_no_warnings", "is_featured")  # fmt: skip
_VARIANT_COLUMNS = {"weight_g": "weight_g", "thickness_mm": "thickness_mm", "per_layer": "per_layer", "gtin": "gtin",
                    "reorder_at": "reorder_at", "own_minimum": "minimum", "own_step": "step",
                    "own_maximum": "maximum"}  # fmt: skip

_OWED = {"price_cents", "content", "pictures"}  # what the law wants shown of a variant

Progress = Callable[[int, int], None]


def apply(
    session: Session,
    plan: Plan,
    pictures: PictureFolders,
    *,
    now: datetime,
    author: str,
    reason: str = "Import",
    progress: Progress = lambda done, total: None,
) -> list[Withdrawn]:
    """Write what a plan says, and give the articles that stay (or become) drafts, with what they lack.

    The plan was made in this very session; the door commits. Flushes. `reason` ("Import 17") stands beside
    each price and each movement of stock that is changed. `progress` hears (articles done, articles in all).
    Pictures were kept before (`keep_all`). Nothing is put on sale that lacks what the law wants shown.
    """
    writer = _Writer(session, pictures, now, author, reason)
    with products.touched_once(session):
        for done, step in enumerate(plan.steps, start=1):
            writer.write(step)
            progress(done, len(plan.steps))
        return [*_publish_what_is_ready(session, writer.to_publish, now), *_keep_true(session, writer.changed, now)]


def _publish_what_is_ready(session: Session, product_ids: Sequence[int], now: datetime) -> list[Withdrawn]:
    """Publish at the end, so that nobody sees a half-written product's page in the index."""
    session.flush()
    incomplete = []
    for some in _portions(product_ids):
        for product_id, gaps in readiness.missing_of(session, some).items():
            product = session.get_one(Product, product_id)
            if not gaps:
                products.publish(session, product, now)
            elif not product.is_published:
                incomplete.append(Withdrawn(product_id, product.name, tuple(gaps)))
    return incomplete


def _keep_true(session: Session, product_ids: Sequence[int], now: datetime) -> list[Withdrawn]:
    return [each for some in _portions(product_ids) for each in readiness.keep_true(session, some, now)]


def _portions(product_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A few hundred ids at once: databases limit how many may stand in a query."""
    return (product_ids[start : start + 500] for start in range(0, len(product_ids), 500))


class _Writer:
    def __init__(self, session: Session, pictures: PictureFolders, now: datetime, author: str, reason: str) -> None:
        self._session = session
        self._pictures = pictures
        self._now = now
        self._author = author
        self._reason = reason
        self.to_publish: list[int] = []
        self.changed: list[int] = []
        self._category_ids: dict[tuple[str, ...], int] = {}
        self._attribute_keys: dict[str, str] = {}
        self._maker_ids: dict[str, int] = {}
        self._added: dict[str, Variant] = {}  # the new variants of the article at hand, by their numbers

    def write(self, step: Step) -> None:
        """Write one product and its variants."""
        product = self._add(step) if step.product_id is None else self._get(step.product_id)
        assert product.id is not None
        if step.product_id is not None:
            self._set_columns(product, step.facts)
        self._set_relations(product, step.facts)
        self._add_variants(product, [each for each in step.variants if each.id is None])
        for each in step.variants:
            self._write_variant(product, each)
        self._set_published(product, step)

    def _add(self, step: Step) -> Product:
        facts = step.facts
        product = products.add(
            self._session,
            name=facts["name"],
            slug=step.key or None,
            now=self._now,
            unit=facts.get("unit", Unit.PIECE),
            kind=facts.get("kind", Kind.OTHER),
            minimum=facts.get("minimum", 1),
            step=facts.get("step", 1),
            vat_class=facts.get("vat_class", VatClass.STANDARD),
            summary=facts.get("summary", ""),
            description=facts.get("description", ""),
        )
        for key in _COLUMNS:
            if key in facts:
                setattr(product, key, facts[key])
        self._set_delivery(product, facts)
        product.updated_by = self._author
        return product

    def _get(self, product_id: int) -> Product:
        product = self._session.get(Product, product_id)
        assert product is not None, "the plan was made in this session"
        return product

    def _set_columns(self, product: Product, facts: Facts) -> None:
        if not facts:
            return
        for key in _COLUMNS:
            if key in facts:
                setattr(product, key, facts[key])
        if "unit" in facts:
            stock.fit_unit(self._session, product)
            editing.begin_prices_anew(self._session, product, now=self._now, author=self._author)
        self._set_delivery(product, facts)
        product.updated_at, product.updated_by = self._now, self._author
        self._session.flush()
        products.touch(self._session, product.id or 0, self._now)

    def _set_delivery(self, product: Product, facts: Facts) -> None:
        if "delivery_days" in facts:
            product.delivery_days_min, product.delivery_days_max = facts["delivery_days"]

    def _set_relations(self, product: Product, facts: Facts) -> None:
        assert product.id is not None
        if "maker" in facts:
            product.maker_id = self._maker(facts["maker"]) if facts["maker"] else None
        self._describe_maker(product, facts)
        if "categories" in facts:
            products.place_in(
                self._session, product.id, [self._category(path) for path in facts["categories"]], self._now
            )
        if "fibres" in facts:
            fibres.set_composition(self._session, product.id, facts["fibres"], self._now)
        labelled = {
            key.removeprefix(ATTRIBUTE_PREFIX): value for key, value in facts.items() if ATTRIBUTE_PREFIX in key
        }
        if labelled:
            texts = {self._attribute(label): value for label, value in labelled.items()}
            attributes.set_values(self._session, product.id, texts, self._now)
        if "pictures" in facts:
            self._hang(product.id, None, facts["pictures"], product.name)

    def _describe_maker(self, product: Product, facts: Facts) -> None:
        address = {each.key.removeprefix("maker_"): facts[each.key] for each in MAKER_FIELDS if each.key in facts}
        if address and product.maker_id is not None:
            self.changed += makers.describe(self._session, product.maker_id, address, self._now)

    def _set_published(self, product: Product, step: Step) -> None:
        assert product.id is not None
        wanted = step.facts.get("is_published")
        if wanted is False and product.is_published:
            products.unpublish(self._session, product, self._now)
        elif wanted:
            self.to_publish.append(product.id)
        elif product.is_published and (step.facts or any(_may_lack_something(each) for each in step.variants)):
            self.changed.append(product.id)

    def _category(self, path: tuple[str, ...]) -> int:
        if path not in self._category_ids:
            self._category_ids[path] = categories.at_path(self._session, path).id or 0
        return self._category_ids[path]

    def _maker(self, name: str) -> int:
        if name not in self._maker_ids:
            self._maker_ids[name] = makers.named(self._session, name).id or 0
        return self._maker_ids[name]

    def _attribute(self, label: str) -> str:
        if label not in self._attribute_keys:
            self._attribute_keys[label] = attributes.labelled(self._session, label).key
        return self._attribute_keys[label]

    def _add_variants(self, product: Product, steps: Sequence[VariantStep]) -> None:
        new = [_new_variant(each) for each in steps]
        added = variants.add_all(
            self._session, product, new, why=Why.IMPORTED, now=self._now, author=self._author, note=self._reason
        )
        self._added = {each.sku: each for each in added}

    def _write_variant(self, product: Product, step: VariantStep) -> None:
        facts = step.facts
        variant = self._added[step.sku] if step.id is None else self._change(step)
        if "sale" in facts and (facts["sale"] or step.id is not None):
            self._reduce(variant, facts["sale"])
        if "pictures" in facts:
            values = ", ".join([product.name, *(value for _, value, _ in facts.get("options", ()))])
            self._hang(variant.product_id, variant.id, facts["pictures"], values)

    def _change(self, step: VariantStep) -> Variant:
        facts, session = step.facts, self._session
        variant = session.get(Variant, step.id)
        assert variant is not None, "the plan was made in this session"
        self._set_variant_columns(variant, facts)
        if "options" in facts:
            products.set_options(session, variant, facts["options"], self._now)
        if "price_cents" in facts:
            prices.set_regular(
                session, variant, facts["price_cents"], now=self._now, author=self._author, reason=self._reason
            )
        if "stock" in facts and not facts.get("rolls"):
            self._count(variant, facts["stock"])
        if "stock_change" in facts:
            stock.move(
                session, variant, facts["stock_change"], Why.IMPORTED, now=self._now, author=self._author,
                note=self._reason,
            )  # fmt: skip
        if "rolls" in facts:
            self._lay_on_rolls(variant, facts["rolls"])
        if "rrp_cents" in facts:
            prices.set_rrp(session, variant, facts["rrp_cents"], now=self._now)
        if "steps" in facts:
            prices.set_steps(session, variant, facts["steps"], now=self._now, author=self._author)
        return variant

    def _set_variant_columns(self, variant: Variant, facts: Facts) -> None:
        if not facts.keys() & {"content", *_VARIANT_COLUMNS}:
            return
        if "content" in facts:
            is_another_pack = variant.content is not None
            variant.content, variant.content_unit = facts["content"] or (None, None)
            if is_another_pack:
                prices.begin_anew(self._session, variant, now=self._now, author=self._author, reason="anderer Inhalt")
        for key, column in _VARIANT_COLUMNS.items():
            setattr(variant, column, facts.get(key, getattr(variant, column)))
        self._session.flush()
        products.touch(self._session, variant.product_id, self._now)

    def _count(self, variant: Variant, on_hand: int | None) -> None:
        """None: the stock is no longer counted, what was on hand stays in the ledger."""
        if on_hand is not None:
            stock.count(
                self._session, variant, on_hand, Why.IMPORTED, now=self._now, author=self._author, note=self._reason
            )
            if not variant.counts_stock:
                stock.begin_counting(self._session, variant, now=self._now, author=self._author)
        elif variant.counts_stock:
            stock.stop_counting(self._session, variant, now=self._now, author=self._author)
            self._session.flush()
            products.touch(self._session, variant.product_id, self._now)

    def _lay_on_rolls(self, variant: Variant, wanted: tuple[Lying, ...]) -> None:
        """Measure the rolls that lie there, and take in those that are new."""
        if not variant.counts_stock:
            stock.begin_counting(self._session, variant, now=self._now, author=self._author)
        standing_rolls = shelves.rolls_of(self._session, [variant.id or 0]).get(variant.id or 0, [])
        laying = lay(standing_rolls, wanted)
        for standing, quantity in laying.measured:
            roll = self._session.get_one(Roll, standing.id)
            stock.measure(
                self._session, roll, quantity, why=Why.IMPORTED, now=self._now, author=self._author, note=self._reason
            )
        for quantity, lot, place in laying.arrived:
            stock.receive(
                self._session, variant, quantity, lot=lot, place=place, why=Why.IMPORTED,
                now=self._now, author=self._author, note=self._reason,
            )  # fmt: skip

    def _reduce(self, variant: Variant, sale: Sale | None) -> None:
        if sale is None:
            prices.end_reduction(self._session, variant, at=self._now, now=self._now)
            return
        prices.reduce(
            self._session,
            variant,
            sale.price_cents,
            starts_at=sale.starts_at or self._now,
            ends_at=sale.ends_at,
            now=self._now,
            author=self._author,
        )

    def _hang(self, product_id: int, variant_id: int | None, hashes: tuple[str, ...], alt: str) -> None:
        """Let exactly these pictures hang there, in this order."""
        every = images.of(self._session, [product_id]).get(product_id, [])
        hanging = {each.hash: each for each in every if each.variant_id == variant_id}
        for picture_hash, picture in hanging.items():
            if picture_hash not in hashes:
                images.detach(self._session, picture, self._now)
        wanted = [hanging.get(each) or self._attach(product_id, variant_id, each, alt) for each in hashes]
        others = [each for each in every if each.variant_id != variant_id]
        first, second = (wanted, others) if variant_id is None else (others, wanted)
        ids = [each.id for each in first + second if each.id is not None]
        if any(each.position != place for place, each in enumerate(first + second)):
            images.reorder(self._session, product_id, ids, self._now)

    def _attach(self, product_id: int, variant_id: int | None, picture_hash: str, alt: str) -> Picture:
        stored = self._pictures.stored(picture_hash)
        return images.attach(self._session, product_id, stored, alt=alt, variant_id=variant_id, now=self._now)


def _may_lack_something(step: VariantStep) -> bool:
    """Whether a variant of an article on sale is new, or something is changed that the law wants shown of it."""
    return step.id is None or bool(step.facts.keys() & _OWED)


def _new_variant(step: VariantStep) -> NewVariant:
    facts = step.facts
    content, content_unit = facts.get("content") or (None, None)
    return NewVariant(
        sku=step.sku,
        price_cents=facts["price_cents"],
        options=facts.get("options", ()),
        on_hand=facts.get("stock") or 0,
        lying=facts.get("rolls", ()),
        counts_stock=facts.get("stock") is not None,
        content=content,
        content_unit=content_unit,
        rrp_cents=facts.get("rrp_cents"),
        steps=facts.get("steps", ()),
        **{column: facts[key] for key, column in _VARIANT_COLUMNS.items() if key in facts},
    )
