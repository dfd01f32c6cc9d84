"""An order's life after it was placed: money, goods and letters agree at every turn."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog import holds, stock
from catalog.products import Variant
from catalog.stock import StockMovement
from checkout import deliveries, fulfilment, orders, outbox, refunds
from checkout.orders import NotAllowedNow, Order, State
from checkout.payments import PaymentAttempt
from checkout.shipping import PICKUP
from tests.checkout.ordering import id_of, make_cart, make_order, place
from tests.make import NOW, make_fabric, make_variant

BY: dict[str, Any] = {"now": NOW, "author": "Anna"}


@pytest.fixture
def fabric(session: Session) -> Variant:
    return make_fabric(session, on_hand=500)


def pay(session: Session, order: Order, cents: int | None = None, reference: str = "Buchung 1") -> None:
    cents = order.total_cents if cents is None else cents
    fulfilment.mark_paid(session, order, cents=cents, reference=reference, method="transfer", **BY)


def goods(session: Session, fabric: Variant) -> tuple[int, int]:
    session.refresh(fabric)
    return fabric.on_hand, fabric.held


def kinds(session: Session, order: Order) -> list[str]:
    return [letter.kind for letter in outbox.letters_about(session, f"order:{order.id}")][2:]


def test_what_is_paid_lies_in_the_store_until_it_leaves_and_a_letter_is_owed(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    pay(session, order)
    assert (order.state, order.paid_cents, order.attention) == (State.PAID, order.total_cents, "")
    assert goods(session, fabric) == (500, 150)
    assert kinds(session, order) == ["payment_received"]


def test_the_same_booking_counts_once(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    pay(session, order)
    pay(session, order)
    assert order.paid_cents == order.total_cents
    assert len(fulfilment.payments_of(session, order)) == 1
    assert order.attention == ""


def test_too_little_money_waits_for_the_rest(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    pay(session, order, 1000)
    assert (order.state, order.attention) == (State.AWAITING_PAYMENT, "Es fehlen noch 14,25\u00a0€.")
    pay(session, order, 1425, "Buchung 2")
    assert (order.state, order.paid_cents) == (State.PAID, order.total_cents)


def test_too_much_money_is_given_back_by_a_person(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    pay(session, order, order.total_cents + 100)
    assert order.state == State.PAID
    assert "1,00\u00a0€ zu viel bezahlt" in order.attention


def test_paying_twice_holds_the_goods_once(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    pay(session, order)
    pay(session, order, reference="Buchung 2")
    assert goods(session, fabric) == (500, 150)
    assert "24,25\u00a0€ zu viel bezahlt" in order.attention
    assert kinds(session, order) == ["payment_received"]


def test_an_expired_order_frees_its_goods(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    fulfilment.expire(session, order, now=NOW)
    assert (order.state, goods(session, fabric)) == (State.EXPIRED, (500, 0))
    with pytest.raises(NotAllowedNow):
        fulfilment.expire(session, order, now=NOW)


def test_late_money_holds_the_goods_again_if_they_are_there(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    fulfilment.expire(session, order, now=NOW)
    pay(session, order)
    assert (order.state, goods(session, fabric)) == (State.PAID, (500, 150))
    assert kinds(session, order) == ["payment_received"]


def test_late_money_for_goods_that_are_gone_is_for_a_person_to_decide(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    fulfilment.expire(session, order, now=NOW)
    stock.count(session, fabric, 100, **BY)
    pay(session, order)
    assert (order.state, order.paid_cents) == (State.EXPIRED, order.total_cents)
    assert "nicht mehr da" in order.attention
    assert goods(session, fabric) == (100, 0)
    assert kinds(session, order) == []


def test_an_order_that_a_person_cancelled_does_not_rise_again(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    fulfilment.cancel(session, order, reason="auf Wunsch", **BY)
    pay(session, order)
    assert (order.state, goods(session, fabric)) == (State.CANCELLED, (500, 0))
    assert "zurückzahlen" in order.attention


@pytest.mark.parametrize(("is_paid", "is_cut"), [(False, False), (True, False), (True, True)])
def test_cancelling_puts_the_goods_back(session: Session, fabric: Variant, is_paid: bool, is_cut: bool) -> None:
    order = make_order(session, fabric)
    if is_paid:
        pay(session, order)
    if is_cut:
        fulfilment.cut(session, order, **BY)
        assert goods(session, fabric) == (350, 0)
    fulfilment.cancel(session, order, reason="Fehler im Stoff", **BY)
    assert (order.state, goods(session, fabric)) == (State.CANCELLED, (500, 0))
    assert (order.held_cents, order.attention) == (0, "")
    assert [refund.cents for refund in refunds.of(session, order)] == [2425] * is_paid
    assert kinds(session, order)[-1] == "order_cancelled"
    moved = session.exec(select(StockMovement.change).where(StockMovement.variant_id == fabric.id)).all()
    assert sum(moved) == 500
    assert orders.events_of(session, order)[-1 - is_paid].note == "Fehler im Stoff"


def test_only_what_is_paid_is_shipped(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    with pytest.raises(NotAllowedNow):
        fulfilment.ship(session, order, carrier="DHL", tracking="", **BY)
    assert deliveries.of(session, order) == []
    pay(session, order)
    fulfilment.ship(session, order, carrier="DHL", tracking="00340", **BY)
    parcel = deliveries.of(session, order)[0]
    assert (parcel.carrier, parcel.tracking, parcel.author, parcel.shipped_at) == ("DHL", "00340", "Anna", NOW)
    assert kinds(session, order) == ["payment_received"]
    assert [letter.kind for letter in outbox.letters_about(session, f"shipment:{parcel.id}")] == ["shipped"]
    assert goods(session, fabric) == (350, 0)
    with pytest.raises(NotAllowedNow):
        fulfilment.cancel(session, order, reason="zu spät", **BY)


def test_e16_what_is_paid_at_the_till_is_taken_then_and_books_no_money(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric, first_state=State.CONFIRMED, payment="on_pickup", reserved_until=None)
    assert goods(session, fabric) == (500, 150)
    fulfilment.pick_up(session, order, **BY)
    assert (order.state, order.paid_cents, goods(session, fabric)) == (State.PICKED_UP, 0, (350, 0))
    assert "Ladenkasse" in orders.events_of(session, order)[-1].note
    assert fulfilment.payments_of(session, order) == []


@pytest.mark.parametrize("is_cut", [False, True])
def test_what_was_paid_before_is_taken_once_when_it_is_picked_up(
    session: Session, fabric: Variant, is_cut: bool
) -> None:
    order = make_order(session, fabric)
    pay(session, order)
    if is_cut:
        fulfilment.cut(session, order, **BY)
    fulfilment.pick_up(session, order, **BY)
    assert (order.state, goods(session, fabric)) == (State.PICKED_UP, (350, 0))
    with pytest.raises(NotAllowedNow):
        fulfilment.pick_up(session, order, **BY)


def test_cutting_takes_the_fabric_and_leaves_the_buttons_on_their_shelf(session: Session, fabric: Variant) -> None:
    button = make_variant(session)
    order = place(session, make_cart(session, (fabric, 2, 100), (button, 3, 1)))
    pay(session, order)
    for _ in range(2):
        fulfilment.cut(session, order, **BY)
    assert (goods(session, fabric), goods(session, button)) == ((300, 0), (10, 3))
    assert [event.author for event in orders.events_of(session, order) if event.kind == fulfilment.CUT] == ["Anna"]
    fulfilment.ship(session, order, carrier="", tracking="", **BY)
    assert (goods(session, fabric), goods(session, button)) == ((300, 0), (7, 0))


def test_only_what_is_to_be_packed_is_cut(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    with pytest.raises(NotAllowedNow, match="wartet auf Zahlung"):
        fulfilment.cut(session, order, **BY)
    pay(session, order)
    fulfilment.ship(session, order, carrier="", tracking="", **BY)
    with pytest.raises(NotAllowedNow):
        fulfilment.cut(session, order, **BY)


def test_what_is_paid_at_the_till_may_be_cut_beforehand(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric, first_state=State.CONFIRMED, payment="on_pickup", reserved_until=None)
    fulfilment.cut(session, order, **BY)
    fulfilment.pick_up(session, order, **BY)
    assert goods(session, fabric) == (350, 0)


@pytest.mark.parametrize("end", ["ship", "cancel"])
def test_an_order_whose_goods_were_taken_when_it_was_paid_still_ends_well(
    session: Session, fabric: Variant, end: str
) -> None:
    """So it was until goods began to be taken at cutting."""
    order = make_order(session, fabric)
    pay(session, order)
    holds.take(session, order.number, **BY)
    if end == "ship":
        fulfilment.ship(session, order, carrier="", tracking="", **BY)
        assert goods(session, fabric) == (350, 0)
    else:
        fulfilment.cancel(session, order, reason="", **BY)
        assert goods(session, fabric) == (500, 0)


def test_money_for_an_order_to_be_paid_in_the_store_is_noticed(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric, first_state=State.CONFIRMED)
    order.delivery, order.payment = PICKUP, "on_pickup"
    pay(session, order)
    assert order.state == State.CONFIRMED
    assert "schon vor der Abholung" in order.attention


def test_orders_are_overdue_unless_a_provider_is_busy_with_them(session: Session, fabric: Variant) -> None:
    facts: dict[str, Any] = {"quantity": 50, "payment": "stripe"}
    late, busy, done = (make_order(session, fabric, reserved_until=NOW, **facts) for _ in range(3))
    make_order(session, fabric, reserved_until=NOW + timedelta(hours=1), **facts)
    make_order(session, fabric, reserved_until=None, **facts)
    make_order(session, fabric, reserved_until=NOW, **facts | {"payment": "transfer"})
    for order, state in ((busy, "open"), (done, "expired")):
        session.add(PaymentAttempt(order_id=id_of(order), method="stripe", idempotency_key=order.number, state=state,
                                   amount_cents=100, created_at=NOW, expires_at=NOW))  # fmt: skip
    session.flush()
    assert fulfilment.overdue(session, NOW) == [late, done]


def test_what_was_missing_is_forgotten_once_it_has_come(session: Session, fabric: Variant) -> None:
    order = make_order(session, fabric)
    for number, cents in enumerate((1000, 425, 1000)):
        fulfilment.mark_paid(session, order, cents=cents, reference=f"{order.number}/{number}", method="transfer", **BY)
        open_cents = 2425 - sum((1000, 425, 1000)[: number + 1])
        said = f"Es fehlen noch {open_cents // 100},{open_cents % 100:02}\u00a0€." if open_cents else ""
        assert order.attention == said
    assert order.state == State.PAID
