"""Checkout sessions: opened, paid, declined, ended."""

import copy

from tests.stripe_fake import shapes
from tests.stripe_fake.ledger import ApiError, Ledger, check_names, is_in, new_id
from tests.stripe_fake.shapes import Thing

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
LEAST_CENTS = 50
PARAMETERS = {
    "adaptive_pricing", "cancel_url", "client_reference_id", "customer_email", "expand", "expires_at", "line_items",
    "locale", "metadata", "mode", "payment_intent_data", "shipping_options", "success_url",
}  # fmt: skip


class Sessions(Ledger):
    """What the API offers about sessions, and what customers and time do to them."""

    def create_session(self, asked: Thing, *, is_live: bool) -> Thing:
        """Open a session after checking what was asked as Stripe does."""
        with self._lock:
            self._check_session(asked)
            items = [shapes.line_item(new_id("li"), each) for each in asked["line_items"]]
            session_id = new_id("cs_live" if is_live else "cs_test")
            made = shapes.session(session_id, f"{self.base_url}/pay/{session_id}", self.now, is_live, asked, items)
            if made["amount_total"] < LEAST_CENTS:
                raise ApiError(400, "The total amount due must add up to at least €0.50.", code="amount_too_small")
            self.sessions[session_id], self.items[session_id], self.asked[session_id] = made, items, asked
            return copy.deepcopy(made)

    def session(self, session_id: str, *, is_live: bool, expand: list[str] | None = None) -> Thing:
        """One session as it is now; its time may have run out."""
        with self._lock:
            found = self.found(self.sessions, session_id, "checkout.session", is_live)
            self._run_out(found)
            return self._expanded(found, "payment_intent" in (expand or []))

    def list_sessions(self, asked: Thing, *, is_live: bool) -> Thing:
        """Sessions, newest first."""
        with self._lock:
            check_names(asked, {"created", "ending_before", "expand", "limit", "payment_intent", "starting_after"})
            for each in self.sessions.values():
                self._run_out(each)
            wanted = asked.get("payment_intent")
            mine = [
                each
                for each in self.sessions.values()
                if each["livemode"] == is_live and is_in(each, asked) and wanted in (None, each["payment_intent"])
            ]
            page = self.page(mine, "/v1/checkout/sessions", asked)
            inside = "data.payment_intent" in asked.get("expand", [])
            page["data"] = [self._expanded(each, inside) for each in page["data"]]
            return page

    def line_items(self, session_id: str, asked: Thing, *, is_live: bool) -> Thing:
        """The lines of a session, in their order."""
        with self._lock:
            self.found(self.sessions, session_id, "checkout.session", is_live)
            url = f"/v1/checkout/sessions/{session_id}/line_items"
            return self.page(self.items[session_id][::-1], url, {"limit": 100} | asked)

    def expire_session(self, session_id: str, *, is_live: bool) -> Thing:
        """End a session; only an open one can be ended."""
        with self._lock:
            found = self.found(self.sessions, session_id, "checkout.session", is_live)
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
            return copy.deepcopy(self.found(self.intents, intent_id, "payment_intent", is_live))

    def list_intents(self, asked: Thing, *, is_live: bool) -> Thing:
        """Payment intents, newest first."""
        with self._lock:
            check_names(asked, {"created", "ending_before", "limit", "starting_after"})
            mine = [each for each in self.intents.values() if each["livemode"] == is_live and is_in(each, asked)]
            return self.page(mine, "/v1/payment_intents", asked)

    def charge(self, charge_id: str, *, is_live: bool) -> Thing:
        """One charge."""
        with self._lock:
            return copy.deepcopy(self.found(self.charges, charge_id, "charge", is_live))

    # What customers and banks do

    def pay(self, session_id: str) -> Thing:
        """The customer pays at once (card, PayPal, Klarna)."""
        with self._lock:
            found = self._acted(session_id)
            self._succeed(found)
            return self._session_is(found, "completed")

    def decline(self, session_id: str, code: str = "generic_decline") -> Thing:
        """The customer's card is declined: the page stays open, she may try another one."""
        with self._lock:
            found = self._open(session_id)
            intent = self._intent_of(found)
            charge = shapes.charge(new_id("ch"), self.now, intent)
            charge.update(status="failed", paid=False, captured=False, amount_captured=0)
            charge.update(failure_code="card_declined", failure_message="Your card was declined.")
            self.charges[charge["id"]] = charge
            intent.update(status="requires_payment_method", latest_charge=charge["id"])
            intent["last_payment_error"] = {
                "type": "card_error",
                "code": "card_declined",
                "decline_code": code,
                "message": "Your card was declined.",
                "charge": charge["id"],
            }
            self.tell("charge.failed", charge, found["livemode"])
            return self.tell("payment_intent.payment_failed", intent, found["livemode"])

    def pay_by_debit(self, session_id: str) -> Thing:
        """The customer gives a SEPA mandate: complete, but unpaid for days."""
        with self._lock:
            return self._session_is(self._acted(session_id), "completed")

    def debit_succeeds(self, session_id: str) -> Thing:
        """The debit arrives."""
        with self._lock:
            found = self.sessions[session_id]
            self._succeed(found)
            return self._session_is(found, "async_payment_succeeded")

    def debit_fails(self, session_id: str) -> Thing:
        """The debit comes back."""
        with self._lock:
            found = self.sessions[session_id]
            self.intents[found["payment_intent"]]["status"] = "requires_payment_method"
            return self._session_is(found, "async_payment_failed")

    @property
    def paid_sessions(self) -> list[Thing]:
        """All sessions that brought money."""
        with self._lock:
            return [copy.deepcopy(each) for each in self.sessions.values() if each["payment_status"] == "paid"]

    def _check_session(self, asked: Thing) -> None:
        if "payment_method_types" in asked:
            raise ApiError(
                400,
                "No longer supported.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        check_names(asked, PARAMETERS)
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
        self._session_is(found, "expired")

    def _session_is(self, found: Thing, what: str) -> Thing:
        return self.tell(f"checkout.session.{what}", found, found["livemode"])

    def _open(self, session_id: str) -> Thing:
        found = self.sessions[session_id]
        self._run_out(found)
        if found["status"] != "open":
            raise ApiError(400, f"This session is {found['status']}.")
        return found

    def _intent_of(self, found: Thing) -> Thing:
        """The intent, which appears when the customer acts for the first time."""
        if found["payment_intent"] is None:
            told = self.asked[found["id"]].get("payment_intent_data", {})
            made = shapes.intent(new_id("pi"), self.now, found, told.get("metadata", {}), told.get("description"))
            self.intents[made["id"]] = made
            found["payment_intent"] = made["id"]
        return self.intents[found["payment_intent"]]

    def _acted(self, session_id: str) -> Thing:
        """The customer has filled in everything: the session is complete."""
        found = self._open(session_id)
        self._intent_of(found)["status"] = "processing"
        found.update(status="complete", url=None)
        return found

    def _succeed(self, found: Thing) -> None:
        intent = self.intents[found["payment_intent"]]
        charge = shapes.charge(new_id("ch"), self.now, intent)
        self.charges[charge["id"]] = charge
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
        intent["last_payment_error"] = None
        found["payment_status"] = "paid"
