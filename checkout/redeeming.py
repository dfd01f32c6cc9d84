"""Codes in a cart: typed in, weighed with what lies in it, used up with the order, given back when it ends.

A refused code gets one sentence, whether it is unknown, blocked, used up or out of its time: whoever guesses
learns nothing. Only a code that held when it was typed says more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import CheckConstraint, UniqueConstraint, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day
from checkout import cart as carts
from checkout import gift_vouchers, orders, voucher_codes, vouchers
from checkout.cart import Cart
from checkout.contents import CartItem
from checkout.gift_vouchers import GiftMovement, GiftVoucher, NotRedeemable, Why
from checkout.orders import ENDED, SHOPPER, Order
from checkout.payments import Payment
from checkout.vouchers import Verdict, Voucher, VoucherUse

Row = TypeVar("Row", Voucher, GiftVoucher)

METHOD = "voucher"  # of payments by gift voucher
LABEL = "Geschenkgutschein"
_REFERENCE = f"{METHOD}:"  # with the id of the movement: a payment knows which voucher it came from
UNKNOWN = (
    "Diesen Gutschein kennen wir nicht, oder er gilt nicht (mehr). Bitte vergleichen Sie ihn noch einmal Zeichen "
    "für Zeichen."
)
_MOST = 10  # codes in a cart


class CartCode(SQLModel, table=True):
    """A code that a visitor has typed in; it holds nothing back for her until she orders."""

    __table_args__ = (
        UniqueConstraint("cart_id", "voucher_id"),
        UniqueConstraint("cart_id", "gift_id"),
        CheckConstraint("(voucher_id IS NULL) <> (gift_id IS NULL)", name="one_kind_of_code"),
    )

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="cart.id", index=True, ondelete="CASCADE")
    voucher_id: int | None = Field(default=None, foreign_key="voucher.id", index=True)
    gift_id: int | None = Field(default=None, foreign_key="giftvoucher.id", index=True)


@dataclass(frozen=True)
class Code:
    """A code of a cart as it is this moment: `cents` are what it takes off, or pays if it `is_gift`.

    `id` is that of its CartCode, `row_id` that of the voucher. `worth` is "10 %", or what a gift voucher holds.
    `problem` is a German sentence why it gives nothing (yet), else "". `left_cents` stay on a gift voucher.
    """

    id: int
    row_id: int
    code: str
    worth: str
    cents: int
    problem: str
    is_gift: bool = False
    left_cents: int = 0

    @property
    def used(self) -> "Used":
        """How sums tell of it."""
        return Used(_name(self.code, self.is_gift), self.cents, self.is_gift)


@dataclass(frozen=True)
class Used:
    """What was used with an order; of a gift voucher only the end of its code is told."""

    name: str
    cents: int
    is_gift: bool


class UnknownCode(Refusal):
    """There is no such code, or it does not hold now; nobody is told which."""


class TooManyCodes(Refusal):
    """A cart holds only so many codes."""


class CodeGone(Refusal):
    """Somebody else has used the code up this very moment, or it was blocked."""


def enter(session: Session, cart: Cart, typed: str, now: datetime) -> None:
    """Put a code into a cart; one that is in it stays. Flushes. Raises UnknownCode or TooManyCodes."""
    assert cart.id is not None
    carts.lock(session, cart)
    key, today = voucher_codes.key(typed), german_day(now)
    voucher, gift = vouchers.find(session, key), gift_vouchers.find(session, key)
    voucher = voucher if voucher and vouchers.is_live(voucher, today) else None
    gift = gift if gift and gift_vouchers.is_live(gift, today) else None
    if voucher is None and gift is None:
        raise UnknownCode(UNKNOWN)
    wanted = CartCode(cart_id=cart.id, voucher_id=voucher.id if voucher else None, gift_id=gift.id if gift else None)
    standing = _rows(session, cart)
    if any((row.voucher_id, row.gift_id) == (wanted.voucher_id, wanted.gift_id) for row in standing):
        return
    if len(standing) >= _MOST:
        raise TooManyCodes(f"Mehr als {_MOST} Gutscheine auf einmal gehen leider nicht.")
    session.add(wanted)
    carts.changed(session, cart, now)


def remove(session: Session, cart: Cart, code_id: int, now: datetime) -> None:
    """Take a code out of this cart; nothing happens if it is not in it. Flushes."""
    carts.lock(session, cart)
    row = next((each for each in _rows(session, cart) if each.id == code_id), None)
    if row is not None:
        session.delete(row)
        carts.changed(session, cart, now)


def discounted(
    session: Session, cart: Cart, items: Sequence[CartItem], *, email: str, now: datetime
) -> tuple[list[CartItem], list[Code]]:
    """The lines with what the cart's vouchers take off, and the vouchers in the order in which they were typed."""
    rows = [row for row in _rows(session, cart) if row.voucher_id is not None]
    if not rows:
        return list(items), []
    known = {each.id: each for each in _all(session, Voucher, [row.voucher_id for row in rows])}
    verdicts = vouchers.weigh(session, [known[row.voucher_id] for row in rows], items, email=email, now=now)
    taken = [sum(verdict.by_line[position] for verdict in verdicts) for position in range(len(items))]
    lines = [replace(item, discount_cents=off) for item, off in zip(items, taken, strict=True)]
    return lines, [_code_of(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def paying(session: Session, cart: Cart, payable_cents: int, now: datetime) -> list[Code]:
    """What the cart's gift vouchers pay of an amount, in the order in which they were typed."""
    rows = [row for row in _rows(session, cart) if row.gift_id is not None]
    if not rows:
        return []
    known = {each.id: each for each in _all(session, GiftVoucher, [row.gift_id for row in rows])}
    today = german_day(now)
    paid = gift_vouchers.spread([each for each in known.values() if gift_vouchers.is_live(each, today)], payable_cents)
    return [_gift_of(row, known[row.gift_id], paid) for row in rows]


def label(method: str) -> str:
    """What to call a way to pay that is not registered: vouchers, or one whose extension is gone."""
    return LABEL if method == METHOD else method


def to_pay_cents(total_cents: int, codes: Iterable[Code]) -> int:
    """What gift vouchers leave to be paid of a total."""
    return total_cents - sum(code.cents for code in codes if code.is_gift)


def forget(session: Session, cart: Cart) -> None:
    """Take all codes out of a cart. Flushes."""
    for row in _rows(session, cart):
        session.delete(row)
    session.flush()


def record(session: Session, order: Order, codes: Iterable[Code], now: datetime) -> None:
    """Use up what an order's codes give, in its own transaction: the last use and the last cent once.

    What gift vouchers pay is booked as payments. All rows are locked in one order. Flushes. Raises CodeGone.
    """
    used = [code for code in codes if code.cents and not code.problem]
    for code in sorted(used, key=lambda each: (each.is_gift, each.row_id)):
        if code.is_gift:
            _pay(session, order, code.row_id, code.cents, now)
        else:
            _use(session, order, code.row_id, code.cents, now)


def give_back(session: Session, order: Order, now: datetime) -> None:
    """Let the vouchers that an ended order has used be used again. Flushes. (Money goes back as a refund.)"""
    for use in _uses(session, order):
        use.given_back_at, use.once = now, None
        session.flush()
        fewer = update(Voucher).where(col(Voucher.id) == use.voucher_id).values(uses=Voucher.uses - 1)
        session.exec(fewer.execution_options(synchronize_session="fetch"))


def renew(session: Session, order: Order, now: datetime) -> bool:
    """Use the vouchers of an order that has come back once more; say whether they could all be used. Flushes."""
    standing = {use.voucher_id for use in _uses(session, order)}
    before = select(VoucherUse).where(VoucherUse.order_id == order.id).order_by(col(VoucherUse.voucher_id))
    wanted = {use.voucher_id: use.cents for use in session.exec(before).all() if use.voucher_id not in standing}
    try:
        with session.begin_nested():
            for voucher_id, cents in wanted.items():
                _use(session, order, voucher_id, cents, now)
    except CodeGone:
        return False
    return True


def returned_cents(session: Session, order: Order) -> int:
    """What went back onto gift vouchers when the order ended."""
    return sum(cents for _, cents in _returned(session, order))


def pay_again(session: Session, order: Order, cents: int, now: datetime) -> None:
    """Pay so much of an order that has come back with the gift vouchers that had paid it before.

    Flushes. Raises CodeGone where they do not hold it any more.
    """
    for gift_id, returned in _returned(session, order):
        if part := min(cents, returned):
            _pay(session, order, gift_id, part, now)
            cents -= part


def used_with(session: Session, order: Order) -> list[Used]:
    """The codes that an order was placed with and what they gave, discounts first."""
    taken_off = session.exec(
        select(Voucher.code, VoucherUse.cents)
        .join(Voucher, col(Voucher.id) == VoucherUse.voucher_id)
        .where(VoucherUse.order_id == order.id, VoucherUse.taken_at == order.placed_at)
        .order_by(col(VoucherUse.id))
    ).all()
    paid = session.exec(
        select(GiftVoucher.code, GiftMovement.cents)
        .join(GiftVoucher, col(GiftVoucher.id) == GiftMovement.gift_id)
        .where(GiftMovement.order_id == order.id, GiftMovement.why == Why.REDEEMED.value)
        .where(GiftMovement.moved_at == order.placed_at)
        .order_by(col(GiftMovement.id))
    ).all()
    discounts = [Used(_name(code, False), cents, is_gift=False) for code, cents in taken_off]
    return discounts + [Used(_name(code, True), -cents, is_gift=True) for code, cents in paid]


def put_back(session: Session, payment: Payment, cents: int, *, now: datetime, author: str) -> None:
    """Put a part of what a gift voucher had paid back onto it. Flushes."""
    order = session.get_one(Order, payment.order_id)
    why = Why.GIVEN_BACK if order.state in ENDED else Why.REFUNDED
    movement = session.get_one(GiftMovement, int(payment.reference.removeprefix(_REFERENCE)))
    gift_vouchers.put_back(session, movement.gift_id, cents, why=why, order_id=payment.order_id, now=now, author=author)


def _returned(session: Session, order: Order) -> Sequence[tuple[int, int]]:
    """(id of a gift voucher, cents that went back onto it), in the order in which rows are locked."""
    rows = select(GiftMovement.gift_id, func.sum(GiftMovement.cents)).where(GiftMovement.order_id == order.id)
    came_back = rows.where(col(GiftMovement.why).in_((Why.GIVEN_BACK.value, Why.REFUNDED.value)))
    return session.exec(came_back.group_by(col(GiftMovement.gift_id)).order_by(col(GiftMovement.gift_id))).all()


def _name(code: str, is_gift: bool) -> str:
    """How a code is called; a gift voucher's is as good as money, and told only to whoever has it."""
    return f"{LABEL} {code[-4:]}" if is_gift else f"Gutschein {code}"


def _rows(session: Session, cart: Cart) -> list[CartCode]:
    return list(session.exec(select(CartCode).where(CartCode.cart_id == cart.id).order_by(col(CartCode.id))).all())


def _all(session: Session, table: type[Row], ids: Sequence[int | None]) -> Sequence[Row]:
    fresh = select(table).where(col(table.id).in_(ids)).execution_options(populate_existing=True)
    return session.exec(fresh).all()


def _code_of(row: CartCode, verdict: Verdict) -> Code:
    voucher = verdict.voucher
    return Code(row.id or 0, voucher.id or 0, voucher.code, voucher.worth, verdict.cents, verdict.problem)


def _gift_of(row: CartCode, gift: GiftVoucher, paid: dict[int, int]) -> Code:
    cents = paid.get(gift.id or 0, 0)
    problem = "" if gift.id in paid else "Dieser Gutschein gilt nicht mehr."
    left, worth = gift.balance_cents - cents, format_cents(gift.balance_cents)
    return Code(row.id or 0, gift.id or 0, gift.code, worth, cents, problem, is_gift=True, left_cents=left)


def _use(session: Session, order: Order, voucher_id: int, cents: int, now: datetime) -> None:
    """Count a use in one conditional UPDATE, and write it down. Raises CodeGone."""
    assert order.id is not None
    taken = session.exec(
        update(Voucher)
        .where(col(Voucher.id) == voucher_id, col(Voucher.blocked_at).is_(None))
        .where(or_(col(Voucher.most_uses).is_(None), col(Voucher.uses) < col(Voucher.most_uses)))
        .values(uses=Voucher.uses + 1)
        .execution_options(synchronize_session="fetch")
    )
    voucher = session.get_one(Voucher, voucher_id)
    gone = CodeGone(f"Der Gutschein „{voucher.code}“ gilt inzwischen nicht mehr. Bitte prüfen Sie Ihre Bestellung.")
    if taken.rowcount != 1:
        raise gone
    if (voucher.once_per_person or voucher.new_customers_only) and not order.email:
        raise CodeGone(f"Für den Gutschein „{voucher.code}“ brauchen wir Ihre E-Mail-Adresse.")
    person = vouchers.person_of(order.email)
    once = f"{voucher_id} {person}" if voucher.once_per_person else None
    use = VoucherUse(voucher_id=voucher_id, order_id=order.id, person=person, once=once, cents=cents, taken_at=now)
    try:
        with session.begin_nested():
            session.add(use)
    except IntegrityError as error:
        raise gone from error


def _pay(session: Session, order: Order, gift_id: int, cents: int, now: datetime) -> None:
    """Book what a gift voucher pays. Raises CodeGone."""
    assert order.id is not None
    try:
        moved = gift_vouchers.redeem(session, gift_id, cents, order_id=order.id, now=now, author=SHOPPER)
    except NotRedeemable as refusal:
        raise CodeGone(refusal.sentence) from refusal
    session.add(
        Payment(
            order_id=order.id, method=METHOD, reference=f"{_REFERENCE}{moved.id}", cents=cents, paid_at=now,
            author=SHOPPER,
        )
    )  # fmt: skip
    order.paid_cents += cents
    orders.remark(session, order, "money", f"{format_cents(cents)} ({LABEL})", now=now, author=SHOPPER)


def _uses(session: Session, order: Order) -> Sequence[VoucherUse]:
    """The order's uses that stand, by voucher: rows are locked in one order."""
    uses = select(VoucherUse).where(VoucherUse.order_id == order.id, col(VoucherUse.given_back_at).is_(None))
    return session.exec(uses.order_by(col(VoucherUse.voucher_id))).all()
