"""A Saturday before Christmas: everybody orders in the same ten minutes, and things go wrong.

The shop runs as in earnest (`serve` with two workers, `work` beside it, a mail server); shoppers come over HTTP
at random moments, fight for the last metre, pay by card, debit, transfer or at pickup, close the browser or press
everything twice; Stripe's notices come late, out of order, twice or never; the owner ships and cancels meanwhile;
the shop is closed and opened once, or killed again and again. In the evening the books are held against each other.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from flask import Flask
from sqlmodel import Session, col, select

from catalog.refusals import Refusal
from checkout import fulfilment, orders
from checkout.orders import Order, State
from shop import accounts, invoice_terms, jobs, mail, migrating
from shop.app import create_shop
from shop.context import Shop, utc_now
from shop.db import Database
from tests.checkout.bank import files as bank_files
from tests.stripe_fake import FakeStripe
from tests.stripe_fake.server import TEST_KEY
from tests.stripe_fake.shapes import Thing
from tests.stripe_fake.webhooks import SECRET, over_http
from tests.town import books, goods
from tests.town.books import Outside
from tests.town.house import House
from tests.town.mailbox import Mailbox
from tests.town.post import Post
from tests.town.shopper import Notes, Shopper, Wishes

FABRICS = 12
DEMAND = 1.25  # of what there is of the fabrics: every fifth shopper comes too late
LENGTH_CM = 150
PAYMENTS = ("card",) * 9 + ("declined", "debit", "debit", "", "transfer", "transfer", "transfer", "pickup", "pickup",
                            "pickup", "pickup")  # fmt: skip
LEAVES, TWO_TABS = 0.05, 0.1
DEBIT_S = (5.0, 90.0)  # how long a debit takes; days, in earnest
DEBIT_FAILS = 0.1
SHIPPED, CANCELLED = 0.3, 0.02  # of the paid orders, on the same day
AT_ONCE = 48  # shoppers
OWNER = "Petra"
QUIET_JOBS = ("backup", "pictures", "photographs", "old photographs")  # have nothing to do with money


@dataclass(frozen=True)
class Plan:
    """How many order in how many seconds, and what is done to the shop meanwhile."""

    shoppers: int
    lasts_s: float
    restarts: int = 1
    kills: int = 0
    seed: int = 0
    database_url: str = ""

    @property
    def pace(self) -> float:
        """How many times faster than the ten minutes that a thousand shoppers have."""
        return max(1.0, 600 / self.lasts_s)


@dataclass
class Report:
    """What came of it; `wrongs` are sentences, and there should be none."""

    plan: Plan
    orders: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    kills: Counter[str] = field(default_factory=Counter)
    post: dict[str, int] = field(default_factory=dict)
    took_s: float = 0
    memory_mb: float = 0
    letters: int = 0
    letters_in_doubt: int = 0
    transfers: int = 0

    def confirm_ms(self, percent: int) -> float:
        """The time of the confirm request that so many percent were quicker than; 100 is the slowest."""
        every = sorted(self.notes.confirm_s)
        return every[min(len(every) - 1, len(every) * percent // 100)] * 1000 if every else 0.0


def spend(plan: Plan, folder: Path, say: Callable[[str], None] = lambda line: None) -> Report:
    """Let a Saturday go by in a folder, and give its report."""
    report = Report(plan)
    with ExitStack() as town:
        shift = _Shift()
        stripe = town.enter_context(FakeStripe(clock=lambda: time.time() + shift.seconds))
        mailbox = town.enter_context(Mailbox())
        house = House(folder / "shop", _environment(plan, stripe, mailbox))
        town.callback(house.close)
        password = _open_shop(house, plan)
        post = Post(stripe, random.Random(plan.seed + 1), plan.pace)
        town.callback(post.close)
        stripe.webhooks.send = over_http(f"{house.settings.url}/webhooks/stripe")
        stripe.account.on_event = _Bank(stripe, post, random.Random(plan.seed + 2)).take
        _Day(plan, house, stripe, report, say).go_by()
        if not post.wait_until_quiet(300):
            report.wrongs.append("Stripe's notices were not taken")
        house.stop()
        say("the shop is closed; what is left to do by itself follows")
        shift.seconds = 3 * 3600.0
        _evening(house, report, password, random.Random(plan.seed + 5))
        report.post = {"lost": post.lost, "repeated": post.repeated, "refused": post.refused}
        _look_into_the_books(house, stripe, mailbox, report)
    return report


@dataclass
class _Shift:
    seconds: float = 0.0


class _Bank:
    """Decides what becomes of debits, some time after they were given."""

    def __init__(self, stripe: FakeStripe, post: Post, dice: random.Random) -> None:
        self._stripe, self._post, self._dice = stripe, post, dice

    def take(self, event: Thing) -> None:
        about = event["data"]["object"]
        if event["type"] == "checkout.session.completed" and about["payment_status"] == "unpaid":
            account = self._stripe.account
            end = account.debit_fails if self._dice.random() < DEBIT_FAILS else account.debit_succeeds
            self._post.later(self._dice.uniform(*DEBIT_S), lambda: _call(end, about["id"]))
        self._post.take(event)


def _call(end: Callable[[str], Thing], session_id: str) -> None:
    end(session_id)


def _environment(plan: Plan, stripe: FakeStripe, mailbox: Mailbox) -> dict[str, str]:
    database = {"DORFLADEN_DATABASE_URL": plan.database_url} if plan.database_url else {}
    return database | {
        "DORFLADEN_PROXIES": "1",  # each shopper has an address of her own
        "DORFLADEN_SMTP_URL": mailbox.url,
        "DORFLADEN_STRIPE_SECRET_KEY": TEST_KEY,
        "DORFLADEN_STRIPE_API": stripe.url,
        "DORFLADEN_STRIPE_WEBHOOK_SECRETS": SECRET,
    }


def _open_shop(house: House, plan: Plan) -> str:
    """Fabrics that do not suffice for all, and buttons for those who come too late; give the owner's password."""
    password = accounts.make_password()
    shop: Shop = create_shop(house.settings).extensions["dorfladen"]
    migrating.upgrade(shop.database)
    on_hand = int(plan.shoppers * LENGTH_CM / DEMAND / FABRICS) // 10 * 10
    with shop.database.writing() as session:
        goods.furnish(session, shop.settings, dict(shop.payments), utc_now())
        accounts.add(session, OWNER, password, utc_now())
        goods.fabrics(session, FABRICS, on_hand=on_hand)
        goods.buttons(session, FABRICS, on_hand=plan.shoppers * 2)
    shop.database.close()
    return password


