"""Shipping: the owner's table of rates, and what fits a cart; pickup costs nothing."""

from dataclasses import dataclass

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.units import Unit, format_quantity

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
    for_samples: bool = False  # a letter for orders of nothing but samples
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
    by_name: dict[str, ShippingQuote] = {}
    for rate in _rates_to(session, country):
        quote = ShippingQuote(rate.name, rate.name, _cents(rate, goods_cents))
        standing = by_name.get(rate.name)
        if _carries(rate, weight_g) and (standing is None or quote.cents < standing.cents):
            by_name[rate.name] = quote
    return list(by_name.values())


def cheapest(session: Session, *, country: str, weight_g: int, goods_cents: int) -> ShippingQuote | None:
    """The cheapest rate that fits, for the cart page and for refunds (§ 357 Abs. 2 BGB); None if none fits."""
    fitting = quotes(session, country=country, weight_g=weight_g, goods_cents=goods_cents)
    return min(fitting, key=lambda quote: quote.cents, default=None)


def chosen(session: Session, key: str, *, country: str, weight_g: int, goods_cents: int) -> ShippingQuote | None:
    """The quote with this key, or pickup; None if it does not fit (any more)."""
    if key == PICKUP:
        return pickup()
    fitting = quotes(session, country=country, weight_g=weight_g, goods_cents=goods_cents)
    return next((quote for quote in fitting if quote.key == key), None)


def pickup() -> ShippingQuote:
    """Fetching it in the store, which costs nothing."""
    return ShippingQuote(PICKUP, "Abholung im Laden", 0)


def why_none_fits(session: Session, *, country: str, weight_g: int) -> str:
    """Why `quotes` is empty, as a German sentence that says what to do; "" if something fits."""
    rates = _rates_to(session, country)
    if not rates:
        return "In dieses Land versenden wir leider nicht. Bitte fragen Sie uns, wir finden vielleicht einen Weg."
    if any(_carries(rate, weight_g) for rate in rates):
        return ""
    most = format_quantity(max(rate.max_weight_g or 0 for rate in rates), Unit.WEIGHT)
    return (
        f"Ihr Einkauf ist für ein Paket zu schwer (höchstens {most}). Bitte teilen Sie ihn auf oder rufen Sie uns an."
    )


def _rates_to(session: Session, country: str) -> list[ShippingRate]:
    in_order = select(ShippingRate).order_by(col(ShippingRate.position), col(ShippingRate.id))
    return list(session.exec(in_order.where(ShippingRate.country == country)).all())


def _carries(rate: ShippingRate, weight_g: int) -> bool:
    return rate.max_weight_g is None or weight_g <= rate.max_weight_g


def _cents(rate: ShippingRate, goods_cents: int) -> int:
    is_free = rate.free_from_cents is not None and goods_cents >= rate.free_from_cents
    return 0 if is_free else rate.price_cents
