"""Remnants (Reststücke): what is left of a roll, proposed to the owner and sold as an article of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import duties, prices, products, readiness, stock, thickness, variants
from catalog.attributes import AttributeValue
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.products import Product, ProductCategory, Variant, VariantOption
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.stock import Why
from catalog.times import moment
from catalog.units import Unit, format_quantity, line_cents

AT_MOST = 20  # remnants that are made by themselves in one go: nobody waits long for the transaction


class Remnant(SQLModel, table=True):
    """The rest of a roll that became an article: `product_id`, cut from `variant_id`, `length` in smallest units."""

    id: int | None = Field(default=None, primary_key=True)
    roll_id: int = Field(foreign_key="roll.id", unique=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    length: int
    made_at: datetime = moment()
    author: str


@dataclass(frozen=True)
class Proposal:
    """A roll with less left than can be sold from it, and what it is of."""

    roll: Roll
    variant: Variant
    product: Product


class NotARemnant(Refusal):
    """Of this roll no remnant can be made: it is promised, used up, or is one already."""


def proposals(session: Session) -> list[Proposal]:
    """The rolls that the owner may want to make an article of, by variant: what is left is shorter than
    `rolls.remnant_limit`, nothing is promised of it, and she has not said that she keeps it. One query.
    """
    minimum = func.coalesce(Variant.minimum, Product.minimum)
    rows = session.exec(
        select(Roll, Variant, Product)
        .join(Variant, col(Variant.id) == Roll.variant_id)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(
            Product.unit == Unit.LENGTH.value,
            col(Roll.ended_at).is_(None),
            Roll.held == 0,
            Roll.on_hand > 0,
            or_(col(Roll.on_hand) < minimum, col(Roll.on_hand) < col(Product.remnant_below)),
            col(Roll.is_kept).is_(False),
            col(Roll.id).not_in(select(Remnant.roll_id)),
        )
        .order_by(col(Variant.id), col(Roll.id))
    ).all()
    return [Proposal(*row) for row in rows]


def price(metre_cents: int, length: int, percent: int) -> int:
    """What a remnant costs, in cents: the piece at the metre price of the day, reduced by at least `percent`."""
    return max(line_cents(metre_cents, length, Unit.LENGTH) * (100 - percent) // 100, 1)


def make(session: Session, roll: Roll, *, percent: int, now: datetime, author: str, publish: bool) -> Product:
    """Make an article of what is left of a roll, reduced by `percent` from the metre price, and end the roll.

    It is a draft unless it shall be published and lacks nothing. It shows its fabric's picture until
    it has its own. Raises NotARemnant, also where somebody has bought of the roll this very moment. Flushes.
    """
    with products.touched_once(session):
        source = session.get_one(Variant, roll.variant_id)
        session.flush()
        session.refresh(source, with_for_update={"key_share": True})
        session.refresh(roll)
        _check(session, roll, source)
        length = roll.on_hand
        product = _product_like(session, session.get_one(Product, source.product_id), source, length, now)
        stock.move(session, source, -length, Why.REMNANT, now=now, author=author, note=product.name, roll=roll)
        variant = _variant_like(session, product, source, roll, length, now=now, author=author)
        _reduce(session, variant, source, length, percent, now=now, author=author)
        assert roll.id is not None and source.id is not None and product.id is not None  # noqa: PT018
        session.add(
            Remnant(
                roll_id=roll.id, variant_id=source.id, product_id=product.id, length=length, made_at=now, author=author
            )
        )
        session.flush()
        if publish and not readiness.missing(session, product):
            products.publish(session, product, now)
    return product


def make_all(session: Session, *, percent: int, now: datetime, author: str) -> list[Product]:
    """Make articles of the first proposals whose fabric is on sale, published where they lack nothing. Flushes.

    A roll of which somebody buys meanwhile is left alone.
    """
    made = []
    with products.touched_once(session):
        for each in [each for each in proposals(session) if _is_on_sale(each)][:AT_MOST]:
            try:
                made.append(make(session, each.roll, percent=percent, now=now, author=author, publish=True))
            except NotARemnant:
                continue
    return made


def keep(session: Session, roll: Roll) -> None:
    """Propose this roll no more: the owner uses what is left herself. Flushes."""
    roll.is_kept = True
    session.add(roll)
    session.flush()


def _is_on_sale(proposal: Proposal) -> bool:
    return proposal.product.is_published and proposal.variant.is_active


def _check(session: Session, roll: Roll, source: Variant) -> None:
    if session.exec(select(Remnant.id).where(Remnant.roll_id == roll.id)).first() is not None:
        raise NotARemnant("Aus diesem Ballen ist schon ein Reststück geworden. Bitte legen Sie einen neuen Ballen an.")
    if roll.held:
        raise NotARemnant("Von diesem Ballen ist inzwischen etwas bestellt. Bitte schneiden Sie das zuerst zu.")
    if roll.ended_at is not None or roll.on_hand == 0 or source.longest is None:
        raise NotARemnant("Von diesem Ballen ist nichts mehr da.")
    if session.get_one(Product, source.product_id).unit != Unit.LENGTH:
        raise NotARemnant("Reststücke gibt es nur von Meterware.")


def _product_like(session: Session, source: Product, variant: Variant, length: int, now: datetime) -> Product:
    """A draft that says of itself what its source says, but is a single piece."""
    written = format_quantity(length, Unit.LENGTH)
    values = [option.value for option in _options(session, variant)]
    product = products.add(
        session,
        name=", ".join([f"Reststück {source.name}", *values, written])[:200],
        now=now,
        unit=Unit.PIECE,
        summary=f"Reststück, {written} am Stück. {source.summary}".strip(),
        description=source.description,
    )
    for name in (
        "kind", "vat_class", "maker_id", "warnings", "needs_no_warnings", "withdrawal", "withdrawal_reason",
        "delivery_days_min", "delivery_days_max", "guarantee_label", *duties.COLUMNS,
    ):  # fmt: skip
        setattr(product, name, getattr(source, name))
    assert source.id is not None
    assert product.id is not None
    for table in (FibreShare, AttributeValue, ProductCategory):
        _copy_rows(session, table, source.id, product.id)
    _copy_picture(session, variant, product.id)
    session.flush()
    return product


def _copy_rows(
    session: Session, table: type[FibreShare] | type[AttributeValue] | type[ProductCategory], of: int, to: int
) -> None:
    for row in session.exec(select(table).where(table.product_id == of)).all():
        session.add(table(**row.model_dump(exclude={"id", "product_id"}), product_id=to))


def _copy_picture(session: Session, variant: Variant, to: int) -> None:
    """The variant's own picture, else one of the whole product, else any."""
    every = session.exec(
        select(Picture).where(Picture.product_id == variant.product_id).order_by(col(Picture.position), col(Picture.id))
    ).all()
    rank = {variant.id: 0, None: 1}
    best = min(every, key=lambda picture: rank.get(picture.variant_id, 2), default=None)
    if best is not None:
        facts = best.model_dump(exclude={"id", "product_id", "variant_id", "position"})
        session.add(Picture(**facts, product_id=to))


