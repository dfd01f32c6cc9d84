"""The way to the provider's payment page and back."""

import logging
import re
from contextlib import suppress

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from checkout import orders, reserving
from checkout.orders import Order, State
from checkout.payments import PaymentDown, settling, switching
from checkout.payments.hosted import HostedPayment
from checkout.payments.settling import NothingToPay
from shop import guards, profile
from shop.context import now, session, the_shop
from shop.storefront.visitor import keep_private

log = logging.getLogger("dorfladen.payments")

blueprint = Blueprint("payment", __name__)
blueprint.after_request(keep_private)

# What the order's page says in `?zahlung=…`.
NOTICES = {
    "gestoert": (
        "Der Zahlungsdienst antwortet gerade nicht. Ihre Bestellung ist sicher: "
        "Bitte versuchen Sie es in ein paar Minuten noch einmal."
    ),
    "wird-geprueft": (
        "Wir konnten beim Zahlungsdienst noch nicht nachfragen, ob Ihre Zahlung angekommen ist. Falls Sie schon "
        "bezahlt haben, brauchen Sie nichts weiter zu tun: Wir prüfen es gleich noch einmal."
    ),
}
_SESSION_ID = re.compile(r"[A-Za-z0-9_]{1,255}")


@blueprint.post("/bestellung/<token>/zahlung")
def pay(token: str) -> Response:
    """Pay an order, or try again."""
    return begin(guards.order_of(token))


@blueprint.post("/bestellung/<token>/ueberweisung")
def transfer_instead(token: str) -> Response:
    """Transfer the money, for the payment page does not open or is not wanted any more."""
    order = guards.order_of(token)
    order_id, method = order.id, hosted_method(order)
    if method is None or order_id is None or not can_transfer(order):
        return _to_order(token)
    session().rollback()  # nothing foreign is asked inside a transaction
    with suppress(PaymentDown):  # a provider that does not answer, or not to our key, opens no page either
        settling.end_pages_of(the_shop().database, method, order_id, now())
    terms = profile.load(session()).transfer_terms
    wait = reserving.wait(switching.TRANSFER, State.AWAITING_PAYMENT, terms, now=now())
    with suppress(NothingToPay):  # she has just paid after all
        switching.to_transfer(session(), orders.lock(session(), order_id), wait, now=now())
        session().commit()
    return _to_order(token)


@blueprint.get("/bestellung/<token>/zurueck")
def come_back(token: str) -> Response:
    """The shopper comes back from the provider's page: whatever the address claims, the provider is asked."""
    order = guards.order_of(token)
    order_id, method = order.id, hosted_method(order)
    session().rollback()  # nothing foreign is asked inside a transaction
    session_id = request.args.get("session_id", "")
    if method is None or not _SESSION_ID.fullmatch(session_id):
        return _to_order(token)
    try:
        settling.settle(the_shop().database, method, session_id, now(), order_id=order_id)
    except PaymentDown as error:
        log.warning("order %s came back, but its payment cannot be asked about: %s", order_id, error)
        return _to_order(token, "wird-geprueft")
    return _to_order(token)


def begin(order: Order) -> Response:
    """Send the shopper to where a committed order is paid: to the provider's page, else to the order's own."""
    order_id, token, method = order.id, order.token, hosted_method(order)
    session().rollback()  # nothing foreign is asked inside a transaction
    if method is None or order_id is None:
        return _to_order(token)
    if why_not := guards.why_not_pay(order_id):
        return _to_order(token, why_not)
    here = the_shop().settings.url
    try:
        page = settling.start(
            the_shop().database,
            method,
            order_id,
            return_url=here + url_for("payment.come_back", token=token) + "?session_id={CHECKOUT_SESSION_ID}",
            cancel_url=here + url_for("orders.show", token=token),
            now=now(),
        )
    except NothingToPay:
        return _to_order(token)
    except PaymentDown as error:
        log.warning("order %s cannot be paid now: %s", order_id, error)
        return _to_order(token, "gestoert")
    return redirect(page, 303)


def hosted_method(order: Order) -> HostedPayment | None:
    """The way to pay of an order if it has a page at a provider and is set up, else None."""
    method = the_shop().payments.get(order.payment)
    return method if isinstance(method, HostedPayment) and not method.missing() else None


def can_transfer(order: Order) -> bool:
    """Whether an order that waits for its online payment may be transferred instead."""
    transfer = the_shop().payments.get(switching.TRANSFER)
    is_offered = transfer is not None and not transfer.missing()
    return is_offered and order.state == State.AWAITING_PAYMENT and order.payment != switching.TRANSFER


def notice() -> str:
    """The sentence that the order's page owes to a shopper who was sent there from here; "" if none."""
    key = request.args.get("zahlung", "")
    return NOTICES.get(key) or guards.sentence(key)


def _to_order(token: str, notice_key: str | None = None) -> Response:
    return redirect(url_for("orders.show", token=token, zahlung=notice_key), 303)
