"""Shipping: the owner's table of rates, and what fits a cart; pickup costs nothing."""

from dataclasses import dataclass

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.units import Unit, format_quantity

PICKUP = "pickup"


class ShippingRate(SQLModel, table=True):
    """One line of the owner's table: up to `max_weight_g` (None: any) to `country` for `price_cents`.

    `free_from_cents`: from this value of goods on it costs nothing (None: never).
    `for_samples`: a letter that carries nothing but samples; other carts are never offered it.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    country: str = Field(max_length=2, index=True)
    max_weight_g: int | None = None
    price_cents: int
    free_from_cents: int | None = None
    for_samples: bool = False
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


@dataclass(frozen=True)
class Parcel:
    """What is to be sent: where to, how heavy, of what value in cents; and whether it is nothing but samples."""

    country: str
    weight_g: int
    goods_cents: int
    is_samples: bool = False


def quotes(session: Session, parcel: Parcel) -> list[ShippingQuote]:
    """All rates that fit, in the owner's order; of several tiers with one name only the cheapest.

    Samples go by the rates that are meant for them, if any of these fits, else like other goods.
    The key of a quote is the rate's name, so that a heavier cart moves to the next tier by itself.
    """
    by_name: dict[str, ShippingQuote] = {}
    for rate in _fitting(session, parcel):
        quote = ShippingQuote(rate.name, rate.name, _cents(rate, parcel.goods_cents))
        standing = by_name.get(rate.name)
        if standing is None or quote.cents < standing.cents:
            by_name[rate.name] = quote
    return list(by_name.values())


def cheapest(session: Session, parcel: Parcel) -> ShippingQuote | None:
    """The cheapest rate that fits, for the cart page and for refunds (§ 357 Abs. 2 BGB); None if none fits."""
    return min(quotes(session, parcel), key=lambda quote: quote.cents, default=None)


def chosen(session: Session, key: str, parcel: Parcel) -> ShippingQuote | None:
    """The quote with this key, or pickup; None if it does not fit (any more)."""
    if key == PICKUP:
        return pickup()
    return next((quote for quote in quotes(session, parcel) if quote.key == key), None)


def pickup() -> ShippingQuote:
    """Fetching it in the store, which costs nothing."""
    return ShippingQuote(PICKUP, "Abholung im Laden", 0)


def why_none_fits(session: Session, parcel: Parcel) -> str:
    """Why `quotes` is empty, as a German sentence that says what to do; "" if something fits."""
    rates = [rate for rate in _rates_to(session, parcel.country) if parcel.is_samples or not rate.for_samples]
    if not rates:
        return "In dieses Land versenden wir leider nicht. Bitte fragen Sie uns, wir finden vielleicht einen Weg."
    if any(_carries(rate, parcel.weight_g) for rate in rates):
        return ""
    most = format_quantity(max(rate.max_weight_g or 0 for rate in rates), Unit.WEIGHT)
    return (
        f"Ihr Einkauf ist für ein Paket zu schwer (höchstens {most}). Bitte teilen Sie ihn auf oder rufen Sie uns an."
    )


def _fitting(session: Session, parcel: Parcel) -> list[ShippingRate]:
    carrying = [rate for rate in _rates_to(session, parcel.country) if _carries(rate, parcel.weight_g)]
    letters = [rate for rate in carrying if rate.for_samples]
    if parcel.is_samples and letters:
        return letters
    return [rate for rate in carrying if not rate.for_samples]


def _rates_to(session: Session, country: str) -> list[ShippingRate]:
    in_order = select(ShippingRate).order_by(col(ShippingRate.position), col(ShippingRate.id))
    return list(session.exec(in_order.where(ShippingRate.country == country)).all())


def _carries(rate: ShippingRate, weight_g: int) -> bool:
    return rate.max_weight_g is None or weight_g <= rate.max_weight_g


def _cents(rate: ShippingRate, goods_cents: int) -> int:
    is_free = rate.free_from_cents is not None and goods_cents >= rate.free_from_cents
    return 0 if is_free else rate.price_cents
