"""What payment providers tell the shop: proven by signature, repeated by them until we say 200."""

import logging

from flask import Blueprint, abort, request

from checkout.payments import inbox
from checkout.payments.hosted import BadEvent, HostedPayment
from shop import stripe_keys
from shop.context import now, the_shop

log = logging.getLogger("dorfladen.payments")

LARGEST_NOTICE = 1024 * 1024  # an event of Stripe has a few kilobytes

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks/stripe")
def stripe() -> tuple[str, int]:
    """Take in an event of Stripe: 200 once its work is committed or there is none to do, 400 if it is not genuine.

    A failure of our own is a 5xx, upon which Stripe sends the event again, for up to three days.
    """
    shop = the_shop()
    payment = shop.payments.get("stripe")
    if not isinstance(payment, HostedPayment) or payment.missing():
        abort(404)
    request.max_content_length = LARGEST_NOTICE
    body, signature = request.get_data(cache=False), request.headers.get("Stripe-Signature", "")
    try:
        event = payment.parse_event(body, signature, stripe_keys.read(shop.settings).webhook_secrets)
    except BadEvent as error:
        log.warning("refused a webhook from %s: %s", request.remote_addr, error)
        return "no genuine event", 400
    inbox.receive(shop.database, payment, event, now())
    return "", 200
