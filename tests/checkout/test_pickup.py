"""Fetching in the store: promised, on a shelf, told, handed over, and never a cent booked at the counter."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from checkout import deliveries, fulfilment, opening, orders, outbox, pickup
from checkout.fulfilment import Going
from checkout.orders import NotAllowedNow, Order, OrderEvent, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.pickup import PickupTerms, SpecialDays
from tests.checkout.ordering import make_cart, pay, place, tell
from tests.make import NOW, make_fabric

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}
HOURS = "Mo–Fr 9–18 Uhr, Sa 9–13 Uhr"  # NOW is Sunday, 22 November 2026, 11 o'clock


def set_up(session: Session, **facts: Any) -> None:
    session.merge(PickupTerms(**{"hours": HOURS, "land": "BB", "shelves": "Fach 1–3"} | facts))
    session.flush()


def make_pickup(session: Session, payment: str = "on_pickup", **facts: str) -> Order:
    """An order to be fetched, of two metres of fabric."""
    basket = make_cart(session, (make_fabric(session), 1, 200))
    details = tell(session, basket, **{"delivery": "pickup", "payment": payment} | facts)
    state = State.CONFIRMED if payment == "on_pickup" else State.AWAITING_PAYMENT
    return place(session, basket, details=details, shipping_cents=0, payment=payment, first_state=state)


def kinds(session: Session, order: Order) -> list[str]:
    return [letter.kind for letter in outbox.letters_about(session, f"order:{order.id}")]


def test_the_till_takes_all_of_it_with_the_first_part(session: Session) -> None:
    basket = make_cart(session, (make_fabric(session), 2, 100))
    details = tell(session, basket, delivery="pickup", payment="on_pickup")
    order = place(
        session, basket, details=details, shipping_cents=0, payment="on_pickup", first_state=State.CONFIRMED,
        reserved_until=None,
    )  # fmt: skip
    assert fulfilment.is_paid_at_counter(order)
    (part,) = deliveries.to_come(session, order)
    fulfilment.pick_up(session, order, going=[Going(part.size, 1)], **BY)
    assert (order.state, order.is_paid_in_store) == (State.PARTLY_DELIVERED, True)
    assert not fulfilment.is_paid_at_counter(order), "the rest is not to be paid once more"
    fulfilment.pick_up(session, order, **BY)
    assert (order.state, order.is_paid_in_store) == (State.PICKED_UP, True)
    assert ["Ladenkasse" in each.note for each in orders.events_of(session, order)[-2:]] == [True, False]


def test_a_placed_order_promises_the_earliest_moment(session: Session) -> None:
    set_up(session)
    order = make_pickup(session)
    assert order.ready_from is not None
    assert opening.say(order.ready_from) == "Montag, 23. November, 11 Uhr"


def test_holidays_of_the_company_move_the_promise(session: Session) -> None:
    set_up(session, prepare_minutes=0)
    session.add(SpecialDays(first_day=date(2026, 11, 20), last_day=date(2026, 11, 25), entered_at=NOW, author="Anna"))
    order = make_pickup(session)
    assert order.ready_from is not None
    assert opening.say(order.ready_from) == "Donnerstag, 26. November, 9 Uhr"


def test_who_transfers_first_is_promised_a_moment_when_the_money_is_there(session: Session) -> None:
    set_up(session)
    order = make_pickup(session, "transfer")
    assert order.ready_from is None
    pay(session, order, NOW + timedelta(days=2))
    assert order.ready_from is not None
    assert opening.say(order.ready_from) == "Dienstag, 24. November, 13 Uhr"


def test_hours_that_nobody_understands_promise_nothing(session: Session) -> None:
    set_up(session, hours="")
    assert make_pickup(session).ready_from is None


def test_a_parcel_is_promised_no_moment_of_pickup(session: Session) -> None:
    set_up(session)
    order = place(session, make_cart(session, (make_fabric(session), 1, 200)), first_state=State.PAID)
    assert order.ready_from is None


def test_the_next_free_shelf_is_proposed_until_its_order_has_gone(session: Session) -> None:
    set_up(session)
    first, second = make_pickup(session), make_pickup(session)
    pickup.make_ready(session, first, shelf="Fach 1", **BY)
    pickup.make_ready(session, second, shelf="Fach 3", **BY)
    assert pickup.free_shelves(session) == ["Fach 2"]
    fulfilment.pick_up(session, first, **BY)
    assert pickup.free_shelves(session) == ["Fach 1", "Fach 2"]


def test_moving_to_another_shelf_frees_the_first_and_writes_no_second_letter(session: Session) -> None:
    set_up(session)
    order = make_pickup(session)
    for shelf in ("Fach 1", "Fach 2"):
        pickup.make_ready(session, order, shelf=shelf, **BY)
    assert pickup.free_shelves(session) == ["Fach 1", "Fach 3"]
    assert kinds(session, order).count("ready_for_pickup") == 1


def test_unpaid_orders_and_parcels_are_not_laid_ready(session: Session) -> None:
    for order in (make_pickup(session, "transfer"), make_pickup(session, delivery="DHL")):
        with pytest.raises(NotAllowedNow):
            pickup.make_ready(session, order, shelf="", **BY)


def test_who_has_no_email_is_rung_up_once(session: Session) -> None:
    order = make_pickup(session, email="", phone="033999 123")
    assert not pickup.must_be_called(session, order)
    pickup.make_ready(session, order, shelf="", **BY)
    assert pickup.must_be_called(session, order)
    pickup.note_call(session, order, **BY)
    assert not pickup.must_be_called(session, order)
    assert session.exec(select(Letter).where(Letter.recipient == "")).all() == []


def test_a_reminder_comes_once_after_so_many_days(session: Session) -> None:
    set_up(session, remind_days=7)
    order = make_pickup(session)
    pickup.make_ready(session, order, shelf="Fach 1", **BY)
    assert [pickup.remind(session, NOW + timedelta(days=days)) for days in (6, 7, 8)] == [0, 1, 0]
    assert kinds(session, order).count("pickup_reminder") == 1


def test_a_reminder_without_email_is_a_task_for_the_owner(session: Session) -> None:
    set_up(session, remind_days=7)
    order = make_pickup(session, email="", phone="033999 123")
    pickup.make_ready(session, order, shelf="Fach 1", **BY)
    assert [pickup.remind(session, NOW + timedelta(days=days)) for days in (7, 9)] == [1, 0]
    assert order.attention == "Seit 7 Tagen nicht abgeholt: bitte anrufen."


@pytest.mark.parametrize("days", [0, 3])
def test_nobody_is_reminded_of_what_was_fetched_or_where_the_owner_wants_none(session: Session, days: int) -> None:
    set_up(session, remind_days=days)
    order = make_pickup(session)
    pickup.make_ready(session, order, shelf="Fach 1", **BY)
    if days:
        fulfilment.pick_up(session, order, **BY)
    assert pickup.remind(session, NOW + timedelta(days=60)) == 0


@pytest.mark.parametrize(("receipt", "note"), [("4711", "Im Laden bezahlt, Bon-Nr. 4711."),
                                               ("", "Im Laden bezahlt, in der Ladenkasse gebucht.")])  # fmt: skip
def test_money_at_the_counter_is_a_note_and_never_a_payment(session: Session, receipt: str, note: str) -> None:
    order = make_pickup(session)
    pickup.make_ready(session, order, shelf="", **BY)
    fulfilment.pick_up(session, order, till_receipt=receipt, **BY)
    assert session.exec(select(Payment)).all() == []
    assert (order.paid_cents, orders.events_of(session, order)[-1].note) == (0, note)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.PICKED_UP, State.CANCELLED])
def test_nobody_books_money_of_the_till_by_another_door(session: Session, state: State) -> None:
    order = make_pickup(session)
    if state is State.PICKED_UP:
        fulfilment.pick_up(session, order, **BY)
    if state is State.CANCELLED:
        fulfilment.cancel(session, order, reason="", **BY)
    with pytest.raises(fulfilment.TillsBusiness):
        fulfilment.mark_paid(session, order, cents=2580, reference="Bon 4711", method=order.payment, **BY)
    assert session.exec(select(Payment)).all() == []


def test_what_was_paid_before_is_not_noted_as_paid_at_the_counter(session: Session) -> None:
    order = make_pickup(session, "transfer")
    pay(session, order)
    fulfilment.pick_up(session, order, till_receipt="4711", **BY)
    handed_over = session.exec(select(OrderEvent).where(OrderEvent.kind == State.PICKED_UP)).one()
    assert handed_over.note == ""


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Fach 1–3", ["Fach 1", "Fach 2", "Fach 3"]),
        ("Regal links, Regal rechts\nK1-2", ["Regal links", "Regal rechts", "K1", "K2"]),
        ("Fach 9 bis 11\nFach 9", ["Fach 9", "Fach 10", "Fach 11"]),
        ("", []),
    ],
)
def test_shelves_are_named_one_by_one_or_in_a_row(words: str, named: list[str]) -> None:
    assert pickup.shelves(words) == named


def test_no_row_of_shelves_is_endless() -> None:
    assert len(pickup.shelves("1–999")) == 500
