"""What leaves the store now, in a parcel or over the counter: the lines that are ticked, and how many pieces."""

import re
import secrets
from typing import Any

from checkout import deliveries, inquiries
from checkout.deliveries import Part
from checkout.fulfilment import Going
from checkout.orders import Order
from shop.backoffice.typed import Typed
from shop.context import session

_PART = re.compile(r"teil-([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})")
_MOST_PIECES = 100_000


def going(typed: Typed) -> list[Going] | None:
    """The parts that a form has ticked, or all that is left (None) where it offered no choice.

    A field "teil-<line>-<variant>-<quantity>" holds how many pieces go; an empty one, or none, stays.
    """
    if not typed.ticked("auswahl"):
        return None
    found = []
    for name in typed.texts:
        if match := _PART.fullmatch(name):
            pieces = typed.number(name, 0, _MOST_PIECES) or 0
            if pieces:
                line_id, variant_id, quantity = (int(each) for each in match.groups())
                found.append(Going((line_id, variant_id, quantity), pieces))
    return found


def field_of(part: Part) -> str:
    """The name of a part's field."""
    return "teil-" + "-".join(map(str, part.size))


def facts(order: Order, typed: Typed) -> dict[str, Any]:
    """What an order's page says about parcels: those that left, what is to come, and a key for the next one."""
    every = deliveries.deliverable(session(), order)
    asked = inquiries.open_lines(session(), order)
    return {
        "parts_of": _by_line(every),
        "to_come": [part for part in every if part.left],
        "can_go_in_parts": len([part for part in every if part.left]) > 1 or any(part.left > 1 for part in every),
        "field_of": field_of,
        "asked_lines": asked,
        "shipments": [(each, deliveries.contents(session(), order, each)) for each in deliveries.of(session(), order)],
        "parcel_key": typed.raw("schluessel") or secrets.token_hex(16),
    }


def _by_line(parts: list[Part]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    for part in parts:
        found.setdefault(part.line.id or 0, []).append(part)
    return found
