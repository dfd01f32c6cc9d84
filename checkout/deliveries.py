"""What leaves the store of an order, in parcels or over the counter, what is still to come, and what comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.holds import Wanted
from catalog.refusals import Refusal
from catalog.times import german_day, moment
from catalog.units import Unit, format_quantity
from checkout import amendments, orders
from checkout.amendments import Goods
from checkout.orders import Order, OrderLine, State

Size = tuple[int, int, int]  # order line, variant, quantity of one piece

_ALL_GONE = (State.SHIPPED, State.PICKED_UP)


DELIVERED = "delivered"  # the kind of the event


class NotThatDay(Refusal):
    """A parcel cannot have arrived on this day."""


class Shipment(SQLModel, table=True):
    """A parcel as handed to its carrier, or (`is_pickup`) what was handed over in the store.

    `tracking` is the carrier's number, "" if none. `key` comes from the form: the same one is the same parcel.
    `delivered_on` is the day on which it was handed to the shopper, None while nobody knows, `delivered_by` who says
    so; the period of withdrawal begins with it (§ 356 Abs. 2 BGB).
    """

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    shipped_at: datetime = moment()
    author: str
    carrier: str = ""
    tracking: str = ""
    is_pickup: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    key: str | None = Field(default=None, unique=True, index=True, max_length=64)
    delivered_on: date | None = None
    delivered_by: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ShipmentLine(SQLModel, table=True):
    """Pieces that were in it. Parcels sent before there were such rows took all that was ordered."""

    id: int | None = Field(default=None, primary_key=True)
    shipment_id: int = Field(foreign_key="shipment.id", index=True)
    order_line_id: int = Field(foreign_key="orderline.id", index=True)
    variant_id: int = Field(foreign_key="variant.id")
    pieces: int
    quantity: int


class Return(SQLModel, table=True):
    """Goods that came back after they had left; `deduction_cents` were kept for their loss in value, and why."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    withdrawal_id: int | None = Field(default=None, foreign_key="withdrawal.id", index=True)
    returned_at: datetime = moment()
    author: str
    reason: str
    deduction_cents: int = 0
    deduction_reason: str = ""
    key: str | None = Field(default=None, unique=True, index=True, max_length=64)


class ReturnLine(SQLModel, table=True):
    """Pieces that came back; the money of `repaid` of them had gone back before."""

    id: int | None = Field(default=None, primary_key=True)
    return_id: int = Field(foreign_key="return.id", index=True)
    order_line_id: int = Field(foreign_key="orderline.id", index=True)
    variant_id: int = Field(foreign_key="variant.id")
    pieces: int
    quantity: int
    repaid: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


@dataclass(frozen=True)
class Part:
    """Pieces of one size that are delivered for a line; `gone` of them have left the store."""

    line: OrderLine
    goods: Goods
    gone: int = 0

    @property
    def left(self) -> int:
        """How many pieces are still to come."""
        return self.goods.pieces - self.gone

    @property
    def size(self) -> Size:
        """What it is, as one counts it."""
        return self.line.id or 0, self.goods.variant_id, self.goods.quantity

    def with_pieces(self, pieces: int) -> "Part":
        """So many pieces of it, and all of them gone."""
        return Part(self.line, replace(self.goods, pieces=pieces), pieces)

    def with_gone(self, gone: int) -> "Part":
        """The same part with another number of pieces that are away."""
        return replace(self, gone=gone)

    @property
    def words(self) -> str:
        """All pieces as shoppers read them: "2 Stücke à 1,50 m"."""
        return amount_in_words(self.goods.quantity, self.goods.pieces, Unit(self.line.unit))

    @property
    def left_words(self) -> str:
        """What is still to come, in words."""
        return amount_in_words(self.goods.quantity, self.left, Unit(self.line.unit))

    @property
    def is_changed(self) -> bool:
        """Whether it is not what was ordered."""
        return (self.goods.variant_id, self.goods.quantity) != (self.line.variant_id, self.line.quantity)


def deliverable(session: Session, order: Order) -> list[Part]:
    """All that is delivered of an order as it stands by now, line by line: what was ordered, as amended."""
    now_instead = {each.order_line_id: each for each in amendments.of(session, order)}
    gone = gone_of(session, order)
    parts = []
    for line in orders.lines_of(session, order):
        amendment = now_instead.get(line.id or 0)
        every = [Goods(**each) for each in amendment.goods] if amendment else [amendments.ordered(line)]
        for goods in every:
            part = Part(line, goods)
            left = goods.pieces if order.state in _ALL_GONE else min(goods.pieces, gone[part.size])
            parts.append(Part(line, goods, left))
    return parts


def as_ordered(line: OrderLine) -> Part:
    """A line as it was sold."""
    return Part(line, amendments.ordered(line))


