"""What lies in a cart, with everything that pages, totals and the order need, as it is this moment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlmodel import Session, col, select

from catalog import attributes, duties, exclusions, fibres, prices, rolls
from catalog.base_price import base_price
from catalog.exclusions import Exclusion
from catalog.images import Picture
from catalog.money import format_cents
from catalog.prices import CurrentPrice, Step
from catalog.products import Product, Variant, VariantOption
from catalog.refusals import Refusal
from catalog.rolls import Free
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, line_cents
from catalog.vat import VatClass
from checkout import buyable, lots, samples
from checkout.cart import Cart, CartLine
from checkout.cutting import Pieces
from checkout.lots import Split
from checkout.samples import SampleTerms


@dataclass(frozen=True)
class Credit:
    """What a sample that was bought before (`sample_line_id`, of an order) takes off a line."""

    sample_line_id: int
    cents: int


@dataclass(frozen=True)
class CartItem:
    """A line of the cart with everything that pages, totals and the order need, as it is now.

    `quantity` is of one piece (cut), in smallest units; `line_cents` is of all pieces, `weight_g` too.
    `price` is the one that holds for all of the variant in the cart, `steps` are its price steps.
    `options` is "Farbe: Petrol", `base_price` is "99,00 € / 1 kg" or "", `essentials` are
    (label, value) pairs, `problem` is a German sentence if the line can no longer be bought, else "".
    `lots` are the dye lots that its balls come from, where one cannot give them all, and `notice` says so.
    `credits` are what samples take off it; `line_cents` is without them. `discount_cents` are what vouchers
    take off `line_cents`. `thickness_mm` and `per_layer` are those of the variant, for checkout/packing.py.
    `picture_hash` is "" where there is none. `warnings` is what one must know before buying (Art. 19 GPSR);
    `guarantee` is the maker's guarantee of durability in a line, with its terms and its label, a file in artwork/.
    `withdrawal` is what catalog/exclusions.py says of it, `withdrawal_note` what the shopper must know of that.
    """

    line_id: int
    variant_id: int
    product_id: int
    slug: str
    name: str
    options: str
    sku: str
    unit: Unit
    pieces: int
    quantity: int
    price: CurrentPrice
    line_cents: int
    base_price: str
    vat_class: VatClass
    fibres: str
    essentials: tuple[tuple[str, str], ...]
    delivery_time: str
    picture_hash: str
    picture_alt: str
    picture_width: int
    picture_height: int
    weight_g: int
    problem: str
    steps: tuple[Step, ...] = ()
    lots: Split = ()
    notice: str = ""
    is_sample: bool = False
    offers_sample: bool = False
    credits: tuple[Credit, ...] = ()
    thickness_mm: int | None = None
    per_layer: int = 1
    discount_cents: int = 0
    warnings: str = ""
    guarantee: str = ""
    guarantee_terms: str = ""
    guarantee_label: str = ""
    withdrawal: str = Exclusion.NORMAL.value
    withdrawal_note: str = ""

    @property
    def credit_cents(self) -> int:
        """What samples take off the line."""
        return sum(credit.cents for credit in self.credits)

    @property
    def total_quantity(self) -> int:
        """All pieces together, in smallest units."""
        return self.pieces * self.quantity


def price_list(items: Iterable[CartItem], shipping_cents: int) -> str:
    """What the form of the confirmation carries to say which price each line had on it: "12:3870,versand:549"."""
    lines = [f"{item.line_id}:{item.line_cents}" for item in items]
    return ",".join([*lines, f"versand:{shipping_cents}"])


def of(session: Session, cart: Cart, now: datetime, terms: SampleTerms = samples.USUAL) -> list[CartItem]:
    """The cart's lines in the order in which they came, in a fixed small number of queries."""
    rows = session.exec(
        select(CartLine, Variant, Product)
        .join(Variant, col(Variant.id) == CartLine.variant_id)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(CartLine.cart_id == cart.id)
        .order_by(col(CartLine.id))
        .execution_options(populate_existing=True)
    ).all()
    facts = _facts_about(session, {variant.id or 0: product.id or 0 for _, variant, product in rows}, now)
    wanted: dict[int, list[Pieces]] = defaultdict(list)
    for line, _, _ in rows:
        if not line.is_sample:
            wanted[line.variant_id].append((line.quantity, line.pieces))
    return [
        _sample(line, variant, product, facts, terms)
        if line.is_sample
        else _item(line, variant, product, facts, wanted[line.variant_id])
        for line, variant, product in rows
    ]


def notices(items: Iterable[CartItem]) -> str:
    """A mark of all that the shopper is told about some lines; "" where there is nothing to tell."""
    told = [f"{item.sku}: {item.notice}" for item in items if item.notice]
    return blake2b("\n".join(told).encode(), digest_size=8).hexdigest() if told else ""


@dataclass(frozen=True)
class _Facts:
    """What is known about the goods of a cart, by the id of their variant or product."""

    prices: dict[int, CurrentPrice]
    steps: dict[int, tuple[Step, ...]]
    rolls: dict[int, tuple[Free, ...]]
    options: dict[int, str]
    fibres: dict[int, str]
    essentials: dict[int, list[tuple[str, str]]]
    pictures: dict[int, Picture]


def _facts_about(session: Session, product_of: dict[int, int], now: datetime) -> _Facts:
    product_ids = set(product_of.values())
    return _Facts(
        prices=prices.current(session, product_of, now),
        steps=prices.steps_of(session, product_of, now),
        rolls=rolls.free_of(session, product_of),
        options=_options(session, product_of),
        fibres=fibres.composition_of(session, product_ids),
        essentials=attributes.of(session, product_ids),
        pictures=_pictures(session, product_of),
    )


