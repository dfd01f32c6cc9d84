"""Shoppers, an owner, Stripe, a clock and crashes in any order: the money in the books is always the money there is.

A crash is an exception at some commit, before or after it, or at some call to Stripe, before or after Stripe has done
the work; then the shop starts anew with nothing but its database. After each step the sums agree with their rows;
after each run, once Stripe can be reached again and the jobs have had their turn, the books and Stripe's account
are one and the same. The usual run is short and the same each time; the long one takes some minutes and new chances:

    DORFLADEN_TEST_MACHINE=long pytest tests/checkout/test_money_machine.py -s
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import event, text
from sqlmodel import Session, SQLModel, col, select

from catalog import kinds, stock
from catalog.products import Variant
from catalog.refusals import Refusal
from checkout import (
    allowances,
    answers,
    concessions,
    deliveries,
    fulfilment,
    inquiries,
    invoicing,
    orders,
    redeeming,
    refunds,
)
from checkout.fulfilment import Going
from checkout.orders import Order, State
from checkout.payments import PaymentDown, comparing, inbox, refunding, settling
from checkout.payments.settling import NothingToPay
from checkout.payments.stripe import StripePayment
from shop.db import Database, sqlite_url
from tests.checkout.documenting import TERMS
from tests.checkout.ordering import id_of, make_cart, place, tell
from tests.checkout.vouchering import make_gift, make_voucher
from tests.make import NOW, make_fabric, make_variant
from tests.stripe_fake import ApiError, FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.shapes import Thing
from tests.stripe_fake.webhooks import SECRET
from tests.town import books

IS_LONG = os.environ.get("DORFLADEN_TEST_MACHINE") == "long"
PAGES = {
    "return_url": "http://shop.example/bestellung/t/zurueck?session_id={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://shop.example/bestellung/t",
}
NETWORK = ("open", "fetch", "expire", "sessions_since", "refund", "refunds_of", "refunds_since", "disputes_of",
           "disputes_since", "events_since")  # fmt: skip
OWNER_DOES = (
    "ship",
    "ship a part",
    "cut",
    "fetch",
    "cancel",
    "give back",
    "take off",
    "transfers back",
    "sell",
    "ask",
    "answer",
)
STRIPE_DOES = ("debit arrives", "debit fails", "refund arrives", "refund fails", "refund by hand", "dispute", "inquiry",
               "won", "lost", "closed")  # fmt: skip
DEEDS = [
    *(
        "buy by card",
        "buy by card",
        "buy by debit",
        "buy",
        "transfer",
        "on_pickup",
        "pay",
        "pay",
        "back",
        "post",
        "post",
    ),
    *(
        "book",
        "time",
        "time",
        "fail",
        "die",
        "die at work",
        "die at work",
        "cancel",
        "ship",
        "give back",
        "debit arrives",
        "refund by hand",
    ),
    *OWNER_DOES,
    *STRIPE_DOES,
]
CALLS = [("POST", "/v1/checkout/sessions"), ("GET", r"/v1/checkout/sessions(/\w+)?"), ("POST", "/v1/refunds"),
         ("GET", "/v1/refunds"), ("POST", r"/v1/checkout/sessions/\w+/expire")]  # fmt: skip
FAULTS = ("lost", "dead", "500", "503", "429")
JUMPS = (1, 3, 3, 40, 150, 24 * 60, 5 * 24 * 60)  # minutes
MOST_ORDERS = 12

which = st.one_of(st.just(0), st.integers(0, 10_000))  # the last one, or any
CODES = st.sampled_from(["", "", "ZEHN", "FUENF", "gift", "ZEHN gift"])


class Killed(BaseException):
    """The process is gone; no `except Exception` knows of it."""


class Fuse:
    """Burns at every commit and every call to Stripe; kills at the point that was lit."""

    def __init__(self) -> None:
        self.left = 0

    def burn(self) -> None:
        """Come nearer to the end; nothing happens while nobody has lit it."""
        if self.left:
            self.left -= 1
            if not self.left:
                raise Killed


class MortalDatabase(Database):
    """A database whose process may die just before or just after a commit."""

    def __init__(self, url: str, fuse: Fuse) -> None:
        super().__init__(url)
        self._fuse = fuse
        if self.is_sqlite:
            event.listen(self.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write session; commits at its end, unless it is the end of everything."""
        with self.write_session() as session:
            yield session
            self._fuse.burn()
            session.commit()
            self._fuse.burn()


