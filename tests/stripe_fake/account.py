"""The fake's state and rules: what a Stripe account knows and what it refuses."""

import copy
import secrets
import time
from collections.abc import Callable
from threading import RLock
from typing import Any

from tests.stripe_fake import shapes
from tests.stripe_fake.shapes import Thing

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
LEAST_CENTS = 50
SESSION_PARAMETERS = {
    "adaptive_pricing", "cancel_url", "client_reference_id", "customer_email", "expand", "expires_at", "line_items",
    "locale", "metadata", "mode", "payment_intent_data", "shipping_options", "success_url",
}  # fmt: skip


class ApiError(Exception):
    """An answer that is no success, as Stripe words it."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        said = {"type": kind, "message": message, "code": code, "param": param}
        self.body: Thing = {"error": {key: value for key, value in said.items() if value}}


class Account:
    """One account with its test and its live mode. Every method is safe for many threads."""

    def __init__(self, base_url: str, clock: Callable[[], float] = time.time) -> None:
        self.base_url = base_url
        self.clock = clock
        self.sessions: dict[str, Thing] = {}
        self.asked: dict[str, Thing] = {}
        self.items: dict[str, list[Thing]] = {}
        self.intents: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.on_event: Callable[[Thing], None] = lambda event: None
        self._lock = RLock()

    # What the API offers

    def create_session(self, asked: Thing, *, is_live: bool) -> Thing:
        """Open a session after checking what was asked as Stripe does."""
        with self._lock:
            self._check_session(asked)
            items = [shapes.line_item(_new_id("li"), each) for each in asked["line_items"]]
            session_id = _new_id("cs_live" if is_live else "cs_test")
            made = shapes.session(session_id, f"{self.base_url}/pay/{session_id}", self.now, is_live, asked, items)
            if made["amount_total"] < LEAST_CENTS:
                raise ApiError(400, "The total amount due must add up to at least €0.50.", code="amount_too_small")
            self.sessions[session_id], self.items[session_id], self.asked[session_id] = made, items, asked
            return copy.deepcopy(made)

    def session(self, session_id: str, *, is_live: bool, expand: list[str] | None = None) -> Thing:
        """One session as it is now; its time may have run out."""
        with self._lock:
            found = self._found(self.sessions, session_id, "checkout.session", is_live)
            self._run_out(found)
            return self._expanded(found, "payment_intent" in (expand or []))

    def list_sessions(self, asked: Thing, *, is_live: bool) -> Thing:
        """Sessions, newest first."""
        with self._lock:
            for each in self.sessions.values():
                self._run_out(each)
            mine = [each for each in self.sessions.values() if each["livemode"] == is_live and _is_in(each, asked)]
            page = shapes.page_of(mine, "/v1/checkout/sessions", asked)
            inside = "data.payment_intent" in asked.get("expand", [])
            page["data"] = [self._expanded(each, inside) for each in page["data"]]
            return page

    def line_items(self, session_id: str, asked: Thing, *, is_live: bool) -> Thing:
        """The lines of a session, in their order."""
        with self._lock:
            self._found(self.sessions, session_id, "checkout.session", is_live)
            url = f"/v1/checkout/sessions/{session_id}/line_items"
            return shapes.page_of(self.items[session_id][::-1], url, {"limit": 100} | asked)

    def expire_session(self, session_id: str, *, is_live: bool) -> Thing:
        """End a session; only an open one can be ended."""
        with self._lock:
            found = self._found(self.sessions, session_id, "checkout.session", is_live)
            self._run_out(found)
            if found["status"] != "open":
                raise ApiError(
                    400,
                    'Only Checkout Sessions with a status in ["open"] can be expired. '
                    f"This Checkout Session has a status of `{found['status']}`.",
                )
            self._expire(found)
            return copy.deepcopy(found)

    def intent(self, intent_id: str, *, is_live: bool) -> Thing:
        """One payment intent."""
        with self._lock:
            return copy.deepcopy(self._found(self.intents, intent_id, "payment_intent", is_live))

    def create_refund(self, asked: Thing, *, is_live: bool) -> Thing:
        """Give back (a part of) what a payment intent brought; never more than is left."""
        with self._lock:
            intent = self._found(self.intents, asked.get("payment_intent", ""), "payment_intent", is_live)
            charge = self.charges.get(intent["latest_charge"] or "")
            if charge is None:
                raise ApiError(400, "This PaymentIntent does not have a successful charge to refund.")
            left = charge["amount"] - charge["amount_refunded"]
            cents = int(asked.get("amount", left))
            if left == 0:
                raise ApiError(400, "The charge has already been refunded.", code="charge_already_refunded")
            if not 0 < cents <= left:
                raise ApiError(
                    400, f"Refund amount ({cents}) is greater than unrefunded amount ({left}).", param="amount"
                )
            made = shapes.refund(_new_id("re"), self.now, charge, cents, asked.get("metadata", {}))
            self.refunds[made["id"]] = made
            charge["amount_refunded"] += cents
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self._tell("refund.created", made)
            self._tell("charge.refunded", charge)
            return copy.deepcopy(made)

    def list_refunds(self, asked: Thing, *, is_live: bool) -> Thing:
        """Refunds, newest first, of one payment intent or all."""
        with self._lock:
            wanted = asked.get("payment_intent")
            mine = [each for each in self.refunds.values() if wanted in (None, each["payment_intent"])]
            return copy.deepcopy(shapes.page_of(mine, "/v1/refunds", asked))

    def list_events(self, asked: Thing, *, is_live: bool) -> Thing:
        """Events, newest first."""
        with self._lock:
            types = asked.get("types") or ([asked["type"]] if "type" in asked else [])
            mine = [
                each
                for each in self.events
                if each["livemode"] == is_live and _is_in(each, asked) and (not types or each["type"] in types)
            ]
            return copy.deepcopy(shapes.page_of(mine, "/v1/events", asked))

    # What customers and time do

    def pay(self, session_id: str) -> Thing:
        """The customer pays at once (card, PayPal, Klarna)."""
        with self._lock:
            found = self._acted(session_id)
            self._succeed(found)
            return self._tell("checkout.session.completed", found)

    def pay_by_debit(self, session_id: str) -> Thing:
        """The customer gives a SEPA mandate: complete, but unpaid for days."""
        with self._lock:
            return self._tell("checkout.session.completed", self._acted(session_id))

    def debit_succeeds(self, session_id: str) -> Thing:
        """The debit arrives."""
        with self._lock:
            found = self.sessions[session_id]
            self._succeed(found)
            return self._tell("checkout.session.async_payment_succeeded", found)

    def debit_fails(self, session_id: str) -> Thing:
        """The debit comes back."""
        with self._lock:
            found = self.sessions[session_id]
            self.intents[found["payment_intent"]]["status"] = "requires_payment_method"
            return self._tell("checkout.session.async_payment_failed", found)

    @property
    def now(self) -> int:
        """Stripe's clock, in whole seconds."""
        return int(self.clock())

    @property
    def paid_sessions(self) -> list[Thing]:
        """All sessions that brought money."""
        with self._lock:
            return [copy.deepcopy(each) for each in self.sessions.values() if each["payment_status"] == "paid"]

    def _check_session(self, asked: Thing) -> None:
        for name in asked:
            if name == "payment_method_types":
                raise ApiError(400, "No longer supported.", code="payment_method_types_no_longer_supported", param=name)
            if name not in SESSION_PARAMETERS:
                raise ApiError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        for name in ("mode", "line_items", "success_url"):
            if not asked.get(name):
                raise ApiError(400, f"Missing required param: {name}.", code="parameter_missing", param=name)
        if len(asked["line_items"]) > 100:
            raise ApiError(400, "You can pass up to 100 line items.", param="line_items")
        for each in asked["line_items"]:
            cents = each["price_data"]["unit_amount"]
            if not cents.isdigit():
                raise ApiError(400, f"Invalid integer: {cents}", code="parameter_invalid_integer", param="line_items")
        lasts = int(asked.get("expires_at", self.now + LONGEST)) - self.now
        if not SHORTEST <= lasts <= LONGEST:
            raise ApiError(
                400,
                "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours "
                "from Checkout Session creation.",
                param="expires_at",
            )

    def _found(self, things: dict[str, Thing], thing_id: str, name: str, is_live: bool) -> Thing:
        found = things.get(thing_id)
        if found is None or found["livemode"] != is_live:
            raise ApiError(404, f"No such {name}: '{thing_id}'", code="resource_missing", param="id")
        return found

    def _expanded(self, found: Thing, inside: bool) -> Thing:
        shown = copy.deepcopy(found)
        if inside and shown["payment_intent"]:
            shown["payment_intent"] = copy.deepcopy(self.intents[shown["payment_intent"]])
        return shown

    def _run_out(self, found: Thing) -> None:
        if found["status"] == "open" and found["expires_at"] <= self.now:
            self._expire(found)

    def _expire(self, found: Thing) -> None:
        found.update(status="expired", url=None)
        self._tell("checkout.session.expired", found)

    def _acted(self, session_id: str) -> Thing:
        """The customer has filled in everything: the intent appears, the session is complete."""
        found = self.sessions[session_id]
        self._run_out(found)
        if found["status"] != "open":
            raise ApiError(400, f"This session is {found['status']}.")
        told = self.asked[session_id].get("payment_intent_data", {})
        made = shapes.intent(_new_id("pi"), self.now, found, told.get("metadata", {}), told.get("description"))
        self.intents[made["id"]] = made
        found.update(status="complete", url=None, payment_intent=made["id"])
        return found

    def _succeed(self, found: Thing) -> None:
        intent = self.intents[found["payment_intent"]]
        charge = shapes.charge(_new_id("ch"), self.now, intent)
        self.charges[charge["id"]] = charge
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
        found["payment_status"] = "paid"

    def _tell(self, event_type: str, about: Thing) -> Thing:
        told = shapes.event(_new_id("evt"), self.now, event_type, copy.deepcopy(about))
        self.events.append(told)
        self.on_event(copy.deepcopy(told))
        return copy.deepcopy(told)


def _new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"


def _is_in(thing: Thing, asked: Thing) -> bool:
    since: Any = asked.get("created", {})
    return int(thing["created"]) >= int(since.get("gte", 0))
