"""Gift vouchers in the books: owed from when they are sold until they are used, taken back, or their order ends."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from catalog.times import german_day
from checkout.allowances import Allowance
from checkout.booked import Booking, Matter, matters
from checkout.gift_vouchers import GiftMovement, GiftVoucher, Why
from checkout.orders import Order, OrderEvent, State
from checkout.periods import Period


def bookings(session: Session, period: Period) -> Iterator[Booking]:
    """The bookings of a period; what gift vouchers pay online is a payment like others."""
    yield from _sold_and_used(session, period)
    yield from _taken_back(session, period)
    yield from _cancelled(session, period)


def _sold_and_used(session: Session, period: Period) -> Iterator[Booking]:
    """Gift vouchers that are sold are owed from then on; used in the store they pay the till."""
    rows = select(GiftMovement).where(
        col(GiftMovement.moved_at) >= period.begins_at, col(GiftMovement.moved_at) < period.ends_at,
        col(GiftMovement.why).in_((Why.ISSUED.value, Why.REDEEMED.value)),
    )  # fmt: skip
    found = session.exec(rows.order_by(col(GiftMovement.id))).all()
    known_of = matters(session, [each.order_id for each in found if each.order_id])
    for moved in found:
        day, cents = german_day(moved.moved_at), abs(moved.cents)
        if moved.why == Why.ISSUED and moved.order_id:
            known = known_of[moved.order_id]
            yield Booking(day, cents, False, "debtors", "gifts", known.voucher, f"Gutschein verkauft {known.number}")
        elif moved.order_id is None:
            is_used = moved.why == Why.REDEEMED
            text = "Gutschein im Laden eingelöst" if is_used else "Gutschein im Laden verkauft"
            yield Booking(day, cents, not is_used, "gifts", "till", f"GU-{moved.gift_id}", text)


def _taken_back(session: Session, period: Period) -> Iterator[Booking]:
    """What of allowances was for gift vouchers: they are not owed any more, and neither is their price."""
    rows = select(Allowance).where(
        col(Allowance.reduced_at) >= period.begins_at, col(Allowance.reduced_at) < period.ends_at
    )
    found = [each for each in session.exec(rows.order_by(col(Allowance.id))).all() if _of_gifts(each)]
    known_of = matters(session, [each.order_id for each in found])
    for allowance in found:
        yield _gift_back(german_day(allowance.reduced_at), _of_gifts(allowance), known_of[allowance.order_id])


def _of_gifts(allowance: Allowance) -> int:
    return allowance.cents - allowance.shipping_cents - sum(part["cents"] for part in allowance.lines)


def _cancelled(session: Session, period: Period) -> Iterator[Booking]:
    """Vouchers that were issued for an order go with it, as far as they were not used by then."""
    rows = select(OrderEvent.order_id, OrderEvent.happened_at).join(Order, col(Order.id) == OrderEvent.order_id).where(
        OrderEvent.kind == State.CANCELLED.value, Order.gift_cents > 0,
        col(OrderEvent.happened_at) >= period.begins_at, col(OrderEvent.happened_at) < period.ends_at,
    )  # fmt: skip
    found = session.exec(rows.order_by(col(OrderEvent.id))).all()
    known_of = matters(session, [order_id for order_id, _ in found])
    for order_id, at in found:
        if cents := _unused(session, order_id, at):
            yield _gift_back(german_day(at), cents, known_of[order_id])


def _unused(session: Session, order_id: int, at: datetime) -> int:
    """What was left at a moment on the vouchers of an order, without those that were taken back before."""
    moved = select(func.coalesce(func.sum(GiftMovement.cents), 0)).join(GiftVoucher)
    left = moved.where(GiftVoucher.order_id == order_id, col(GiftMovement.moved_at) <= at)
    before = session.exec(select(Allowance).where(Allowance.order_id == order_id)).all()
    return int(session.exec(left).one()) - sum(_of_gifts(each) for each in before)


def _gift_back(day: date, cents: int, known: Matter) -> Booking:
    return Booking(day, cents, True, "debtors", "gifts", known.voucher, f"Gutschein zurückgenommen {known.number}")