def _variant_like(
    session: Session, product: Product, source: Variant, roll: Roll, length: int, *, now: datetime, author: str
) -> Variant:
    thickness_mm, per_layer = thickness.of_a_cut(source.thickness_mm, source.per_layer, length)
    variant = variants.add(
        session,
        product,
        sku=_free_sku(session, f"{source.sku[:66]}-R{roll.id}"),
        price_cents=line_cents(source.price_cents, length, Unit.LENGTH),
        options=[(option.name, option.value, option.swatch) for option in _options(session, source)],
        on_hand=1,
        why=Why.REMNANT,
        content=length,
        content_unit=Unit.LENGTH,
        weight_g=-(-source.weight_g * length // 100),
        thickness_mm=thickness_mm,
        per_layer=per_layer,
        now=now,
        author=author,
    )
    variant.cut_from_id = source.id
    session.flush()
    return variant


def _reduce(
    session: Session, variant: Variant, source: Variant, length: int, percent: int, *, now: datetime, author: str
) -> None:
    """Reduce it by at least so many per cent, also from a metre price that is reduced itself at the moment.

    Its reference is the history of its source (catalog/prices.py): a piece of it was on sale all along.
    """
    assert source.id is not None
    reduced = price(prices.current(session, [source.id], now)[source.id].cents, length, percent)
    if reduced < variant.price_cents:
        prices.reduce(session, variant, reduced, starts_at=now, ends_at=None, now=now, author=author)


def _options(session: Session, variant: Variant) -> Sequence[VariantOption]:
    options = select(VariantOption).where(VariantOption.variant_id == variant.id)
    return session.exec(options.order_by(col(VariantOption.position))).all()


def _free_sku(session: Session, wish: str) -> str:
    taken = set(session.exec(select(Variant.sku).where(col(Variant.sku).startswith(wish, autoescape=True))).all())
    return next(sku for sku in (wish, *(f"{wish}-{number}" for number in range(2, len(taken) + 3))) if sku not in taken)
