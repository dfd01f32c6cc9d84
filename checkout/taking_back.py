"""Goods that come back after they were delivered: to the stock, off what is owed, and back to the shopper as money.

A consumer who withdraws gets back what she paid, with the cost of the cheapest standard delivery where she withdraws
from the whole contract (§ 357 Abs. 1 and 2 BGB), less what the goods lost in value by more than trying them
(§ 357a BGB).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import holds, products
from catalog.holds import Wanted
from catalog.money import format_cents
from catalog.refusals import Refusal
from checkout import allowances, amendments, concessions, deliveries, orders, returns
from checkout.deliveries import Part, Return, ReturnLine, Size
from checkout.orders import Order
from checkout.returns import WithdrawalRefund

CAME_BACK = "goods_returned"  # the kind of the event
GIVEN_BACK = ("return-", "withdrawal-")  # with this the keys of allowances begin that give goods' money back


class NotBack(Refusal):
    """So much cannot have come back, or more is to be kept than it is worth."""


@dataclass(frozen=True)
class Worth:
    """What pieces that come back are worth: by the id of their line, and the shipping if all have come back.

    `standard_shipping_cents` is what of that shipping must go back: the cheapest standard delivery.
    """

    lines: Mapping[int, int]
    shipping_cents: int
    is_everything: bool
    standard_shipping_cents: int = 0

    @property
    def goods_cents(self) -> int:
        """All lines together."""
        return sum(self.lines.values())


def out_there(session: Session, order: Order) -> list[Part]:
    """What of an order has left the store and not come back; `gone` says how many pieces."""
    back = deliveries.back_of(session, order)
    parts = [part.with_gone(part.gone - back[part.size]) for part in deliveries.deliverable(session, order)]
    return [part for part in parts if part.gone > 0]


def worth(session: Session, order: Order, pieces: Mapping[Size, int]) -> Worth:
    """What is owed less if so many pieces come back, by size; those that were paid back before are worth nothing.

    Raises NotBack.
    """
    there = {part.size: part for part in out_there(session, order)}
    for size, count in pieces.items():
        if size not in there or not 0 <= count <= there[size].gone:
            raise NotBack("So viel kann nicht zurückgekommen sein: Es ist weniger geliefert worden.")
    repaid = repaid_of(session, order)
    return worth_of(session, order, {size: count - min(count, repaid[size]) for size, count in pieces.items()})


def worth_of(session: Session, order: Order, pieces: Mapping[Size, int]) -> Worth:
    """What is owed less if so many pieces are given up, wherever they are; they are not paid back yet."""
    back, repaid = deliveries.back_of(session, order), repaid_of(session, order)
    left = allowances.left_of(session, order)
    before: dict[int, list[tuple[int, int]]] = {}
    after: dict[int, list[tuple[int, int]]] = {}
    every = deliveries.deliverable(session, order)
    for part in every:
        kept = part.goods.pieces - back[part.size] - repaid[part.size]
        before.setdefault(part.size[0], []).append((part.goods.quantity, kept))
        after.setdefault(part.size[0], []).append((part.goods.quantity, kept - pieces.get(part.size, 0)))
    less = {
        line.id or 0: amendments.less_cents(
            left.lines[line.id or 0],
            amendments.worth_cents(line, before[line.id or 0]),
            amendments.worth_cents(line, after[line.id or 0]),
        )
        for line in {part.size[0]: part.line for part in every}.values()
    }
    is_everything = not any(count for kept in after.values() for _, count in kept)
    return Worth(
        {line_id: cents for line_id, cents in less.items() if cents},
        left.shipping_cents if is_everything else 0,
        is_everything,
        _standard_shipping_cents(session, order, left.shipping_cents) if is_everything else 0,
    )


def repaid_of(session: Session, order: Order) -> Counter[Size]:
    """Pieces that are with the shopper although their money has gone back to her (WithdrawalRefund), by size."""
    pieces = Counter[Size]()
    for refund in session.exec(select(WithdrawalRefund).where(WithdrawalRefund.order_id == order.id)).all():
        pieces.update(returns.as_pieces(refund.pieces))
    came = select(ReturnLine).join(Return, col(Return.id) == ReturnLine.return_id).where(Return.order_id == order.id)
    for row in session.exec(came).all():
        pieces[row.order_line_id, row.variant_id, row.quantity] -= row.repaid
    return pieces


def _standard_shipping_cents(session: Session, order: Order, left_cents: int) -> int:
    """What of the shipping is owed back with everything: as much as the cheapest standard delivery would have cost.

    That is no more than was paid and is left of it (§ 357 Abs. 2 BGB). Orders that do not know it owe what was paid.
    """
    if order.cheapest_shipping_cents is None:
        return left_cents
    given_back = [each for each in allowances.of(session, order) if (each.key or "").startswith(GIVEN_BACK)]
    given = sum(each.shipping_cents for each in given_back)
    return max(0, min(left_cents, order.cheapest_shipping_cents - given))


def take_back(
    session: Session,
    order: Order,
    pieces: Mapping[Size, int],
    *,
    reason: str,
    shipping_cents: int,
    deduction_cents: int = 0,
    deduction_reason: str = "",
    withdrawal_id: int | None = None,
    now: datetime,
    author: str,
    key: str,
) -> Return:
    """Note what has come back: it lies in the store again, is not owed any more, and what is overpaid goes back.

    `shipping_cents` are given back only with everything. `deduction_cents` are kept of the goods' worth. The same
    `key` again is the same return. Flushes. Raises NotBack.
    """
    order = orders.lock(session, orders.id_of(order))
    if standing := session.exec(select(Return).where(Return.key == key)).first():
        return standing
    if not any(pieces.values()):
        raise NotBack("Bitte tragen Sie ein, was zurückgekommen ist.")
    owed_less, repaid = worth(session, order, pieces), repaid_of(session, order)
    if not 0 <= shipping_cents <= owed_less.shipping_cents:
        raise NotBack("Versandkosten gehen nur zurück, wenn alles zurückkommt, und höchstens die bezahlten.")
    if not 0 <= deduction_cents <= owed_less.goods_cents:
        raise NotBack(f"Abziehen lassen sich höchstens {format_cents(owed_less.goods_cents)}.")
    came = Return(
        order_id=orders.id_of(order), withdrawal_id=withdrawal_id, returned_at=now, author=author, reason=reason,
        deduction_cents=deduction_cents, deduction_reason=deduction_reason, key=key or None,
    )  # fmt: skip
    _lay_back(session, order, pieces, now=now, author=author)
    session.add(came)
    session.flush()
    session.add_all(
        ReturnLine(
            return_id=came.id or 0,
            order_line_id=line_id,
            variant_id=variant_id,
            quantity=quantity,
            pieces=count,
            repaid=min(count, repaid[line_id, variant_id, quantity]),
        )
        for (line_id, variant_id, quantity), count in pieces.items()
        if count
    )
    session.flush()
    orders.remark(session, order, CAME_BACK, reason, now=now, author=author)
    lines = without(owed_less.lines, deduction_cents)
    concessions.concede(
        session, order, lines, shipping_cents=shipping_cents, reason=reason, now=now, author=author,
        key=f"return-{came.id}",
    )  # fmt: skip
    return came


def _lay_back(session: Session, order: Order, pieces: Mapping[Size, int], *, now: datetime, author: str) -> None:
    """Swatches go into no stock."""
    samples = {line.id for line in orders.lines_of(session, order) if line.is_sample}
    only = Counter[tuple[int, int]]()
    for (line_id, variant_id, quantity), count in pieces.items():
        if count and line_id not in samples:
            only[variant_id, quantity] += count
    with products.touched_once(session):
        holds.lock_goods(session, [variant_id for variant_id, _ in only])
        back = [Wanted(variant_id, quantity, count) for (variant_id, quantity), count in only.items()]
        holds.put_back(session, order.number, now=now, author=author, note=order.number, only=back)


def without(lines: Mapping[int, int], deduction_cents: int) -> dict[int, int]:
    """Some lines' cents without what is kept of them, which is taken from the dearest line first."""
    left = dict(lines)
    for line_id, cents in sorted(lines.items(), key=lambda each: -each[1]):
        part = min(cents, deduction_cents)
        left[line_id] -= part
        deduction_cents -= part
    return left


def of(session: Session, order: Order) -> Sequence[Return]:
    """What came back of an order, oldest first."""
    return session.exec(select(Return).where(Return.order_id == order.id).order_by(col(Return.id))).all()
