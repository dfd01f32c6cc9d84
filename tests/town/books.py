"""The books at the end of a day, held against each other and against what happened outside the shop.

Everything is read as a stranger would: from the database after the last commit, from Stripe's account, from the
letters that arrived. Each finding is a sentence; there should be none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.holds import StockHold
from catalog.movements import StockMovement
from catalog.products import Variant
from catalog.rolls import Roll
from checkout import account_bookings, allowances, invoices, invoicing
from checkout.allowances import Allowance
from checkout.amendments import Amendment
from checkout.invoices import Invoice
from checkout.orders import ENDED, Order, OrderLine, State
from checkout.outbox import Letter
from checkout.payments import Payment, StripeEvent
from checkout.payments.disputing import HELD, Dispute
from checkout.payments.refunding import BY_HAND
from checkout.periods import Period
from checkout.refunds import STANDING, Refund, RefundState
from checkout.series import NumberSeries
from tests.stripe_fake import Account

WAITING = (State.AWAITING_PAYMENT, State.PROCESSING)
TO_PACK = (State.CONFIRMED, State.PAID, State.PARTLY_DELIVERED)
GONE = (State.SHIPPED, State.PICKED_UP)


@dataclass(frozen=True)
class Outside:
    """What is known outside the shop: Stripe's account, and how often each letter arrived, by its Message-ID."""

    stripe: Account
    arrived: Mapping[str, int]


def wrongs(session: Session, outside: Outside) -> list[str]:
    """All that does not agree, as sentences; empty where all is well."""
    return [
        *stock_wrongs(session),
        *order_wrongs(session),
        *money_wrongs(session),
        *stripe_wrongs(session, outside.stripe),
        *letter_wrongs(session, outside.arrived),
        *invoice_wrongs(session),
    ]


def stock_wrongs(session: Session) -> Iterator[str]:
    """On hand is what was received and has not gone; held is what is promised; never is more promised than there."""
    moved = _sums(session, StockMovement.variant_id, StockMovement.change)
    held = _held(session, StockHold.variant_id)
    held_on_roll = _held(session, StockHold.roll_id)
    for variant in session.exec(select(Variant)).all():
        if variant.on_hand != moved.get(_id(variant), 0):
            yield f"{variant.sku}: {variant.on_hand} on hand, {moved.get(_id(variant), 0)} by its movements"
        if variant.held != held.get(_id(variant), 0):
            yield f"{variant.sku}: {variant.held} held, {held.get(_id(variant), 0)} by its holds"
        if variant.counts_stock and not 0 <= variant.held <= variant.on_hand:
            yield f"{variant.sku} is oversold: {variant.held} of {variant.on_hand} held"
    for roll in session.exec(select(Roll)).all():
        if roll.held != held_on_roll.get(_id(roll), 0) or not 0 <= roll.held <= roll.on_hand:
            yield f"roll {roll.id}: {roll.held} of {roll.on_hand} held, {held_on_roll.get(_id(roll), 0)} by its holds"


def order_wrongs(session: Session) -> Iterator[str]:
    """Each order has its lines, and its goods are held until they leave the store, or are free again."""
    wanted = _goods_wanted(session)
    held, taken = _goods_of_holders(session)
    for order in session.exec(select(Order)).all():
        mine, still, gone = wanted[order.number], held[order.number], taken[order.number]
        if order.state in (*WAITING, *TO_PACK) and still + gone != mine:
            yield f"{order.number} ({order.state}) wants {dict(mine)}, holds {dict(still)}, has taken {dict(gone)}"
        if order.state in (State.CANCELLED, State.EXPIRED) and (still or gone):
            yield f"{order.number} ({order.state}) still has {dict(still + gone)}"
        if order.state in GONE and (still or +(gone - mine)):
            yield f"{order.number} ({order.state}) has {dict(still)} left, has taken {dict(gone)} of {dict(mine)}"


def money_wrongs(session: Session) -> Iterator[str]:
    """The amounts beside the state are the sums of their rows; what was paid too much goes back or calls a person."""
    paid = _sums(session, Payment.order_id, Payment.cents)
    refunded = _sums(session, Refund.order_id, Refund.cents, col(Refund.state).in_(STANDING))
    reduced = _sums(session, Allowance.order_id, Allowance.cents)
    disputed = _sums(session, Dispute.order_id, Dispute.cents, col(Dispute.state).in_(HELD))
    for order in session.exec(select(Order)).all():
        number = _id(order)
        for name, amount, rows in (
            ("paid", order.paid_cents, paid),
            ("refunded", order.refunded_cents, refunded),
            ("reduced", order.reduced_cents, reduced),
            ("disputed", order.disputed_cents, disputed),
        ):
            if amount != rows.get(number, 0):
                yield f"{order.number}: {amount} ct {name}, {rows.get(number, 0)} ct by its rows"
        if order.state == State.PAID and order.open_cents and not order.attention and not order.disputed_cents:
            yield f"{order.number} is {order.state}, but {order.open_cents} ct are open and nobody is asked"
        if order.state == State.AWAITING_PAYMENT and order.total_cents > 0 and not order.open_cents:
            yield f"{order.number} has all its money and still waits for it"
        if order.overpaid_cents and not order.attention:
            yield f"{order.number} ({order.state}): {order.overpaid_cents} ct too much, and nobody is asked"


