"""Selling gift vouchers: chosen beside the goods, ordered with them, issued once when they are paid.

They are sold without tax (§ 3 Abs. 15 UStG) and travel by e-mail. What takes the money back takes them back:
an untouched one is blocked; of one that was used, the used part stays owed or a person decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from checkout import cart as carts
from checkout import gift_vouchers, orders, outbox
from checkout.cart import Cart, CartGift
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order, OrderLine, State
from checkout.shipping import BY_MAIL
from checkout.totals import Totals

LETTER = "gift_voucher"
_MOST = 10  # in a cart
_LONGEST_NAME = 60


@dataclass(frozen=True)
class GiftTerms:
    """Whether the owner sells vouchers online, and over which amounts."""

    is_sold: bool = False
    least_cents: int = 1000
    most_cents: int = 25_000


class OrderGift(SQLModel, table=True):
    """A gift voucher that was ordered; `gift_id` is the one that was issued for it, None until it is paid."""

    __table_args__ = (CheckConstraint("cents > 0", name="worth_something"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    cents: int
    for_whom: str = ""
    gift_id: int | None = Field(default=None, foreign_key="giftvoucher.id", unique=True)


class NotSold(Refusal):
    """The shop sells no vouchers online, or not over such an amount."""


class TooManyGifts(Refusal):
    """A cart holds only so many."""


def add(session: Session, cart: Cart, cents: int, for_whom: str, terms: GiftTerms, now: datetime) -> CartGift:
    """Put a gift voucher into the cart. Flushes. Raises NotSold or TooManyGifts."""
    assert cart.id is not None
    if sentence := problem(cents, terms):
        raise NotSold(sentence)
    carts.lock(session, cart)
    if len(of_cart(session, cart)) >= _MOST:
        raise TooManyGifts(f"Mehr als {_MOST} Gutscheine auf einmal gehen leider nicht.")
    gift = CartGift(cart_id=cart.id, cents=cents, for_whom=" ".join(for_whom.split())[:_LONGEST_NAME])
    session.add(gift)
    carts.changed(session, cart, now)
    return gift


def problem(cents: int, terms: GiftTerms) -> str:
    """Why a voucher over so much is not sold (any more), in German; "" if it is."""
    if not terms.is_sold:
        return "Gutscheine verkaufen wir zurzeit nur im Laden."
    if not terms.least_cents <= cents <= terms.most_cents:
        return (
            f"Bitte wählen Sie einen Betrag von {format_cents(terms.least_cents)} bis {format_cents(terms.most_cents)}."
        )
    return ""


def remove(session: Session, cart: Cart, gift_id: int, now: datetime) -> None:
    """Take one out of this cart; nothing happens if it is not in it. Flushes."""
    carts.lock(session, cart)
    gift = next((each for each in of_cart(session, cart) if each.id == gift_id), None)
    if gift is not None:
        session.delete(gift)
        carts.changed(session, cart, now)


def of_cart(session: Session, cart: Cart) -> list[CartGift]:
    """The gift vouchers that lie in a cart, in the order in which they came."""
    return list(session.exec(select(CartGift).where(CartGift.cart_id == cart.id).order_by(col(CartGift.id))).all())


def cents_of(gifts: Iterable[CartGift]) -> int:
    """What gift vouchers cost together: what they are worth."""
    return sum(gift.cents for gift in gifts)


def with_gifts(totals: Totals, gifts: Iterable[CartGift]) -> Totals:
    """The totals with gift vouchers: they raise what is to be paid, and no tax."""
    return replace(totals, total_cents=totals.total_cents + cents_of(gifts))


def record(session: Session, order: Order, gifts: Iterable[CartGift]) -> None:
    """Copy what was ordered. Flushes."""
    rows = [OrderGift(order_id=orders.id_of(order), cents=gift.cents, for_whom=gift.for_whom) for gift in gifts]
    session.add_all(rows)
    session.flush()


def issue(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Issue the vouchers of an order that has been paid, each once, and owe their letters. Flushes.

    In the transaction that marks the order as paid, which holds its lock: a crash leaves both or neither.
    An order of nothing else is delivered by this.
    """
    for row in of_order(session, order):
        if row.gift_id is not None:
            continue
        gift = gift_vouchers.issue(session, row.cents, now=now, author=author, for_whom=row.for_whom, order_id=order.id)
        row.gift_id = gift.id
        session.flush()
        outbox.queue(session, LETTER, f"gift:{gift.id}", order.email, now)
        orders.remark(
            session, order, "gift_issued", f"{gift.code[-4:]}, {format_cents(gift.cents)}", now=now, author=author
        )
    is_delivered = order.gift_cents > 0 and not _has_goods(session, order)
    if is_delivered:
        orders.move(session, order, State.SHIPPED, now=now, author=author, note=BY_MAIL)


def take_back(session: Session, order: Order, *, now: datetime, author: str) -> int:
    """Block the vouchers of an order whose money goes back; give the cents that were used of them. Flushes.

    What was used calls for attention. To be called under the order's lock; again does nothing more.
    """
    used_cents = 0
    for gift in issued_with(session, order):
        if gift.blocked_at is None:
            gift_vouchers.block(session, gift, now=now, author=author)
            orders.remark(session, order, "gift_blocked", gift.code[-4:], now=now, author=author)
        used_cents += gift.cents - gift.balance_cents
    if used_cents:
        sentence = f"Von verkauften Gutscheinen sind {format_cents(used_cents)} schon eingelöst: bitte klären."
        orders.call_attention(session, order, sentence, now=now, author=author)
    return used_cents


def take_back_unpaid(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Block the vouchers of an order if the money left of it (refunds, disputes) does not cover them. Flushes."""
    if order.gift_cents and order.held_cents < order.gift_cents:
        take_back(session, order, now=now, author=author)


def left_cents(session: Session, order: Order) -> int:
    """What is left on the vouchers that were issued for an order and are not blocked."""
    left = select(func.coalesce(func.sum(GiftVoucher.balance_cents), 0)).where(
        GiftVoucher.order_id == order.id, col(GiftVoucher.blocked_at).is_(None)
    )
    return int(session.exec(left).one())


def of_order(session: Session, order: Order) -> Sequence[OrderGift]:
    """The gift vouchers that were ordered."""
    return session.exec(select(OrderGift).where(OrderGift.order_id == order.id).order_by(col(OrderGift.id))).all()


def issued_with(session: Session, order: Order) -> Sequence[GiftVoucher]:
    """The gift vouchers that were issued for an order, as they stand now."""
    rows = select(GiftVoucher).where(GiftVoucher.order_id == order.id).order_by(col(GiftVoucher.id))
    return session.exec(rows.with_for_update().execution_options(populate_existing=True)).all()


def _has_goods(session: Session, order: Order) -> bool:
    return session.exec(select(OrderLine.id).where(OrderLine.order_id == order.id).limit(1)).first() is not None
