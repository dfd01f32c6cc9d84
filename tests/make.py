"""Small builders that set only what a test is about."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from catalog import fibres, images, makers, products, variants
from catalog.prices import PriceChange, Reduction
from catalog.products import OnSale, Product, Variant, VariantOption
from catalog.units import Unit

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_numbers = count(1)


def make_product(session: Session, name: str = "Jersey Waldtiere", *, published: bool = True, **facts: Any) -> Product:
    """A published product without variants, which has been on sale for years as far as prices are concerned."""
    product = products.add(session, name=name, now=facts.pop("now", NOW), **facts)
    if published:
        products.publish(session, product, NOW)
        times = update(OnSale).where(col(OnSale.product_id) == product.id)
        session.exec(times.values(since=NOW - timedelta(days=2000)))
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


def make_ready(session: Session, product: Product) -> Product:
    """The product with all that the law wants shown: fibres, a described picture, a maker with address."""
    assert product.id is not None
    fibres.set_composition(session, product.id, [("Baumwolle", 100)], NOW)
    images.attach(session, product.id, images.StoredPicture("0" * 64, 800, 600), alt="Zu sehen", now=NOW)
    maker = makers.named(session, "Nordgarn GmbH")
    maker.street, maker.postal_code, maker.city = "Spinnweg 1", "28195", "Bremen"
    maker.contact = "info@nordgarn.example"
    product.maker_id = maker.id
    session.add_all([maker, product])
    session.flush()
    return product


def make_shades(session: Session, number: int, name: str = "Nähgarn", **facts: Any) -> Product:
    """A thread in shades "0 Rot", "1 Rot" … (SKU N0 …): every tenth sold out, every other one reduced."""
    product = make_product(session, name, **facts)
    shades = [
        Variant(product_id=product.id or 0, sku=f"{name[0]}{shade}", position=shade, price_cents=345 + shade % 3,
                on_hand=0 if shade % 10 == 9 else 40, content=20_000, content_unit=Unit.LENGTH, weight_g=12)
        for shade in range(number)
    ]  # fmt: skip
    session.add_all(shades)
    session.flush()
    for shade, variant in enumerate(shades):
        assert variant.id is not None
        session.add(VariantOption(variant_id=variant.id, name="Farbe", value=f"{shade} Rot", swatch="#a03a2a"))
        since = NOW - timedelta(days=40)
        session.add(
            PriceChange(variant_id=variant.id, price_cents=variant.price_cents, changed_at=since, author="test")
        )
        if shade % 2:
            session.add(Reduction(variant_id=variant.id, price_cents=300, starts_at=NOW, created_at=NOW, author="test"))
    session.flush()
    return product
