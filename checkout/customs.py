"""What a parcel to a third country declares to the customs: what is in it, how heavy, and what it is worth."""

from collections.abc import Sequence

from sqlmodel import Session

from catalog.money import format_cents
from catalog.products import Variant
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, format_quantity
from checkout import amendments
from checkout.deliveries import Part, amount_in_words
from checkout.orders import Order
from checkout.trade import EXPORT


def declared(session: Session, order: Order, parts: Sequence[Part]) -> list[str]:
    """Lines for the delivery note of an export: goods with net weight and value in euros; [] for all other orders.

    Tariff number and origin are added by hand: the shop does not know them.
    """
    if order.vat_category != EXPORT:
        return []
    rows = [(part, _weight_g(session, part), _worth_cents(part)) for part in parts]
    lines = [
        f"– {amount_in_words(part.goods.quantity, part.goods.pieces, Unit(part.line.unit))} {part.goods.name}"
        f"{f' ({part.line.fibres})' if part.line.fibres else ''}: {format_quantity(weight_g, Unit.WEIGHT)}, "
        f"{format_cents(cents)}"
        for part, weight_g, cents in rows
    ]
    total = f"{format_quantity(sum(row[1] for row in rows), Unit.WEIGHT)}, {format_cents(sum(row[2] for row in rows))}"
    return [
        "Für den Zoll: Verkauf von Waren, Werte in Euro ohne Umsatzsteuer.",
        *lines,
        f"Zusammen: {total}, dazu Versand {format_cents(order.shipping_cents)}.",
        "Zolltarifnummer und Ursprungsland ergänzen Sie bitte von Hand.",
    ]


def _worth_cents(part: Part) -> int:
    return amendments.worth_cents(part.line, [(part.goods.quantity, part.goods.pieces)])


def _weight_g(session: Session, part: Part) -> int:
    variant = session.get(Variant, part.goods.variant_id)
    each_g = variant.weight_g if variant else 0
    return -(-each_g * part.goods.quantity * part.goods.pieces // SMALLEST_PER_PRICE_UNIT[Unit(part.line.unit)])
