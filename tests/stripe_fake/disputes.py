"""Disputes: a payer's bank takes the money back, and the card network decides."""

import copy

from tests.stripe_fake import shapes
from tests.stripe_fake.ledger import Ledger, check_names, is_in, new_id
from tests.stripe_fake.shapes import Thing


class Disputes(Ledger):
    """What the API offers about disputes, and what payers and card networks do."""

    def dispute(self, dispute_id: str, *, is_live: bool) -> Thing:
        """One dispute."""
        with self._lock:
            return copy.deepcopy(self.found(self.disputes, dispute_id, "dispute", is_live))

    def list_disputes(self, asked: Thing, *, is_live: bool) -> Thing:
        """Disputes, newest first, of one payment or all."""
        with self._lock:
            check_names(asked, {"charge", "created", "ending_before", "limit", "payment_intent", "starting_after"})
            mine = [
                each
                for each in self.disputes.values()
                if each["livemode"] == is_live
                and is_in(each, asked)
                and asked.get("payment_intent") in (None, each["payment_intent"])
                and asked.get("charge") in (None, each["charge"])
            ]
            return self.page(mine, "/v1/disputes", asked)

    # What payers and card networks do

    def open_dispute(
        self, intent_id: str, cents: int | None = None, reason: str = "fraudulent", *, is_inquiry: bool = False
    ) -> Thing:
        """The payer disputes a payment, refunded or not; a mere inquiry leaves the money where it is."""
        with self._lock:
            charge = self.charges[self.intents[intent_id]["latest_charge"]]
            made = shapes.dispute(new_id("du"), self.now, charge, charge["amount"] if cents is None else cents, reason)
            made["is_charge_refundable"] = is_inquiry
            made["status"] = "warning_needs_response" if is_inquiry else "needs_response"
            self.disputes[made["id"]] = made
            charge["disputed"] = True
            self._dispute_is(made, "created")
            if not is_inquiry:
                self._dispute_is(made, "funds_withdrawn")
            return copy.deepcopy(made)

    def close_dispute(self, dispute_id: str, how: str) -> Thing:
        """The card network has decided: "won" (the money comes back), "lost", or "warning_closed"."""
        with self._lock:
            found = self.disputes[dispute_id]
            found["status"] = how
            found["is_charge_refundable"] = how == "warning_closed"
            closed = self._dispute_is(found, "closed")
            return self._dispute_is(found, "funds_reinstated") if how == "won" else closed

    def _dispute_is(self, found: Thing, what: str) -> Thing:
        return self.tell(f"charge.dispute.{what}", found, found["livemode"])
