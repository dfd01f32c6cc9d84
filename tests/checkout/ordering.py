"""Carts and orders as shoppers make them, through the checkout's own rules."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalog import stock
from catalog.products import Kind, Product, Variant
from catalog.times import german_day
from checkout import cart, contents, customers, fulfilment, gift_sales, placing, redeeming
from checkout.cart import Cart
from checkout.contents import CartItem
from checkout.customers import CheckoutDetails
from checkout.orders import Order, State
from checkout.placing import Placing, TextVersions
from checkout.totals import Totals, totals
from tests.make import NOW, make_fabric, make_product, make_variant

ADDRESS = {
    "name": "Erika Muster",
    "email": "erika@kundin.example",
    "street": "Am Anger 1",
    "postal_code": "01234",
    "city": "Lindow-Wiesental",
    "delivery": "DHL",
    "payment": "transfer",
}


def id_of(row: Any) -> int:
    """The id of a saved row."""
    assert row.id is not None
    return int(row.id)


def make_cart(session: Session, *wanted: tuple[Variant, int, int], now: datetime = NOW) -> Cart:
    """A cart with (variant, pieces, quantity) lines."""
    basket = cart.open(session, now)
    for variant, pieces, quantity in wanted:
        cart.add(session, basket, id_of(variant), pieces=pieces, quantity=quantity, now=now)
    return basket


def tell(session: Session, basket: Cart, **facts: str) -> CheckoutDetails:
    """What the visitor tells at the checkout; complete unless a test says otherwise."""
    details, _ = customers.parse(ADDRESS | facts, customers.load(session, basket), ["DE"])
    return customers.save(session, details)


def place(
    session: Session,
    basket: Cart,
    *,
    now: datetime = NOW,
    details: CheckoutDetails | None = None,
    items: list[CartItem] | None = None,
    shipping_cents: int = 490,
    sums: Totals | None = None,
    **facts: Any,
) -> Order:
    """Order a cart as it is (or was: `items`), with its shipping; `facts` go into the Placing."""
    details = details or tell(session, basket)
    items = contents.of(session, basket, now) if items is None else items
    items, codes = redeeming.discounted(session, basket, items, email=details.email, now=now)
    small = facts.get("is_small_business", False)
    sums = sums or totals(items, shipping_cents, is_small_business=small, on=german_day(now))
    gifts = gift_sales.of_cart(session, basket)
    codes += redeeming.paying(session, basket, sums.total_cents, now)
    sums = gift_sales.with_gifts(sums, gifts)
    standing: dict[str, Any] = {
        "codes": codes,
        "gifts": gifts,
        "seen_to_pay_cents": redeeming.to_pay_cents(sums.total_cents, codes),
        "checkout_key": basket.checkout_key,
        "seen_total_cents": sums.total_cents,
        "seen_notices": contents.notices(items),
        "payment": "transfer",
        "first_state": State.AWAITING_PAYMENT,
        "is_small_business": False,
        "versions": TextVersions(1, 2, 3),
        "reserved_until": now + timedelta(days=11),
        "now": now,
    }
    return placing.place(session, basket, details, items, sums, Placing(**standing | facts))


def make_order(
    session: Session, variant: Variant | None = None, *, pieces: int = 1, quantity: int = 150, **facts: Any
) -> Order:
    """An order of one line: 1,50 m of fabric at 12,90 €/m."""
    variant = variant or make_fabric(session)
    return place(session, make_cart(session, (variant, pieces, quantity)), **facts)


def make_yarn(session: Session, *lots: tuple[str, int]) -> Variant:
    """Yarn at 4,95 € with so many balls of each dye lot on hand."""
    yarn = make_variant(session, make_product(session, "Merino", kind=Kind.YARN), on_hand=0)
    for lot, balls in lots:
        stock.receive(session, yarn, balls, lot=lot, now=NOW, author="test")
    return yarn


def make_swatched(session: Session, name: str = "Jersey Waldtiere", **facts: Any) -> Variant:
    """Fabric of which samples are offered."""
    fabric = make_fabric(session, name, **facts)
    session.get_one(Product, fabric.product_id).offers_sample = True
    session.flush()
    return fabric


def pay(session: Session, order: Order, now: datetime = NOW) -> None:
    """Let the whole money of an order come in."""
    fulfilment.mark_paid(
        session, order, cents=order.total_cents, reference=order.number, method="transfer", now=now, author="test"
    )
