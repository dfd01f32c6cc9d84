"""What happens to an order after it was placed: paid, shipped, picked up, cancelled, expired."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog import holds, products
from catalog.holds import Wanted
from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.stock import OutOfStock
from checkout import (
    crediting,
    deliveries,
    gift_sales,
    inquiries,
    orders,
    outbox,
    pickup,
    redeeming,
    refunds,
    surplus,
    tax_proofs,
)
from checkout.deliveries import Part, Shipment, ShipmentLine, Size
from checkout.orders import Order, State
from checkout.payments import Payment, PaymentAttempt
from checkout.redeeming import CodeGone
from checkout.shipping import BY_MAIL

_MISSING = "Es fehlen noch"
CUT = "cut"  # the kind of the event that says that an order's pieces are cut
_TO_PACK = (State.PAID, State.CONFIRMED, State.PARTLY_DELIVERED)


@dataclass(frozen=True)
class Going:
    """So many pieces of a part of an order that leave the store now; see deliveries.Part."""

    size: Size
    pieces: int


class TillsBusiness(Refusal):
    """Money taken in the store is booked by its till, never here."""


class NotToGo(Refusal):
    """Something that was to leave the store is not there to leave it (any more)."""


def mark_paid(
    session: Session,
    order: Order,
    *,
    cents: int,
    reference: str,
    method: str,
    now: datetime,
    author: str,
    was_watched: bool = False,
    gives_back: bool = False,
) -> None:
    """Book money that came in; the same `reference` again does nothing. Flushes.

    Where the sum suffices the order moves to PAID, and its goods stay held until they leave the store;
    a shortfall, an excess or a second payment calls for attention. Money for an expired or cancelled
    order goes the way of `pay_late`. Never refuses money that is there; but what is paid at the counter is
    none of this system's (§ 146a AO): the method "on_pickup" raises TillsBusiness.

    "payment_received" is owed to a shopper who had to wait for her money to be seen. `was_watched`
    says that she saw it being paid herself, on the provider's page: then "order_received" is her
    one letter, unless the money was on its way for days or came late. `gives_back` says that money which
    came too late or a second time goes back by itself the way it came (surplus.py).
    """
    if method == "on_pickup":
        raise TillsBusiness("Was im Laden bezahlt wird, gehört in die Ladenkasse und wird hier nicht gebucht.")
    order = _lock(session, order)
    was_paid = order.held_cents >= order.total_cents - order.reduced_cents > 0
    if not _book(session, order, cents, reference, method, now, author):
        return
    open_cents = order.total_cents - order.reduced_cents - order.held_cents
    returned_cents = redeeming.returned_cents(session, order) if order.state == State.EXPIRED else 0
    orders.drop_attention(
        session, order, lambda each: each.startswith(_MISSING), now=now, author=author, note="Es ist Geld gekommen."
    )
    if open_cents > returned_cents and order.state != State.CANCELLED:
        _call(session, order, f"{_MISSING} {format_cents(open_cents)}.", now, author)
    elif order.state in (State.AWAITING_PAYMENT, State.PROCESSING):
        has_waited = order.state == State.PROCESSING or not was_watched
        _settle_paid(session, order, now, author, has_waited=has_waited)
    elif order.state in (State.EXPIRED, State.CANCELLED):
        if not pay_late(session, order, now=now, author=author, calls=not gives_back) and gives_back:
            surplus.give_back(session, order, reference, now=now, author=author)
            return
    elif order.state == State.CONFIRMED and order.payment == "on_pickup":
        _call(session, order, f"{format_cents(cents)} sind schon vor der Abholung bezahlt worden.", now, author)
    if open_cents < 0 and gives_back and was_paid:
        surplus.give_back(session, order, reference, now=now, author=author)
    elif open_cents < 0:
        _call(session, order, f"{format_cents(-open_cents)} zu viel bezahlt: bitte zurückzahlen.", now, author)


def pay_late(session: Session, order: Order, *, now: datetime, author: str, calls: bool = True) -> bool:
    """Hold the goods of an expired order once more, for it has been paid after all; say whether it worked.

    If they are gone, or a person has cancelled the order, it stays as it is and `calls` for attention. Flushes.
    """
    order = _lock(session, order)
    if order.state == State.CANCELLED:
        if calls:
            _call(session, order, "Nach der Stornierung ist Geld eingegangen: bitte zurückzahlen.", now, author)
        return False
    lines = orders.lines_of(session, order)
    try:
        with session.begin_nested():
            holds.hold(session, order.number, deliveries.wanted(deliveries.to_come(session, order)), now=now)
            _pay_rest(session, order, now)
    except (CodeGone, OutOfStock) as refusal:
        gone = "die Ware ist nicht mehr da"
        if isinstance(refusal, CodeGone):
            gone = "der Geschenkgutschein ist inzwischen anders verwendet"
        if calls:
            _call(session, order, f"Zu spät bezahlt, und {gone}: bitte klären.", now, author)
        return False
    if not crediting.renew(session, order, lines):
        _call(session, order, "Zu spät bezahlt: Die Muster sind inzwischen woanders angerechnet.", now, author)
    if not redeeming.renew(session, order, now):
        _call(session, order, "Zu spät bezahlt: Der Gutschein gilt inzwischen nicht mehr.", now, author)
    _settle_paid(session, order, now, author, has_waited=True)
    return True


def cut(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Note that the pieces of an order are cut: they leave their rolls. Again does nothing more. Flushes.

    Lines about which the shopper is being asked wait. Raises NotAllowedNow for an order that is not to be
    packed (any more).
    """
    order = _lock(session, order)
    if order.state not in _TO_PACK:
        raise orders.not_allowed(order)
    uncut = len(holds.of(session, order.number))
    going = [Going(part.size, part.left) for part in _not_asked(session, order)]
    holds.take(session, order.number, now=now, author=author, cut_only=True, only=_uncut(session, order, going))
    if len(holds.of(session, order.number)) < uncut:
        orders.remark(session, order, CUT, "", now=now, author=author)


