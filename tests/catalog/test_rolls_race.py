"""Many hands at the same rolls: the last piece is sold once, and nobody waits for anybody in a ring."""

from collections import Counter
from contextlib import suppress
from typing import Any

from sqlmodel import Session, col, func, select

from catalog import holds, remnants, rolls, stock
from catalog.holds import StockHold, Wanted
from catalog.products import Variant
from catalog.remnants import NotARemnant, Remnant
from catalog.rolls import Roll
from catalog.stock import OutOfStock, StillHeld, StockMovement, Why
from catalog.units import Unit
from shop.db import Database
from tests.at_once import in_threads
from tests.make import NOW, make_fabric, make_product, make_variant

ROUNDS = 5
BY: dict[str, Any] = {"now": NOW, "author": "test"}


def check_books(session: Session) -> None:
    """Sums, rolls, holds and ledger agree for every variant with rolls."""
    for variant in session.exec(select(Variant).where(col(Variant.longest).is_not(None))).all():
        lying = session.exec(select(Roll).where(Roll.variant_id == variant.id, col(Roll.ended_at).is_(None))).all()
        assert variant.on_hand == sum(roll.on_hand for roll in lying)
        assert variant.held == sum(roll.held for roll in lying)
        assert variant.longest == max((roll.free for roll in lying), default=0)
        moved = select(func.coalesce(func.sum(StockMovement.change), 0))
        assert variant.on_hand == session.exec(moved.where(StockMovement.variant_id == variant.id)).one()
        for roll in lying:
            still = (col(StockHold.roll_id) == roll.id) & col(StockHold.ended_at).is_(None)
            held = select(func.coalesce(func.sum(StockHold.quantity * StockHold.pieces), 0)).where(still)
            assert roll.held == session.exec(held).one()
            assert roll.on_hand == session.exec(moved.where(StockMovement.roll_id == roll.id)).one()


def test_twenty_want_the_last_piece_of_two_rolls(either_database: Database) -> None:
    for _ in range(ROUNDS):
        with either_database.writing() as session:
            fabric = make_fabric(session, on_hand=90)
            stock.receive(session, fabric, 90, **BY)
            variant_id = fabric.id or 0
        outcomes: list[str] = []

        def order(which: int, variant_id: int = variant_id, outcomes: list[str] = outcomes) -> None:
            try:
                with either_database.writing() as session:
                    holds.hold(session, f"{variant_id}-{which}", [Wanted(variant_id, 60)], now=NOW)
                outcomes.append("sold")
            except OutOfStock:
                outcomes.append("gone")

        in_threads(20, order)
        assert Counter(outcomes) == {"sold": 2, "gone": 18}
        with either_database.reading() as session:
            check_books(session)


def test_a_roll_is_sold_or_becomes_a_remnant_but_never_both(either_database: Database) -> None:
    for _ in range(ROUNDS):
        with either_database.writing() as session:
            fabric = make_fabric(session, on_hand=40)
            fabric.minimum = 20
            variant_id = fabric.id or 0
        outcomes: list[str] = []

        def work(which: int, variant_id: int = variant_id, outcomes: list[str] = outcomes) -> None:
            with suppress(OutOfStock, NotARemnant), either_database.writing() as session:
                if which % 2:
                    holds.hold(session, f"{variant_id}-{which}", [Wanted(variant_id, 30)], now=NOW)
                else:
                    roll = session.exec(select(Roll).where(Roll.variant_id == variant_id)).one()
                    remnants.make(session, roll, percent=20, **BY, publish=False)
                outcomes.append("sold" if which % 2 else "remnant")

        in_threads(6, work)
        assert len(outcomes) == 1
        with either_database.reading() as session:
            check_books(session)
            made = session.exec(select(Remnant).where(Remnant.variant_id == variant_id)).all()
            assert len(made) == outcomes.count("remnant")


def test_everybody_at_once_at_the_same_rolls_waits_for_nobody_in_a_ring(either_database: Database) -> None:
    with either_database.writing() as session:
        product = make_product(session, unit=Unit.LENGTH, minimum=50, step=10)
        first, second = make_variant(session, product, on_hand=3_000), make_fabric(session, on_hand=3_000)
        yarn = make_variant(session, product=None, on_hand=0)
        for variant in (first, second):
            stock.receive(session, variant, 3_000, **BY)
        stock.receive(session, yarn, 500, lot="A", **BY)
        ids = [each.id or 0 for each in (first, second, yarn)]

    def shop(which: int) -> None:
        """Order, cut a part, cancel or ship: yarn and fabrics in another order than the neighbour."""
        for number in range(8):
            holder = f"D-{which}-{number}"
            wanted = [Wanted(each, 1 if each == ids[2] else 60, 2) for each in (ids if which % 2 else ids[::-1])]
            with suppress(OutOfStock), either_database.writing() as session:
                holds.hold(session, holder, wanted, now=NOW)
            with either_database.writing() as session:
                holds.take(session, holder, **BY, cut_only=True)
            with either_database.writing() as session:
                if number % 2:
                    holds.take(session, holder, **BY)
                else:
                    holds.release(session, holder, now=NOW)
                    holds.put_back(session, holder, **BY, note=holder)

    def own(which: int) -> None:
        """Measure, count and sell over the counter meanwhile."""
        for number in range(8):
            variant_id = ids[number % 3]
            with suppress(OutOfStock, StillHeld), either_database.writing() as session:
                variant = session.get_one(Variant, variant_id)
                stock.move(session, variant, -3, Why.SOLD_IN_STORE, **BY)
            with suppress(OutOfStock, StillHeld), either_database.writing() as session:
                lying = rolls.of(session, [variant_id]).get(variant_id, [])
                for roll in lying[:1]:
                    stock.measure(session, roll, roll.on_hand - 2, **BY)
            with either_database.writing() as session:
                remnants.make_all(session, percent=20, **BY)

    in_threads(6, lambda which: own(which) if which == 0 else shop(which))
    with either_database.reading() as session:
        check_books(session)
