"""Shipping: what a shopper is offered for a parcel, at what price, and why nothing else; pickup costs nothing.

The owner's table stands in checkout/rates.py, the limits and their sentences in checkout/limits.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from checkout import limits, rates
from checkout.limits import Parcel
from checkout.rates import Kind, ShippingMethod, ShippingRate, ShippingSurcharge, Tariff

__all__ = [
    "PICKUP", "Kind", "NotOffered", "Parcel", "ShippingMethod", "ShippingQuote", "ShippingRate", "ShippingSurcharge",
    "Survey", "cheapest", "chosen", "pickup", "quotes", "survey", "survey_of", "why_none_fits",
]  # fmt: skip

PICKUP = "pickup"
BY_MAIL = "Per E-Mail"  # as Order.delivery keeps it: no address is needed


@dataclass(frozen=True)
class ShippingQuote:
    """A way for this cart to its buyer. `key` is what CheckoutDetails.delivery and Order.delivery keep.

    `cents` is everything, `surcharge_cents` of it for the place, and `surcharge` says what for. `may_cost_more`: the
    postal code is not known yet, and for some places a surcharge is asked.
    """

    key: str
    name: str
    cents: int
    surcharge_cents: int = 0
    surcharge: str = ""
    may_cost_more: bool = False
    note: str = ""

    @property
    def is_pickup(self) -> bool:
        """Whether the buyer fetches it."""
        return self.key == PICKUP


@dataclass(frozen=True)
class NotOffered:
    """A way to send that does not take a parcel; `reason` goes on after the name and a colon."""

    name: str
    reason: str

    @property
    def sentence(self) -> str:
        """As it is said: "Warensendung: zu dick, höchstens 5 cm."."""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class Survey:
    """All ways to send to a country, those that take a parcel and those that do not, in the owner's order."""

    quotes: Sequence[ShippingQuote] = ()
    not_offered: Sequence[NotOffered] = ()

    @property
    def why_none(self) -> str:
        """Why nothing is offered, as German sentences that say what to do; "" if something is."""
        if self.quotes:
            return ""
        if not self.not_offered:
            return "In dieses Land versenden wir leider nicht. Bitte fragen Sie uns, wir finden vielleicht einen Weg."
        reasons = " ".join(each.sentence for each in self.not_offered)
        return f"So können wir Ihren Einkauf nicht schicken. {reasons} Bitte teilen Sie ihn auf oder rufen Sie uns an."


def survey(session: Session, parcel: Parcel) -> Survey:
    """What the owner's table offers for a parcel, and why nothing else. See `survey_of`."""
    return survey_of(rates.load(session), parcel)


def survey_of(tariff: Tariff, parcel: Parcel) -> Survey:
    """What a table offers for a parcel: of each way to send the cheapest tier that fits every limit.

    The order is that of the first tiers. Samples go by the tiers that are meant for them, if any of these fits, else
    like other goods; with other goods those tiers are not even mentioned.
    """
    meant = tariff.rates_to(parcel.country)
    letters = Survey()
    if parcel.is_samples:
        letters = _survey_among(tariff, [rate for rate in meant if rate.for_samples], parcel)
        if letters.quotes:
            return letters
    others = _survey_among(tariff, [rate for rate in meant if not rate.for_samples], parcel)
    return Survey(others.quotes, [*letters.not_offered, *others.not_offered])


def quotes(session: Session, parcel: Parcel) -> list[ShippingQuote]:
    """All ways to send that fit, in the owner's order; of several tiers of one only the cheapest.

    The key of a quote is the name of the way, so that a heavier cart moves to the next tier by itself.
    """
    return list(survey(session, parcel).quotes)


def cheapest(session: Session, parcel: Parcel) -> ShippingQuote | None:
    """The cheapest way that fits, for the cart page and for refunds (§ 357 Abs. 2 BGB); None if none fits."""
    return min(quotes(session, parcel), key=lambda quote: quote.cents, default=None)


def chosen(session: Session, key: str, parcel: Parcel) -> ShippingQuote | None:
    """The quote with this key, or pickup; None if it does not fit (any more)."""
    if key == PICKUP:
        return pickup()
    return next((quote for quote in quotes(session, parcel) if quote.key == key), None)


def pickup() -> ShippingQuote:
    """Fetching it in the store, which costs nothing."""
    return ShippingQuote(PICKUP, "Abholung im Laden", 0)


def by_mail() -> ShippingQuote:
    """What is nothing but gift vouchers comes as a letter by e-mail."""
    return ShippingQuote(BY_MAIL, BY_MAIL, 0)


def why_none_fits(session: Session, parcel: Parcel) -> str:
    """Why `quotes` is empty, as German sentences that say what to do; "" if something fits."""
    return survey(session, parcel).why_none


def _survey_among(tariff: Tariff, tiers: Sequence[ShippingRate], parcel: Parcel) -> Survey:
    offered: list[ShippingQuote] = []
    refused: list[NotOffered] = []
    for name in dict.fromkeys(rate.name for rate in tiers):
        method, of_it = tariff.method(name), [rate for rate in tiers if rate.name == name]
        reason = limits.why_not(tariff, method, of_it, parcel)
        if reason:
            refused.append(NotOffered(name, reason))
        else:
            offered.append(_quote(tariff, method, limits.fitting(method, of_it, parcel), parcel))
    return Survey(offered, refused)


def _quote(tariff: Tariff, method: ShippingMethod, fitting: Sequence[ShippingRate], parcel: Parcel) -> ShippingQuote:
    more = tariff.surcharge_at(method, parcel.country, parcel.postal_code) if parcel.postal_code else None
    surcharge_cents = more.cents or 0 if more else 0
    return ShippingQuote(
        key=method.name,
        name=method.name,
        cents=min(_cents(rate, parcel.goods_cents) for rate in fitting) + surcharge_cents,
        surcharge_cents=surcharge_cents,
        surcharge=more.label if more and surcharge_cents else "",
        may_cost_more=not parcel.postal_code
        and any(each.cents for each in tariff.surcharges_on(method, parcel.country)),
        note=method.note,
    )


def _cents(rate: ShippingRate, goods_cents: int) -> int:
    is_free = rate.free_from_cents is not None and goods_cents >= rate.free_from_cents
    return 0 if is_free else rate.price_cents