def stripe_wrongs(session: Session, stripe: Account) -> Iterator[str]:
    """Each payment at Stripe is booked once with its cents and nothing else is; so are refunds and disputes."""
    at_stripe = {each["payment_intent"]: each["amount_total"] for each in stripe.paid_sessions}
    booked = _booked(session)
    yield from _apart("brought", at_stripe, booked)
    yield from _apart("refunded", _refunded_at(stripe), _refunds_noted(session))
    own = col(Refund.reason) != BY_HAND
    yield from _apart("was refunded by the shop", _refunded_at(stripe, only_ours=True), _refunds_noted(session, own))
    yield from _apart("disputed", _disputed_at(stripe), _disputes_noted(session))
    undone = session.exec(select(StripeEvent.id).where(col(StripeEvent.done_at).is_(None))).all()
    yield from (f"event {event_id} is not done" for event_id in undone)


def unheard_of(session: Session, stripe: Account) -> Iterator[str]:
    """What is in the books, but never was at Stripe: at no moment may there be any of it."""
    at_stripe = {each["payment_intent"]: each["amount_total"] for each in stripe.paid_sessions}
    for reference, cents in _booked(session).items():
        if at_stripe.get(reference) != cents:
            yield f"{reference}: {cents} ct are booked, {at_stripe.get(reference)} ct came at Stripe"


def _apart(what: str, there: Mapping[str, int], here: Mapping[str, int]) -> Iterator[str]:
    for reference in there.keys() | here.keys():
        if there.get(reference, 0) != here.get(reference, 0):
            yield f"{reference} {what} {there.get(reference, 0)} ct at Stripe, {here.get(reference, 0)} ct in the books"


def _booked(session: Session) -> dict[str, int]:
    """Cents by payment; the reference is unique in the books, so none can be there twice."""
    return dict(session.exec(select(Payment.reference, Payment.cents).where(Payment.method == "stripe")).all())


def _refunded_at(stripe: Account, *, only_ours: bool = False) -> Counter[str]:
    """`only_ours`: what the shop has asked for itself, which carries its key."""
    given = Counter[str]()
    for each in list(stripe.refunds.values()):
        if each["status"] not in ("failed", "canceled") and (each["metadata"] or not only_ours):
            given[each["payment_intent"]] += each["amount"]
    return given


def _disputed_at(stripe: Account) -> Counter[str]:
    held = Counter[str]()
    for each in list(stripe.disputes.values()):
        if each["status"] in ("needs_response", "under_review", "lost"):
            held[each["payment_intent"]] += each["amount"]
    return held


def _refunds_noted(session: Session, *which: Any) -> Counter[str]:
    on_its_way = (RefundState.PENDING, RefundState.DONE)
    return _by_reference(session, Refund, col(Refund.state).in_(on_its_way), *which)


def _disputes_noted(session: Session) -> Counter[str]:
    return _by_reference(session, Dispute, col(Dispute.state).in_(HELD))


def _by_reference(session: Session, table: Any, *which: Any) -> Counter[str]:
    """The cents of some rows, by the reference of the payment at Stripe that they are about."""
    noted = Counter[str]()
    rows = select(table.cents, Payment.reference).join(Payment, col(Payment.id) == table.payment_id)
    for cents, reference in session.exec(rows.where(Payment.method == "stripe", *which)).all():
        noted[reference] += cents
    return noted


def invoice_wrongs(session: Session) -> Iterator[str]:
    """What has left has its invoice, and documents come to what is owed for the goods; no number is missing."""
    for order in session.exec(select(Order).where(col(Order.state).in_(GONE))).all():
        documents = invoices.of(session, order)
        cents, left = sum(each.gross_cents for each in documents), allowances.left_of(session, order).cents
        if documents and cents != left:
            yield f"{order.number}: documents over {cents} ct, {left} ct are owed"
        if invoicing.is_due(session, order):
            yield f"{order.number} has left without an invoice"
    early = select(Invoice.number).join(Order, col(Order.id) == Invoice.order_id).where(col(Order.state).not_in(GONE))
    yield from (f"{number} is there before its goods have left" for number in session.exec(early).all())
    for series in session.exec(select(NumberSeries)).all():
        used = select(func.count(col(Invoice.id))).where(
            col(Invoice.number).startswith(f"{series.prefix}-{series.year}-")
        )
        if session.exec(used).one() != series.last:
            yield f"{series.prefix}-{series.year} has gaps"


