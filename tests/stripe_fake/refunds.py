"""Refunds as Stripe does them: at once, pending for days, or failed; by the API or by hand in the Dashboard."""

import copy

from tests.stripe_fake import shapes
from tests.stripe_fake.ledger import ApiError, Ledger, check_names, is_in, new_id
from tests.stripe_fake.shapes import Thing

PARAMETERS = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
_GIVEN_UP = ("failed", "canceled")


class Refunds(Ledger):
    """What the API offers about refunds, and what banks and owners do.

    `refunds_begin` is how the next refunds stand at first: "succeeded", or "pending" (SEPA debit);
    with `balance_is_empty` they wait for money on the account.
    """

    refunds_begin = "succeeded"
    balance_is_empty = False

    def create_refund(self, asked: Thing, *, is_live: bool) -> Thing:
        """Give back (a part of) what a payment brought; never more than is left, nothing that is disputed."""
        with self._lock:
            check_names(asked, PARAMETERS)
            if asked.get("reason", "duplicate") not in REASONS:
                raise ApiError(400, "Invalid reason.", param="reason")
            charge = self._refundable(asked, is_live)
            made = shapes.refund(new_id("re"), self.now, charge, self._cents(asked, charge), asked.get("metadata", {}))
            made["reason"] = asked.get("reason")
            made["status"] = "pending" if self.balance_is_empty else self.refunds_begin
            if made["status"] == "pending":
                made["pending_reason"] = "insufficient_funds" if self.balance_is_empty else "processing"
            self.refunds[made["id"]] = made
            self._add_up(charge)
            self.tell("refund.created", made, is_live)
            self.tell("charge.refunded", charge, is_live)
            return copy.deepcopy(made)

    def refund(self, refund_id: str, *, is_live: bool) -> Thing:
        """One refund."""
        with self._lock:
            return copy.deepcopy(self.found(self.refunds, refund_id, "refund", is_live))

    def list_refunds(self, asked: Thing, *, is_live: bool) -> Thing:
        """Refunds, newest first, of one payment or all."""
        with self._lock:
            check_names(asked, {"charge", "created", "ending_before", "limit", "payment_intent", "starting_after"})
            mine = [
                each
                for each in self.refunds.values()
                if self.is_live(each) == is_live
                and is_in(each, asked)
                and asked.get("payment_intent") in (None, each["payment_intent"])
                and asked.get("charge") in (None, each["charge"])
            ]
            return self.page(mine, "/v1/refunds", asked)

    # What banks and owners do

    def refund_by_hand(self, intent_id: str, cents: int | None = None) -> Thing:
        """The owner refunds (a part of) a payment in Stripe's Dashboard: no metadata, no key of ours."""
        with self._lock:
            asked: Thing = {"payment_intent": intent_id} | ({} if cents is None else {"amount": str(cents)})
            return self.create_refund(asked, is_live=self.intents[intent_id]["livemode"])

    def refund_succeeds(self, refund_id: str) -> Thing:
        """A pending refund has arrived."""
        with self._lock:
            found = self.refunds[refund_id]
            found.pop("pending_reason", None)
            found["status"] = "succeeded"
            return self._refund_is(found, "refund.updated")

    def refund_fails(self, refund_id: str, reason: str = "expired_or_canceled_card") -> Thing:
        """A refund has come back from the bank: the money is on the account again."""
        with self._lock:
            found = self.refunds[refund_id]
            found.pop("pending_reason", None)
            found.update(status="failed", failure_reason=reason)
            self._add_up(self.charges[found["charge"]])
            self._refund_is(found, "refund.updated")
            return self._refund_is(found, "refund.failed")

    def _refundable(self, asked: Thing, is_live: bool) -> Thing:
        if "charge" in asked:
            charge = self.found(self.charges, asked["charge"], "charge", is_live)
        else:
            intent = self.found(self.intents, asked.get("payment_intent", ""), "payment_intent", is_live)
            charge = self.charges.get(intent["latest_charge"] or "", {"status": "failed"})
        if charge["status"] != "succeeded":
            raise ApiError(400, "This PaymentIntent does not have a successful charge to refund.")
        if any(each["charge"] == charge["id"] and not each["is_charge_refundable"] for each in self.disputes.values()):
            raise ApiError(400, f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        return charge

    def _cents(self, asked: Thing, charge: Thing) -> int:
        left = charge["amount"] - charge["amount_refunded"]
        cents = int(asked.get("amount", left))
        if left == 0:
            raise ApiError(400, "The charge has already been refunded.", code="charge_already_refunded")
        if not 0 < cents <= left:
            raise ApiError(400, f"Refund amount ({cents}) is greater than unrefunded amount ({left}).", param="amount")
        return cents

    def _add_up(self, charge: Thing) -> None:
        charge["amount_refunded"] = sum(
            each["amount"]
            for each in self.refunds.values()
            if each["charge"] == charge["id"] and each["status"] not in _GIVEN_UP
        )
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]

    def _refund_is(self, found: Thing, what: str) -> Thing:
        return self.tell(what, found, self.is_live(found))