def to_come(session: Session, order: Order) -> list[Part]:
    """Those of which something is still in the store."""
    return [part for part in deliverable(session, order) if part.left]


def to_come_after(session: Session, order: Order, shipment: Shipment) -> list[Part]:
    """Those of which something was still to come when a parcel left, as far as it is known by now."""
    if not contents_of(session, shipment):
        return []
    gone = gone_of(session, order, until=shipment.id)
    return [
        part
        for each in deliverable(session, order)
        if (part := replace(each, gone=min(each.goods.pieces, gone[each.size]))).left
    ]


def gone_of(session: Session, order: Order, *, until: int | None = None) -> Counter[Size]:
    """How many pieces have left the store (`until`: with this parcel and those before), by line and size."""
    rows = (
        select(ShipmentLine)
        .join(Shipment, col(Shipment.id) == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order.id)
    )
    if until is not None:
        rows = rows.where(col(Shipment.id) <= until)
    return counted(session.exec(rows).all())


def back_of(session: Session, order: Order) -> Counter[Size]:
    """How many of the pieces that had left have come back, by line and size."""
    rows = session.exec(
        select(ReturnLine).join(Return, col(Return.id) == ReturnLine.return_id).where(Return.order_id == order.id)
    ).all()
    return counted(rows)


def counted(rows: Iterable[ShipmentLine] | Iterable[ReturnLine]) -> Counter[Size]:
    """How many pieces some rows have, by line and size."""
    pieces = Counter[Size]()
    for row in rows:
        pieces[row.order_line_id, row.variant_id, row.quantity] += row.pieces
    return pieces


def of(session: Session, order: Order) -> list[Shipment]:
    """The order's parcels and pickups, oldest first."""
    parcels = select(Shipment).where(Shipment.order_id == order.id)
    return list(session.exec(parcels.order_by(col(Shipment.id))).all())


def note_delivered(session: Session, shipment: Shipment, on: date | None, *, now: datetime, author: str) -> None:
    """Note on which day a parcel was handed to the shopper, None for nobody knows. Flushes. Raises NotThatDay."""
    if on is not None and not german_day(shipment.shipped_at) <= on <= german_day(now):
        raise NotThatDay("Angekommen sein kann es nur zwischen dem Tag, an dem es wegging, und heute.")
    shipment.delivered_on, shipment.delivered_by = on, author if on else ""
    order = session.get_one(Order, shipment.order_id)
    orders.remark(session, order, DELIVERED, f"{on:%d.%m.%Y}" if on else "", now=now, author=author)


def of_key(session: Session, key: str) -> Shipment | None:
    """The parcel that was sent with a form's key."""
    return session.exec(select(Shipment).where(Shipment.key == key)).first() if key else None


def contents(session: Session, order: Order, shipment: Shipment) -> list[Part]:
    """What was in a parcel, with the pieces of it as `goods.pieces`; all of an order for parcels without rows."""
    rows = contents_of(session, shipment)
    if not rows:
        return deliverable(session, order)
    known = {part.size: part for part in _ever(session, order)}
    return [known[size].with_pieces(pieces) for size, pieces in rows.items() if size in known]


def contents_of(session: Session, shipment: Shipment) -> Counter[Size]:
    """How many pieces were in a parcel, by line and size; nothing for parcels without rows."""
    return counted(session.exec(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)).all())


def wanted(parts: Iterable[Part]) -> list[Wanted]:
    """The goods of some parts that are still to come; samples need none."""
    return [
        Wanted(part.goods.variant_id, part.goods.quantity, part.left)
        for part in parts
        if part.left and not part.line.is_sample
    ]


def amount_in_words(quantity: int, pieces: int, unit: Unit) -> str:
    """Pieces as shoppers read them: "2 Stücke à 1,50 m", "3 Stück", "2 × 250 g"."""
    if unit is Unit.PIECE:
        return format_quantity(pieces * quantity, unit)
    if unit is Unit.WEIGHT:
        return format_quantity(quantity, unit) if pieces == 1 else f"{pieces} × {format_quantity(quantity, unit)}"
    return f"{pieces} {'Stück' if pieces == 1 else 'Stücke'} à {format_quantity(quantity, unit)}"


def _ever(session: Session, order: Order) -> Sequence[Part]:
    """All parts that an order has had, also those that were amended afterwards."""
    lines = {line.id or 0: line for line in orders.lines_of(session, order)}
    of_lines = [as_ordered(line) for line in lines.values()]
    amended = [
        Part(lines[amendment.order_line_id], Goods(**each))
        for amendment in amendments.of(session, order)
        for each in amendment.goods
    ]
    return [*of_lines, *amended]