def _write_invoices(session: Session) -> None:
    invoicing.settle(session, lambda _: TERMS)


class MortalPayment(StripePayment):
    """Stripe, spoken to by a process that may die before its call, or before it has the answer."""

    fuse: Fuse


def _mortal(name: str) -> Callable[..., Any]:
    alive: Callable[..., Any] = getattr(StripePayment, name)

    def call(self: MortalPayment, *given: Any, **named: Any) -> Any:
        self.fuse.burn()
        said = alive(self, *given, **named)
        self.fuse.burn()
        return said

    return call


for _name in NETWORK:
    setattr(MortalPayment, _name, _mortal(_name))


class Till(RuleBasedStateMachine):
    """A shop with fifteen metres of fabric and thirty buttons, two voucher codes and a gift voucher."""

    open_database: Callable[[], str]  # an empty shop's address, set by the test
    tally: Counter[str]

    @initialize()
    def open(self) -> None:
        """The shop opens, and Stripe with it."""
        self.now = NOW
        self.fuse = Fuse()
        self.stripe = FakeStripe(clock=lambda: self.now.timestamp()).__enter__()
        self.stripe.webhooks.send = self._take_in
        self.url = type(self).open_database()
        self._start()
        with self.database.writing() as session:
            self.goods = [id_of(make_fabric(session, on_hand=1500)), id_of(make_variant(session, on_hand=30))]
            make_voucher(session, "ZEHN", percent=10)
            make_voucher(session, "FUENF", cents=500)
            self.gift = make_gift(session, 4000).code

    def teardown(self) -> None:
        """Everything is put right, and the books are compared to the last cent."""
        try:
            self._put_right()
            with self.database.reading() as session:
                found = [
                    *self._always(session),
                    *books.stripe_wrongs(session, self.stripe.account),
                    *books.booking_wrongs(session),
                ]
                assert found == []
            assert self.stripe.notes.problems == []
        finally:
            self.database.close()
            self.stripe.__exit__()
            self.tally["runs"] += 1

    @rule(what=st.sampled_from(DEEDS), number=which, amount=st.integers(1, 2500), codes=CODES)
    def happen(self, what: str, number: int, amount: int, codes: str) -> None:
        """Something happens, to the last order (or payment, or notice) or to any.

        One rule and not many: Hypothesis leaves some rules out of each run, and here it takes all to make a story.
        """
        if what.startswith("buy"):
            self._buy(number, amount, codes, what.partition(" by ")[2])
        elif what in ("transfer", "on_pickup"):
            self._do("ordered", lambda: self._order(number, amount, what, codes.split()))
        elif what in STRIPE_DOES:
            self._happen_at_stripe(number, what, amount)
        elif what in OWNER_DOES:
            self._keep_the_store(number, what, amount)
        elif what == "time":
            self.now += timedelta(minutes=JUMPS[amount % len(JUMPS)])
            self._jobs(hourly=JUMPS[amount % len(JUMPS)] >= 60)
        elif what == "fail":
            self.stripe.fail(*CALLS[number % len(CALLS)], FAULTS[amount % len(FAULTS)])
        elif what == "die at work":
            self.fuse.left = amount % 12 + 1
            self._jobs(hourly=False)
        elif what == "die":
            self.fuse.left = amount % 8 + 1
        else:
            {"pay": self._go_and_pay, "back": self._come_back, "post": self._post, "book": self._book}[what](
                number, amount
            )

    # Shoppers

    def _buy(self, number: int, amount: int, codes: str, how: str) -> None:
        """Somebody orders, goes to Stripe's page, and pays there or not."""
        self._do("ordered", lambda: self._order(number, amount, "stripe", codes.split()))
        order = self._pick(0, Order.payment == "stripe")
        if order:
            self._do("went to pay", lambda: self._go_to_pay(order))
            self._pay(0, how)

    def _go_and_pay(self, number: int, amount: int) -> None:
        """Somebody goes to Stripe's page again, or late; somebody acts on one, whatever the shop believes of it."""
        order = self._pick(number, Order.payment == "stripe")
        if order:
            self._do("went to pay", lambda: self._go_to_pay(order))
        self._pay(number, ("card", "card", "debit", "declined")[amount % 4])

    def _come_back(self, number: int, amount: int) -> None:
        """Somebody comes back to the shop's page, paid or not."""
        every = list(self.stripe.account.sessions)[::-1]
        if every:
            session_id = every[number % len(every)]
            self._do("came back", lambda: settling.settle(self.database, self.payment, session_id, self.now))

    def _go_to_pay(self, order: Order) -> None:
        settling.start(self.database, self.payment, id_of(order), now=self.now, **PAGES)

    def _pay(self, number: int, how: str) -> None:
        account = self.stripe.account
        if how:
            act = {"card": account.pay, "debit": account.pay_by_debit, "declined": account.decline}[how]
            self._at_stripe(how, self._of(account.sessions, "open"), number, act)

    # Stripe and the banks

    def _happen_at_stripe(self, number: int, what: str, cents: int) -> None:
        """Something happens to money that is at Stripe, or on its way."""
        account = self.stripe.account
        deeds: dict[str, tuple[list[str], Callable[[str], object]]] = {
            "debit arrives": (self._debits(), account.debit_succeeds),
            "debit fails": (self._debits(), account.debit_fails),
            "refund arrives": (self._of(account.refunds, "pending"), account.refund_succeeds),
            "refund fails": (self._of(account.refunds, "pending"), account.refund_fails),
            "refund by hand": (self._paid(), lambda intent: account.refund_by_hand(intent, cents)),
            "dispute": (self._undisputed(), account.open_dispute),
            "inquiry": (self._undisputed(), lambda intent: account.open_dispute(intent, is_inquiry=True)),
            "won": (self._of(account.disputes, "needs_response"), lambda one: account.close_dispute(one, "won")),
            "lost": (self._of(account.disputes, "needs_response"), lambda one: account.close_dispute(one, "lost")),
            "closed": (
                self._of(account.disputes, "warning_needs_response"),
                lambda one: account.close_dispute(one, "warning_closed"),
            ),
        }
        account.refunds_begin = "pending" if cents % 2 else "succeeded"
        self._at_stripe(what, deeds[what][0], number, deeds[what][1])

    def _post(self, number: int, amount: int) -> None:
        """A notice arrives, whichever is next: once, again and again, or never."""
        waiting = self.stripe.webhooks.pending
        if waiting:
            told = waiting[number % len(waiting)]
            for _ in range(amount % 4):
                self._do("notice", lambda: self.stripe.webhooks.deliver(told))
            if not amount % 4:
                waiting.remove(told)
                self.tally["notice lost"] += 1

    # The owner

    def _keep_the_store(self, number: int, what: str, cents: int) -> None:
        """She does something about one of the orders, or sells a bit over the counter."""
        order = self._pick(number)
        if order:
            self._do(what, lambda: self._write(lambda session: self._owner_does(session, order, what, cents)))

    def _book(self, number: int, amount: int) -> None:
        """Money of a bank transfer is booked: all of it, half of it, the same booking twice, or for a dead order."""
        order = self._pick(number, Order.payment == "transfer")
        if order:
            count = len(self._read(lambda session: fulfilment.payments_of(session, order)))
            reference = f"bank {order.number} {max(0, count - amount % 2)}"
            cents = max(1, order.total_cents // (1 if amount % 3 else 2))
            self._do("booked", lambda: self._write(lambda session: fulfilment.mark_paid(
                session, order, cents=cents, reference=reference, method="transfer", now=self.now, author="Petra"
            )))  # fmt: skip

    # What must hold at any moment

    @invariant()
    def the_sums_agree(self) -> None:
        """Look from outside, after the commit."""
        if hasattr(self, "database"):
            with self.database.reading() as session:
                assert self._always(session) == []

    def _always(self, session: Session) -> list[str]:
        return [
            *books.stock_wrongs(session),
            *books.order_wrongs(session),
            *books.money_wrongs(session),
            *books.confirmation_wrongs(session),
            *books.invoice_wrongs(session),
            *books.unheard_of(session, self.stripe.account),
        ]

    # How it is done

    def _start(self) -> None:
        self.database = MortalDatabase(self.url, self.fuse)
        self.database.at_commit(_write_invoices)
        self.payment = MortalPayment(TEST_KEY, self.stripe.url, max_network_retries=0)
        self.payment.fuse = self.fuse

    def _do(self, name: str, what: Callable[[], object]) -> None:
        """Do something as a door or a job does it; after death the shop starts anew."""
        try:
            what()
        except (Refusal, PaymentDown, NothingToPay) as refusal:
            name = f"{name}: {type(refusal).__name__}"
        except Killed:
            name = "killed"
            self.database.close()
            self._start()
        self.tally[name] += 1

    def _at_stripe(self, name: str, ids: list[str], number: int, act: Callable[[str], object]) -> None:
        if ids:
            ids.reverse()  # the newest first
            try:
                act(ids[number % len(ids)])
            except ApiError:
                name = f"{name}: refused by Stripe"
            self.tally[name] += 1

    def _take_in(self, body: bytes, signature: str) -> int:
        """The webhook's door."""
        told = self.payment.parse_event(body, signature, [SECRET])
        try:
            inbox.receive(self.database, self.payment, told, self.now)
        except PaymentDown:
            return 500
        return 200

    def _order(self, number: int, amount: int, payment: str, codes: list[str]) -> None:
        """Up to two metres, or up to four buttons, in one request: all of it is committed, or nothing."""
        variant_id, amount = self.goods[number % 2], amount % 4 + 1
        with self.database.writing() as session:
            count = len(session.exec(select(Order.id)).all())
            if count >= MOST_ORDERS:
                return
            variant = session.get_one(Variant, variant_id)
            is_fabric = variant_id == self.goods[0]
            basket = make_cart(
                session, (variant, 1 if is_fabric else amount, amount * 50 if is_fabric else 1), now=self.now
            )
            for code in codes:
                redeeming.enter(session, basket, self.gift if code == "gift" else code, self.now)
            is_pickup = payment == "on_pickup"
            details = tell(session, basket, payment=payment, delivery="pickup" if is_pickup else "DHL",
                           email=f"kundin{count}@kundin.example")  # fmt: skip
            wait = {"stripe": timedelta(hours=2), "transfer": timedelta(days=11)}.get(payment)
            place(
                session, basket, now=self.now, details=details, shipping_cents=0 if is_pickup else 490, payment=payment,
                first_state=State.CONFIRMED if is_pickup else State.AWAITING_PAYMENT,
                reserved_until=self.now + wait if wait else None,
            )  # fmt: skip

    def _owner_does(self, session: Session, order: Order, what: str, cents: int) -> None:
        order = orders.lock(session, id_of(order))
        by: dict[str, Any] = {"now": self.now, "author": "Petra"}
        if what == "ship":
            fulfilment.ship(session, order, carrier="DHL", tracking="", **by)
        elif what == "ship a part":
            going = [Going(part.size, 1) for part in deliveries.to_come(session, order)[:1]]
            fulfilment.ship(session, order, carrier="DHL", tracking="", going=going, **by)
        elif what == "cut":
            fulfilment.cut(session, order, **by)
        elif what == "fetch":
            fulfilment.pick_up(session, order, **by)
        elif what == "cancel":
            fulfilment.cancel(session, order, reason="", **by)
        elif what == "ask":
            part = next(iter(deliveries.to_come(session, order)), None)
            shorter = [replace(part.goods, quantity=max(part.goods.quantity // 2, 1), pieces=part.left)] if part else []
            line = part.line if part else orders.lines_of(session, order)[0]
            inquiries.ask(session, order, line, happened="Ein Fehler im Stoff", options=[shorter], **by)
        elif what == "answer":
            for inquiry in [each for each in inquiries.of(session, order) if each.is_open]:
                offer = (every := answers.offers(session, order, inquiry))[cents % len(every)]
                answers.answer(session, inquiry, offer.number, seen_cents=offer.less_cents, **by)
        elif what == "sell":
            stock.move(session, session.get_one(Variant, self.goods[cents % 2]), -1, stock.Why.SOLD_IN_STORE, **by)
        elif what == "transfers back":
            for refund in refunds.owed_by(session, "transfer"):
                refunds.settled(session, refund, **by)
        elif what == "give back":
            concessions.give_back(session, order, reason="Zu viel bezahlt", key=f"back {self.now} {cents}", **by)
        else:
            lines, shipping_cents = allowances.spread(session, order, cents)
            concessions.concede(
                session,
                order,
                lines,
                shipping_cents=shipping_cents,
                reason="Kulanz",
                key=f"off {self.now} {cents}",
                **by,
            )

    def _jobs(self, *, hourly: bool) -> None:
        work: list[Callable[[], object]] = [
            lambda: settling.end_expired_holds(self.database, {"stripe": self.payment}, self.now),
            lambda: settling.reconcile(self.database, {"stripe": self.payment}, self.now),
            lambda: inbox.finish(self.database, {"stripe": self.payment}, self.now),
            lambda: refunding.carry_out(self.database, {"stripe": self.payment}, self.now),
        ]
        if hourly:
            work += [
                lambda: inbox.catch_up(self.database, {"stripe": self.payment}, self.now),
                lambda: refunding.follow_up(self.database, {"stripe": self.payment}, self.now),
                lambda: comparing.compare_daily(self.database, {"stripe": self.payment}, self.now, shop="shop.example"),
            ]
        for each in work:
            self._do("job", each)

    def _put_right(self) -> None:
        """Nobody dies and nothing fails any more; what Stripe has on its way arrives; the jobs have their turn."""
        self.fuse.left = 0
        self.stripe.recover()
        self.stripe.account.refunds_begin = "succeeded"
        for refund in list(self.stripe.account.refunds.values()):
            if refund["status"] == "pending":
                self.stripe.account.refund_succeeds(refund["id"])
        for _ in range(3):
            self.now += timedelta(hours=3)
            self._jobs(hourly=True)

    def _pick(self, number: int, *of: Any) -> Order | None:
        """One of the orders; mostly one of the last."""
        every = self._read(lambda session: session.exec(select(Order).where(*of).order_by(col(Order.id).desc())).all())
        return every[number % len(every)] if every else None

    def _of(self, things: dict[str, Thing], status: str) -> list[str]:
        return [each["id"] for each in things.values() if each["status"] == status]

    def _debits(self) -> list[str]:
        """The sessions whose money is on its way."""
        account = self.stripe.account
        under_way = [each for each in account.sessions.values() if each["status"] == "complete"]
        return [each["id"] for each in under_way if account.intents[each["payment_intent"]]["status"] == "processing"]

    def _undisputed(self) -> list[str]:
        disputed = {each["payment_intent"] for each in self.stripe.account.disputes.values()}
        return [intent for intent in self._paid() if intent not in disputed]

    def _paid(self) -> list[str]:
        """The payments at Stripe that brought money."""
        return [each["payment_intent"] for each in self.stripe.account.paid_sessions]

    def _read(self, ask: Callable[[Session], Any]) -> Any:
        with self.database.reading() as session:
            return ask(session)

    def _write(self, what: Callable[[Session], object]) -> None:
        with self.database.writing() as session:
            what(session)


def run(open_database: Callable[[], str], examples: int, steps: int) -> Counter[str]:
    """Let the machine run on databases that are opened so; give what has happened how often."""
    tally = Counter[str]()
    began = datetime.now().astimezone()
    run_state_machine_as_test(
        type("ThisTill", (Till,), {"open_database": staticmethod(open_database), "tally": tally}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not IS_LONG,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if IS_LONG else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{(datetime.now().astimezone() - began).total_seconds():.0f} s", dict(sorted(tally.items())))
    return tally


@pytest.mark.slow
def test_money_in_the_books_is_the_money_there_is(empty_database_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"

    def fresh() -> str:
        for each in tmp_path.glob("shop.db*"):
            each.unlink()
        shutil.copy(empty_database_file, file)
        return sqlite_url(file)

    tally = run(fresh, *((150, 120) if IS_LONG else (9, 60)))
    for what in ("ordered", "card", "debit arrives", "killed", "cancel", "ship", "refund by hand", "dispute"):
        assert tally[what], what


@pytest.mark.slow
@pytest.mark.postgres
def test_money_in_the_books_is_the_money_there_is_on_postgresql(postgres_url: str) -> None:
    def fresh() -> str:
        database = Database(postgres_url)
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            SQLModel.metadata.create_all(connection)
        with database.writing() as session:
            kinds.ensure(session)
        database.close()
        return postgres_url

    assert run(fresh, *((50, 100) if IS_LONG else (3, 40)))["ordered"]
