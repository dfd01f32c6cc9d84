"""Small builders that set only what a test is about."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlmodel import Session

from catalog import products, variants
from catalog.products import Product, Variant
from catalog.units import Unit

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_numbers = count(1)


def make_product(session: Session, name: str = "Jersey Waldtiere", *, published: bool = True, **facts: Any) -> Product:
    """A published product without variants."""
    product = products.add(session, name=name, now=facts.pop("now", NOW), **facts)
    if published:
        products.publish(session, product, NOW)
    return product


def make_variant(session: Session, product: Product | None = None, **facts: Any) -> Variant:
    """A variant at 4,95 € with ten on hand."""
    given: dict[str, Any] = {
        "sku": f"ART-{next(_numbers)}",
        "price_cents": 495,
        "on_hand": 10,
        "now": NOW,
        "author": "test",
    } | facts
    return variants.add(session, product or make_product(session), **given)


def make_fabric(session: Session, name: str = "Jersey Waldtiere", **facts: Any) -> Variant:
    """Fabric at 12,90 €/m from 50 cm in steps of 10 cm, five metres on hand."""
    product = make_product(session, name, unit=Unit.LENGTH, minimum=50, step=10)
    given: dict[str, Any] = {"price_cents": 1290, "on_hand": 500} | facts
    return make_variant(session, product, **given)
