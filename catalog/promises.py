"""Promises: for which orders goods of a variant, or of one of its rolls, are put aside."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.holds import StockHold
from catalog.units import Unit, format_quantity


@dataclass(frozen=True)
class Promise:
    """`pieces` of `quantity` smallest units each that an order (`holder`, its number) waits for."""

    variant_id: int
    roll_id: int | None
    holder: str
    pieces: int
    quantity: int


def made(session: Session, variant_ids: Iterable[int]) -> list[Promise]:
    """What is put aside of some variants, oldest first; one query."""
    wanted = (
        select(StockHold)
        .where(col(StockHold.variant_id).in_(list(variant_ids)), col(StockHold.ended_at).is_(None))
        .order_by(col(StockHold.id))
    )
    return [
        Promise(each.variant_id, each.roll_id, each.holder, each.pieces, each.quantity)
        for each in session.exec(wanted).all()
    ]


def made_to(session: Session, variant_id: int, roll_id: int | None = None) -> tuple[str, ...]:
    """The numbers of the orders that wait for a variant, or for pieces of one of its rolls."""
    promises = made(session, [variant_id])
    return tuple(dict.fromkeys(each.holder for each in promises if roll_id is None or each.roll_id == roll_id))


def told(quantity: int, unit: Unit, orders: tuple[str, ...]) -> str:
    """What is put aside, for people: "4,00 m sind für Bestellung KXAB-1234 zurückgelegt"."""
    whom = f"{'Bestellung' if len(orders) == 1 else 'die Bestellungen'} {' und '.join(orders)}"
    is_one = unit is Unit.PIECE and quantity == 1
    return f"{format_quantity(quantity, unit)} {'ist' if is_one else 'sind'} für {whom} zurückgelegt"
