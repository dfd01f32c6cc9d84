"""What the owner does about withdrawals: find the order, see whether it is in time, what is due, and how it ends.

A declaration is never refused by the program: late or doubtful ones are shown to the owner as such, and she decides.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, false, func, or_, select, true

from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import orders, returns, taking_back, withdrawal_period, withdrawal_refunds
from checkout.deliveries import Return, ReturnLine, Size
from checkout.orders import ENDED, Order
from checkout.returns import Withdrawal, WithdrawalRefund
from checkout.withdrawal_period import Holiday, Period, Reached, is_sent

PAY_BACK_WITHIN = timedelta(days=14)  # § 357 Abs. 1 BGB
NEAR = timedelta(days=3)
MOST_SHOWN = 100
_PLAIN = str.maketrans({sign: f"\\{sign}" for sign in "\\%_"})  # for LIKE
SETTLED, DECLINED = "settled", "declined"  # outcomes
MATCHED, UNMATCHED, PROOF, REOPENED = "matched", "unmatched", "proof", "reopened"  # kinds of events


class Stage(StrEnum):
    """What is to be done about a declaration."""

    UNMATCHED = "unmatched"  # nobody knows yet which order is meant
    TO_PAY = "to_pay"
    WAITING = "waiting"  # for the goods or a proof that they are on their way (§ 357 Abs. 4 BGB)
    DONE = "done"
    DECLINED = "declined"


class NotMatchable(Refusal):
    """Money has gone back or goods have come because of this declaration: its order stands."""


class NeedsNote(Refusal):
    """Whoever ends a declaration without money says why."""


@dataclass(frozen=True)
class Case:
    """A declaration with all that the owner must know. `period` is None while no order is known."""

    withdrawal: Withdrawal
    order: Order | None
    period: Period | None
    refund: WithdrawalRefund | None
    has_come_back: bool
    stage: Stage

    @property
    def received_on(self) -> date:
        """The German day on which it was received."""
        return german_day(self.withdrawal.received_at)

    @property
    def due_on(self) -> date:
        """The last day to pay back: fourteen days after the declaration was received (§ 357 Abs. 1 BGB)."""
        return self.received_on + PAY_BACK_WITHIN

    @property
    def is_late(self) -> bool:
        """Whether it was declared after its period; never while that has not begun."""
        return self.period is not None and self.period.is_over(self.received_on)

    def is_overdue(self, today: date) -> bool:
        """Whether the money should have gone back."""
        return self.stage in (Stage.UNMATCHED, Stage.TO_PAY) and today > self.due_on

    def is_near(self, today: date) -> bool:
        """Whether the money must go back within the next three days."""
        return self.stage in (Stage.UNMATCHED, Stage.TO_PAY) and self.due_on - NEAR <= today <= self.due_on


def of(session: Session, withdrawal: Withdrawal, holiday: Holiday, reached: Reached = is_sent) -> Case:
    """A declaration as it stands. `holiday` and `reached`: see withdrawal_period.of."""
    order = session.get(Order, withdrawal.order_id) if withdrawal.order_id else None
    period = withdrawal_period.of(session, order, holiday, reached) if order else None
    refund = withdrawal_refunds.of(session, withdrawal)
    came = select(Return.id).where(Return.withdrawal_id == withdrawal.id)
    has_come_back = session.exec(came).first() is not None
    return Case(
        withdrawal, order, period, refund, has_come_back, _stage(session, withdrawal, order, refund, has_come_back)
    )


def open_ones(session: Session, *, received_before: datetime | None = None) -> list[Withdrawal]:
    """Declarations that have not ended, those first whose money is due first; all, or those received before a moment.

    At most MOST_SHOWN, as strangers may declare thousands: those whose order is known before all others.
    """
    open_ = select(Withdrawal).where(*_open(received_before))
    known_first = open_.order_by(col(Withdrawal.order_id).is_(None), col(Withdrawal.received_at), col(Withdrawal.id))
    found = session.exec(known_first.limit(MOST_SHOWN)).all()
    return sorted(found, key=lambda each: (each.received_at, each.id))


def how_many_open(session: Session) -> int:
    """How many declarations have not ended. One query."""
    return session.exec(select(func.count(col(Withdrawal.id))).where(*_open(None))).one()


def candidates(
    session: Session,
    withdrawal: Withdrawal,
    words: str = "",
    *,
    among: ColumnElement[bool] | None = None,
    most: int = 20,
) -> list[Order]:
    """Orders that may be meant, the newest first: those of her e-mail address or name, or those that fit some words.

    `words` are (a part of) a number, a name or an e-mail address; `among` is the condition of orders to look at.
    """
    if words := words.strip():
        fits = or_(*(col(each).icontains(words, autoescape=True) for each in (Order.number, Order.name, Order.email)))
    else:
        told = ((Order.name, withdrawal.name.strip()), (Order.email, withdrawal.email.strip()))
        fits = or_(false(), *(_is_same(column, said) for column, said in told if said))
    found = select(Order).where(fits, true() if among is None else among)
    return list(session.exec(found.order_by(col(Order.placed_at).desc(), col(Order.id).desc()).limit(most)).all())


def match(session: Session, withdrawal: Withdrawal, order: Order, *, now: datetime, author: str) -> None:
    """Say which order is meant. Flushes. Raises NotMatchable."""
    if withdrawal.order_id == order.id:
        return
    _check_may_move(session, withdrawal)
    withdrawal.order_id = order.id
    returns.note(session, withdrawal, MATCHED, order.number, now=now, author=author)
    orders.remark(session, order, "withdrawal", withdrawal.extent or returns.WHOLE, now=now, author=author)


def unmatch(session: Session, withdrawal: Withdrawal, *, now: datetime, author: str) -> None:
    """Say that it was another order that is meant. Flushes. Raises NotMatchable."""
    order = session.get(Order, withdrawal.order_id) if withdrawal.order_id else None
    if order is None:
        return
    _check_may_move(session, withdrawal)
    withdrawal.order_id, withdrawal.ticked = None, []
    returns.note(session, withdrawal, UNMATCHED, order.number, now=now, author=author)
    orders.remark(session, order, "withdrawal_elsewhere", withdrawal.name, now=now, author=author)


def note_proof(session: Session, withdrawal: Withdrawal, on: date, *, now: datetime, author: str) -> None:
    """Note that it was proved on a day that the goods are on their way back: the owner may wait no longer. Flushes."""
    withdrawal.proof_on = on
    returns.note(session, withdrawal, PROOF, f"{on:%d.%m.%Y}", now=now, author=author)


def end(session: Session, withdrawal: Withdrawal, outcome: str, why: str, *, now: datetime, author: str) -> None:
    """End a declaration as SETTLED or DECLINED, by the owner's decision. Flushes. Raises NeedsNote."""
    if not why.strip():
        raise NeedsNote("Bitte schreiben Sie dazu, warum; es bleibt im Verlauf stehen.")
    withdrawal.outcome = outcome
    returns.note(session, withdrawal, outcome, why.strip(), now=now, author=author)


