"""How the fake's objects look: the fields of API version 2026-10-28.endive that matter here."""

from typing import Any

Thing = dict[str, Any]
VERSION = "2026-10-28.endive"


def session(session_id: str, url: str, now: int, is_live: bool, asked: Thing, items: list[Thing]) -> Thing:
    """An open Checkout session; the payment intent is null until the customer acts."""
    total = sum(each["amount_total"] for each in items)
    shipping = [option["shipping_rate_data"]["fixed_amount"]["amount"] for option in asked.get("shipping_options", [])]
    shipping_cents = int(shipping[0]) if shipping else 0
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": asked.get("adaptive_pricing", {}).get("enabled") == "true"},
        "amount_subtotal": total,
        "amount_total": total + shipping_cents,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "created": now,
        "currency": items[0]["currency"],
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_details": None,
        "customer_email": asked.get("customer_email"),
        "expires_at": int(asked.get("expires_at", now + 86400)),
        "livemode": is_live,
        "locale": asked.get("locale"),
        "metadata": asked.get("metadata", {}),
        "mode": asked["mode"],
        "payment_intent": None,
        "payment_method_types": ["card", "sepa_debit"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": shipping_cents, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
    }


def line_item(item_id: str, asked: Thing) -> Thing:
    """One line of a session."""
    price, quantity = asked["price_data"], int(asked["quantity"])
    cents = int(price["unit_amount"]) * quantity
    return {
        "id": item_id,
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": cents,
        "amount_tax": 0,
        "amount_total": cents,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "quantity": quantity,
        "price": None,
    }


def intent(intent_id: str, now: int, of: Thing, metadata: Thing, description: str | None) -> Thing:
    """The payment intent that appears when the customer of a session acts."""
    return {
        "id": intent_id,
        "object": "payment_intent",
        "amount": of["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic",
        "client_secret": f"{intent_id}_secret_fake",
        "confirmation_method": "automatic",
        "created": now,
        "currency": of["currency"],
        "customer": None,
        "description": description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": of["livemode"],
        "metadata": metadata,
        "payment_method_types": ["card", "sepa_debit"],
        "status": "processing",
    }


def charge(charge_id: str, now: int, of: Thing) -> Thing:
    """The charge of a payment intent that succeeded."""
    return {
        "id": charge_id,
        "object": "charge",
        "amount": of["amount"],
        "amount_captured": of["amount"],
        "amount_refunded": 0,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        "captured": True,
        "created": now,
        "currency": of["currency"],
        "disputed": False,
        "livemode": of["livemode"],
        "metadata": of["metadata"],
        "paid": True,
        "payment_intent": of["id"],
        "refunded": False,
        "status": "succeeded",
    }


def refund(refund_id: str, now: int, of: Thing, cents: int, metadata: Thing) -> Thing:
    """A refund of (a part of) a charge."""
    return {
        "id": refund_id,
        "object": "refund",
        "amount": cents,
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "metadata": metadata,
        "payment_intent": of["payment_intent"],
        "reason": None,
        "status": "succeeded",
    }


def dispute(dispute_id: str, now: int, of: Thing, cents: int, reason: str) -> Thing:
    """A dispute about a charge; evidence may be handed in for a week."""
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": cents,
        "balance_transactions": [],
        "charge": of["id"],
        "created": now,
        "currency": of["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + 7 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": of["livemode"],
        "metadata": {},
        "payment_intent": of["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def endpoint(endpoint_id: str, now: int, is_live: bool, asked: Thing) -> Thing:
    """A registered address for events."""
    return {
        "id": endpoint_id,
        "object": "webhook_endpoint",
        "api_version": asked.get("api_version"),
        "application": None,
        "created": now,
        "description": asked.get("description"),
        "enabled_events": asked["enabled_events"],
        "livemode": is_live,
        "metadata": asked.get("metadata", {}),
        "status": "enabled",
        "url": asked["url"],
    }


def account(account_id: str, name: str) -> Thing:
    """The account as GET /v1/account tells it (the fields that the shop may want)."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {"name": name},
        "charges_enabled": True,
        "country": "DE",
        "default_currency": "eur",
        "details_submitted": True,
        "email": "laden@probe.example",
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": name, "timezone": "Europe/Berlin"}},
        "type": "standard",
    }


def event(event_id: str, now: int, event_type: str, about: Thing, is_live: bool) -> Thing:
    """A snapshot event about an object as it is now."""
    return {
        "id": event_id,
        "object": "event",
        "api_version": VERSION,
        "created": now,
        "data": {"object": about},
        "livemode": is_live,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }


def page_of(things: list[Thing], url: str, asked: Thing) -> Thing:
    """A list answer: newest first, with Stripe's cursors."""
    newest_first = things[::-1]
    limit = int(asked.get("limit", 10))
    ids = [each["id"] for each in newest_first]
    if before := asked.get("ending_before"):
        end = ids.index(before)
        start = max(0, end - limit)
        return {"object": "list", "data": newest_first[start:end], "has_more": start > 0, "url": url}
    start = ids.index(asked["starting_after"]) + 1 if asked.get("starting_after") else 0
    left = newest_first[start:]
    return {"object": "list", "data": left[:limit], "has_more": len(left) > limit, "url": url}
