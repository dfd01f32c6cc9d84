"""Samples (Stoffmuster): swatches by letter post, credited when the fabric is bought in time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Field, Session, SQLModel, select

from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import cart as carts
from checkout.buyable import NotForSale
from checkout.cart import Cart, CartLine

WEIGHT_G = 5  # a swatch on its card
THICKNESS_MM = 1
PER_LAYER = 4  # a card is as large as a postcard
NAME = "Stoffmuster: {name}"


class SampleCredit(SQLModel, table=True):
    """A sample's price taken off an order; each sample is credited once. Gone when that order ends unpaid."""

    id: int | None = Field(default=None, primary_key=True)
    sample_line_id: int = Field(foreign_key="orderline.id", unique=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    cents: int


@dataclass(frozen=True)
class SampleTerms:
    """What the owner asks for a sample, how many different ones an order may have, how long they are credited."""

    cents: int = 50
    limit: int = 5
    credit_days: int = 42

    def credited_until(self, placed_at: datetime) -> date | None:
        """The last day on which samples ordered at a moment are credited; None where they never are."""
        return german_day(placed_at) + timedelta(days=self.credit_days) if self.credit_days and self.cents else None


USUAL = SampleTerms()


class EnoughSamples(Refusal):
    """The order has as many samples as one may have."""


def add(session: Session, cart: Cart, variant_id: int, terms: SampleTerms, now: datetime) -> CartLine:
    """Put a sample of a variant into the cart, once: one that lies in it stays as it is. Needs no stock. Flushes.

    Raises NotForSale or EnoughSamples.
    """
    assert cart.id is not None
    carts.lock(session, cart)
    samples = session.exec(select(CartLine).where(CartLine.cart_id == cart.id, CartLine.is_sample)).all()
    standing = next((line for line in samples if line.variant_id == variant_id), None)
    if standing is not None:
        return standing
    _check(session, variant_id)
    if len(samples) >= terms.limit:
        raise EnoughSamples(
            f"Mehr als {terms.limit} Stoffmuster je Bestellung schicken wir nicht. Sie können gern eines herausnehmen."
        )
    line = CartLine(cart_id=cart.id, variant_id=variant_id, pieces=1, quantity=1, is_sample=True)
    session.add(line)
    carts.changed(session, cart, now)
    return line


def check(product: Product, variant: Variant) -> None:
    """Refuse a sample that is not offered. Raises NotForSale."""
    if not (product.is_published and variant.is_active and product.offers_sample):
        raise NotForSale("Davon verschicken wir zurzeit keine Stoffmuster. Bitte nehmen Sie es aus dem Warenkorb.")


def _check(session: Session, variant_id: int) -> None:
    variant = session.get(Variant, variant_id)
    product = session.get(Product, variant.product_id) if variant else None
    if variant is None or product is None:
        raise NotForSale("Diesen Artikel gibt es nicht mehr.")
    if not product.offers_sample:
        raise NotForSale("Davon verschicken wir keine Stoffmuster. Rufen Sie uns gern an, wir beraten Sie.")
    check(product, variant)
