"""The few goods of the specimen: one of each sort that the law asks something of its own of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from catalog import attributes, categories, exclusions, fibres, images, makers, prices, products, variants
from catalog.exclusions import Exclusion
from catalog.products import Kind, Product, ProductCategory, Variant
from catalog.units import Unit

AUTHOR = "Musterladen"
DEPARTMENT = "Nähen und Stricken"
_ON_SALE_SINCE = timedelta(days=90)


@dataclass(frozen=True)
class Excluded:
    """The article that may not be sent back, and why."""

    sku: str
    reason: str

    @property
    def note(self) -> str:
        """What shoppers read about it."""
        return exclusions.note(Exclusion.CUSTOM_MADE, self.reason)


EXCLUDED = Excluded("NAME-1", "Wir sticken Ihren Namen auf.")


def make_all(session: Session, now: datetime) -> list[Product]:
    """Make all goods, published in one department, each with what the law wants shown. Flushes."""
    department = categories.add(session, DEPARTMENT)
    made = [make(session, now - _ON_SALE_SINCE) for make in GOODS]
    for position, product in enumerate(made):
        assert product.id is not None
        session.add(ProductCategory(product_id=product.id, category_id=department.id or 0))
        _describe(session, product, position, now)
        products.publish(session, product, now - _ON_SALE_SINCE)
    _reduce(session, made[0], now)
    return made


def _fabric(session: Session, now: datetime) -> Product:
    """Fabric from the roll, which will be reduced."""
    product = products.add(
        session, name="Baumwollstoff Punkte", now=now, kind=Kind.FABRIC, unit=Unit.LENGTH, minimum=50, step=10,
        summary="Dicht gewebt, für Kissen und Kleider.", description="Bei 40 Grad waschbar.",
    )  # fmt: skip
    variants.add(
        session, product, sku="STOFF-1", price_cents=1290, on_hand=2000, weight_g=220, now=now, author=AUTHOR,
        options=[("Farbe", "Blau", "#2f5d8a")],
    )  # fmt: skip
    fibres.set_composition(session, product.id or 0, [("Baumwolle", 97), ("Elasthan", 3)], now)
    attributes.set_values(session, product.id or 0, {"width": "145", "grammage": "180"}, now)
    return product


def _yarn(session: Session, now: datetime) -> Product:
    """A packed good with a base price: 50 g at 4,95 € are 99,00 € a kilogram."""
    product = products.add(session, name="Sockengarn Vierfach", now=now, kind=Kind.YARN, summary="Ein Knäuel mit 50 g.")
    variants.add(
        session, product, sku="GARN-1", price_cents=495, on_hand=40, content=50, content_unit=Unit.WEIGHT,
        weight_g=50, now=now, author=AUTHOR,
    )  # fmt: skip
    fibres.set_composition(session, product.id or 0, [("Wolle", 75), ("Polyamid", 25)], now)
    attributes.set_values(session, product.id or 0, {"run_length": "210"}, now)
    return product


def _button(session: Session, now: datetime) -> Product:
    """A piece without fibres and without base price."""
    product = products.add(session, name="Knopf Holz 20 mm", now=now, kind=Kind.BUTTON, summary="Vier Löcher.")
    variants.add(session, product, sku="KNOPF-1", price_cents=80, on_hand=100, weight_g=2, now=now, author=AUTHOR)
    return product


LAMP_SKU = "LAMPE-1"
LAMP_WARNING = "Nicht in die Leuchte blicken."
LAMP_GUARANTEE = "Haltbarkeitsgarantie des Herstellers: 3 Jahre, Marke Beispiel, Modell L 1"
LAMP_TERMS = "Die Weberei Beispiel GmbH in Bremen ersetzt die Lampe drei Jahre lang."


def _lamp(session: Session, now: datetime) -> Product:
    """What needs a plug and a battery, warns, and has a maker's guarantee of durability."""
    product = products.add(session, name="Nählampe mit Akku", now=now, kind=Kind.TOOL, summary="Für dunkle Ecken.")
    variants.add(session, product, sku=LAMP_SKU, price_cents=2490, on_hand=5, weight_g=400, now=now, author=AUTHOR)
    product.warnings = LAMP_WARNING
    product.is_electric, product.weee_number, product.has_battery = True, "DE12345678", True
    product.guarantee_months, product.guarantee_brand, product.guarantee_model = 36, "Beispiel", "L 1"
    product.guarantee_terms = LAMP_TERMS
    return product


def _made(session: Session, now: datetime) -> Product:
    """A piece that is made as its buyer wishes, and so may not be sent back."""
    product = products.add(session, name="Namensband gestickt", now=now, kind=Kind.OTHER, summary="Mit Ihrem Namen.")
    product.withdrawal, product.withdrawal_reason = Exclusion.CUSTOM_MADE.value, EXCLUDED.reason
    variants.add(session, product, sku=EXCLUDED.sku, price_cents=990, on_hand=5, weight_g=5, now=now, author=AUTHOR)
    return product


GOODS: tuple[Callable[[Session, datetime], Product], ...] = (_fabric, _yarn, _button, _lamp, _made)


def _describe(session: Session, product: Product, position: int, now: datetime) -> None:
    """Picture, maker and delivery time; the picture has no file, for nobody looks at it."""
    picture = images.StoredPicture(f"{position:064x}", 800, 600)
    images.attach(session, product.id or 0, picture, alt=product.name, now=now)
    maker = makers.named(session, "Weberei Beispiel GmbH")
    maker.street, maker.postal_code, maker.city, maker.country = "Spinnweg 1", "28195", "Bremen", "DE"
    maker.contact = "info@weberei-beispiel.example"
    product.maker_id, product.needs_no_warnings = maker.id, not product.warnings
    session.add_all([maker, product])
    session.flush()


def _reduce(session: Session, product: Product, now: datetime) -> None:
    variant = session.exec(select(Variant).where(Variant.product_id == product.id).order_by(col(Variant.id))).one()
    prices.reduce(session, variant, 990, starts_at=now, ends_at=None, now=now, author=AUTHOR)
