"""What each letter says: its subject and what its template needs, read from the rows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from checkout import crediting, fulfilment, orders, reserving, wordings
from checkout.numbers import transfer_reference
from checkout.orders import Order, State
from checkout.payments import PaymentMethod
from checkout.refunds import Refund
from checkout.returns import Withdrawal
from checkout.shipping import PICKUP
from shop import legal, pages, profile
from shop.formats import BERLIN


@dataclass(frozen=True)
class Draft:
    """A letter to be rendered with themes/*/mail/<kind>.txt (and .html, where there is one)."""

    kind: str
    subject: str
    context: dict[str, Any]


SUBJECTS = {
    "order_received": "Ihre Bestellung {number} bei {shop}",
    "order_for_owner": "Neue Bestellung {number}",
    "payment_received": "Ihre Zahlung zur Bestellung {number} ist da",
    "shipped": "Ihre Bestellung {number} ist unterwegs",
    "refunded": "Ihre Rückzahlung zur Bestellung {number}",
    "order_cancelled": "Ihre Bestellung {number} wurde storniert",
    "withdrawal_received": "Eingang Ihres Widerrufs bei {shop}",
    "withdrawal_for_owner": "Widerruf von {name}",
}


class NothingToWrite(Exception):
    """The letter's kind is unknown, or what it is about does not exist."""


def compose(session: Session, kind: str, reason: str, *, url: str, payments: Mapping[str, PaymentMethod]) -> Draft:
    """Read what a letter of `kind` about `reason` needs; writes nothing.

    `reason` is "order:<id>", "refund:<id>" or "withdrawal:<id>".
    `url` is the shop's address, without a slash at its end. Raises NothingToWrite.
    """
    subject_of, _, row_id = reason.partition(":")
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "order": lambda: _about_order(session, int(row_id), url, payments),
        "refund": lambda: _about_refund(session, int(row_id), url, payments),
        "withdrawal": lambda: _about_withdrawal(session, int(row_id), url),
    }
    if kind not in SUBJECTS or subject_of not in readers or not row_id.isdigit():
        raise NothingToWrite(f"{kind} {reason}")
    shop = profile.load(session)
    about = readers[subject_of]()
    subject = SUBJECTS[kind].format(shop=shop.shop_name, number=about["number"], name=about["name"])
    frame = {
        "shop": shop,
        "url": url,
        "wordings": wordings,
        "imprint": legal.contact(shop),
        "tax_id_name": legal.tax_id_name(shop, is_short=True),
        "subject": subject,
    }
    return Draft(kind, _one_line(subject), frame | about)


def plain(markdown: str) -> str:
    """A page's Markdown as it looks best in a letter without formatting."""
    without_marks = re.sub(r"^#+ +|(?<!\\)\*\*|\\$", "", markdown, flags=re.MULTILINE)
    return re.sub(r"\\([\\`*\[\]<>|#])", r"\1", without_marks).strip()


def offset(moment: datetime) -> str:
    """How far Berlin is from UTC at a moment: "UTC+01:00"; it tells the double hour in autumn apart."""
    sign_and_digits = f"{moment.astimezone(BERLIN):%z}"
    return f"UTC{sign_and_digits[:3]}:{sign_and_digits[3:]}"


def _about_order(session: Session, order_id: int, url: str, payments: Mapping[str, PaymentMethod]) -> dict[str, Any]:
    order = session.get(Order, order_id)
    if order is None:
        raise NothingToWrite(f"order {order_id}")
    method = payments.get(order.payment)
    lines = orders.lines_of(session, order)
    return {
        "number": order.number,
        "name": order.name,
        "order": order,
        "lines": lines,
        "samples_until": crediting.until(order, lines, profile.load(session).sample_terms),
        "cancel_reason": _cancel_reason(session, order),
        "shipments": fulfilment.shipments_of(session, order),
        "is_pickup": order.delivery == PICKUP,
        "country": legal.country_name(order.country),
        "billing_country": legal.country_name(order.billing_country) if order.billing_country else "",
        "payment_label": method.label if method else order.payment,
        "reference": transfer_reference(order.number),
        "pay_until": reserving.pay_until(order),
        "order_url": f"{url}/bestellung/{order.token}",
        "backoffice_url": f"{url}/backoffice/bestellungen/{order.id}",
        "withdrawal_url": f"{url}/widerruf?bestellung={order.token}",
        "terms": _text(session, order.terms_version),
        "instruction": _text(session, order.withdrawal_version),
    }


def _about_refund(session: Session, refund_id: int, url: str, payments: Mapping[str, PaymentMethod]) -> dict[str, Any]:
    refund = session.get(Refund, refund_id)
    if refund is None:
        raise NothingToWrite(f"refund {refund_id}")
    return _about_order(session, refund.order_id, url, payments) | {"refund": refund}


def _about_withdrawal(session: Session, withdrawal_id: int, url: str) -> dict[str, Any]:
    withdrawal = session.get(Withdrawal, withdrawal_id)
    if withdrawal is None:
        raise NothingToWrite(f"withdrawal {withdrawal_id}")
    order = session.get(Order, withdrawal.order_id) if withdrawal.order_id else None
    return {
        "number": order.number if order else "",
        "name": withdrawal.name,
        "withdrawal": withdrawal,
        "received_offset": offset(withdrawal.received_at),
        "order": order,
        "backoffice_url": f"{url}/backoffice/bestellungen/{order.id}" if order else f"{url}/backoffice/",
    }


def _cancel_reason(session: Session, order: Order) -> str:
    """What the owner wrote when she cancelled the order; "" if she did not."""
    events = orders.events_of(session, order)
    return next((event.note for event in reversed(events) if event.kind == State.CANCELLED), "")


def _text(session: Session, version_id: int) -> str:
    page = pages.version(session, version_id)
    return plain(page.body) if page else ""


def _one_line(text: str) -> str:
    """A subject must not carry line ends into the letter's head."""
    return " ".join(text.split())
