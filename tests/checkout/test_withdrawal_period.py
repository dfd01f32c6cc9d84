"""How long a consumer may withdraw: counted by §§ 187, 188, 193 BGB from the last parcel on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from checkout import deliveries, fulfilment, opening, withdrawal_period
from checkout.deliveries import Shipment
from checkout.fulfilment import Going
from checkout.orders import Order
from checkout.outbox import Letter
from tests.checkout.ordering import id_of, make_order, pay

HOLIDAY = opening.holidays_of("BB")
BY: dict[str, Any] = {"now": datetime(2026, 11, 2, 10, tzinfo=UTC), "author": "Anna"}


def make_sent(session: Session, *delivered: date | None, instructed: datetime | None = BY["now"]) -> Order:
    """An order of as many pieces as there are days, each in a parcel of its own that arrived that day."""
    order = make_order(session, pieces=len(delivered), quantity=100, now=BY["now"])
    pay(session, order, BY["now"])
    (part,) = deliveries.deliverable(session, order)
    for day in delivered:
        parcel = fulfilment.ship(session, order, carrier="DHL", tracking="", going=[Going(part.size, 1)], **BY)
        parcel.delivered_on = day
    session.exec(select(Letter).where(Letter.kind == "order_received")).one().sent_at = instructed
    session.flush()
    return order


@pytest.mark.parametrize(
    ("delivered", "ends"),
    [
        (date(2026, 11, 3), date(2026, 11, 17)),  # a Tuesday
        (date(2026, 11, 7), date(2026, 11, 23)),  # would end on Saturday, 21
        (date(2026, 11, 8), date(2026, 11, 23)),  # would end on Sunday, 22
        (date(2026, 12, 11), date(2026, 12, 28)),  # would end on Christmas Day, a Friday
        (date(2026, 12, 12), date(2026, 12, 28)),  # Boxing Day, a Saturday
        (date(2027, 3, 12), date(2027, 3, 30)),  # Good Friday, then Easter
        (date(2027, 10, 17), date(2027, 11, 1)),  # Reformation Day, a Sunday in Brandenburg
        (date(2026, 12, 18), date(2027, 1, 4)),  # New Year's Day, a Friday, then the weekend
    ],
)
def test_b06_the_period_ends_after_fourteen_days_on_a_working_day(
    session: Session, delivered: date, ends: date
) -> None:
    period = withdrawal_period.of(session, make_sent(session, delivered), HOLIDAY)
    assert (period.delivered_on, period.ends_on, period.is_long) == (delivered, ends, False)
    assert not period.is_over(ends)
    assert period.is_over(ends + timedelta(days=1))


def test_b06_a_holiday_of_one_land_only_counts_there(session: Session) -> None:
    order = make_sent(session, date(2027, 5, 13))  # ends on Corpus Christi, 27 May 2027
    assert withdrawal_period.of(session, order, opening.holidays_of("BB")).ends_on == date(2027, 5, 27)
    assert withdrawal_period.of(session, order, opening.holidays_of("BY")).ends_on == date(2027, 5, 28)


def test_b06_of_several_parcels_the_last_one_counts(session: Session) -> None:
    order = make_sent(session, date(2026, 11, 9), date(2026, 11, 4))
    assert withdrawal_period.of(session, order, HOLIDAY).delivered_on == date(2026, 11, 9)


def test_b06_it_has_not_begun_while_a_parcel_is_unknown(session: Session) -> None:
    period = withdrawal_period.of(session, make_sent(session, date(2026, 11, 4), None), HOLIDAY)
    assert (period.delivered_on, period.ends_on) == (None, None)
    assert not period.is_over(date(2030, 1, 1))


def test_b06_it_has_not_begun_while_something_is_to_come(session: Session) -> None:
    order = make_order(session, pieces=2, quantity=100, now=BY["now"])
    pay(session, order)
    (part,) = deliveries.deliverable(session, order)
    parcel = fulfilment.ship(session, order, carrier="DHL", tracking="", going=[Going(part.size, 1)], **BY)
    parcel.delivered_on = date(2026, 11, 4)
    assert withdrawal_period.of(session, order, HOLIDAY).ends_on is None


def test_b07_without_the_letter_the_right_lives_twelve_months_longer(session: Session) -> None:
    order = make_sent(session, date(2026, 11, 3), instructed=None)
    period = withdrawal_period.of(session, order, HOLIDAY)
    assert (period.ends_on, period.is_long) == (date(2027, 11, 17), True)
    assert "nie hinausgegangen" in period.doubt


def test_b07_without_an_instruction_it_does_as_well(session: Session) -> None:
    order = make_sent(session, date(2026, 11, 3))
    order.withdrawal_version = 0
    period = withdrawal_period.of(session, order, HOLIDAY)
    assert (period.ends_on, period.is_long) == (date(2027, 11, 17), True)


def test_b07_a_letter_that_was_only_filed_proves_nothing(session: Session) -> None:
    order = make_sent(session, date(2026, 11, 3))
    assert withdrawal_period.of(session, order, HOLIDAY, lambda letter: False).is_long


def test_b07_who_is_told_late_has_fourteen_days_from_then_on(session: Session) -> None:
    order = make_sent(session, date(2026, 11, 3), instructed=datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert withdrawal_period.of(session, order, HOLIDAY).ends_on == date(2026, 12, 15)
    order = make_sent_late(session, order, datetime(2027, 12, 1, 9, tzinfo=UTC))
    assert withdrawal_period.of(session, order, HOLIDAY).ends_on == date(2027, 11, 17)


def make_sent_late(session: Session, order: Order, told: datetime) -> Order:
    session.exec(select(Letter).where(Letter.kind == "order_received")).one().sent_at = told
    session.flush()
    return order


def test_b07_a_leap_day_has_its_year_too(session: Session) -> None:
    order = make_sent(session, date(2028, 2, 29), instructed=None)
    assert withdrawal_period.of(session, order, HOLIDAY).ends_on == date(2029, 3, 14)


def test_what_is_fetched_has_arrived(session: Session) -> None:
    order = make_order(session, now=BY["now"])
    pay(session, order)
    fulfilment.pick_up(session, order, **BY)
    assert withdrawal_period.delivered(session, order) == date(2026, 11, 2)


def test_a_parcel_arrives_between_its_leaving_and_today(session: Session) -> None:
    order = make_sent(session, None)
    parcel = session.exec(select(Shipment).where(Shipment.order_id == id_of(order))).one()
    for wrong in (date(2026, 11, 1), date(2026, 11, 6)):
        with pytest.raises(deliveries.NotThatDay):
            deliveries.note_delivered(session, parcel, wrong, now=BY["now"] + timedelta(days=3), author="Anna")
    deliveries.note_delivered(session, parcel, date(2026, 11, 4), now=BY["now"] + timedelta(days=3), author="Anna")
    assert (parcel.delivered_on, parcel.delivered_by) == (date(2026, 11, 4), "Anna")
