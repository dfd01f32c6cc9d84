"""Shipping: the owner's table of rates, and what fits a cart; pickup costs nothing."""

from sqlmodel import Field, SQLModel

PICKUP = "pickup"


class ShippingRate(SQLModel, table=True):
    """One line of the owner's table: up to `max_weight_g` (None: any) to `country` for `price_cents`.

    `free_from_cents`: from this value of goods on it costs nothing (None: never).
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    country: str = Field(max_length=2, index=True)
    max_weight_g: int | None = None
    price_cents: int
    free_from_cents: int | None = None
    position: int = 0
