"""Kinds of goods: what sorts of things the shop sells; they decide which attributes are asked for."""

from sqlmodel import Field, SQLModel

from catalog.units import Unit


class GoodsKind(SQLModel, table=True):
    """A kind such as key "fabric", label "Stoff". `is_textile`: its fibres must be named (VO (EU) 1007/2011).

    `unit` is how goods of this kind are usually sold. The built-in keys are those of `products.Kind`.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    label: str = Field(unique=True, max_length=80)
    unit: str = Unit.PIECE.value
    is_textile: bool = False
    position: int = 0
