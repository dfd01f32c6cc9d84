"""What a list of goods needs on every page that has one: what is asked for, and the ways on from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from catalog import filters
from catalog.filters import Asked, Narrowed
from catalog.orders import Order

ORDERS: Sequence[tuple[str, str]] = (
    (Order.NEWEST.value, "Neu"),
    (Order.CHEAPEST.value, "Preis aufsteigend"),
    (Order.DEAREST.value, "Preis absteigend"),
    (Order.BASE_PRICE.value, "Grundpreis"),
    (Order.NAME.value, "Name"),
)
PER_PAGE = 24
_LAST_PAGE = 2000


@dataclass(frozen=True)
class Paging:
    """Where one stands in a list, counted from page 1."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def shown(self) -> list[int | None]:
        """The numbers to show: the first, the last, and those around here; None is a gap."""
        near = {1, self.pages, *range(max(1, self.number - 1), min(self.pages, self.number + 1) + 1)}
        numbers: list[int | None] = []
        for each in sorted(near):
            if numbers and each - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(each)
        return numbers


def asked_page() -> int:
    """The page number of the address; 1 where there is none or it makes no sense."""
    asked = request.args.get("seite", "1")
    return min(max(int(asked), 1), _LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def skipped(number: int) -> int:
    """How many goods stand before a page."""
    return (number - 1) * PER_PAGE


def asked_order(orders: Sequence[tuple[str, str]]) -> Order:
    """The order of the address, one of those offered as (value, label); the first of them where it is none."""
    asked = request.args.get("sortierung", "")
    return Order(next((value for value, _ in orders if value == asked), orders[0][0]))


def asked_filters() -> Asked:
    """The parameters of filters; a form sends its empty fields, too."""
    named = {
        name: [text for text in texts if text] for name, texts in request.args.lists() if filters.is_parameter(name)
    }
    return {name: texts for name, texts in named.items() if texts}


def addresses(
    path: str, narrowed: Narrowed, order: Order, usual: Order, always: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The ways from a list: `chips` (label, address) without one of the things chosen, `everything` without all of
    them, `page_address` to the other pages, which ends with "seite=".

    `usual` is the order that needs no saying; `always` are parameters that each address has.
    """
    sorting = [] if order is usual else [("sortierung", order.value)]

    def address(parameters: Sequence[tuple[str, str]]) -> str:
        query = urlencode([*always, *parameters, *sorting])
        return f"{path}?{query}" if query else path

    return {
        "chips": [(each.label, address(narrowed.without(each))) for each in narrowed.chosen],
        "everything": address([]),
        "page_address": "?" + urlencode([*always, *narrowed.parameters, ("sortierung", order.value), ("seite", "")]),
    }
