"""Which rows of a table are a person's, as conditions."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col, select

from catalog.search.misses import SearchMiss
from checkout.gift_vouchers import GiftVoucher
from checkout.orders import Order
from checkout.outbox import Letter
from checkout.payments import StripeEvent
from shop.newsletter.issues import NewsletterCopy
from shop.personal.archive import LockedRow
from shop.personal.identity import Person, same_address
from shop.throttle import Occurrence

Condition = Callable[[Person], ColumnElement[bool]]
_PASSING = ("copy:", "subscription:")  # beginnings of Letter.reason: no business letters


def by_id(table: Any, ids: str) -> Condition:
    """Rows whose ids stand in a field of Person."""
    return lambda person: col(table.id).in_(getattr(person, ids))


def by_order(table: Any) -> Condition:
    """Rows that name one of her orders."""
    return lambda person: col(table.order_id).in_(person.order_ids)


def by_cart(table: Any) -> Condition:
    """Rows that name one of her carts."""
    return lambda person: col(table.cart_id).in_(person.cart_ids)


def by_withdrawal(table: Any) -> Condition:
    """Rows that name one of her withdrawals."""
    return lambda person: col(table.withdrawal_id).in_(person.withdrawal_ids)


def within(column: Any, parent: Any) -> Condition:
    """Rows whose `column` names a row of a table that hangs on her orders."""
    return lambda person: col(column).in_(select(parent.id).where(col(parent.order_id).in_(person.order_ids)))


def copies(person: Person) -> ColumnElement[bool]:
    """Newsletters that went to her."""
    return col(NewsletterCopy.subscription_id).in_(person.subscription_ids)


def letters(person: Person) -> ColumnElement[bool]:
    """Letters about her business with the shop, those to the owner as well."""
    hers = or_(col(Letter.reason).in_(person.letter_reasons), same_address(Letter.recipient, person.emails))
    return and_(hers, ~_is_passing())


def passing_letters(person: Person) -> ColumnElement[bool]:
    """Letters that are no business letters: newsletters, and the question whether she wants them."""
    hers = or_(same_address(Letter.recipient, person.emails), col(Letter.reason).in_(person.letter_reasons))
    return and_(hers, _is_passing())


def notices(person: Person) -> ColumnElement[bool]:
    """Notices of the provider that name one of her payments' sessions or her address."""
    wanted = [*person.session_ids, *person.emails]
    return or_(false(), *(col(StripeEvent.body).contains(each, autoescape=True) for each in wanted))


def searches(person: Person) -> ColumnElement[bool]:
    """Searches that found nothing and hold her name or address."""
    wanted = [*person.names, *person.emails]
    return or_(false(), *(col(SearchMiss.words).icontains(each, autoescape=True) for each in wanted))


def occurrences(person: Person) -> ColumnElement[bool]:
    """What was counted of her lately, by the hash of her address or by an order."""
    orders = {str(each) for each in person.order_ids}
    return or_(col(Occurrence.who).in_(person.whos), col(Occurrence.about).in_(orders))


def gifts(person: Person) -> ColumnElement[bool]:
    """Gift vouchers that she has bought, and those that are made out to her."""
    return or_(col(GiftVoucher.id).in_(person.gift_ids), col(GiftVoucher.for_whom).in_(person.names))


def locks(person: Person) -> ColumnElement[bool]:
    """Locks on her orders."""
    name = str(Order.__tablename__)
    return and_(col(LockedRow.table_name) == name, col(LockedRow.row_id).in_(person.order_ids))


def _is_passing() -> ColumnElement[bool]:
    return or_(*(col(Letter.reason).startswith(each) for each in _PASSING))
