"""What is to be cut, and from where: the pieces of an order on their rolls, and those of all orders to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.holds import TAKEN, StockHold
from catalog.products import Product, Variant
from catalog.rolls import Roll
from catalog.units import Unit, format_quantity
from checkout import deliveries, inquiries
from checkout.deliveries import Part
from checkout.orders import Order, State
from shop.backoffice import named
from shop.backoffice.named import Named

TO_DO = (State.PAID, State.CONFIRMED, State.PARTLY_DELIVERED)


@dataclass(frozen=True)
class Piece:
    """Pieces of one size that an order has put aside, and the roll that gives them; None for goods on none."""

    hold: StockHold
    roll: Roll | None
    unit: Unit

    @property
    def is_open(self) -> bool:
        """Whether it is still to be cut."""
        return self.hold.ended_at is None

    @property
    def words(self) -> str:
        """How to cut it: "EIN Stück 1,50 m"."""
        return in_words(self.hold.pieces, self.hold.quantity, self.unit)


@dataclass(frozen=True)
class Spot:
    """A roll (or goods on none) with all pieces that are to be cut from it, each with its order."""

    goods: Named
    roll: Roll | None
    pieces: list[tuple[Piece, Order]]

    @property
    def rest(self) -> int:
        """What the books say will be left on the roll, in smallest units."""
        total = sum(piece.hold.total for piece, _ in self.pieces)
        return self.roll.on_hand - total if self.roll else 0


def in_words(pieces: int, quantity: int, unit: Unit) -> str:
    """An amount, said so that nobody cuts it in two: "EIN Stück 1,50 m", "2 Stück à 1,50 m", "3 Stück"."""
    if unit is Unit.PIECE:
        return format_quantity(pieces * quantity, unit)
    if pieces == 1:
        return f"EIN\u00a0Stück {format_quantity(quantity, unit)}"
    return f"{pieces}\u00a0Stück à {format_quantity(quantity, unit)}"


def amount_of(part: Part) -> str:
    """What to take from the shelf, said so that it is cut rightly: what is still to come of it, else all."""
    if part.line.is_sample:
        return "Stoffmuster"
    return in_words(part.left or part.goods.pieces, part.goods.quantity, Unit(part.line.unit))


def of(session: Session, order: Order) -> list[Piece]:
    """The pieces of an order that lie on rolls, also those that were cut or sent already; one query."""
    rows = session.exec(
        select(StockHold, Roll, Product.unit)
        .join(Roll, col(Roll.id) == StockHold.roll_id)
        .join(Variant, col(Variant.id) == StockHold.variant_id)
        .join(Product, col(Product.id) == Variant.product_id)
        .where(StockHold.holder == order.number, col(StockHold.outcome).in_(("", TAKEN)))
        .order_by(col(StockHold.id))
    ).all()
    return [Piece(hold, roll, Unit(unit)) for hold, roll, unit in rows]


def still_to_cut(pieces: Iterable[Piece]) -> list[Piece]:
    """Those that the owner has not cut yet; yarn and buttons are not cut."""
    return [piece for piece in pieces if piece.is_open and piece.unit is Unit.LENGTH]


def by_line(parts: Iterable[Part], pieces: Iterable[Piece]) -> dict[int, list[Piece]]:
    """The pieces of each line of an order as it is delivered by now, by the line's id; a sample needs none."""
    every = list(pieces)
    found: dict[int, list[Piece]] = {}
    for part in parts:
        if not part.line.is_sample:
            size = (part.goods.variant_id, part.goods.quantity)
            found.setdefault(part.line.id or 0, []).extend(
                each for each in every if (each.hold.variant_id, each.hold.quantity) == size
            )
    return found


def rests(pieces: Iterable[Piece]) -> list[tuple[Roll, int]]:
    """The rolls that are still to be cut, with what the books say will be left of them, in smallest units."""
    left: dict[int, tuple[Roll, int]] = {}
    for each in still_to_cut(pieces):
        if each.roll is not None and each.roll.id is not None:
            _, rest = left.get(each.roll.id, (each.roll, each.roll.on_hand))
            left[each.roll.id] = (each.roll, rest - each.hold.total)
    return [left[roll_id] for roll_id in sorted(left)]


def to_do(session: Session) -> list[Spot]:
    """Everything that is to be cut for orders that may be packed, by its place in the store.

    What a shopper is being asked about waits for her answer.
    """
    rows = session.exec(
        select(StockHold, Roll, Product.unit, Order)
        .join(Order, col(Order.number) == StockHold.holder)
        .join(Variant, col(Variant.id) == StockHold.variant_id)
        .join(Product, col(Product.id) == Variant.product_id)
        .outerjoin(Roll, col(Roll.id) == StockHold.roll_id)
        .where(col(StockHold.ended_at).is_(None), col(Order.state).in_(TO_DO), Product.unit == Unit.LENGTH.value)
        .order_by(col(Order.id), col(StockHold.id))
    ).all()
    asked = _asked(session)
    rows = [row for row in rows if (row[3].id, row[0].variant_id, row[0].quantity) not in asked]
    goods = named.of(session, {hold.variant_id for hold, *_ in rows})
    spots: dict[tuple[int, int | None], Spot] = {}
    for hold, roll, unit, order in rows:
        spot = spots.setdefault((hold.variant_id, hold.roll_id), Spot(goods[hold.variant_id], roll, []))
        spot.pieces.append((Piece(hold, roll, Unit(unit)), order))
    return sorted(spots.values(), key=_by_place)


def _asked(session: Session) -> set[tuple[int | None, int, int]]:
    """The pieces about which a question is open, as (order id, variant id, quantity)."""
    return {
        (order.id, part.goods.variant_id, part.goods.quantity)
        for inquiry, order in inquiries.waiting(session)
        for part in deliveries.to_come(session, order)
        if part.line.id == inquiry.order_line_id
    }


def _by_place(spot: Spot) -> tuple[bool, list[tuple[int, str]], str, int]:
    """Puts "Regal 2" before "Regal 10"; what has no place comes last."""
    place = spot.roll.place if spot.roll else ""
    parts = re.findall(r"[0-9]+|[^0-9]+", place.casefold())
    key = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return not place, key, spot.goods.title, spot.roll.id or 0 if spot.roll else 0
