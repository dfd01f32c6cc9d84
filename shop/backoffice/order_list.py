"""The list of orders: by the work that they want, found by number, name or e-mail."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import Session, col, select

from checkout.orders import Order, State
from checkout.pickup import PickupReady
from checkout.shipping import PICKUP

PAGE = 40
_TO_DELIVER = (State.PAID, State.CONFIRMED, State.PARTLY_DELIVERED)


class Show(StrEnum):
    """Which orders are wanted."""

    TO_PAY = "zu-bezahlen"
    TO_PACK = "zu-packen"
    TO_PICK_UP = "abzuholen"
    DONE = "fertig"
    ALL = "alle"


SHOWN = {
    Show.TO_PACK: "zu packen",
    Show.TO_PICK_UP: "abzuholen",
    Show.TO_PAY: "zu bezahlen",
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
    conditions: dict[Show, list[ColumnElement[bool]]] = {
        Show.TO_PAY: [state.in_([State.AWAITING_PAYMENT, State.PROCESSING])],
        Show.TO_PACK: [state.in_(_TO_DELIVER), ~is_pickup],
        Show.TO_PICK_UP: [state.in_(_TO_DELIVER), is_pickup],
        Show.DONE: [state.in_([State.SHIPPED, State.PICKED_UP, State.CANCELLED, State.EXPIRED])],
        Show.ALL: [],
    }
    return conditions[show]


def listed(session: Session, words: str, show: Show, page: int) -> Listed:
    """A page of orders: work to do oldest first (pickups by when they are promised), all others newest first."""
    wanted = [*condition(show), *(_has(word) for word in words.split()[:6])]
    total = session.exec(select(func.count()).select_from(Order).where(*wanted)).one()
    page = max(1, min(page, -(-total // PAGE)))
    is_work = show in (Show.TO_PACK, Show.TO_PICK_UP, Show.TO_PAY)
    order = [col(Order.id)] if is_work else [col(Order.id).desc()]
    if show is Show.TO_PICK_UP:
        order = _most_urgent()
    rows = select(Order).where(*wanted).order_by(*order).offset((page - 1) * PAGE).limit(PAGE)
    return Listed(list(session.exec(rows).all()), total, page)


def counts(session: Session) -> dict[Show, int]:
    """How many orders want which work; one query."""
    work = (Show.TO_PACK, Show.TO_PICK_UP, Show.TO_PAY)
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
