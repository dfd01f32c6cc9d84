"""The only place that sums: goods, shipping, and the tax contained in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from catalog.vat import GERMAN, Taxation, VatClass, contained_cents


class Summed(Protocol):
    """What is needed of a line: its gross cents, what vouchers take off them, how it is taxed. A CartItem has all."""

    @property
    def line_cents(self) -> int:
        """Gross cents of the whole line."""
        ...

    @property
    def discount_cents(self) -> int:
        """What vouchers take off them."""
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
    """What an order comes to, in gross cents. `vat` is empty for small businesses (§ 19 UStG).

    `goods_cents` are without `discount_cents` taken off; `total_cents` are. `taxation` is where it is taxed.
    """

    goods_cents: int
    shipping_cents: int
    total_cents: int
    vat: tuple[VatShare, ...]
    discount_cents: int = 0
    taxation: Taxation = GERMAN


def totals(
    items: Iterable[Summed], shipping_cents: int, *, is_small_business: bool, on: date, taxation: Taxation = GERMAN
) -> Totals:
    """Sum lines and shipping up, and take the tax of a day out of the gross sum of each rate.

    Gross is the truth: where it is taxed (`taxation`) changes the tax inside, never the price.

    A discount lowers what is taxed (§ 17 Abs. 1 UStG). Shipping is taxed as the goods it brings: it is split
    over their rates in proportion to their gross value, in whole cents that add up. Each rate's tax is
    rounded once, half up. Highest rate first.
    """
    items = list(items)
    goods = _goods_by_rate(items, on, taxation)
    discount_cents = sum(item.discount_cents for item in items)
    net_cents = sum(goods.values())
    vat = () if is_small_business else _vat_shares(goods, shipping_cents)
    return Totals(net_cents + discount_cents, shipping_cents, net_cents + shipping_cents, vat, discount_cents, taxation)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to some weights, in whole cents that add up (largest remainder).

    Equal remainders go to the first; where all weights are zero the first gets everything.
    """
    whole = sum(weights)
    if whole == 0:
        return [amount if position == 0 else 0 for position in range(len(weights))]
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda position: -(amount * weights[position] % whole))
    for position in by_remainder[: amount - sum(parts)]:
        parts[position] += 1
    return parts


def _goods_by_rate(items: Iterable[Summed], on: date, taxation: Taxation) -> dict[int, int]:
    goods: dict[int, int] = {}
    for item in items:
        permille = taxation.permille(item.vat_class, on)
        goods[permille] = goods.get(permille, 0) + item.line_cents - item.discount_cents
    return dict(sorted(goods.items(), reverse=True))


def _vat_shares(goods: dict[int, int], shipping_cents: int) -> tuple[VatShare, ...]:
    shipping = split(shipping_cents, list(goods.values()))
    return tuple(
        VatShare(permille, cents + brought, contained_cents(cents + brought, permille))
        for (permille, cents), brought in zip(goods.items(), shipping, strict=True)
    )