def _options(session: Session, variant_ids: Iterable[int]) -> dict[int, str]:
    rows = session.exec(
        select(VariantOption)
        .where(col(VariantOption.variant_id).in_(list(variant_ids)))
        .order_by(col(VariantOption.position))
    ).all()
    texts: dict[int, list[str]] = {}
    for option in rows:
        texts.setdefault(option.variant_id, []).append(f"{option.name}: {option.value}")
    return {variant_id: ", ".join(each) for variant_id, each in texts.items()}


def _pictures(session: Session, product_of: dict[int, int]) -> dict[int, Picture]:
    """Each variant's picture: its own first one, else the product's first common one, else its first."""
    every = session.exec(
        select(Picture)
        .where(col(Picture.product_id).in_(set(product_of.values())))
        .order_by(col(Picture.position), col(Picture.id))
    ).all()
    best = {variant_id: _best_picture(every, variant_id, product_id) for variant_id, product_id in product_of.items()}
    return {variant_id: picture for variant_id, picture in best.items() if picture is not None}


def _best_picture(every: Sequence[Picture], variant_id: int, product_id: int) -> Picture | None:
    of_product = [picture for picture in every if picture.product_id == product_id]
    rank = {variant_id: 0, None: 1}
    return min(of_product, key=lambda picture: rank.get(picture.variant_id, 2), default=None)


def _item(line: CartLine, variant: Variant, product: Product, facts: _Facts, wanted: Sequence[Pieces]) -> CartItem:
    unit = Unit(product.unit)
    steps = facts.steps.get(line.variant_id, ())
    everything = sum(quantity * pieces for quantity, pieces in wanted)
    price = prices.for_quantity(facts.prices[line.variant_id], steps, everything)
    free = facts.rolls.get(line.variant_id)
    split = lots.split(free, line.pieces) if free and unit is Unit.PIECE else ()
    others = [each for each in wanted if each[0] != line.quantity]  # a cart has one line of each length
    return CartItem(
        **_described(line, variant, product, facts),
        name=product.name,
        unit=unit,
        price=price,
        line_cents=line_cents(price.cents, line.quantity, unit, line.pieces),
        base_price=_base_price(price, unit, variant),
        weight_g=-(-variant.weight_g * line.pieces * line.quantity // SMALLEST_PER_PRICE_UNIT[unit]),
        problem=buyable.problem(product, variant, pieces=line.pieces, quantity=line.quantity, free=free, others=others),
        steps=steps,
        lots=split,
        notice=lots.notice(split, free or (), product.kind),
        offers_sample=product.offers_sample,
        thickness_mm=variant.thickness_mm,
        per_layer=variant.per_layer,
        withdrawal=product.withdrawal,
        withdrawal_note=exclusions.note(product.withdrawal, product.withdrawal_reason),
    )


# A swatch is not 150 cm wide, and no maker guarantees how long it lasts.
_OF_THE_WHOLE: dict[str, Any] = {"essentials": (), "guarantee": "", "guarantee_terms": "", "guarantee_label": ""}


def _sample(line: CartLine, variant: Variant, product: Product, facts: _Facts, terms: SampleTerms) -> CartItem:
    return CartItem(
        **_described(line, variant, product, facts) | _OF_THE_WHOLE,
        name=samples.NAME.format(name=product.name),
        unit=Unit.PIECE,
        price=CurrentPrice(terms.cents),
        line_cents=terms.cents,
        base_price="",
        weight_g=samples.WEIGHT_G,
        problem=_sample_problem(product, variant),
        is_sample=True,
        thickness_mm=samples.THICKNESS_MM,
        per_layer=samples.PER_LAYER,
    )


def _sample_problem(product: Product, variant: Variant) -> str:
    try:
        samples.check(product, variant)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _described(line: CartLine, variant: Variant, product: Product, facts: _Facts) -> dict[str, Any]:
    """What a sample has in common with the goods themselves."""
    assert line.id is not None
    assert product.id is not None
    picture = facts.pictures.get(line.variant_id)
    return {
        "line_id": line.id,
        "variant_id": line.variant_id,
        "product_id": product.id,
        "slug": product.slug,
        "options": facts.options.get(line.variant_id, ""),
        "sku": variant.sku,
        "pieces": line.pieces,
        "quantity": line.quantity,
        "vat_class": VatClass(product.vat_class),
        "fibres": facts.fibres.get(product.id, ""),
        "essentials": tuple(facts.essentials.get(product.id, ())),
        "delivery_time": _delivery_time(product),
        "picture_hash": picture.hash if picture else "",
        "picture_alt": picture.alt if picture else "",
        "picture_width": picture.width if picture else 0,
        "picture_height": picture.height if picture else 0,
        "warnings": product.warnings,
        **_guaranteed(product),
    }


def _guaranteed(product: Product) -> dict[str, str]:
    """What is said of the maker's guarantee of durability; nothing of one that is none any more."""
    line = duties.of(product).guarantee
    return {
        "guarantee": line,
        "guarantee_terms": product.guarantee_terms if line else "",
        "guarantee_label": product.guarantee_label if line else "",
    }


def _base_price(price: CurrentPrice, unit: Unit, variant: Variant) -> str:
    content_unit = Unit(variant.content_unit) if variant.content_unit else None
    base = base_price(price.cents, unit, variant.content, content_unit)
    return f"{format_cents(base.cents)} / {base.per}" if base else ""


def _delivery_time(product: Product) -> str:
    """Working days, as § 312j Abs. 2 BGB wants them above the order button."""
    least, most = product.delivery_days_min, product.delivery_days_max
    days = f"{most}" if least == most else f"{least}–{most}"
    return f"{days} Werktag{'' if days == '1' else 'e'}"
