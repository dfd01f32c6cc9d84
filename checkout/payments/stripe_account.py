"""Setting Stripe up: whose account a key opens and what it may do, the webhook, and the proof that notices arrive."""

import ipaddress
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from catalog.refusals import Refusal
from checkout.payments.hosted import KeyRefused, NoSuchSession
from checkout.payments.stripe import VERSION, StripePayment, answering
from checkout.payments.stripe_words import EVENTS

PATH = "/webhooks/stripe"
PROOF_CENTS = 100  # nobody pays them: the page is ended at once

# What a restricted key (rk_…) must be allowed to do, in the words of Stripe's own page for it.
RIGHTS: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("Checkout Sessions", lambda v1: v1.checkout.sessions.list({"limit": 1})),
    ("PaymentIntents", lambda v1: v1.payment_intents.list({"limit": 1})),
    ("Charges and Refunds", lambda v1: v1.refunds.list({"limit": 1})),
    ("Disputes", lambda v1: v1.disputes.list({"limit": 1})),
    ("Events", lambda v1: v1.events.list({"limit": 1})),
    ("Webhook Endpoints", lambda v1: v1.webhook_endpoints.list({"limit": 1})),
)


class KeyUnknown(Refusal):
    """Stripe does not know the key."""


class RightsMissing(Refusal):
    """A restricted key may not do all that the shop needs."""


@dataclass(frozen=True)
class AccountFacts:
    """Whose account a key opens, and whether it may take money yet.

    `name` is "" for a restricted key that may not tell.
    """

    name: str
    can_charge: bool


@dataclass(frozen=True)
class Registered:
    """The webhook. `secret` is "" where it stood already: only its creation tells it. `old_ids` are to be deleted."""

    id: str
    secret: str
    old_ids: tuple[str, ...]


def look_at(payment: StripePayment) -> AccountFacts:
    """Try a key. Raises KeyUnknown, RightsMissing, PaymentDown."""
    missing = [name for name, ask in RIGHTS if not _may(payment, ask)]
    if len(missing) == len(RIGHTS):
        raise KeyUnknown("Stripe kennt diesen Schlüssel nicht. Bitte kopieren Sie ihn noch einmal ganz.")
    if missing:
        raise RightsMissing(
            f"Diesem eingeschränkten Schlüssel fehlen Rechte: {', '.join(missing)}. "
            "Bitte erlauben Sie sie bei Stripe, oder nehmen Sie den geheimen Schlüssel (sk_…)."
        )
    return _facts(payment)


def can_reach(url: str) -> bool:
    """Whether Stripe's servers can call a shop at this address: not on this machine, nor in a private network."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".lan", ".internal", ".home", ".fritz.box"))


def register(payment: StripePayment, url: str, known_id: str, *, knows_secret: bool) -> Registered:
    """Let Stripe deliver exactly our events, in our API version, to the shop's address. Raises PaymentDown.

    The endpoint `known_id` stays where it is right and its secret is known; its API version cannot be
    changed, so a wrong one is replaced. Delete the old ones only after the new secret is kept.
    """
    endpoints, address = payment.client.v1.webhook_endpoints, url + PATH
    with answering():
        listed = [each.to_dict() for each in endpoints.list({"limit": 100}).auto_paging_iter()]
        mine = [each for each in listed if each["url"] == address or each["id"] == known_id]
        right = next((each for each in mine if knows_secret and each["id"] == known_id and _fits(each, address)), None)
        if right is None:
            made = endpoints.create(
                {
                    "url": address,
                    "enabled_events": list(EVENTS),
                    "api_version": VERSION,
                    "description": "Dorfladen",
                }
            )
            return Registered(made.id, made.secret, tuple(each["id"] for each in mine))
        if set(right["enabled_events"]) != set(EVENTS) or right["status"] != "enabled":
            endpoints.update(right["id"], {"enabled_events": list(EVENTS), "disabled": False})
    return Registered(right["id"], "", tuple(each["id"] for each in mine if each is not right))


def delete(payment: StripePayment, endpoint_ids: Iterable[str]) -> None:
    """Let nothing be delivered to old endpoints any more. Raises PaymentDown."""
    for endpoint_id in endpoint_ids:
        with answering(), suppress(NoSuchSession):
            payment.client.v1.webhook_endpoints.delete(endpoint_id)


def cause_a_notice(payment: StripePayment, url: str) -> str:
    """Open a page that nobody sees and end it at once, upon which Stripe sends a notice; give its session.

    Raises PaymentDown.
    """
    asked = {
        "mode": "payment",
        "success_url": url,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {"currency": "eur", "unit_amount": PROOF_CENTS, "product_data": {"name": "Probe"}},
            }
        ],
        "metadata": {"shop": urlsplit(url).netloc, "proof": "1"},
    }
    with answering():
        session_id: str = payment.client.v1.checkout.sessions.create(asked).id
    payment.expire(session_id)
    return session_id


def _fits(endpoint: dict[str, Any], address: str) -> bool:
    return endpoint["url"] == address and endpoint.get("api_version") == VERSION


def _may(payment: StripePayment, ask: Callable[[Any], object]) -> bool:
    try:
        with answering():
            ask(payment.client.v1)
    except KeyRefused:
        return False
    return True


def _facts(payment: StripePayment) -> AccountFacts:
    """A restricted key need not be allowed to say whose it is."""
    try:
        with answering():
            said = payment.client.v1.accounts.retrieve_current().to_dict()
    except KeyRefused:
        return AccountFacts("", can_charge=True)
    dashboard = (said.get("settings") or {}).get("dashboard") or {}
    name = dashboard.get("display_name") or (said.get("business_profile") or {}).get("name") or said.get("id") or ""
    return AccountFacts(name, can_charge=bool(said.get("charges_enabled")))
