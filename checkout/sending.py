"""What of the orders is to be sent, as a label needs it: to whom, how, and how heavy with its packing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.products import Variant
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit
from checkout import rates, samples
from checkout.deliveries import Shipment
from checkout.labels import Shipping
from checkout.orders import Order, OrderLine, State


def shippings(session: Session, orders: Sequence[Order]) -> list[Shipping]:
    """What is to be sent for some orders, in their order; in two queries.

    The weight comes from what the goods weigh by now. Of an order that went out in part it is not known (0).
    """
    tariff = rates.load(session)
    weights = _weights(session, [order.id or 0 for order in orders])
    return [_shipping(order, tariff.method(order.delivery), weights.get(order.id or 0, 0)) for order in orders]


@dataclass(frozen=True)
class Packing:
    """What was packed by a way to send to a country: parcels, and grams of packing in all, as it is described by now.

    Of `weight_g`, `plastic_g` are plastics; the rest is paper and cardboard.
    """

    name: str
    country: str
    parcels: int
    weight_g: int
    plastic_g: int

    @property
    def paper_g(self) -> int:
        """Grams of paper and cardboard."""
        return self.weight_g - self.plastic_g


def packing_between(session: Session, since: datetime, until: datetime) -> list[Packing]:
    """The packing that left the store from a moment until before another, for the yearly report to a dual system.

    Who sends parcels must say how much packing he brings into circulation in each country (VerpackDG, PPWR (EU)
    2025/40; in Germany to LUCID and the dual system).
    """
    counted = session.exec(
        select(Order.delivery, Order.country, func.count())
        .join(Shipment, col(Shipment.order_id) == Order.id)
        .where(Shipment.shipped_at >= since, Shipment.shipped_at < until, ~col(Shipment.is_pickup))
        .group_by(col(Order.delivery), col(Order.country))
        .order_by(col(Order.delivery), col(Order.country))
    ).all()
    tariff = rates.load(session)
    return [_packing(tariff.method(name), country, parcels) for name, country, parcels in counted]


def _packing(method: rates.ShippingMethod, country: str, parcels: int) -> Packing:
    return Packing(method.name, country, parcels, parcels * method.packing_g, parcels * method.plastic_g)


def _shipping(order: Order, method: rates.ShippingMethod, weight_g: int) -> Shipping:
    is_known = weight_g > 0 and order.state != State.PARTLY_DELIVERED
    return Shipping(
        reference=order.number,
        name=order.name,
        company=order.company,
        street=order.street,
        postal_code=order.postal_code,
        city=order.city,
        country=order.country,
        weight_g=weight_g + method.packing_g if is_known else 0,
        method=method,
    )


def _weights(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    rows = session.exec(
        select(OrderLine, Variant.weight_g)
        .join(Variant, col(Variant.id) == OrderLine.variant_id)
        .where(col(OrderLine.order_id).in_(order_ids))
    ).all()
    weights: dict[int, int] = {}
    for line, weight_g in rows:
        weights[line.order_id] = weights.get(line.order_id, 0) + _weight(line, weight_g)
    return weights


def _weight(line: OrderLine, weight_g: int) -> int:
    if line.is_sample:
        return samples.WEIGHT_G
    return -(-weight_g * line.pieces * line.quantity // SMALLEST_PER_PRICE_UNIT[Unit(line.unit)])
