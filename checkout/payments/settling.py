"""How a payment on a provider's page begins and ends: the only writer for webhook, return page and jobs.

The provider is always asked outside any transaction, and what it says now is the truth: a
notice, an address or an older answer is only a reason to ask. Then one transaction writes what
follows, and writing it again changes nothing.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlmodel import Session, select

from catalog.refusals import Refusal
from checkout import fulfilment, orders
from checkout.orders import Order, State
from checkout.payments import PaymentAttempt, PaymentMethod, attempts
from checkout.payments.hosted import HostedPayment, KeySpent, NoSuchSession, SessionDone, SessionState, Standing
from checkout.payments.providers import ASK_AFTER, Database, alone, hosted, patiently

log = logging.getLogger("dorfladen.payments")

# A standing further on in this order wins; an older answer that arrives late changes nothing.
_RANK = {Standing.OPEN: 0, Standing.PROCESSING: 1, Standing.FAILED: 2, Standing.EXPIRED: 2, Standing.PAID: 3}


class NothingToPay(Refusal):
    """The order does not wait for a payment (any more)."""


def start(
    database: Database, payment: HostedPayment, order_id: int, *, return_url: str, cancel_url: str, now: datetime
) -> str:
    """Give the address where the order can be paid; "pay again" is the same call.

    An order has one open attempt: its page is given again as long as it is open. The attempt is
    committed before the provider is asked, so that nothing opened there is ever unknown here.
    Raises NothingToPay, PaymentDown.
    """
    try:
        return _page_of(database, payment, order_id, return_url, cancel_url, now)
    except KeySpent as error:
        log.warning("an attempt of order %s must be replaced: %s", order_id, error)
        with database.reading() as session:
            lost = attempts.lost_of(session, payment.key, order_id)
        _find(database, payment, lost, now)
        return _page_of(database, payment, order_id, return_url, cancel_url, now)


def settle(
    database: Database, payment: HostedPayment, session_id: str, now: datetime, *, order_id: int | None = None
) -> Standing | None:
    """Ask the provider about a session and write what follows; as often and as concurrently as one likes.

    None: the session is not ours, or not of this order. Raises PaymentDown.
    """
    try:
        said = payment.fetch(session_id)
    except NoSuchSession:
        return None
    with database.writing() as session:
        attempt = attempts.of_session(session, payment.key, said)
        if attempt is None or order_id not in (None, attempt.order_id):
            return None
        _write(session, payment, attempt, said, now)
    return said.standing


def end_expired_holds(database: Database, payments: Mapping[str, PaymentMethod], now: datetime) -> None:
    """Give back the goods of orders whose time to pay is up, once nobody can pay them any more.

    Where a page is open at a provider, the provider ends it first; if it refuses because the
    shopper is just paying, the payment is settled instead. Pages of cancelled orders end too.
    """
    for payment in hosted(payments):
        with patiently(payment):
            _end_pages(database, payment, now)
    with database.reading() as session:
        overdue = [order.id for order in fulfilment.overdue(session, now)]
    for order_id in overdue:
        _expire_if_overdue(database, order_id, now)


def reconcile(
    database: Database, payments: Mapping[str, PaymentMethod], now: datetime, *, with_debits: bool = True
) -> None:
    """Ask about every payment that should have been settled by now; every few minutes.

    Money that is on its way takes days: `with_debits` need not be asked about so often.
    """
    for payment in hosted(payments):
        with patiently(payment):
            _find_lost(database, payment, now)
            _ask_about_waiting(database, payment, now, with_debits=with_debits)


def end_open_pages(database: Database, payment: HostedPayment, now: datetime) -> int:
    """End every page that is still open, before the shop's key is changed; give how many there were.

    Nobody can pay then on a page of which the shop would hear nothing any more. Who has just paid is
    settled. Raises PaymentDown.
    """
    _find_lost(database, payment, now + ASK_AFTER)
    with database.reading() as session:
        pages = attempts.waiting(session, payment.key, now, only_open=True)
    for session_id in pages:
        _end_page(database, payment, session_id, now)
    return len(pages)


def end_pages_of(database: Database, payment: HostedPayment, order_id: int, now: datetime) -> None:
    """End the pages of one order, which is to be paid otherwise; who has just paid is settled. Raises PaymentDown."""
    with database.reading() as session:
        pages = attempts.open_of(session, payment.key, order_id)
    for session_id in pages:
        _end_page(database, payment, session_id, now)


def _page_of(
    database: Database, payment: HostedPayment, order_id: int, return_url: str, cancel_url: str, now: datetime
) -> str:
    attempt, open_cents = _current_attempt(database, payment, order_id, now)
    if attempt.amount_cents != open_cents:  # the order has become cheaper since, or some of it was paid otherwise
        if attempt.session_id is None:
            raise KeySpent("the amount has changed")
        _end_page(database, payment, attempt.session_id, now)
        attempt, _ = _current_attempt(database, payment, order_id, now)
    elif attempt.session_id is not None:
        standing = settle(database, payment, attempt.session_id, now)
        if standing is Standing.OPEN:
            return attempt.session_url
        if standing is None:
            _forget(database, payment, attempt.session_id, now)
        attempt, _ = _current_attempt(database, payment, order_id, now)
    return _open(database, payment, attempt, return_url, cancel_url)


def _current_attempt(
    database: Database, payment: HostedPayment, order_id: int, now: datetime
) -> tuple[PaymentAttempt, int]:
    """The order's open attempt, and how many cents are to be paid this moment."""
    with database.writing() as session:
        order = orders.lock(session, order_id)
        if order.state != State.AWAITING_PAYMENT or not order.open_cents:
            raise NothingToPay("Diese Bestellung wartet nicht auf eine Zahlung.")
        return attempts.current(session, payment.key, order, now), order.open_cents


