"""Stripe's hosted Checkout. The only file that knows the stripe package, which it loads when first needed.

Loading stripe costs a quarter of a second, so the imports stand inside what calls it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog.units import Unit, format_quantity
from checkout.orders import Order, OrderLine, State
from checkout.payments import PaymentAttempt, PaymentDown, Surroundings
from checkout.payments.hosted import BadEvent, Event, KeySpent, NoSuchSession, SessionDone, SessionState, Standing

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

API = "https://api.stripe.com"
VERSION = "2026-10-28.endive"
SIGNATURE_AGE = 300  # seconds
MOST_LINES = 100  # of a Checkout session in payment mode

# What the shop wants to hear of; the owner subscribes the webhook to these.
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)


class StripePayment:
    """Payment on Stripe's page with whatever the owner has switched on in her Stripe dashboard."""

    key = "stripe"
    label = "Online bezahlen (Karte und weitere Zahlungsarten)"
    hint = (
        "Nach der Bestellung kommen Sie auf die Bezahlseite unseres Zahlungsdienstes Stripe. "
        "Dort wählen Sie Karte oder eine der anderen angebotenen Zahlungsarten."
    )
    first_state = State.AWAITING_PAYMENT
    least_cents = 50  # docs.stripe.com/currencies, minimum charge amounts

    def __init__(
        self,
        secret_key: str,
        api: str = API,
        version: str = VERSION,
        timeout: tuple[float, float] = (3.05, 10),
        max_network_retries: int = 2,
    ) -> None:
        """`timeout` is (to connect, to answer) in seconds; `api` another address, for tests."""
        self._secret_key = secret_key
        self._api = api or API
        self._version = version
        self._timeout = timeout
        self._retries = max_network_retries

    @property
    def is_live(self) -> bool:
        """Whether the key moves real money; test keys and live keys are never mixed."""
        return self._secret_key.startswith(("sk_live_", "rk_live_"))

    def missing(self) -> str:
        """What the owner must still do, in German."""
        return "" if self._secret_key else "Für Online-Zahlungen fehlt der geheime Schlüssel von Stripe."

    def fits(self, *, is_pickup: bool) -> bool:
        """Every kind of delivery can be paid online."""
        return True

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> tuple[str, str]:
        """Create the hosted session of an attempt; give (session id, address of the page).

        The same attempt gives the same session however often it is asked for. `return_url` holds
        "{CHECKOUT_SESSION_ID}". Raises PaymentDown, or KeySpent where only a new attempt can help.
        """
        marks = {"order": order.number, "attempt": attempt.idempotency_key}
        asked: SessionCreateParams = {
            "mode": "payment",
            "locale": "de",
            "client_reference_id": order.number,
            "line_items": _line_items(order, lines),
            "adaptive_pricing": {"enabled": False},
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "description": f"Bestellung {order.number}"},
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int(attempt.expires_at.timestamp()),
        }
        if order.email:  # whoever fetches her goods may have given a telephone number only
            asked["customer_email"] = order.email
        with _answering(), _key_in_doubt():
            session = self._sessions.create(asked, {"idempotency_key": attempt.idempotency_key})
        return session.id, session.url or ""

    def fetch(self, session_id: str) -> SessionState:
        """Ask for one session. Raises NoSuchSession, PaymentDown."""
        with _answering():
            return _state(self._sessions.retrieve(session_id, {"expand": ["payment_intent"]}).to_dict())

    def expire(self, session_id: str) -> None:
        """End an open session. Raises SessionDone if it is not open any more, NoSuchSession, PaymentDown."""
        from stripe import InvalidRequestError

        with _answering():
            try:
                self._sessions.expire(session_id)
            except InvalidRequestError as error:
                if error.code == "resource_missing":
                    raise
                raise SessionDone(session_id) from error

    def sessions_since(self, since: datetime) -> list[SessionState]:
        """All sessions of the account created since then, newest first. Raises PaymentDown."""
        with _answering():
            found = self._sessions.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.payment_intent"]}
            )
            return [_state(each.to_dict()) for each in found.auto_paging_iter()]

    def events_since(self, since: datetime) -> list[Event]:
        """The events about Checkout sessions since then, oldest first (Stripe keeps 30 days). Raises PaymentDown."""
        with _answering():
            found = self._client.v1.events.list(
                {"types": list(EVENTS), "created": {"gte": int(since.timestamp())}, "limit": 100}
            )
            events = [_event(each.to_dict(), str(each)) for each in found.auto_paging_iter()]
        return events[::-1]

    def parse_event(self, body: bytes, signature: str, secrets: Sequence[str]) -> Event:
        """Check the signature of a delivered webhook and read it.

        `secrets` are all that hold at the moment (two while one is being replaced). Raises BadEvent
        for a missing, wrong or old signature and for every body that is no snapshot event.
        """
        if not any(_is_signed(body, signature, secret) for secret in secrets):
            raise BadEvent("no valid signature")
        return self.read_event(body.decode("utf-8"))

    def read_event(self, body: str) -> Event:
        """Read a snapshot event whose signature has been checked. Raises BadEvent."""
        try:
            said = json.loads(body)
        except ValueError as error:
            raise BadEvent("no JSON") from error
        if not isinstance(said, dict) or said.get("object") != "event":
            raise BadEvent("no snapshot event")
        return _event(said, body)

    @cached_property
    def _client(self) -> "StripeClient":
        from stripe import RequestsClient, StripeClient

        return StripeClient(
            self._secret_key,
            stripe_version=self._version,
            base_addresses={"api": self._api},
            max_network_retries=self._retries,
            http_client=RequestsClient(timeout=self._timeout),
        )

    @property
    def _sessions(self) -> Any:
        return self._client.v1.checkout.sessions


