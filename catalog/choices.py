"""The variants of an article as its page offers them: four or four hundred, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, func, select

from catalog import prices
from catalog.money import format_cents
from catalog.offers import Offer, at_once_of, available_of, is_sold_out, offer_of, widths
from catalog.prices import CurrentPrice, Step
from catalog.products import Product, Variant, VariantOption
from catalog.rolls import Roll
from catalog.units import QuantityRule, Unit

_FEW = 8  # so many are seen at a glance, without groups
_MOST_GROUPS = 24


@dataclass(frozen=True)
class Choice:
    """A variant to choose; quantities in smallest units. `label` is "Petrol, 12 mm" or "".

    `short_label` is the label without the name of its group; `price_text` stands beside it where not all
    cost the same, else it is "". `steps` are (from quantity, cents per price unit) below the price.
    `available` is what is left in all (None: not counted), `at_once` what is left in one piece where it is
    cut, `most` what stock and its own `rule` let one buy at once, a multiple of the step. `of_one_lot`: so
    many pieces come from one dye lot; None where no lot is known.
    """

    variant_id: int
    sku: str
    gtin: str
    label: str
    short_label: str
    swatch: str
    price_cents: int
    price_text: str
    offer: Offer
    steps: tuple[tuple[int, int], ...]
    rule: QuantityRule
    available: int | None
    at_once: int | None
    most: int | None
    of_one_lot: int | None
    is_sold_out: bool


@dataclass(frozen=True)
class Group:
    """Variants that share an option, such as all colours of a size; `name` is "" where there is one group only."""

    name: str
    swatch: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Choices:
    """All variants in the owner's order, and the same in groups. `option_name` is "Farbe" or "Farbe und Größe".

    `remnant` is set where it is one: (the variant that it was cut from, its length in cm or None).
    """

    option_name: str
    every: tuple[Choice, ...]
    groups: tuple[Group, ...]
    remnant: tuple[int, int | None] | None


_ROWS = (
    select(  # type: ignore[call-overload, misc]
        Variant.id, Variant.sku, Variant.gtin, Variant.counts_stock, Variant.on_hand, Variant.held, Variant.longest,
        Variant.content, Variant.content_unit, Variant.minimum, Variant.step, Variant.maximum, Variant.cut_from_id,
        Variant.rrp_cents, Variant.rrp_since, Product.shown_per,
    )
    .join(Product, col(Product.id) == Variant.product_id)
    .where(Variant.product_id == bindparam("product"), col(Variant.is_active))
    .order_by(col(Variant.position), col(Variant.id))
)  # fmt: skip
_OPTIONS = (
    select(VariantOption.variant_id, VariantOption.name, VariantOption.value, VariantOption.swatch)
    .join(Variant, col(Variant.id) == VariantOption.variant_id)
    .where(Variant.product_id == bindparam("product"), col(Variant.is_active))
    .order_by(col(VariantOption.position), col(VariantOption.id))
)
_FREE_OF_LOTS = (
    select(Roll.variant_id, func.sum(Roll.on_hand - Roll.held))
    .join(Variant, col(Variant.id) == Roll.variant_id)
    .where(Variant.product_id == bindparam("product"), col(Roll.ended_at).is_(None), Roll.lot != "")
    .group_by(col(Roll.variant_id), col(Roll.lot))
)


def read(session: Session, product: Product, now: datetime) -> Choices:
    """The variants of a product that can be chosen."""
    bound = {"product": product.id}
    rows = session.execute(_ROWS, bound).all()
    options = _Options(session.execute(_OPTIONS, bound).all(), len(rows))
    variant_ids = [row.id for row in rows]
    current = prices.current(session, variant_ids, now)
    steps = prices.steps_of(session, variant_ids, now)
    offers = _offers(session, product, rows, current, steps)
    texts = _price_texts(offers)
    rules = _Rules(product)
    lots = _largest_lots(session, product, rows)
    every = tuple(
        _choice(row, current[row.id], steps.get(row.id, ()), offer, texts[offer], rules.of(row), options, lots)
        for row, offer in zip(rows, offers, strict=True)
    )
    remnant = next(((row.cut_from_id, row.content) for row in rows if row.cut_from_id is not None), None)
    return Choices(options.title, every, options.grouped(every), remnant)


def _offers(
    session: Session,
    product: Product,
    rows: Sequence[Row[Any]],
    current: Mapping[int, CurrentPrice],
    steps: Mapping[int, Sequence[Step]],
) -> list[Offer]:
    assert product.id is not None
    unit = Unit(product.unit)
    width_cm = widths(session, [product.id]).get(product.id) if unit is Unit.LENGTH else None
    return [offer_of(row, current[row.id], unit, steps=steps.get(row.id, ()), width_cm=width_cm) for row in rows]


def _largest_lots(session: Session, product: Product, rows: Sequence[Row[Any]]) -> dict[int, int]:
    """How many pieces the largest dye lot of each variant still gives; asked only where there are lots at all."""
    if product.unit != Unit.PIECE or all(row.longest is None for row in rows):
        return {}
    largest: dict[int, int] = {}
    for variant_id, free in session.execute(_FREE_OF_LOTS, {"product": product.id}):
        largest[variant_id] = max(free, largest.get(variant_id, 0))
    return largest


class _Options:
    """What tells the variants of a product apart: their labels, swatches and groups."""

    def __init__(self, rows: Sequence[Row[Any]], variant_count: int) -> None:
        self._values: dict[int, dict[str, str]] = defaultdict(dict)
        self._swatches: dict[int, str] = {}
        self._swatch_of: dict[tuple[str, str], str] = {}
        for row in rows:
            self._values[row.variant_id][row.name] = row.value
            if row.swatch:
                self._swatches.setdefault(row.variant_id, row.swatch)
                self._swatch_of[row.name, row.value] = row.swatch
        names = dict.fromkeys(row.name for row in rows)
        self.title = " und ".join(names)
        self._group = _grouping(names, rows) if variant_count > _FEW and len(names) > 1 else None

    def label(self, variant_id: int) -> str:
        return ", ".join(self._values[variant_id].values())

    def short_label(self, variant_id: int) -> str:
        return ", ".join(value for name, value in self._values[variant_id].items() if name != self._group)

    def swatch(self, variant_id: int) -> str:
        return self._swatches.get(variant_id, "")

    def grouped(self, every: Sequence[Choice]) -> tuple[Group, ...]:
        if self._group is None:
            return (Group("", "", tuple(every)),)
        groups: dict[str, list[Choice]] = {}
        for choice in every:
            groups.setdefault(self._values[choice.variant_id].get(self._group, ""), []).append(choice)
        return tuple(
            Group(name, self._swatch_of.get((self._group, name), ""), tuple(choices))
            for name, choices in groups.items()
        )


def _grouping(names: Sequence[str] | dict[str, None], rows: Sequence[Row[Any]]) -> str | None:
    """The option with the fewest values (but more than one) makes the groups: four sizes rather than fifty colours."""
    values: dict[str, set[str]] = {name: set() for name in names}
    for row in rows:
        values[row.name].add(row.value)
    return min(
        (name for name in names if 1 < len(values[name]) <= _MOST_GROUPS),
        key=lambda name: len(values[name]),
        default=None,
    )


class _Rules:
    """What may be bought of each variant at once; most have the product's own rule."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._known: dict[tuple[int | None, int | None, int | None], QuantityRule] = {}

    def of(self, row: Any) -> QuantityRule:
        own = (row.minimum, row.step, row.maximum)
        if own not in self._known:
            self._known[own] = self._product.rule_of(row)
        return self._known[own]


