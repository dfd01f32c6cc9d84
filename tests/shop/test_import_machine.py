"""Random files, ways back, orders and an owner in one shop: ledgers, rolls, prices and readiness always agree.

The usual run is short and the same each time. The long one takes some minutes and new chances:

    DORFLADEN_TEST_MACHINE=long pytest tests/shop/test_import_machine.py -s
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import event
from sqlmodel import Session, col, func, select

from catalog import holds, prices, products, readiness, remnants, stock
from catalog.exchange import lying_back, standing, surroundings
from catalog.exchange.wishes import Wishes
from catalog.holds import Wanted
from catalog.prices import Step
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.search.queue import SearchChange
from catalog.stock import Why
from catalog.units import Unit
from shop import importing, undoing
from shop.db import Database, sqlite_url
from shop.importing import House, NoSuchRun
from shop.settings import Settings
from tests.make import NOW, make_fabric, make_product, make_ready, make_variant
from tests.shop.goods_files import arrive
from tests.shop.random_files import CELLS, GOODS, file_of, wishes_of
from tests.shop.shop_laws import check_prices, check_sale, check_stock, differences, state

IS_LONG = os.environ.get("DORFLADEN_TEST_MACHINE") == "long"
BY: dict[str, Any] = {"author": "Clara"}
columns = st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5, unique=True)
skus = st.lists(st.sampled_from(sorted(GOODS)), min_size=1, max_size=5, unique=True)
picks = st.integers(0, 1_000_000)
ways = st.sampled_from(["", "", "", "dazu", "zero", "draft", "new", "update"])
number = st.integers(0, 100)
_ALIKE: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}
USUAL = hypothesis_settings(max_examples=12, stateful_step_count=12, derandomize=True, database=None,
                            phases=[Phase.generate], **_ALIKE)  # fmt: skip
LONG = hypothesis_settings(max_examples=400, stateful_step_count=25, **_ALIKE)


@dataclass(frozen=True)
class Done:
    """An import, and what the shop was like before and after it."""

    id: int
    before: dict[str, Any]
    after: dict[str, Any]


class Shop(RuleBasedStateMachine):
    """A shop with a button, a yarn in two shades, a fabric and a ribbon that nobody counts."""

    open_house: Callable[[Callable[[], datetime]], House]  # set by the test
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.house = type(self).open_house(self._tick)
        self.runs: list[Done] = []
        self.orders = 0
        with self.house.database.writing() as session:
            furnish(session)
        self.seen = self._versions()

    def teardown(self) -> None:
        """Close the shop."""
        self.house.database.close()

    # --- files ---

    @rule(which=skus, what=columns, cells=picks, way=ways, most=st.sampled_from([2, 20_000]))
    def bring_in(self, which: list[str], what: list[str], cells: int, way: str, most: int) -> None:
        """A file is brought in; once more, it changes nothing."""
        file, wished = file_of(which, what, cells), wishes_of(way)
        self._bring_in(file, wished, most)
        if way != "dazu":
            again = importing.look(self.house, file.encode(), wished)
            assert not len(again.steps), (file, list(again.steps))

    @rule(which=skus, what=columns, cells=picks, way=ways, deed=number, much=number)
    def bring_in_late(self, which: list[str], what: list[str], cells: int, way: str, deed: int, much: int) -> None:
        """Between the owner's yes and the deed somebody is faster."""
        run_id = self._agree(file_of(which, what, cells), wishes_of(way))
        if run_id is not None:
            self.live(deed, much)
            importing.carry_out(self.house, run_id)
            self.runs.append(Done(run_id, {}, {}))

    @rule(which=skus, what=columns, cells=picks, way=ways, most=st.sampled_from([1, 20_000]))
    def try_out(self, which: list[str], what: list[str], cells: int, way: str, most: int) -> None:
        """A file is brought in and taken back at once: all is as it was, but what cannot be is told."""
        before = len(self.runs)
        self._bring_in(file_of(which, what, cells), wishes_of(way), 20_000)
        if len(self.runs) > before:
            self.take_back(True, 20_000)

    @precondition(lambda self: self.runs)
    @rule(last=st.booleans(), which=number)
    def take_back(self, last: bool, which: int) -> None:
        """An import is taken back; if nothing has happened since, all is as it was."""
        done = self.runs.pop(-1 if last else which % len(self.runs))
        is_last = bool(done.before) and state(self.house, self.now) == done.after
        try:
            report = undoing.take_back(self.house, done.id, author="Berta", most=which or 1)
        except NoSuchRun:
            return  # it changed nothing
        self.tally["taken back"] += 1
        if is_last:
            self.tally["left" if report.left else "as before"] += 1
            now = state(self.house, self.now)
            differ = differences(done.before, now)
            assert all(each.reason == lying_back.UNKNOWN for each in report.left), (report.left, differ)
            assert not [each for each in differ if not (report.left and each[0].endswith(" rolls"))], differ

    # --- others ---

    @rule(deed=number, much=number)
    def live(self, deed: int, much: int) -> None:
        """Shoppers order and give up, the owner counts, receives, edits, reduces, cuts remnants; time goes on."""
        with suppress(Refusal), self.house.database.writing() as session:
            every = session.exec(select(Variant).order_by(col(Variant.id))).all()
            variant = every[much % len(every)]
            DEEDS[deed % len(DEEDS)](self, session, variant, 1 + much % 13)

    def order(self, session: Session, variant: Variant, much: int) -> None:
        """Somebody orders."""
        self.orders += 1
        holds.hold(session, f"D-{self.orders}", [Wanted(variant.id or 0, much, 1)], now=self._tick())

    def end_order(self, session: Session, variant: Variant, much: int) -> None:
        """An order is shipped, or given up and what was taken comes back."""
        holder = f"D-{max(1, self.orders - much % 3)}"
        if much % 2:
            holds.take(session, holder, now=self._tick(), **BY)
        else:
            holds.release(session, holder, now=self._tick())
            holds.put_back(session, holder, now=self._tick(), **BY, note=holder)

    def count(self, session: Session, variant: Variant, much: int) -> None:
        """The owner counts."""
        stock.count(session, variant, much, now=self._tick(), **BY)

    def receive(self, session: Session, variant: Variant, much: int) -> None:
        """Goods come."""
        stock.receive(session, variant, much, lot=["", "7"][much % 2], now=self._tick(), **BY)

    def sell(self, session: Session, variant: Variant, much: int) -> None:
        """Somebody buys in the store."""
        stock.move(session, variant, -much, Why.SOLD_IN_STORE, now=self._tick(), **BY)

    def price(self, session: Session, variant: Variant, much: int) -> None:
        """A price by hand."""
        prices.set_regular(session, variant, 300 + 10 * much, now=self._tick(), **BY)

    def reduce(self, session: Session, variant: Variant, much: int) -> None:
        """A reduction by hand, or its end."""
        now = self._tick()
        if much % 3:
            ends_at = now + timedelta(days=much) if much % 2 else None
            prices.reduce(session, variant, 200 + much, starts_at=now, ends_at=ends_at, now=now, **BY)
        else:
            prices.end_reduction(session, variant, at=now, now=now)

    def steps(self, session: Session, variant: Variant, much: int) -> None:
        """Price steps by hand."""
        prices.set_steps(session, variant, [Step(10 + much, 100 + much)], now=self._tick(), **BY)

    def rename(self, session: Session, variant: Variant, much: int) -> None:
        """A product gets another name, a variant another number."""
        product = session.get_one(Product, variant.product_id)
        product.name = f"Umbenannt {much}"
        if much > 10:
            variant.sku = f"X-{variant.id}-{much}"
        products.touch(session, product.id or 0, self._tick())

    def show(self, session: Session, variant: Variant, much: int) -> None:
        """A product goes on sale or off it."""
        product = session.get_one(Product, variant.product_id)
        if much % 2:
            readiness.publish(session, product, self._tick())
        else:
            products.unpublish(session, product, self._tick())

    def counting(self, session: Session, variant: Variant, much: int) -> None:
        """The owner begins or stops counting."""
        (stock.begin_counting if much % 2 else stock.stop_counting)(session, variant, now=self._tick(), **BY)

    def remnant(self, session: Session, variant: Variant, much: int) -> None:
        """What is left of a roll becomes an article of its own."""
        roll = session.exec(select(Roll).where(Roll.variant_id == variant.id, col(Roll.ended_at).is_(None))).first()
        if roll is not None:
            remnants.make(session, roll, percent=20, now=self._tick(), **BY, publish=True)

    def wait(self, session: Session, variant: Variant, much: int) -> None:
        """Time goes on."""
        self.now += timedelta(days=much * 2)

    # --- what must always hold ---

    @invariant()
    def all_agrees(self) -> None:
        """The books, the histories and the law."""
        with self.house.database.reading() as session:
            check_stock(session)
            check_prices(session)
            check_sale(session)
        seen = self._versions()
        for product_id, (facts, version, queued) in seen.items():
            before = self.seen.get(product_id)
            if before is not None and before[0] != facts:
                assert version > before[1], (before[0], facts)
                assert queued > before[2]
        self.seen = seen

    def _bring_in(self, file: str, wished: Wishes, most: int) -> None:
        before = state(self.house, self.now)
        run_id = self._agree(file, wished)
        if run_id is None:
            return
        importing.carry_out(self.house, run_id, most_variants=most)
        self.tally["brought in"] += 1
        self.runs.append(Done(run_id, before, state(self.house, self.now)))

    def _agree(self, file: str, wished: Wishes) -> int | None:
        run_id = arrive(self.house, file, wished=wished)
        try:
            plan = importing.plan(self.house, run_id)
            agreed = {each.question for each in plan.questions if each.stops}
            importing.agree(self.house, run_id, author="Anna", skips_refused=True, agreed=agreed)
        except Refusal:
            self.tally["refused"] += 1
            return None
        return run_id

    def _tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def _versions(self) -> dict[int, tuple[str, int, int]]:
        with self.house.database.reading() as session:
            queued = dict(
                session.exec(
                    select(SearchChange.product_id, func.max(SearchChange.id)).group_by(col(SearchChange.product_id))
                ).all()
            )
            ids = session.exec(select(Product.id)).all()
            goods = standing.goods(session, [each or 0 for each in ids], surroundings.load(session), NOW)
            return {
                each.id: (repr((each.facts, each.variants)), each.version, queued.get(each.id) or 0)
                for each in goods.values()
            }


