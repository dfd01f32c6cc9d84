"""The owner's table of shipping: ways to send, their tiers, and what hardly reached places cost more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select

from checkout import postal_codes


class Kind(StrEnum):
    """What a way to send is. A letter takes only goods whose thickness is known."""

    LETTER = "letter"
    PARCEL = "parcel"
    OWN = "own"  # brought by the shop itself


class ShippingMethod(SQLModel, table=True):
    """A way to send, by its name, which is what rates and orders keep of it.

    A rate whose name has no row here goes as an ordinary parcel without packing. `carrier` is a key of
    checkout/carriers.py or "". `packing_g` and `packing_mm` are what box, envelope and padding add to the goods.
    `plastic_g` of `packing_g` are plastics, the rest is paper and cardboard.
    `insured_cents`: goods that are worth more are not sent so (None: no such limit). `note` is said to the shopper,
    `memo` is the owner's own. `billing_number` is the carrier's for this contract (DHL: 14 signs), for its files.
    """

    name: str = Field(primary_key=True, max_length=80)
    kind: str = Kind.PARCEL.value
    carrier: str = ""
    packing_g: int = 0
    packing_mm: int = 0
    plastic_g: int = 0
    insured_cents: int | None = None
    billing_number: str = ""
    note: str = ""
    memo: str = ""
    position: int = 0


class ShippingRate(SQLModel, table=True):
    """One tier of a way to send (`name`): what fits its limits costs `price_cents`, gross.

    `country` is a code or several of them with blanks between ("DE", "AT BE NL"). `max_weight_g` and
    `max_thickness_mm` are of the whole, with packing; None: any. `min_goods_cents` and `max_goods_cents` bound the
    value of the goods, both included. `free_from_cents`: from this value of goods on it costs nothing but a
    surcharge (None: never). `for_samples`: it carries nothing but samples; other carts are never offered it.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    country: str = Field(max_length=120, index=True)
    max_weight_g: int | None = None
    max_thickness_mm: int | None = None
    min_goods_cents: int | None = None
    max_goods_cents: int | None = None
    price_cents: int
    free_from_cents: int | None = None
    for_samples: bool = False
    position: int = 0

    @property
    def countries(self) -> list[str]:
        """The codes of the countries that it goes to."""
        return self.country.split()


class ShippingSurcharge(SQLModel, table=True):
    """What is asked more where a carrier reaches an address with difficulty, or that nothing is sent there.

    `codes` are ranges of postal codes of `country`, as checkout/postal_codes.py reads them. `cents` None: not sent
    there. It holds for the way to send `method`; "" stands for all parcels and own deliveries, and `with_letters` for
    letters as well.
    """

    id: int | None = Field(default=None, primary_key=True)
    label: str = Field(max_length=80)
    country: str = Field(max_length=2)
    codes: str
    cents: int | None = None
    method: str = ""
    with_letters: bool = False

    def concerns(self, method: ShippingMethod) -> bool:
        """Whether it holds for a way to send."""
        return self.method == method.name if self.method else self.with_letters or method.kind != Kind.LETTER


@dataclass(frozen=True)
class Tariff:
    """The owner's whole table, read once."""

    methods: Mapping[str, ShippingMethod] = field(default_factory=dict)
    rates: Sequence[ShippingRate] = ()
    surcharges: Sequence[ShippingSurcharge] = ()

    def method(self, name: str) -> ShippingMethod:
        """A way to send; one that was never described is an ordinary parcel."""
        return self.methods.get(name) or ShippingMethod(name=name)

    def names(self) -> list[str]:
        """All ways to send, in the owner's order, which is that of their first tiers."""
        return list(dict.fromkeys([*(rate.name for rate in self.rates), *self.methods]))

    def rates_to(self, country: str) -> list[ShippingRate]:
        """The tiers of all ways to send to a country."""
        return [rate for rate in self.rates if country in rate.countries]

    def surcharges_on(self, method: ShippingMethod, country: str) -> list[ShippingSurcharge]:
        """What may be asked more in a country, or where it is not sent to."""
        return [each for each in self.surcharges if each.country == country and each.concerns(method)]

    def surcharge_at(self, method: ShippingMethod, country: str, postal_code: str) -> ShippingSurcharge | None:
        """What holds at a postal code: that it is not sent there, else the dearest of all that hold; None if none."""
        there = [each for each in self.surcharges_on(method, country) if postal_codes.holds(each.codes, postal_code)]
        return max(there, key=lambda each: (each.cents is None, each.cents or 0), default=None)


def load(session: Session) -> Tariff:
    """The owner's table in her order."""
    methods = {each.name: each for each in session.exec(select(ShippingMethod)).all()}
    rates = session.exec(select(ShippingRate).order_by(col(ShippingRate.position), col(ShippingRate.id))).all()
    surcharges = session.exec(select(ShippingSurcharge).order_by(col(ShippingSurcharge.id))).all()
    return Tariff(methods, rates, surcharges)
