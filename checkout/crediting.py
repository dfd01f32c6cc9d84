"""The price of samples, taken off the fabric that is bought because of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from catalog.products import Variant
from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import numbers
from checkout.contents import CartItem, Credit
from checkout.orders import Order, OrderLine, State
from checkout.samples import SampleCredit, SampleTerms

# One sentence for every reason, so that nobody learns which orders there are.
NOTHING_FOUND = (
    "Zu dieser Nummer und Ihrer E-Mail-Adresse finden wir kein Muster der Stoffe in Ihrem Warenkorb, das sich noch "
    "anrechnen lässt. Bestellen können Sie trotzdem."
)
_ORDERED_FOR_GOOD = (State.PAID, State.PARTLY_DELIVERED, State.SHIPPED, State.PICKED_UP)


class AlreadyCredited(Refusal):
    """The samples have been credited with another order this very moment."""


@dataclass(frozen=True)
class _Bought:
    """A sample that was bought and is not credited yet; `cents` is what it cost."""

    line_id: int
    product_id: int
    cents: int
    order: Order


def is_possible(items: Iterable[CartItem], terms: SampleTerms) -> bool:
    """Whether there may be samples to credit with some lines."""
    return terms.credit_days > 0 and any(item.offers_sample and not item.is_sample for item in items)


def credited(
    session: Session, items: Sequence[CartItem], *, told: str, email: str, terms: SampleTerms, now: datetime
) -> tuple[list[CartItem], str]:
    """Take samples of an earlier order off the lines of their fabrics; give the lines, and a sentence or "".

    `told` is the number of that order as typed. Samples are credited with the same product, to the same
    e-mail address, if their order was paid and is not too old. The sentence says that there are none.
    """
    if not told or not is_possible(items, terms):
        return list(items), ""
    named = numbers.find_all(told)
    found = [each for each in _bought(session, email) if each.order.number in named and _is_in_time(each, terms, now)]
    rooms = [(item.product_id, 0 if item.is_sample else item.line_cents) for item in items]
    taken = [
        replace(item, credits=share, line_cents=item.line_cents - sum(credit.cents for credit in share))
        for item, share in zip(items, _shared(rooms, found), strict=True)
    ]
    return taken, "" if any(item.credits for item in taken) else NOTHING_FOUND


def record(session: Session, order: Order, taken_off: Iterable[Credit]) -> None:
    """Note which samples are credited with an order, each once for all. Flushes. Raises AlreadyCredited."""
    assert order.id is not None
    rows = [SampleCredit(sample_line_id=each.sample_line_id, order_id=order.id, cents=each.cents) for each in taken_off]
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError as error:
        raise AlreadyCredited(
            "Ihre Muster sind inzwischen schon bei einer anderen Bestellung angerechnet. Bitte prüfen Sie Ihre "
            "Bestellung noch einmal."
        ) from error


def give_back(session: Session, order: Order) -> None:
    """Let the samples that an ended order has used be credited again."""
    session.exec(delete(SampleCredit).where(col(SampleCredit.order_id) == order.id))


def give_back_of(session: Session, order: Order, line: OrderLine) -> None:
    """Let the samples that a line has used be credited again, now that it falls away."""
    if not line.credit_cents:
        return
    product_of = select(Variant.product_id).where(Variant.id == line.variant_id).scalar_subquery()
    samples = (
        select(OrderLine.id)
        .join(Variant, col(Variant.id) == OrderLine.variant_id)
        .where(col(OrderLine.is_sample), Variant.product_id == product_of)
    )
    left = line.credit_cents
    for each in session.exec(
        select(SampleCredit).where(SampleCredit.order_id == order.id, col(SampleCredit.sample_line_id).in_(samples))
    ).all():
        if each.cents <= left:
            left -= each.cents
            session.delete(each)
    session.flush()


def used_of(session: Session, order: Order) -> int:
    """How many cents of an order's own samples have been taken off other orders by now."""
    own = select(OrderLine.id).where(OrderLine.order_id == order.id)
    used = select(func.coalesce(func.sum(SampleCredit.cents), 0)).where(col(SampleCredit.sample_line_id).in_(own))
    return int(session.exec(used).one())


def renew(session: Session, order: Order, lines: Iterable[OrderLine]) -> bool:
    """Credit samples once more with an order that has come back; say whether there were enough left. Flushes."""
    lines = [line for line in lines if line.credit_cents]
    if not lines:
        return True
    products = session.exec(
        select(Variant.id, Variant.product_id).where(col(Variant.id).in_([line.variant_id for line in lines]))
    ).all()
    product_of = {variant_id: product_id for variant_id, product_id in products if variant_id is not None}
    rooms = [(product_of[line.variant_id], line.credit_cents) for line in lines]
    found = [credit for share in _shared(rooms, _bought(session, order.email)) for credit in share]
    try:
        record(session, order, found)
    except AlreadyCredited:
        return False
    return sum(credit.cents for credit in found) == sum(line.credit_cents for line in lines)


def until(order: Order, lines: Iterable[OrderLine], terms: SampleTerms) -> date | None:
    """The last day on which an order's samples are credited; None if it has none, or they never are."""
    return terms.credited_until(order.placed_at) if any(line.is_sample for line in lines) else None


def _bought(session: Session, email: str) -> list[_Bought]:
    """All samples that an e-mail address has bought and that are not credited yet, oldest first; "" is nobody's."""
    if not email:
        return []
    used = select(SampleCredit.sample_line_id)
    rows = session.exec(
        select(OrderLine, Order, Variant.product_id)
        .join(Order, col(Order.id) == OrderLine.order_id)
        .join(Variant, col(Variant.id) == OrderLine.variant_id)
        .where(func.lower(Order.email) == email.lower(), col(Order.state).in_(_ORDERED_FOR_GOOD))
        .where(col(OrderLine.is_sample), col(OrderLine.id).not_in(used))
        .order_by(col(OrderLine.id))
    ).all()
    return [_Bought(line.id or 0, product_id, line.line_cents, order) for line, order, product_id in rows]


def _is_in_time(sample: _Bought, terms: SampleTerms, now: datetime) -> bool:
    until = terms.credited_until(sample.order.placed_at)
    return until is not None and german_day(now) <= until


def _shared(rooms: Iterable[tuple[int, int]], bought: Iterable[_Bought]) -> list[tuple[Credit, ...]]:
    """What samples take off each line, given as (product id, most cents); no line comes below zero."""
    left = list(bought)
    shares = []
    for product_id, room in rooms:
        mine: list[Credit] = []
        for sample in [each for each in left if each.product_id == product_id]:
            cents = min(sample.cents, room - sum(credit.cents for credit in mine))
            if cents > 0:
                mine.append(Credit(sample.line_id, cents))
                left.remove(sample)
        shares.append(tuple(mine))
    return shares