DEEDS = [
    Shop.order, Shop.order, Shop.end_order, Shop.count, Shop.receive, Shop.sell, Shop.price, Shop.reduce, Shop.steps,
    Shop.rename, Shop.show, Shop.counting, Shop.remnant, Shop.wait,
]  # fmt: skip


def furnish(session: Session) -> None:
    """The goods with which the shop begins."""
    told = {"price_cents": 450}
    make_variant(session, make_ready(session, make_product(session, "Knopf")), sku="K-1", on_hand=30, **told)
    garn = make_ready(session, make_product(session, "Garn"))
    red = make_variant(session, garn, sku="G-1", options=[("Farbe", "Rot", "")], content=50,
                       content_unit=Unit.WEIGHT, on_hand=0, **told)  # fmt: skip
    stock.receive(session, red, 12, lot="7", now=NOW, author="test")
    make_variant(session, garn, sku="G-2", options=[("Farbe", "Blau", "")], content=50, content_unit=Unit.WEIGHT,
                 **told)  # fmt: skip
    fabric = make_fabric(session, "Stoff", sku="S-1", **told)
    make_ready(session, session.get_one(Product, fabric.product_id))
    band = make_ready(session, make_product(session, "Band", unit=Unit.LENGTH))
    make_variant(session, band, sku="B-1", on_hand=20, counts_stock=False, **told)


def test_no_sequence_of_imports_brings_the_shop_apart(
    settings: Settings, empty_database_file: Path, tmp_path: Path
) -> None:
    class ThisShop(Shop):
        pass

    def open_house(clock: Callable[[], datetime]) -> House:
        file = tmp_path / "machine.db"
        shutil.copy(empty_database_file, file)
        database = Database(sqlite_url(file))
        event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
        return House(settings, database, clock=clock)

    ThisShop.open_house, ThisShop.tally = staticmethod(open_house), Counter()
    run_state_machine_as_test(ThisShop, settings=LONG if IS_LONG else USUAL)
    print(dict(ThisShop.tally))
    assert ThisShop.tally["as before"] > 10
