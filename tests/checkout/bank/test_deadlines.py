"""Who is reminded and whose order ends when no transfer comes; never while the money may be in an unread file."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlmodel import Session, col, select

from catalog import holds
from checkout import orders, redeeming, reserving
from checkout.bank import bookings, deadlines, deciding, importing, reading
from checkout.bank.deadlines import Due
from checkout.orders import Order, State
from checkout.outbox import Letter
from checkout.reserving import TransferTerms
from tests.checkout.bank.files import OneTransaction, camt, entry
from tests.checkout.ordering import id_of, make_cart, make_order, place
from tests.checkout.vouchering import make_gift
from tests.make import NOW, make_fabric

TERMS = TransferTerms(pay_days=7, remind_after=2, expire_after=7)
LAST_DAY = date(2026, 11, 30)  # told to the buyer: a Monday
REMINDING, ENDING = date(2026, 12, 2), date(2026, 12, 10)


def at(day: date) -> datetime:
    """Nine o'clock of a day in UTC."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.fixture
def placed(session: Session) -> Callable[..., Order]:
    """Place an order to be paid by transfer, as the checkout does."""
    fabric = make_fabric(session, on_hand=5000)

    def place(**facts: Any) -> Order:
        wait = reserving.wait("transfer", State.AWAITING_PAYMENT, TERMS, now=NOW)
        return make_order(session, fabric, reserved_until=wait.until, pay_by=wait.pay_by, **facts)

    return place


@pytest.fixture
def order(placed: Callable[..., Order]) -> Order:
    made = placed()
    assert made.pay_by == LAST_DAY
    return made


def due(session: Session, day: date) -> Due:
    return deadlines.due(session, TERMS, now=at(day))


def upload(session: Session, *entries: str, until: date, since: date = date(2026, 11, 1)) -> None:
    content = camt(*entries, since=since, until=until)
    (statement,) = reading.read(content).statements
    digest, now = sha256(content).hexdigest(), at(until + timedelta(days=1))
    importing.take_in(OneTransaction(session), statement, name="x", digest=digest, now=now, author="Anna")


def letters(session: Session) -> list[str]:
    kinds = session.exec(select(Letter.kind).order_by(col(Letter.id))).all()
    return [kind for kind in kinds if kind in ("payment_reminder", "order_expired")]


def test_by_the_calendar_alone_where_no_statement_was_ever_uploaded(session: Session, order: Order) -> None:
    assert due(session, LAST_DAY + timedelta(days=1)) == Due()
    assert due(session, REMINDING) == Due(remind=(order,))
    assert deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    assert order.pay_by == date(2026, 12, 7)
    assert not deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    assert due(session, date(2026, 12, 9)) == Due()
    assert due(session, ENDING) == Due(end=(order,))
    assert deadlines.end(session, id_of(order), TERMS, now=at(ENDING))
    assert order.state == State.EXPIRED
    assert holds.of(session, order.number) == []
    assert letters(session) == ["payment_reminder", "order_expired"]
    assert not deadlines.end(session, id_of(order), TERMS, now=at(ENDING))


def test_nothing_happens_before_the_statement_is_read_in_which_the_money_may_be(session: Session, order: Order) -> None:
    upload(session, until=LAST_DAY)
    assert due(session, REMINDING) == Due(waiting_for_statement=(order,))
    assert not deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    upload(session, until=date(2026, 12, 1))
    assert due(session, REMINDING) == Due(remind=(order,))
    deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    assert due(session, ENDING) == Due(waiting_for_statement=(order,))
    assert not deadlines.end(session, id_of(order), TERMS, now=at(ENDING))
    upload(session, until=date(2026, 12, 8))
    assert due(session, ENDING) == Due(end=(order,))


