"""Products and their variants: what is described once and what is put in the cart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint, bindparam, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import bulk, slugs
from catalog.exclusions import Exclusion
from catalog.search.queue import SearchChange
from catalog.times import moment
from catalog.units import QuantityRule, Unit
from catalog.vat import VatClass


class Kind(StrEnum):
    """What sort of goods it is; decides which attributes are asked for."""

    FABRIC = "fabric"
    YARN = "yarn"
    BUTTON = "button"
    RIBBON = "ribbon"
    ZIP = "zip"
    THREAD = "thread"
    TOOL = "tool"
    OTHER = "other"


class Product(SQLModel, table=True):
    """One article as the shopper sees it. Quantities are in smallest units (pieces, cm, g)."""

    __table_args__ = (
        CheckConstraint("minimum > 0 AND step > 0", name="sane_quantities"),
        CheckConstraint("delivery_days_min >= 0 AND delivery_days_max >= delivery_days_min", name="sane_delivery"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=90)
    name: str = Field(max_length=200)
    summary: str = ""
    description: str = ""  # Markdown
    kind: str = Kind.OTHER.value
    unit: str = Unit.PIECE.value
    minimum: int = 1
    step: int = 1
    maximum: int | None = None  # the most of it at once: of one cut, or of pieces in a line
    shown_per: int | None = None  # the price is shown per so many smallest units: 50 is "je 0,5 m"; None: per m, kg …
    remnant_below: int = 0  # a roll with less than this left is a remnant; 0: as soon as `minimum` does not fit
    offers_sample: bool = False  # shoppers may order a swatch of it (Stoffmuster)
    vat_class: str = VatClass.STANDARD.value
    maker_id: int | None = Field(default=None, foreign_key="maker.id", index=True)
    warnings: str = ""
    needs_no_warnings: bool = False  # the owner has said that there is nothing to warn of (Art. 19 GPSR)
    is_old_stock: bool = False  # was placed on the market before 13 December 2024: Art. 51 GPSR asks less of it
    is_electric: bool = False
    weee_number: str = Field(default="", max_length=40)  # of the producer (§ 6 ElektroG)
    has_battery: bool = False
    guarantee_months: int | None = None  # the maker's guarantee of durability: more than 24, in half years
    guarantee_brand: str = ""
    guarantee_model: str = ""
    guarantee_terms: str = ""  # § 479 BGB
    guarantee_label: str = Field(default="", max_length=80)  # the maker's GARAN label: a file in artwork/
    claim_evidence: str = ""  # what a green claim rests on (Annex to § 3 (3) UWG, no. 4a)
    claim_link: str = ""
    repair_info: str = ""  # repairability, spare parts, updates, where the maker says something of it
    withdrawal: str = Field(default=Exclusion.NORMAL.value, sa_column_kwargs={"server_default": "normal"})
    withdrawal_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})  # why it may not be sent back
    delivery_days_min: int = 2
    delivery_days_max: int = 4
    published_at: datetime | None = moment(nullable=True, index=True)
    withdrawn_at: datetime | None = moment(nullable=True)  # the owner took it out of the shop on purpose
    is_featured: bool = False
    created_at: datetime = moment()
    updated_at: datetime = moment()
    updated_by: str = Field(default="", sa_column_kwargs={"server_default": ""})  # who did, "" where nobody was noted
    version: int = Field(default=1, index=True)  # counts what happened to it; lists sum it up

    @property
    def is_published(self) -> bool:
        """Whether shoppers see it."""
        return self.published_at is not None

    @property
    def quantity_rule(self) -> QuantityRule:
        """What may be bought of it at once, stock and the variants' own rules aside."""
        return QuantityRule(Unit(self.unit), self.minimum, self.step, self.maximum)

    def rule_of(self, variant: "Variant") -> QuantityRule:
        """What may be bought of a variant at once: its own minimum, step and maximum, else the product's."""
        return QuantityRule(
            Unit(self.unit),
            variant.minimum or self.minimum,
            variant.step or self.step,
            variant.maximum or self.maximum,
        )


