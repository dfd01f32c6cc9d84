"""Small businesses (§ 19 UStG): up to which turnover no tax is owed, and which order ends that.

Exempt is who had no more than 25 000 € in the year before, as long as the running year stays within 100 000 €; the
sale that goes beyond is taxed itself, and all that follow. The law counts what was received; here an order counts
when it is placed, so the limit is never missed and reached a little early at most.
"""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import german_day, moment
from checkout.orders import ENDED, Order, State

BEFORE_CENTS = 25_000_00  # of the year before
NOW_CENTS = 100_000_00  # of the running year
WARN_PERCENT = 80


class TaxModeChange(SQLModel, table=True):
    """From which German day on the shop is taxed how; appended. `applied_at` is when the profile followed."""

    id: int | None = Field(default=None, primary_key=True)
    since: date = Field(index=True)
    is_small_business: bool
    entered_at: datetime = moment()
    author: str
    reason: str = ""
    applied_at: datetime | None = moment(nullable=True)


class OtherTurnover(SQLModel, table=True):
    """What the owner has taken in a year without this shop, in her store above all: cents without tax."""

    __table_args__ = (CheckConstraint("cents >= 0", name="not_less_than_nothing"),)

    year: int = Field(primary_key=True)
    cents: int


def turnover_cents(session: Session, year: int) -> int:
    """The turnover of a German year without tax: orders that have not ended, less what was taken off, and the rest.

    A gift voucher that is sold is none; what is bought with it is.
    """
    other = session.get(OtherTurnover, year)
    sums = func.coalesce(func.sum(Order.total_cents - Order.reduced_cents - Order.gift_cents), 0)
    here = int(session.exec(select(sums).where(*_of_year(year), Order.is_small_business)).one())
    taxed = select(Order).where(*_of_year(year), ~col(Order.is_small_business))
    here += sum(_net_cents(order) for order in session.exec(taxed.execution_options(yield_per=500)))
    return max(0, here) + (other.cents if other else 0)


def is_exempt(session: Session, *, is_small_business: bool, gross_cents: int, now: datetime) -> bool:
    """Whether an order over so many cents is exempt, in a shop whose profile says that it is one.

    A change that was planned for a day holds from that day's first moment on, whether the profile has followed or not.
    """
    today = german_day(now)
    planned = due(session, today)
    wants = planned[-1].is_small_business if planned else is_small_business
    return wants and turnover_cents(session, today.year) + gross_cents <= NOW_CENTS


def due(session: Session, today: date) -> list[TaxModeChange]:
    """Changes whose day has come and that the profile has not followed yet, the newest last."""
    rows = select(TaxModeChange).where(col(TaxModeChange.applied_at).is_(None), col(TaxModeChange.since) <= today)
    return list(session.exec(rows.order_by(col(TaxModeChange.since), col(TaxModeChange.id))).all())


def plan(
    session: Session, since: date, *, is_small_business: bool, now: datetime, author: str, reason: str = ""
) -> TaxModeChange:
    """Write down that the shop is taxed so from a day on. Flushes."""
    change = TaxModeChange(
        since=since, is_small_business=is_small_business, entered_at=now, author=author, reason=reason
    )
    session.add(change)
    session.flush()
    return change


def history(session: Session) -> list[TaxModeChange]:
    """All changes, the newest first."""
    rows = select(TaxModeChange).order_by(col(TaxModeChange.since).desc(), col(TaxModeChange.id).desc())
    return list(session.exec(rows).all())


def undelivered(session: Session, *, is_small_business: bool) -> list[Order]:
    """Orders that were placed with the shop taxed so, and that are still to be delivered, oldest first."""
    rows = select(Order).where(
        Order.is_small_business == is_small_business, col(Order.state).not_in((*ENDED, State.SHIPPED, State.PICKED_UP))
    )
    return list(session.exec(rows.order_by(col(Order.id))).all())


def set_other_turnover(session: Session, year: int, cents: int) -> None:
    """Note what was taken in a year without this shop. Flushes."""
    session.merge(OtherTurnover(year=year, cents=cents))
    session.flush()


def is_near(cents: int, limit_cents: int) -> bool:
    """Whether four fifths of a limit are used up."""
    return cents * 100 >= limit_cents * WARN_PERCENT


def _net_cents(order: Order) -> int:
    """An order without its tax, in proportion to what is left of it."""
    gross = order.total_cents - order.gift_cents
    left = gross - order.reduced_cents
    tax = sum(share["vat_cents"] for share in order.vat)
    return left - (tax * left // gross if gross else 0)


def _of_year(year: int) -> tuple[Any, ...]:
    berlin = ZoneInfo("Europe/Berlin")
    first, last = (datetime(each, 1, 1, tzinfo=berlin).astimezone(UTC) for each in (year, year + 1))
    return col(Order.placed_at) >= first, col(Order.placed_at) < last, col(Order.state).not_in(ENDED)
