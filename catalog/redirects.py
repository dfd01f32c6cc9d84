"""Old addresses: a renamed article or category is still found under what it was called before."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from catalog.times import moment


class OldSlug(SQLModel, table=True):
    """An address that a product, or a category, had once; it is never given to another one."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=90, index=True)
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    category_id: int | None = Field(default=None, foreign_key="category.id", index=True)
    left_at: datetime = moment()
