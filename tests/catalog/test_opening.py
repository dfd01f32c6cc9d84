"""What new variants begin with: many come in few statements, and every sum is right from the start."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session, col, func, select

from catalog import opening, prices, rolls, stock, variants
from catalog.opening import Lying
from catalog.prices import Step, StepsDoNotFit
from catalog.stock import StockMovement, Why
from catalog.units import Unit
from catalog.variants import NewVariant
from tests.make import NOW, make_product

BY = {"now": NOW, "author": "test"}
lying = st.tuples(st.integers(1, 500), st.sampled_from(["", "7", "8"]), st.sampled_from(["", "B2"]))


@contextmanager
def counted_statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []
    connection = session.connection()

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


@given(st.sampled_from([Unit.LENGTH, Unit.PIECE]), st.integers(0, 500), st.lists(lying, max_size=4), st.booleans())
def test_rolls_are_the_stock_from_the_start(unit: Unit, on_hand: int, laid: list[Lying], counts_stock: bool) -> None:
    opened = opening.of(unit, on_hand, laid, counts_stock=counts_stock)
    assert opened.on_hand == (sum(quantity for quantity, _, _ in laid) if laid else on_hand)
    assert (opened.longest is None) == (not counts_stock or (unit is Unit.PIECE and not any(lot for _, lot, _ in laid)))
    if opened.longest is not None:
        assert sum(quantity for quantity, _, _ in opened.rolls) == opened.on_hand
        assert opened.longest == max((quantity for quantity, _, _ in opened.rolls), default=0)


def test_balls_of_one_lot_are_one_roll_and_keep_their_place() -> None:
    opened = opening.of(Unit.PIECE, 0, [(4, "7", "B2"), (20, "", "A1"), (6, "7", "")], counts_stock=True)
    assert opened == opening.Opening(30, 20, ((10, "7", "B2"), (20, "", "A1")))


def test_first_goods_stand_in_the_ledger_roll_by_roll(session: Session) -> None:
    fabric = make_product(session, unit=Unit.LENGTH, minimum=50, step=10)
    new = NewVariant("J1", 1290, lying=[(1240, "4711", "B2"), (180, "", "")])
    (variant,) = variants.add_all(session, fabric, [new], why=Why.IMPORTED, **BY)  # type: ignore[arg-type]
    moved = session.exec(select(StockMovement.roll_id, StockMovement.change).order_by(col(StockMovement.id))).all()
    found = rolls.of(session, [variant.id or 0])[variant.id or 0]
    assert [(each.on_hand, each.lot, each.place) for each in found] == [(1240, "4711", "B2"), (180, "", "")]
    assert moved == [(found[0].id, 1240), (found[1].id, 180)]
    stock.measure(session, found[0], 1000, **BY)  # type: ignore[arg-type]
    assert (variant.on_hand, variant.longest) == (1180, 1000)


def test_first_steps_are_checked_and_the_recommended_price_is_dated(session: Session) -> None:
    product = make_product(session)
    good = NewVariant("A", 500, rrp_cents=600, steps=[Step(50, 300), Step(10, 400)])
    (variant,) = variants.add_all(session, product, [good], **BY)  # type: ignore[arg-type]
    assert (variant.rrp_cents, variant.rrp_since) == (600, NOW)
    assert prices.steps_of(session, [variant.id or 0], NOW) == {variant.id: (Step(10, 400), Step(50, 300))}
    with pytest.raises(StepsDoNotFit):
        variants.add_all(session, product, [NewVariant("B", 500, steps=[Step(10, 600)])], **BY)  # type: ignore[arg-type]


def test_another_colour_costs_a_statement_for_itself_and_one_for_each_roll(session: Session) -> None:
    """An import keeps everybody else from writing: what it costs is what orders wait."""
    needed = []
    for number, count in enumerate((2, 40)):
        fabric = make_product(session, unit=Unit.LENGTH, minimum=50, step=10)
        new = [_colour(f"J{number}-{each}") for each in range(count)]
        with counted_statements(session) as said:
            added = variants.add_all(session, fabric, new, **BY)  # type: ignore[arg-type]
        needed.append(len(said))
        assert [each.position for each in added] == list(range(count))
    assert needed[1] - needed[0] <= 3 * (40 - 2)
    assert session.exec(select(func.count()).select_from(StockMovement)).one() == 2 * (40 + 2)


def _colour(sku: str) -> NewVariant:
    laid = [(300, sku, ""), (200, "", "")]
    return NewVariant(sku, 1290, [("Farbe", sku, ""), ("Muster", "Uni", "")], lying=laid, steps=[Step(500, 1190)])