def _price_texts(offers: Sequence[Offer]) -> dict[Offer, str]:
    """What stands beside a variant so that nobody chooses a dearer one unawares; nothing where all cost the same."""
    different = set(offers)
    return {offer: _price_text(offer) if len(different) > 1 else "" for offer in different}


def _price_text(offer: Offer) -> str:
    """Two short lines: "3,45 €", and the base price where one is owed, "1,73 €/100 m" (§ 4 Abs. 1 PAngV)."""
    price = format_cents(offer.cents) + (f"/{offer.unit_name}" if offer.unit_name else "")
    return f"{price}\n{format_cents(offer.base.cents)}/\u200b{offer.base.per}" if offer.base else price


def _choice(
    row: Row[Any],
    price: CurrentPrice,
    steps: Sequence[Step],
    offer: Offer,
    price_text: str,
    rule: QuantityRule,
    options: _Options,
    lots: Mapping[int, int],
) -> Choice:
    available, at_once = available_of(row), at_once_of(row, rule.unit)
    return Choice(
        variant_id=row.id,
        sku=row.sku,
        gtin=row.gtin,
        label=options.label(row.id),
        short_label=options.short_label(row.id) or row.sku,
        swatch=options.swatch(row.id),
        price_cents=price.cents,
        price_text=price_text,
        offer=offer,
        steps=tuple((step.from_quantity, step.cents) for step in steps if step.cents < price.cents),
        rule=rule,
        available=available,
        at_once=at_once,
        most=_most(at_once, rule),
        of_one_lot=lots.get(row.id),
        is_sold_out=is_sold_out(at_once, rule),
    )


def _most(at_once: int | None, rule: QuantityRule) -> int | None:
    """The smaller of what is there and what the rule allows, rounded down to the step."""
    limits = [limit for limit in (at_once, rule.maximum) if limit is not None]
    return min(limits) // rule.step * rule.step if limits else None
