"""Shipping: the owner's table of rates, and what fits a cart; pickup costs nothing."""

from dataclasses import dataclass

from sqlmodel import Field, Session, SQLModel

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


@dataclass(frozen=True)
class ShippingQuote:
    """A way for this cart to its buyer. `key` is what CheckoutDetails.delivery and Order.delivery keep."""

    key: str
    name: str
    cents: int

    @property
    def is_pickup(self) -> bool:
        """Whether the buyer fetches it."""
        return self.key == PICKUP


def quotes(session: Session, *, country: str, weight_g: int, goods_cents: int) -> list[ShippingQuote]:
    """All rates that fit, in the owner's order; of several tiers with one name only the cheapest.

    The key of a quote is the rate's name, so that a heavier cart moves to the next tier by itself.
    """
    raise NotImplementedError


def cheapest(session: Session, *, country: str, weight_g: int, goods_cents: int) -> ShippingQuote | None:
    """The cheapest rate that fits, for the cart page and for refunds (§ 357 Abs. 2 BGB); None if none fits."""
    raise NotImplementedError


def chosen(session: Session, key: str, *, country: str, weight_g: int, goods_cents: int) -> ShippingQuote | None:
    """The quote with this key, or pickup; None if it does not fit (any more)."""
    raise NotImplementedError


def pickup() -> ShippingQuote:
    """Fetching it in the store, which costs nothing."""
    raise NotImplementedError


def why_none_fits(session: Session, *, country: str, weight_g: int) -> str:
    """Why `quotes` is empty, as a German sentence that says what to do; "" if something fits."""
    raise NotImplementedError