def _open(database: Database, payment: HostedPayment, attempt: PaymentAttempt, return_url: str, cancel_url: str) -> str:
    with database.reading() as session:
        order = session.exec(select(Order).where(Order.id == attempt.order_id)).one()
        lines = orders.lines_of(session, order)
    opened = payment.open(order, lines, attempt, return_url=return_url, cancel_url=cancel_url)
    assert opened is not None
    with database.writing() as session:
        attempts.link(session, attempt, *opened, is_live=payment.is_live)
    return opened[1]


def _write(
    session: Session, payment: HostedPayment, attempt: PaymentAttempt, said: SessionState, now: datetime
) -> None:
    """Write what follows from a session's standing, with its order locked."""
    order = orders.lock(session, attempt.order_id)
    session.refresh(attempt)
    if _RANK[said.standing] <= _RANK[Standing(attempt.state)]:
        return
    attempt.state = said.standing.value
    session.add(attempt)
    session.flush()
    if said.standing is Standing.PAID:
        _book(session, payment, order, said, now)
    elif said.standing is Standing.PROCESSING:
        _await_money(session, payment, order, now)
    else:
        _give_up(session, payment, order, said, now)


def _book(session: Session, payment: HostedPayment, order: Order, said: SessionState, now: datetime) -> None:
    """Book the money as it came; what does not agree is for the owner to decide."""
    for sentence in _differences(payment, order, said):
        log.error("order %s, session %s: %s", order.number, said.id, sentence)
        orders.call_attention(session, order, sentence, now=now, author=payment.key)
    if said.is_live == payment.is_live and said.currency == "eur" and said.amount_cents > 0:
        fulfilment.mark_paid(
            session,
            order,
            cents=said.amount_cents,
            reference=said.reference,
            method=payment.key,
            now=now,
            author=payment.key,
            was_watched=True,
            gives_back=True,
        )


def _differences(payment: HostedPayment, order: Order, said: SessionState) -> Iterator[str]:
    """Sentences for the owner. Too much or too little money is noticed where it is booked."""
    money = f"Die Zahlung {said.reference or said.id}"
    if said.is_live != payment.is_live:
        yield f"{money} ist keine echte oder stammt aus dem falschen Modus des Zahlungsdienstes: nicht verbucht."
    if said.currency != "eur":
        yield f"{money} kam in der Währung {said.currency.upper()} und ist nicht verbucht. Bitte prüfen Sie sie."
    if said.amount_cents == 0:
        yield f"{money} ist beim Zahlungsdienst ohne Geld abgeschlossen. Bitte prüfen Sie das dort."
    if said.order_number != order.number:
        yield f"{money} nennt die Bestellung „{said.order_number}“. Bitte prüfen Sie das vor dem Versand."


