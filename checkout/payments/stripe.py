"""Stripe's hosted Checkout. The only file that knows the stripe package, which it loads when first needed.

Loading stripe costs a quarter of a second, so the imports stand inside what calls it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.units import Unit, format_quantity
from checkout.orders import Order, OrderLine, State
from checkout.payments import PaymentAttempt, PaymentDown, Purchase, Surroundings, stripe_words
from checkout.payments.hosted import (
    BadEvent,
    DisputeState,
    Event,
    KeyRefused,
    KeySpent,
    NoSuchSession,
    RefundRefused,
    RefundState,
    SessionDone,
    SessionState,
)

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

API = "https://api.stripe.com"
VERSION = "2026-10-28.endive"
SIGNATURE_AGE = 300  # seconds
MOST_LINES = 100  # of a Checkout session in payment mode

_LIVE = ("sk_live_", "rk_live_")


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
        secret_key: str | Callable[[], str],
        api: str = API,
        version: str = VERSION,
        timeout: tuple[float, float] = (3.05, 10),
        max_network_retries: int = 2,
    ) -> None:
        """`secret_key` may be asked for anew each time: the owner can set it while the shop runs.

        `timeout` is (to connect, to answer) in seconds; `api` another address, for tests.
        """
        self._ask_key = secret_key if callable(secret_key) else lambda: secret_key
        self._api = api or API
        self._version = version
        self._timeout = timeout
        self._retries = max_network_retries
        self._made: tuple[str, StripeClient] | None = None

    @property
    def secret_key(self) -> str:
        """The key as it is set this moment, "" if none."""
        return self._ask_key()

    @property
    def is_live(self) -> bool:
        """Whether the key moves real money; test keys and live keys are never mixed."""
        return self.secret_key.startswith(_LIVE)

    def with_key(self, secret_key: str) -> "StripePayment":
        """The same with another key, which is to be tried."""
        return StripePayment(secret_key, self._api, self._version, self._timeout, self._retries)

    def missing(self) -> str:
        """What the owner must still do, in German."""
        return "" if self.secret_key else "Für Online-Zahlungen fehlt der geheime Schlüssel von Stripe."

    def fits(self, purchase: Purchase) -> bool:
        """Every kind of delivery can be paid online."""
        return True

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> tuple[str, str]:
        """Create the hosted session of an attempt; give (session id, address of the page).

        The same attempt gives the same session however often it is asked for. `return_url` holds
        "{CHECKOUT_SESSION_ID}". Raises PaymentDown, or KeySpent where only a new attempt can help.
        """
        marks = {"order": order.number, "attempt": attempt.idempotency_key, "shop": urlsplit(return_url).netloc}
        asked: SessionCreateParams = {
            "mode": "payment",
            "locale": "de",
            "client_reference_id": order.number,
            "line_items": _line_items(order, lines, attempt.amount_cents),
            "adaptive_pricing": {"enabled": False},
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "description": f"Bestellung {order.number}"},
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int(attempt.expires_at.timestamp()),
        }
        if order.email:  # whoever fetches her goods may have given a telephone number only
            asked["customer_email"] = order.email
        with answering(), _key_in_doubt():
            session = self._sessions.create(asked, {"idempotency_key": attempt.idempotency_key})
        return session.id, session.url or ""

    def fetch(self, session_id: str) -> SessionState:
        """Ask for one session. Raises NoSuchSession, PaymentDown."""
        with answering():
            found = self._sessions.retrieve(session_id, {"expand": ["payment_intent"]})
            return stripe_words.session_state(found.to_dict())

    def expire(self, session_id: str) -> None:
        """End an open session. Raises SessionDone if it is not open any more, NoSuchSession, PaymentDown."""
        from stripe import InvalidRequestError

        with answering():
            try:
                self._sessions.expire(session_id)
            except InvalidRequestError as error:
                if error.code == "resource_missing":
                    raise
                raise SessionDone(session_id) from error

    def sessions_since(self, since: datetime) -> list[SessionState]:
        """All sessions of the account created since then, newest first. Raises PaymentDown."""
        with answering():
            found = self._sessions.list(_since(since) | {"expand": ["data.payment_intent"]})
            return [stripe_words.session_state(each.to_dict()) for each in found.auto_paging_iter()]

    def refund(self, reference: str, cents: int, *, key: str) -> RefundState:
        """Give back `cents` of a payment intent; the same key gives the same refund for a day at least.

        The key also stands in the refund's metadata, so that it is found again. Raises RefundRefused,
        KeySpent where only another key can help (and only if no refund carries the old one), PaymentDown.
        """
        asked = {
            "payment_intent": reference,
            "amount": cents,
            "reason": "requested_by_customer",
            "metadata": {"refund": key},
        }
        with answering(), _key_in_doubt(), _refusing():
            made = self.client.v1.refunds.create(asked, {"idempotency_key": key})
        return stripe_words.refund_state(made.to_dict())

    def refunds_of(self, reference: str) -> list[RefundState]:
        """All refunds of a payment intent, newest first. Raises RefundRefused if it is not known, PaymentDown."""
        with answering(), _refusing():
            found = self.client.v1.refunds.list({"payment_intent": reference, "limit": 100})
            return [stripe_words.refund_state(each.to_dict()) for each in found.auto_paging_iter()]

    def refunds_since(self, since: datetime) -> list[RefundState]:
        """All refunds of the account made since then, newest first. Raises PaymentDown."""
        with answering():
            found = self.client.v1.refunds.list(_since(since))
            return [stripe_words.refund_state(each.to_dict()) for each in found.auto_paging_iter()]

    def disputes_of(self, reference: str) -> list[DisputeState]:
        """All disputes about a payment intent. Raises PaymentDown."""
        with answering():
            found = self.client.v1.disputes.list({"payment_intent": reference, "limit": 100})
            return [stripe_words.dispute_state(each.to_dict()) for each in found.auto_paging_iter()]

    def disputes_since(self, since: datetime) -> list[DisputeState]:
        """All disputes of the account opened since then. Raises PaymentDown."""
        with answering():
            found = self.client.v1.disputes.list(_since(since))
            return [stripe_words.dispute_state(each.to_dict()) for each in found.auto_paging_iter()]

    def events_since(self, since: datetime) -> list[Event]:
        """The events that the shop wants, since then, oldest first (Stripe keeps 30 days). Raises PaymentDown."""
        with answering():
            found = self.client.v1.events.list(_since(since) | {"types": list(stripe_words.EVENTS)})
            events = [stripe_words.event(str(each)) for each in found.auto_paging_iter()]
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
        return stripe_words.event(body)

    @property
    def client(self) -> Any:
        """Stripe's own client for the key as it is set this moment; made once for each key."""
        from stripe import RequestsClient, StripeClient

        key = self.secret_key
        made = self._made
        if made is None or made[0] != key:
            client = StripeClient(
                key,
                stripe_version=self._version,
                base_addresses={"api": self._api},
                max_network_retries=self._retries,
                http_client=RequestsClient(timeout=self._timeout),
            )
            self._made = made = (key, client)
        return made[1]

    @property
    def _sessions(self) -> Any:
        return self.client.v1.checkout.sessions