class _Day:
    """The day itself, until the last shopper has gone."""

    def __init__(
        self, plan: Plan, house: House, stripe: FakeStripe, report: Report, say: Callable[[str], None]
    ) -> None:
        self._plan, self._house, self._stripe, self._report, self._say = plan, house, stripe, report, say
        self._is_over = threading.Event()

    def go_by(self) -> None:
        """Open, let everybody come, and wait until they have gone."""
        self._house.start()
        self._house.wait_until_open()
        beside = [threading.Thread(target=work) for work in (self._watch_memory, self._be_owner, self._disturb)]
        for thread in beside:
            thread.start()
        began = time.monotonic()
        try:
            self._let_them_come(began)
        finally:
            self._report.took_s = time.monotonic() - began
            self._is_over.set()
            for thread in beside:
                thread.join()

    def _let_them_come(self, began: float) -> None:
        dice = random.Random(self._plan.seed)
        arrivals = sorted(dice.uniform(0, self._plan.lasts_s) for _ in range(self._plan.shoppers))
        with ThreadPoolExecutor(AT_ONCE) as street:
            visits = []
            for number, arrival in enumerate(arrivals):
                wishes = _wishes(number, dice)
                shopper = Shopper(
                    wishes, self._house.port, self._stripe.url, self._report.notes, random.Random(dice.random())
                )
                time.sleep(max(0.0, began + arrival - time.monotonic()))
                visits.append(street.submit(shopper.visit))
                if number % max(1, self._plan.shoppers // 10) == 0:
                    self._say(f"{time.monotonic() - began:4.0f} s: {number} of {self._plan.shoppers} have come")
            for visit in visits:
                visit.result()

    def _disturb(self) -> None:
        """Close and open the shop, or kill parts of it, at random moments."""
        dice = random.Random(self._plan.seed + 3)
        moments = [(dice.uniform(0.3, 0.7), "restart") for _ in range(self._plan.restarts)]
        kinds = ("serve", "serve", "worker", "worker", "work")
        moments += [(dice.uniform(0.02, 1.0), dice.choice(kinds)) for _ in range(self._plan.kills)]
        began = time.monotonic()
        for moment, what in sorted(moments):
            if self._is_over.wait(max(0.0, began + moment * self._plan.lasts_s - time.monotonic())):
                return  # all have gone already
            self._do_to_the_shop(what, dice)
            self._report.kills[what] += 1

    def _do_to_the_shop(self, what: str, dice: random.Random) -> None:
        if what == "restart":
            self._say("the shop is closed and opened again")
            self._house.stop()
            self._house.start()
        elif what == "worker":
            while not self._house.kill_one_worker(dice.randrange(8)) and not self._is_over.wait(0.1):
                pass
        else:
            self._house.kill(what)
            self._house.start(what)
        if what in ("serve", "restart"):
            self._wait_until_open()  # killed before anybody was served, it would be the same kill again

    def _wait_until_open(self) -> None:
        """Start the web server again where it does not come, as a host's supervisor does."""
        while not self._is_over.is_set():
            try:
                return self._house.wait_until_open()
            except TimeoutError:
                self._report.wrongs.append("the shop did not open by itself")
                self._house.kill("serve")
                self._house.start("serve")
        return None

    def _watch_memory(self) -> None:
        while not self._is_over.wait(2):
            with suppress(RuntimeError):  # the list of processes changes while the shop is started
                self._report.memory_mb = max(self._report.memory_mb, self._house.memory_mb())

    def _be_owner(self) -> None:
        """Ship some of what is paid, cancel a little of it."""
        dice = random.Random(self._plan.seed + 4)
        database = Database(self._house.settings.database_url)
        invoice_terms.write_along(database, {})
        seen: set[int] = set()
        while not self._is_over.wait(3 / self._plan.pace):
            with database.reading() as session:
                paid = session.exec(select(Order.id).where(Order.state == State.PAID)).all()
            for order_id in [each for each in paid if each is not None and each not in seen]:
                seen.add(order_id)
                fate = dice.random()
                if fate < SHIPPED + CANCELLED:
                    _ship_or_cancel(database, order_id, is_shipped=fate < SHIPPED)
        database.close()


def _ship_or_cancel(database: Database, order_id: int, *, is_shipped: bool) -> None:
    with suppress(Refusal), database.writing() as session:
        order = orders.lock(session, order_id)
        if is_shipped:
            fulfilment.ship(session, order, carrier="DHL", tracking="", now=utc_now(), author=OWNER)
        else:
            fulfilment.cancel(session, order, reason="", now=utc_now(), author=OWNER)


def _wishes(number: int, dice: random.Random) -> Wishes:
    how = dice.choice(PAYMENTS)
    payment = {"transfer": "transfer", "pickup": "on_pickup"}.get(how, "stripe")
    return Wishes(
        name=f"Kundin {number}",
        sku=f"STOFF-{dice.randrange(FABRICS)}",
        length="1,5",
        instead=f"KNOPF-{dice.randrange(FABRICS)}",
        payment=payment,
        how=how if payment == "stripe" else "",
        leaves=dice.random() < LEAVES,
        two_tabs=dice.random() < TWO_TABS,
        address=f"10.{number // 62_500}.{number // 250 % 250}.{number % 250}",
    )


def _evening(house: House, report: Report, password: str, dice: random.Random) -> None:
    """What the shop does by itself in the hours after, done now: its clock is three hours ahead, as Stripe's is.

    The owner uploads her bank's statement, and for certainty once more.
    """
    app: Flask = create_shop(house.settings, clock=lambda: utc_now() + timedelta(hours=3))
    shop: Shop = app.extensions["dorfladen"]
    transfers = _transfers(shop.database, dice)
    for _ in range(2):
        _upload(app, password, bank_files.camt(*(each.entry for each in transfers), until=utc_now().date()))
    for _ in range(3):
        for job in jobs.all_jobs():
            if job.name not in QUIET_JOBS and not jobs.run(app, job):
                report.wrongs.append(f"the job “{job.name}” failed")
    while mail.deliver_due(app):
        pass  # a worker that was killed all day is behind with the letters
    with shop.database.reading() as session:
        report.wrongs += _transfer_wrongs(session, transfers)
    shop.database.close()
    report.transfers = len(transfers)


@dataclass(frozen=True)
class _Transfer:
    """What somebody has transferred for her order: just the total with its number, or not quite so."""

    order_id: int
    is_exact: bool
    entry: str


def _transfers(database: Database, dice: random.Random) -> list[_Transfer]:
    """The credits of all who wait for their transfer to be seen: a tenth is short, twice, or without a number."""
    with database.reading() as session:
        waiting = session.exec(
            select(Order).where(Order.payment == "transfer", Order.state == State.AWAITING_PAYMENT)
        ).all()
    made = []
    for position, order in enumerate(waiting):
        fault = dice.choice([""] * 27 + ["short", "twice", "nameless"])
        cents = order.total_cents - (100 if fault == "short" else 0)
        for time_ in range(1 + (fault == "twice")):
            entry = bank_files.entry(
                f"{cents // 100}.{cents % 100:02}", "Danke" if fault == "nameless" else f"Bestellung {order.number}",
                day=utc_now().date(), name=order.name, reference=f"{position}-{time_}",
            )  # fmt: skip
            made.append(_Transfer(order.id or 0, not fault, entry))
    return made


def _upload(app: Flask, password: str, statement: bytes) -> None:
    """The owner signs in and uploads a file."""
    owner = app.test_client()
    owner.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    assert owner.post("/backoffice/anmelden", data={"name": OWNER, "passwort": password}).status_code == 303
    answer = owner.post("/backoffice/bank", data={"dateien": (BytesIO(statement), "umsatz.xml")})
    assert answer.headers.get("Location") == "/backoffice/bank", answer.text


def _transfer_wrongs(session: Session, transfers: list[_Transfer]) -> Iterator[str]:
    """What was exact is booked once; what was not is a question, and no order is packed for it."""
    for each in transfers:
        order = session.get_one(Order, each.order_id)
        booked = [payment.cents for payment in fulfilment.payments_of(session, order)]
        if each.is_exact and (booked != [order.total_cents] or order.state != State.PAID):
            yield f"{order.number} ({order.state}) was transferred exactly, {booked} ct are booked"
        if not each.is_exact and len(booked) > 1:
            yield f"{order.number} ({order.state}) has {booked} ct booked"


def _look_into_the_books(house: House, stripe: FakeStripe, mailbox: Mailbox, report: Report) -> None:
    database = Database(house.settings.database_url)
    with database.reading() as session:
        report.wrongs += books.wrongs(session, Outside(stripe.account, mailbox.arrived))
        every = session.exec(select(Order).order_by(col(Order.id))).all()
        report.orders = Counter(order.state for order in every)
        report.letters_in_doubt = books.letters_in_doubt(session)
    database.close()
    report.letters = mailbox.arrived.total()
    tokens, numbers = {order.token for order in every}, {order.number for order in every}
    report.wrongs += [f"{token} was shown and is lost" for token in report.notes.ordered if token not in tokens]
    report.wrongs += [
        f"{each['client_reference_id']} was paid and is lost"
        for each in stripe.account.paid_sessions
        if each["client_reference_id"] not in numbers
    ]
    names = Counter(order.name for order in every)
    report.wrongs += [f"{name} ordered once and has {times} orders" for name, times in names.items() if times > 1]
    report.wrongs += [f"at Stripe: {problem}" for problem in stripe.notes.problems]
    strangers = {order.checkout_key for order in every} - report.notes.keys
    report.wrongs += [f"nobody has pressed {key}" for key in strangers]