def ship(
    session: Session,
    order: Order,
    *,
    carrier: str,
    tracking: str,
    now: datetime,
    author: str,
    going: Sequence[Going] | None = None,
    key: str = "",
) -> Shipment:
    """Hand goods of an order that may be packed to a carrier: all that is left, or only what is `going`.

    They leave the store, and "shipped" is owed for this parcel. The order is SHIPPED with its last parcel,
    PARTLY_DELIVERED until then. The same `key` again is the same parcel. Flushes. Raises NotAllowedNow, NotToGo,
    Disputed.
    """
    note = " ".join(part for part in (carrier, tracking) if part)
    parcel = Shipment(order_id=orders.id_of(order), shipped_at=now, author=author, carrier=carrier, tracking=tracking)
    return _deliver(session, order, parcel, going, State.SHIPPED, key=key, note=note)


def pick_up(
    session: Session,
    order: Order,
    *,
    now: datetime,
    author: str,
    till_receipt: str = "",
    going: Sequence[Going] | None = None,
    key: str = "",
) -> Shipment:
    """Hand goods of an order over in the store, as `ship` sends them. Flushes. Raises NotAllowedNow, NotToGo,
    Disputed.

    An order to be paid at pickup is paid in the store's till (§ 146a AO): here it is only noted
    that it was, with the number of the till's receipt if the owner names it, and no money is booked.
    """
    note = _paid_in_store(till_receipt) if is_paid_at_counter(order) else ""
    handed = Shipment(order_id=orders.id_of(order), shipped_at=now, author=author, is_pickup=True)
    return _deliver(session, order, handed, going, State.PICKED_UP, key=key, note=note)


def is_paid_at_counter(order: Order) -> bool:
    """Whether an order's money is taken in the store's till when it is handed over: all of it with the first part."""
    return order.payment == "on_pickup" and order.state == State.CONFIRMED and order.open_cents > 0


def _paid_in_store(till_receipt: str) -> str:
    return (
        f"Im Laden bezahlt, Bon-Nr. {till_receipt}." if till_receipt else "Im Laden bezahlt, in der Ladenkasse gebucht."
    )


