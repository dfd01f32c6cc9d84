"""Two hundred shoppers and an owner: ledger, rolls, holds and sums always agree, whatever anybody does."""

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import Session, col, func, select

from catalog import cutting, holds, remnants, rolls, stock
from catalog.holds import StockHold, Wanted
from catalog.products import Variant
from catalog.remnants import NotARemnant, Remnant
from catalog.rolls import Roll
from catalog.stock import OutOfStock, StillHeld, StockMovement, Why
from catalog.units import Unit
from tests.make import NOW, make_product, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "test"}
earlier = st.integers(0, 1_000_000)
numbers = st.integers(0, 4)
lots = st.sampled_from(["", "4711", "4712"])
lengths = st.integers(1, 60)
pieces = st.lists(st.tuples(numbers, st.integers(1, 25), st.integers(1, 3)), min_size=1, max_size=4)


class Store(RuleBasedStateMachine):
    """A store with two fabrics, a yarn, a button and a ribbon that nobody counts, and what can happen in it."""

    session: Session  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.session.begin_nested()
        fabric = make_product(self.session, unit=Unit.LENGTH, minimum=5)
        self.variants = [
            make_variant(self.session, fabric, on_hand=100),
            make_variant(self.session, fabric, on_hand=0),
            make_variant(self.session, on_hand=20),  # a yarn: its dye lots come later
            make_variant(self.session, on_hand=20),  # a button: lots may come, too
            make_variant(self.session, make_product(self.session, unit=Unit.LENGTH), on_hand=30, counts_stock=False),
        ]
        self.ids = [each.id or 0 for each in self.variants]
        self.orders: list[str] = []

    def teardown(self) -> None:
        """Leave the database as it was."""
        self.savepoint.rollback()

    # --- shoppers ---

    @rule(wanted=pieces)
    def order(self, wanted: list[tuple[int, int, int]]) -> None:
        """Somebody orders: all pieces are held whole, or nothing is and there was no way."""
        asked = Counter[tuple[int, int]]()
        for number, quantity, count in wanted:
            asked[self.ids[number], quantity if number in (0, 1, 4) else 1] += count
        holder = f"D-{len(self.orders)}"
        possible = all(self._is_possible(variant_id, asked) for variant_id, _ in asked)
        try:
            with self.session.begin_nested():
                holds.hold(self.session, holder, [Wanted(*each, count) for each, count in asked.items()], now=NOW)
        except OutOfStock:
            assert not possible
            return
        assert possible
        assert self._held_pieces(holder) == asked
        self.orders.append(holder)

    @precondition(lambda self: self.orders)
    @rule(which=earlier)
    def give_up(self, which: int) -> None:
        """An order expires or is cancelled: nothing is held for it, what was cut comes back."""
        holder = self._order(which)
        holds.release(self.session, holder, now=NOW)
        holds.put_back(self.session, holder, **BY, note=holder)
        assert not holds.is_holding(self.session, holder)

    @precondition(lambda self: self.orders)
    @rule(which=earlier)
    def cut(self, which: int) -> None:
        """The owner cuts an order: what is sold by length leaves its rolls, the rest waits."""
        holder = self._order(which)
        holds.take(self.session, holder, **BY, cut_only=True)
        left = holds.of(self.session, holder)
        assert not [each for each in left if each.roll_id is not None and each.variant_id not in self.ids[2:4]]

    @precondition(lambda self: self.orders)
    @rule(which=earlier)
    def ship(self, which: int) -> None:
        """The parcel leaves."""
        holder = self._order(which)
        holds.take(self.session, holder, **BY)
        assert not holds.of(self.session, holder)

    @precondition(lambda self: self.orders)
    @rule(which=earlier, number=earlier, pieces=st.integers(1, 3), end=st.sampled_from(["take", "release", "back"]))
    def end_a_part(self, which: int, number: int, pieces: int, end: str) -> None:
        """Some pieces leave in a parcel of their own, become free, or come back; all others stay as they are."""
        holder = self._order(which)
        holds_before = self._pieces_by_outcome(holder)
        sizes = sorted({size for size, _ in holds_before})
        size = sizes[number % len(sizes)]
        only = [Wanted(*size, pieces)]
        if end == "take":
            holds.take(self.session, holder, **BY, only=only)
        elif end == "release":
            holds.release(self.session, holder, now=NOW, only=only)
        else:
            holds.put_back(self.session, holder, **BY, note=holder, only=only)
        before, after = {"take": ("", "taken"), "release": ("", "released"), "back": ("taken", "returned")}[end]
        moved = min(pieces, holds_before[size, before])
        assert self._pieces_by_outcome(holder) == +(
            holds_before + Counter({(size, after): moved}) - Counter({(size, before): moved})
        )

    # --- the owner ---

    @rule(number=numbers, quantity=lengths, lot=lots)
    def receive(self, number: int, quantity: int, lot: str) -> None:
        """Goods come in."""
        variant = self.variants[number]
        before = variant.on_hand
        stock.receive(self.session, variant, quantity, lot=lot, **BY)
        assert variant.on_hand == before + quantity

    @rule(number=numbers, on_hand=lengths, why=st.sampled_from([Why.COUNTED, Why.DAMAGED, Why.CUT]))
    def measure(self, number: int, on_hand: int, why: Why) -> None:
        """A roll is measured, found damaged, or what was cut beyond the mark is taken off it."""
        roll = self._some_roll(number)
        if roll is None:
            return
        held, before = roll.held, roll.on_hand
        try:
            stock.measure(self.session, roll, on_hand, why=why, **BY)
            assert roll.on_hand == on_hand >= held
        except StillHeld:
            assert (roll.on_hand, on_hand < held) == (before, True)

    @rule(number=numbers, on_hand=st.integers(0, 200))
    def count(self, number: int, on_hand: int) -> None:
        """The total is counted."""
        variant = self.variants[number]
        try:
            stock.count(self.session, variant, on_hand, **BY)
            assert variant.on_hand == on_hand
        except OutOfStock:
            assert on_hand < variant.held

    @rule(number=numbers, change=st.integers(-30, 30).filter(bool))
    def sell_in_the_store(self, number: int, change: int) -> None:
        """Something is sold at the counter, or comes back there."""
        try:
            stock.move(self.session, self.variants[number], change, Why.SOLD_IN_STORE, **BY)
        except OutOfStock:
            assert (self.variants[number].available or 0) + change < 0

    @rule(number=numbers, counts=st.booleans())
    def count_or_not(self, number: int, counts: bool) -> None:
        """The owner begins or stops counting."""
        variant = self.variants[number]
        try:
            (stock.begin_counting if counts else stock.stop_counting)(self.session, variant, **BY)
            assert variant.counts_stock == counts
        except OutOfStock:
            assert variant.on_hand < variant.held

    @rule(number=numbers, keep=st.booleans())
    def make_a_remnant(self, number: int, keep: bool) -> None:
        """What is proposed becomes an article or is kept; what is not proposed may be refused."""
        roll = self._some_roll(number)
        if roll is None:
            return
        if keep:
            remnants.keep(self.session, roll)
            return
        length, held = roll.on_hand, roll.held
        was_one = self.session.exec(select(Remnant.id).where(Remnant.roll_id == roll.id)).first() is not None
        try:
            with self.session.begin_nested():
                made = remnants.make(self.session, roll, percent=20, **BY, publish=True)
        except NotARemnant:
            assert held or was_one or number in (2, 3)
            return
        piece = self.session.exec(select(Variant).where(Variant.product_id == made.id)).one()
        assert (piece.content, piece.on_hand, roll.on_hand) == (length, 1, 0)

    # --- what must always hold ---

    @invariant()
    def books_agree(self) -> None:
        """Sums, ledger, rolls and holds say the same of every variant."""
        self.session.expire_all()
        ids = col(Variant.id).in_(self.ids)
        every = self.session.exec(select(Variant).where(ids)).all()
        lying = self.session.exec(select(Roll).where(col(Roll.variant_id).in_(self.ids))).all()
        moved = self._sums(StockMovement, StockMovement.change, True)
        held = self._sums(StockHold, StockHold.quantity * StockHold.pieces, col(StockHold.ended_at).is_(None))
        for variant in every:
            assert variant.held >= 0
            assert not variant.counts_stock or variant.on_hand >= variant.held
            assert variant.on_hand == sum(total for (each, _), total in moved.items() if each == variant.id)
            assert variant.held == sum(total for (each, _), total in held.items() if each == variant.id)
            self._rolls_agree(variant, [roll for roll in lying if roll.variant_id == variant.id and not roll.ended_at])
        for roll in lying:
            assert 0 <= roll.held <= roll.on_hand
            assert (roll.on_hand == 0) == (roll.ended_at is not None)
            assert roll.on_hand == moved.pop((roll.variant_id, roll.id), 0)
            assert roll.held == held.pop((roll.variant_id, roll.id), 0)
        assert {roll_id for _, roll_id in held} <= {None}

    def _rolls_agree(self, variant: Variant, lying: list[Roll]) -> None:
        is_cut = variant.id not in self.ids[2:4]
        assert (variant.longest is not None) >= (is_cut and variant.counts_stock)
        if variant.longest is None:
            assert not lying
            return
        assert variant.counts_stock
        assert variant.longest == max((roll.free for roll in lying), default=0)
        assert variant.on_hand == sum(roll.on_hand for roll in lying)
        assert variant.held == sum(roll.held for roll in lying)

    @invariant()
    def history_ends_where_the_store_stands(self) -> None:
        """The chart of a variant ends at what is on hand."""
        told = stock.history(self.session, self.ids[0], NOW - timedelta(days=1))
        assert (told[0], told[-1][1]) == ((NOW - timedelta(days=1), 0), self.variants[0].on_hand)

    def _is_possible(self, variant_id: int, asked: Counter[tuple[int, int]]) -> bool:
        variant = self.session.get_one(Variant, variant_id)
        wanted = [(quantity, count) for (each, quantity), count in asked.items() if each == variant_id]
        if variant.longest is None:
            return not variant.counts_stock or variant.on_hand - variant.held >= sum(a * b for a, b in wanted)
        return cutting.choose(rolls.free_of(self.session, [variant_id])[variant_id], wanted) is not None

    def _order(self, which: int) -> str:
        return self.orders[which % len(self.orders)]

    def _pieces_by_outcome(self, holder: str) -> Counter[tuple[tuple[int, int], str]]:
        """How many pieces of each size are held, taken, released, returned."""
        self.session.expire_all()
        pieces = Counter[tuple[tuple[int, int], str]]()
        for each in self.session.exec(select(StockHold).where(StockHold.holder == holder)).all():
            pieces[(each.variant_id, each.quantity), each.outcome] += each.pieces
        return pieces

    def _held_pieces(self, holder: str) -> dict[tuple[int, int], int]:
        found = Counter[tuple[int, int]]()
        for each in holds.of(self.session, holder):
            found[each.variant_id, each.quantity] += each.pieces
        return found

    def _some_roll(self, number: int) -> Roll | None:
        """The roll of which most is promised: there it can go wrong."""
        lying = rolls.of(self.session, [self.ids[number]]).get(self.ids[number], [])
        return max(lying, key=lambda roll: (roll.held, roll.id), default=None)

    def _sums(self, table: Any, column: Any, condition: Any) -> dict[tuple[int, int | None], int]:
        rows = self.session.exec(
            select(table.variant_id, table.roll_id, func.sum(column))
            .where(col(table.variant_id).in_(self.ids), condition)
            .group_by(table.variant_id, table.roll_id)
        ).all()
        return {(variant_id, roll_id): total for variant_id, roll_id, total in rows}


def test_no_sequence_of_deeds_brings_the_books_apart(session: Session) -> None:
    class ThisStore(Store):
        pass

    ThisStore.session = session
    run_state_machine_as_test(
        ThisStore,
        settings=hypothesis_settings(max_examples=40, stateful_step_count=30, deadline=None),
    )
