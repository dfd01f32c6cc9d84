"""A whole shop with its Stripe, through whose doors the fault cases go: over HTTP to Stripe, and in by the web."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from catalog import stock
from catalog.products import Variant
from catalog.refusals import Refusal
from checkout import fulfilment, orders, refunds
from checkout.orders import Order, OrderEvent, State
from checkout.outbox import Letter
from checkout.payments import Payment, PaymentAttempt, StripeEvent, inbox, refunding, settling
from checkout.payments.stripe import StripePayment
from checkout.refunds import Refund
from shop.context import Shop
from shop.db import Database
from tests.checkout.payments.ordering import Clock, Placed, place_order
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.shapes import Thing

CREATE = "/v1/checkout/sessions"

T = TypeVar("T")


class Store:
    """A shop, its Stripe, and one clock for both."""

    def __init__(self, app: Flask, stripe: FakeStripe, clock: Clock) -> None:
        self.app, self.stripe, self.clock = app, stripe, clock
        self.shop: Shop = app.extensions["dorfladen"]
        self.database: Database = self.shop.database
        payment = self.shop.payments["stripe"]
        assert isinstance(payment, StripePayment)
        self.payment = payment
        stripe.webhooks.send = self.webhook

    # What shoppers do

    def order(self, **wishes: Any) -> Placed:
        """1,50 m of five metres, for 19,35 € and 4,90 € shipping, to be paid online."""
        return place_order(self.database, self.clock.now, **wishes)

    def visitor(self) -> FlaskClient:
        """Somebody with a browser of her own."""
        client = self.app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    def go_to_pay(self, placed: Placed) -> str:
        """Press the button; give the session that the browser is sent to, or where else it is sent."""
        location = self.visitor().post(f"/bestellung/{placed.token}/zahlung").location
        return str(location).rsplit("/", 1)[1]

    def come_back(self, placed: Placed, session_id: str) -> str:
        """Follow Stripe's link back; give where the shop sends on to."""
        answer = self.visitor().get(f"/bestellung/{placed.token}/zurueck?session_id={session_id}")
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def paid(self, **wishes: Any) -> Placed:
        """An order that was paid in peace; the webhook has come."""
        placed = self.order(**wishes)
        self.stripe.account.pay(self.go_to_pay(placed))
        assert self.deliver() == [200]
        return placed

    # What Stripe does

    def webhook(self, body: bytes, signature: str) -> int:
        """Deliver as Stripe does: no cookies, no origin."""
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        return self.app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code

    def deliver(self, *, times: int = 1, backwards: bool = False) -> list[int]:
        """Deliver all that waits; the same again, or in the wrong order."""
        waiting = list(self.stripe.webhooks.pending)
        return self.stripe.webhooks.deliver_all(waiting[::-1] if backwards else waiting, times=times)

    def lose_webhooks(self) -> None:
        """What waits never arrives."""
        self.stripe.webhooks.drop_all()

    def set_secrets(self, secrets: str) -> None:
        """Set the webhook's secrets, separated by blanks."""
        settings = replace(self.shop.settings, stripe_webhook_secrets=secrets)
        self.app.extensions["dorfladen"] = replace(self.shop, settings=settings)

    # What the shop does by itself

    def tick(self, **time: float) -> None:
        """Let time go by, then let the jobs of each minute run."""
        self.clock.forward(**time)
        payments, now = self.shop.payments, self.clock.now
        settling.end_expired_holds(self.database, payments, now)
        settling.reconcile(self.database, payments, now, with_debits=False)
        inbox.finish(self.database, payments, now)
        refunding.carry_out(self.database, payments, now)

    def hour(self, **time: float) -> None:
        """Let time go by, then let the jobs of each hour run."""
        self.clock.forward(**time)
        settling.reconcile(self.database, self.shop.payments, self.clock.now)
        inbox.catch_up(self.database, self.shop.payments, self.clock.now)
        refunding.follow_up(self.database, self.shop.payments, self.clock.now)

    # What the owner does

    def refund(self, placed: Placed, cents: int, key: str = "") -> None:
        """Owe some money back; the job carries it out. Raises TooMuchToRefund."""
        with self.database.writing() as session:
            order = orders.lock(session, placed.id)
            refunds.owe(session, order, cents, reason="Kulanz", now=self.clock.now, author="Petra", key=key)

    def cancel(self, placed: Placed) -> None:
        """Cancel an order."""
        with self.database.writing() as session:
            order = orders.lock(session, placed.id)
            fulfilment.cancel(session, order, reason="Wunsch", now=self.clock.now, author="Petra")

    def ship(self, placed: Placed) -> None:
        """Hand an order to its carrier. Raises Disputed, NotAllowedNow."""
        with self.database.writing() as session:
            order = orders.lock(session, placed.id)
            fulfilment.ship(session, order, carrier="DHL", tracking="", now=self.clock.now, author="Petra")

    def sell_in_store(self, placed: Placed, length_cm: int) -> None:
        """Sell some of what was ordered over the counter."""
        with self.database.writing() as session:
            variant = session.get_one(Variant, placed.variant_id)
            stock.move(session, variant, -length_cm, stock.Why.SOLD_IN_STORE, now=self.clock.now, author="Petra")

    # What the books say

    def read(self, ask: Callable[[Session], T]) -> T:
        """Ask the database for something."""
        with self.database.reading() as session:
            return ask(session)

    def find(self, placed: Placed) -> Order:
        """The order as it stands."""
        return self.read(lambda session: session.exec(select(Order).where(Order.id == placed.id)).one())

    def state(self, placed: Placed) -> State:
        """The order's state."""
        return State(self.find(placed).state)

    def payments(self, placed: Placed) -> list[int]:
        """The cents that came in, payment by payment."""
        mine = select(Payment.cents).where(Payment.order_id == placed.id).order_by(col(Payment.id))
        return self.read(lambda session: list(session.exec(mine).all()))

    def refunds(self, placed: Placed) -> list[tuple[int, str]]:
        """(cents, state) of what goes back, refund by refund."""
        mine = select(Refund.cents, Refund.state).where(Refund.order_id == placed.id).order_by(col(Refund.id))
        return self.read(lambda session: [(cents, state) for cents, state in session.exec(mine).all()])

    def attempts(self, placed: Placed) -> list[PaymentAttempt]:
        """The order's attempts, oldest first."""
        mine = select(PaymentAttempt).where(PaymentAttempt.order_id == placed.id).order_by(col(PaymentAttempt.id))
        return self.read(lambda session: list(session.exec(mine).all()))

    def stock(self, placed: Placed) -> tuple[int, int]:
        """(on hand, held) of what was ordered, in centimetres."""
        variant = self.read(lambda session: session.get_one(Variant, placed.variant_id))
        return variant.on_hand, variant.held

    def letters(self, placed: Placed) -> list[str]:
        """What was written about the order, in its order."""
        about = select(Letter.kind).where(Letter.reason == f"order:{placed.id}").order_by(col(Letter.id))
        return self.read(lambda session: list(session.exec(about).all()))

    def letters_of(self, kind: str) -> int:
        """How many letters of a kind are owed or sent."""
        return len(self.read(lambda session: session.exec(select(Letter.id).where(Letter.kind == kind)).all()))

    def history(self, placed: Placed) -> list[str]:
        """The kinds of what happened, oldest first."""
        mine = select(OrderEvent.kind).where(OrderEvent.order_id == placed.id).order_by(col(OrderEvent.id))
        return self.read(lambda session: list(session.exec(mine).all()))

    def inbox(self) -> list[StripeEvent]:
        """The notices that were taken in."""
        rows = select(StripeEvent).order_by(col(StripeEvent.received_at))
        return self.read(lambda session: list(session.exec(rows).all()))

    def is_paid_once(self, placed: Placed) -> bool:
        """Paid with the whole amount once, nothing to decide, the goods held once, confirmed once."""
        order = self.find(placed)
        return (
            order.state == State.PAID
            and order.paid_cents == placed.total_cents
            and order.attention == ""
            and self.payments(placed) == [placed.total_cents]
            and self.refunds(placed) == []
            and self.stock(placed) == (500, 150)
            and self.letters(placed).count("order_received") == 1
        )

    def given_back_at_stripe(self) -> list[tuple[int, str]]:
        """(cents, state) of the refunds at Stripe, oldest first."""
        return [(each["amount"], each["status"]) for each in self.stripe.account.refunds.values()]

    def sessions_at_stripe(self) -> list[Thing]:
        """What was opened at Stripe, oldest first."""
        return list(self.stripe.account.sessions.values())


def all_at_once(*works: Callable[[], object]) -> list[object]:
    """Let threads do something at the same instant; give what each gave, or the refusal that it raised."""
    ready = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        ready.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result() for each in [pool.submit(one, work) for work in works]]
