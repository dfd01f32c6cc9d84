"""What has changed of an order since it was placed, in the shopper's words."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.money import format_cents
from catalog.units import Unit
from checkout import allowances, amendments, answers, deliveries, inquiries, orders
from checkout.amendments import Goods
from checkout.inquiries import Inquiry
from checkout.orders import Order, OrderLine


@dataclass(frozen=True)
class Change:
    """Something that is not as it was ordered."""

    moment: datetime
    words: str


def of(session: Session, order: Order) -> list[Change]:
    """Lines that come differently, and what was taken off, oldest first."""
    lines = {line.id: line for line in orders.lines_of(session, order)}
    found = [
        Change(each.amended_at, _instead(lines[each.order_line_id], each.goods))
        for each in amendments.of(session, order)
    ]
    found += [
        Change(each.reduced_at, f"{format_cents(each.cents)} weniger zu bezahlen ({each.reason})")
        for each in allowances.of(session, order)
    ]
    return sorted(found, key=lambda change: change.moment)


def questions(session: Session, order: Order) -> list[tuple[Inquiry, OrderLine]]:
    """What she is being asked, with the line that it is about."""
    if order.state not in inquiries.CAN_BE_ASKED:
        return []
    waiting = [each for each in inquiries.of(session, order) if each.is_open]
    return [(each, session.get_one(OrderLine, each.order_line_id)) for each in waiting]


def _instead(line: OrderLine, goods: list[dict[str, object]]) -> str:
    unit = Unit(line.unit)
    ordered = deliveries.as_ordered(line).words
    if not goods:
        return f"{line.name} ({ordered}) entfällt"
    every = [Goods(**each) for each in goods]  # type: ignore[arg-type]
    return f"Statt {ordered} {line.name}: {answers.in_words(every, unit)}"
