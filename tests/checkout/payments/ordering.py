"""Orders to be paid online, placed by the real checkout."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, select

from catalog.products import Variant
from checkout import cart, contents, customers
from checkout.orders import Order, State
from checkout.payments import Payment, PaymentAttempt
from checkout.placing import Placing, TextVersions, place
from checkout.totals import totals
from shop.db import Database
from tests.make import NOW, make_fabric

PAGES = {
    "return_url": "http://shop.example/bestellung/t/zurueck?session_id={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://shop.example/bestellung/t",
}
SHIPPING_CENTS = 490


class Clock:
    """One clock for the shop and its Stripe; a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def timestamp(self) -> float:
        """As Stripe counts."""
        return self.now.timestamp()

    def forward(self, **time: float) -> datetime:
        """Let time go by."""
        self.now += timedelta(**time)
        return self.now


@dataclass(frozen=True)
class Placed:
    """An order that was placed."""

    id: int
    number: str
    token: str
    total_cents: int
    variant_id: int


def place_order(
    database: Database, now: datetime = NOW, *, variant_id: int | None = None, quantity: int = 150, pieces: int = 1
) -> Placed:
    """Order fabric for 12,90 €/m through the checkout's own rules, to be paid with Stripe within two hours."""
    with database.writing() as session:
        variant_id = variant_id or make_fabric(session).id
        assert variant_id is not None
        order = _place(session, variant_id, quantity, pieces, now)
        assert order.id is not None
        return Placed(order.id, order.number, order.token, order.total_cents, variant_id)


def _place(session: Session, variant_id: int, quantity: int, pieces: int, now: datetime) -> Order:
    basket = cart.open(session, now)
    cart.add(session, basket, variant_id, pieces=pieces, quantity=quantity, now=now)
    details = customers.load(session, basket)
    details.name, details.email = "Erika Muster", "erika@kundin.example"
    details.street, details.postal_code, details.city = "Am Anger 1", "01234", "Lindow-Wiesental"
    details.delivery, details.payment = "DHL", "stripe"
    items = contents.of(session, basket, now)
    sums = totals(items, SHIPPING_CENTS, is_small_business=False, on=date(2026, 11, 22))
    placing = Placing(
        checkout_key=basket.checkout_key,
        seen_total_cents=sums.total_cents,
        payment="stripe",
        first_state=State.AWAITING_PAYMENT,
        is_small_business=False,
        versions=TextVersions(1, 1, 1),
        reserved_until=now + timedelta(hours=2),
        now=now,
    )
    return place(session, basket, details, items, sums, placing)


def order_of(database: Database, placed: Placed) -> Order:
    """The order as it stands."""
    with database.reading() as session:
        return session.exec(select(Order).where(Order.id == placed.id)).one()


def stock_of(database: Database, placed: Placed) -> tuple[int, int]:
    """(on hand, held) of what was ordered, in centimetres."""
    with database.reading() as session:
        variant = session.exec(select(Variant).where(Variant.id == placed.variant_id)).one()
        return variant.on_hand, variant.held


def payments_of(database: Database, placed: Placed) -> list[int]:
    """The cents that came in for an order, payment by payment."""
    with database.reading() as session:
        return list(session.exec(select(Payment.cents).where(Payment.order_id == placed.id)).all())


def attempts_of(database: Database, placed: Placed) -> list[PaymentAttempt]:
    """The order's attempts, oldest first."""
    with database.reading() as session:
        return list(session.exec(select(PaymentAttempt).where(PaymentAttempt.order_id == placed.id)).all())


def real_now() -> datetime:
    """The machine's clock, for what runs in processes of its own."""
    return datetime.now(UTC)
