"""Questions to the shopper ("Kundin fragen") about a line that cannot be delivered as it was ordered."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import stock
from catalog.movements import Why
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.times import moment
from checkout import deliveries, orders, outbox
from checkout.amendments import Goods
from checkout.orders import Order, OrderLine, State

ANSWERED, TAKEN_BACK = "answered", "taken_back"  # how a question ended

CAN_BE_ASKED = (State.AWAITING_PAYMENT, State.PROCESSING, State.CONFIRMED, State.PAID, State.PARTLY_DELIVERED)
_MOST_OPTIONS = 6


class Inquiry(SQLModel, table=True):
    """A question about what of a line has not left the store yet, behind a secret link (256 bit).

    `options` are lists of Goods, as objects, that would come instead; [] leaves the line out. `happened` is what the
    shopper reads. `missing` smallest units of `roll_id` (None: of the line's variant) are still in the books but not
    in the store: with the answer they leave the books, too. `choice` is the number of the option, from 0.
    """

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    order_line_id: int = Field(foreign_key="orderline.id", index=True)
    token: str = Field(unique=True, max_length=64)
    asked_at: datetime = moment()
    author: str
    happened: str
    options: list[list[dict[str, Any]]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    roll_id: int | None = Field(default=None, foreign_key="roll.id")
    missing: int = 0
    outcome: str = Field(default="", index=True)
    choice: int | None = None
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return not self.outcome

    @property
    def offers(self) -> list[list[Goods]]:
        """What may be chosen, in the order of its numbers."""
        return [[Goods(**each) for each in option] for option in self.options]


class CannotAsk(Refusal):
    """There is nothing (more) to ask about a line."""


class AlreadyAnswered(Refusal):
    """The question has its answer, or was taken back."""


def ask(
    session: Session,
    order: Order,
    line: OrderLine,
    *,
    happened: str,
    options: Sequence[Sequence[Goods]],
    now: datetime,
    author: str,
    there: int | None = None,
    roll: Roll | None = None,
) -> Inquiry:
    """Ask the shopper what she wants instead of what of a line is still to come; owes "inquiry". Flushes.

    To leave the line out may always be chosen: it is added as the last option. `there` is what really is left on
    `roll` (of goods on none: in the store), in smallest units: what nobody else was promised leaves the books at
    once. Raises NotAllowedNow, CannotAsk.
    """
    order = orders.lock(session, orders.id_of(order))
    if order.state not in CAN_BE_ASKED:
        raise orders.not_allowed(order)
    if line.id in open_lines(session, order):
        raise CannotAsk("Zu dieser Zeile läuft schon eine Frage.")
    if line.id not in {part.line.id for part in deliveries.to_come(session, order)}:
        raise CannotAsk("Davon ist nichts mehr zu liefern.")
    offers = [list(option) for option in options if option][: _MOST_OPTIONS - 1]
    inquiry = Inquiry(
        order_id=orders.id_of(order),
        order_line_id=line.id or 0,
        token=secrets.token_urlsafe(32),
        asked_at=now,
        author=author,
        happened=happened,
        options=[[asdict(goods) for goods in option] for option in [*offers, []]],
    )
    if there is not None:
        inquiry.roll_id = roll.id if roll else None
        inquiry.missing = _correct(session, line.variant_id, roll, there, now=now, author=author, note=order.number)
    session.add(inquiry)
    session.flush()
    orders.remark(session, order, "inquiry", f"{line.name}: {happened}", now=now, author=author)
    outbox.queue(session, "inquiry", f"inquiry:{inquiry.id}", order.email, now)
    return inquiry


def take_back(session: Session, inquiry: Inquiry, *, note: str, now: datetime, author: str) -> None:
    """End a question without an answer: it can be delivered after all. Flushes. Raises AlreadyAnswered."""
    order = orders.lock(session, inquiry.order_id)
    end(session, inquiry, TAKEN_BACK, now=now, author=author, note=note)
    orders.remark(session, order, "inquiry_taken_back", note, now=now, author=author)


def end(
    session: Session,
    inquiry: Inquiry,
    outcome: str,
    *,
    now: datetime,
    author: str,
    choice: int | None = None,
    note: str = "",
) -> None:
    """End a question by one conditional UPDATE; the order is locked by the caller. Flushes. Raises AlreadyAnswered."""
    session.flush()
    ended = session.exec(
        update(Inquiry)
        .where(col(Inquiry.id) == inquiry.id, col(Inquiry.outcome) == "")
        .values(outcome=outcome, choice=choice, ended_at=now, ended_by=author, note=note)
        .execution_options(synchronize_session=False)
    )
    session.refresh(inquiry)
    if ended.rowcount != 1:
        raise AlreadyAnswered("Diese Frage ist schon beantwortet.")


def find_by_token(session: Session, token: str) -> Inquiry | None:
    """The question of a secret link; None for an unknown one."""
    return session.exec(select(Inquiry).where(Inquiry.token == token)).first()


def of(session: Session, order: Order) -> list[Inquiry]:
    """The order's questions, oldest first."""
    found = select(Inquiry).where(Inquiry.order_id == order.id).order_by(col(Inquiry.id))
    return list(session.exec(found).all())


def open_lines(session: Session, order: Order) -> set[int]:
    """The ids of the order's lines about which the shopper is being asked."""
    return set(session.exec(select(Inquiry.order_line_id).where(Inquiry.order_id == order.id, *_open())).all())


def waiting(session: Session) -> list[tuple[Inquiry, Order]]:
    """Open questions of orders that have not ended, oldest first."""
    rows = select(Inquiry, Order).join(Order, col(Order.id) == Inquiry.order_id)
    rows = rows.where(*_open(), col(Order.state).in_(CAN_BE_ASKED)).order_by(col(Inquiry.id))
    return [(inquiry, order) for inquiry, order in session.exec(rows).all()]


def asked_orders() -> Any:
    """The ids of orders with an open question, as a query; those that have ended need no answer."""
    asked = select(Inquiry.order_id).join(Order, col(Order.id) == Inquiry.order_id)
    return asked.where(*_open(), col(Order.state).in_(CAN_BE_ASKED))


def goods_like(session: Session, line: OrderLine, variant: Variant) -> Mapping[str, str]:
    """How another variant is named that may come at the price of a line. Raises CannotAsk where it may not.

    It must be measured and taxed alike: the line keeps its price per unit, and the order its tax.
    """
    product = session.get_one(Product, variant.product_id)
    ordered_product = session.get_one(Product, session.get_one(Variant, line.variant_id).product_id)
    if product.unit != line.unit or product.vat_class != ordered_product.vat_class:
        raise CannotAsk("Als Ersatz passt nur, was gleich gemessen und gleich besteuert wird.")
    return {"sku": variant.sku, "name": product.name}


def _open() -> Iterable[Any]:
    return (Inquiry.outcome == "",)


def _correct(
    session: Session, variant_id: int, roll: Roll | None, there: int, *, now: datetime, author: str, note: str
) -> int:
    """Bring the books down to what is there, as far as nobody is promised it; give what is still too much in them."""
    variant = session.get_one(Variant, variant_id)
    session.refresh(variant, with_for_update={"key_share": True})
    if not variant.counts_stock:
        return 0
    if roll is not None:
        session.refresh(roll)
    on_hand, held = (roll.on_hand, roll.held) if roll else (variant.on_hand, variant.held)
    if there >= on_hand:
        return 0
    away = on_hand - max(there, held)
    if away:
        stock.move(session, variant, -away, Why.COUNTED, now=now, author=author, note=note, roll=roll)
    return on_hand - away - there
