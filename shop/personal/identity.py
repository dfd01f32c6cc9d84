"""Who somebody is in the shop's rows: found by e-mail address, order number, customer number or telephone number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, SQLModel, col, select

from checkout import numbers
from checkout.bank.bookings import BankBooking
from checkout.bank.paying_back import PayeeAccount
from checkout.customers import CheckoutDetails
from checkout.deliveries import Return, Shipment
from checkout.gift_sales import OrderGift
from checkout.inquiries import Inquiry
from checkout.invoices import Invoice
from checkout.orders import Order
from checkout.payments import Payment, PaymentAttempt
from checkout.refunds import Refund
from checkout.returns import Withdrawal
from checkout.trusted import TrustedBuyer
from shop import throttle
from shop.newsletter.issues import NewsletterCopy
from shop.newsletter.subscriptions import Subscription

_SHORTEST_PHONE = 6  # digits

Ids = frozenset[int]
Row = TypeVar("Row", bound=SQLModel)

_HANG_ON_ORDERS: dict[str, Any] = {"shipment": Shipment, "refund": Refund, "inquiry": Inquiry, "return": Return,
                                    "invoice": Invoice}  # fmt: skip
# What letters may be about that belongs to a person: the first half of Letter.reason.
ABOUTS = frozenset({"order", "withdrawal", "buyer", "subscription", "copy", "gift", *_HANG_ON_ORDERS})


@dataclass(frozen=True)
class Person:
    """Somebody, by all that the rows call her. `names` are as written; `emails` in small letters; `phones` digits.

    The ids are of her rows: the tables that hang on them are found by these. `whos` are the hashes that stand for
    her in throttle.py.
    """

    asked_for: str
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    order_numbers: frozenset[str] = frozenset()
    order_ids: Ids = frozenset()
    buyer_ids: Ids = frozenset()
    cart_ids: Ids = frozenset()
    withdrawal_ids: Ids = frozenset()
    subscription_ids: Ids = frozenset()
    gift_ids: Ids = frozenset()
    booking_ids: Ids = frozenset()
    session_ids: frozenset[str] = frozenset()  # the provider's names of her payments
    whos: frozenset[str] = frozenset()
    letter_reasons: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether the shop knows anything about her."""
        rows = (self.order_ids, self.buyer_ids, self.cart_ids, self.withdrawal_ids, self.subscription_ids)
        return any(rows)

    @property
    def email(self) -> str:
        """The address to which alone something about her may be sent; "" if the shop knows none."""
        return min(self.emails, default="")


def find(session: Session, text: str, secret_key: str) -> Person:
    """Who is meant by an e-mail address, an order's or a customer's number, or a telephone number.

    An order leads on to everything else of its e-mail address; without one it stands for itself, with what has the
    same telephone number and name. See Person.is_known for nobody.
    """
    text = text.strip()
    emails, named = _named(session, text)
    emails |= {order.email.casefold() for order in named if order.email}
    hers = [*named, *_orders_of(session, emails), *_orders_without_address(session, named)]
    return _gather(session, text, frozenset(emails), {each.id or 0: each for each in hers}, secret_key)


def of_order(session: Session, order: Order) -> Person:
    """What hangs on one order alone, whoever has placed it."""
    return _gather(session, order.number, frozenset(), {order.id or 0: order}, "")