def reopen(session: Session, withdrawal: Withdrawal, *, now: datetime, author: str) -> None:
    """Take an end back. Flushes."""
    if withdrawal.outcome:
        withdrawal.outcome = ""
        returns.note(session, withdrawal, REOPENED, "", now=now, author=author)


def settle_if_all_is_done(session: Session, withdrawal: Withdrawal, *, now: datetime, author: str) -> None:
    """End a declaration by itself once its money has gone back, or all its goods have come with their money. Flushes.

    Where only words say which part is withdrawn, goods that came back do not: then the owner says so.
    """
    if withdrawal.outcome:
        return
    order = session.get(Order, withdrawal.order_id) if withdrawal.order_id else None
    if withdrawal_refunds.of(session, withdrawal) is not None or (order and _has_all_come(session, withdrawal, order)):
        withdrawal.outcome = SETTLED
        returns.note(session, withdrawal, SETTLED, "", now=now, author=author)


def wanted(session: Session, withdrawal: Withdrawal, order: Order) -> dict[Size, int]:
    """How many pieces of which size are withdrawn, as far as that is still to be paid: what was ticked, else all.

    Nothing where only words say which part is meant: the owner reads them.
    """
    left = {part.size: part.goods.pieces for part in withdrawal_refunds.may_be_withdrawn(session, order)}
    if withdrawal.ticked:
        still_out = _still_out(session, withdrawal)
        return {size: min(count, left[size]) for size, count in still_out.items() if size in left}
    return {} if withdrawal.extent else left


def coming(session: Session, withdrawal: Withdrawal, order: Order) -> dict[Size, int]:
    """How many pieces of which size are to come back for a declaration, paid or not; nothing where only words say."""
    gone = {part.size: part.gone for part in taking_back.out_there(session, order)}
    if withdrawal.ticked:
        still_out = _still_out(session, withdrawal)
        return {size: min(count, gone[size]) for size, count in still_out.items() if size in gone}
    return {} if withdrawal.extent else gone


def _still_out(session: Session, withdrawal: Withdrawal) -> Counter[Size]:
    """What was ticked without what came back for it."""
    lines = select(ReturnLine).join(Return, col(Return.id) == ReturnLine.return_id)
    came = Counter[Size]()
    for row in session.exec(lines.where(Return.withdrawal_id == withdrawal.id)).all():
        came[row.order_line_id, row.variant_id, row.quantity] += row.pieces
    return Counter(returns.as_pieces(withdrawal.ticked)) - came


def _check_may_move(session: Session, withdrawal: Withdrawal) -> None:
    came = session.exec(select(Return.id).where(Return.withdrawal_id == withdrawal.id)).first()
    if came is not None or withdrawal_refunds.of(session, withdrawal) is not None:
        raise NotMatchable("Zu diesem Widerruf ist schon Ware zurück oder Geld erstattet: Die Bestellung steht fest.")


def _has_all_come(session: Session, withdrawal: Withdrawal, order: Order) -> bool:
    """Whether all that was withdrawn has come back with its money."""
    came = session.exec(select(Return.id).where(Return.withdrawal_id == withdrawal.id)).first()
    if came is None or (withdrawal.extent and not withdrawal.ticked):
        return False
    return not any(wanted(session, withdrawal, order).values())


def _stage(
    session: Session,
    withdrawal: Withdrawal,
    order: Order | None,
    refund: WithdrawalRefund | None,
    has_come_back: bool,
) -> Stage:
    if withdrawal.outcome:
        return Stage.DECLINED if withdrawal.outcome == DECLINED else Stage.DONE
    if order is None:
        return Stage.UNMATCHED
    is_out = order.state not in ENDED and bool(taking_back.out_there(session, order))
    may_wait = is_out and refund is None and not has_come_back and withdrawal.proof_on is None
    return Stage.WAITING if may_wait else Stage.TO_PAY


def _is_same(column: str, said: str) -> ColumnElement[bool]:
    """The condition that a column says the same, however it is cased; no sign stands for others."""
    return col(column).ilike(said.translate(_PLAIN), escape="\\")


def _open(received_before: datetime | None) -> list[ColumnElement[bool]]:
    early = [] if received_before is None else [col(Withdrawal.received_at) < received_before]
    return [col(Withdrawal.outcome) == "", *early]
