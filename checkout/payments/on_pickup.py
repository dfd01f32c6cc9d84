"""Paying in the store when the goods are fetched: the till's business, not the shop's (§ 146a AO)."""

from collections.abc import Sequence

from checkout.orders import Order, OrderLine, State
from checkout.payments import PaymentAttempt, Purchase, Surroundings


class OnPickup:
    """The buyer pays at the till; the goods wait until they are fetched or the order is cancelled."""

    key = "on_pickup"
    label = "Bezahlung bei Abholung"
    hint = "Sie bezahlen im Laden, wenn Sie Ihre Bestellung abholen."
    first_state = State.CONFIRMED
    least_cents = 0

    def missing(self) -> str:
        """Nothing has to be set."""
        return ""

    def fits(self, purchase: Purchase) -> bool:
        """Only what is fetched can be paid in the store."""
        return purchase.is_pickup

    def open(
        self, order: Order, lines: Sequence[OrderLine], attempt: PaymentAttempt, *, return_url: str, cancel_url: str
    ) -> None:
        """Nothing is to be opened anywhere."""
        return


def create(surroundings: Surroundings) -> OnPickup:
    """Make it for a shop; see the registry."""
    return OnPickup()
