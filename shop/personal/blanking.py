"""What goes at once of rows that themselves must stay: emptied, so that they lead to nobody any more."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, SQLModel, col, select

from checkout import numbers
from checkout.gift_sales import OrderGift
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order
from checkout.payments import StripeEvent
from checkout.trusted import TrustedBuyer
from checkout.vouchers import VoucherUse
from shop.newsletter import subscriptions
from shop.newsletter.subscriptions import ERASED, Subscription
from shop.personal import conditions
from shop.personal.identity import Person

GONE = "(gelöscht)"


def end_subscriptions(session: Session, person: Person, now: datetime) -> None:
    """The newsletter ends; the proof of what was agreed stays (Art. 17 Abs. 3 lit. e DSGVO). Flushes."""
    hers = select(Subscription).where(col(Subscription.id).in_(person.subscription_ids))
    for each in session.exec(hers).all():
        subscriptions.end(session, each, by=ERASED, now=now)


def forget_buyers(session: Session, person: Person, now: datetime) -> None:
    """Who bought by invoice is forgotten; where orders name the row, it stays without name and address. Flushes."""
    for buyer in session.exec(select(TrustedBuyer).where(col(TrustedBuyer.id).in_(person.buyer_ids))).all():
        if session.exec(select(Order.id).where(Order.buyer_id == buyer.id).limit(1)).first() is None:
            session.delete(buyer)
            continue
        buyer.name, buyer.email, buyer.number, buyer.is_active = GONE, "", numbers.new(), False
        session.add(buyer)
    session.flush()


def forget_uses(session: Session, person: Person, now: datetime) -> None:
    """Who used a voucher is forgotten; that it was used stays counted. Flushes."""
    _empty(session, VoucherUse, conditions.by_order(VoucherUse)(person), person="", once=None)


def forget_names_on_gifts(session: Session, person: Person, now: datetime) -> None:
    """A gift voucher stays good, without the name and the note on it. Flushes."""
    _empty(session, GiftVoucher, conditions.gifts(person), for_whom="", note="")
    _empty(session, OrderGift, conditions.by_order(OrderGift)(person), for_whom="")


def forget_notes(session: Session, person: Person, now: datetime) -> None:
    """What she remarked freely with an order goes. Flushes."""
    _empty(session, Order, col(Order.id).in_(person.order_ids), note="")


def empty_notices(session: Session, person: Person, now: datetime) -> None:
    """Notices of the provider that were worked off lose their content; that they came must stay known. Flushes."""
    is_done = col(StripeEvent.done_at).is_not(None)
    _empty(session, StripeEvent, conditions.notices(person) & is_done, body="")


def _empty(session: Session, table: type[SQLModel], condition: ColumnElement[bool], **values: str | None) -> None:
    session.exec(update(table).where(condition).values(values).execution_options(synchronize_session="fetch"))
