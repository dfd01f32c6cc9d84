"""Pictures of goods: check, strip, keep the original by content hash, make sizes (Pillow)."""

from sqlmodel import Field, SQLModel


class Picture(SQLModel, table=True):
    """A picture of a product (or of one variant). The file lies under its content hash.

    `width` and `height` are those of the upright original, in pixels.
    """

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    variant_id: int | None = Field(default=None, foreign_key="variant.id", index=True)
    hash: str = Field(max_length=64, index=True)
    alt: str = ""
    position: int = 0
    width: int
    height: int
