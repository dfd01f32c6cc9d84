"""How long a consumer may withdraw (§§ 355, 356 BGB): from when, until when, and what that rests on."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, select

from catalog.times import german_day
from checkout import deliveries, orders
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.shipping import BY_MAIL

DAYS = 14  # § 355 Abs. 2 BGB
LONG_MONTHS = 12  # § 356 BGB: added where the consumer was never told of her right
_ALL_GONE = (State.SHIPPED, State.PICKED_UP)
_SATURDAY = 5

Holiday = Callable[[date], str]  # what names the public holiday of a day, "" for none
Reached = Callable[[Letter], bool]


@dataclass(frozen=True)
class Period:
    """When the right of withdrawal of an order began and ends; both None while not all of it has arrived.

    `is_for_business`: there is no such right, for a business has bought (§ 312g Abs. 1 with § 13 BGB).
    `delivered_on` is the day on which the last part arrived, `instructed_on` that on which she had the instruction on
    a durable medium; `is_long`: she never had, so twelve months are added. `doubt` is a German sentence about what
    this rests on that only the owner can know, "" for nothing.
    """

    delivered_on: date | None = None
    instructed_on: date | None = None
    ends_on: date | None = None
    is_long: bool = False
    doubt: str = ""
    is_for_business: bool = False

    def is_over(self, on: date) -> bool:
        """Whether what is sent off on a day comes too late; never before the period has begun."""
        return self.ends_on is not None and on > self.ends_on


def is_sent(letter: Letter) -> bool:
    """Whether a letter went out."""
    return letter.sent_at is not None


def of(session: Session, order: Order, holiday: Holiday, reached: Reached = is_sent) -> Period:
    """The period of an order. `reached` says whether a letter has left the house for its reader.

    It begins when the last part has been handed over (§ 356 Abs. 2 BGB), but not before the buyer has the instruction
    (§ 356 Abs. 3); where she never gets it, it ends twelve months and fourteen days after the delivery. It is the
    law's proof that counts: the instruction's version on the order, and that the confirmation went out.
    """
    if order.is_for_business:
        return Period(is_for_business=True)
    delivered_on = delivered(session, order)
    instructed_on, doubt = _instructed(session, order, delivered_on, reached)
    if delivered_on is None:
        return Period(None, instructed_on, None, doubt=doubt)
    longest = _on_a_working_day(_months_later(delivered_on, LONG_MONTHS) + timedelta(days=DAYS), holiday)
    if instructed_on is None:
        return Period(delivered_on, None, longest, is_long=True, doubt=doubt)
    usual = _on_a_working_day(max(delivered_on, instructed_on) + timedelta(days=DAYS), holiday)
    return Period(delivered_on, instructed_on, min(usual, longest), doubt=doubt)


def delivered(session: Session, order: Order) -> date | None:
    """The day on which the last part of an order was handed over; None while one is to come, or nobody knows its day.

    What is fetched is handed over that day. Gift vouchers alone are no goods: for them it is the day of the contract.
    """
    if order.state not in _ALL_GONE:
        return None
    every = deliveries.of(session, order)
    if not every:
        return german_day(order.placed_at) if order.delivery == BY_MAIL else None
    days = [german_day(each.shipped_at) if each.is_pickup else each.delivered_on for each in every]
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _instructed(session: Session, order: Order, delivered_on: date | None, reached: Reached) -> tuple[date | None, str]:
    """On which day she had the instruction, and what about that is in doubt."""
    if not order.withdrawal_version:
        return None, "Zu dieser Bestellung ist keine Widerrufsbelehrung gespeichert."
    if not order.email:
        return delivered_on, "Ohne E-Mail-Adresse zählt das Bestätigungsblatt: Es muss der Ware beigelegen haben."
    about = select(Letter).where(Letter.reason == f"order:{orders.id_of(order)}", Letter.kind == "order_received")
    days = [german_day(each.sent_at) for each in session.exec(about).all() if each.sent_at and reached(each)]
    if not days:
        return None, "Die Bestellbestätigung mit der Widerrufsbelehrung ist nie hinausgegangen."
    return min(days), ""


def _months_later(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last one of a shorter month (§ 188 Abs. 2, 3 BGB)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _on_a_working_day(day: date, holiday: Holiday) -> date:
    """A period does not end on a Saturday, a Sunday or a public holiday, but on the next working day (§ 193 BGB).

    The day on which something happens does not count (§ 187 Abs. 1): fourteen days from the 1st end on the 15th.
    """
    while day.weekday() >= _SATURDAY or holiday(day):
        day += timedelta(days=1)
    return day
