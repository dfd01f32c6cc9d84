"""Products and their variants: what is described once and what is put in the cart."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint, update
from sqlmodel import Field, Session, SQLModel, col

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
    vat_class: str = VatClass.STANDARD.value
    maker_id: int | None = Field(default=None, foreign_key="maker.id", index=True)
    warnings: str = ""
    delivery_days_min: int = 2
    delivery_days_max: int = 4
    published_at: datetime | None = moment(nullable=True, index=True)
    is_featured: bool = False
    created_at: datetime = moment()
    updated_at: datetime = moment()
    version: int = 1

    @property
    def is_published(self) -> bool:
        """Whether shoppers see it."""
        return self.published_at is not None

    @property
    def quantity_rule(self) -> QuantityRule:
        """What may be bought of it at once, stock aside."""
        return QuantityRule(Unit(self.unit), self.minimum, self.step)


class Variant(SQLModel, table=True):
    """One buyable form of a product (a colour, a size) with its own number, price and stock.

    `price_cents` is gross, per piece, metre or kilogram: the regular price (reductions are rows of
    their own). `on_hand` and `held` are in smallest units and always equal the sums of their
    ledgers; where `counts_stock` is false the stock is unknown and never refuses a sale.
    `content` is what a packed good holds (50 g, 300 cm), for its base price.
    `weight_g` is the shipping weight of a piece, of a metre, or of a kilogram.
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
    is_active: bool = True

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


def touch(session: Session, product_id: int, now: datetime) -> None:
    """Say that something about a product changed: its cached page is stale, the index must follow.

    Every rule that changes a product, its variants, prices, stock or pictures calls this in the
    same transaction.
    """
    session.exec(update(Product).where(col(Product.id) == product_id).values(version=Product.version + 1))
    session.add(SearchChange(product_id=product_id, queued_at=now))
    session.flush()