def _await_money(session: Session, payment: HostedPayment, order: Order, now: datetime) -> None:
    if order.state == State.AWAITING_PAYMENT:
        orders.move(session, order, State.PROCESSING, now=now, author=payment.key)


def _give_up(session: Session, payment: HostedPayment, order: Order, said: SessionState, now: datetime) -> None:
    """End the order, unless it has time for another try, or another attempt that may bring the money."""
    if said.standing is Standing.FAILED:
        sentence = "Die Zahlung ist beim Zahlungsdienst gescheitert."
        orders.remark(session, order, "payment_failed", sentence, now=now, author=payment.key)
    has_time = order.reserved_until is not None and order.reserved_until > now
    is_waiting = order.state == State.PROCESSING or (order.state == State.AWAITING_PAYMENT and not has_time)
    if is_waiting and not attempts.is_alive(session, order):
        fulfilment.expire(session, order, now=now, author=payment.key)


def _end_pages(database: Database, payment: HostedPayment, now: datetime) -> None:
    _find_lost(database, payment, now)
    with database.reading() as session:
        ended = attempts.ended(session, payment.key, now)
    for session_id in ended:
        with alone(session_id):
            _end_page(database, payment, session_id, now)


def _end_page(database: Database, payment: HostedPayment, session_id: str, now: datetime) -> None:
    """Let the provider end a page. Where it is over or unknown already, settling finds out what happened."""
    with suppress(SessionDone, NoSuchSession):
        payment.expire(session_id)
    if settle(database, payment, session_id, now) is None:
        _forget(database, payment, session_id, now)


def _forget(database: Database, payment: HostedPayment, session_id: str, now: datetime) -> None:
    """Give up an attempt that the provider does not know: the shop's keys were changed. Nothing stays half."""
    log.error("the provider does not know its own session %s: were the keys changed?", session_id)
    with database.writing() as session:
        attempt = attempts.forget(session, session_id)
        if attempt is None:
            return
        order = orders.lock(session, attempt.order_id)
        if order.state == State.PROCESSING and not attempts.is_alive(session, order):
            fulfilment.expire(session, order, now=now, author=payment.key)
            sentence = (
                "Auf diese Bestellung war eine Zahlung unterwegs, die das jetzige Stripe-Konto nicht kennt. "
                "Bitte sehen Sie im früheren Konto nach."
            )
            orders.call_attention(session, order, sentence, now=now, author=payment.key)


def _expire_if_overdue(database: Database, order_id: int | None, now: datetime) -> None:
    """Look again with the order locked: it may just have been paid, or a page been opened for it."""
    assert order_id is not None
    with database.writing() as session:
        order = orders.lock(session, order_id)
        if order.id in {each.id for each in fulfilment.overdue(session, now)}:
            fulfilment.expire(session, order, now=now)


def _find_lost(database: Database, payment: HostedPayment, now: datetime) -> None:
    with database.reading() as session:
        lost = attempts.lost(session, payment.key, now - ASK_AFTER)
    _find(database, payment, lost, now)


def _find(database: Database, payment: HostedPayment, lost: Sequence[PaymentAttempt], now: datetime) -> None:
    """Find what attempts have opened at the provider without our hearing of it; those that have not, failed."""
    if not lost:
        return
    since = min(attempt.created_at for attempt in lost) - timedelta(minutes=5)
    found = {said.attempt_key: said.id for said in payment.sessions_since(since)}
    for attempt in lost:
        with alone(attempt.idempotency_key):
            if session_id := found.get(attempt.idempotency_key):
                settle(database, payment, session_id, now)
            else:
                with database.writing() as session:
                    attempts.fail(session, attempt)


def _ask_about_waiting(database: Database, payment: HostedPayment, now: datetime, *, with_debits: bool) -> None:
    with database.reading() as session:
        waiting = attempts.waiting(session, payment.key, now - ASK_AFTER, only_open=not with_debits)
    for session_id in waiting:
        with alone(session_id):
            standing = settle(database, payment, session_id, now)
            if standing is None:
                _forget(database, payment, session_id, now)
            elif standing is Standing.PAID:
                log.error("session %s was paid, but no notice of it has arrived", session_id)
