"""Forgetting a person: what need not be kept goes at once, the rest into the locked archive (Art. 17 DSGVO)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import retention
from checkout.bank.bookings import BankBooking
from checkout.deliveries import Shipment
from checkout.invoices import Invoice
from checkout.orders import ENDED, Order, OrderEvent, State
from checkout.outbox import Letter
from checkout.payments import Payment
from checkout.payments.disputing import Dispute
from checkout.payments.hosted import Ruling
from checkout.refunds import Refund, RefundState
from checkout.returns import Withdrawal
from shop.formats import german_date
from shop.personal import archive, deeds, export, holdings, identity
from shop.personal.holdings import Held
from shop.personal.identity import Person

_FINISHED = (State.SHIPPED, State.PICKED_UP, *ENDED)
_MAY_COME_BACK = timedelta(days=21)  # a week on its way, and fourteen days to withdraw (§ 355 Abs. 2 BGB)
_PER_NIGHT = 200
AUTHOR = "Laden"  # of what the shop archives by itself
ROOTS: dict[str, type[SQLModel]] = {str(held.table.__tablename__): held.table for held in holdings.ALL if held.is_root}


@dataclass(frozen=True)
class Erased:
    """What became of a person's rows, counted by heading; `letters` are the numbers of her letters' files."""

    gone: dict[str, int]
    locked: dict[str, int]
    letters: tuple[int, ...]


class NotYet(Refusal):
    """Something with the person is not finished: without it the contract could not be fulfilled."""


def why_not(session: Session, person: Person, now: datetime) -> list[str]:
    """What must be finished first, as German sentences; empty where she can be erased now."""
    orders = session.exec(select(Order).where(col(Order.id).in_(person.order_ids)).order_by(col(Order.id))).all()
    return [sentence for order in orders for sentence in _unfinished(session, order, now)] + [
        f"Der Widerruf vom {german_date(each.received_at)} ist noch nicht erledigt."
        for each in _open_withdrawals(session, person)
    ]


def erase(session: Session, person: Person, secret_key: str, *, now: datetime, author: str) -> Erased:
    """Forget a person. Raises NotYet. Flushes.

    The invoices, the journal and its chain stay as they are. Files of letters are the caller's, after the commit
    (see `remove_letter_files`).
    """
    if obstacles := why_not(session, person, now):
        raise NotYet(" ".join(obstacles))
    found = export.collect(session, person)
    letters = tuple(row.id for held in holdings.ALL if held.table is Letter for row in held.rows(session, person))
    locked = {each.held.heading: len(each.rows) for each in found if each.held.kept is not None}
    gone = {each.held.heading: len(each.rows) for each in found if each.held.kept is None}
    lock_all(session, person, now=now, author=author)
    for held in holdings.ALL:
        held.erase_at_once(session, person, now)
    deeds.note(session, deeds.ERASURE, person.asked_for, secret_key, export.counts(found), now=now, author=author)
    return Erased(gone, locked, letters)


def lock_all(session: Session, person: Person, *, now: datetime, author: str) -> None:
    """Take what must be kept of a person out of sight. Flushes."""
    for held in (each for each in holdings.ALL if each.is_root):
        for row in held.rows(session, person):
            archive.lock(session, held.table, row.id, until=_kept_until(session, held, row), now=now, author=author)


def archive_old(session: Session, now: datetime) -> int:
    """Take orders out of sight that are finished for so long that no claim is left (§§ 195, 199 BGB). Flushes.

    They leave daily work by themselves, without anybody's asking (DSK: what is only kept is kept apart); gives how
    many, at most some hundred a night.
    """
    finished = list(islice(old_ones(session, now), _PER_NIGHT))
    for order in finished:
        lock_all(session, identity.of_order(session, order), now=now, author=AUTHOR)
    return len(finished)


def old_ones(session: Session, now: datetime) -> Iterator[Order]:
    """Orders in sight that nobody needs any more: nothing is open, and all claims have lapsed at a moment."""
    before = retention.first_kept_moment(retention.CLAIMS, now)
    last = select(func.max(OrderEvent.happened_at)).where(OrderEvent.order_id == Order.id).scalar_subquery()
    old = select(Order).where(
        col(Order.state).in_(_FINISHED), Order.placed_at < before, last < before, archive.is_in_sight(Order)
    )
    for order in session.exec(old.order_by(col(Order.id))).all():
        if not list(_unfinished(session, order, now)):
            yield order


def remove_letter_files(folder: Path, letters: Iterable[int]) -> None:
    """Delete letters that lie in the mail folder of a shop without a mail server."""
    for letter_id in letters:
        for file in folder.glob(f"{letter_id:06}-*.eml"):
            file.unlink(missing_ok=True)


def _unfinished(session: Session, order: Order, now: datetime) -> Iterable[str]:
    name = f"Bestellung {order.number}"
    if order.state not in _FINISHED:
        yield f"{name} ist noch nicht abgeschlossen."
        return
    if order.attention:
        yield f"{name} wartet auf Ihre Entscheidung."
    if order.open_cents and not order.is_paid_in_store and order.state not in ENDED:
        yield f"{name} ist noch nicht bezahlt."
    if order.overpaid_cents or _exists(session, Refund, order, col(Refund.state).in_(_GOING_BACK)):
        yield f"Zu {name} ist noch Geld zurückzuzahlen."
    if _exists(session, Dispute, order, col(Dispute.state).in_((Ruling.INQUIRY, Ruling.OPEN))):
        yield f"Eine Zahlung zu {name} wird gerade bestritten."
    until = _may_come_back_until(session, order)
    if until is not None and now < until:
        yield f"{name} ging erst vor Kurzem hinaus: Bis {german_date(until)} kann sie noch widerrufen werden."


_GOING_BACK = (RefundState.OWED, RefundState.PENDING, RefundState.FAILED)


def _may_come_back_until(session: Session, order: Order) -> datetime | None:
    sent = session.exec(select(func.max(Shipment.shipped_at)).where(Shipment.order_id == order.id)).one()
    return sent + _MAY_COME_BACK if sent is not None else None


def _open_withdrawals(session: Session, person: Person) -> Sequence[Withdrawal]:
    open_ones = (col(Withdrawal.id).in_(person.withdrawal_ids), Withdrawal.outcome == "")
    return session.exec(select(Withdrawal).where(*open_ones).order_by(col(Withdrawal.id))).all()


def _exists(session: Session, table: Any, order: Order, *conditions: Any) -> bool:
    return session.exec(select(table.id).where(table.order_id == order.id, *conditions).limit(1)).first() is not None


def _kept_until(session: Session, held: Held, row: Any) -> date:
    assert held.kept is not None
    kept = held.kept
    if isinstance(row, Order) and not _exists(session, Payment, row) and not _exists(session, Invoice, row):
        kept = retention.LETTERS  # what came to nothing is no voucher; see checkout/erasing.py
    return retention.keep_until(_day_of(session, row), kept)


def _day_of(session: Session, row: Any) -> date:
    """The (German) day on which the last paper of a row arose."""
    if isinstance(row, BankBooking):
        return row.booked_on
    if isinstance(row, Order):
        last = session.exec(select(func.max(OrderEvent.happened_at)).where(OrderEvent.order_id == row.id)).one()
        return german_day(last or row.placed_at)
    return german_day(row.received_at if isinstance(row, Withdrawal) else row.sent_at or row.queued_at)
