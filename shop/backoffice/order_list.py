"""The list of orders: by the work that they want, found by number, name or e-mail."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from checkout import inquiries
from checkout.orders import ENDED, Order, State
from checkout.pickup import PickupReady
from checkout.shipping import PICKUP
from checkout.trusted import METHOD
from shop.personal import archive

PAGE = 40
_TO_DELIVER = (State.PAID, State.CONFIRMED, State.PARTLY_DELIVERED)


class Show(StrEnum):
    """Which orders are wanted."""

    TO_PAY = "zu-bezahlen"
    TO_PACK = "zu-packen"
    TO_PICK_UP = "abzuholen"
    ON_INVOICE = "auf-rechnung"
    ASKED = "gefragt"
    DONE = "fertig"
    ALL = "alle"


SHOWN = {
    Show.TO_PACK: "zu packen",
    Show.TO_PICK_UP: "abzuholen",
    Show.TO_PAY: "zu bezahlen",
    Show.ON_INVOICE: "auf Rechnung",
    Show.ASKED: "Kundin gefragt",
    Show.DONE: "fertig",
    Show.ALL: "alle",
}


@dataclass(frozen=True)
class Listed:
    """A page of orders, and how many there are in all."""

    orders: list[Order]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def condition(show: Show) -> list[ColumnElement[bool]]:
    """What makes an order belong to a list."""
    state, is_pickup = col(Order.state), col(Order.delivery) == PICKUP
    owed = col(Order.total_cents) - col(Order.reduced_cents)
    held = col(Order.paid_cents) - col(Order.refunded_cents) - col(Order.disputed_cents)
    conditions: dict[Show, list[ColumnElement[bool]]] = {
        Show.TO_PAY: [state.in_([State.AWAITING_PAYMENT, State.PROCESSING])],
        Show.TO_PACK: [state.in_(_TO_DELIVER), ~is_pickup],
        Show.TO_PICK_UP: [state.in_(_TO_DELIVER), is_pickup],
        Show.ON_INVOICE: [col(Order.payment) == METHOD, state.not_in(ENDED), owed > held],
        Show.ASKED: [col(Order.id).in_(inquiries.asked_orders())],
        Show.DONE: [state.in_([State.SHIPPED, State.PICKED_UP, State.CANCELLED, State.EXPIRED])],
        Show.ALL: [],
    }
    return conditions[show]


def listed(session: Session, words: str, show: Show, page: int) -> Listed:
    """A page of orders: work to do oldest first, all others newest first.

    Pickups come by when they are promised, invoices by when they are due.
    """
    wanted = [archive.is_in_sight(Order), *condition(show), *(_has(word) for word in words.split()[:6])]
    total = session.exec(select(func.count()).select_from(Order).where(*wanted)).one()
    page = max(1, min(page, -(-total // PAGE)))
    is_work = show in (Show.ASKED, Show.TO_PACK, Show.TO_PICK_UP, Show.TO_PAY)
    order: list[Any] = [col(Order.id)] if is_work else [col(Order.id).desc()]
    if show is Show.TO_PICK_UP:
        order = _most_urgent()
    if show is Show.ON_INVOICE:
        order = [col(Order.pay_by).is_(None), col(Order.pay_by), col(Order.id)]
    rows = select(Order).where(*wanted).order_by(*order).offset((page - 1) * PAGE).limit(PAGE)
    return Listed(list(session.exec(rows).all()), total, page)


def counts(session: Session) -> dict[Show, int]:
    """How many orders want which work; one query."""
    work = (Show.TO_PACK, Show.TO_PICK_UP, Show.TO_PAY, Show.ON_INVOICE, Show.ASKED)
    counted = sqlalchemy.select(*(func.count().filter(and_(*condition(show))) for show in work)).select_from(Order)
    row = session.connection().execute(counted).one()
    return dict(zip(work, row, strict=True))


def _most_urgent() -> list[Any]:
    """What is promised soonest first; what lies ready already comes after."""
    lies = select(PickupReady.id).where(PickupReady.order_id == Order.id).exists()
    return [lies, col(Order.ready_from).is_(None), col(Order.ready_from), col(Order.id)]


def needs_attention() -> ColumnElement[bool]:
    """The condition that a person must decide something about an order."""
    return col(Order.attention) != ""


def _has(word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    patterns = {f"%{each}%" for each in (escaped, escaped.lower(), escaped.capitalize())}
    columns = (col(Order.number), col(Order.name), col(Order.email))
    return or_(false(), *(column.ilike(pattern, escape="\\") for column in columns for pattern in patterns))
