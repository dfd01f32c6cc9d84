"""Bank working days, and how long a shop waits for a transfer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.times import german_day
from checkout import bank_days, reserving
from checkout.orders import State
from checkout.reserving import TransferTerms
from tests.checkout.ordering import make_order
from tests.make import NOW

days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-27", True),  # a Friday
        ("2026-11-28", False),
        ("2026-11-29", False),
        ("2026-12-24", True),  # Christmas Eve: transfers are carried out
        ("2026-12-25", False),
        ("2026-12-31", True),
        ("2027-01-01", False),
        ("2027-03-26", False),  # Good Friday
        ("2027-03-29", False),  # Easter Monday
        ("2027-05-06", True),  # Ascension Day: a holiday, but not for banks' systems
        ("2026-10-03", False),  # German Unity Day 2026 is a Saturday anyway
        ("2028-10-03", True),  # German Unity Day: transfers are carried out
        ("2028-05-01", False),
    ],
)
def test_days_of_the_european_settlement_system(day: str, works: bool) -> None:
    assert bank_days.is_bank_day(date.fromisoformat(day)) is works


def test_the_thursday_before_easter_is_followed_by_a_tuesday() -> None:
    assert bank_days.after(date(2027, 3, 25)) == date(2027, 3, 30)
    assert bank_days.before(date(2027, 3, 30)) == date(2027, 3, 25)
    assert bank_days.after(date(2026, 12, 23), 3) == date(2026, 12, 29)


@given(day=days, number=st.integers(1, 30))
def test_counting_forth_and_back(day: date, number: int) -> None:
    there = bank_days.after(day, number)
    assert bank_days.is_bank_day(there)
    between = [day + timedelta(days=n) for n in range(1, (there - day).days + 1)]
    assert sum(map(bank_days.is_bank_day, between)) == number
    assert bank_days.before(there, number) == (day if bank_days.is_bank_day(day) else bank_days.before(day))


@given(day=days)
def test_a_last_day_without_banks_moves_to_the_next_one(day: date) -> None:
    now = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)
    wait = reserving.wait("transfer", State.AWAITING_PAYMENT, TransferTerms(), now=now)
    assert wait.pay_by is not None
    assert wait.until is not None
    assert bank_days.is_bank_day(wait.pay_by)
    assert timedelta(days=7) <= wait.pay_by - german_day(now) <= timedelta(days=7 + 4)
    assert german_day(wait.until - timedelta(seconds=1)) == bank_days.after(wait.pay_by, 7)


def test_only_transfers_have_a_day_to_pay_by() -> None:
    terms = TransferTerms()
    assert reserving.wait("stripe", State.AWAITING_PAYMENT, terms, now=NOW).until == NOW + reserving.ONLINE
    assert reserving.wait("stripe", State.AWAITING_PAYMENT, terms, now=NOW).pay_by is None
    assert reserving.wait("on_pickup", State.CONFIRMED, terms, now=NOW) == reserving.Wait(None, None)


def test_who_is_reminded_late_has_as_much_time_as_others(session: Session) -> None:
    terms = TransferTerms(pay_days=7, remind_after=2, expire_after=7)
    placed = reserving.wait("transfer", State.AWAITING_PAYMENT, terms, now=NOW)
    order = make_order(session, reserved_until=placed.until, pay_by=placed.pay_by)
    assert placed.pay_by == date(2026, 11, 30)  # NOW is Sunday, 22 November
    assert reserving.remind_on(order, terms) == date(2026, 12, 2)

    in_time = reserving.wait_again(order, terms, now=datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert in_time == reserving.Wait(date(2026, 12, 7), reserving.end_of(date(2026, 12, 9)))
    assert in_time.until == placed.until
    late = reserving.wait_again(order, terms, now=datetime(2026, 12, 23, 9, tzinfo=UTC))
    assert late == reserving.Wait(date(2026, 12, 29), reserving.end_of(date(2026, 12, 31)))