def cancel(session: Session, order: Order, *, reason: str, now: datetime, author: str) -> None:
    """Cancel an order that has not left the store; owes "order_cancelled". Flushes. Raises NotAllowedNow.

    Held goods become free, what was cut goes back; samples may be credited again. Money that was paid goes
    back, all but what the order's own samples have taken off other orders already.
    """
    order = _lock(session, order)
    orders.move(session, order, State.CANCELLED, now=now, author=author, note=reason)
    with products.touched_once(session):
        holds.release(session, order.number, now=now)
        holds.put_back(session, order.number, now=now, author=author, note=order.number)
    crediting.give_back(session, order)
    redeeming.give_back(session, order, now)
    most_cents = max(0, order.paid_cents - order.refunded_cents)  # a dispute that is won brings the money back
    order.kept_cents = min(crediting.used_of(session, order), most_cents)
    if order.kept_cents:
        note = f"{format_cents(order.kept_cents)} für Stoffmuster sind schon angerechnet und bleiben bezahlt."
        orders.remark(session, order, "kept", note, now=now, author=author)
    used_cents = gift_sales.take_back(session, order, now=now, author=author)
    order.kept_cents = min(order.kept_cents + used_cents, most_cents)
    refunds.owe_overpaid(session, order, reason="Bestellung storniert", now=now, author=author)
    _owe(session, "order_cancelled", order, now)


def expire(session: Session, order: Order, *, now: datetime, author: str = "Frist") -> None:
    """End an unpaid order whose time is up, or whose payment failed for good; its goods become free.

    Samples that it had credited may be credited again, vouchers used again; what gift vouchers paid goes back
    onto them. Flushes. Raises NotAllowedNow.
    """
    order = _lock(session, order)
    orders.move(session, order, State.EXPIRED, now=now, author=author)
    holds.release(session, order.number, now=now)
    crediting.give_back(session, order)
    redeeming.give_back(session, order, now)
    for payment in [each for each in payments_of(session, order) if each.method == redeeming.METHOD]:
        left_cents = refunds.left_of(session, payment)
        refunds.owe(session, order, left_cents, reason="Bestellung verfallen", now=now, author=author, payment=payment)
    if order.held_cents > 0:
        sentence = f"Verfallen, obwohl {format_cents(order.held_cents)} bezahlt sind: bitte klären."
        _call(session, order, sentence, now, author)


def overdue(session: Session, now: datetime) -> list[Order]:
    """Unpaid orders whose time is up and that no provider is busy with (those end when it says so).

    Those that wait for a transfer are none of them: bank.deadlines reminds of them first.
    """
    busy = select(PaymentAttempt.order_id).where(col(PaymentAttempt.state).in_(("open", "processing")))
    late = select(Order).where(
        Order.state == State.AWAITING_PAYMENT, Order.payment != "transfer", col(Order.reserved_until) <= now
    )
    return list(session.exec(late.where(col(Order.id).not_in(busy)).order_by(col(Order.id))).all())