def create(surroundings: Surroundings) -> StripePayment:
    """Make it for a shop; see the registry."""
    told = surroundings.settings
    return StripePayment(told.get("stripe_secret_key", ""), told.get("stripe_api", ""))


def _line_items(order: Order, lines: Sequence[OrderLine]) -> "list[SessionCreateParamsLineItem]":
    """What Stripe's page lists. It sums up to the order's total, or else is the total in one line."""
    items = [_item(line.line_cents, _name(line), _amount(line)) for line in lines]
    if order.shipping_cents:
        items.append(_item(order.shipping_cents, "Versand", ""))
    listed = sum(line.line_cents for line in lines) + order.shipping_cents
    if listed != order.total_cents or len(items) > MOST_LINES:
        return [_item(order.total_cents, f"Bestellung {order.number}", "")]
    return items


def _item(cents: int, name: str, description: str) -> "SessionCreateParamsLineItem":
    product: Any = {"name": name[:250]} | ({"description": description} if description else {})
    return {"quantity": 1, "price_data": {"currency": "eur", "unit_amount": cents, "product_data": product}}


def _name(line: OrderLine) -> str:
    return f"{line.name} ({line.options})" if line.options else line.name


def _amount(line: OrderLine) -> str:
    """Pieces are counted, cuts are multiplied: "3 Stück", "2 × 1,50 m"."""
    unit = Unit(line.unit)
    if unit is Unit.PIECE:
        return format_quantity(line.pieces * line.quantity, unit)
    return f"{line.pieces} × {format_quantity(line.quantity, unit)}"


@contextmanager
def _answering() -> Iterator[None]:
    """Turn Stripe's errors into those of the checkout."""
    from stripe import IdempotencyError, InvalidRequestError, StripeError

    try:
        yield
    except IdempotencyError as error:
        raise KeySpent(_told(error)) from error
    except InvalidRequestError as error:
        if error.code == "resource_missing":
            raise NoSuchSession(_told(error)) from error
        if error.param == "expires_at":  # the attempt has grown too old to be opened with its fixed end
            raise KeySpent(_told(error)) from error
        raise PaymentDown(_told(error)) from error
    except StripeError as error:
        raise PaymentDown(_told(error)) from error


@contextmanager
def _key_in_doubt() -> Iterator[None]:
    """After a 5xx the key is spent: Stripe keeps its first answer and would only say 5xx again."""
    from stripe import APIError

    try:
        yield
    except APIError as error:
        if (error.http_status or 0) >= 500:
            raise KeySpent(_told(error)) from error
        raise


def _told(error: Any) -> str:
    return f"{type(error).__name__} {error.http_status} {error.request_id}: {error.user_message}"


def _state(said: Mapping[str, Any]) -> SessionState:
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
    )


def _standing(status: str, payment_status: str, intent_status: str) -> Standing:
    """Stripe's three words as one. A completed session whose money failed still says "unpaid"."""
    if status != "complete":
        return Standing.EXPIRED if status == "expired" else Standing.OPEN
    if payment_status != "unpaid":
        return Standing.PAID
    return Standing.FAILED if intent_status in ("requires_payment_method", "canceled") else Standing.PROCESSING


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return signature.isascii() and WebhookSignature.verify_header(body, signature, secret, SIGNATURE_AGE)
    except (SignatureVerificationError, ValueError):  # ValueError: the body is not UTF-8
        return False


def _event(said: Mapping[str, Any], body: str) -> Event:
    """Read a snapshot event. Stripe's package accepts one without id or type: we do not."""
    event_id, event_type = said.get("id"), said.get("type")
    if not (isinstance(event_id, str) and isinstance(event_type, str) and event_id and event_type):
        raise BadEvent("no id or type")
    subject = _subject(said.get("data"))
    is_about_session = subject.get("object") == "checkout.session"
    return Event(
        id=event_id,
        type=event_type,
        session_id=subject.get("id", "") if is_about_session else "",
        is_live=bool(said.get("livemode")),
        body=body,
    )


def _subject(data: Any) -> Mapping[str, Any]:
    """What an event is about."""
    subject = data.get("object") if isinstance(data, dict) else None
    return subject if isinstance(subject, dict) else {}
