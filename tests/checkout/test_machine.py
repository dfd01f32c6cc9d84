"""Two hundred random shoppers and an owner in one store: ledger, rolls, holds, orders and money always agree.

The usual run is short and the same each time. The long one takes some minutes and new chances:

    DORFLADEN_TEST_MACHINE=long pytest tests/checkout/test_machine.py -s
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import event
from sqlmodel import Session, col, func, select

from catalog import prices, stock
from catalog.holds import StockHold
from catalog.prices import Step
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.stock import StockMovement
from catalog.units import Unit
from checkout import (
    answers,
    cart,
    contents,
    crediting,
    customers,
    deliveries,
    fulfilment,
    inquiries,
    joining,
    lots,
    orders,
    samples,
)
from checkout.allowances import Allowance
from checkout.amendments import Amendment
from checkout.contents import CartItem
from checkout.deliveries import ShipmentLine
from checkout.fulfilment import Going
from checkout.joining import Answer
from checkout.orders import NotAllowedNow, Order, OrderLine, State
from checkout.payments import Payment
from checkout.samples import SampleCredit
from shop.db import Database, sqlite_url
from tests.checkout.ordering import id_of, make_swatched, make_yarn, place, tell
from tests.make import NOW, make_product, make_variant

IS_LONG = os.environ.get("DORFLADEN_TEST_MACHINE") == "long"
SHOPPERS = 200
TASKS = [
    "pay",
    "pay",
    "pay",
    "pay half",
    "cut",
    "cut",
    "send a part",
    "send a part",
    "ask",
    "ship",
    "fetch",
    "cancel",
    "expire",
]
PACKING = ("cut", "send a part", "ask", "ship", "fetch")
WAITING = (State.AWAITING_PAYMENT, State.PROCESSING)
TO_PACK = (State.CONFIRMED, State.PAID, State.PARTLY_DELIVERED)
GONE = (State.SHIPPED, State.PICKED_UP)
Wish = tuple[int, int, int]  # which goods, how many, how long

which = st.integers(0, 10_000)
goods = st.integers(0, 6)
wishes = st.lists(st.tuples(goods, st.integers(1, 3), st.integers(4, 40)), min_size=1, max_size=3)


@dataclass(frozen=True)
class Looked:
    """A shopper before the order button, with what the page told her some time ago."""

    token: str
    key: str
    items: list[CartItem]


class Street(RuleBasedStateMachine):
    """A store with two fabrics, two yarns, buttons, sequins by weight and a ribbon that nobody counts."""

    file: Path  # set by the test, as an empty shop's database is
    empty: Path
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        shutil.copy(self.empty, self.file)
        self.database = Database(sqlite_url(self.file))
        event.listen(self.database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
        self.now = NOW
        self.shoppers = 0
        self.waiting: list[Looked] = []
        with self.database.writing() as session:
            self.ids = [id_of(each) for each in furnish(session)]

    def teardown(self) -> None:
        """Close the store."""
        self.tally["stores"] += 1
        self.tally["shoppers"] += self.shoppers
        self.database.close()

    # Shoppers

    @precondition(lambda self: self.shoppers < SHOPPERS)
    @rule(wished=wishes, swatch=st.booleans(), is_fetched=st.booleans())
    def buy(self, wished: list[Wish], swatch: bool, is_fetched: bool) -> None:
        """Somebody fills a cart and orders at once."""
        self._try(lambda session: self._order(session, self._fill(session, wished, swatch), is_fetched), "ordered")

    @precondition(lambda self: self.shoppers < SHOPPERS)
    @rule(wished=wishes, swatch=st.booleans())
    def look(self, wished: list[Wish], swatch: bool) -> None:
        """Somebody fills a cart, looks at the confirmation, and thinks."""
        with self.database.writing() as session:
            looked = self._fill(session, wished, swatch)
            session.flush()
        self.waiting.append(looked)

    @precondition(lambda self: self.waiting)
    @rule(number=which, clicks=st.integers(1, 2))
    def confirm(self, number: int, clicks: int) -> None:
        """She orders what she saw then, however the store has changed; some click twice."""
        looked = self.waiting.pop(number % len(self.waiting))
        for _ in range(clicks):
            self._try(lambda session: self._order(session, looked, False), "ordered later")

    # The owner

    @rule(tasks=st.lists(st.tuples(which, st.sampled_from(TASKS)), min_size=2, max_size=6))
    def work(self, tasks: list[tuple[int, str]]) -> None:
        """Things happen to some of the last orders, mostly to those to which they may happen."""
        for number, task in tasks:
            fitting = [*State] if number % 4 == 0 else TO_PACK if task in PACKING else [*WAITING, *TO_PACK]
            with self.database.reading() as session:
                lately = select(Order.id).where(col(Order.state).in_(fitting)).order_by(col(Order.id).desc()).limit(12)
                every = session.exec(lately).all()
            if every:
                order_id = every[number % len(every)] or 0
                self._try(lambda session: self._do(session, orders.lock(session, order_id), task), task)  # noqa: B023

    def _do(self, session: Session, order: Order, task: str) -> None:
        by = self._by()
        if task == "cut":
            fulfilment.cut(session, order, **by)
        elif task == "send a part":
            self._send_a_part(session, order)
        elif task == "ask":
            self._ask(session, order)
        elif task == "ship":
            with suppress(NotAllowedNow):
                fulfilment.cut(session, order, **by)
            fulfilment.ship(session, order, carrier="DHL", tracking="", **by)
        elif task == "fetch":
            fulfilment.pick_up(session, order, **by)
        elif task == "cancel":
            fulfilment.cancel(session, order, reason="", **by)
        elif task == "expire":
            fulfilment.expire(session, order, now=self.now)
        else:  # all of the money or half of it, once more, or much too late
            cents = max(order.total_cents // (2 if "half" in task else 1), 1)
            reference = f"{order.number} {len(fulfilment.payments_of(session, order))}"
            fulfilment.mark_paid(session, order, cents=cents, reference=reference, method="transfer", **by)

    def _ask(self, session: Session, order: Order) -> None:
        """The shopper is asked about what is to come of a line; next time she takes half of it, or nothing."""
        waiting = [each for each in inquiries.of(session, order) if each.is_open]
        if not waiting:
            for part in [part for part in deliveries.to_come(session, order) if not part.line.is_sample][-1:]:
                half = replace(part.goods, pieces=-(-part.left // 2))
                inquiries.ask(session, order, part.line, happened="reicht nicht", options=[[half]], **self._by())
            return
        offers = answers.offers(session, order, waiting[0])
        offer = offers[id_of(order) % len(offers)]
        answers.answer(session, waiting[0], offer.number, seen_cents=offer.less_cents, **self._by())

    def _send_a_part(self, session: Session, order: Order) -> None:
        """A piece of the first thing that is still to come, fetched by every third shopper."""
        every = deliveries.to_come(session, order)
        going = [Going(each.size, 1) for each in every[:1]]
        if id_of(order) % 3:
            fulfilment.ship(session, order, carrier="DHL", tracking="", **self._by(), going=going)
        else:
            fulfilment.pick_up(session, order, **self._by(), going=going)

    @rule(number=which, task=st.sampled_from(["receive", "count", "measure", "sell"]), amount=st.integers(1, 60),
          lot=st.sampled_from(["", "4711", "4802", "4803"]))  # fmt: skip
    def keep_the_store(self, number: int, task: str, amount: int, lot: str) -> None:
        """Goods come in or go over the counter; somebody counts or measures, and finds a tenth more or less."""

        def do(session: Session) -> None:
            variant = session.get_one(Variant, self.ids[number % len(self.ids)])
            grain = 1 if _unit(session, id_of(variant)) is Unit.PIECE else 10
            if task == "receive":
                stock.receive(session, variant, amount * grain, lot=lot, **self._by())
            elif task == "count":
                stock.count(session, variant, variant.on_hand * (80 + amount) // 100, **self._by())
            elif task == "sell":
                stock.move(session, variant, -(amount % 8 + 1) * grain, stock.Why.SOLD_IN_STORE, **self._by())
            else:
                rolls = session.exec(select(Roll).where(col(Roll.ended_at).is_(None)).order_by(col(Roll.id))).all()
                roll = rolls[number % len(rolls)] if rolls else stock.receive(session, variant, grain, **self._by())
                if roll is not None:
                    stock.measure(session, roll, roll.on_hand * (80 + amount) // 100, **self._by())

        self._try(do, task)

    @rule(hours=st.integers(1, 400))
    def pass_time(self, hours: int) -> None:
        """Some days go by, and with them the time in which samples are credited."""
        self.now += timedelta(hours=hours)

    # What must hold

    @invariant()
    def the_books_agree(self) -> None:
        """Look at everything, as a stranger would: from outside, after the commit."""
        with self.database.reading() as session:
            check_sums(session)
            check_rolls(session)
            check_orders(session)
            check_money(session)

    def _fill(self, session: Session, wished: Sequence[Wish], swatch: bool) -> Looked:
        self.shoppers += 1
        basket = cart.open(session, self.now)
        for number, pieces, length in wished:
            with suppress(Refusal):
                self._put_in(session, basket, self.ids[number], pieces, length)
        if swatch:
            samples.add(session, basket, self.ids[wished[0][0] % 2], samples.USUAL, self.now)
        tell(session, basket, sample_order=_sample_number(session))
        return Looked(basket.token, basket.checkout_key, self._items(session, basket))

    def _put_in(self, session: Session, basket: cart.Cart, variant_id: int, pieces: int, length: int) -> None:
        unit = _unit(session, variant_id)
        quantity = 1 if unit is Unit.PIECE else length * 10
        pieces = pieces * length // 8 + 1 if unit is Unit.PIECE else pieces
        asked = joining.question(session, basket, variant_id, pieces=pieces, quantity=quantity, now=self.now)
        if asked is None:
            cart.add(session, basket, variant_id, pieces=pieces, quantity=quantity, now=self.now)
            return
        wish = Answer.ONE_PIECE if length % 2 else Answer.APART
        for _ in range(2):
            joining.answer(
                session, basket, variant_id, pieces=pieces, quantity=quantity, wish=wish, key=asked.key, now=self.now
            )
        self.tally["joined or not"] += 1

    def _items(self, session: Session, basket: cart.Cart) -> list[CartItem]:
        told = customers.load(session, basket)
        items = contents.of(session, basket, self.now)
        return crediting.credited(
            session, items, told=told.sample_order, email=told.email, terms=samples.USUAL, now=self.now
        )[0]

    def _order(self, session: Session, looked: Looked, is_fetched: bool) -> None:
        basket = cart.find(session, looked.token)
        assert basket is not None
        state = State.CONFIRMED if is_fetched else State.AWAITING_PAYMENT
        standing = session.exec(select(Order.id).where(Order.checkout_key == looked.key)).first()
        order = place(
            session, basket, now=self.now, items=looked.items, checkout_key=looked.key, first_state=state
        )  # fmt: skip
        assert standing in (None, order.id)
        self.tally["credited"] += any(item.credits for item in looked.items)
        self.tally["told of lots"] += any(item.notice for item in looked.items)

    def _try(self, what: Callable[[Session], object], name: str) -> None:
        """One transaction, as a door would do it: all or nothing."""
        try:
            with self.database.writing() as session:
                what(session)
        except Refusal as refusal:
            name = f"{name}: {type(refusal).__name__}"
        self.tally[name] += 1

    def _by(self) -> dict[str, Any]:
        return {"now": self.now, "author": "Anna"}


def furnish(session: Session) -> list[Variant]:
    """The goods; the first two offer samples."""
    by: dict[str, Any] = {"now": NOW, "author": "Anna"}
    jersey, cord = make_swatched(session, "Jersey", on_hand=600), make_swatched(session, "Cord", on_hand=240)
    for length in (350, 180, 90):
        stock.receive(session, jersey, length, lot="A", **by)
    session.get_one(Product, cord.product_id).remnant_below = 70
    yarn = make_yarn(session, ("4711", 14), ("4802", 9), ("", 5))
    prices.set_steps(session, yarn, [Step(10, 450)], **by)
    plain_yarn, button = make_variant(session, on_hand=30), make_variant(session, on_hand=60)
    loose = make_product(session, "Pailletten", unit=Unit.WEIGHT, minimum=10, step=10)
    ribbon = make_product(session, "Band", unit=Unit.LENGTH, minimum=10, step=10)
    return [
        jersey, cord, yarn, plain_yarn, button, make_variant(session, loose, on_hand=2_000),
        make_variant(session, ribbon, on_hand=0, counts_stock=False),
    ]  # fmt: skip


def check_sums(session: Session) -> None:
    """Each variant is the sum of its movements, and of what is held of it; nothing is negative."""
    moved = _sums(session, select(StockMovement.variant_id, func.sum(StockMovement.change)), StockMovement.variant_id)
    held = _held_by(session, StockHold.variant_id)
    for variant in session.exec(select(Variant)).all():
        assert variant.on_hand == moved.get(id_of(variant), 0)
        assert variant.held == held.get(id_of(variant), 0)
        assert not variant.counts_stock or 0 <= variant.held <= variant.on_hand


def check_rolls(session: Session) -> None:
    """Each roll is the sum of its movements and holds; a variant is the sum of its rolls, and knows its longest."""
    moved = _sums(session, select(StockMovement.roll_id, func.sum(StockMovement.change)), StockMovement.roll_id)
    held = _held_by(session, StockHold.roll_id)
    of_variant: dict[int, list[Roll]] = {}
    for roll in session.exec(select(Roll)).all():
        of_variant.setdefault(roll.variant_id, []).append(roll)
        assert (roll.on_hand, roll.held) == (moved.get(id_of(roll), 0), held.get(id_of(roll), 0))
        assert 0 <= roll.held <= roll.on_hand
        assert roll.ended_at is None or roll.on_hand == 0
    rows = session.exec(select(Variant, Product.unit).join(Product, col(Product.id) == Variant.product_id)).all()
    for variant, unit in rows:
        rolls = of_variant.get(id_of(variant), [])
        if variant.longest is None:
            assert rolls == []
            assert unit != Unit.LENGTH or not variant.counts_stock
            continue
        assert (variant.on_hand, variant.held) == (sum(r.on_hand for r in rolls), sum(r.held for r in rolls))
        assert variant.longest == max((roll.free for roll in rolls), default=0)


def check_orders(session: Session) -> None:
    """What was sold is held piece by piece until it leaves, and from the dye lots that were told."""
    wanted: dict[str, Counter[tuple[int, int]]] = {}
    yarn_lines = []
    instead = _instead(session)
    for order, line in session.exec(
        select(Order, OrderLine).join(OrderLine, col(OrderLine.order_id) == Order.id)
    ).all():
        pieces = wanted.setdefault(order.number, Counter())
        if line.id in instead:
            pieces.update(instead[line.id])
        elif not line.is_sample:
            pieces[line.variant_id, line.quantity] += line.pieces
        if order.state in WAITING and line.id not in instead and line.unit == Unit.PIECE and not line.is_sample:
            yarn_lines.append((order, line))
    held, taken = _pieces_of_holders(session)
    sent = _pieces_sent(session)
    by_length = set(session.exec(select(Variant.id).join(Product).where(Product.unit == Unit.LENGTH.value)).all())
    for order in session.exec(select(Order)).all():
        mine, still, gone = wanted[order.number], held[order.number], taken[order.number]
        if order.state in (*WAITING, *TO_PACK):
            assert still + gone == mine
            assert not gone or order.state in TO_PACK
            cut = gone - sent[order.number]
            assert sent[order.number] <= gone
            assert {variant_id for variant_id, _ in +cut} <= by_length  # only what is cut goes before its parcel
        else:
            assert not still
            assert gone == (mine if order.state in GONE else Counter())
    for order, line in yarn_lines:
        split = lots.told(lots.split_of(session, order.number).get(line.variant_id, ()))
        assert bool(line.notice) == bool(split)
        assert all(f"{balls} aus Partie {lot}" in line.notice for lot, balls in split if lot)


def check_money(session: Session) -> None:
    """Totals are the sums of their lines, payments are booked once, and each sample is credited once."""
    lines = _sums(session, select(OrderLine.order_id, func.sum(OrderLine.line_cents)), OrderLine.order_id)
    credited = _sums(session, select(OrderLine.order_id, func.sum(OrderLine.credit_cents)), OrderLine.order_id)
    noted = _sums(session, select(SampleCredit.order_id, func.sum(SampleCredit.cents)), SampleCredit.order_id)
    amended = set(session.exec(select(Amendment.order_id)).all())
    less = _sums(session, select(Allowance.order_id, func.sum(Allowance.cents)), Allowance.order_id)
    paid = _sums(session, select(Payment.order_id, func.sum(Payment.cents)), Payment.order_id)
    for order in session.exec(select(Order)).all():
        number = id_of(order)
        assert order.goods_cents == lines[number]
        assert order.total_cents == order.goods_cents + order.shipping_cents
        assert sum(share["gross_cents"] for share in order.vat) == order.total_cents
        assert order.paid_cents == paid.get(number, 0)
        assert order.reduced_cents == less.get(number, 0) <= order.total_cents
        is_over = order.state in (State.CANCELLED, State.EXPIRED)
        may_lack = "woanders angerechnet" in order.attention or number in amended
        assert may_lack or noted.get(number, 0) == (0 if is_over else credited[number])


def _sums(session: Session, query: Any, by: Any) -> dict[int, int]:
    return {key: int(total) for key, total in session.exec(query.group_by(by)).all()}


def _held_by(session: Session, key: Any) -> dict[int, int]:
    total = select(key, func.sum(StockHold.pieces * StockHold.quantity)).where(col(StockHold.ended_at).is_(None))
    return _sums(session, total, key)


def _pieces_of_holders(session: Session) -> tuple[Any, Any]:
    """The pieces that each holder still holds, and those that it has taken."""
    still: dict[str, Counter[tuple[int, int]]] = {}
    gone: dict[str, Counter[tuple[int, int]]] = {}
    for hold in session.exec(select(StockHold)).all():
        for kept, holds_so in ((still, hold.ended_at is None), (gone, hold.outcome == "taken")):
            pieces = kept.setdefault(hold.holder, Counter())
            if holds_so:
                pieces[hold.variant_id, hold.quantity] += hold.pieces
    return _Known(still), _Known(gone)


def _instead(session: Session) -> dict[int | None, Counter[tuple[int, int]]]:
    """What is delivered of lines that were amended, by line."""
    found: dict[int | None, Counter[tuple[int, int]]] = {}
    for each in session.exec(select(Amendment).order_by(col(Amendment.id))).all():
        found[each.order_line_id] = Counter()
        for goods in each.goods:
            found[each.order_line_id][goods["variant_id"], goods["quantity"]] += goods["pieces"]
    return found


def _pieces_sent(session: Session) -> Any:
    """The pieces that have left the store for each order; samples are no goods."""
    sent = _Known()
    for number, line, is_sample in session.exec(
        select(Order.number, ShipmentLine, OrderLine.is_sample)
        .join(OrderLine, col(OrderLine.id) == ShipmentLine.order_line_id)
        .join(Order, col(Order.id) == OrderLine.order_id)
    ).all():
        if not is_sample:
            sent.setdefault(number, Counter())[line.variant_id, line.quantity] += line.pieces
    return sent


class _Known(dict[str, Counter[tuple[int, int]]]):
    """Holders of nothing, too: orders of samples."""

    def __missing__(self, holder: str) -> Counter[tuple[int, int]]:
        return Counter()


def _unit(session: Session, variant_id: int) -> Unit:
    return Unit(session.get_one(Product, session.get_one(Variant, variant_id).product_id).unit)


def _sample_number(session: Session) -> str:
    """The number of the last paid order of samples: everybody hopes for its credit."""
    found = select(Order.number).join(OrderLine, col(OrderLine.order_id) == Order.id).where(col(OrderLine.is_sample))
    found = found.where(col(Order.state).in_((State.PAID, State.SHIPPED)))
    return session.exec(found.order_by(col(Order.id).desc())).first() or ""


@pytest.mark.slow
def test_two_hundred_shoppers_and_an_owner(empty_database_file: Path, tmp_path: Path) -> None:
    tally = Counter[str]()

    facts = {"file": tmp_path / "shop.db", "empty": empty_database_file, "tally": tally}
    began = datetime.now().astimezone()
    run_state_machine_as_test(
        type("ThisStreet", (Street,), facts),
        settings=settings(
            max_examples=25 if IS_LONG else 16,
            stateful_step_count=500 if IS_LONG else 60,
            derandomize=not IS_LONG,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if IS_LONG else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{(datetime.now().astimezone() - began).total_seconds():.0f} s", dict(sorted(tally.items())))
    assert all(
        tally[each]
        for each in (
            "ordered",
            "ordered later",
            "pay",
            "cut",
            "send a part",
            "ask",
            "ship",
            "fetch",
            "cancel",
            "expire",
        )
    )
