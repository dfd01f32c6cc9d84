"""What the town's shop sells, and everything that a shop needs before it may."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.products import Variant
from catalog.units import Unit
from checkout.payments import PaymentMethod
from checkout.shipping import ShippingRate
from shop import legal
from shop.profile import Profile
from shop.settings import Settings
from tests.make import make_fabric, make_product, make_variant

FACTS: dict[str, Any] = {
    "shop_name": "Nähladen Probe", "owner_name": "Petra Probe", "street": "Dorfstraße 1", "postal_code": "16835",
    "city": "Musterow", "email": "laden@probe.example", "phone": "033 100", "tax_number": "052/123/45678",
    "return_costs_by": "shop", "opening_hours": "Mo–Fr 9–18 Uhr", "account_holder": "Petra Probe",
    "iban": "DE89370400440532013000",
}  # fmt: skip


def furnish(session: Session, settings: Settings, payments: dict[str, PaymentMethod], now: datetime) -> None:
    """The shop's facts, one way to send a parcel, and the legal texts."""
    owner = Profile(**FACTS)
    session.add(owner)
    session.add(ShippingRate(name="Paket", country="DE", max_weight_g=31_500, price_cents=549))
    session.flush()
    legal.refresh(session, owner, settings, payments, now=now, author="test")


def fabrics(session: Session, number: int, *, on_hand: int) -> list[Variant]:
    """Fabrics STOFF-0, STOFF-1 … at 12,90 €/m, each with so many centimetres on hand."""
    return [
        make_fabric(session, f"Jersey Motiv {which}", sku=f"STOFF-{which}", on_hand=on_hand, weight_g=250)
        for which in range(number)
    ]


def buttons(session: Session, number: int, *, on_hand: int) -> list[Variant]:
    """Buttons KNOPF-0, KNOPF-1 … at 4,95 €, each with so many pieces on hand."""
    return [
        make_variant(session, make_product(session, f"Holzknopf {which}", unit=Unit.PIECE), sku=f"KNOPF-{which}",
                     on_hand=on_hand, weight_g=3)
        for which in range(number)
    ]  # fmt: skip
