"""When an invoice is due, what corrects it, and how both are written: within the transaction that makes them due.

An order gets its invoice with its last delivery (§ 14 Abs. 2 UStG). What is taken off it afterwards makes a correction
each (§ 17 UStG, § 31 Abs. 5 UStDV); when nothing is owed any more, the invoice is cancelled. So an order's documents
always come to what is owed for its goods. No invoice for what was paid in the store: the till's receipt is one, and
a second one would owe the tax twice (§ 14c UStG).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlmodel import Session, col, func, select

from checkout import allowances, deliveries, invoice_items, invoices, orders, paperwork
from checkout import invoice_writing as writing
from checkout.documents import DoesNotAddUp, Kind, Party
from checkout.invoice_terms import CannotIssue, Terms, incomplete, refuse_incomplete
from checkout.invoices import Invoice
from checkout.orders import Order, State
from checkout.paperwork import Touch
from checkout.payments import Payment

FAILED = "Die Rechnung ließ sich nicht schreiben"
_GONE = (State.SHIPPED, State.PICKED_UP)
_PAGE = 200


def settle(session: Session, terms: Callable[[Session], Terms]) -> list[Invoice]:
    """Write all documents that have become due in this transaction; the last thing before it commits. Flushes.

    Gives what was written. Nothing is written while the seller's facts are incomplete: the order stays in
    `without`. What cannot be written calls for attention, and takes no number.
    """
    touched = paperwork.take(session)
    if not touched:
        return []
    known = terms(session)
    made: list[Invoice] = []
    for order_id, touch in touched.items():
        made += _bring_up(session, orders.lock(session, order_id), known, touch)
    return made


def is_due(session: Session, order: Order) -> bool:
    """Whether an order is to have an invoice and has none: all has left, something is owed, and no till was asked."""
    is_delivered = order.state in _GONE and allowances.left_of(session, order).cents > 0
    return is_delivered and not invoices.standing(session, order) and not was_paid_at_till(session, order)


def issue(session: Session, order: Order, terms: Terms, *, now: datetime, author: str) -> Invoice:
    """Write the invoice of an order that left without one; the standing one where there is one. Flushes.

    Raises CannotIssue.
    """
    order = orders.lock(session, orders.id_of(order))
    if chain := invoices.standing(session, order):
        return chain[0]
    if not is_due(session, order):
        raise CannotIssue(f"Für Bestellung {order.number} ist keine Rechnung zu schreiben.")
    refuse_incomplete(order, terms)
    return writing.invoice(session, order, terms, writing.buyer_of(order), now=now, author=author)


def rectify(
    session: Session, order: Order, buyer: Party, terms: Terms, *, reason: str, now: datetime, author: str
) -> list[Invoice]:
    """Cancel an invoice that names its buyer wrongly, and write a new one that names `buyer`. Flushes.

    Gives the cancellation and the new invoice. Nothing changes where it says the same. Raises CannotIssue.
    """
    order = orders.lock(session, orders.id_of(order))
    chain = invoices.standing(session, order)
    if not chain:
        raise CannotIssue(f"Bestellung {order.number} hat keine Rechnung, die zu berichtigen wäre.")
    if chain[0].content.buyer == buyer:
        return []
    refuse_incomplete(order, terms)
    cancelled = writing.cancellation(session, order, chain, terms, reason=reason, now=now, author=author)
    return [cancelled, writing.invoice(session, order, terms, buyer, now=now, author=author)]


def without(session: Session, most: int | None = None) -> list[Order]:
    """The oldest orders, at most so many, that have left and should have an invoice (§ 14 Abs. 2 UStG)."""
    return list(islice((order for order in _left_without(session) if is_due(session, order)), most))


def _left_without(session: Session) -> Iterator[Order]:
    """Orders that have left without one, page by page; what the till was paid for, all of it, is left out already."""
    has_one = select(Invoice.order_id).where(Invoice.kind == Kind.INVOICE.value)
    is_owed = col(Order.total_cents) > col(Order.reduced_cents)
    is_till = (col(Order.payment) == "on_pickup") & (col(Order.paid_cents) == 0) & (col(Order.state) == State.PICKED_UP)
    found = select(Order).where(col(Order.state).in_(_GONE), is_owed, ~is_till, col(Order.id).not_in(has_one))
    last = 0
    while page := session.exec(found.where(col(Order.id) > last).order_by(col(Order.id)).limit(_PAGE)).all():
        yield from page
        last = page[-1].id or 0


def _bring_up(session: Session, order: Order, terms: Terms, touch: Touch) -> list[Invoice]:
    """Nothing of it stays where it does not add up, not even its number; a person is told."""
    by: dict[str, Any] = {"now": touch.now, "author": touch.author}
    try:
        with session.begin_nested():
            if chain := invoices.standing(session, order):
                return _correct(session, order, chain, terms, **by)
            if touch.is_delivered and is_due(session, order) and not incomplete(order, terms):
                return [writing.invoice(session, order, terms, writing.buyer_of(order), **by)]
    except DoesNotAddUp as error:
        orders.call_attention(session, order, f"{FAILED} ({error}): bitte melden.", now=touch.now, author="Laden")
    return []


def _correct(
    session: Session, order: Order, chain: list[Invoice], terms: Terms, *, now: datetime, author: str
) -> list[Invoice]:
    """A correction for each allowance that the invoice knows nothing of; a cancellation where the last takes all."""
    made: list[Invoice] = []
    until = max(each.allowances_until for each in chain)
    new = [each for each in allowances.of(session, order) if (each.id or 0) > until]
    is_all_gone = not allowances.left_of(session, order).cents
    for allowance in new:
        listed = invoice_items.taken_off(session, order, allowance)
        if not listed[0]:
            continue
        if is_all_gone and allowance is new[-1]:
            why = invoice_items.reason_of(allowance)
            made.append(
                writing.cancellation(
                    session, order, [*chain, *made], terms, allowance, reason=why, now=now, author=author
                )
            )
        else:
            made.append(writing.correction(session, order, chain[0], listed, terms, allowance, now=now, author=author))
    return made


def was_paid_at_till(session: Session, order: Order) -> bool:
    """Whether an order was paid when it was handed over in the store, as far as money was open then.

    All of it is paid with the first part. Money that the till has taken is in none of our books, so it stays open here;
    what was taken off or paid afterwards does not count, lest a return in the store, or money that came for a second
    time, made an invoice due.
    """
    handed = [each.shipped_at for each in deliveries.of(session, order) if each.is_pickup]
    if order.payment != "on_pickup" or not handed:
        return False
    first = min(handed)
    before = sum(each.cents for each in allowances.of(session, order) if each.reduced_at <= first)
    paid = select(func.coalesce(func.sum(Payment.cents), 0)).where(
        Payment.order_id == order.id, col(Payment.paid_at) <= first
    )
    return int(session.exec(paid).one()) < order.total_cents - before
