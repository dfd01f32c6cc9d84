"""Remnants (Reststücke): what is left of a roll, sold as an article of its own."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class Remnant(SQLModel, table=True):
    """The rest of a roll that became an article: `product_id`, cut from `variant_id`, `length` in smallest units."""

    id: int | None = Field(default=None, primary_key=True)
    roll_id: int = Field(foreign_key="roll.id", unique=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    length: int
    made_at: datetime = moment()
    author: str