def same_address(column: Any, emails: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of some addresses, however they are cased."""
    spelled = {each for email in emails for each in (email, email.lower(), _ascii_lower(email))}
    return func.lower(column).in_(spelled)


def _named(session: Session, text: str) -> tuple[set[str], list[Order]]:
    """The addresses and the orders that a text names."""
    if "@" in text:
        return {text.casefold()}, []
    if written := numbers.find_all(text):
        buyers = session.exec(select(TrustedBuyer).where(col(TrustedBuyer.number).in_(written))).all()
        found = session.exec(select(Order).where(col(Order.number).in_(written))).all()
        return {buyer.email.casefold() for buyer in buyers if buyer.email}, list(found)
    return set(), _called(session, {_digits(text)}) if _is_phone(text) else []


def _orders_of(session: Session, emails: set[str]) -> list[Order]:
    return list(session.exec(select(Order).where(same_address(Order.email, emails))).all()) if emails else []


def _orders_without_address(session: Session, named: list[Order]) -> list[Order]:
    """Orders that know no e-mail address either, with the telephone number and the name of some that know none."""
    bare = {(_digits(order.phone), _plain(order.name)) for order in named if not order.email and order.phone}
    others = _called(session, {phone for phone, _ in bare}) if bare else []
    return [order for order in others if not order.email and (_digits(order.phone), _plain(order.name)) in bare]


def _called(session: Session, phones: set[str]) -> list[Order]:
    """Orders with one of some telephone numbers, however it is written."""
    told = session.exec(select(Order.id, Order.phone).where(Order.phone != "")).all()
    ids = [order_id for order_id, phone in told if _digits(phone) in phones]
    return list(session.exec(select(Order).where(col(Order.id).in_(ids))).all())


def _gather(session: Session, text: str, emails: frozenset[str], orders: dict[int, Order], secret_key: str) -> Person:
    order_ids = frozenset(orders)
    phones = frozenset(_digits(order.phone) for order in orders.values()) - {""}
    names = {order.name for order in orders.values()} | {order.billing_name for order in orders.values()}
    buyers = _rows(session, TrustedBuyer, same_address(TrustedBuyer.email, emails)) if emails else []
    withdrawals = _rows(
        session, Withdrawal, or_(same_address(Withdrawal.email, emails), col(Withdrawal.order_id).in_(order_ids))
    )
    subscriptions = _rows(session, Subscription, same_address(Subscription.email, emails)) if emails else []
    names |= {buyer.name for buyer in buyers} | {each.name for each in withdrawals}
    gifts = session.exec(select(OrderGift.gift_id).where(col(OrderGift.order_id).in_(order_ids))).all()
    attempts = session.exec(select(PaymentAttempt.session_id).where(col(PaymentAttempt.order_id).in_(order_ids))).all()
    known = {
        "order": order_ids,
        "withdrawal": _ids(withdrawals),
        "buyer": _ids(buyers),
        "subscription": _ids(subscriptions),
        "copy": _copies(session, _ids(subscriptions)),
        "gift": frozenset(each for each in gifts if each is not None),
    }
    return Person(
        asked_for=text,
        emails=emails,
        phones=phones,
        names=frozenset(names - {""}),
        order_numbers=frozenset(order.number for order in orders.values()),
        order_ids=order_ids,
        buyer_ids=known["buyer"],
        cart_ids=_carts(session, emails, phones, order_ids),
        withdrawal_ids=known["withdrawal"],
        subscription_ids=known["subscription"],
        gift_ids=known["gift"],
        booking_ids=_bookings(session, order_ids),
        session_ids=frozenset(each for each in attempts if each),
        whos=frozenset(throttle.hashed(f"mail:{email}", secret_key) for email in emails),
        letter_reasons=_reasons(session, known),
    )


def _carts(session: Session, emails: frozenset[str], phones: frozenset[str], order_ids: Ids) -> Ids:
    """Carts in which she has told who she is, or from which she has ordered."""
    told = session.exec(select(CheckoutDetails)).all()  # of thirty days only
    return frozenset(
        each.cart_id
        for each in told
        if each.email.casefold() in emails
        or each.order_id in order_ids
        or (not each.email and _digits(each.phone) in phones)
    )


def _bookings(session: Session, order_ids: Ids) -> Ids:
    """Bookings of the bank that have paid her orders, and others from or to an account that she has named."""
    paid = session.exec(select(Payment.reference).where(col(Payment.order_id).in_(order_ids))).all()
    keys = {reference.partition("/")[0] for reference in paid}
    accounts = session.exec(select(PayeeAccount.iban).where(col(PayeeAccount.order_id).in_(order_ids))).all()
    hers = or_(col(BankBooking.key).in_(keys), col(BankBooking.iban).in_({each for each in accounts if each}))
    return _ids(_rows(session, BankBooking, hers))


def _reasons(session: Session, known: dict[str, Ids]) -> frozenset[str]:
    """What her letters are about, as Letter.reason says it."""
    ids = dict(known)
    for about, table in _HANG_ON_ORDERS.items():
        ids[about] = frozenset(session.exec(select(table.id).where(col(table.order_id).in_(known["order"]))).all())
    return frozenset(f"{about}:{each}" for about, every in ids.items() for each in every)


def _copies(session: Session, subscription_ids: Ids) -> Ids:
    hers = select(NewsletterCopy.id).where(col(NewsletterCopy.subscription_id).in_(subscription_ids))
    return frozenset(each for each in session.exec(hers).all() if each is not None)


def _rows(session: Session, table: type[Row], condition: ColumnElement[bool]) -> list[Row]:
    return list(session.exec(select(table).where(condition)).all())


def _ids(rows: Iterable[Any]) -> Ids:
    return frozenset(row.id for row in rows)


def _is_phone(text: str) -> bool:
    return len(_digits(text)) >= _SHORTEST_PHONE and not any(sign.isalpha() for sign in text)


def _digits(phone: str) -> str:
    """A telephone number as its digits, Germany's prefix written as 0."""
    bare = "".join(sign for sign in phone.replace("(0)", "") if sign.isdigit() or sign == "+")
    for prefix in ("+49", "0049"):
        if bare.startswith(prefix):
            return "0" + bare.removeprefix(prefix)
    return bare


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _ascii_lower(text: str) -> str:
    """As SQLite's lower() does it, which knows no umlauts."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