def settle_if_paid(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Move an order that waits for money to PAID where what came suffices after all: less is owed now. Flushes."""
    order = _lock(session, order)
    if order.state == State.AWAITING_PAYMENT and not order.open_cents:
        _settle_paid(session, order, now, author, has_waited=bool(order.paid_cents))


def finish_if_all_gone(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Bring an order of which nothing is to come any more to its end: partly delivered, or only vouchers. Flushes."""
    order = _lock(session, order)
    if order.state == State.PAID and order.gift_cents and not deliveries.to_come(session, order):
        orders.move(session, order, State.SHIPPED, now=now, author=author, note=BY_MAIL)
    if order.state == State.PARTLY_DELIVERED and not deliveries.to_come(session, order):
        last = deliveries.of(session, order)[-1]
        orders.move(session, order, State.PICKED_UP if last.is_pickup else State.SHIPPED, now=now, author=author)


def payments_of(session: Session, order: Order) -> list[Payment]:
    """The money that came in for the order, oldest first."""
    money = select(Payment).where(Payment.order_id == order.id)
    return list(session.exec(money.order_by(col(Payment.id))).all())


def _deliver(
    session: Session,
    order: Order,
    shipment: Shipment,
    going: Sequence[Going] | None,
    end: State,
    *,
    key: str,
    note: str,
) -> Shipment:
    order = _lock(session, order)
    if standing := deliveries.of_key(session, key):
        return standing
    orders.refuse_disputed(order)
    tax_proofs.refuse_unconfirmed(session, order)
    left = {part.size: part for part in deliveries.to_come(session, order)}
    if going is None:
        going = [Going(part.size, part.left) for part in left.values()]
    if order.state in _TO_PACK:
        _check_going(session, order, going, left)
    is_last = sum(each.pieces for each in going) == sum(part.left for part in left.values())
    by: dict[str, Any] = {"now": shipment.shipped_at, "author": shipment.author}
    orders.move(session, order, end if is_last else State.PARTLY_DELIVERED, **by, note=note)
    only = None if is_last else _uncut(session, order, going)
    holds.take(session, order.number, **by, only=only)
    shipment.key = key or None
    session.add(shipment)
    session.flush()
    session.add_all(_shipment_line(shipment, each) for each in going)
    session.flush()
    if not shipment.is_pickup and going:
        outbox.queue(session, "shipped", f"shipment:{shipment.id}", order.email, shipment.shipped_at)
    return shipment


def _check_going(session: Session, order: Order, going: Sequence[Going], left: Mapping[Size, Part]) -> None:
    if not left and not going:  # nothing but gift vouchers, which went by e-mail
        return
    if not any(each.pieces for each in going):
        raise NotToGo("Bitte kreuzen Sie an, was jetzt mitgeht.")
    asked = inquiries.open_lines(session, order)
    for each in going:
        part = left.get(each.size)
        if part is None or not 0 < each.pieces <= part.left:
            raise NotToGo("Davon ist inzwischen etwas verschickt oder geändert. Bitte sehen Sie noch einmal nach.")
        if part.line.id in asked:
            raise NotToGo(f"„{part.goods.name}“: Die Kundin hat auf Ihre Frage noch nicht geantwortet.")


def _shipment_line(shipment: Shipment, each: Going) -> ShipmentLine:
    line_id, variant_id, quantity = each.size
    return ShipmentLine(
        shipment_id=shipment.id or 0, order_line_id=line_id, variant_id=variant_id, pieces=each.pieces,
        quantity=quantity,
    )  # fmt: skip


def _not_asked(session: Session, order: Order) -> list[Part]:
    asked = inquiries.open_lines(session, order)
    return [part for part in deliveries.to_come(session, order) if part.line.id not in asked]


def _uncut(session: Session, order: Order, going: Iterable[Going]) -> list[Wanted]:
    """What of some pieces is still held: what was cut before has left its roll already."""
    waiting = holds.pieces_of(session, order.number, holds.TAKEN)
    for (_, *goods), pieces in deliveries.gone_of(session, order).items():
        waiting[goods[0], goods[1]] -= pieces
    for (_, *goods), pieces in deliveries.back_of(session, order).items():
        waiting[goods[0], goods[1]] += pieces
    pieces_of = Counter[tuple[int, int]]()
    for each in going:
        pieces_of[each.size[1], each.size[2]] += each.pieces
    return [
        Wanted(variant_id, quantity, pieces - max(0, waiting[variant_id, quantity]))
        for (variant_id, quantity), pieces in pieces_of.items()
        if pieces > max(0, waiting[variant_id, quantity])
    ]


def _lock(session: Session, order: Order) -> Order:
    assert order.id is not None
    return orders.lock(session, order.id)


def _book(session: Session, order: Order, cents: int, reference: str, method: str, now: datetime, author: str) -> bool:
    """Write the money down and add it up; False if it was written down before."""
    if session.exec(select(Payment.id).where(Payment.reference == reference)).first() is not None:
        return False
    assert order.id is not None
    session.add(Payment(order_id=order.id, method=method, reference=reference, cents=cents, paid_at=now, author=author))
    order.paid_cents += cents
    orders.remark(session, order, "money", f"{format_cents(cents)} ({method}, {reference})", now=now, author=author)
    return True


def _pay_rest(session: Session, order: Order, now: datetime) -> None:
    """Pay with the order's gift vouchers again what its other money leaves open. Raises CodeGone."""
    open_cents = order.total_cents - order.reduced_cents - order.held_cents
    if open_cents > 0:
        redeeming.pay_again(session, order, open_cents, now)


def _settle_paid(session: Session, order: Order, now: datetime, author: str, *, has_waited: bool) -> None:
    orders.move(session, order, State.PAID, now=now, author=author)
    pickup.promise(session, order, now)
    if has_waited:
        _owe(session, "payment_received", order, now)
    gift_sales.issue(session, order, now=now, author=author)
    finish_if_all_gone(session, order, now=now, author=author)


def _owe(session: Session, kind: str, order: Order, now: datetime) -> None:
    outbox.queue(session, kind, f"order:{order.id}", order.email, now)


def _call(session: Session, order: Order, sentence: str, now: datetime, author: str) -> None:
    orders.call_attention(session, order, sentence, now=now, author=author)