def create(surroundings: Surroundings) -> StripePayment:
    """Make it for a shop; see the registry."""
    told = surroundings.settings
    return StripePayment(lambda: told.get("stripe_secret_key", ""), told.get("stripe_api", ""))


def _line_items(order: Order, lines: Sequence[OrderLine], cents: int) -> "list[SessionCreateParamsLineItem]":
    """What Stripe's page lists. It sums up to what is to be paid, or else is that in one line."""
    items = [_item(line.line_cents, _name(line), _amount(line)) for line in lines]
    if order.shipping_cents:
        items.append(_item(order.shipping_cents, "Versand", ""))
    listed = sum(line.line_cents for line in lines) + order.shipping_cents
    if listed != cents or len(items) > MOST_LINES:
        return [_item(cents, f"Bestellung {order.number}", "")]
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


def _since(since: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(since.timestamp())}, "limit": 100}


@contextmanager
def answering() -> Iterator[None]:
    """Turn Stripe's errors into those of the checkout."""
    import stripe as sdk
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
    except (sdk.AuthenticationError, sdk.PermissionError) as error:
        raise KeyRefused(_told(error)) from error
    except StripeError as error:
        raise PaymentDown(_told(error)) from error


@contextmanager
def _refusing() -> Iterator[None]:
    """What Stripe will not give back is no failure of Stripe."""
    from stripe import CardError, IdempotencyError, InvalidRequestError

    try:
        yield
    except IdempotencyError:
        raise
    except (InvalidRequestError, CardError) as error:
        raise RefundRefused(stripe_words.refusal(error.code or "", error.user_message or str(error))) from error


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


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        return signature.isascii() and WebhookSignature.verify_header(body, signature, secret, SIGNATURE_AGE)
    except (SignatureVerificationError, ValueError):  # ValueError: the body is not UTF-8
        return False
