"""Typed attributes: facts about goods that can be shown, compared and filtered."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class AttributeKind(StrEnum):
    """What a value is: free text, a number with unit, or yes/no."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"


class AttributeType(SQLModel, table=True):
    """A fact that goods can have: key "width", label "Stoffbreite", unit "cm".

    A number is stored as a whole number of 10^-`decimals` units (3,5 mm with one decimal is 35).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    label: str = Field(max_length=80)
    kind: str = AttributeKind.TEXT.value
    unit: str = ""
    decimals: int = 0
    position: int = 0
    goods: str = ""  # the product kinds that are asked for it, separated by blanks


class AttributeValue(SQLModel, table=True):
    """The value a product has for a type: `text`, or `number` for NUMBER and YES_NO (0/1)."""

    __table_args__ = (UniqueConstraint("product_id", "type_id"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    type_id: int = Field(foreign_key="attributetype.id")
    text: str = ""
    number: int | None = None
