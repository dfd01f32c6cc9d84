"""How thick a parcel becomes: goods lie side by side, layer on layer, as one packs an envelope.

A variant tells how thick one of it is (a piece, or a metre folded or wound up) and how many of that lie side by side
in a layer, in an envelope of about A4. The thickest come first and fill the lowest layer; when it is full, the next
one begins. Each layer is as thick as its thickest piece. Half a metre takes half the room of a metre.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Protocol

from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit
from checkout.limits import Parcel

Lying = tuple[int, Fraction]  # how thick it is in mm, and how many layers it fills


class Packed(Protocol):
    """What is needed of a line. A CartItem has it all."""

    @property
    def name(self) -> str:
        """What the goods are called."""
        ...

    @property
    def unit(self) -> Unit:
        """How they are measured."""
        ...

    @property
    def total_quantity(self) -> int:
        """All of the line, in smallest units."""
        ...

    @property
    def weight_g(self) -> int:
        """Grams of the whole line."""
        ...

    @property
    def line_cents(self) -> int:
        """Gross cents of the whole line."""
        ...

    @property
    def thickness_mm(self) -> int | None:
        """How thick a piece, a metre, a kilogram is; None if nobody has measured it."""
        ...

    @property
    def per_layer(self) -> int:
        """How many of that lie side by side."""
        ...

    @property
    def is_sample(self) -> bool:
        """Whether it is a swatch."""
        ...


def parcel(items: Sequence[Packed], country: str, postal_code: str = "") -> Parcel:
    """What is to be sent of some lines: their weight, thickness and value. Vouchers do not lessen the value."""
    unmeasured = tuple(dict.fromkeys(item.name for item in items if item.thickness_mm is None))
    return Parcel(
        country=country,
        weight_g=sum(item.weight_g for item in items),
        goods_cents=sum(item.line_cents for item in items),
        is_samples=bool(items) and all(item.is_sample for item in items),
        thickness_mm=None if unmeasured else thickness_mm(_lying(items)),
        postal_code=postal_code,
        unmeasured=unmeasured,
    )


def thickness_mm(goods: Iterable[Lying]) -> int:
    """The thickness of all layers together, in mm. More goods never make it thinner."""
    thick, filled, layers = 0, Fraction(0), 0
    for each_mm, room in sorted(goods, reverse=True):
        filled += room
        begun = -(-filled // 1)  # the layers that this kind of goods reaches into
        thick += each_mm * (begun - layers)
        layers = begun
    return thick


def _lying(items: Iterable[Packed]) -> Iterator[Lying]:
    for item in items:
        assert item.thickness_mm is not None
        yield item.thickness_mm, Fraction(item.total_quantity, SMALLEST_PER_PRICE_UNIT[item.unit] * item.per_layer)
