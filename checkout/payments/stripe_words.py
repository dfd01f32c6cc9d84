"""How Stripe's objects are read: what its words mean for the checkout. Plain dictionaries in, nothing is asked.

The names are those of API version 2026-10-28.endive.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkout.payments.hosted import (
    BadEvent,
    DisputeState,
    Event,
    Given,
    Matter,
    RefundState,
    Ruling,
    SessionState,
    Standing,
)

# What the shop wants to hear of, and what each is about; the webhook is registered for exactly these.
EVENTS = {
    "checkout.session.completed": Matter.SESSION,
    "checkout.session.async_payment_succeeded": Matter.SESSION,
    "checkout.session.async_payment_failed": Matter.SESSION,
    "checkout.session.expired": Matter.SESSION,
    "payment_intent.payment_failed": Matter.DECLINE,
    "refund.created": Matter.REFUND,
    "refund.updated": Matter.REFUND,
    "refund.failed": Matter.REFUND,
    "charge.refunded": Matter.REFUND,
    "charge.dispute.created": Matter.DISPUTE,
    "charge.dispute.closed": Matter.DISPUTE,
    "charge.dispute.funds_withdrawn": Matter.DISPUTE,
    "charge.dispute.funds_reinstated": Matter.DISPUTE,
}

_GIVEN = {"succeeded": Given.DONE, "failed": Given.FAILED, "canceled": Given.FAILED}  # the rest is on its way
_RULINGS = {
    "warning_needs_response": Ruling.INQUIRY,
    "warning_under_review": Ruling.INQUIRY,
    "warning_closed": Ruling.DROPPED,
    "prevented": Ruling.DROPPED,
    "won": Ruling.WON,
    "lost": Ruling.LOST,
}  # the rest is open
_WHY_NOT_BACK = {
    "insufficient_funds": "das Guthaben bei Stripe reicht nicht",
    "lost_or_stolen_card": "die Karte ist gesperrt",
    "expired_or_canceled_card": "die Karte ist abgelaufen oder gekündigt",
    "charge_for_pending_refund_disputed": "die Zahlung wird bestritten",
    "declined": "die Bank hat sie abgelehnt",
    "merchant_request": "sie wurde bei Stripe zurückgenommen",
    "processing": "die Bank braucht ein paar Tage",
    "charge_pending": "die Zahlung selbst ist noch unterwegs",
}
_WHY_DISPUTED = {
    "fraudulent": "„Das war ich nicht“",
    "product_not_received": "„Die Ware kam nicht“",
    "product_unacceptable": "„Die Ware ist nicht wie beschrieben“",
    "duplicate": "„Doppelt abgebucht“",
    "credit_not_processed": "„Die Rückzahlung fehlt“",
    "debit_not_authorized": "„Dieser Lastschrift habe ich nicht zugestimmt“",
    "insufficient_funds": "das Konto war nicht gedeckt",
    "incorrect_account_details": "die Kontodaten stimmen nicht",
    "bank_cannot_process": "die Bank konnte nicht abbuchen",
    "unrecognized": "„Diese Abbuchung kenne ich nicht“",
}


def session_state(said: Mapping[str, Any]) -> SessionState:
    """A Checkout session whose payment intent is expanded."""
    marks = said.get("metadata") or {}
    intent = said.get("payment_intent") or {}
    return SessionState(
        id=said["id"],
        url=said.get("url") or "",
        standing=_standing(said["status"], said["payment_status"], intent.get("status", "")),
        amount_cents=said.get("amount_total") or 0,
        currency=said.get("currency") or "",
        is_live=said["livemode"],
        order_number=marks.get("order", ""),
        attempt_key=marks.get("attempt", ""),
        reference=intent.get("id", ""),
        shop=marks.get("shop", ""),
    )


def refund_state(said: Mapping[str, Any]) -> RefundState:
    """A refund. Without a status it was made at once."""
    why = said.get("failure_reason") or said.get("pending_reason") or ""
    return RefundState(
        id=said["id"],
        reference=_id_of(said.get("payment_intent")),
        cents=said["amount"],
        standing=_GIVEN.get(said.get("status") or "succeeded", Given.PENDING),
        key=(said.get("metadata") or {}).get("refund", ""),
        why=_WHY_NOT_BACK.get(why, why),
        created_at=_moment(said["created"]),
    )


def dispute_state(said: Mapping[str, Any]) -> DisputeState:
    """A dispute."""
    due_by = (said.get("evidence_details") or {}).get("due_by")
    return DisputeState(
        id=said["id"],
        reference=_id_of(said.get("payment_intent")),
        cents=said["amount"],
        standing=_RULINGS.get(said["status"], Ruling.OPEN),
        reason=_WHY_DISPUTED.get(said["reason"], said["reason"]),
        opened_at=_moment(said["created"]),
        due_by=_moment(due_by) if due_by else None,
    )


def event(body: str) -> Event:
    """A snapshot event whose signature has been checked. Raises BadEvent.

    Stripe's package accepts one without id or type: we do not.
    """
    try:
        said = json.loads(body)
    except ValueError as error:
        raise BadEvent("no JSON") from error
    if not isinstance(said, dict) or said.get("object") != "event":
        raise BadEvent("no snapshot event")
    event_id, event_type = said.get("id"), said.get("type")
    if not (isinstance(event_id, str) and isinstance(event_type, str) and event_id and event_type):
        raise BadEvent("no id or type")
    subject = _subject(said.get("data"))
    matter = EVENTS.get(event_type, Matter.OTHER)
    return Event(
        id=event_id,
        type=event_type,
        session_id=_id_of(subject) if subject.get("object") == "checkout.session" else "",
        is_live=bool(said.get("livemode")),
        body=body,
        matter=matter,
        reference=_id_of(subject.get("payment_intent")) if matter in (Matter.REFUND, Matter.DISPUTE) else "",
        attempt_key=_attempt_of(subject) if matter is Matter.DECLINE else "",
        happened_at=_moment(said["created"]) if isinstance(said.get("created"), int) else None,
    )


def refusal(code: str, message: str) -> str:
    """Why Stripe will not give money back, in German where we know the code."""
    return {
        "charge_already_refunded": "sie ist bei Stripe schon ganz zurückgezahlt",
        "charge_disputed": "die Zahlung wird gerade bestritten",
        "refund_disputed_payment": "die Zahlung wird gerade bestritten",
        "balance_insufficient": "das Guthaben bei Stripe reicht nicht",
        "insufficient_funds": "das Guthaben bei Stripe reicht nicht",
        "resource_missing": "dieses Stripe-Konto kennt die Zahlung nicht; wurden die Schlüssel gewechselt?",
    }.get(code, message)


def _standing(status: str, payment_status: str, intent_status: str) -> Standing:
    """Stripe's three words as one. A completed session whose money failed still says "unpaid"."""
    if status != "complete":
        return Standing.EXPIRED if status == "expired" else Standing.OPEN
    if payment_status != "unpaid":
        return Standing.PAID
    return Standing.FAILED if intent_status in ("requires_payment_method", "canceled") else Standing.PROCESSING


def _subject(data: Any) -> Mapping[str, Any]:
    """What an event is about."""
    subject = data.get("object") if isinstance(data, dict) else None
    return subject if isinstance(subject, dict) else {}


def _attempt_of(intent: Mapping[str, Any]) -> str:
    marks = intent.get("metadata")
    found = marks.get("attempt", "") if isinstance(marks, dict) else ""
    return found if isinstance(found, str) else ""


def _id_of(thing: Any) -> str:
    """The id of something that is expanded or not, or not there."""
    found = thing.get("id", "") if isinstance(thing, dict) else thing
    return found if isinstance(found, str) else ""


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
