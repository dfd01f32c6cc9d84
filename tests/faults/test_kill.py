"""`kill -9` at any moment between order and webhook: an order is absent or complete, no paid one is lost."""

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import col, select

from catalog.holds import StockHold
from catalog.products import Variant
from catalog.stock import StockMovement, Why
from checkout import cart, contents, customers
from checkout.orders import Order, OrderLine, State
from checkout.outbox import Letter
from checkout.payments import Payment, settling
from checkout.payments.stripe import StripePayment
from checkout.shipping import PICKUP
from shop import legal
from shop.db import Database
from shop.legal import CART_COOKIE
from shop.profile import Profile
from shop.settings import read_settings
from tests.make import make_fabric
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.webhooks import SECRET, over_http

KILLS = 50
SHOPPERS = 2
IN_STORE_CM = 100_000
LENGTH_CM = 150


@dataclass(frozen=True)
class Basket:
    """What a shopper has before her when she is about to press the button."""

    cookie: str
    key: str
    total_cents: int


class Town:
    """A shop that can be killed and started again, its Stripe, and its database seen from outside."""

    def __init__(self, data: Path, door: socket.socket, stripe: FakeStripe) -> None:
        host, self.port = door.getsockname()
        environment = {
            "DORFLADEN_URL": f"http://{host}:{self.port}",
            "DORFLADEN_STRIPE_SECRET_KEY": TEST_KEY,
            "DORFLADEN_STRIPE_API": stripe.url,
            "DORFLADEN_STRIPE_WEBHOOK_SECRETS": SECRET,
        }
        self.stripe = stripe
        self.settings = read_settings(data, environment)
        self.database = Database(self.settings.database_url)
        self.payments = {"stripe": StripePayment(TEST_KEY, stripe.url)}
        self._nest = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nest", str(data), str(door.fileno())],
            env=os.environ | environment,
            pass_fds=[door.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._shop = 0

    def start(self) -> None:
        """Start the shop."""
        assert self._nest.stdin is not None
        assert self._nest.stdout is not None
        print("start", file=self._nest.stdin, flush=True)
        self._shop = int(self._nest.stdout.readline())

    def kill(self) -> None:
        """End the shop without a word of warning."""
        os.kill(self._shop, signal.SIGKILL)

    def close(self) -> None:
        """End everything."""
        self.kill()
        self._nest.communicate(timeout=10)
        self.database.close()

    def now(self) -> datetime:
        """The machine's clock."""
        return datetime.now(UTC)

    def fill_basket(self, variant_id: int) -> Basket:
        """Put a cut of fabric into a new cart, with all that the checkout asks for."""
        with self.database.writing() as session:
            basket = cart.open(session, self.now())
            cart.add(session, basket, variant_id, pieces=1, quantity=LENGTH_CM, now=self.now())
            details = customers.load(session, basket)
            details.name, details.email = "Erika Muster", "erika@kundin.example"
            details.delivery, details.payment = PICKUP, "stripe"
            customers.save(session, details)
            total_cents = sum(item.line_cents for item in contents.of(session, basket, self.now()))
            return Basket(basket.token, basket.checkout_key, total_cents)

    def ask(self, port: int, method: str, path: str, body: str = "", cookie: str = "") -> str:
        """Send a request and give where the answer leads, "" if there is none: the shop died over it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request(method, path, body, headers | ({"Cookie": f"{CART_COOKIE}={cookie}"} if cookie else {}))
            with connection.getresponse() as answer:
                answer.read()
                return answer.getheader("Location", "")
        return ""

    def order(self, basket: Basket) -> str:
        """Press the button."""
        body = f"schluessel={basket.key}&gesehen={basket.total_cents}"
        return self.ask(self.port, "POST", "/kasse/bestellen", body, basket.cookie)

    def buy(self, basket: Basket, is_patient: bool) -> None:
        """Order, pay at Stripe, come back. A patient shopper presses the button again when nothing comes."""
        page = self.order(basket) or (self.order(basket) if is_patient else "")
        if page.startswith(self.stripe.url):
            back = self.ask(urlsplit(self.stripe.url).port or 0, "POST", f"{urlsplit(page).path}/card")
            self.ask(self.port, "GET", back.removeprefix(self.settings.url))


@pytest.fixture
def town(tmp_path: Path, empty_database_file: Path) -> Iterator[Town]:
    """A shop with a kilometre of fabric."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(empty_database_file, data / "shop.db")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door, FakeStripe() as stripe:
        stripe.webhooks.send = over_http(f"http://127.0.0.1:{door.getsockname()[1]}/webhooks/stripe")
        stripe.webhooks.deliver_by_itself()
        made = Town(data, door, stripe)
        made.start()
        yield made
        made.close()
        assert stripe.notes.problems == []


def open_the_shop(town: Town) -> int:
    """Everything that a shop needs before it may sell; give the fabric's id."""
    owner = Profile(
        shop_name="Nähladen Probe", owner_name="Petra Probe", street="Dorfstraße 1", postal_code="16835",
        city="Musterow", email="laden@probe.example", phone="033 100", tax_number="052/123/45678",
        return_costs_by="shop", opening_hours="Mo–Fr 9–18 Uhr",
    )  # fmt: skip
    with town.database.writing() as session:
        session.add(owner)
        session.flush()
        legal.refresh(session, owner, town.settings, town.payments, now=town.now(), author="test")
        fabric = make_fabric(session, on_hand=IN_STORE_CM)
        assert fabric.id is not None
        return fabric.id


@pytest.mark.slow
def test_fifty_kills_lose_no_paid_order(town: Town) -> None:
    seed = int(os.environ.get("DORFLADEN_TEST_SEED") or random.SystemRandom().randrange(10**9))
    print(f"DORFLADEN_TEST_SEED={seed}")
    dice = random.Random(seed)
    variant_id = open_the_shop(town)
    usual_s = usual_time(town, variant_id)
    found = Counter[str]()
    with ThreadPoolExecutor(SHOPPERS) as shoppers:
        for _ in range(KILLS):
            baskets = [town.fill_basket(variant_id) for _ in range(SHOPPERS)]
            buying = [shoppers.submit(town.buy, basket, dice.random() < 0.5) for basket in baskets]
            time.sleep(dice.uniform(0, 1.5 * usual_s))
            town.kill()
            found.update(stage(town, basket) for basket in baskets)
            town.start()
            wait(buying)
            settling.reconcile(town.database, town.payments, town.now() + timedelta(minutes=3))
            check_orders(town, baskets)
            check_books(town)
    print(f"the kills found the orders {dict(found)}; an order usually takes {usual_s:.2f} s")
    assert len(found) > 1, "all kills fell into the same moment"
    deliver_the_rest(town)
    check_books(town)


def usual_time(town: Town, variant_id: int) -> float:
    """How long shoppers take undisturbed (the second time, when all is warm), until the webhook has come."""
    took = 0.0
    for _ in range(2):
        baskets = [town.fill_basket(variant_id) for _ in range(SHOPPERS)]
        began = time.monotonic()
        with ThreadPoolExecutor(SHOPPERS) as shoppers:
            list(shoppers.map(town.buy, baskets, [False] * SHOPPERS))
        deliver_the_rest(town)
        took = time.monotonic() - began
    check_books(town)
    return took


def deliver_the_rest(town: Town) -> None:
    """Wait until Stripe has delivered all its events."""
    until = time.monotonic() + 20
    while town.stripe.webhooks.pending and time.monotonic() < until:
        time.sleep(0.02)
    assert town.stripe.webhooks.pending == []


def stage(town: Town, basket: Basket) -> str:
    """How far an order had come when the shop was killed."""
    with town.database.reading() as session:
        order = session.exec(select(Order).where(Order.checkout_key == basket.key)).first()
    if order is None:
        return "absent"
    is_paid = any(each["client_reference_id"] == order.number for each in town.stripe.account.paid_sessions)
    return f"{order.state}, {'paid' if is_paid else 'not paid'} at Stripe"


def check_orders(town: Town, baskets: list[Basket]) -> None:
    """Each order is absent, or there with its line, its hold and its two letters."""
    with town.database.reading() as session:
        for basket in baskets:
            order = session.exec(select(Order).where(Order.checkout_key == basket.key)).one_or_none()
            if order is None:
                continue
            lines = session.exec(select(OrderLine.quantity).where(OrderLine.order_id == order.id)).all()
            holds = session.exec(select(StockHold.quantity).where(StockHold.holder == order.number)).all()
            about = select(Letter.kind).where(Letter.reason == f"order:{order.id}")
            letters = Counter(session.exec(about).all())
            assert lines == holds == [LENGTH_CM]
            assert letters == {"order_received": 1, "order_for_owner": 1}


def check_books(town: Town) -> None:
    """What Stripe was paid, what the books say, and what is put aside in the store are one and the same."""
    paid_at_stripe = {each["payment_intent"]: each["client_reference_id"] for each in town.stripe.account.paid_sessions}
    with town.database.reading() as session:
        booked = session.exec(
            select(Payment.reference, Order.number).join(Order, col(Order.id) == Payment.order_id)
        ).all()
        paid = session.exec(select(Order.number).where(Order.state == State.PAID)).all()
        open_orders = session.exec(select(Order.number).where(Order.state == State.AWAITING_PAYMENT)).all()
        gone = session.exec(select(StockMovement.note).where(StockMovement.why == Why.SOLD)).all()
        held = session.exec(select(StockHold.holder).where(col(StockHold.ended_at).is_(None))).all()
        fabric = session.exec(select(Variant)).one()
        troubled = session.exec(select(Order.number).where(Order.attention != "")).all()
    assert dict(booked) == paid_at_stripe
    assert sorted(paid) == sorted(paid_at_stripe.values())
    assert sorted(held) == sorted([*paid, *open_orders])
    assert (gone, fabric.on_hand) == ([], IN_STORE_CM)
    assert fabric.held == LENGTH_CM * len(held)
    assert troubled == []