def booking_wrongs(session: Session) -> Iterator[str]:
    """In the accountant's books nothing is open for an order but what is really open or not yet invoiced."""
    every = account_bookings.bookings(session, Period(date(2000, 1, 1), date(2099, 12, 31)))
    open_cents = Counter[str]()
    for each in every:
        number = each.text.rpartition(" ")[2]
        open_cents[number] += (each.account == "debtors") * (-each.cents if each.is_credit else each.cents)
        open_cents[number] -= (each.contra == "debtors") * (-each.cents if each.is_credit else each.cents)
    back = _sums(session, Refund.order_id, Refund.cents, Refund.state == RefundState.DONE.value)
    for order in [each for each in session.exec(select(Order)).all() if not each.is_paid_in_store]:
        goods = invoices.gross_cents(session, order)
        gifts = 0 if order.state in ENDED else order.owed_cents - allowances.left_of(session, order).cents
        wanted = goods + gifts - (order.paid_cents - back.get(_id(order), 0) - order.disputed_cents)
        if order.state not in WAITING and open_cents[order.number] != wanted:
            yield f"{order.number} ({order.state}): {open_cents[order.number]} ct are open, not {wanted} ct"


def letter_wrongs(session: Session, arrived: Mapping[str, int]) -> Iterator[str]:
    """Each order is confirmed by one letter; each letter arrived once, or at most once where a person must decide."""
    yield from confirmation_wrongs(session)
    for letter in session.exec(select(Letter)).all():
        times = arrived.get(letter.message_id, 0)
        is_in_doubt = letter.sent_at is None and letter.handing_over_at is not None
        if times != 1 and not (is_in_doubt and times == 0):
            yield f"letter {letter.id} ({letter.kind}, {letter.reason}) arrived {times} times: {letter.last_error}"


def confirmation_wrongs(session: Session) -> Iterator[str]:
    """Each order of somebody whom letters reach is owed exactly one confirmation."""
    confirmed = Counter(session.exec(select(Letter.reason).where(Letter.kind == "order_received")).all())
    for order in session.exec(select(Order)).all():
        if confirmed[f"order:{order.id}"] != (1 if order.email else 0):
            yield f"{order.number} has {confirmed[f'order:{order.id}']} confirmations"


def letters_in_doubt(session: Session) -> int:
    """How many letters wait for a person to decide whether they went out."""
    doubtful = (col(Letter.sent_at).is_(None), col(Letter.handing_over_at).is_not(None))
    return len(session.exec(select(Letter.id).where(*doubtful)).all())


def _sums(session: Session, key: Any, amount: Any, *which: Any) -> dict[int, int]:
    return {of: int(total) for of, total in session.exec(select(key, func.sum(amount)).where(*which).group_by(key))}


def _held(session: Session, key: Any) -> dict[int, int]:
    return _sums(session, key, StockHold.pieces * StockHold.quantity, col(StockHold.ended_at).is_(None))


class _Goods(dict[str, Counter[tuple[int, int]]]):
    """Pieces by (variant, length of one), of an order; nothing of one that is not in it."""

    def __missing__(self, holder: str) -> Counter[tuple[int, int]]:
        self[holder] = Counter()
        return self[holder]


def _goods_wanted(session: Session) -> _Goods:
    """What is delivered for each order: what was ordered, but for lines that were amended."""
    newest = select(Amendment).order_by(col(Amendment.id))
    instead = {amendment.order_line_id: amendment.goods for amendment in session.exec(newest).all()}
    goods = _Goods()
    for number, line in session.exec(select(Order.number, OrderLine).join(OrderLine)).all():
        ordered = [{"variant_id": line.variant_id, "quantity": line.quantity, "pieces": line.pieces}]
        for each in [] if line.is_sample else instead.get(_id(line), ordered):
            goods[number][each["variant_id"], each["quantity"]] += each["pieces"]
    return goods


def _goods_of_holders(session: Session) -> tuple[_Goods, _Goods]:
    still, gone = _Goods(), _Goods()
    for hold in session.exec(select(StockHold)).all():
        if hold.ended_at is None:
            still[hold.holder][hold.variant_id, hold.quantity] += hold.pieces
        elif hold.outcome == "taken":
            gone[hold.holder][hold.variant_id, hold.quantity] += hold.pieces
    return still, gone


def _id(row: Any) -> int:
    assert row.id is not None
    return int(row.id)
