"""How long goods wait for their money, and until when the buyer is asked to pay.

Whoever transfers is told a day to pay by. A transfer of that day arrives a bank working day later
(§ 675s Abs. 1 BGB) and stands in the bank's file another day later, so nothing happens on the day
itself: some bank working days after it a friendly letter reminds of it and names a new day, some
more later the order is ended. Until then the goods are held. See bank/deadlines.py for what else
must be true before a letter goes out or an order ends.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalog.times import german_day
from checkout import bank_days
from checkout.orders import Order, State

# Long enough to fetch the telephone, to fail once and to pay again; the provider's page itself ends earlier.
ONLINE = timedelta(hours=2)
BY_LINK = timedelta(days=2)  # whoever ordered at the telephone pays online by the link in her letter
SHOWS_AFTER = 1  # bank working days from the order to transfer to the booking
LEAST_AFTER_REMINDER = 3  # bank working days: one to pay, one on the way, one until the bank's file is read
_BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class TransferTerms:
    """How patient the shop is: days to pay; bank working days from then to the reminder and to the end."""

    pay_days: int = 7
    remind_after: int = 2
    expire_after: int = 7

    @property
    def after_reminder(self) -> int:
        """How many bank working days lie at least between the reminder and the end."""
        return max(LEAST_AFTER_REMINDER, self.expire_after - self.remind_after)


@dataclass(frozen=True)
class Wait:
    """The last day to pay, as the buyer is told it, and the moment until which goods are held (None: for good)."""

    pay_by: date | None
    until: datetime | None


def wait(payment: str, first_state: State, terms: TransferTerms, *, now: datetime) -> Wait:
    """What holds for an order that is placed now; goods paid for later (at pickup) are held without an end.

    A last day on which no bank works moves to the next one (§ 193 BGB).
    """
    if first_state is State.CONFIRMED:
        return Wait(None, None)
    if payment != "transfer":
        return Wait(None, now + ONLINE)
    pay_by = bank_days.on_or_after(german_day(now) + timedelta(days=terms.pay_days))
    return Wait(pay_by, end_of(bank_days.after(pay_by, terms.expire_after)))


def wait_again(order: Order, terms: TransferTerms, *, now: datetime) -> Wait:
    """What holds for an order that is reminded now: at least `after_reminder` bank working days from today.

    The new day to pay by leaves two of them for the money's way and for the bank's file.
    """
    last = bank_days.after(german_day(now), terms.after_reminder)
    until = end_of(last) if order.reserved_until is None else max(end_of(last), order.reserved_until)
    return Wait(bank_days.before(german_day(until - timedelta(hours=1)), 2), until)


def remind_on(order: Order, terms: TransferTerms) -> date | None:
    """The day from which on a buyer may be reminded; None where nobody was told a day to transfer by.

    Who transfers first was told it when she ordered, who buys by invoice when the goods left the store.
    """
    if order.payment not in ("transfer", "invoice") or order.pay_by is None:
        return None
    return bank_days.after(order.pay_by, terms.remind_after)


def end_of(day: date) -> datetime:
    """The first moment after a day in Berlin."""
    return datetime.combine(day + timedelta(days=1), time(), _BERLIN)
