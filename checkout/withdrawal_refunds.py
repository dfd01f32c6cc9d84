"""What a withdrawal gives back (§ 357 BGB): worked out line by line, paid once, by the way the money came.

It may be paid before the goods are back: pieces whose money has gone back are worth nothing more when they come.
Pieces that have not left the store do not leave it any more; where that is the whole order, it is cancelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from catalog import holds, products
from catalog.holds import Wanted
from catalog.money import format_cents
from catalog.units import Unit
from checkout import (
    amendments,
    concessions,
    crediting,
    deliveries,
    fulfilment,
    orders,
    returns,
    taking_back,
)
from checkout.deliveries import Part, Size
from checkout.orders import MOVES, Order, State
from checkout.returns import Withdrawal, WithdrawalRefund
from checkout.taking_back import NotBack

REASON = "Widerruf"
REFUNDED = "refunded"  # the kind of the event
_NOTHING = "Bitte tragen Sie ein, was widerrufen ist."


@dataclass(frozen=True)
class Withdrawn:
    """Pieces of one size that are withdrawn: so many in all, `unsent` of them still in the store."""

    part: Part
    pieces: int
    unsent: int

    @property
    def words(self) -> str:
        """What it is: "2 Stücke à 1,50 m Jersey, Farbe: Petrol"."""
        goods = self.part.goods
        amount = deliveries.amount_in_words(goods.quantity, self.pieces, Unit(self.part.line.unit))
        return f"{amount} {goods.name}" + (f", {goods.options}" if goods.options else "")


@dataclass(frozen=True)
class Calculation:
    """What is paid back: each line's cents, the goods together, the shipping, and what is kept of it.

    `paid_shipping_cents` is what was paid for shipping and has not gone back yet, `shipping_cents` what of it is owed:
    the cheapest standard delivery, and only where everything is withdrawn (§ 357 Abs. 2 BGB).
    """

    withdrawn: tuple[Withdrawn, ...]
    lines: Mapping[int, int]
    paid_shipping_cents: int
    shipping_cents: int
    is_everything: bool
    deduction_cents: int = 0

    @property
    def goods_cents(self) -> int:
        """All lines together."""
        return sum(self.lines.values())

    @property
    def total_cents(self) -> int:
        """What goes back in the end."""
        return self.goods_cents + self.shipping_cents - self.deduction_cents


def may_be_withdrawn(session: Session, order: Order) -> list[Part]:
    """The parts of an order of which something is with the shopper, unpaid, or still to come; `pieces` how many."""
    back, repaid = deliveries.back_of(session, order), taking_back.repaid_of(session, order)
    parts = []
    for part in deliveries.deliverable(session, order):
        left = part.goods.pieces - back[part.size] - repaid[part.size]
        if left > 0:
            gone = max(0, part.gone - back[part.size] - repaid[part.size])
            parts.append(Part(part.line, replace(part.goods, pieces=left), gone))
    return parts


def calculate(session: Session, order: Order, pieces: Mapping[Size, int], *, deduction_cents: int = 0) -> Calculation:
    """What is owed back for so many pieces, by size. Raises NotBack."""
    there = {part.size: part for part in may_be_withdrawn(session, order)}
    for size, count in pieces.items():
        if count and (size not in there or not 0 < count <= there[size].goods.pieces):
            raise NotBack("So viel kann nicht widerrufen sein: Es ist weniger gekauft, oder es ist schon erstattet.")
    withdrawn = tuple(
        Withdrawn(there[size], count, min(count, there[size].left)) for size, count in pieces.items() if count
    )
    if not withdrawn:
        raise NotBack(_NOTHING)
    worth = taking_back.worth_of(session, order, pieces)
    if not 0 <= deduction_cents <= worth.goods_cents:
        raise NotBack(f"Abziehen lassen sich höchstens {format_cents(worth.goods_cents)}.")
    return Calculation(
        withdrawn, worth.lines, worth.shipping_cents, worth.standard_shipping_cents, worth.is_everything,
        deduction_cents,
    )  # fmt: skip


def of(session: Session, withdrawal: Withdrawal) -> WithdrawalRefund | None:
    """What was paid back because of a declaration; None if nothing was."""
    return session.exec(select(WithdrawalRefund).where(WithdrawalRefund.withdrawal_id == withdrawal.id)).first()


def pay_back(
    session: Session,
    withdrawal: Withdrawal,
    order: Order,
    pieces: Mapping[Size, int],
    *,
    shipping_cents: int,
    deduction_cents: int = 0,
    deduction_reason: str = "",
    now: datetime,
    author: str,
) -> WithdrawalRefund:
    """Owe what a withdrawal gives back, whether the goods are back or not. Flushes. Once for each declaration.

    `shipping_cents` at least what the law owes and at most what was paid. Raises NotBack, and NotAllowedNow for an
    order that has ended.
    """
    order = orders.lock(session, orders.id_of(order))
    if standing := of(session, withdrawal):
        return standing
    counted = calculate(session, order, pieces, deduction_cents=deduction_cents)
    if not counted.shipping_cents <= shipping_cents <= counted.paid_shipping_cents:
        raise NotBack(
            f"Zu den Versandkosten gehören mindestens {format_cents(counted.shipping_cents)} und höchstens die "
            f"bezahlten {format_cents(counted.paid_shipping_cents)}."
        )
    refund = WithdrawalRefund(
        withdrawal_id=withdrawal.id or 0,
        order_id=orders.id_of(order),
        refunded_at=now,
        author=author,
        pieces=returns.as_rows({each.part.size: each.pieces - each.unsent for each in counted.withdrawn}),
        unsent=returns.as_rows({each.part.size: each.unsent for each in counted.withdrawn}),
        goods_cents=counted.goods_cents,
        shipping_cents=shipping_cents,
        deduction_cents=deduction_cents,
        deduction_reason=deduction_reason,
    )
    session.add(refund)
    told = format_cents(counted.goods_cents + shipping_cents - deduction_cents)
    returns.note(session, withdrawal, REFUNDED, told, now=now, author=author)
    if _is_all_in_store(session, order, counted):
        fulfilment.cancel(session, order, reason=REASON, now=now, author=author)
        return refund
    kept = f"; einbehalten {format_cents(deduction_cents)}: {deduction_reason}" if deduction_cents else ""
    lines = taking_back.without(counted.lines, deduction_cents)
    _keep_in_store(session, order, counted.withdrawn, now=now, author=author)
    concessions.concede(
        session, order, lines, shipping_cents=shipping_cents, reason=REASON + kept, now=now, author=author,
        key=f"withdrawal-{withdrawal.id}",
    )  # fmt: skip
    fulfilment.finish_if_all_gone(session, order, now=now, author=author)
    return refund


def _is_all_in_store(session: Session, order: Order, counted: Calculation) -> bool:
    """Whether the whole order is withdrawn and nothing of it has left the store."""
    is_unsent = all(each.pieces == each.unsent for each in counted.withdrawn)
    can_cancel = State.CANCELLED in MOVES[State(order.state)]
    return counted.is_everything and is_unsent and can_cancel and not counted.deduction_cents


def _keep_in_store(
    session: Session, order: Order, withdrawn: tuple[Withdrawn, ...], *, now: datetime, author: str
) -> None:
    """What has not left the store does not leave it any more: it is free for others, and the line says so."""
    unsent = [each for each in withdrawn if each.unsent]
    if not unsent:
        return
    fewer = {each.part.size: each.unsent for each in unsent}
    with products.touched_once(session):
        _let_go(session, order, unsent, now=now, author=author)
    for line in {each.part.line.id: each.part.line for each in unsent}.values():
        parts = [part for part in deliveries.deliverable(session, order) if part.line.id == line.id]
        left = [replace(part.goods, pieces=part.goods.pieces - fewer.get(part.size, 0)) for part in parts]
        goods = [each for each in left if each.pieces]
        amendments.amend(session, order, line, goods, reason=REASON, now=now, author=author)
        if not goods:
            crediting.give_back_of(session, order, line)


def _let_go(session: Session, order: Order, unsent: list[Withdrawn], *, now: datetime, author: str) -> None:
    """Free what is held of them; what is cut already is laid back. Swatches are in no stock."""
    wanted = [
        Wanted(each.part.goods.variant_id, each.part.goods.quantity, each.unsent)
        for each in unsent
        if not each.part.line.is_sample
    ]
    holds.lock_goods(session, [each.variant_id for each in wanted])
    still = holds.pieces_of(session, order.number)
    uncut = [replace(each, pieces=min(each.pieces, still[each.variant_id, each.quantity])) for each in wanted]
    cut = [replace(each, pieces=each.pieces - held.pieces) for each, held in zip(wanted, uncut, strict=True)]
    holds.release(session, order.number, now=now, only=[each for each in uncut if each.pieces])
    holds.put_back(
        session, order.number, now=now, author=author, note=order.number, only=[each for each in cut if each.pieces]
    )