def test_a_day_that_is_missing_between_two_statements_is_waited_for(session: Session, order: Order) -> None:
    upload(session, until=date(2026, 11, 24))
    upload(session, since=date(2026, 11, 26), until=date(2026, 12, 1))
    assert due(session, REMINDING) == Due(waiting_for_statement=(order,))
    assert deadlines.missing_days(order, bookings.periods(session)) == [date(2026, 11, 25)]
    upload(session, since=date(2026, 11, 25), until=date(2026, 11, 25))
    assert due(session, REMINDING) == Due(remind=(order,))


def test_her_word_that_she_has_looked_is_as_good_as_a_statement(session: Session, order: Order) -> None:
    upload(session, until=date(2026, 11, 20))
    bookings.looked_myself(session, now=at(REMINDING), author="Anna")
    assert due(session, REMINDING) == Due(remind=(order,))


def test_late_reminders_give_the_same_time(session: Session, order: Order) -> None:
    upload(session, until=date(2026, 11, 20))
    upload(session, until=date(2027, 1, 11))
    deadlines.remind(session, id_of(order), TERMS, now=at(date(2027, 1, 12)))
    assert order.pay_by == date(2027, 1, 15)
    assert order.reserved_until == reserving.end_of(date(2027, 1, 19))
    assert due(session, date(2027, 1, 19)) == Due()


def test_the_money_in_the_statement_ends_the_waiting(session: Session, order: Order) -> None:
    upload(session, entry(text=order.number), until=date(2026, 12, 1))
    assert order.state == State.PAID
    assert due(session, ENDING) == Due()


@pytest.mark.parametrize("text", ["verschrieben", "ohne Nummer", "zu wenig"])
def test_nobody_is_reminded_while_a_booking_may_be_hers(session: Session, order: Order, text: str) -> None:
    told = {
        "verschrieben": entry("99.00", order.number[:-1] + "0"),
        "ohne Nummer": entry("24.25", "Stoff"),
        "zu wenig": entry("20.00", order.number),
    }
    upload(session, told[text], until=date(2026, 12, 1))
    assert due(session, REMINDING) == Due()
    (row,) = bookings.open_ones(session)
    deciding.not_ours(session, row, now=at(REMINDING), author="Anna")
    assert due(session, REMINDING) == Due(remind=(order,))


def test_what_a_gift_voucher_has_paid_keeps_no_order_alive(session: Session) -> None:
    wait = reserving.wait("transfer", State.AWAITING_PAYMENT, TERMS, now=NOW)
    gift = make_gift(session, 1000)
    basket = make_cart(session, (make_fabric(session), 1, 150))
    redeeming.enter(session, basket, gift.code, NOW)
    order = place(session, basket, reserved_until=wait.until, pay_by=wait.pay_by)
    assert order.held_cents == 1000
    assert deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    assert deadlines.end(session, id_of(order), TERMS, now=at(ENDING))
    session.refresh(gift)
    assert (order.state, order.held_cents, gift.balance_cents) == (State.EXPIRED, 0, 1000)


def test_an_order_with_money_on_it_does_not_end_by_itself(session: Session, order: Order) -> None:
    upload(session, entry("20.00", order.number), until=date(2026, 12, 9))
    deciding.assign(session, bookings.open_ones(session)[0], order, now=at(REMINDING), author="Anna")
    deadlines.remind(session, id_of(order), TERMS, now=at(ENDING))
    assert "4,25" in orders.events_of(session, order)[-1].note
    assert due(session, date(2026, 12, 30)).end == ()


def test_who_has_no_address_is_to_be_called(session: Session, placed: Callable[..., Order]) -> None:
    order = placed()
    order.email = ""
    session.flush()
    deadlines.remind(session, id_of(order), TERMS, now=at(REMINDING))
    assert "anrufen" in order.attention
    assert letters(session) == []


def test_orders_to_be_paid_otherwise_have_no_part_in_it(session: Session, placed: Callable[..., Order]) -> None:
    placed(payment="stripe")
    placed(payment="transfer", first_state=State.CONFIRMED)
    assert due(session, ENDING) == Due()
