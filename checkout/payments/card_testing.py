"""Stolen cards are tested on orders: one on which many were declined is not paid by card any more.

Testing costs the shop fees and, in the end, its account at the provider. The provider's page lets somebody try
card after card; so after a few the page ends, and the order can be transferred.
"""

from typing import Any

from sqlmodel import Session, col, func, select

from checkout.orders import OrderEvent

DECLINED = "card_declined"  # the kind of the OrderEvent of each declined card
LIMIT = 6  # a shopper with two cards and shaky fingers comes to four


def is_over(session: Session, order_id: int | None) -> bool:
    """Whether so many cards were declined on an order that it takes no other one."""
    declined = select(func.count(col(OrderEvent.id)))
    return session.exec(declined.where(OrderEvent.order_id == order_id, OrderEvent.kind == DECLINED)).one() >= LIMIT


def tested() -> Any:
    """The ids of all such orders, as a subquery."""
    declined = select(OrderEvent.order_id).where(OrderEvent.kind == DECLINED).group_by(col(OrderEvent.order_id))
    return declined.having(func.count(col(OrderEvent.id)) >= LIMIT)