class Variant(SQLModel, table=True):
    """One buyable form of a product (a colour, a size) with its own number, price and stock.

    `price_cents` is gross, per piece, metre or kilogram: the regular price (reductions are rows of
    their own). `on_hand` and `held` are in smallest units and always equal the sums of their
    ledgers; where `counts_stock` is false the stock is unknown and never refuses a sale.
    `content` is what a packed good holds (50 g, 300 cm), for its base price.
    `longest` is what one roll (or one dye lot) alone still gives, kept beside the rolls as `on_hand` is
    kept beside the movements; None where the goods lie on no rolls. See catalog/rolls.py.
    `minimum`, `step`, `maximum` override the product's. `rrp_cents` is the maker's recommended price
    per price unit as of `rrp_since`. `reorder_at`: from this stock on it stands on the list to reorder.
    `cut_from_id`: a remnant, cut from this variant; its `content` is its length.
    `weight_g` is the shipping weight of a piece, of a metre, or of a kilogram; `thickness_mm` is how thick that is
    when packed flat (None: unknown, so no letter takes it), and `per_layer` how many of it lie side by side in an
    envelope of about A4. See checkout/packing.py.
    """

    __table_args__ = (
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("NOT counts_stock OR on_hand >= held", name="never_oversold"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    sku: str = Field(unique=True, max_length=80)
    gtin: str = Field(default="", max_length=14, index=True)
    position: int = 0
    price_cents: int
    counts_stock: bool = True
    on_hand: int = 0
    held: int = 0
    content: int | None = None
    content_unit: str | None = None
    weight_g: int = 0
    thickness_mm: int | None = None
    per_layer: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    is_active: bool = True
    longest: int | None = None
    minimum: int | None = None
    step: int | None = None
    maximum: int | None = None
    rrp_cents: int | None = None
    rrp_since: datetime | None = moment(nullable=True)
    reorder_at: int | None = None
    cut_from_id: int | None = Field(default=None, foreign_key="variant.id", index=True)

    @property
    def available(self) -> int | None:
        """What can still be sold, in smallest units; None where stock is not counted."""
        return self.on_hand - self.held if self.counts_stock else None


class VariantOption(SQLModel, table=True):
    """One option of a variant: name "Farbe", value "Petrol", and a swatch such as "#0f6b6e"."""

    __table_args__ = (UniqueConstraint("variant_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    position: int = 0
    name: str = Field(max_length=60)
    value: str = Field(max_length=120)
    swatch: str = ""


class ProductCategory(SQLModel, table=True):
    """A product stands in a category; position 0 is its main one."""

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    category_id: int = Field(foreign_key="category.id", primary_key=True, index=True)
    position: int = 0


class OnSale(SQLModel, table=True):
    """A time in which a product was offered to shoppers, until now where `until` is None; appended.

    Only prices of such times were asked of anybody: § 11 PAngV counts no others.
    """

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    since: datetime = moment()
    until: datetime | None = moment(nullable=True)


_GATHERED = "dorfladen.touched"
_REWORDED = "dorfladen.reworded"


def touch(session: Session, product_id: int, now: datetime, *, words: bool = True) -> None:
    """Say that something about a product changed: its cached page is stale, the index must follow.

    Every rule that changes a product, its variants, prices, stock or pictures calls this in the
    same transaction. Without `words` it is called and described as before, and still on offer or still not.
    """
    if words:
        session.info.setdefault(_REWORDED, set()).add(product_id)
    gathered = session.info.get(_GATHERED)
    if gathered is not None:
        gathered[product_id] = now
        return
    session.exec(update(Product).where(col(Product.id) == product_id).values(version=Product.version + 1))
    session.add(SearchChange(product_id=product_id, queued_at=now))
    session.flush()


def reworded(session: Session) -> set[int]:
    """The products whose words this session has touched since it was last asked; from now on they are none."""
    touched: set[int] = session.info.pop(_REWORDED, set())
    return touched


def touch_in(session: Session, category_ids: Sequence[int], now: datetime) -> None:
    """Touch all products of some categories: what a category is called is found in the search, too."""
    placed = select(ProductCategory.product_id).where(col(ProductCategory.category_id).in_(category_ids)).distinct()
    for product_id in sorted(session.exec(placed).all()):
        touch(session, product_id, now)


@contextmanager
def touched_once(session: Session) -> Iterator[None]:
    """Say at the end of the block, once for each product, what is touched within it.

    For imports: one transaction that changes thousands of facts needs no more than one word per product.
    The products come in the order of their ids, so that two such blocks never wait for each other in a ring.
    """
    if _GATHERED in session.info:
        yield  # the block around this one will say it
        return
    gathered: dict[int, datetime] = {}
    session.info[_GATHERED] = gathered
    try:
        yield
    finally:
        del session.info[_GATHERED]
    touch_many(session, gathered, words=False)  # those whose words were touched have been noted already


def touch_many(session: Session, moments: Mapping[int, datetime], *, words: bool = True) -> None:
    """Touch products, each once and at its moment, in the order of their ids; two statements. `words` as in touch()."""
    if words:
        session.info.setdefault(_REWORDED, set()).update(moments)
    gathered = session.info.get(_GATHERED)
    if gathered is not None:
        gathered.update(moments)
        return
    session.flush()
    ids = sorted(moments)
    counted = update(Product).where(col(Product.id) == bindparam("which")).values(version=Product.version + 1)
    if ids:
        session.connection().execute(counted, [{"which": each} for each in ids])
    bulk.forget(session, Product, set(ids))
    bulk.insert(session, SearchChange, ("product_id", "queued_at"), ((each, moments[each]) for each in ids))


def add(
    session: Session,
    *,
    name: str,
    now: datetime,
    unit: Unit = Unit.PIECE,
    kind: str = Kind.OTHER,
    minimum: int = 1,
    step: int = 1,
    vat_class: VatClass = VatClass.STANDARD,
    slug: str | None = None,
    summary: str = "",
    description: str = "",
) -> Product:
    """Add a product as a draft. `minimum` and `step` are in smallest units. Flushes.

    `slug` is taken as wished if it is free, else it gets a number; by default it comes from the name.
    """
    product = Product(
        slug=slugs.free(slug or name, slugs_like(session, slugs.slugify(slug or name))),
        name=name,
        summary=summary,
        description=description,
        kind=kind,
        unit=unit,
        minimum=minimum,
        step=step,
        vat_class=vat_class,
        created_at=now,
        updated_at=now,
    )
    session.add(product)
    session.flush()
    assert product.id is not None
    touch(session, product.id, now)
    return product


def publish(session: Session, product: Product, now: datetime) -> None:
    """Show a product to shoppers; the moment of the first publishing stays. Flushes."""
    assert product.id is not None
    if not product.is_published:
        product.published_at = now
        session.add(OnSale(product_id=product.id, since=now))
    product.withdrawn_at = None
    session.flush()
    touch(session, product.id, now)


def unpublish(session: Session, product: Product, now: datetime, *, on_purpose: bool = True) -> None:
    """Make a product a draft again; one that was taken away on purpose is not put back with others. Flushes."""
    assert product.id is not None
    if product.is_published:
        product.published_at = None
        session.flush()
        open_times = (col(OnSale.product_id) == product.id, col(OnSale.until).is_(None))
        session.exec(update(OnSale).where(*open_times).values(until=now))
    product.withdrawn_at = now if on_purpose else None
    session.flush()
    touch(session, product.id, now)


def place_in(session: Session, product_id: int, category_ids: Sequence[int], now: datetime) -> None:
    """Put a product into exactly these categories, the main one first. Nothing happens if it stands so."""
    standing = session.exec(
        select(ProductCategory.category_id)
        .where(ProductCategory.product_id == product_id)
        .order_by(col(ProductCategory.position))
    ).all()
    wanted = list(dict.fromkeys(category_ids))
    if list(standing) == wanted:
        return
    if standing:
        session.exec(delete(ProductCategory).where(col(ProductCategory.product_id) == product_id))
    for position, category_id in enumerate(wanted):
        session.add(ProductCategory(product_id=product_id, category_id=category_id, position=position))
    session.flush()
    touch(session, product_id, now)


def set_options(session: Session, variant: Variant, options: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Give a variant exactly these options, as (name, value, swatch). Nothing happens if it has them."""
    assert variant.id is not None
    wanted = list(options)
    standing = session.exec(
        select(VariantOption).where(VariantOption.variant_id == variant.id).order_by(col(VariantOption.position))
    ).all()
    if [(each.name, each.value, each.swatch) for each in standing] == wanted:
        return
    if standing:
        session.exec(delete(VariantOption).where(col(VariantOption.variant_id) == variant.id))
    for position, (name, value, swatch) in enumerate(wanted):
        session.add(VariantOption(variant_id=variant.id, position=position, name=name, value=value, swatch=swatch))
    session.flush()
    touch(session, variant.product_id, now)


def slugs_like(session: Session, base: str) -> set[str]:
    """The addresses that products have or had and that begin so."""
    standing = select(Product.slug).where(col(Product.slug).startswith(base, autoescape=True))
    return set(session.exec(standing).all()) | slugs.left_by_products(session, base)
