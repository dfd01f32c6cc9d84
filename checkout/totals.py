"""The only place that sums: goods, shipping, and the tax contained in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from catalog.vat import VatClass


class Summed(Protocol):
    """What is needed of a line: its gross cents and how it is taxed. A CartItem has both."""

    @property
    def line_cents(self) -> int:
        """Gross cents of the whole line."""
        ...

    @property
    def vat_class(self) -> VatClass:
        """How it is taxed."""
        ...


@dataclass(frozen=True)
class VatShare:
    """One rate's part of an order, in cents; `gross_cents` holds its part of the shipping too."""

    permille: int
    gross_cents: int
    vat_cents: int


@dataclass(frozen=True)
class Totals:
    """What an order comes to, in gross cents. `vat` is empty for small businesses (§ 19 UStG)."""

    goods_cents: int
    shipping_cents: int
    total_cents: int
    vat: tuple[VatShare, ...]


def totals(items: Iterable[Summed], shipping_cents: int, *, is_small_business: bool, on: date) -> Totals:
    """Sum lines and shipping up, and take the tax of a day out of the gross sum of each rate.

    Shipping is taxed as the goods it brings: it is split over their rates in proportion to their
    gross value, in whole cents that add up. Each rate's tax is rounded once, half up. Highest rate first.
    """
    raise NotImplementedError
